"""Receives an account's messages over AMQP: one consumer per account, in a thread of its own.

The broker's password is the integration's and a token fetched at each connect. The consumer is
exclusive, so that two processes never share an account's replies, and is given up when nobody has
asked for a while, so that another process gets its turn. A message is acknowledged when the
handler has taken it, refused when it lacks what it must have, and held when the handler says that
somebody will settle it later. Plain AMQP is for this machine only.
Sources: ks-no/fiks-io-client-dotnet (cbe76983), ks-no/fiks-io-klient-java (9491aa29).
"""

import logging
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.spec import Basic, BasicProperties

from connectors.fiks.amqp_feil import FOREIGN, account_taken, translate
from connectors.fiks.meldinger import (
    AVSENDER,
    DOKUMENTLAGER,
    EGEN,
    KOE,
    MELDING,
    SVAR_TIL,
    TYPE,
    Mottatt,
    same_id,
)
from connectors.fiks.oppsett import Fiksoppsett, tls_for
from gateway.errors import GatewayError, LocalFault, Transient

# pika logs addresses and the broker's own texts; what matters of them becomes a code.
logging.getLogger("pika").setLevel(logging.CRITICAL)

PREFETCH = 10
_TURN = 0.25
_PAUSES = (0.1, 0.3, 0.6, 1.0)
Handler = Callable[[Mottatt], bool | None]


class Mottak:
    """Consumes one account.

    `handler` returns True to acknowledge, False to refuse for good, and None to hold the message
    until `settle`. While `busy` says so the account is not given up: what is held would go back to
    the queue, and the platform counts how often it has.
    """

    def __init__(
        self,
        oppsett: Fiksoppsett,
        password: Callable[[], str],
        handler: Handler,
        *,
        busy: Callable[[], bool] = lambda: False,
        patience: float = 10.0,
        idle: float = 10.0,
    ) -> None:
        self._oppsett = oppsett
        self._password = password
        self._handler = handler
        self._busy = busy
        self._patience = patience
        self._idle = idle
        self._needed_at = 0.0
        parts = urlsplit(oppsett.amqp_url)
        if parts.scheme not in {"amqp", "amqps"} or not parts.hostname:
            raise LocalFault("UGYLDIG_OPPSETT", place="amqp_url")
        self._host = parts.hostname
        self._port = parts.port or (5671 if parts.scheme == "amqps" else 5672)
        self._tls = tls_for(parts.scheme, parts.hostname)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._fault: GatewayError | None = None
        self._connected = False
        self._leaving = False
        self._live: tuple[pika.BlockingConnection, BlockingChannel] | None = None
        self.epoch = 0
        """Which connection this is; a message of an earlier one is the broker's again."""
        self.since = 0.0
        """When it began to consume, by the monotonic clock."""

    @property
    def alive(self) -> bool:
        """Whether messages are (or will soon be) received."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    def needed(self) -> None:
        """Somebody is asking or waiting: do not give the account up now."""
        self._needed_at = time.monotonic()

    def start(self) -> None:
        """Be consuming when this returns.

        Raises Transient("KONTO_I_BRUK") when another process has the account, or what else hinders
        (AMQP_INNLOGGING, UKJENT_KONTO, AMQP_BRUTT).
        """
        with self._lock:
            self.needed()
            if self._leaving and self._thread is not None:
                self._thread.join(self._patience)
            if not self.alive:
                self._ready.clear()
                self._leaving = False
                self._stopping.clear()
                self._fault = None
                self._thread = threading.Thread(target=self._run, name="fiks-mottak", daemon=True)
                self._thread.start()
            done = self._ready.wait(self._patience * 2)
            fault = self._fault
        if fault is not None:
            raise type(fault)(fault.code, place=fault.place)
        if not done:
            raise Transient("AMQP_SVARER_IKKE", place=self._host)

    def stop(self) -> None:
        """Stop consuming and wait for the thread; what was not acknowledged stays in the queue."""
        self._stopping.set()
        thread = self._thread
        if thread is not None:
            thread.join(self._patience)

    def settle(self, levering: tuple[int, int], *, accept: bool) -> bool:
        """Acknowledge (or refuse for good) a held message; False when its connection is gone.

        From any thread. The broker then has the message again and will deliver it anew.
        """
        live, (epoch, tag) = self._live, levering
        if live is None or epoch != self.epoch:
            return False
        connection, channel = live
        done, settled = threading.Event(), [False]

        def act() -> None:
            # In the consumer's own thread: the library's channels are not for two.
            try:
                if accept:
                    channel.basic_ack(tag)
                else:
                    channel.basic_reject(tag, requeue=False)
                settled[0] = True
            except FOREIGN:
                settled[0] = False
            finally:
                done.set()

        try:
            connection.add_callback_threadsafe(act)
        except FOREIGN:
            return False
        return done.wait(self._patience) and settled[0]

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._connected = False
            try:
                self._consume()
                return
            except FOREIGN as exc:
                fault = translate(exc, self._host, admitted=self._connected)
            except GatewayError as exc:
                fault = exc
            failures = 1 if self._connected else failures + 1
            # A killed process' consumer may live for a moment, and a token be outrun by another's.
            again = isinstance(fault, Transient) or fault.code == "AMQP_INNLOGGING"
            if not again or failures > len(_PAUSES):
                self._fault = fault
                self._ready.set()
                return
            self._stopping.wait(_PAUSES[failures - 1])

    def _consume(self) -> None:
        """Connect and consume until told to stop. Raises what pika raises."""
        credentials = pika.PlainCredentials(
            self._oppsett.integrasjon_id, self._password(), erase_on_connect=True
        )
        connection = pika.BlockingConnection(
            pika.ConnectionParameters(
                host=self._host,
                port=self._port,
                credentials=credentials,
                ssl_options=pika.SSLOptions(self._tls, self._host) if self._tls else None,
                heartbeat=30,
                socket_timeout=self._patience,
                stack_timeout=self._patience,
                blocked_connection_timeout=60,
                client_properties={"connection_name": "stafettlogg-gateway"},
            )
        )
        try:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=PREFETCH)
            try:
                channel.basic_consume(
                    KOE + self._oppsett.konto_id, self._receive, auto_ack=False, exclusive=True
                )
            except FOREIGN as exc:
                taken = account_taken(exc)
                if not taken:
                    raise
            else:
                taken = False
            if taken:
                raise Transient("KONTO_I_BRUK", place=self._oppsett.konto_id)
            self.epoch += 1
            self.since = time.monotonic()
            self._live = (connection, channel)
            self._connected = True
            self._ready.set()
            while not self._stopping.is_set() and not self._left_alone():
                connection.process_data_events(time_limit=_TURN)
        finally:
            self._live = None
            if connection.is_open:
                connection.close()

    def _left_alone(self) -> bool:
        """Whether nobody needs the account; from then on a `start` begins a new thread."""
        if time.monotonic() - self._needed_at < self._idle or self._busy():
            return False
        # Not waiting for the lock: whoever holds it is in `start`, so somebody needs us.
        if not self._lock.acquire(blocking=False):
            return False
        try:
            self._leaving = time.monotonic() - self._needed_at >= self._idle
            return self._leaving
        finally:
            self._lock.release()

    def _receive(
        self,
        channel: BlockingChannel,
        method: Basic.Deliver,
        properties: BasicProperties,
        body: bytes,
    ) -> None:
        message = read_message(
            properties.headers or {},
            body,
            redelivered=method.redelivered,
            levering=(self.epoch, method.delivery_tag),
        )
        verdict = False if message is None else self._handler(message)
        if verdict:
            channel.basic_ack(method.delivery_tag)
        elif verdict is False:
            channel.basic_reject(method.delivery_tag, requeue=False)


def read_message(
    headers: dict[str, object],
    body: bytes,
    *,
    redelivered: bool = False,
    levering: tuple[int, int] = (0, 0),
) -> Mottatt | None:
    """The message, or None when a mandatory header is missing. Header values are UTF-8 bytes."""
    texts: dict[str, str] = {}
    for name, value in headers.items():
        if isinstance(value, bytes):
            texts[name] = value.decode("utf-8", errors="replace")
        elif isinstance(value, str):
            texts[name] = value
    if not (texts.get(AVSENDER) and texts.get(MELDING) and texts.get(TYPE)):
        return None
    own = {name.removeprefix(EGEN): value for name, value in texts.items() if name.startswith(EGEN)}
    return Mottatt(
        melding_id=same_id(texts[MELDING]),
        type=texts[TYPE],
        avsender=same_id(texts[AVSENDER]),
        svar_til=same_id(texts.get(SVAR_TIL, "")),
        dokumentlager=texts.get(DOKUMENTLAGER, ""),
        egne=own,
        body=body,
        redelivered=redelivered,
        levering=levering,
    )
