"""The population register online, as it answers of protection: alone, and beside the file.

Protection is all that is asked for, of as few as can be: whom the municipality's file knows is not
asked about, except at the one moment when a family's package is opened here. Of two answers the
stricter holds. Whom neither knows is unknown, and not knowing means no (C-4).
"""

import re
from collections.abc import Mapping
from datetime import date

from gateway.adresseregister import strictest
from gateway.errors import GatewayError
from gateway.policy.context import Adresseregister
from gateway.ports.folkeregister import MOST_PERSONS, Folkeregister, Gradering
from schemas.stafettlogg.identifikator import NUMBERED
from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from schemas.stafettlogg.person import Person

_NUMBER = re.compile("[0-9]{11}")
_GRADES = {
    Gradering.INGEN: Adressebeskyttelse.INGEN,
    # Which grade it is, nobody here needs to know.
    Gradering.GRADERT: Adressebeskyttelse.FORTROLIG,
}


def numbers(person: Person) -> tuple[str, ...]:
    """The numbers the register may know a person by."""
    found = (one.verdi for one in person.identifikatorer if one.type in NUMBERED)
    return tuple(dict.fromkeys(one for one in found if _NUMBER.fullmatch(one)))


class Nettregister:
    """An Adresseregister that asks the population register. It has no birth dates: they are not
    asked for."""

    def __init__(self, register: Folkeregister) -> None:
        self._register = register

    def check(self, persons: tuple[Person, ...]) -> Mapping[str, Adressebeskyttelse]:
        """Person id -> grade, for those it knows. Raises what the register raises."""
        own = {person.id: numbers(person) for person in persons}
        asked = list(dict.fromkeys(n for many in own.values() for n in many))
        graded: dict[str, Adressebeskyttelse] = {}
        for start in range(0, len(asked), MOST_PERSONS):
            told = self._register.persons(asked[start : start + MOST_PERSONS], bosted=False)
            graded |= {number: _GRADES[stand.gradering] for number, stand in told.items()}
        found: dict[str, Adressebeskyttelse] = {}
        for person, many in own.items():
            if grades := [graded[number] for number in many if number in graded]:
                found[person] = strictest(grades)
        return found

    def born(self, persons: tuple[Person, ...]) -> Mapping[str, date]:
        """Nobody's."""
        return {}

    def others(self, numre: tuple[str, ...]) -> frozenset[str]:
        """Every number the register knows one person by (a D-number that became another). Raises
        what the register raises."""
        told = self._register.persons(numre[:MOST_PERSONS], bosted=False)
        return frozenset(n for stand in told.values() for n in stand.numre)

    def close(self) -> None:
        """Close connections."""
        self._register.close()


class AtOpening:
    """The registers as a family's package opens: everybody is asked for online. `answered` says
    whether it could be."""

    def __init__(self, registers: "Registre") -> None:
        self._registers = registers
        self.answered = False

    def check(self, persons: tuple[Person, ...]) -> Mapping[str, Adressebeskyttelse]:
        """As `Registre.now`."""
        found = self._registers.now(persons)
        self.answered = True
        return found

    def born(self, persons: tuple[Person, ...]) -> Mapping[str, date]:
        """As the file has them."""
        return self._registers.born(persons)


class Registre:
    """The file first, and the register online for those it does not know."""

    def __init__(self, file: Adresseregister, online: Nettregister) -> None:
        self._file = file
        self.online = online

    def check(self, persons: tuple[Person, ...]) -> Mapping[str, Adressebeskyttelse]:
        """Person id -> grade, for those either knows. A register that is away knows nobody."""
        found = dict(self._of_file(persons))
        missing = tuple(person for person in persons if person.id not in found)
        if missing:
            try:
                found |= self.online.check(missing)
            except GatewayError:
                return found
        return found

    def now(self, persons: tuple[Person, ...]) -> Mapping[str, Adressebeskyttelse]:
        """As `check`, with everybody asked for online also: the stricter of two answers holds.
        Raises GatewayError when the register online cannot answer."""
        told = [self._of_file(persons), self.online.check(persons)]
        return {
            person.id: strictest(grades)
            for person in persons
            if (grades := [one[person.id] for one in told if person.id in one])
        }

    def born(self, persons: tuple[Person, ...]) -> Mapping[str, date]:
        """Person id -> birth date, as the file has it. No file, no dates."""
        try:
            return self._file.born(persons)
        except GatewayError:
            return {}

    def _of_file(self, persons: tuple[Person, ...]) -> Mapping[str, Adressebeskyttelse]:
        try:
            return self._file.check(persons)
        except GatewayError:
            return {}
