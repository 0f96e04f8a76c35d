"""Plays the chosen cases of one side against one gateway, several at once: a conversation is mostly
waiting."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.samsvar.dialog import Bord, Brudd, Dialog, Portfeil
from tests.samsvar.port import Port
from tests.samsvar.proever import Proeve
from tests.samsvar.rapport import Utfall


class Kjoering:
    """One side: started at once, and asked for each case's outcome."""

    def __init__(
        self,
        port: Port,
        side: str,
        folder: Path,
        cases: Sequence[Proeve],
        *,
        at_once: int = 6,
        within: float = 60.0,
        tell: Callable[[Utfall], None] = lambda _: None,
    ) -> None:
        self._within, self._tell = within, tell
        self.bord = Bord(port, side, folder, list(cases))
        self._pool = ThreadPoolExecutor(at_once)
        self._played: dict[str, Future[Utfall]] = {
            case["navn"]: self._pool.submit(self._play, case) for case in cases
        }

    def _play(self, case: Proeve) -> Utfall:
        begun = time.monotonic()
        fault: Brudd | Portfeil | None = None
        try:
            Dialog(self.bord, case, self._within).play()
        except (Brudd, Portfeil) as error:
            fault = error
        found = Utfall(case, time.monotonic() - begun, fault)
        self._tell(found)
        return found

    def outcome(self, name: str) -> Utfall:
        """Of one case, when it has been played."""
        return self._played[name].result()

    def outcomes(self) -> list[Utfall]:
        """Of all, in their order."""
        return [one.result() for one in self._played.values()]

    def stop(self) -> None:
        """Wait for the rest, and stop the gateway."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.bord.close()
