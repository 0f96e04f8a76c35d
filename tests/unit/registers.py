"""A register that tells what it was asked, for the tests of the frame."""

from datetime import date

from gateway.errors import LocalFault
from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from tests.unit.conftest import NOW

OPEN = Adressebeskyttelse.INGEN
BORN = {"barn": date(2018, 5, 4)}


class Register:
    """Answers for all, keeps whom it was asked about, and may be unable to answer one of two."""

    def __init__(self, *, silent=(), born=None):
        self.silent, self.dates = silent, BORN if born is None else born
        self.seen = []

    def check(self, persons):
        """Everybody is open."""
        self.seen.append(("check", tuple(p.id for p in persons)))
        if "check" in self.silent:
            raise LocalFault("ADRESSEREGISTER_FORELDET")
        return {p.id: OPEN for p in persons}

    def born(self, persons):
        """The dates there are."""
        self.seen.append(("born", tuple(p.id for p in persons)))
        if "born" in self.silent:
            raise LocalFault("ADRESSEREGISTER_FORELDET")
        return {p.id: self.dates[p.id] for p in persons if p.id in self.dates}


class Clock:
    """Stands still."""

    def now(self):
        """Always the same."""
        return NOW
