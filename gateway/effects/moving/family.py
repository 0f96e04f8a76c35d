"""Is anybody in a child's family protected, as the register says just now? (C-4)

The child and the guardians of the log are looked up with the protection alone. Somebody without a
number, somebody the register does not know, and a log that cannot be read, are a no.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from gateway.effects.moving.flytteverk import Flytteverk
from gateway.effects.moving.watching import numbers
from gateway.effects.one_log import of_one_log
from gateway.ledger import moving_tables as m
from gateway.ledger import tables as t
from gateway.policy.adressebeskyttelse import family
from gateway.ports.folkeregister import MOST_PERSONS, Gradering, Personstand
from schemas.stafettlogg.kodeverk import Adressebeskyttelse

_OPEN_IN_LOG = frozenset({Adressebeskyttelse.INGEN, Adressebeskyttelse.UKJENT})
Logg = tuple[str, str]
"""A system and a log's id."""


def open_families(verk: Flytteverk, loggs: Iterable[Logg]) -> frozenset[Logg]:
    """The logs about whose whole family the register says that nobody is protected.

    Raises as the register does: without an answer nothing is decided.
    """
    people = {logg: _people(verk, logg) for logg in loggs}
    wanted = sorted({n for persons in people.values() for p in persons or () for n in p})
    stands: dict[str, Personstand] = {}
    for start in range(0, len(wanted), MOST_PERSONS):
        part = wanted[start : start + MOST_PERSONS]
        stands.update(verk.register.persons(part, bosted=False))
    return frozenset(
        logg
        for logg, persons in people.items()
        if persons is not None and all(_open(p, stands) for p in persons)
    )


def _open(numre: tuple[str, ...], stands: dict[str, Personstand]) -> bool:
    found = [stands[number] for number in numre if number in stands]
    return bool(found) and all(one.gradering is Gradering.INGEN for one in found)


def _people(verk: Flytteverk, logg: Logg) -> list[tuple[str, ...]] | None:
    """The numbers of each in the family; None when the log itself says no or says nothing."""
    system, logg_id = logg
    with verk.database.look() as connection:
        payload = connection.execute(
            sa.select(t.record.c.payload)
            .join(m.watched, m.watched.c.ref == t.record.c.ref)
            .where(
                m.watched.c.tenant == verk.tenant,
                m.watched.c.system == system,
                m.watched.c.logg == logg_id,
                t.record.c.system == system,
                t.record.c.tenant == verk.tenant,
                t.record.c.code.is_(None),
            )
        ).scalar()
    if payload is None or system not in verk.kilder:
        return None
    try:
        read = verk.decode(system, verk.store.get(payload))
    except Exception as error:
        if of_one_log(error) is None:
            raise
        return None
    wanted = family(read)
    persons = [person for person in read.personer if person.id in wanted]
    if any(person.adressebeskyttelse not in _OPEN_IN_LOG for person in persons):
        return None
    found = [numbers(person) for person in persons]
    return found if len(found) == len(wanted) and all(found) else None
