"""Where a queue's lost messages end, and what the platform then tells the sender.

It listens at the broker for what expired or was given up, as the platform does. What a receiver
refused for good is told to nobody.
"""

import contextlib
import threading
from collections.abc import Callable, Mapping

import pika
from pika import exceptions
from pika.adapters.blocking_connection import BlockingChannel
from pika.spec import Basic, BasicProperties

Lost = Callable[[str, Mapping[str, str]], None]


class Dodsboks:
    """One queue and a thread. `lost` gets the broker's reason and the message's headers."""

    def __init__(self, parameters: pika.ConnectionParameters, name: str, lost: Lost) -> None:
        self._lost = lost
        self._name = name
        self._stopping = threading.Event()
        self._connection = pika.BlockingConnection(parameters)
        self._channel = self._connection.channel()
        self._channel.queue_declare(name, durable=True, arguments={"x-expires": 3_600_000})
        self._channel.basic_consume(name, self._receive, auto_ack=False)
        self._thread = threading.Thread(target=self._run, name="dodsboks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and take the queue away."""
        self._stopping.set()
        self._thread.join(10)
        with contextlib.suppress(exceptions.AMQPError):
            self._channel.queue_delete(self._name)
            self._connection.close()

    def _run(self) -> None:
        with contextlib.suppress(exceptions.AMQPError):
            while not self._stopping.is_set():
                self._connection.process_data_events(time_limit=0.1)

    def _receive(
        self,
        channel: BlockingChannel,
        method: Basic.Deliver,
        properties: BasicProperties,
        body: bytes,
    ) -> None:
        given = properties.headers or {}
        headers = {k: v.decode() for k, v in given.items() if isinstance(v, bytes)}
        reason = given.get("x-first-death-reason", "")
        self._lost(reason.decode() if isinstance(reason, bytes) else str(reason), headers)
        channel.basic_ack(method.delivery_tag)
