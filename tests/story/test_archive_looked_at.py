"""The words of the command line, on two real archives: checked before, looked at after, put right.

What a check would have told, what a damaged archive is found by, and how it is delivered anew; and
the look that `serve` takes every night, once whoever fires it.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.clock import SystemClock
from gateway.ledger import archive_tables as a
from gateway.schedule.nights import LOOK, Nights
from tests.contract.archive_stand import swapped
from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated
from tests.story.test_archive_killed import Archived
from tests.story.town import CX, town


@pytest.fixture
def one(tmp_path):
    """A town with two archives."""
    with town(tmp_path / "town") as made:
        place = Archived(made, 6)
        try:
            yield place
        finally:
            place.close()


def test_checked_archived_damaged_found_and_delivered_anew(one):
    """Each command with its exit code, as an archivist would type it."""
    tell, noark = one.place.stafett, one.apps["noark5"]
    told = tell("archive", "check", ok=(0,))
    tried = {(row["arkiv"], row["prøvd"]) for row in told["tried"]}
    assert {("noark5", "opplasting"), ("noark5", "fjerning"), ("gi_arkiv", "soek_post")} <= tried
    assert not any(row["kode"] for row in told["tried"])

    noark.switch({"fremmed": True})
    told = tell("archive", "check", ok=(4,))
    codes = {row["kode"] for row in told["archives"] + told["tried"]}
    assert "FREMMED_LENKE" in codes
    told = tell("archive", "run", CX, ok=(4,))
    assert told["shut"] == [{"arkiv": "noark5", "kode": "FREMMED_LENKE"}]
    shown = tell("archive", "show", "--waiting", ok=(1,))
    assert shown["shut"] == told["shut"]
    listed = tell("waiting", ok=(0, 1))["waiting"]
    assert ["noark5", "FREMMED_LENKE"] in [[row["id"], row["kode"]] for row in listed]
    noark.switch({})
    tell("archive", "check", ok=(0,))
    listed = tell("waiting", ok=(0, 1))["waiting"]
    assert "FREMMED_LENKE" not in {row["kode"] for row in listed}
    tell("archive", "run", CX, ok=(0, 1))

    told = tell("archive", "recheck", CX, ok=(0,))
    assert told["looked"] == told["right"] > 2
    facts = json.loads(Path(tell("archive", "report", CX)["json"]).read_text())
    snapshot = next(row["uttak"] for row in facts["receipts"] if row["arkiv"] == "noark5")
    assert noark.tamper(snapshot, swapped) > 0
    told = tell("archive", "recheck", CX, snapshot, ok=(1,))
    assert told["wrong"] == [{"uttak": snapshot, "arkiv": "noark5", "kode": "ARKIV_FEIL_HASH"}]
    tell("archive", "retry", CX, snapshot, "--anew", ok=(2,))
    tell("archive", "retry", CX, snapshot, "--archive", "gi_arkiv", "--anew", ok=(2,))
    tell("archive", "retry", CX, snapshot, "--archive", "noark5", "--anew", ok=(0,))
    tell("archive", "run", CX, ok=(0, 1))
    assert tell("archive", "recheck", CX, snapshot, ok=(0,))["right"] == 2
    assert noark.journal()["journalposter"][snapshot] == 1


def test_a_nights_look_is_taken_once_and_the_next_takes_others(tmp_path):
    """Two processes fire the same night, by local date; what was looked at rests until the next."""
    system = System(CONEXUS, tmp_path / "source")
    system.load(generated(CONEXUS, 7, 5))
    works = Works(tmp_path / "works", system, EverybodyOpen(), shelf=Shelf())
    try:
        works.round()
        with works.database.begin() as connection:
            connection.execute(a.delivery.update().values(looked_at=None))
        house = SimpleNamespace(
            settings=SimpleNamespace(kommune=works.verk.kommune), clock=SystemClock(),
            database=works.database,
        )  # fmt: skip
        nights = [Nights(house, SimpleNamespace(works=lambda _s: works.verk)) for _ in range(2)]
        at = datetime.now(UTC)
        shelf = works.verk.archives["shelf"].archive
        row = works.rows()[0]
        shelf.records[row["snapshot_id"]][0][1] += b"!"
        assert [one.recheck(CONEXUS, tick=at) for one in nights] == [True, False]
        states = {one["snapshot_id"]: one["state"] for one in works.rows()}
        assert states.pop(row["snapshot_id"]) == "feilet"
        assert set(states.values()) == {"arkivert"}
        assert all(one["looked_at"] for one in works.rows())
        assert nights[1].recheck(CONEXUS, tick=at + timedelta(days=5))
        kept = [one for one in works.rows(a.tick) if one["system"] == LOOK]
        assert len(kept) == 1, "a night's look that is long past is not kept"
    finally:
        works.close()
        system.close()
