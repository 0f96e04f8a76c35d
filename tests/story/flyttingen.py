"""Move hints in this process: one real source of logs, the register's sandbox over HTTP, a ledger.

Everybody in the logs lives in the register's sandbox, in our own municipality at first. The clock
can be turned.
"""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.folkeregister.register import open_register
from connectors.folkeregister.sandbox import feller
from connectors.folkeregister.sandbox.app import open_sandbox
from connectors.folkeregister.sandbox.personer import Innbygger
from connectors.folkeregister.sandbox.sample import settings
from connectors.sandbox.server import start
from gateway.effects.moving import deciding, runde
from gateway.effects.moving.flytteverk import Flytteverk, Kilde, Runde
from gateway.effects.moving.watching import numbers
from gateway.ledger import moving_tables as m
from gateway.ledger.database import Database
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.policy.adressebeskyttelse import family
from gateway.settings.models import Flyttehint, Kommune
from schemas.stafettlogg.kodeverk import Loggstatus
from schemas.stafettlogg.logg import Stafettlogg
from tests.story.conftest import CONEXUS, RING, TENANT, System, generated
from tests.unit.flytting.kommuner import LISTE

OURS, THEIRS = "9901", "9902"
START = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


class Turned:
    """A clock that stands until it is turned."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """The instant."""
        return self.at

    def monotonic(self) -> float:
        """Seconds."""
        return self.at.timestamp()

    def new_id(self) -> str:
        """A fresh id."""
        return uuid.uuid4().hex


class Moves:
    """A municipality that watches. `children` are those of its active logs, by the log's id."""

    def __init__(self, folder: Path, *, logs: int = 12, database: str = "") -> None:
        self.folder = folder
        self.system = System(CONEXUS, folder / "source")
        self.system.load(generated(CONEXUS, 11, logs))
        self.app = open_sandbox(folder / "register")
        self.running = start(self.app)
        self.clock = Turned()
        self.database = Database(database, folder / "ledger")
        prepare(self.database, RING)
        self._open: list[Any] = []
        kommune = Kommune(
            nummer=OURS, navn="Øvingsvik", orgnr=TENANT, flyttehint=Flyttehint(kilder=(CONEXUS,))
        )
        self.verk = Flytteverk(
            kilder={CONEXUS: Kilde(self.system.connect(), self.system.mapping)},
            register=self.connect(),
            liste=LISTE,
            hjem=frozenset({OURS}),
            kommune=kommune,
            database=self.database,
            store=PayloadStore(self.database, RING, self.clock),
            ring=RING,
            clock=self.clock,
        )
        self.loggs = {logg.id: logg for logg in map(self._logg, self.system.app.documents())}
        self.people = {
            number: feller.settle(self.app, Innbygger(number, OURS))
            for logg in self.loggs.values()
            for person in logg.personer
            for number in numbers(person)
        }
        self.children = {
            logg.id: self.child_of(logg)
            for logg in self.loggs.values()
            if logg.status is Loggstatus.AKTIV and self._whole(logg)
        }
        assert len(self.children) >= 4

    def connect(self, **changes: Any) -> Any:
        """A client of the register, closed with the stand."""
        values = {"timeout": 1.0, "deadline": 5.0, "attempts": 2, "retry_budget": 5.0} | changes
        made = open_register(settings(self.running.url, self.folder / "register", **values))
        self._open.append(made)
        return made

    def _logg(self, document: Any) -> Stafettlogg:
        return self.system.mapping.decode(document, TENANT).logg

    @staticmethod
    def child_of(logg: Stafettlogg) -> str:
        """The child's number; empty when it has none."""
        child = next(p for p in logg.personer if p.id == logg.hovedperson.person)
        return next(iter(numbers(child)), "")

    @staticmethod
    def _whole(logg: Stafettlogg) -> bool:
        """Whether everybody in the family has a number."""
        wanted = family(logg)
        return all(numbers(p) for p in logg.personer if p.id in wanted)

    def guardian(self, logg_id: str) -> str:
        """A guardian's number."""
        logg = self.loggs[logg_id]
        wanted = family(logg) - {logg.hovedperson.person}
        return next(n for p in logg.personer if p.id in wanted for n in numbers(p))

    def pick(self, count: int) -> list[str]:
        """Ids of active logs whose family is whole and has a guardian."""
        found = [one for one in sorted(self.children) if len(family(self.loggs[one])) > 1]
        assert len(found) >= count
        return found[:count]

    def move(self, logg_id: str, kommune: str = THEIRS, days: int = -5) -> str:
        """The child of a log moves; returns its number."""
        number = self.children[logg_id]
        when = (self.clock.at + timedelta(days=days)).date()
        self.people[number] = feller.move(self.app, self.people[number], kommune, when)
        return number

    def change(self, number: str, **values: Any) -> None:
        """A person as the register has one from now on; no event."""
        self.people[number] = feller.settle(self.app, replace(self.people[number], **values))

    def round(self, **how: Any) -> Runde:
        """One round."""
        return runde.run(self.verk, **how)

    def open(self) -> dict[str, deciding.Vist]:
        """Log -> what is in front of a person."""
        found = deciding.show(self.verk)
        assert len({one.logg for one in found}) == len(found)
        return {one.logg: one for one in found}

    def states(self) -> dict[str, int]:
        """How many cases are in each state, whatever they are about."""
        with self.database.look() as connection:
            rows = connection.execute(m.case.select()).all()
        found: dict[str, int] = {}
        for row in rows:
            found[row.state] = found.get(row.state, 0) + 1
            assert (row.sealed is not None) <= (row.state == "aapen")
        return found

    def details(self) -> int:
        """How many cases have details, sealed."""
        with self.database.look() as connection:
            return sum(row.sealed is not None for row in connection.execute(m.case.select()))

    def asked(self) -> set[str]:
        """Every number the register has been asked about."""
        return {number for asked, _parts in self.app.asked() for number in asked}

    def edit(self, logg_id: str, **values: Any) -> None:
        """Change a log at its source."""
        documents = self.system.app.documents()
        document = next(d for d in documents if self._logg(d).id == logg_id)
        connector = self.system.connect()
        files = {
            f["filId"]: connector.file(document["loggId"], f["filId"]) for f in document["filer"]
        }
        self.system.app.load(json.loads(json.dumps(document)) | values, files)

    def close(self) -> None:
        """Stop everything."""
        for one in self._open:
            one.close()
        self.database.close()
        self.running.stop()
        self.app.close()
        self.system.close()
