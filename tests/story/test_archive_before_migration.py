"""B-06: no log leaves its system before what it was is frozen for the archive."""

from dataclasses import replace

import sqlalchemy as sa

from gateway.ledger import tables as t
from tests.story.conftest import CONEXUS, generated
from tests.story.test_archive_killed import Archived
from tests.story.town import town


def test_a_log_that_is_not_frozen_is_held(story):
    """Planted breach: a run begins without the snapshots; the gate lets nothing out."""
    one = story()
    one.source.load(generated(CONEXUS, 5, 6))
    one.route = replace(one.route, limits=replace(one.route.limits, snapshot_first=True))
    run = one.begin(one.plan())
    one.work(run)
    with one.database.begin() as connection:
        effects = connection.execute(
            sa.select(t.effect.c.state, t.effect.c.code).where(t.effect.c.run_id == run)
        ).all()
    assert effects
    assert {tuple(row) for row in effects} == {("holdt", "UTTAK_MANGLER")}
    assert one.target.bodies() == {}


def test_a_migration_archives_first(tmp_path):
    """The migration takes the snapshots itself, delivers them, and then moves the logs."""
    with town(tmp_path) as place:
        one = Archived(place, 6)
        try:
            told = place.stafett("migrate", place.plan())
            assert told["done"] == told["snapshots"]["fryst"] > 0
            assert one.judge() == told["done"]
        finally:
            one.close()
