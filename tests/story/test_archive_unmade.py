"""An attachment that could not be made durable is the archivist's: told in a night, in the list and
of the snapshot, and gone when somebody has seen to it or a newer snapshot is whole."""

import hashlib
import io
import json
from contextlib import redirect_stdout

import pytest

from gateway.arkiv.utloeser import Utloeser, Utloest
from gateway.cli import archiving
from gateway.cli.archive import archive
from gateway.cli.console import Speaker
from gateway.cli.exits import OK
from gateway.effects.archiving import overview, unmade, waits
from gateway.effects.archiving.collect import order
from gateway.ledger import archive_tables as a
from gateway.staff.roles import Act
from gateway.stated import state_all
from gateway.tasks import book
from tests.pdf.byggepdf import one_page
from tests.people import acting
from tests.story.arkivet import RING, Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated

commands = archive.registered_commands
BARE, WHOLE = b"bare noen ord", one_page()


def with_file(stock, body):
    """The log with its first file's bytes as given."""
    document, files = stock
    first = document["filer"][0]
    told = first | {"storrelse": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    changed = document | {"filer": [told, *document["filer"][1:]]}
    return changed, files | {first["filId"]: body}


@pytest.fixture
def works(tmp_path):
    """An archive, and a source with one log whose first attachment is of no known type."""
    system = System(CONEXUS, tmp_path / "source")
    made = Works(tmp_path / "works", system, EverybodyOpen(), shelf=Shelf())
    made.stock = list(generated(CONEXUS, 7, 2))[1]
    system.load([with_file(made.stock, BARE)])
    frozen(made)
    yield made
    made.close()
    system.close()


def frozen(works):
    """Freeze and deliver the log as it stands now. Returns the newest snapshot's id."""
    works.ordered = getattr(works, "ordered", 0) + 1
    works.verk.puller().run(f"runde-{works.ordered}")
    ref = works.stock[0]["loggId"]
    order(works.verk, [ref], Utloest(Utloeser.FOER_SLETTING, str(works.ordered)))
    works.round()
    return max(works.rows(a.snapshot), key=lambda one: one["frozen_at"])["snapshot_id"]


def listed(works):
    """(item, code, role, place) of what waits."""
    with works.database.look() as connection:
        found = book.listed(connection, works.verk.tenant, works.verk.now())
    return [(one.item, one.code, one.role, one.place) for one in found]


def told(works):
    """(snapshot, code, place) of what the archivist is shown."""
    rows = overview.waiting(works.database, works.verk.tenant)
    return [(one["uttak"], one["kode"], one["sted"]) for one in rows]


def test_it_waits_for_the_archivist_until_it_is_seen(works):
    """One thing a snapshot in the list, the files in the archive's own; the same again after a
    rebuild; seen, it is gone for good, and the same file later is not asked about again."""
    own = works.rows(a.snapshot)[0]["snapshot_id"]
    assert listed(works) == [(own, "VEDLEGG_IKKE_VARIG", "arkivar", "fil 4")]
    assert told(works) == [(own, "VEDLEGG_UKJENT_TYPE", "fil 4")]
    with works.database.begin() as connection:
        waits.state_all(connection, works.verk.tenant)
    assert [one[0] for one in listed(works)] == [own]
    files = unmade.saw(works.verk, own, acting("ABC", Act.ARCHIVE, "arkivar"))
    assert files == ((4, "VEDLEGG_UKJENT_TYPE"),)
    assert listed(works) == told(works) == []
    state_all(works.database, RING, works.verk.clock, works.verk.tenant, lambda _t: 120.0)
    assert listed(works) == []
    document, bodies = with_file(works.stock, BARE)
    works.system.load([(document | {"filer": document["filer"]}, bodies)])
    frozen(works)
    assert listed(works) == []


def test_a_newer_snapshot_that_is_whole_settles_it(works):
    """And one that is not is the one thing that waits, however many there were before it."""
    works.system.load([with_file(works.stock, BARE + b" til")])
    again = frozen(works)
    assert [one[0] for one in listed(works)] == [again]
    works.system.load([with_file(works.stock, WHOLE)])
    assert frozen(works) != again
    assert listed(works) == told(works) == []


def test_the_snapshot_is_shown_with_file_numbers_and_codes(works):
    """In words and as JSON, with what to do; and the list's command is one that exists."""
    own = works.rows(a.snapshot)[0]["snapshot_id"]
    speaker, out = Speaker(as_json=True), io.StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as ended:
        archiving.show_snapshot(works, own, speaker)
    assert ended.value.code == OK
    assert json.loads(out.getvalue())["flagged"] == [{"fil": 4, "kode": "VEDLEGG_UKJENT_TYPE"}]
    with works.database.look() as connection:
        (one,) = book.listed(connection, works.verk.tenant, works.verk.now())
    assert one.command == f"stafett archive seen {CONEXUS} {own} --by HVEM"
    assert "seen" in {command.name or command.callback.__name__ for command in commands}
