"""The platform's side of a real RabbitMQ on this machine: users, queues and publishing.

The management interface makes the integration's user, whose password is changed at every new
token, as the platform's own check has the effect of. It must not reach a broker elsewhere.
"""

import threading
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

import httpx
import pika
from pika import exceptions

from connectors.fiks.meldinger import KOE

_HOUR = 3_600_000
_ADMIN_ABOVE = 10_000
"""The management interface's port is the broker's and this."""


class NoBroker(RuntimeError):
    """No broker with a management interface answers."""


class Megler:
    """One integration's user and queue. Thread-safe. Raises NoBroker when none answers."""

    def __init__(
        self,
        amqp_url: str,
        integrasjon: str,
        passord: str,
        konto: str,
        *,
        queue: Mapping[str, object] | None = None,
    ) -> None:
        parts = urlsplit(amqp_url)
        if parts.hostname not in {"127.0.0.1", "localhost", "::1"} or parts.scheme != "amqp":
            raise NoBroker("a practice broker is on this machine")
        port = parts.port or 5672
        self.url = f"amqp://{parts.hostname}:{port}"
        self._user, self._passord, self._konto = integrasjon, passord, konto
        self._arguments = {"x-expires": _HOUR, **(queue or {})}
        login = (unquote(parts.username or "guest"), unquote(parts.password or "guest"))
        self._admin = httpx.Client(
            base_url=f"http://{parts.hostname}:{port + _ADMIN_ABOVE}/api/",
            auth=login,
            trust_env=False,
            verify=False,  # noqa: S501 - plain HTTP on this machine; no certificates to load
            timeout=20,
        )
        self.parameters = pika.ConnectionParameters(
            host=parts.hostname, port=port, heartbeat=0, credentials=pika.PlainCredentials(*login)
        )
        self._lock = threading.Lock()
        try:
            self._open()
            self._admin.get("whoami").raise_for_status()
            self.token("-")
            self._put(f"permissions/%2F/{self._user}", {"configure": "", "write": "", "read": ".*"})
        except (exceptions.AMQPError, httpx.HTTPError, OSError) as exc:
            self._admin.close()
            opened = getattr(self, "_connection", None)
            if opened is not None and opened.is_open:
                opened.close()
            raise NoBroker(type(exc).__name__) from None

    def _open(self) -> None:
        self._connection = pika.BlockingConnection(self.parameters)
        self._channel = self._connection.channel()
        self._channel.confirm_delivery()
        self._channel.queue_declare(KOE + self._konto, durable=True, arguments=self._arguments)

    def close(self, *, remove: bool = True) -> None:
        """Close, and take away user and queue."""
        with self._lock:
            if remove and self._connection.is_open:
                self._channel.queue_delete(KOE + self._konto)
                self._admin.delete(f"users/{quote(self._user)}")
            if self._connection.is_open:
                self._connection.close()
            self._admin.close()

    def token(self, token: str) -> None:
        """From now on the integration opens connections with this token."""
        self._put(f"users/{self._user}", {"password": f"{self._passord} {token}", "tags": ""})

    def publish(self, konto: str, headers: Mapping[str, str], body: bytes, ttl_ms: int) -> None:
        """Put a message in an account's queue; header values are bytes, as the platform's are."""
        properties = pika.BasicProperties(
            headers={name: value.encode() for name, value in headers.items()},
            expiration=str(ttl_ms),
            delivery_mode=2,
        )
        with self._lock:
            try:
                self._channel.basic_publish("", KOE + konto, body, properties)
            except exceptions.AMQPError:
                self._open()
                self._channel.basic_publish("", KOE + konto, body, properties)

    def purge(self) -> None:
        """Throw away what is ready in the queue."""
        with self._lock:
            self._channel.queue_purge(KOE + self._konto)

    def waiting(self) -> int:
        """How many messages are ready in the queue."""
        with self._lock:
            answer = self._channel.queue_declare(KOE + self._konto, passive=True)
            return int(answer.method.message_count)

    def _put(self, path: str, data: Mapping[str, str]) -> None:
        self._admin.put(path, json=dict(data)).raise_for_status()
