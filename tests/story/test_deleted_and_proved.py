"""A log that is deleted at its vendor leaves a ledger that proves itself, and the copy that was
taken in of it in another system opens as before (R-156, C-2)."""

import importlib

import sqlalchemy as sa

from gateway import app
from gateway.effects.archiving.erasing import erase
from gateway.ledger import tables as t
from gateway.ledger.proof import prove
from tests.story.test_there_and_home import InProcess, edit
from tests.story.town import CX, ORGNR, SP, town


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
        assert prove(house.database, house.store).wrong == ()
        assert all(house.store.get(one) for one in there if one)
        app.close_verk(verk.source, verk.archives)
        house.close()
        assert place.stafett("plan", SP, CX)["plan"]
        assert place.stafett("verify")["wrong"] == []
