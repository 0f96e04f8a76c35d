"""A version that was kept comes back to the system it stood in, as a plan somebody reads and signs.

What has been written there since is a place of its own; nothing of a protected family is sent.
"""

import json

import pytest
import sqlalchemy as sa

from gateway.effects.reconciling import RIGHT, reconcile
from gateway.errors import Rejected
from gateway.ledger import tables as t
from gateway.plan.step import StepKind
from gateway.run.rows import plan_row
from tests.machine.conftest import places
from tests.unit.run.stand import EVERY

TEXT, MORE = "stafettlogg-logg-0.nivaa_tekst", "stafettlogg-logg-0.om_meg"
OWN = "stafettlogg-logg-0.raa"
THEIRS = "et menneskes ord"


@pytest.fixture
def kept(stand):
    """The version of a log a person wrote in, which a signed plan has written over."""
    stand.begins(0)
    stand.moved()
    stand.writes("b", text=THEIRS, x="egen nøkkel")
    stand.writes("a", text="kildens ord")
    stand.moved(names=EVERY)
    assert stand.document("b")["text"] == "kildens ord"
    (version,) = stand.kept()
    return version


def step(stand, plan_id):
    """The one step of a plan: (kind, code, places)."""
    with stand.database.look() as connection:
        (row,) = connection.execute(sa.select(t.step).where(t.step.c.plan_id == plan_id)).all()
    return row.kind, row.code or "", tuple(json.loads(row.facts).get("over", ()))


def writes(stand):
    """Every write of ours to the system, from now on."""
    seen = []
    stand.sides["b"].saw = lambda order, _before, stored: seen.append((order.key, stored["text"]))
    return seen


def test_it_comes_back_as_it_stood(stand, kept):
    """Their words, and the vendor's own keys beside them; no place is asked for what we wrote."""
    plan_id = stand.back("b", kept)
    assert step(stand, plan_id) == (StepKind.PUT, "", ())
    row = plan_row(stand.database, plan_id)
    assert (row["kind"], row["source"], row["target"]) == ("hent", "b", "b")
    assert row["of_run"] == kept.run_id
    run_id = stand.carried_out(plan_id)
    wanted, found = stand.text_of(kept), stand.document("b")
    assert {k: found[k] for k in found if k != "version"} == {
        k: wanted[k] for k in wanted if k != "version"
    }
    assert found["x"] == "egen nøkkel"
    assert stand.effects(run_id) == {"logg-0": ("ferdig", None)}
    assert [one.state for one in reconcile(stand.route, run_id)] == ["settled"]


def test_nothing_is_sent_before_it_is_signed(stand, kept):
    """Made it is only a plan, which can be read; and it is carried out once."""
    seen = writes(stand)
    plan_id = stand.back("b", kept)
    assert seen == []
    stand.carried_out(plan_id)
    assert seen == [("logg-0", THEIRS)]
    with pytest.raises(Rejected, match="PLAN_ER_KJOERT"):
        stand.started(plan_id)


def test_no_later_plan_takes_it_away_unasked(stand, kept):
    """It is a person's again: a change in the source asks for the place."""
    stand.carried_out(stand.back("b", kept))
    stand.writes("a", text="kildens nye ord")
    plan_id = stand.planned()
    assert step(stand, plan_id) == (StepKind.OVERWRITE, "MAAL_ENDRET", (TEXT, OWN))
    stand.carried_out(plan_id)
    assert stand.document("b")["text"] == THEIRS


def test_who_wrote_there_since_is_asked_for(stand, kept):
    """Their place is named or nothing is written; named, what they wrote is kept in its turn."""
    stand.writes("b", text="skrevet siden")
    plan_id = stand.back("b", kept)
    assert step(stand, plan_id) == (StepKind.OVERWRITE, "ENDRET_SIDEN", (TEXT,))
    stand.carried_out(plan_id)
    assert stand.document("b")["text"] == "skrevet siden"
    stand.carried_out(stand.back("b", kept), EVERY)
    assert stand.document("b")["text"] == THEIRS
    first, second = stand.kept()
    assert first == kept
    assert stand.text_of(second)["text"] == "skrevet siden"


def test_what_did_not_lose_is_left_as_it_stands(stand, kept):
    """A version is old; what either side has written in other places since is not undone, there
    or, by the next way home, anywhere."""
    stand.writes("b", more="skrevet siden")
    plan_id = stand.back("b", kept)
    assert step(stand, plan_id)[0] == StepKind.PUT
    stand.carried_out(plan_id)
    assert (stand.document("b")["text"], stand.document("b")["more"]) == (THEIRS, "skrevet siden")
    stand.moved("ba")
    assert (stand.document("a")["text"], stand.document("a")["more"]) == (THEIRS, "skrevet siden")


def test_who_writes_after_the_plan_was_made_is_not_written_over(stand, kept):
    """What was signed is not what stands any more."""
    plan_id = stand.back("b", kept)
    stand.writes("b", more="skrevet siden")
    run_id = stand.carried_out(plan_id)
    assert stand.effects(run_id)["logg-0"][0] == "flyttet"
    assert stand.document("b")["more"] == "skrevet siden"


def test_it_comes_back_to_a_system_that_was_emptied(stand, kept):
    """The log is made anew, once, with the same words."""
    side = stand.sides["b"]
    side.documents.clear()
    plan_id = stand.back("b", kept)
    assert step(stand, plan_id) == (StepKind.PUT, "", ())
    run_id = stand.carried_out(plan_id)
    assert [document["text"] for document in side.documents.values()] == [THEIRS]
    assert stand.ref("b") != kept.ref
    assert stand.effects(run_id) == {"logg-0": ("ferdig", None)}


def test_made_anew_it_is_still_the_log_that_was_agreed_on(stand, kept):
    """It is not gone and not new: what differs is an edit there, which goes home like any other."""
    stand.sides["b"].documents.clear()
    stand.carried_out(stand.back("b", kept))
    assert stand.steps(stand.planned()) == {"logg-0": ("clash", "MAAL_ENDRET")}
    stand.moved("ba")
    assert stand.document("a")["text"] == THEIRS
    assert stand.steps(stand.planned()) == {"logg-0": ("skip", "UENDRET")}


def test_made_anew_it_is_made_once_also_when_the_answer_is_lost(stand, kept):
    """The search lags and the answer is cut: one log of the child all the same."""
    side = stand.sides["b"]
    side.documents.clear()
    side.cuts, side.lag = 2, 4
    stand.carried_out(stand.back("b", kept))
    assert [document["id"] for document in side.documents.values()] == ["logg-0"]


def test_it_comes_back_where_a_later_run_made_the_log_anew(stand, kept):
    """Emptied, moved there again under another ref: what we wrote there may be written over, what a
    person wrote there since is asked for."""
    stand.sides["b"].documents.clear()
    stand.moved("ab", "reparer", kept.run_id)
    anew = stand.ref("b")
    assert anew != kept.ref
    assert step(stand, stand.back("b", kept)) == (StepKind.PUT, "", ())
    stand.writes("b", text="skrevet siden", more="dette også")
    assert step(stand, stand.back("b", kept)) == (StepKind.OVERWRITE, "ENDRET_SIDEN", (TEXT,))
    stand.carried_out(stand.back("b", kept), EVERY)
    assert stand.ref("b") == anew
    assert (stand.document("b")["text"], stand.document("b")["more"]) == (THEIRS, "dette også")


def test_the_same_words_brought_back_twice_are_two_writes(stand, kept):
    """Lost again, and brought back again: the second is not taken for the first, also by a system
    that knows a write by its key."""
    seen = []
    stand.sides["b"].saw = lambda order, _before, _stored: seen.append(order)
    for _ in range(2):
        stand.carried_out(stand.back("b", kept), EVERY)
        stand.writes("b", text="noe annet")
    first, second = seen
    assert first.body == second.body
    assert first.idempotency_key != second.idempotency_key


def test_protection_holds_what_would_be_brought_back(stand, kept):
    """A family with a protected address: the plan holds the log, and nothing is sent (C-4)."""
    seen = writes(stand)
    stand.register.held.add("logg-0-b")
    plan_id = stand.back("b", kept)
    kind, code, over = step(stand, plan_id)
    assert (kind, code, over) == (StepKind.HOLD, "P-20", ())
    assert places(stand.database, plan_id) == ()
    run_id = stand.carried_out(plan_id)
    assert (seen, stand.effects(run_id)) == ([], {})


def test_protection_that_arrives_after_the_signature_holds_it(stand, kept):
    """Asked again at the moment of the write (C-4), also for a log somebody has written in since
    and whose places were named, and for one that would be made anew."""
    seen = writes(stand)
    for emptied in (False, True):
        if emptied:
            stand.sides["b"].documents.clear()
        else:
            stand.writes("b", more="skrevet siden")
        stand.register.held.clear()
        plan_id = stand.back("b", kept)
        stand.signed(plan_id, EVERY)
        run_id = stand.started(plan_id)
        stand.register.held.add("logg-0-b")
        stand.work(run_id)
        assert stand.effects(run_id) == {"logg-0": ("holdt", "P-20")}
    assert seen == []


def test_a_withdrawal_is_nobodys_to_write_over(stand):
    """R-116: whoever signs, and for whatever place."""
    stand.begins(0)
    stand.moved()
    stand.writes("b", consent=False)
    stand.writes("a", text="kildens ord")
    plan_id = stand.planned()
    assert step(stand, plan_id)[0] == StepKind.CLASH
    stand.moved(names=EVERY)
    assert stand.document("b")["consent"] is False


def test_what_was_kept_at_home_comes_back_there(stand):
    """A way home wrote over a person's words where the log began: the same from the other side."""
    stand.begins(0)
    first = stand.moved()
    stand.writes("a", text=THEIRS)
    stand.writes("b", text="skrevet i b")
    home = stand.moved("ba", "tilbake", first, EVERY)
    assert stand.document("a")["text"] == "skrevet i b"
    (version,) = stand.kept()
    assert version.system == "a"
    stand.carried_out(stand.back("a", version))
    assert stand.document("a")["text"] == THEIRS
    states = {one.state for one in reconcile(stand.way("b", "a"), home)}
    assert states <= RIGHT


def test_it_comes_back_on_what_was_last_known_where_the_system_was_emptied(stand, kept):
    """What either side had written in other places before it was emptied is not undone by it."""
    stand.writes("a", more="kildens senere ord")
    stand.moved()
    stand.sides["b"].documents.clear()
    stand.carried_out(stand.back("b", kept))
    assert (stand.document("b")["text"], stand.document("b")["more"]) == (
        THEIRS, "kildens senere ord",
    )  # fmt: skip
    stand.moved("ba")
    assert (stand.document("a")["text"], stand.document("a")["more"]) == (
        THEIRS, "kildens senere ord",
    )  # fmt: skip


def test_a_field_comes_back_with_what_it_stood_in(stand):
    """The goal whose words lost has been taken away since: it is there again, with them."""
    stand.begins(0, goals=[{"gid": "a1", "key": None, "t": "kildens mål"}])
    stand.moved()
    goal = dict(stand.document("b")["goals"][0])
    stand.writes("b", goals=[goal | {"t": THEIRS}])
    stand.writes("a", goals=[{"gid": "a1", "key": None, "t": "kildens nye mål"}])
    stand.moved(names=EVERY)
    (version,) = stand.kept()
    stand.writes("a", goals=[])
    stand.moved()
    assert stand.document("b")["goals"] == []
    stand.carried_out(stand.back("b", version), EVERY)
    assert [goal["t"] for goal in stand.document("b")["goals"]] == [THEIRS]
