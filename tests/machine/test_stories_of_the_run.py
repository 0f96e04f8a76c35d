"""What a run does when the world moves: each case by name, on toys, with a dictionary as oracle."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway.effects import runs
from gateway.effects.planning import Planner
from gateway.effects.reconciling import reconcile
from gateway.errors import LocalFault, Rejected, RemoteFault
from gateway.ledger import chain
from gateway.ledger import tables as t
from gateway.run import signing
from gateway.run.rows import plan_row, run_row
from tests.machine.conftest import Died
from tests.machine.test_every_boundary import fill
from tests.people import acting


def steps(world, plan_id):
    """Source ref -> (kind, code)."""
    with world.database.begin() as c:
        rows = c.execute(sa.select(t.step).where(t.step.c.plan_id == plan_id)).all()
    return {row.source_ref: (row.kind, row.code) for row in rows}


def effects(world, run_id):
    """Log -> (state, code)."""
    with world.database.begin() as c:
        rows = c.execute(sa.select(t.effect).where(t.effect.c.run_id == run_id)).all()
    return {row.logg: (row.state, row.code) for row in rows}


def test_nothing_runs_unsigned(world):
    """A plan that nobody signed is refused."""
    fill(world, 2)
    plan_id = Planner(world.route).build()
    with pytest.raises(LocalFault, match="PLAN_IKKE_SIGNERT"):
        world.begin(plan_id)


def test_a_changed_plan_is_not_the_signed_plan(world):
    """Tampering with the plan's hash after the signature is refused."""
    fill(world, 2)
    plan_id = world.plan()
    with world.database.begin() as c:
        c.execute(t.plan.update().values(hash="0" * 64))
    with pytest.raises(LocalFault, match="PLAN_IKKE_SIGNERT"):
        world.begin(plan_id)


def test_an_altered_step_is_not_the_signed_plan(world):
    """The hash is counted again over the steps as they stand; one changed step is refused."""
    fill(world, 2)
    plan_id = world.plan()
    with world.database.begin() as c:
        c.execute(t.step.update().where(t.step.c.nr == 1).values(content_sha="0" * 64))
    with pytest.raises(LocalFault, match="PLAN_ENDRET"):
        world.begin(plan_id)


def test_two_runs_never_write_to_one_target_at_once(world):
    """The second is refused until the first has ended; what was refused left no entry."""
    fill(world, 4)
    first, second = world.plan(), world.plan()
    run_id = world.begin(first)
    with pytest.raises(LocalFault, match="KJOERING_PAAGAAR"):
        world.begin(second)
    world.work(run_id)
    world.work(world.begin(second))
    assert sorted(world.target.writes) == [f"logg-{n:02}" for n in range(4)]
    with world.database.begin() as c:
        assert chain.verify(c).broken_at is None


def test_a_consent_that_expired_since_is_no_drift(world):
    """Reconciliation holds the target against the promise of the run's own day."""
    fill(world, 2)
    run_id = world.begin(world.plan())
    world.work(run_id)
    world.register.held.add("logg-00-b")
    world.clock.at = world.clock.at.replace(year=world.clock.at.year + 5)
    assert {f.state for f in reconcile(world.route, run_id)} == {"settled"}


def test_a_second_run_moves_nothing(world):
    """I9: an unchanged world gives a plan of skips and no write."""
    fill(world)
    world.work(world.begin(world.plan()))
    writes = len(world.target.writes)
    plan_id = world.plan()
    assert set(steps(world, plan_id).values()) == {("skip", "UENDRET")}
    world.work(world.begin(plan_id))
    assert len(world.target.writes) == writes


def test_only_what_changed_moves(world):
    """A delta: one edited log is one write, to the same place."""
    fill(world)
    world.work(world.begin(world.plan()))
    world.source.documents["s03"] |= {"text": "endret"}
    plan_id = world.plan()
    moved = {ref for ref, (kind, _) in steps(world, plan_id).items() if kind == "put"}
    assert moved == {"s03"}
    world.work(world.begin(plan_id))
    assert len(world.target.documents) == 10
    assert [d["text"] for d in world.target.documents.values()].count("endret") == 1


def test_a_source_that_moved_since_the_plan_is_not_applied(world):
    """The edited log is not sent on the old signature; a new plan takes just that log."""
    fill(world)
    plan_id = world.plan()
    world.source.documents["s03"] |= {"text": "endret"}
    run_id = world.begin(plan_id)
    world.work(run_id)
    assert effects(world, run_id)["logg-03"] == ("flyttet", "KILDE_FLYTTET")
    assert "logg-03" not in world.target.keys.values()
    world.work(world.begin(world.plan()))
    assert "logg-03" in world.target.keys.values()


def test_consent_withdrawn_after_signing_stops_that_log(world):
    """I8: nothing leaves after a withdrawal, though the plan was signed before it."""
    fill(world)
    plan_id = world.plan()
    world.source.documents["s03"] |= {"consent": False}
    world.work(world.begin(plan_id))
    assert "logg-03" not in world.target.keys.values()
    assert steps(world, world.plan())["s03"] == ("hold", "P-12")


def test_consent_withdrawn_while_the_run_is_going_stops_that_log(world):
    """I8: the feed is asked before each batch; a log touched since the start is not sent."""
    fill(world, 20)
    run_id = world.begin(world.plan())

    def withdraw(_order):
        """Somebody withdraws while the first log is being written."""
        world.source.documents["s19"] |= {"consent": False}

    world.target.before_write = withdraw
    world.work(run_id)
    assert effects(world, run_id)["logg-19"] == ("flyttet", "KILDE_FLYTTET")
    assert "logg-19" not in world.target.keys.values()


def test_protection_that_arrives_between_plan_and_commit_holds(world):
    """C-4: asked again at the moment of commit; the state shows a code and nothing else."""
    fill(world)
    plan_id = world.plan()
    run_id = world.begin(plan_id)
    world.register.held.add("logg-03-b")
    summary = world.work(run_id)
    assert effects(world, run_id)["logg-03"] == ("holdt", "P-20")
    assert "logg-03" not in world.target.keys.values()
    assert summary["effects"] == {"ferdig": 9, "holdt": 1}
    assert run_row(world.database, run_id)["state"] == "avvik"


def test_protection_that_arrives_during_a_lost_answer_is_asked_again(world):
    """The gate is passed again before a write is repeated; what landed is said, not hidden."""
    fill(world, 1)
    run_id = world.begin(world.plan())
    world.target.cuts = 1
    world.target.before_write = lambda _order: world.register.held.add("logg-00-b")
    world.work(run_id)
    assert effects(world, run_id)["logg-00"] == ("parkert", "LANDET_FOER_STOPP")
    assert world.target.writes == ["logg-00"]


def test_people_edit_the_target(world):
    """A log changed by others in the target is a step of its own kind, with the place; signed
    without that place it is left out, and their text stands."""
    fill(world)
    world.work(world.begin(world.plan()))
    ref = next(r for r, k in world.target.keys.items() if k == "logg-03")
    world.target.documents[ref] |= {"text": "skrevet i målet"}
    world.source.documents["s03"] |= {"text": "skrevet i kilden"}
    plan_id = world.plan()
    assert steps(world, plan_id)["s03"] == ("overwrite", "MAAL_ENDRET")
    world.work(world.begin(plan_id))
    assert world.target.documents[ref]["text"] == "skrevet i målet"


def test_drift_is_found_by_place_and_repaired_by_a_new_plan(world):
    """Reconcile names the place; a repair that names it too writes the promised content again."""
    fill(world)
    run_id = world.begin(world.plan())
    world.work(run_id)
    ref = next(r for r, k in world.target.keys.items() if k == "logg-03")
    world.target.documents[ref] |= {"text": "noe annet"}
    found = {f.logg: f for f in reconcile(world.route, run_id) if f.state != "settled"}
    assert [(p[1], p[2]) for p in found["logg-03"].places] == [("nivaa_tekst", "changed")]
    assert "noe annet" not in repr(found)
    world.work(world.begin(world.plan("reparer", run_id, over=True)))
    assert world.target.documents[ref]["text"] == "x"


def test_missing_and_extra_are_told(world):
    """A log deleted in the target is missing; one nobody planned is extra."""
    fill(world)
    run_id = world.begin(world.plan())
    world.work(run_id)
    ref = next(r for r, k in world.target.keys.items() if k == "logg-03")
    del world.target.documents[ref]
    world.target.documents["b-9999"] = {"id": "fremmed", "text": "", "consent": True}
    states = sorted(f.state for f in reconcile(world.route, run_id))
    assert states == ["extra", "missing"] + ["settled"] * 9


def test_a_log_that_appears_and_one_that_goes_are_seen_at_closing(world):
    """The manifest is taken again at the end; nothing is inferred as deleted."""
    fill(world)
    run_id = world.begin(world.plan())
    world.source.documents["s99"] = {"id": "logg-99", "text": "", "consent": True}
    del world.source.documents["s05"]
    summary = world.work(run_id)
    assert (summary["source"]["new"], summary["source"]["gone"]) == (1, 1)
    assert "logg-05" in world.target.keys.values()
    assert run_row(world.database, run_id)["state"] == "avvik"


def test_an_emptied_source_stops_before_anything(world):
    """A source that was full and is empty is never a mass deletion."""
    fill(world)
    world.work(world.begin(world.plan()))
    world.source.documents.clear()
    with pytest.raises(RemoteFault, match="TOM_KILDE"):
        Planner(world.route).build()
    assert len(world.target.documents) == 10


def test_paused_and_cancelled_runs_send_nothing(world):
    """A state is obeyed at the next batch; resuming finishes."""
    fill(world)
    run_id = world.begin(world.plan())
    runs.set_state(world.database, run_id, "pauset", world.route.now())
    plan = plan_row(world.database, run_row(world.database, run_id)["plan_id"])
    assert runs.chunks_left(world.database, run_id, plan["plan_id"])
    from gateway.effects import claim
    from gateway.effects.push import Pusher

    held = claim.take(world.database, run_id, 1, "x")
    assert (
        Pusher(world.route, run_id, plan, cursor=None, pause=lambda _s: None).chunk(1, held)
        == "pauset"
    )
    assert world.target.writes == []
    runs.set_state(world.database, run_id, "kjoerer", world.route.now())
    assert world.work(run_id)["effects"] == {"ferdig": 10}


def test_a_worker_that_slept_is_fenced(world):
    """The newer claim wins; the older holder may not commit an intent."""
    from gateway.effects import claim
    from gateway.effects.push import Pusher

    fill(world)
    run_id = world.begin(world.plan())
    plan = plan_row(world.database, run_row(world.database, run_id)["plan_id"])
    old = claim.take(world.database, run_id, 1, "gammel")
    claim.take(world.database, run_id, 1, "ny")
    with pytest.raises(claim.Fenced):
        Pusher(world.route, run_id, plan, cursor=None, pause=lambda _s: None).chunk(1, old)
    assert world.target.writes == []
    assert world.work(run_id)["effects"] == {"ferdig": 10}


def test_two_documents_that_say_they_are_one_log_never_overwrite_each_other(world):
    """A copied key at the source: the first goes, the copy is parked, the run goes on."""
    fill(world)
    world.source.documents["s03"] |= {"id": "logg-02"}
    plan_id = world.plan()
    assert steps(world, plan_id)["s03"] == ("park", "SAMME_LOGG_FLERE_GANGER")
    world.work(world.begin(plan_id))
    kept = {ref: key for ref, key in world.target.keys.items() if key == "logg-02"}
    assert [world.target.documents[ref]["text"] for ref in kept] == [
        world.source.documents["s02"]["text"]
    ]


def test_a_plan_the_other_way_sees_what_was_agreed(world):
    """What was moved here stands at its source already and is agreed: nothing to do either way."""
    fill(world, 3)
    world.work(world.begin(world.plan()))
    there = world.route
    pair = replace(there.pair, source=there.pair.target, target=there.pair.source)
    reverse = replace(
        there, source_name="b", target_name="a", source=world.target, target=world.source, pair=pair
    )
    plan_id = Planner(reverse).build()
    assert set(steps(world, plan_id).values()) == {("skip", "UENDRET")}


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        ("write.before", ("flyttet", "KILDE_FLYTTET")),
        ("write.after", ("parkert", "LANDET_FOER_STOPP")),
    ],
)
@pytest.mark.parametrize("kind", ["frem", "tilbake"])
def test_an_update_begun_and_then_stopped_tells_whether_it_landed(world, kind, boundary, expected):
    """The log stood there before the update, so standing there proves nothing; its version does."""
    fill(world, 1)
    first = world.begin(world.plan())
    world.work(first)
    if kind == "tilbake":
        there = world.route
        pair = replace(there.pair, source=there.pair.target, target=there.pair.source)
        world.route = replace(
            there, source_name="b", target_name="a", source=world.target, target=world.source,
            pair=pair,
        )  # fmt: skip
        world.source, world.target = world.target, world.source
    (ref,) = world.source.documents
    world.source.documents[ref] |= {"text": "endret"}
    run_id = world.begin(world.plan(kind, first if kind == "tilbake" else None))
    world.deaths = {boundary: 1}
    with pytest.raises(Died):
        world.work(run_id)
    world.source.documents[ref] |= {"consent": False}
    world.work(run_id)
    assert effects(world, run_id)["logg-00"] == expected


def test_going_on_is_a_new_attempt_or_nothing(world, monkeypatch):
    """Killed in the middle, the run still waits; never running under an ended attempt."""
    fill(world, 2)
    run_id = world.begin(world.plan())
    runs.set_state(world.database, run_id, "pauset", world.route.now())

    def killed(*_args):
        """The process is gone before the commit."""
        raise Died

    with monkeypatch.context() as patched, pytest.raises(Died):
        patched.setattr(runs, "append", killed)
        runs.go_on(world.database, run_id, world.route.now())
    row = run_row(world.database, run_id)
    assert (row["state"], row["attempt"]) == ("pauset", 1)
    runs.go_on(world.database, run_id, world.route.now())
    row = run_row(world.database, run_id)
    assert (row["state"], row["attempt"]) == ("kjoerer", 2)


def test_a_repair_touches_only_the_logs_of_its_run_and_only_where_named(world):
    """What people have changed is theirs: another run's logs are not in the plan, and this run's
    edit is written over only when its place is named; then it can be fetched back."""
    fill(world, 2)
    world.work(world.begin(world.plan()))
    world.source.documents["s09"] = {"id": "logg-09", "text": "x", "consent": True}
    second = world.begin(world.plan())
    world.work(second)
    for ref in world.target.documents:
        world.target.documents[ref] |= {"text": "endret i maalet"}
    plan_id = Planner(world.route, "reparer", second).build()
    assert steps(world, plan_id) == {"s09": ("overwrite", "MAAL_ENDRET")}
    signing.sign(world.database, plan_id, acting(), world.route.now())
    world.work(world.begin(plan_id))
    assert {d["text"] for d in world.target.documents.values()} == {"endret i maalet"}
    plan_id = Planner(world.route, "reparer", second).build()
    names = ("logg-09:stafettlogg-logg-09.nivaa_tekst",)
    with pytest.raises(Rejected, match="UKJENT_STED"):
        signing.sign(world.database, plan_id, acting(), world.route.now(), ("logg-09:noe",))
    signing.sign(world.database, plan_id, acting(), world.route.now(), names)
    with world.database.begin() as c:
        c.execute(t.approval.update().values(overwrites=None))
    with pytest.raises(LocalFault, match="PLAN_IKKE_SIGNERT"):
        world.begin(plan_id)


def test_a_repair_takes_what_its_run_left_half_written(world):
    """A log that was parked with something of it in the target is planned again by a repair."""
    fill(world, 2)
    run_id = world.begin(world.plan())
    answer = world.target.document

    def refused(ref):
        """The target cannot show the second log."""
        if world.target.keys[ref] == "logg-01":
            raise Rejected("UGYLDIG_DOKUMENT", place=ref)
        return answer(ref)

    world.target.document = refused
    world.work(run_id)
    world.target.document = answer
    assert effects(world, run_id)["logg-01"] == ("parkert", "UGYLDIG_DOKUMENT")
    again = steps(world, world.plan("reparer", run_id))
    assert {ref: kind for ref, (kind, _code) in again.items()} == {"s01": "put"}


@pytest.mark.parametrize("what", ["protection", "withdrawal"])
def test_a_verdict_grows_old_while_the_target_is_slow(world, what):
    """C-4, I8: what arrives while a batch waits for its target is seen before the next write."""
    fill(world, 4)
    run_id = world.begin(world.plan())

    def slow(_order):
        """The first write takes ten minutes, and meanwhile something happens."""
        world.clock.at += timedelta(minutes=10)
        if what == "protection":
            world.register.held.add("logg-03-b")
        else:
            world.source.documents["s03"] |= {"consent": False}

    world.target.before_write = slow
    world.work(run_id)
    assert "logg-03" not in world.target.keys.values()
    assert effects(world, run_id)["logg-03"][0] == {
        "protection": "holdt", "withdrawal": "flyttet"
    }[what]  # fmt: skip
