"""Hints about watched children, judged and written down in one transaction with how far we read.

The register is asked before the transaction, and what we knew is read again inside it, so that a
decision a person makes meanwhile counts. A proposal that only came up inside it has no answer about
its family, and is a task without details.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import sqlalchemy as sa

from gateway import log
from gateway.effects.moving import cases, pointer
from gateway.effects.moving.family import Logg, open_families
from gateway.effects.moving.flytteverk import Flytteverk, Runde
from gateway.effects.moving.sealed import Fulgt, open_watched, seal_watched
from gateway.effects.moving.watching import name_persons
from gateway.effects.one_log import of_one_log
from gateway.flytting.dom import (
    Dom,
    Forslag,
    Kast,
    Kastgrunn,
    Sperret,
    Trekk,
    proposes,
    secured,
)
from gateway.flytting.sist import Sist, Tegn, one_person
from gateway.flytting.vurdering import verdict
from gateway.ledger import moving_tables as m
from gateway.ledger.chain import Fact, append
from gateway.ports.folkeregister import MOST_PERSONS, Endring, Personstand

Hints = Mapping[Logg, Tegn]
Changes = Callable[[Logg], frozenset[Endring]]
Beside = Callable[[sa.Connection], bool]
"""What is written in the same transaction. False: somebody else was first, and nothing is."""


def judge(
    verk: Flytteverk,
    hints: Hints,
    told: Runde,
    beside: Beside | None = None,
    changes: Changes | None = None,
) -> bool:
    """Look up, judge and write. False when `beside` refused; then nothing was written.

    `changes` reads the documents of a child's events: asked for those alone that something may
    come of, because on the night of a reform everybody has one.
    """
    with verk.database.look() as connection:
        before = {logg: _fulgt(connection, verk, logg) for logg in hints}
    stands = _look_up(verk, hints, before)
    if changes is not None:
        some = _likely(verk, hints, stands, and_open=True)
        told_more = {logg: Tegn(endringer=changes(logg)) for logg in some}
        hints = {logg: hint.joined(told_more.get(logg, Tegn())) for logg, hint in hints.items()}
    likely = _likely(verk, hints, stands)
    safe = open_families(verk, likely) if likely else frozenset()
    made = Runde()
    with verk.database.begin() as connection:
        pointer.hold(connection, verk)
        if beside is not None and not beside(connection):
            return False
        facts: list[Fact] = []
        for logg, tegn in hints.items():
            dom = _verdict(connection, verk, logg, tegn, stands.get(logg))
            dom = secured(dom, family_open=logg in safe, today=verk.today())
            facts += _write(connection, verk, logg, dom, made)
            _remember(connection, verk, logg, dom, stands.get(logg), looked_up=tegn.avstemming)
        if facts:
            append(connection, verk.now(), facts)
    told.forslag += made.forslag
    told.manuelle += made.manuelle
    told.trukket += made.trukket
    told.kastet.update(made.kastet)
    return True


def _likely(
    verk: Flytteverk,
    hints: Hints,
    stands: Mapping[Logg, Personstand | None],
    *,
    and_open: bool = False,
) -> list[Logg]:
    """Those who would get a proposal; with `and_open` also those who have one."""
    found = []
    with verk.database.look() as connection:
        for logg, tegn in hints.items():
            dom = _verdict(connection, verk, logg, tegn, stands.get(logg))
            has_one = and_open and dom is not None and cases.open_of(connection, verk, *logg)
            if has_one or proposes(dom):
                found.append(logg)
    return found


def _fulgt(connection: sa.Connection, verk: Flytteverk, logg: Logg) -> Fulgt | None:
    system, logg_id = logg
    sealed = connection.execute(
        sa.select(m.watched.c.sealed).where(
            m.watched.c.tenant == verk.tenant,
            m.watched.c.system == system,
            m.watched.c.logg == logg_id,
        )
    ).scalar()
    if sealed is None:
        return None
    found = open_watched(verk.ring, (verk.tenant, system, logg_id), sealed)
    return found if found.numre else None


def _look_up(
    verk: Flytteverk, hints: Hints, before: Mapping[Logg, Fulgt | None]
) -> dict[Logg, Personstand | None]:
    numbers = {
        logg: fulgt.numre
        for logg, fulgt in before.items()
        if fulgt is not None and hints[logg].looked_into
    }
    wanted = sorted({number for found in numbers.values() for number in found})
    answers: dict[str, Personstand] = {}
    for start in range(0, len(wanted), MOST_PERSONS):
        part = wanted[start : start + MOST_PERSONS]
        answers.update(verk.register.persons(part, bosted=True))
    return {
        logg: one_person(answers[n] for n in found if n in answers)
        for logg, found in numbers.items()
    }


def _verdict(
    connection: sa.Connection, verk: Flytteverk, logg: Logg, tegn: Tegn, stand: Personstand | None
) -> Dom | None:
    """None when the child is not watched any more. What cannot be judged is a person's, once, and
    the others are judged."""
    fulgt = _fulgt(connection, verk, logg)
    if fulgt is None:
        return None
    found = cases.open_of(connection, verk, *logg)
    try:
        return verdict(fulgt.sist, tegn, stand, found[1] if found else None, verk.frame())
    except Exception as error:
        own = of_one_log(error)
        if own is None:
            raise
        log.get("moving").error("unjudged", code=own.code, place=f"{logg[1]}: {own.place}")
        sist = Sist(verk.today(), manuell=True)
        return Kast(Kastgrunn.HOS_MENNESKE, sist) if found or fulgt.sist.manuell else Sperret(sist)


def _write(
    connection: sa.Connection, verk: Flytteverk, logg: Logg, dom: Dom | None, made: Runde
) -> list[Fact]:
    system, logg_id = logg
    match dom:
        case Kast(grunn=grunn):
            made.kastet[grunn.value] += 1
        case Sperret():
            made.manuelle += 1
            return [cases.make(connection, verk, system, logg_id, None)]
        case Forslag():
            made.forslag += 1
            return [cases.make(connection, verk, system, logg_id, dom)]
        case Trekk(grunn=why, etterpaa=after):
            found = cases.open_of(connection, verk, system, logg_id)
            facts = []
            if found is not None:
                made.trukket += 1
                facts.append(cases.withdraw(connection, verk, logg_id, found[0], why))
            return facts + _write(connection, verk, logg, after, made)
    return []


def _remember(
    connection: sa.Connection,
    verk: Flytteverk,
    logg: Logg,
    dom: Dom | None,
    stand: Personstand | None,
    *,
    looked_up: bool,
) -> None:
    """What we know from now on: the place, and any number the register taught us."""
    fulgt = _fulgt(connection, verk, logg) if dom is not None else None
    if fulgt is None:
        return
    last = dom.etterpaa if isinstance(dom, Trekk) else dom
    sist = last.sist if isinstance(last, Kast | Sperret) else None
    numre = tuple(dict.fromkeys((*fulgt.numre, *(stand.numre if stand else ()))))
    after = replace(fulgt, numre=numre, sist=sist or fulgt.sist)
    system, logg_id = logg
    key = (verk.tenant, system, logg_id)
    values: dict[str, object] = {"looked_up": True} if looked_up else {}
    if after != fulgt:
        values["sealed"] = seal_watched(verk.ring, key, after)
    if values:
        connection.execute(
            m.watched.update()
            .where(
                m.watched.c.tenant == verk.tenant,
                m.watched.c.system == system,
                m.watched.c.logg == logg_id,
            )
            .values(**values)
        )
    if numre != fulgt.numre:
        name_persons(connection, verk, key, numre)
