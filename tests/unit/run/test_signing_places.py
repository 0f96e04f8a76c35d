"""What a signature covers: the plan word for word, and each place that may be written over.

A step goes only when each of its places was named, and what was signed is counted again from the
ledger before anything is carried out.
"""

import hashlib
import json

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import LocalFault, Rejected
from gateway.ledger import chain
from gateway.ledger import tables as t
from gateway.migrate.rules.scope import Scope
from gateway.run import sampling, signing
from gateway.run.rows import plan_row, run_row
from tests.people import acting
from tests.unit.run.stand import EVERY

TEXT, MORE = "stafettlogg-logg-0.nivaa_tekst", "stafettlogg-logg-0.om_meg"
OTHER = "stafettlogg-logg-1.nivaa_tekst"
NAMED = (f"logg-0:{TEXT}", f"logg-0:{MORE}")


@pytest.fixture
def contested(stand):
    """A plan in which people have written in both systems: two places of one log, one of another,
    and a third log that nobody in the target has touched."""
    for number in range(3):
        stand.begins(number)
    stand.moved()
    stand.writes("b", 0, text="b", more="b")
    stand.writes("b", 1, text="b")
    stand.writes("a", 0, text="a", more="a")
    stand.writes("a", 1, text="a")
    stand.writes("a", 2, text="a")
    plan_id = stand.planned()
    assert stand.steps(plan_id) == {
        "logg-0": ("overwrite", "MAAL_ENDRET"), "logg-1": ("overwrite", "MAAL_ENDRET"),
        "logg-2": ("put", None),
    }  # fmt: skip
    return plan_id


def texts(stand):
    """What stands in the target, log by log."""
    return [stand.document("b", number)["text"] for number in range(3)]


def tamper_approval(stand, plan_id, **values):
    """Somebody changes the approval's row."""
    with stand.database.begin() as connection:
        mine = t.approval.c.plan_id == plan_id
        connection.execute(t.approval.update().where(mine).values(values))


def tamper(stand, plan_id, **values):
    """Somebody changes the plan's row."""
    with stand.database.begin() as connection:
        connection.execute(t.plan.update().where(t.plan.c.plan_id == plan_id).values(values))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.text(max_size=8), st.lists(st.text(max_size=8), max_size=3, unique=True))
def test_the_hash_is_of_the_plan_and_the_places(plan_hash, named):
    """None named: the plan's own. Each place makes it another."""
    if not named:
        assert signing.overwrite_hash(plan_hash, named) == plan_hash
        return
    covered = "\n".join((plan_hash, *named)).encode()
    assert signing.overwrite_hash(plan_hash, named) == hashlib.sha256(covered).hexdigest()
    assert signing.overwrite_hash(plan_hash, named[1:]) != signing.overwrite_hash(plan_hash, named)


def test_a_signature_says_what_it_covers(stand, contested):
    """The same places in any order are one signature; other places are another, in the chain."""
    plain = stand.signed(contested)
    assert plain == plan_row(stand.database, contested)["hash"]
    one, both = stand.signed(contested, NAMED[:1]), stand.signed(contested, NAMED)
    assert stand.signed(contested, (*NAMED[::-1], NAMED[0])) == both
    assert len({plain, one, both}) == 3
    with stand.database.look() as connection:
        rows = connection.execute(sa.select(t.entry.c.body).where(t.entry.c.kind == "sign"))
        said = [json.loads(body).get("overwrite") for body in rows.scalars()][-4:]
        assert chain.verify(connection).broken_at is None
    assert said == [None, [NAMED[0]], sorted(NAMED), sorted(NAMED)]


@pytest.mark.parametrize(
    "name",
    [
        "logg-0", "logg-0:", f"logg-0:{OTHER}", f"logg-1:{TEXT}", f"logg-2:{TEXT}", f"logg:{TEXT}",
        f":{TEXT}", TEXT, "logg-0:stafettlogg-logg-0", f"logg-0:{TEXT} ", "",
    ],
)  # fmt: skip
def test_a_name_that_is_no_place_is_refused(stand, contested, name):
    """A slip of the pen never signs less, or more, than was meant; nothing is signed then."""
    with pytest.raises(Rejected, match="UKJENT_STED"):
        stand.signed(contested, (*NAMED, name))
    assert plan_row(stand.database, contested)["signed_hash"] is None


def test_only_logs_whose_every_place_is_named_are_written(stand, contested):
    """One of two places named: what stands there stands; the log beside it goes."""
    run_id = stand.carried_out(contested, (NAMED[0], f"logg-1:{OTHER}"))
    assert texts(stand) == ["b", "a", "a"]
    assert sorted(stand.effects(run_id)) == ["logg-1", "logg-2"]
    row = run_row(stand.database, run_id)
    assert (row["state"], json.loads(row["summary"])["left_out"]) == ("avvik", 1)


def test_none_named_leaves_every_persons_words(stand, contested):
    """The rest of the plan goes."""
    stand.carried_out(contested)
    assert texts(stand) == ["b", "b", "a"]


def test_a_new_signature_takes_the_place_of_the_old(stand, contested):
    """Somebody thinks again before the plan is run: what was named first is named no more."""
    stand.signed(contested, EVERY)
    stand.carried_out(contested, (f"logg-1:{OTHER}",))
    assert texts(stand) == ["b", "a", "a"]


def test_a_plan_that_was_run_is_not_signed_again(stand, contested):
    """The run is named; what was left out needs a plan of its own."""
    run_id = stand.carried_out(contested)
    with pytest.raises(Rejected, match="PLAN_ER_KJOERT") as caught:
        stand.signed(contested, EVERY)
    assert caught.value.place == run_id
    assert texts(stand) == ["b", "b", "a"]


def test_a_plan_that_is_not_whole_is_not_signed(stand, contested):
    """Still fetching, incomplete or empty."""
    for state in ("henter", "ufullstendig", "tom"):
        tamper(stand, contested, state=state)
        with pytest.raises(LocalFault, match="PLAN_IKKE_KLAR"):
            stand.signed(contested)


@pytest.mark.parametrize(
    ("kept", "code"),
    [
        (None, "PLAN_IKKE_SIGNERT"),
        ({"named": [*NAMED, f"logg-1:{OTHER}"], "steps": [1, 2]}, "PLAN_IKKE_SIGNERT"),
        ({"named": [NAMED[0]], "steps": [1]}, "PLAN_IKKE_SIGNERT"),
        ({"named": [], "steps": [1]}, "PLAN_IKKE_SIGNERT"),
        ({"named": sorted(NAMED), "steps": [1, 2]}, "PLAN_ENDRET"),
        ({"named": sorted(NAMED), "steps": [2]}, "PLAN_ENDRET"),
        ({"named": sorted(NAMED), "steps": []}, "PLAN_ENDRET"),
    ],
)
def test_places_changed_after_the_signature_are_refused(stand, contested, kept, code):
    """Names added or taken away, and steps that the names do not give."""
    stand.signed(contested, NAMED)
    tamper_approval(stand, contested, overwrites=json.dumps(kept) if kept else None)
    with pytest.raises(LocalFault, match=code):
        stand.started(contested)
    assert texts(stand) == ["b", "b", "først"]


@pytest.mark.parametrize("over", [[TEXT], [], [TEXT, MORE, "stafettlogg-logg-0.hovedmaal"]])
def test_a_steps_places_changed_after_the_signature_are_refused(stand, contested, over):
    """One place fewer would let a step go that was not named whole."""
    stand.signed(contested, NAMED[:1])
    with stand.database.begin() as connection:
        where = (t.step.c.plan_id == contested, t.step.c.logg == "logg-0")
        facts = connection.execute(sa.select(t.step.c.facts).where(*where)).scalar_one()
        changed = json.dumps(json.loads(facts) | {"over": over}, separators=(",", ":"))
        connection.execute(t.step.update().where(*where).values(facts=changed))
    with pytest.raises(LocalFault, match="PLAN_ENDRET"):
        stand.started(contested)


@pytest.mark.parametrize(
    "values",
    [
        {"scope": None}, {"scope": Scope(first=2).text()}, {"scope": ""}, {"waits_for": None},
        {"waits_for": "run-annen"}, {"waits_for": ""}, {"kind": "reparer"}, {"kind": "hent"},
        {"target": "a"}, {"source": "b"}, {"tenant": "899100115"},
    ],
    ids=lambda values: "-".join(f"{k}={v!r:.9}" for k, v in values.items()),
)  # fmt: skip
def test_a_plans_head_changed_after_the_signature_is_refused(stand, values):
    """The chosen part, what it waits for, its kind and its way are in what was signed."""
    stand.begins(0)
    run_id = stand.moved()
    sampling.draw(stand.database, run_id, 1, "frø", stand.base.now())
    stand.begins(1)
    plan_id = stand.planned(scope=Scope(first=1), after=run_id)
    stand.signed(plan_id)
    tamper(stand, plan_id, **values)
    with pytest.raises((LocalFault, Rejected)) as caught:
        stand.started(plan_id)
    assert caught.value.code == "PLAN_ENDRET"


def test_a_wave_waits_for_the_sample_of_the_one_before(stand):
    """Signed it may be; it begins when somebody has looked and found it right, or said
    that the wrong is put right."""
    stand.begins(0)
    run_id = stand.moved()
    stand.begins(1)
    plan_id = stand.planned(after=run_id)
    stand.signed(plan_id)
    database, store, now = stand.database, stand.base.store, stand.base.now()
    with pytest.raises(Rejected, match="PROEVE_IKKE_SETT"):
        stand.started(plan_id)
    sampling.draw(database, run_id, 1, "frø", now)
    for says in (sampling.WRONG, sampling.RIGHT, sampling.MENDED):
        with pytest.raises(Rejected, match="PROEVE_IKKE_SETT"):
            stand.started(plan_id)
        sampling.looked(database, store, run_id, "logg-0", by=acting(), says=says, note="", at=now)
    stand.work(stand.started(plan_id))
    assert stand.document("b", 1)["text"] == "først"
