"""The quick look and the whole comparison say the same of any two logs."""

import random
from functools import cache

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from gateway.reconcile.compare import ASSIGNED, compare
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import compare as differences
from schemas.stafettlogg.flat import parts

TENANT = "899100107"


@cache
def logs():
    """Some canonical logs."""
    from mappings.conexus_companion.mapping import MAPPING

    return [MAPPING.decode(wire, TENANT).logg for wire, _ in generate(4, 6)]


def changed(entity: Entitet, rng: random.Random) -> Entitet:
    """The log with one field of one entity emptied, shortened or swapped, anywhere below."""
    many, single = parts(type(entity))
    below = [(n, i) for n in sorted(many) for i in range(len(getattr(entity, n)))]
    below += [(n, None) for n in sorted(single) if getattr(entity, n) is not None]
    if below and rng.random() < 0.7:
        name, place = rng.choice(below)
        value = getattr(entity, name)
        if place is None:
            return entity.model_copy(update={name: changed(value, rng)})
        new = [changed(c, rng) if i == place else c for i, c in enumerate(value)]
        if rng.random() < 0.2:
            new = new[::-1] if rng.random() < 0.5 else new[1:]
        return entity.model_copy(update={name: tuple(new)})
    name = rng.choice(sorted(type(entity).model_fields))
    value = getattr(entity, name)
    return entity.model_copy(update={name: () if isinstance(value, tuple) else f"{value} x"})


@pytest.mark.parametrize("number", range(6))
def test_a_log_is_settled_against_itself(number):
    """Equal logs are settled, also when they are not the same object."""
    logg = logs()[number]
    assert compare(logg, type(logg).model_validate(logg.model_dump())).state == "settled"


@pytest.mark.parametrize("number", range(6))
def test_the_quick_look_never_hides_a_difference(number):
    """Whatever is changed: settled exactly when the whole comparison finds nothing."""
    rng = random.Random(number)
    logg = logs()[number]
    drifted = 0
    for _ in range(60):
        other = changed(logg, rng)
        found = differences(logg, other, ignore=ASSIGNED)
        outcome = compare(logg, other)
        assert (outcome.state == "settled") == (not found)
        drifted += outcome.state == "drifted"
    assert drifted > 10
