"""A change of the source is laid upon what the target holds: it arrives, and nothing else goes.

Over generated logs of both vendors, with the law of the way home. `was` and `now` are the source's
log before and after, as the target would hold them; `there` is what stands in the target, with what
it has of its own: fields and entries the source knows nothing of.
"""

import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given, settings

from gateway.run.rules.edits import edits
from gateway.run.rules.laying import laid
from mappings.restore import restore
from schemas.stafettlogg.flat import parts
from schemas.stafettlogg.logg import Stafettlogg
from tests.laws.conftest import SYSTEMS, TENANT, mapping
from tests.unit.run import drawn
from tests.unit.run.drawn import EDITED, LOGS, at, entities, fields, generated

quick = settings(max_examples=60, deadline=None, derandomize=True)
Key = tuple[str, str]


def with_own(logg: Stafettlogg, rng: random.Random) -> Stafettlogg:
    """The log as a target holds it that has more: empty fields filled, and entries of its own."""
    for number in range(3):
        key = rng.choice(sorted(entities(logg)))
        empty = [n for n in fields(entities(logg)[key]) if getattr(entities(logg)[key], n) is None]
        if empty:
            own = {rng.choice(empty): f"eget {number}"}
            logg = at(logg, key, lambda one, own=own: one.model_copy(update=own))
        holder = _holder(logg, rng)
        if holder is not None:
            logg = at(logg, holder[0], lambda one, h=holder, n=number: _one_more(one, h[1], n))
    return logg


def _holder(logg: Stafettlogg, rng: random.Random) -> tuple[Key, str] | None:
    """A list of entities with something in it: (whose, name)."""
    found = [
        (key, name)
        for key, one in sorted(entities(logg).items())
        for name in sorted(parts(type(one))[0])
        if getattr(one, name)
    ]
    return rng.choice(found) if found else None


def _one_more(entity: Any, name: str, number: int) -> Any:
    there = getattr(entity, name)
    return entity.model_copy(update={name: (*there, drawn.new(there[-1], f"eget-{number}"))})


def without(logg: Stafettlogg, rng: random.Random) -> tuple[Stafettlogg, Key]:
    """The log less one entry of a list, and which."""
    holder = _holder(logg, rng)
    assert holder is not None
    key, name = holder
    gone = rng.choice(getattr(entities(logg)[key], name))
    less = at(
        logg, key,
        lambda one: one.model_copy(
            update={name: tuple(e for e in getattr(one, name) if e.id != gone.id)}
        ),
    )  # fmt: skip
    return less, (type(gone).__name__, gone.id)


@quick
@given(was=LOGS, rng=EDITED)
def test_no_change_writes_nothing(was: Stafettlogg, rng: random.Random) -> None:
    """What the target holds stands whole: also what only it has, and the order it has it in."""
    there = with_own(was, rng)
    assert laid(restore, was, was, there) == there


@quick
@given(was=LOGS, rng=EDITED)
def test_a_field_that_was_changed_arrives_alone(was: Stafettlogg, rng: random.Random) -> None:
    """The one place is another, and no other place is."""
    there = with_own(was, rng)
    key = rng.choice(sorted(entities(was)))
    one = entities(was)[key]
    said = [n for n in fields(one) if isinstance(getattr(one, n), str) or getattr(one, n) is None]
    name = rng.choice(said)
    now = at(was, key, lambda e: e.model_copy(update={name: "skrevet i kilden"}))
    found = laid(restore, was, now, there)
    assert getattr(entities(found)[key], name) == "skrevet i kilden"
    assert {(p.kind, p.entity, p.field) for p in edits(there, found)} == {(*key, name)}


@quick
@given(was=LOGS, rng=EDITED)
def test_a_field_the_source_emptied_is_emptied(was: Stafettlogg, rng: random.Random) -> None:
    """Nothing there is a change like any other."""
    there = with_own(was, rng)
    key = rng.choice(sorted(entities(was)))
    filled = [
        n for n in fields(entities(was)[key]) if isinstance(getattr(entities(was)[key], n), str)
    ]
    assume(filled)
    name = rng.choice(filled)
    found = laid(restore, was, at(was, key, lambda e: e.model_copy(update={name: None})), there)
    assert getattr(entities(found)[key], name) is None


@quick
@given(was=LOGS, rng=EDITED)
def test_what_is_held_back_now_goes(was: Stafettlogg, rng: random.Random) -> None:
    """It was carried and is not any more: access is not kept by what stood there before."""
    there = with_own(was, rng)
    now, gone = without(was, rng)
    found = laid(restore, was, now, there)
    assert gone not in entities(found)
    below = entities(entities(there)[gone])
    assert entities(there).keys() - entities(found).keys() == below.keys()
    assert all(not p.field or p.kind == "raa" for p in edits(there, found)), edits(there, found)


@quick
@given(was=LOGS, rng=EDITED)
def test_what_was_held_back_and_may_go_now_comes(was: Stafettlogg, rng: random.Random) -> None:
    """The source had it all the time; the target gets it now, with all that is in it."""
    less, held = without(was, rng)
    there = with_own(less, rng)
    found = laid(restore, was, was, there)
    assert held in entities(found)
    assert entities(found).keys() - entities(there).keys() == entities(entities(was)[held]).keys()
    assert entities(there).keys() <= entities(found).keys()
    assert all(not p.field for p in edits(there, found))


@quick
@given(was=LOGS, rng=EDITED)
def test_what_was_and_is_held_back_changes_nothing(was: Stafettlogg, rng: random.Random) -> None:
    """It never came there, and does not now."""
    now, _ = without(was, rng)
    there = with_own(now, rng)
    assert laid(restore, was, now, there) == there


@quick
@given(was=LOGS, rng=EDITED)
def test_a_target_with_nothing_of_its_own_holds_what_the_source_says(
    was: Stafettlogg, rng: random.Random
) -> None:
    """Any number of changes at once; only where a new entry stands in its list may differ."""
    now = drawn.changed(was, rng)
    found = laid(restore, was, now, was)
    assert entities(found).keys() == entities(now).keys()
    many = {(*key, name) for key, one in entities(now).items() for name in parts(type(one))[0]}
    assert {(p.kind, p.entity, p.field) for p in edits(now, found)} <= many


@pytest.mark.parametrize(("source", "target"), list(permutations(SYSTEMS, 2)), ids="-til-".join)
def test_what_a_vendor_holds_of_another_s_log_stands(source: str, target: str) -> None:
    """Written, read back and laid again, the target's document is the same to the byte."""
    there = mapping(target)

    def told(logg: Stafettlogg) -> Stafettlogg:
        held: Stafettlogg = there.decode(
            there.parse(there.dump(there.encode(logg, TENANT).wire)), TENANT
        ).logg
        return held

    for logg in generated(source):
        was = told(logg)
        again = laid(restore, was, was, was)
        body = there.dump(there.encode(was, TENANT).wire)
        assert there.dump(there.encode(again, TENANT).wire) == body
        # The target's own log, moved there and home: what only it has is not the source's to take.
        own = with_own(was, random.Random(logg.id))
        assert laid(restore, was, was, own) == own
