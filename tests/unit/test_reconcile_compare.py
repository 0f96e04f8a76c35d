"""The quick look and the whole comparison say the same of any two logs."""

import random
from functools import cache

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from gateway.reconcile.compare import ASSIGNED, compare
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import compare as differences
from schemas.stafettlogg.flat import parts
from schemas.stafettlogg.person import Rolleskifte

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


FORMS = ("2026-03-02T10:00:00Z", "2026-03-02T11:00:00+01:00", "2026-03-02T10:00:00.000Z")
NO_TIMES = ("2026-13-02T10:00:00Z", "2026-03-02T10:00:60Z", "i går", "", "2026-03-02T10:00:00")


def told(instant: str | None) -> Entitet:
    """A log with one time wherever the model has one: on it, in an entity, and in a value."""
    logg = next(x for x in logs() if x.samtykker and x.samtykker[0].signatarer)
    consent = logg.samtykker[0]
    signers = tuple(s.model_copy(update={"tid": instant}) for s in consent.signatarer)
    consent = consent.model_copy(update={"trukket": instant, "signatarer": signers})
    part = logg.deltakelser[0].model_copy(
        update={
            "rollehistorikk": (Rolleskifte.model_construct(rolle="aktoer", fra=instant, til=None),)
        }
    )
    return logg.model_copy(
        update={
            "opprettet": instant,
            "samtykker": (consent, *logg.samtykker[1:]),
            "deltakelser": (part, *logg.deltakelser[1:]),
        }
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_time_is_the_moment_it_names(form):
    """The same instant in another permitted form is what was promised."""
    assert compare(told(FORMS[0]), told(form)).state == "settled"


@pytest.mark.parametrize(
    "other", ["2026-03-02T10:00:00.000001Z", "2026-03-02T10:00:00+01:00", None]
)
def test_another_moment_is_drift_wherever_it_stands(other):
    """One microsecond is another instant; none is another than one."""
    found = compare(told(FORMS[0]), told(other))
    assert {place[:2] for place in found.places} == {
        ("Stafettlogg", "opprettet"),
        ("Samtykke", "trukket"),
        ("Samtykke", "signatarer"),
        ("Deltakelse", "rollehistorikk"),
    }


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_compares_as_text(text):
    """It is the same only to the letter, and never an error."""
    assert compare(told(text), told(text)).state == "settled"
    assert compare(told(text), told(FORMS[0])).state == "drifted"
    assert compare(told(FORMS[0]), told(text)).state == "drifted"


def test_a_date_is_a_text():
    """A calendar date has one form."""
    logg = logs()[0]
    one, other = (logg.model_copy(update={"neste_moete": d}) for d in ("2026-03-02", "20260302"))
    assert compare(one, other).state == "drifted"
