"""An archive nothing can go to as it is set up: a task at once, exit 4, and never only "i kø".

A link to another machine, a redirect, a listing of another shape, a right that is missing: each
stops every delivery there, and none of the others'. The shelf plays the archive.
"""

import io
import json
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.cli import archiving
from gateway.cli.console import Speaker
from gateway.cli.exits import OK, REMOTE, TO_DO
from gateway.clock import SystemClock
from gateway.effects.archiving import stopped
from gateway.errors import LocalFault, RemoteFault, Transient
from gateway.ledger import archive_tables as a
from gateway.tasks import book
from tests.story.arkivet import ORGNR, Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated

LATER = "2999-01-01T00:00:00.000+00:00"
FAULTS = [
    RemoteFault("FREMMED_LENKE", place="hovedadresse"),
    RemoteFault("OMDIRIGERING", place="hovedadresse"),
    RemoteFault("UGYLDIG_LISTE", place="saksmappe"),
    LocalFault("MANGLER_LENKE", place="sakarkiv"),
]


class NextDay(SystemClock):
    """The machine's clock a day and an hour later."""

    def now(self):
        """The instant."""
        return super().now() + timedelta(hours=25)


class Shut(Shelf):
    """A shelf that answers every look with a fault, while it has one."""

    fault = None

    def find(self, uttak):
        """What stands there, or the fault."""
        if self.fault is not None:
            raise self.fault
        return super().find(uttak)


@pytest.fixture
def works(tmp_path):
    """A shelf that can be shut beside one that works."""
    system = System(CONEXUS, tmp_path / "source")
    system.load(generated(CONEXUS, 7, 3))
    made = Works(tmp_path / "works", system, EverybodyOpen(), shut=Shut(), sound=Shelf())
    yield made
    made.close()
    made.system.close()


def turned(works):
    """A round, whatever it is stopped by."""
    works.wake()
    try:
        works.round()
    except LocalFault as error:
        return error.code
    return ""


def states(works, archive):
    """The states of an archive's deliveries."""
    return {row["state"] for row in works.rows(a.delivery) if row["archive"] == archive}


def waiting(works, now=LATER):
    """(item, code, command) of what waits."""
    with works.database.look() as connection:
        return [(o.item, o.code, o.command) for o in book.listed(connection, ORGNR, now)]


def told(works):
    """How a person is told of the round, and the exit code."""
    speaker, out = Speaker(as_json=True), io.StringIO()
    code = archiving._outcome(works, works.verk, speaker, "runde")
    with redirect_stdout(out), pytest.raises(SystemExit):
        speaker.end(code)
    return code, json.loads(out.getvalue())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.code)
def test_a_set_up_that_stops_every_delivery_is_a_task_and_not_a_success(works, fault):
    """One task for the archive, with the command that tries it; the other archive has all of its;
    mended, the task is gone by the first delivery that gets through."""
    works.verk.archives["shut"].archive.fault = fault
    turned(works)
    assert states(works, "sound") == {"arkivert"}
    assert states(works, "shut") == {"planlagt"}
    assert waiting(works) == [("shut", fault.code, "stafett archive check")]
    code, document = told(works)
    assert code == REMOTE
    assert document["shut"] == [{"arkiv": "shut", "kode": fault.code}]
    works.verk.archives["shut"].archive.fault = None
    turned(works)
    assert states(works, "shut") == {"arkivert"}
    assert waiting(works) == []
    assert told(works)[0] == OK


def test_a_line_that_is_down_is_no_fault_of_the_set_up(works):
    """What may pass by itself is tried again, and is nobody's task on the first day."""
    works.verk.archives["shut"].archive.fault = Transient("UTILGJENGELIG", retry_after=0.01)
    turned(works)
    assert waiting(works, works.verk.now()) == []
    assert told(works)[0] == OK
    assert stopped.stopped(works.database, ORGNR) == {}


@pytest.mark.parametrize(
    "fault", [Transient("UTILGJENGELIG", retry_after=0.01), None, Transient("TJENERFEIL")]
)
def test_what_is_not_read_back_for_long_is_told_and_tried_all_the_same(works, fault):
    """503 to everything, a yes and nothing there, 500 on the files: after a day it waits for the
    archivist and a round does not end with 0; read back, it is nobody's again."""
    shelf = works.verk.archives["shut"].archive
    shelf.fault = fault
    shelf.moods = ["lover"] * 99
    turned(works)
    assert waiting(works, works.verk.now()) == []
    works.verk = replace(works.verk, clock=NextDay())
    turned(works)
    listed = waiting(works, works.verk.now())
    assert {one[1:] for one in listed} == {("ARKIV_ULEST", "stafett archive check")}
    assert len(listed) == len([row for row in works.rows() if row["archive"] == "shut"]) > 0
    assert states(works, "shut") <= {"planlagt", "sendes"}
    code, document = told(works)
    assert (code, document["waiting"]) == (TO_DO, len(listed))
    shelf.fault, shelf.moods = None, []
    works.wake()
    turned(works)
    assert waiting(works) == []
    assert told(works)[0] == OK


def test_what_is_tried_in_round_after_round_is_told_before_a_day_has_gone(works):
    """A person who runs it again and again is not told 0 for ever."""
    works.verk.archives["shut"].archive.fault = Transient("TJENERFEIL")
    for _ in range(7):
        turned(works)
    assert {one[1] for one in waiting(works, works.verk.now())} == {"ARKIV_ULEST"}
    assert told(works)[0] == TO_DO


def test_a_task_of_an_archive_that_is_no_longer_named_is_taken_away(works):
    """The municipality has taken the archive out of its set-up: nobody can do the task."""
    works.verk.archives["shut"].archive.fault = FAULTS[0]
    turned(works)
    left = {"sound": works.verk.archives["sound"]}
    object.__setattr__(works.verk, "archives", left)
    turned(works)
    assert waiting(works) == []


def test_planted_a_stop_that_says_nothing_is_seen(works, monkeypatch):
    """Planted: the lane closes the archive and tells nobody, as it once did."""
    monkeypatch.setattr(stopped, "stop", lambda *_told: None)
    works.verk.archives["shut"].archive.fault = FAULTS[0]
    turned(works)
    assert states(works, "shut") == {"planlagt"}
    assert told(works)[0] == OK
