"""Small logs made by hand, for what is said of two readings of one log."""

from typing import Any

from schemas.stafettlogg.innhold import Evaluering, Maal, Notat, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Hovedpersontype, Identtype, Kildesystem, Loggstatus, Rolle
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse, Hovedperson, Identifikator, Person

OWN: dict[str, Any] = {"kildesystem": Kildesystem.GATEWAY}


def person(own: str, navn: str | None = None, number: str | None = None, **more: Any) -> Person:
    """A person; a number that is no number at all."""
    numbers = (Identifikator(type=Identtype.ANNEN, verdi=number),) if number else ()
    return Person(id=own, navn=navn, identifikatorer=numbers, **OWN | more)


def part(own: str, who: str, rolle: Rolle = Rolle.AKTOER, **more: Any) -> Deltakelse:
    """A participation."""
    return Deltakelse(id=own, person=who, rolle=rolle.value, **OWN | more)


def tiltak(own: str, text: str = "t", **more: Any) -> Tiltak:
    """A measure."""
    return Tiltak(id=own, beskrivelse=text, **OWN | more)


def evaluering(own: str, **more: Any) -> Evaluering:
    """An evaluation."""
    return Evaluering(id=own, **OWN | more)


def maal(own: str, *under: Tiltak, **more: Any) -> Maal:
    """A goal with its measures."""
    return Maal(id=own, tiltak=under, **OWN | more)


def concern(own: str, *under: Maal, **more: Any) -> Oppmerksomhet:
    """A concern with its goals."""
    return Oppmerksomhet(id=own, maal=under, **OWN | more)


def note(own: str, text: str, **more: Any) -> Notat:
    """A note."""
    return Notat(id=own, tekst=text, **OWN | more)


def logg(own: str = "logg", child: str = "barn", **more: Any) -> Stafettlogg:
    """A log; its child is there unless persons are given."""
    values: dict[str, Any] = {
        "hovedperson": Hovedperson(person=child, type=Hovedpersontype.BARN),
        "status": Loggstatus.AKTIV,
        "personer": (person(child, "Barnet"),),
    }
    return Stafettlogg(id=own, **OWN | values | more)


def one_measure(text: str = "t", **more: Any) -> Stafettlogg:
    """A log with one concern, one goal and one measure."""
    return logg(oppmerksomheter=(concern("o", maal("m", tiltak("t", text, **more))),))
