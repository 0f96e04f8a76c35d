"""A log that is deleted at its vendor leaves a ledger that proves itself, and the copy that was
taken in of it in another system opens as before (R-156, C-2)."""

import importlib

import sqlalchemy as sa

from gateway import app
from gateway.effects.archiving import deleting
from gateway.effects.archiving.erasing import erase
from gateway.ledger import tables as t
from gateway.ledger.proof import prove
from gateway.settings.load import load
from tests.story.test_there_and_home import InProcess, edit
from tests.story.town import CX, ORGNR, SP, town


def asked(place):
    """The copies a person is asked to see to."""
    rows = place.stafett("tasks")["tasks"]
    return {row["i systemet"] for row in rows if row["kode"] == "KOPI_ETTER_SLETTING"}


def test_what_is_erased_of_one_copy_is_not_needed_by_the_other(tmp_path):
    """Moved there, edited there and brought home, and then deleted here: nothing is missing in the
    proof, the other copy opens, and a plan the other way is made."""
    with town(tmp_path, chunk=4) as place:
        generator = importlib.import_module(f"connectors.{CX}.sandbox.generator")
        place.fill(CX, generator.generate(7, 6, tenant=ORGNR))
        office = InProcess(place)
        run_id = office.move(CX, SP, refused=frozenset())
        bundle, goal = next(
            (b, b["goals"][0])
            for b in place.apps[SP].bundles()
            if b["goals"] and b["plan"]["status"] == "active"
        )
        edit(place, bundle["plan"]["planId"], goal)
        office.move(SP, CX, "tilbake", run_id)
        house = office.house
        verk = app.open_verk(house, CX)
        agreed = t.agreed.c
        with house.database.look() as connection:
            logs = connection.execute(sa.select(agreed.logg, agreed.one_ref)).all()
            there = list(
                connection.execute(
                    sa.select(t.record.c.payload).where(t.record.c.system == SP)
                ).scalars()
            )
        assert there and logs
        for one in logs:
            assert erase(verk, one.logg, one.one_ref) > 0
            cleared = deleting.Cleared(one.logg, one.one_ref, "1", "uttak", ())
            deleting._done(verk, deleting._intend(verk, cleared, "fag", "avsluttet"))
        assert prove(house.database, house.store).wrong == ()
        left = {logg: deleting.copies(verk, logg) for logg in (one.logg for one in logs)}
        assert all(house.store.get(one) for one in there if one)
        app.close_verk(verk.source, verk.archives)
        house.close()
        plan_id = place.stafett("plan", SP, CX)["plan"]
        held = {one.logg for one in logs}
        with app.open_house(load(place.config)).database.look() as connection:
            steps = connection.execute(
                sa.select(t.step.c.logg, t.step.c.kind, t.step.c.code).where(
                    t.step.c.plan_id == plan_id
                )
            ).all()
        # Every copy that stands is a person's task, in the plan too, until it is seen passive.
        refs = {one.ref for found in left.values() for one in found}
        assert refs == {b["plan"]["planId"] for b in place.apps[SP].bundles()}
        active = {
            b["plan"]["planId"] for b in place.apps[SP].bundles() if b["plan"]["status"] == "active"
        }
        lines = place.stafett("show", place.stafett("plan", CX, SP)["plan"])["stranded"]
        assert active and {row["kode"] for row in lines} == {"KOPI_ETTER_SLETTING"}
        assert asked(place) == active and len(lines) == len(active)
        for ref in active:
            place.passive(ref)
        place.stafett("plan", CX, SP)
        assert asked(place) == set()
        # A copy does not bring back what was deleted here.
        assert {(x.kind, x.code) for x in steps if x.logg in held} == {("hold", "SLETTET_DER")}
        assert place.stafett("verify")["wrong"] == []
