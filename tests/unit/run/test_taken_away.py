"""What a write leaves nothing of is told before it is signed, and can be fetched back."""

import json

import sqlalchemy as sa

from gateway.effects import push
from gateway.effects.reconciling import reconcile
from gateway.ledger import tables as t

GOALS = [{"gid": "a1", "key": None, "t": "kildens mål"}]


def takes(stand, plan_id):
    """The places a plan's one step empties."""
    with stand.database.look() as connection:
        (facts,) = connection.execute(
            sa.select(t.step.c.facts).where(t.step.c.plan_id == plan_id)
        ).scalars()
    return json.loads(facts).get("takes", [])


def test_what_somebody_took_away_is_told_and_kept(stand):
    """A goal deleted at the one side, and a text emptied, go at the other too: by name in the plan,
    and whoever wants them has them."""
    stand.begins(0, more="om barnet", goals=GOALS)
    stand.moved()
    stand.writes("b", more=None, goals=[])
    plan_id = stand.planned("ba")
    (goal, text) = takes(stand, plan_id)
    assert goal.startswith("maal-")
    assert text == "stafettlogg-logg-0.om_meg"
    stand.carried_out(plan_id)
    assert (stand.document("a")["more"], stand.document("a")["goals"]) == (None, [])
    (version,) = stand.kept()
    assert version.places == (goal, text)
    stand.carried_out(stand.back("a", version))
    assert stand.document("a")["more"] == "om barnet"
    assert [one["t"] for one in stand.document("a")["goals"]] == ["kildens mål"]


def test_a_change_takes_nothing_away(stand):
    """A text that becomes another is no loss to tell of."""
    stand.begins(0, more="om barnet")
    stand.moved()
    stand.writes("a", more="om barnet, mer")
    plan_id = stand.planned()
    assert takes(stand, plan_id) == []
    stand.carried_out(plan_id)
    assert stand.kept() == []


def test_what_another_life_of_the_run_wrote_is_no_ones_edit(stand, monkeypatch):
    """Two are at it for a moment: ours is refused because theirs, the very same, has landed."""
    stand.begins(0)
    stand.moved()
    stand.writes("a", text="kildens ord")
    side, real = stand.sides["b"], push.gate.send

    def both(route, order, passed):
        monkeypatch.setattr(push.gate, "send", real)
        side.put(order)
        return real(route, order, passed)

    monkeypatch.setattr(push.gate, "send", both)
    run_id = stand.moved()
    assert stand.effects(run_id) == {"logg-0": ("ferdig", None)}
    assert stand.steps(stand.planned()) == {"logg-0": ("skip", "UENDRET")}


def test_a_person_who_was_first_is_a_person(stand, monkeypatch):
    """Refused because somebody wrote otherwise: nothing is taken for ours."""
    stand.begins(0)
    stand.moved()
    stand.writes("a", text="kildens ord")
    real = push.gate.send

    def meanwhile(route, order, passed):
        stand.writes("b", text="et menneskes ord")
        return real(route, order, passed)

    monkeypatch.setattr(push.gate, "send", meanwhile)
    run_id = stand.moved()
    assert stand.effects(run_id) == {"logg-0": ("flyttet", "ENDRET_I_MAAL")}
    assert stand.document("b")["text"] == "et menneskes ord"


def test_reconciling_and_planning_agree_on_an_edit(stand):
    """A field the model has no row for, that a person has filled: both say somebody was there."""
    stand.begins(0)
    run_id = stand.moved()
    stand.writes("b", y="et eget felt")
    assert stand.steps(stand.planned()) == {"logg-0": ("clash", "MAAL_ENDRET")}
    (found,) = reconcile(stand.route, run_id)
    assert (found.state, found.places) == ("drifted", (("Stafettlogg", "raa", "changed", 1),))
