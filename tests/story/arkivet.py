"""An archive works in this process: one real source, a shelf that misbehaves, and the lanes.

The shelf is an archive for the core's own stories: like Noark 5 it makes a second record if it is
asked twice, so that only the core's order of look, intent, deposit and read-back keeps it to one.
The connectors' own sandboxes are under `tests/contract`.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.clock import SystemClock
from gateway.effects.archiving.collect import Collected, collect
from gateway.effects.archiving.verk import Arkivmaal, Verk
from gateway.effects.archiving.working import Lane
from gateway.engine import archiving
from gateway.errors import Conflict, Rejected, Transient, UnknownOutcome
from gateway.ledger import archive_tables as a
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.policy.context import Policyramme
from gateway.ports.archive import ArchiveFacts, Funn, Funnetfil, Levering, Svar, Uttak
from gateway.settings.models import Arkivregler, Kommune

RING = KeyRing({"k1": b"s" * 32})
ORGNR = "899100107"


class Shelf:
    """An archive in memory. `moods` is a list of what goes wrong, one per deposit."""

    def __init__(self, *, reads_back: bool = True) -> None:
        self.records: dict[str, list[dict[int, bytes]]] = {}
        self.moods: list[str] = []
        self.later: list[Uttak] = []
        self.deposits = 0
        self._reads_back = reads_back

    def facts(self) -> ArchiveFacts:
        """What it is."""
        return ArchiveFacts("hylle", "1", "sandbox", self._reads_back)

    def find(self, uttak: Uttak) -> Funn | None:
        """What stands under the key."""
        there = self.records.get(uttak.key, [])
        if len(there) > 1:
            raise Conflict("FLERE_TREFF", place=uttak.key)
        if not there:
            return None
        files = tuple(Funnetfil(nr, f"{uttak.key}/{nr}") for nr in sorted(there[0]))
        return Funn("mappe-1", uttak.key, "2026/1-1", files)

    def deposit(self, uttak: Uttak, found: Funn | None) -> Svar:
        """Store what is missing, in today's mood."""
        self.deposits += 1
        mood = self.moods.pop(0) if self.moods else "ok"
        if mood == "venter":
            self.later.append(uttak)
            return Svar(Levering.VENTER, ref="m-1")
        if mood == "lover":
            return Svar(Levering.LEVERT)
        if mood == "travel":
            raise Transient("OPPTATT", retry_after=0.01)
        if mood == "avvist":
            raise Rejected("ARKIV_AVVIST", place=uttak.key)
        if mood == "menneske":
            return Svar(Levering.MENNESKE, "ARKIV_MANUELT", uttak.key)
        self._store(uttak, found, mood)
        if mood == "svar tapt":
            raise UnknownOutcome("UKJENT_UTFALL", place=uttak.key)
        if mood == "halv":
            raise Transient("BRUDD", retry_after=0.01)
        return Svar(Levering.LEVERT)

    def _store(self, uttak: Uttak, found: Funn | None, mood: str) -> None:
        if found is None:
            self.records.setdefault(uttak.key, []).append({})
        record = self.records[uttak.key][-1]
        files = uttak.filer[:1] if mood == "halv" else uttak.filer
        for file in files:
            body = uttak.read_file(file.nr)
            record[file.nr] = body[:-1] + b"!" if mood == "forvansket" else body

    def answer(self) -> None:
        """The archive gets around to what it was sent."""
        for uttak in self.later:
            self._store(uttak, self.find(uttak), "ok")
        self.later = []

    def progress(self, uttak: Uttak, ref: str) -> Svar:
        """Still waiting."""
        return Svar(Levering.VENTER, ref=ref)

    def fetch(self, fil: Funnetfil) -> bytes:
        """The bytes."""
        if not self._reads_back:
            raise Rejected("ARKIV_LESER_IKKE", place=fil.ref)
        key, nr = fil.ref.split("/")
        return self.records[key][0][int(nr)]

    def close(self) -> None:
        """Nothing is open."""


class Works:
    """A `Verk` over one source system and some archives, on a ledger of its own."""

    def __init__(
        self, folder: Path, system: Any, register: Any, *, database: str = "", **archives: Any
    ) -> None:
        self.system = system
        self.database = Database(database, folder / "ledger")
        prepare(self.database, RING)
        clock = SystemClock()
        kommune = Kommune(
            nummer="9901", navn="Øvingsvik", orgnr=ORGNR, arkiv=Arkivregler(maal=tuple(archives))
        )
        self.verk = Verk(
            system=system.name,
            source=system.connect(),
            mapping=system.mapping,
            kommune=kommune,
            archives={name: Arkivmaal(name, one, 6000) for name, one in archives.items()},
            database=self.database,
            store=PayloadStore(self.database, RING, clock),
            ring=RING,
            clock=clock,
            register=register,
            frame=Policyramme(now=clock.now(), kommunenummer="9901", production=False),
        )
        self._ticks = 0

    def rules(self, **changes: Any) -> None:
        """Change the municipality's settings."""
        self.verk = replace(self.verk, kommune=self.verk.kommune.model_copy(update=changes))

    def round(self, pause: Callable[[float], None] = lambda _s: None) -> Collected:
        """One round: look, freeze, deliver until nothing is due."""
        self._ticks += 1
        tick = f"runde:{self._ticks}"
        house: Any = self
        archiving.open_tick(house, self.verk, tick)
        found = collect(self.verk, tick, spread=False)
        Lane(self.verk, tick, 0, pause, patience=0).run()
        archiving.close_tick(house, self.verk, tick)
        return found

    def rows(self, table: Any = a.delivery) -> list[dict[str, Any]]:
        """Every row of a table."""
        with self.database.begin() as connection:
            return [dict(row._mapping) for row in connection.execute(table.select())]

    def wake(self) -> None:
        """Let everything that waits be due now."""
        with self.database.begin() as connection:
            connection.execute(a.delivery.update().values(next_try="2000-01-01T00:00:00.000+00:00"))

    def close(self) -> None:
        """Close the ledger."""
        self.database.close()
