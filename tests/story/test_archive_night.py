"""A night of archiving as the routine has it, and everything that may go wrong in it.

R-153 to R-157: a snapshot when it is due, in the child's folder, and never a deletion before the
archive verifiably has the last version. One real source; the shelf plays the archive.
"""

import shutil
from collections import Counter
from dataclasses import replace

import pytest

from connectors.manuelt_arkiv.arkiv import open_archive
from gateway.arkiv.levering import Tilstand
from gateway.effects.archiving import confirm, deleting, overview
from gateway.effects.archiving.verk import Arkivmaal
from gateway.errors import Rejected
from gateway.ledger import archive_tables as a
from gateway.ledger import chain
from gateway.ports.connector import ConnectorSettings
from gateway.staff.roles import Act
from tests.people import acting
from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated

LOGS = 5


@pytest.fixture
def house(tmp_path):
    """Makes works: `house(shelf=Shelf())`; everything is closed at the end."""
    made = []

    def make(register=None, logs=LOGS, **archives):
        system = System(CONEXUS, tmp_path / f"source-{len(made)}")
        system.load(generated(CONEXUS, 7, logs))
        folder = tmp_path / f"works-{len(made)}"
        works = Works(folder, system, register or EverybodyOpen(), **archives)
        made.append(works)
        return works

    yield make
    for works in made:
        works.close()
        works.system.close()


def states(works):
    """How many deliveries stand in each state."""
    return Counter(row["state"] for row in works.rows())


def one_each(works, shelf):
    """Exactly one record per snapshot, with every byte that was frozen."""
    snapshots = {row["snapshot_id"] for row in works.rows(a.snapshot)}
    assert {key: len(records) for key, records in shelf.records.items()} == dict.fromkeys(
        snapshots, 1
    )


def passive(works):
    """A log that is passive at the vendor: its canonical id and its ref."""
    rows = [row for row in works.rows(a.seen) if row["status"] == "PASSIV"]
    assert rows
    return rows[0]["logg"], rows[0]["ref"]


def change(works, ref):
    """Somebody changes the log at the vendor."""
    document = next(d for d in works.system.app.documents() if d["loggId"] == ref)
    document["nivaa"] = 1 if document["nivaa"] == 3 else 3
    connector = works.verk.source
    files = {f["filId"]: connector.file(ref, f["filId"]) for f in document["filer"]}
    works.system.app.load(document, files)


def test_a_yearly_night(house):
    """R-153: everything due is frozen once, delivered once, read back, and then it is quiet."""
    shelf = Shelf()
    works = house(shelf=shelf)
    found = works.round()
    assert found.made == sum(found.due.values()) > 1
    assert states(works) == {"arkivert": len(shelf.records)}
    one_each(works, shelf)
    before = shelf.deposits
    assert works.round().made == 0
    assert shelf.deposits == before
    status = overview.statuses(works.database, works.verk.tenant, CONEXUS, ("shelf",))
    assert status["gjeldende"] == len(shelf.records)
    with works.database.begin() as connection:
        assert chain.verify(connection).broken_at is None


@pytest.mark.parametrize("mood", ["svar tapt", "travel", "halv", "lover"])
def test_a_night_with_faults_ends_as_one_without(house, mood):
    """A lost answer, a busy archive, a half-done record, a promise not kept: one record each."""
    shelf = Shelf()
    shelf.moods = [mood] * 4
    works = house(shelf=shelf)
    works.round()
    for _ in range(5):
        works.wake()
        works.round()
    assert set(states(works)) == {"arkivert"}
    one_each(works, shelf)


def test_an_answer_is_not_a_receipt(house):
    """R-156: an archive that promises and holds nothing never gets a receipt, and after the
    deadline a person looks."""
    shelf = Shelf()
    shelf.moods = ["lover"] * 1000
    works = house(shelf=shelf)
    works.round()
    assert set(states(works)) == {"sendes"}
    with works.database.begin() as connection:
        connection.execute(a.delivery.update().values(deadline="2000-01-01T00:00:00.000+00:00"))
    works.wake()
    works.round()
    assert set(states(works)) == {"menneske"}
    assert {row["code"] for row in works.rows()} == {"ARKIV_FRIST"}


def test_an_archive_that_takes_its_time(house):
    """Accepted is not stored: the delivery waits, and is settled by looking."""
    shelf = Shelf()
    shelf.moods = ["venter"] * 100
    works = house(shelf=shelf)
    works.round()
    assert set(states(works)) == {"venter"}
    shelf.answer()
    works.wake()
    works.round()
    assert set(states(works)) == {"arkivert"}
    one_each(works, shelf)


def test_bytes_that_are_not_ours_are_no_receipt(house):
    """An archive that stored something else is found by reading back, and a person is told."""
    shelf = Shelf()
    shelf.moods = ["forvansket"]
    works = house(shelf=shelf)
    works.round()
    wrong = [row for row in works.rows() if row["state"] == "feilet"]
    assert [row["code"] for row in wrong] == ["ARKIV_FEIL_HASH"]
    assert wrong[0]["verified_at"] is None


def test_two_records_under_one_key_stop_for_a_person(house):
    """Two folders match: the gateway does not choose."""
    shelf = Shelf()
    works = house(shelf=shelf)
    shelf.moods = ["svar tapt"]
    works.round()
    key = works.rows()[0]["snapshot_id"]
    shelf.records[key].append({})
    with works.database.begin() as connection:
        connection.execute(
            a.delivery.update().where(a.delivery.c.snapshot_id == key).values(state="sendes")
        )
    works.wake()
    works.round()
    row = next(row for row in works.rows() if row["snapshot_id"] == key)
    assert (row["state"], row["code"]) == ("menneske", "FLERE_TREFF")


def test_a_protected_family_is_archived_by_a_person(house):
    """C-4: an unknown or protected address goes to no archive by itself, and says only the code."""

    class Closed(EverybodyOpen):
        def check(self, persons):
            return {}

    shelf = Shelf()
    works = house(register=Closed(), shelf=shelf)
    works.round()
    assert shelf.deposits == 0
    assert {(row["state"], row["code"]) for row in works.rows()} == {("menneske", "P-20")}


def test_a_register_that_answers_again_lets_the_snapshot_go(house):
    """What was held because nobody knew is asked again at the next round, without a person."""

    class Sometimes(EverybodyOpen):
        knows = False

        def check(self, persons):
            return super().check(persons) if self.knows else {}

    shelf, register = Shelf(), Sometimes()
    works = house(register=register, shelf=shelf)
    works.round()
    works.round()
    assert {(row["state"], row["code"]) for row in works.rows()} == {("menneske", "P-20")}
    register.knows = True
    works.round()
    assert set(states(works)) == {"arkivert"}
    one_each(works, shelf)


def test_an_archive_named_later_gets_what_is_frozen(house):
    """B-07: a new archive is not done before it has them too; a removed one asks for nothing."""
    shelf, new = Shelf(), Shelf()
    works = house(shelf=shelf)
    works.round()
    frozen = len(works.rows(a.snapshot))
    add_archive(works, "ny", new)

    def current(*maal):
        found = overview.statuses(works.database, works.verk.tenant, CONEXUS, maal)
        return found["gjeldende"]

    assert (current("shelf"), current("shelf", "ny")) == (frozen, 0)
    works.round()
    assert len(works.rows(a.snapshot)) == frozen
    assert current("shelf", "ny") == current("ny") == frozen
    one_each(works, new)


def add_archive(works, name, archive):
    """The municipality names one more archive."""
    maal = Arkivmaal(name, archive, 6000)
    works.verk = replace(works.verk, archives={**works.verk.archives, name: maal})
    arkiv = works.verk.kommune.arkiv
    names = (*arkiv.maal, name)
    works.rules(arkiv=arkiv.model_copy(update={"maal": names}))


def test_a_changed_log_is_archived_anew(house):
    """arkivstatus is `utdatert` when the log moved, and a new reason makes a new snapshot."""
    shelf = Shelf()
    works = house(shelf=shelf)
    works.round()
    logg, ref = passive(works)
    change(works, ref)
    found = works.round()
    assert found.fetched == 1
    status = overview.statuses(works.database, works.verk.tenant, CONEXUS, ("shelf",))
    assert status["utdatert"] == 1
    assert overview.timeline(works.database, works.verk.tenant, logg)


# -- deleting ---------------------------------------------------------------------------------


def test_a_passive_archived_log_is_deleted_with_a_tombstone(house):
    """R-156, R-157: passive, by the right role, archived in its last version, read back."""
    shelf = Shelf()
    works = house(shelf=shelf)
    works.round()
    logg, ref = passive(works)
    row = deleting.delete(
        works.verk, logg, by=acting("ABC", Act.DELETE, "leder"), reason="avsluttet"
    )
    assert row["state"] == "slettet"
    assert ref not in {d["loggId"] for d in works.system.app.documents()}
    assert shelf.records  # the archive is never touched
    again = deleting.delete(
        works.verk, logg, by=acting("ABC", Act.DELETE, "leder"), reason="avsluttet"
    )
    assert again["deleted_at"] == row["deleted_at"]
    with works.database.begin() as connection:
        assert chain.verify(connection).broken_at is None


def refused(works, logg, role="leder"):
    """The code a deletion is refused with; the log still stands."""
    before = {d["loggId"] for d in works.system.app.documents()}
    with pytest.raises(Rejected) as caught:
        deleting.delete(works.verk, logg, by=acting("ABC", Act.DELETE, role), reason="avsluttet")
    assert {d["loggId"] for d in works.system.app.documents()} == before
    return caught.value.code


def test_a_promise_is_not_enough_to_delete(house):
    """Planted breach: a delivery marked as archived because the archive said yes."""
    shelf = Shelf()
    shelf.moods = ["lover"] * 1000
    works = house(shelf=shelf)
    works.round()
    logg, _ref = passive(works)
    assert refused(works, logg) == "SLETT_UBEKREFTET"
    with works.database.begin() as connection:
        connection.execute(a.delivery.update().values(state="arkivert"))
    assert refused(works, logg) == "SLETT_UBEKREFTET"


def test_an_empty_receipt_is_not_enough_to_delete(house):
    """Planted breach: a receipt that names no file."""
    shelf = Shelf()
    works = house(shelf=shelf)
    works.round()
    logg, _ref = passive(works)
    with works.database.begin() as connection:
        connection.execute(a.delivery.update().values(evidence="[]"))
    assert refused(works, logg) == "SLETT_FEIL_HASH"


def test_a_stale_version_is_not_enough_to_delete(house):
    """Planted breach: the log was changed after it was archived."""
    shelf = Shelf()
    works = house(shelf=shelf)
    works.round()
    logg, ref = passive(works)
    change(works, ref)
    assert refused(works, logg) == "SLETT_UTDATERT"


def test_other_bytes_in_the_archive_are_not_enough_to_delete(house):
    """Planted breach: the archive's bytes changed after the receipt; it is read again now."""
    shelf = Shelf()
    works = house(shelf=shelf)
    works.round()
    logg, _ref = passive(works)
    for records in shelf.records.values():
        records[0][1] += b"!"
    assert refused(works, logg) == "SLETT_FEIL_HASH"


def test_an_active_log_is_never_deleted(house):
    """Planted breach: E-1 forbids AKTIV to SLETTET, archived or not."""
    works = house(shelf=Shelf())
    works.round()
    active = next(row for row in works.rows(a.seen) if row["status"] == "AKTIV")
    assert refused(works, active["logg"]) == "SLETT_IKKE_PASSIV"


def test_the_other_guards_of_a_deletion(house):
    """B-08 the role, a legal hold, a log nobody archived, and no archive at all."""
    works = house(shelf=Shelf())
    works.round()
    logg, _ref = passive(works)
    assert refused(works, logg, role="superbruker") == "SLETT_ROLLE"
    assert refused(works, "finnes-ikke") == "UKJENT_LOGG"
    kommune = works.verk.kommune
    works.rules(slett=kommune.slett.model_copy(update={"sperret": frozenset({logg})}))
    assert refused(works, logg) == "SLETT_SPERRET"
    works.rules(slett=kommune.slett, arkiv=kommune.arkiv.model_copy(update={"maal": ()}))
    assert refused(works, logg) == "SLETT_UTEN_ARKIV"


# -- people -----------------------------------------------------------------------------------


def test_a_person_confirms_with_the_files_fetched_back(house, tmp_path):
    """The manual archive: the hashes of the files a person shows are compared with what was frozen.
    They are kept as shown, and never called read back."""
    shelf = Shelf(reads_back=False)
    shelf.moods = ["menneske"] * 100
    works = house(shelf=shelf)
    works.round()
    assert set(states(works)) == {"menneske"}
    row = works.rows()[0]
    files = [f for f in works.rows(a.snapshot_file) if f["snapshot_id"] == row["snapshot_id"]]
    folder = tmp_path / "lastet ned"
    folder.mkdir()
    for file in files[1:]:
        (folder / f"{file['nr']}.bin").write_bytes(works.verk.store.get(file["payload"]))
    with pytest.raises(Rejected, match="VISTE_FILER_BORTE"):
        confirm.confirm(
            works.verk, row["snapshot_id"], "shelf", "2026/1-2", acting("ARKIVAR"), folder / "feil"
        )
    with pytest.raises(Rejected, match="VISTE_FILER_MANGLER"):
        confirm.confirm(
            works.verk, row["snapshot_id"], "shelf", "2026/1-2", acting("ARKIVAR"), folder
        )
    (folder / "1.bin").write_bytes(works.verk.store.get(files[0]["payload"]))
    state = confirm.confirm(
        works.verk, row["snapshot_id"], "shelf", "2026/1-2", acting("ARKIVAR"), folder
    )
    assert state is Tilstand.FORELAGT
    row = next(one for one in works.rows() if one["snapshot_id"] == row["snapshot_id"])
    assert row["verified_at"] is None


def test_a_word_alone_closes_the_task_and_deletes_nothing(house):
    """A confirmation without files is kept as a person's word; deletion still refuses."""
    shelf = Shelf(reads_back=False)
    shelf.moods = ["menneske"] * 100
    works = house(shelf=shelf)
    works.round()
    logg, _ref = passive(works)
    for row in works.rows():
        state = confirm.confirm(
            works.verk, row["snapshot_id"], "shelf", "2026/1-2", acting("ARKIVAR"), None
        )
        assert state is Tilstand.BEKREFTET
    assert refused(works, logg) == "SLETT_UBEKREFTET"


@pytest.mark.parametrize("proved", [True, False])
def test_what_is_laid_out_is_taken_away_when_it_is_confirmed(house, tmp_path, proved):
    """Nothing of a child lies in clear for longer than somebody needs it: with the files fetched
    back, or on a person's word alone. The others of the folder stay."""
    drop = tmp_path / "til arkivet"
    works = house(
        vsa=open_archive(
            ConnectorSettings("manuelt_arkiv", "", "", "", "", "", options={"mappe": str(drop)})
        )
    )
    works.round()
    row, *others = works.rows()
    laid = drop / row["snapshot_id"]
    fetched = tmp_path / "lastet ned"
    shutil.copytree(laid, fetched)
    confirm.confirm(
        works.verk, row["snapshot_id"], "vsa", "2026/1-2", acting("ARKIVAR"),
        fetched if proved else None,
    )  # fmt: skip
    assert not laid.exists()
    assert others and {one.name for one in drop.iterdir()} == {o["snapshot_id"] for o in others}


def test_an_archive_number_is_never_a_persons_number(house):
    """What a person types is refused when it could be somebody."""
    works = house(shelf=Shelf())
    for number in ("41814061033", "418140 61033", "", "x" * 81, "a\nb"):
        with pytest.raises(Rejected, match="ARKIVID_UGYLDIG"):
            confirm.confirm(works.verk, "uttak", "shelf", number, acting("ARKIVAR"), None)


def test_what_was_refused_is_tried_again_when_a_person_says_so(house):
    """A refusal parks one delivery; the others go on, and a retry brings it in."""
    shelf = Shelf()
    shelf.moods = ["avvist"]
    works = house(shelf=shelf)
    works.round()
    assert states(works)["feilet"] == 1
    assert confirm.retry(works.verk) == 1
    works.round()
    assert set(states(works)) == {"arkivert"}
    one_each(works, shelf)
