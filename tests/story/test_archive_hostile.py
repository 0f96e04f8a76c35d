"""What one bad archive, one bad snapshot or one careless moment must not do to all the others.

The shelf plays the archives, one of which always misbehaves in a way no connector promises.
"""

import pytest

from gateway.arkiv.levering import OPEN
from gateway.effects.archiving.working import Lane
from gateway.errors import LocalFault, RemoteFault
from gateway.ledger import archive_tables as a
from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated

LOGS = 3


class Spoilt(Shelf):
    """A shelf whose every look raises `fault`, until it is mended."""

    def __init__(self, fault=None):
        super().__init__()
        self.fault, self.looks = fault, 0

    def find(self, uttak):
        """Raises, or looks."""
        self.looks += 1
        if self.fault is not None:
            raise self.fault
        return super().find(uttak)


@pytest.fixture
def house(tmp_path):
    """Makes works: `house(shelf=Shelf())`; everything is closed at the end."""
    made = []

    def make(logs=LOGS, database="", **archives):
        system = System(CONEXUS, tmp_path / f"source-{len(made)}")
        system.load(generated(CONEXUS, 7, logs))
        works = Works(
            tmp_path / f"works-{len(made)}", system, EverybodyOpen(), database=database, **archives
        )
        made.append(works)
        return works

    yield make
    for works in made:
        works.close()
        works.system.close()


def stands(works, archive):
    """(state, code) of every delivery to one archive."""
    return {(row["state"], row["code"]) for row in works.rows() if row["archive"] == archive}


def overdue(works):
    """The deadline of everything has passed."""
    with works.database.begin() as connection:
        connection.execute(a.delivery.update().values(deadline="2000-01-01T00:00:00.000+00:00"))
    works.wake()


def test_a_wrong_set_up_of_one_archive_does_not_stop_the_others(house):
    """The other archive gets everything first; then the fault is told, and nothing is lost."""
    bad = Spoilt(LocalFault("UGYLDIG_PROFIL", place="bad.saksansvarlig"))
    works = house(aaa=bad, good=Shelf())
    with pytest.raises(LocalFault, match="UGYLDIG_PROFIL"):
        works.round()
    assert stands(works, "good") == {("arkivert", None)}
    assert stands(works, "aaa") == {("planlagt", "UGYLDIG_PROFIL")}
    assert bad.looks == 1
    bad.fault = None
    works.wake()
    works.round()
    assert stands(works, "aaa") == {("arkivert", None)}


def test_an_archive_that_breaks_its_contract_is_not_called_again(house):
    """One wrong answer closes it for the round, also for what the lane had already taken."""
    bad = Spoilt(RemoteFault("UGYLDIG_SVAR"))
    works = house(aaa=bad, good=Shelf())
    works.round()
    assert bad.looks == 1
    assert stands(works, "good") == {("arkivert", None)}
    assert {row["claim"] for row in works.rows()} == {None}


def test_an_archive_that_stays_away_becomes_a_persons(house):
    """Past the deadline a person is told, though the archive never answered at all."""
    works = house(aaa=Spoilt(RemoteFault("UGYLDIG_SVAR")))
    works.round()
    overdue(works)
    works.round()
    assert stands(works, "aaa") == {("menneske", "ARKIV_FRIST")}
    assert {row["place"] for row in works.rows()} == {"UGYLDIG_SVAR"}


def test_an_archive_taken_out_of_the_set_up_is_told_of(house):
    """What was on its way to it waits, and is a person's after the deadline."""
    works = house(gone=Spoilt(RemoteFault("UGYLDIG_SVAR")), good=Shelf())
    works.round()
    works.verk.archives.pop("gone")
    works.wake()
    works.round()
    assert stands(works, "gone") == {("planlagt", "ARKIV_IKKE_KONFIGURERT")}
    overdue(works)
    works.round()
    assert stands(works, "gone") == {("menneske", "ARKIV_FRIST")}


def test_a_surprise_in_a_connector_parks_one_delivery(house):
    """An exception nobody foresaw, text and all: the others go on, and its text is not kept."""
    works = house(aaa=Spoilt(ValueError("Kanari 41814061033")), good=Shelf())
    works.round()
    assert stands(works, "good") == {("arkivert", None)}
    for _ in range(5):
        works.wake()
        works.round()
    assert stands(works, "aaa") == {("feilet", "UVENTET_FEIL")}
    assert not any("Kanari" in str(row) for row in works.rows())


def test_two_snapshots_of_one_log_never_race_for_its_folder(house):
    """One at a time per log and archive, in all lanes, and not before the first is known."""
    works = house(shelf=Shelf())
    works.round()
    first = works.rows()[0]
    with works.database.begin() as connection:
        connection.execute(a.delivery.delete().where(a.delivery.c.logg != first["logg"]))
        connection.execute(a.delivery.update().values(state="planlagt", verified_at=None))
        second = {**first, "snapshot_id": "en-annen", "state": "planlagt"}
        connection.execute(a.delivery.insert(), [second])
    states = tuple(state.value for state in OPEN)
    lane, other = Lane(works.verk, "natt", 0), Lane(works.verk, "runde", 0)
    held = lane._take(a.delivery, states)
    assert len(held) == 1
    assert other._take(a.delivery, states) == []
    assert other._until_next() is None
    with works.database.begin() as connection:
        connection.execute(
            a.delivery.update()
            .where(a.delivery.c.snapshot_id == held[0]["snapshot_id"])
            .values(state="sendes", claim=None, next_try="2999")
        )
    assert other._take(a.delivery, states) == []
    with works.database.begin() as connection:
        connection.execute(
            a.delivery.update()
            .where(a.delivery.c.snapshot_id == held[0]["snapshot_id"])
            .values(state="arkivert")
        )
    assert len(other._take(a.delivery, states)) == 1


def test_a_night_on_postgresql(house, postgres):
    """The lanes' claims and every column's width hold on the other database too."""
    works = house(database=postgres, aaa=Spoilt(RemoteFault("UGYLDIG_SVAR")), good=Shelf())
    works.round()
    assert stands(works, "good") == {("arkivert", None)}
