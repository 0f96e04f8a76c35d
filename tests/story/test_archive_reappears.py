"""A log that is deleted, comes back, or stands in another system too: what may go and what may not.

The shelf plays the archive.
"""

import pytest

from gateway.arkiv.utloeser import Utloeser, Utloest
from gateway.effects.archiving import deleting, overview
from gateway.effects.archiving.collect import order
from gateway.errors import LocalFault, Rejected
from gateway.ledger import archive_tables as a
from gateway.staff.roles import Act
from tests.people import acting
from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated


class Drop(Shelf):
    """A shelf that lays files out for a person."""

    def __init__(self):
        super().__init__()
        self.cleared = []

    def clear(self, key):
        """Take away."""
        self.cleared.append(key)


@pytest.fixture
def works(tmp_path):
    """Five logs, archived on a shelf that lays out too."""
    system = System(CONEXUS, tmp_path / "source")
    system.load(generated(CONEXUS, 7, 5))
    made = Works(tmp_path / "works", system, EverybodyOpen(), shelf=Drop())
    made.round()
    yield made
    made.close()
    made.system.close()


def passive(works):
    """A passive log's id and its document and files at the vendor."""
    row = next(row for row in works.rows(a.seen) if row["status"] == "PASSIV")
    document = next(d for d in works.system.app.documents() if d["loggId"] == row["ref"])
    files = {f["filId"]: works.verk.source.file(row["ref"], f["filId"]) for f in document["filer"]}
    return row["logg"], row["ref"], (document, files)


def delete(works, logg):
    """Delete as one may."""
    return deleting.delete(
        works.verk, logg, by=acting("ABC", Act.DELETE, "leder"), reason="avsluttet"
    )


def ids(works):
    """What stands at the vendor."""
    return {d["loggId"] for d in works.system.app.documents()}


def known(works):
    """Logs that archiving tells of."""
    return {row[0] for row in overview.logs(works.database, works.verk.tenant, CONEXUS, ("shelf",))}


def test_a_log_that_comes_back_is_archived_and_deleted_anew(works):
    """Deleted is deleted only while it is: the log is seen again, frozen again under a key of its
    own, and its second deletion asks every guard; nothing else is stopped by it."""
    logg, ref, held = passive(works)
    shelf = works.verk.archives["shelf"].archive
    first = delete(works, logg)
    assert logg not in known(works)
    assert set(shelf.cleared) == {first["snapshot_id"]}
    works.system.app.load(*held)
    works.round()
    assert logg in known(works)
    with pytest.raises(Rejected, match="SLETT_UTDATERT"):
        delete(works, logg)
    assert ref in ids(works)
    order(works.verk, [ref], Utloest(Utloeser.FOER_SLETTING, "igjen"))
    works.round()
    again = delete(works, logg)
    assert again["snapshot_id"] != first["snapshot_id"]
    assert ref not in ids(works)
    assert len(shelf.records[again["snapshot_id"]]) == 1


def test_the_same_log_in_another_system_is_left_alone(works):
    """Moved and deleted where it came from: what is held of it where it stands is not destroyed."""
    logg, _ref, _held = passive(works)
    own = next(row for row in works.rows(a.snapshot) if row["logg"] == logg)
    with works.database.begin() as connection:
        other = {**own, "snapshot_id": "der", "system": "visma_samspill", "content_sha": "x" * 64}
        connection.execute(a.snapshot.insert(), [other])
        payload = works.verk.store.put([("log:1", b"innhold")])[0]
        connection.execute(
            a.snapshot_file.insert(),
            [{"snapshot_id": "der", "nr": 2, "filnavn": "b.json", "tittel": "b", "media_type": "b",
              "format": "b", "variant": "P", "sha": "b", "size": 7, "payload": payload}],
        )  # fmt: skip
    delete(works, logg)
    erased = {row["snapshot_id"]: row["erased"] for row in works.rows(a.snapshot)}
    assert erased[own["snapshot_id"]]
    assert not erased["der"]
    assert works.verk.store.get(payload) == b"innhold"


def test_an_older_snapshot_on_its_way_holds_a_deletion_back(works):
    """Its bytes are still needed; once a person has it, it goes with its log and stops nothing."""
    logg, _ref, _held = passive(works)
    own = next(row for row in works.rows(a.snapshot) if row["logg"] == logg)
    sent = next(row for row in works.rows() if row["logg"] == logg)
    older = {"snapshot_id": "eldre", "content_sha": "y" * 64}
    with works.database.begin() as connection:
        connection.execute(a.snapshot.insert(), [{**own, **older}])
        connection.execute(
            a.delivery.insert(), [{**sent, "snapshot_id": "eldre", "state": "sendes"}]
        )
    with pytest.raises(Rejected, match="SLETT_UNDERVEIS"):
        delete(works, logg)
    with works.database.begin() as connection:
        connection.execute(
            a.delivery.update()
            .where(a.delivery.c.snapshot_id == "eldre")
            .values(state="planlagt", next_try="2000")
        )
    delete(works, logg)
    works.round()
    row = next(row for row in works.rows() if row["snapshot_id"] == "eldre")
    assert (row["state"], row["code"]) == ("feilet", "UTTAK_SLETTET")
    assert overview.waiting(works.database, works.verk.tenant) == []


def test_a_word_of_a_person_does_not_outweigh_what_the_archive_gives_back(works):
    """An archive that can be read is read, whoever confirmed: other bytes there stop a deletion,
    and so does a record that is not shown."""
    logg, _ref, _held = passive(works)
    with works.database.begin() as connection:
        connection.execute(a.delivery.update().values(confirmed_by="ARKIVAR"))
    shelf = works.verk.archives["shelf"].archive
    for records in shelf.records.values():
        records[0][1] += b"!"
    with pytest.raises(Rejected, match="SLETT_FEIL_HASH"):
        delete(works, logg)
    shelf.records.clear()
    with pytest.raises(Rejected, match="SLETT_UBEKREFTET"):
        delete(works, logg)


def test_only_the_role_finishes_a_deletion(works):
    """A deletion cut after the vendor's yes is finished by the one who may, and by nobody else."""
    logg, ref, _held = passive(works)
    cleared = deleting.clear(works.verk, logg)
    deleting._intend(works.verk, cleared, "ABC", "avsluttet")
    works.verk.source.delete(ref, cleared.version)
    with pytest.raises(Rejected, match="SLETT_ROLLE"):
        deleting.delete(works.verk, logg, by=acting("X", Act.DELETE, "gjest"), reason="avsluttet")
    assert delete(works, logg)["state"] == "slettet"


def test_a_lost_payload_parks_one_delivery(works):
    """Bytes that are gone are one snapshot's trouble, not the archive's."""
    row = works.rows()[0]
    file = next(f for f in works.rows(a.snapshot_file) if f["snapshot_id"] == row["snapshot_id"])
    works.verk.store.delete([file["payload"]])
    with pytest.raises(LocalFault, match="NYTTELAST_MANGLER"):
        works.verk.store.get(file["payload"])
    with works.database.begin() as connection:
        connection.execute(a.delivery.update().values(state="sendes"))
    works.verk.archives["shelf"].archive.records.clear()
    works.wake()
    works.round()
    states = {r["snapshot_id"]: (r["state"], r["code"]) for r in works.rows()}
    assert states.pop(row["snapshot_id"]) == ("feilet", "NYTTELAST_MANGLER")
    assert set(states.values()) == {("arkivert", None)}
