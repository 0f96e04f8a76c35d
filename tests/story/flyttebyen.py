"""A town that watches its children in a practice register, by the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from connectors.folkeregister.sandbox import feller
from connectors.folkeregister.sandbox.app import open_sandbox
from connectors.folkeregister.sandbox.personer import Innbygger
from connectors.folkeregister.sandbox.sample import configuration
from connectors.sandbox.server import start
from gateway import app
from gateway.effects.moving.watching import numbers
from gateway.policy.adressebeskyttelse import family
from schemas.stafettlogg.kodeverk import Loggstatus
from schemas.stafettlogg.logg import Stafettlogg
from tests.story.town import CX, ORGNR, ROOT, Town, town

OURS, THEIRS, CALLED = "9901", "9902", "Skoddenes"


class Flytteby:
    """A town with a register beside it. `children` are of active logs with a whole family."""

    def __init__(self, place: Town, documents: Any) -> None:
        self.place = place
        documents = list(documents)
        place.fill(CX, documents)
        data = place.folder / "register"
        self.app = open_sandbox(data)
        self.running = start(self.app)
        shipped = ROOT / "config" / "kommuneinndeling.json"
        (place.config / shipped.name).write_bytes(shipped.read_bytes())
        with (place.config / "gateway.toml").open("a") as file:
            file.write(configuration(self.running.url, data) + "\n")
        with (place.config / "kommuner" / "9901.toml").open("a") as file:
            file.write(f'\n[flyttehint]\nkilder = ["{CX}"]\n')
        mapping = app.mapping(CX)
        loggs: list[Stafettlogg] = [mapping.decode(w, ORGNR).logg for w, _files in documents]
        self.people = {
            number: feller.settle(self.app, Innbygger(number, OURS))
            for logg in loggs for person in logg.personer for number in numbers(person)
        }  # fmt: skip
        self.children: dict[str, str] = {}
        self.guardians: dict[str, str] = {}
        for logg in loggs:
            wanted = family(logg)
            people = {p.id: numbers(p) for p in logg.personer if p.id in wanted}
            child = people.pop(logg.hovedperson.person)
            if logg.status is Loggstatus.AKTIV and child and people and all(people.values()):
                self.children[logg.id] = child[0]
                self.guardians[logg.id] = next(iter(people.values()))[0]

    def move(self, logg: str) -> None:
        """A child moves, with an event."""
        number = self.children[logg]
        when = date(2026, 11, 20)
        self.people[number] = feller.move(self.app, self.people[number], THEIRS, when)

    def protect(self, number: str, *, event: bool = True) -> None:
        """Somebody is protected."""
        if event:
            feller.protect(self.app, self.people[number], "fortrolig", THEIRS)
        else:
            feller.settle(self.app, replace(self.people[number], beskyttelse="fortrolig"))

    def close(self) -> None:
        """Stop the register."""
        self.running.stop()
        self.app.close()


@contextmanager
def flytteby(folder: Path, documents: Any, database: str = "") -> Iterator[Flytteby]:
    """A watching town that is stopped whatever happens."""
    with town(folder, database) as place:
        made = Flytteby(place, documents)
        try:
            yield made
        finally:
            made.close()
