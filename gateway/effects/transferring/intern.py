"""The channel within one municipality: messages to ourselves, sealed as every other, on no line.

Both sides are in one ledger, and still each has its own row and says its own messages: the
routine is the same, and so is the proof.
"""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from gateway.errors import LocalFault
from gateway.ports.kanal import (
    Forsendelse,
    Innkommet,
    KanalFacts,
    Transportstand,
)

_AT_ONCE = 128 * 1024 * 1024
"""Bytes given out at once."""


class InternKanal:
    """A folder of sealed messages from us to us."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def facts(self) -> KanalFacts:
        """Ours alone."""
        return KanalFacts("intern", "1", "intern", True, 1 << 40)

    def send(self, forsendelse: Forsendelse) -> str:
        """Lay the message where we find it."""
        name = f"{time.time_ns():020d}-{forsendelse.melding_id}.p7m"
        failed = False
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            beside = self._folder / f".{name}"
            beside.write_bytes(forsendelse.pakke)
            beside.rename(self._folder / name)
        except OSError:
            failed = True
        if failed:
            raise LocalFault("DISK_FULL", place="intern")
        return forsendelse.melding_id

    def stand(self, transport_id: str) -> Transportstand:
        """Nobody is between."""
        return Transportstand.UKJENT

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        """What lies there, oldest first."""
        found: list[Innkommet] = []
        for path in sorted(self._folder.glob("[0-9]*.p7m"))[:hoeyst]:
            if sum(len(one.pakke) for one in found) > _AT_ONCE:
                break
            try:
                found.append(Innkommet(path.name, path.read_bytes()))
            except FileNotFoundError:
                continue
        return found

    def kvitter(self, ref: str) -> None:
        """Taken."""
        (self._folder / Path(ref).name).unlink(missing_ok=True)

    def avvis(self, ref: str, kode: str) -> None:
        """What we cannot open of our own is of no use to anybody."""
        self.kvitter(ref)

    def close(self) -> None:
        """Nothing is open."""
