"""Files we laid out ourselves show nothing of what an archive has, whoever shows them.

What `archive files` wrote, and what a drop folder holds, has the very bytes that were frozen. Shown
as if they were fetched, they once became a receipt, and a log was deleted on it (R-156).
"""

import shutil

import pytest

from connectors.manuelt_arkiv.arkiv import open_archive
from gateway.arkiv.levering import Tilstand
from gateway.effects.archiving import confirm, deleting, laid, overview, rechecking
from gateway.errors import Rejected
from gateway.ledger import archive_tables as a
from gateway.ledger.access import Ground, Shown, note
from gateway.ports.connector import ConnectorSettings
from gateway.staff.roles import Act
from tests.people import acting
from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated


@pytest.fixture
def house(tmp_path):
    """Makes works over five logs; everything is closed at the end."""
    made = []

    def make(**archives):
        system = System(CONEXUS, tmp_path / "source")
        system.load(generated(CONEXUS, 7, 5))
        works = Works(tmp_path / "works", system, EverybodyOpen(), **archives)
        made.append(works)
        works.round()
        return works

    yield make
    for works in made:
        works.close()
        works.system.close()


def drop(folder):
    """A drop folder for an archive without an interface."""
    return open_archive(
        ConnectorSettings("manuelt_arkiv", "", "", "", "", "", options={"mappe": str(folder)})
    )


def laid_out(works, snapshot, folder):
    """`archive files --out`: the export of the product itself."""
    who = acting("ARKIVAR")
    access = note(works.database, works.verk.now(), who, Shown.UTTAK, snapshot, Ground.ARKIVPLIKT)
    confirm.lay_out(works.verk, snapshot, folder, access)
    return folder


def said(works, snapshot, name, files):
    """`archive confirm --files`."""
    return confirm.confirm(works.verk, snapshot, name, "2026/1-2", acting("ARKIVAR"), files)


def passive(works):
    """The delivery of a log that may be deleted."""
    logs = {row["logg"] for row in works.rows(a.seen) if row["status"] == "PASSIV"}
    return next(row for row in works.rows() if row["logg"] in logs)


def deleted(works, logg):
    """The code a deletion is refused with, or nothing."""
    try:
        deleting.delete(works.verk, logg, by=acting("ABC", Act.DELETE, "leder"), reason="avsluttet")
    except Rejected as error:
        return error.code
    return ""


def test_our_own_export_is_no_receipt_of_an_archive_that_shows_an_empty_record(house, tmp_path):
    """The way it happened: a record under our key with nothing in it, our own export shown, and a
    source log deleted."""
    shelf = Shelf()
    shelf.moods = ["menneske"] * 100
    works = house(shelf=shelf)
    row = passive(works)
    shelf.records[row["snapshot_id"]] = [{}]
    files = laid_out(works, row["snapshot_id"], tmp_path / "ut")
    for shown in (files, None):
        with pytest.raises(Rejected, match="ARKIV_MANGLER_FIL"):
            said(works, row["snapshot_id"], "shelf", shown)
    assert deleted(works, row["logg"]) == "SLETT_UBEKREFTET"
    assert {one["state"] for one in works.rows()} == {"menneske"}


def test_our_own_export_is_refused_wherever_nothing_can_be_read(house, tmp_path):
    """By its folder, by one above it, through a link, and beside files that are not enough."""
    works = house(vsa=drop(tmp_path / "til-arkivet"))
    row = passive(works)
    snapshot = row["snapshot_id"]
    out = laid_out(works, snapshot, tmp_path / "hos-arkivaren" / "ut")
    link = tmp_path / "lenke"
    link.symlink_to(out)
    for shown in (out, out.parent, link, tmp_path / "til-arkivet" / snapshot,
                  tmp_path / "til-arkivet", out / "stafettlogg.pdf"):  # fmt: skip
        with pytest.raises(Rejected, match="EGEN_UTLEGGING"):
            said(works, snapshot, "vsa", shown)
    assert deleted(works, row["logg"]) == "SLETT_UBEKREFTET"
    # What was fetched, in a folder of the archivist's own, is what a person has shown.
    fetched = tmp_path / "hentet"
    shutil.copytree(out, fetched)
    assert said(works, snapshot, "vsa", fetched) is Tilstand.FORELAGT
    found = overview.snapshot(works.database, snapshot)
    assert [(one["state"], one["verified_at"]) for one in found["deliveries"]] == [
        ("forelagt", None)
    ]
    assert overview.deliveries(works.database, works.verk.tenant)["vsa"]["forelagt"] == 1
    assert deleted(works, row["logg"]) == ""


def test_the_chain_holds_no_path(house, tmp_path):
    """A folder's name may be anything somebody has called it; its hash finds it again."""
    works = house(vsa=drop(tmp_path / "til-arkivet"))
    snapshot = passive(works)["snapshot_id"]
    out = laid_out(works, snapshot, tmp_path / "Kari-Nordmann")
    with works.database.look() as connection:
        bodies = connection.exec_driver_sql("select body from gw_entry").scalars().all()
    assert not any("Kari" in str(body) for body in bodies)
    assert any(laid.mark(out) in str(body) for body in bodies)


def test_a_receipt_of_before_that_a_person_showed_is_not_called_read_back(house):
    """An older ledger kept it as `arkivert`: it is told as what it was, no deletion rests on it
    where the archive can be read, and the next look reads it back."""
    shelf = Shelf()
    works = house(shelf=shelf)
    row = passive(works)
    with works.database.begin() as connection:
        evidence = '[[1, "", "aa"], [2, "", "bb"]]'
        connection.execute(
            a.delivery.update()
            .where(a.delivery.c.snapshot_id == row["snapshot_id"])
            .values(evidence=evidence, confirmed_by="ARKIVAR")
        )
    told = overview.snapshot(works.database, row["snapshot_id"])["deliveries"][0]
    assert told["state"] == "forelagt"
    assert overview.deliveries(works.database, works.verk.tenant)["shelf"]["forelagt"] == 1
    assert deleted(works, row["logg"]) == "SLETT_UBEKREFTET"
    found = rechecking.recheck(works.verk, snapshot_id=row["snapshot_id"])
    assert (found.right, found.proved) == (1, 1)
    assert overview.snapshot(works.database, row["snapshot_id"])["deliveries"][0]["state"] == (
        "arkivert"
    )
    assert deleted(works, row["logg"]) == ""


def test_what_is_withdrawn_is_no_longer_what_the_archive_has(house):
    """A refused deletion is not forgotten: `gjeldende` no more, a line in the log's timeline, and
    a task with the way to deliver it anew; then it is archived once more, and may be deleted."""
    shelf = Shelf()
    works = house(shelf=shelf)
    row = passive(works)
    snapshot, logg = row["snapshot_id"], row["logg"]

    def status():
        rows = overview.logs(works.database, works.verk.tenant, CONEXUS, ("shelf",))
        return next(one[3] for one in rows if one[0] == logg)

    assert status() == "gjeldende"
    shelf.records[snapshot][0][1] += b"!"
    assert deleted(works, logg) == "SLETT_FEIL_HASH"
    assert status() == "mangler"
    waiting = overview.waiting(works.database, works.verk.tenant)
    assert [(one["uttak"], one["kode"]) for one in waiting] == [(snapshot, "ARKIV_FEIL_HASH")]
    assert "arkivavvik" in [
        one["hva"] for one in overview.timeline(works.database, works.verk.tenant, logg)
    ]
    # Tried again under the same key it is still wrong; nothing is sent.
    before = shelf.deposits
    confirm.retry(works.verk)
    works.round()
    assert (status(), shelf.deposits) == ("mangler", before)
    confirm.retry(works.verk, snapshot, "shelf", anew=True)
    works.round()
    assert status() == "gjeldende"
    assert overview.waiting(works.database, works.verk.tenant) == []
    assert len(shelf.records[snapshot]) == 1
    assert shelf.deposits == before + 1
    assert deleted(works, logg) == ""
