"""An approval is a row that is added: nobody takes another's place, and a run has its own."""

import json

import pytest
import sqlalchemy as sa

from gateway.effects import runs
from gateway.errors import Rejected
from gateway.ledger import tables as t
from gateway.report.build import build
from gateway.run import signing
from gateway.run.rows import plan_row
from tests.people import acting


def rows(stand):
    """Every approval, in order."""
    with stand.database.look() as connection:
        return connection.execute(sa.select(t.approval).order_by(t.approval.c.nr)).all()


def sign(stand, plan_id, ref, role="leder"):
    """Somebody signs."""
    signing.sign(stand.database, plan_id, acting(ref, rolle=role), stand.base.now())


def test_a_second_signature_stands_beside_the_first(stand):
    """Both are told; the newest counts."""
    stand.begins(0)
    plan_id = stand.planned()
    sign(stand, plan_id, "leder-1")
    sign(stand, plan_id, "it-1", "it_leder")
    assert [(r.nr, r.by, r.role) for r in rows(stand)] == [
        (1, "leder-1", "leder"), (2, "it-1", "it_leder")
    ]  # fmt: skip
    assert plan_row(stand.database, plan_id)["signed_by"] == "it-1"


def test_the_report_shows_the_one_the_run_began_under(stand):
    """Also when a row is slipped in afterwards: it is no approval of this run's."""
    stand.begins(0)
    plan_id = stand.planned()
    sign(stand, plan_id, "leder-1")
    run_id = stand.started(plan_id)
    with pytest.raises(Rejected, match="PLAN_ER_KJOERT"):
        sign(stand, plan_id, "it-1", "it_leder")
    assert [r.by for r in rows(stand)] == ["leder-1"]
    first = rows(stand)[0]._mapping
    with stand.database.begin() as connection:
        connection.execute(t.approval.insert(), {**first, "nr": 2, "by": "noen"})
    stand.work(run_id)
    signed = build(stand.database, run_id)["signed"]
    assert (signed["by"], signed["role"]) == ("leder-1", "leder")
    assert signed["hash"] == first["hash"]


def test_who_signs_while_a_run_begins_is_not_the_one_it_begins_under(stand, monkeypatch):
    """The run does not begin under an approval it did not check."""
    stand.begins(0)
    plan_id = stand.planned()
    sign(stand, plan_id, "leder-1")
    check = signing.check

    def late(database, row):
        """Somebody signs between the check and the beginning."""
        check(database, row)
        sign(stand, plan_id, "it-1", "it_leder")

    monkeypatch.setattr(signing, "check", late)
    with pytest.raises(Rejected, match="PLAN_SIGNERT_PAA_NYTT"):
        stand.started(plan_id)
    monkeypatch.undo()
    monkeypatch.setattr(runs.failpoint, "reach", stand.reach)
    run_id = stand.started(plan_id)
    with stand.database.look() as connection:
        assert connection.execute(sa.select(t.run.c.approval)).scalar() == 2
    assert run_id


def test_a_run_of_before_has_the_approval_of_its_plan(stand):
    """A ledger from before approvals had rows shows what stands in the plan: its `begin` names
    nobody."""
    stand.begins(0)
    plan_id = stand.planned()
    sign(stand, plan_id, "leder-1")
    run_id = stand.started(plan_id)
    (own,) = rows(stand)
    with stand.database.begin() as connection:
        connection.execute(t.approval.delete())
        connection.execute(t.run.update().values(approval=None))
        connection.execute(
            t.plan.update().values(signed_by="før", signed_at=own.at, signed_hash=own.hash)
        )
        begin = t.entry.c.kind == "begin"
        body = json.loads(connection.execute(sa.select(t.entry.c.body).where(begin)).scalar_one())
        of_before = {key: body[key] for key in body.keys() - {"approval", "by", "role"}}
        connection.execute(t.entry.update().where(begin).values(body=json.dumps(of_before)))
    assert build(stand.database, run_id)["signed"]["by"] == "før"
