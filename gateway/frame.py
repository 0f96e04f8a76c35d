"""The frame a verdict on one log is given in, asked of the world at this moment: the one maker.

The rules are pure, so what they ask about is read here, just before: the register's grades and
birth dates, who of the log is in our staff file, and the time. Migration, archive and hand-over
all call this; they differ in whose protection they ask for. What cannot be answered is not known,
each on its own, and never takes the log with it: the rules say what not knowing means (no).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from gateway.errors import GatewayError
from gateway.policy.context import Adresseregister, Policyramme
from gateway.policy.deltakere import staff as staff_of
from gateway.staff.staff import Staff
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Person

_Answer = TypeVar("_Answer")


def asked(
    frame: Policyramme,
    register: Adresseregister,
    persons_of: Callable[[Stafettlogg], frozenset[str]],
    logg: Stafettlogg,
    now: datetime,
    *,
    going_home: bool = False,
    staff: Staff | None = None,
) -> Policyramme:
    """The municipality's frame, with the answers for one log.

    `persons_of` gives the ids of those whose protection the log could reveal; theirs are the birth
    dates too. Without a staff file (`staff` is None, or names none) nobody is asked about there.
    Never raises for what the register or the file cannot answer (C-4, C-6, R-036).
    """
    wanted = persons_of(logg)
    persons = tuple(p for p in logg.personer if p.id in wanted)
    grades = _answer(register.check, persons)
    known, read = _registered(staff, logg)
    return replace(
        frame,
        now=now,
        going_home=going_home,
        protection={} if grades is None else grades,
        born=_answer(register.born, persons),
        registered=known,
        staff_read=read,
    )


def _answer(
    ask: Callable[[tuple[Person, ...]], Mapping[str, _Answer]], persons: tuple[Person, ...]
) -> Mapping[str, _Answer] | None:
    """What the register says; None when it cannot say it."""
    try:
        return ask(persons)
    except GatewayError:
        return None


def _registered(staff: Staff | None, logg: Stafettlogg) -> tuple[frozenset[str] | None, bool]:
    """Who of the log's staff is in the file, and whether it could be read."""
    if staff is None or not staff.named:
        return None, True
    wanted = {d.person for d in staff_of(logg)}
    try:
        return staff.knows([p for p in logg.personer if p.id in wanted]), True
    except GatewayError:
        return frozenset(), False
