"""An account's own messages, held unacknowledged until whoever took them has stored them.

A held message is the broker's until it is acknowledged: a killed process, a broken line or a
closed mailbox gives it back, and it comes again. Replies are another matter (`svarkasse.py`):
those may be lost, for what they say is read back. It must not keep anything on disk.
"""

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from connectors.fiks.meldinger import Mottatt, safe_id
from connectors.fiks.mottak import PREFETCH, Mottak
from connectors.fiks.oppsett import Fiksoppsett

WAIT = 1.0
"""Seconds after the consumer began in which the first message may come."""
QUIET = 0.1
"""Seconds without a new message after which no more are waited for."""
REMEMBERED = 4096


class Postkasse:
    """One account's mailbox; thread-safe. Consuming begins with the first question."""

    def __init__(self, oppsett: Fiksoppsett, password: Callable[[], str]) -> None:
        self._changed = threading.Condition()
        self._held: OrderedDict[str, Mottatt] = OrderedDict()
        self._done: OrderedDict[str, None] = OrderedDict()
        self._mottak = Mottak(oppsett, password, self._take, busy=self._holds)

    def close(self) -> None:
        """Stop; what is held goes back to the queue."""
        self._mottak.stop()

    def waiting(self, most: int) -> list[Mottatt]:
        """At most `most` messages, in the queue's order; the same ones until they are settled.

        Raises Transient("KONTO_I_BRUK") when another process has the account, and what else
        hinders (AMQP_INNLOGGING, UKJENT_KONTO, AMQP_BRUTT).
        """
        self._mottak.start()
        enough = min(most, PREFETCH)
        with self._changed:
            while True:
                live = self._live()
                now = time.monotonic()
                until = now + QUIET if live else self._mottak.since + WAIT
                if len(live) >= enough or now >= until or not self._mottak.alive:
                    return live[:most]
                self._changed.wait(until - now)
                if live and len(self._live()) == len(live):
                    return live[:most]

    def held(self, melding_id: str) -> Mottatt | None:
        """A message that is held now; None when the broker has it."""
        with self._changed:
            return next((m for m in self._live() if m.melding_id == melding_id), None)

    def settle(self, melding_id: str) -> None:
        """Never deliver this message again; when the line has broken, as soon as it comes back."""
        with self._changed:
            message = self._held.pop(melding_id, None)
            self._done[melding_id] = None
            while len(self._done) > REMEMBERED:
                self._done.popitem(last=False)
        if message is not None:
            self._mottak.settle(message.levering, accept=True)

    def _take(self, message: Mottatt) -> bool | None:
        # What names a message here goes into errors and tables: only what can be an id does.
        key = safe_id(message.melding_id) or str(uuid.uuid5(uuid.NAMESPACE_OID, message.melding_id))
        message = replace(message, melding_id=key)
        with self._changed:
            known = self._held.get(message.melding_id)
            twin = known is not None and known.levering[0] == message.levering[0]
            if twin or message.melding_id in self._done:
                # The platform may deliver twice; the one that is held is enough.
                return True
            self._held[message.melding_id] = message
            self._changed.notify_all()
        return None

    def _live(self) -> list[Mottatt]:
        epoch = self._mottak.epoch
        for key in [k for k, m in self._held.items() if m.levering[0] != epoch]:
            # The broker has it again, and gives it to whoever asks first.
            del self._held[key]
        return list(self._held.values())

    def _holds(self) -> bool:
        with self._changed:
            return bool(self._held)
