"""The traps of the feed, each one function that writes persons and events into a sandbox.

What each trap is comes from the register's own notices: renumbering of everybody at a reform,
borders that move, numbers that leak early, corrections, protection that carries a residence, and
events that say nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from connectors.folkeregister.sandbox.app import Registersandkasse
from connectors.folkeregister.sandbox.personer import Innbygger
from schemas.folkeregister.hendelse import Entitetsendring as Endring
from schemas.folkeregister.hendelse import Hendelsestype as Type

_NY = (("bostedsadresse", Endring.REGISTRERE_NY.value),)


def settle(app: Registersandkasse, person: Innbygger) -> Innbygger:
    """The person as the register has one now; no event."""
    app.lager.put_person(person.nummer, person.body())
    return person


def move(app: Registersandkasse, person: Innbygger, kommune: str, on: date | None) -> Innbygger:
    """A move within Norway: the residence, and its event."""
    moved = settle(app, person.moved(kommune, on))
    app.event(person.nummer, Type.BOSTED, _NY)
    return moved


def reform(
    app: Registersandkasse,
    persons: Sequence[Innbygger],
    renamed: Callable[[str], str],
    *,
    kind: str = Type.BOSTED,
) -> list[Innbygger]:
    """Everybody gets a new number of the same place, with one event each; the dates stand."""
    made = [settle(app, replace(one, kommune=renamed(one.kommune))) for one in persons]
    app.events([(one.nummer, kind, _NY) for one in made])
    return made


def without_moving(app: Registersandkasse, person: Innbygger, kommune: str) -> Innbygger:
    """The register itself says that nobody moved: a border, or a name of a street."""
    made = settle(app, replace(person, kommune=kommune))
    app.event(person.nummer, Type.BOSTED_UTEN_FLYTTING, _NY)
    return made


def shared(app: Registersandkasse, person: Innbygger) -> None:
    """Shared residence alone; where the person is registered is as before."""
    app.event(person.nummer, Type.DELT_BOSTED, (("deltBosted", Endring.REGISTRERE_NY.value),))


def correct(
    app: Registersandkasse, person: Innbygger, kommune: str, on: date | None, endring: Endring
) -> Innbygger:
    """A residence that is corrected or annulled."""
    made = settle(app, person.moved(kommune, on))
    app.event(person.nummer, Type.BOSTED, (("bostedsadresse", endring.value),))
    return made


def protect(app: Registersandkasse, person: Innbygger, grade: str, kommune: str = "") -> Innbygger:
    """Protection is granted; since 2023 the event may carry a residence besides."""
    made = replace(person, beskyttelse=grade, kommune=kommune or person.kommune)
    if grade == "strengtFortrolig":
        made = replace(made, uten_bosted=True)
    settle(app, made)
    changes = (("adressebeskyttelse", Endring.REGISTRERE_NY.value), *(_NY if kommune else ()))
    app.event(person.nummer, Type.ADRESSEBESKYTTELSE, changes)
    return made


def silent(app: Registersandkasse, person: Innbygger) -> None:
    """`personErOppdatert`: something happened, and the event has no data."""
    app.event(person.nummer, Type.OPPDATERT)


def strange(app: Registersandkasse, person: Innbygger) -> None:
    """A type nobody has seen, and then a change nobody has seen of a residence."""
    app.event(person.nummer, "endringINoeHeltNytt")
    app.event(person.nummer, Type.BOSTED, (("bostedsadresse", "omgjoere"),))


def hole(app: Registersandkasse, person: Innbygger, length: int = 3) -> int:
    """Events that are missing from the feed: the next one's number is too high."""
    return app.event(person.nummer, Type.OPPDATERT, seq=app.lager.last() + 1 + length)


def unreadable(app: Registersandkasse) -> None:
    """An entry that does not say whom it is about."""
    app.event("", "")
