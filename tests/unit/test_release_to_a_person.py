"""Archiving's release to a person asks what a migration and a hand-over ask, and passes as many.

Over generated logs of both vendors, with one and the same register: a log that may move for its
consent may be carried by a person too, and no other.
"""

import importlib
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from connectors.sandbox import synthetic
from gateway import app
from gateway.effects import gate
from gateway.effects.archiving.verk import Verk
from gateway.effects.route import Route
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.policy.context import Policyramme
from gateway.policy.rules import judge
from gateway.policy.samtykke import samtykke
from schemas.stafettlogg.kodeverk import Adressebeskyttelse

TENANT = "899100107"
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
COUNT = 200
"""Logs of each vendor."""


class Register:
    """Knows everybody's birth date, protects nobody."""

    def check(self, persons):
        """Person id -> grade."""
        return {p.id: Adressebeskyttelse.INGEN for p in persons}

    def born(self, persons):
        """Person id -> birth date, which the invented numbers were made from."""
        dates = {p.id: synthetic.birth_date(i.verdi) for p in persons for i in p.identifikatorer}
        return {pid: date for pid, date in dates.items() if date is not None}


class Clock:
    """Stands still."""

    def now(self):
        return NOW


def loggs(system):
    """Generated logs of a vendor, as canonical ones."""
    module = importlib.import_module(f"connectors.{system}.sandbox.generator")
    mapping = app.mapping(system)
    for wire, _files in module.generate(5, COUNT, tenant=TENANT):
        yield mapping.decode(wire, TENANT).logg


def verk(register):
    """The archive works, as far as a release asks of it."""
    frame = Policyramme(now=NOW, kommunenummer="9901", production=False)
    made = SimpleNamespace(frame=frame, register=register, clock=Clock(), staff=None)
    made.ramme = lambda logg: Verk.ramme(made, logg)
    return made


def by_consent(frame, logg):
    """The answer of the one consent rule."""
    return judge(logg, frame, (samtykke,)).code


@pytest.mark.parametrize("system", ["conexus_companion", "visma_samspill"])
def test_as_many_are_released_as_may_move(system):
    """Each log by itself: held for its consent in one room is held for it in all."""
    works = verk(Register())
    transfer = SimpleNamespace(arkiv=works, now=Clock().now)
    released = moved = handed = 0
    for logg in loggs(system):
        route = replace(Route.ramme(works, logg, going_home=False), now=NOW)
        mine = gate.release_to_person(works, logg)
        moving = by_consent(route, logg)
        handing = by_consent(Overfoeringsverk.ramme(transfer, logg), logg)
        assert mine == moving == handing, logg.id
        released, moved, handed = (
            released + (not mine),
            moved + (not moving),
            handed + (not handing),
        )
    assert released == moved == handed
    # Or nothing was proved: most generated logs stand on a consent that holds.
    assert released > COUNT // 2
