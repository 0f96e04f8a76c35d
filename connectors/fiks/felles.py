"""One consumer per account in a process, shared by whoever opened a channel on it.

The platform's broker gives an account to one consumer; two channels in one process would lock each
other out. Replies find their askers by the message they answer, so sharing mixes nothing up. The
last one to let go stops the consumer.
"""

import threading
from collections.abc import Callable

from connectors.fiks.meldinger import Mottatt
from connectors.fiks.mottak import Mottak
from connectors.fiks.oppsett import Fiksoppsett
from connectors.fiks.svarkasse import Svarkasse

Password = Callable[[], str]

_lock = threading.Lock()
_open: dict[tuple[str, str], "Felles"] = {}


class Felles:
    """An account's consumer and the replies that wait. Made by `acquire` alone."""

    def __init__(self, oppsett: Fiksoppsett) -> None:
        self.kasse = Svarkasse()
        self.mottak = Mottak(oppsett, self._password, self._take)
        self.holders: list[Password] = []

    def _password(self) -> str:
        # Whoever came last: an earlier one may be closing.
        return self.holders[-1]()

    def _take(self, message: Mottatt) -> bool:
        """Keep a reply; what answers nothing of ours is refused."""
        if message.svar_til:
            self.kasse.put(message)
        return bool(message.svar_til)


def acquire(oppsett: Fiksoppsett, password: Password) -> Felles:
    """The account's shared consumer, not started yet. Raises LocalFault("IKKE_KRYPTERT")."""
    key = (oppsett.amqp_url, oppsett.konto_id)
    with _lock:
        shared = _open.get(key)
        if shared is None:
            shared = _open[key] = Felles(oppsett)
        shared.holders.append(password)
        return shared


def release(oppsett: Fiksoppsett, password: Password) -> None:
    """Let go; stops the consumer when nobody holds it. The same call again does nothing."""
    key = (oppsett.amqp_url, oppsett.konto_id)
    with _lock:
        shared = _open.get(key)
        if shared is None or password not in shared.holders:
            return
        shared.holders.remove(password)
        if shared.holders:
            return
        del _open[key]
    shared.mottak.stop()
