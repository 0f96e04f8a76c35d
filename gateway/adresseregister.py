"""The population register's answers, read from a file the municipality keeps fresh.

The file is JSON: `{"gyldigTil": <iso instant>, "personer": {<number>: {"grad": <grade>,
"foedselsdato": <iso date or null>}}}`, where a grade is a value of `Adressebeskyttelse`. A person
without a line is unknown, and so is everybody when the file is missing, broken or older than it
says: not knowing means no (C-4). The file is never copied and its content never reaches a log.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from gateway.clock import Clock
from gateway.errors import LocalFault
from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from schemas.stafettlogg.person import Person
from schemas.tid import day


class FileRegister:
    """Answers from a file; asked per log, read again when the file changes."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._read: float = -1.0
        self._valid_to: datetime | None = None
        self._grades: dict[str, Adressebeskyttelse] = {}
        self._born: dict[str, date] = {}

    def check(self, persons: tuple[Person, ...]) -> Mapping[str, Adressebeskyttelse]:
        """Person id -> grade, for those it knows. Raises LocalFault if it cannot answer."""
        self._fresh()
        found: dict[str, Adressebeskyttelse] = {}
        for person in persons:
            grades = [
                self._grades[i.verdi] for i in person.identifikatorer if i.verdi in self._grades
            ]
            if grades:
                found[person.id] = strictest(grades)
        return found

    def born(self, persons: tuple[Person, ...]) -> Mapping[str, date]:
        """Person id -> birth date, for those it knows. Raises LocalFault if it cannot answer."""
        self._fresh()
        return {
            person.id: self._born[ident.verdi]
            for person in persons
            for ident in person.identifikatorer
            if ident.verdi in self._born
        }

    def _fresh(self) -> None:
        self._refresh()
        if self._valid_to is None or self._valid_to < self._clock.now():
            raise LocalFault("ADRESSEREGISTER_FORELDET")

    def _refresh(self) -> None:
        if self._path is None:
            raise LocalFault("ADRESSEREGISTER_MANGLER")
        broken = False
        try:
            changed = self._path.stat().st_mtime
            if changed == self._read:
                return
            data = json.loads(self._path.read_text(encoding="utf-8"))
            people = data["personer"].items()
            grades = {str(k): _grade(v["grad"]) for k, v in people}
            born = {str(k): at for k, v in people if (at := day(v.get("foedselsdato"))) is not None}
            valid_to = datetime.fromisoformat(data["gyldigTil"])
            if valid_to.tzinfo is None:  # a time nobody can place is no time
                raise ValueError
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            broken = True
        if broken:  # outside the handler: what the parser raised holds the whole register
            raise LocalFault("ADRESSEREGISTER_MANGLER")
        # What marks the file as read comes last: another thread may ask in between.
        self._grades, self._born, self._valid_to = grades, born, valid_to
        self._read = changed


_ORDER = (
    Adressebeskyttelse.STRENGT_FORTROLIG,
    Adressebeskyttelse.FORTROLIG,
    Adressebeskyttelse.KLIENTADRESSE,
    Adressebeskyttelse.UKJENT,
    Adressebeskyttelse.INGEN,
)


def _grade(told: object) -> Adressebeskyttelse:
    """A grade nobody knows is that one person's, who is then unknown, and nobody else's."""
    return next((one for one in Adressebeskyttelse if one == told), Adressebeskyttelse.UKJENT)


def strictest(grades: list[Adressebeskyttelse]) -> Adressebeskyttelse:
    """The one that protects most, of one or more answers about one person."""
    return min(grades, key=_ORDER.index)
