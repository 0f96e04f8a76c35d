"""What one bad archive, one bad snapshot or one careless moment must not do to all the others.

The shelf plays the archives, one of which always misbehaves in a way no connector promises.
"""

import dataclasses
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from gateway.arkiv.levering import OPEN
from gateway.effects import claim
from gateway.effects.archiving import confirm, loading, pace
from gateway.effects.archiving.collect import collect
from gateway.effects.archiving.freezing import freeze_job
from gateway.effects.archiving.receivers import Varselmottaker
from gateway.effects.archiving.working import Lane
from gateway.engine import archiving
from gateway.errors import LocalFault, Rejected, RemoteFault
from gateway.ledger import archive_tables as a
from gateway.ledger import tables
from gateway.ports.archive import Levering, Svar
from schemas.stafettlogg.kodeverk import Identtype
from tests.people import acting
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
    assert stands(works, "aaa") == {("feilet", "FEIL_I_LOGG")}
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


def test_a_log_nobody_can_decode_does_not_stop_the_others(house):
    """A surprise in reading one log counts as unread; the rest of the night goes on."""
    works = house(shelf=Shelf())
    inner, calls = works.verk.decode, []

    class Stumbling(type(works.verk)):
        def decode(self, body):
            calls.append(1)
            if len(calls) == 1:
                raise KeyError("Kanari 41814061033")
            return inner(body)

    fields = {f.name: getattr(works.verk, f.name) for f in dataclasses.fields(works.verk)}
    works.verk = Stumbling(**fields)
    found = works.round()
    assert found.unread == 1
    assert stands(works, "shelf") == {("arkivert", None)}


def test_a_notice_folder_that_is_away_does_not_stop_the_night(house, tmp_path):
    """The notice is told when the folder is back, and the archive gets its snapshots meanwhile."""
    works = house(shelf=Shelf())
    folder = tmp_path / "cosdoc"
    folder.write_text("en fil, ingen mappe")
    to = Varselmottaker("cosdoc", folder, fra_foer=False)
    works.verk = dataclasses.replace(works.verk, receivers=(to,))
    works.round()
    logg = works.rows(a.seen)[0]["logg"]
    with works.database.begin() as connection:
        connection.execute(
            a.notice.insert(),
            [{"notice_id": "n", "tenant": works.verk.tenant, "system": CONEXUS, "logg": logg,
              "hendelse": "aapnet", "dato": "2026-11-21", "state": "planlagt",
              "receiver": "cosdoc"}],
        )  # fmt: skip
    works.round()
    assert [row["state"] for row in works.rows(a.notice)] == ["planlagt"]
    assert stands(works, "shelf") == {("arkivert", None)}
    folder.unlink()
    works.round()
    assert [row["state"] for row in works.rows(a.notice)] == ["skrevet"]
    assert len(list(folder.iterdir())) == 1


def test_a_child_without_a_number_is_never_filed_under_none(house, monkeypatch):
    """Two children under an empty number would share a folder; a person takes such a snapshot."""
    shelf = Shelf()
    works = house(shelf=shelf)
    monkeypatch.setattr(loading, "NUMBERED", frozenset({Identtype.DUF}))
    works.round()
    assert stands(works, "shelf") == {("menneske", "BARN_UTEN_NUMMER")}
    assert shelf.deposits == 0


def test_what_has_arrived_is_not_sent_again_when_it_is_slow_to_show(house):
    """Accepted, then done, and not shown yet: the core looks until it is, and sends nothing."""

    class Slow(Shelf):
        def progress(self, uttak, ref):
            return Svar(Levering.LEVERT, ref=ref)

    shelf = Slow()
    shelf.moods = ["venter"] * 10
    works = house(shelf=shelf)
    works.round()
    sent = shelf.deposits
    works.wake()
    works.round()
    assert shelf.deposits == sent
    assert stands(works, "shelf") == {("sendes", "ARKIV_VISER_IKKE")}
    shelf.answer()
    works.wake()
    works.round()
    assert stands(works, "shelf") == {("arkivert", None)}


def test_a_confirmation_does_not_undo_what_happened_meanwhile(house, monkeypatch):
    """A round that makes the receipt while a person types: the receipt stands."""
    shelf = Shelf()
    shelf.moods = ["menneske"] * 10
    works = house(shelf=shelf)
    works.round()
    row = works.rows()[0]
    read = confirm.delivery_row

    def late(*given):
        found = read(*given)
        with works.database.begin() as connection:
            connection.execute(a.delivery.update().values(state="arkivert"))
        return found

    monkeypatch.setattr(confirm, "delivery_row", late)
    with pytest.raises(Rejected, match="LEVERING_IKKE_HOS_MENNESKE"):
        confirm.confirm(
            works.verk, row["snapshot_id"], "shelf", "2026/1-2", acting("ARKIVAR"), None
        )
    assert {row["state"] for row in works.rows()} == {"arkivert"}


def test_an_archives_id_with_a_nul_is_kept_without_it(house):
    """PostgreSQL holds no NUL in text: one hostile id must not cost the receipt."""

    class Nul(Shelf):
        def find(self, uttak):
            found = super().find(uttak)
            return found and dataclasses.replace(found, nummer="2026/1\x00-1", mappe="m" * 300)

    works = house(shelf=Nul())
    works.round()
    assert {(row["state"], row["nummer"], row["mappe"]) for row in works.rows()} == {
        ("arkivert", "2026/1-1", "m" * 200)
    }


def test_a_municipality_closes_only_its_own_ticks(house):
    """Two municipalities in one database: what the other has begun is not ours to end."""
    works = house(shelf=Shelf())
    mine = SimpleNamespace(
        database=works.database,
        settings=SimpleNamespace(kommune=works.verk.kommune),
    )
    archiving.open_tick(mine, works.verk, "var")
    other = works.verk.kommune.model_copy(update={"orgnr": "899100115"})
    archiving.open_tick(mine, dataclasses.replace(works.verk, kommune=other), "deres")
    assert archiving.open_ticks(mine, CONEXUS) == ["var"]


def test_what_was_provisional_is_archived_again_when_it_is_at_rest(house):
    """R-077: a snapshot within the edit window is not the last word; once, and not too early."""
    works = house(shelf=Shelf())
    works.round()
    own = works.rows(a.snapshot)[0]
    early = {"snapshot_id": "tidlig", "redigerbar": True, "frozen_at": "2999-01-01", "ref": "x"}
    with works.database.begin() as connection:
        connection.execute(a.snapshot.insert(), [{**own, **early}])
        connection.execute(
            a.job.update()
            .where(a.job.c.snapshot_id == own["snapshot_id"])
            .values(snapshot_id="tidlig")
        )
    jobs = {row["periode"] for row in works.rows(a.job) if row["snapshot_id"] == "tidlig"}
    rules = works.verk.kommune.redigering_timer
    works.rules(redigering_timer=10**6)
    assert works.round().made == 0
    works.rules(redigering_timer=rules)
    assert works.round().made == len(jobs) > 0
    anew = [row for row in works.rows(a.job) if row["periode"].endswith("+")]
    assert {row["periode"] for row in anew} == {periode + "+" for periode in jobs}
    assert {row["snapshot_id"] for row in anew} == {own["snapshot_id"]}
    assert works.round().made == 0


def test_bytes_of_a_lane_that_was_taken_over_do_not_stay(house):
    """What was sealed for a snapshot that is not to be is destroyed, not left for nobody."""
    works = house(shelf=Shelf())

    def payloads():
        with works.database.begin_bulk() as connection:
            return set(connection.execute(tables.payload.select()).scalars())

    lane = Lane(works.verk, "natt", 0)
    collect(works.verk, "natt", spread=False)
    job = lane._take(a.job, ("planlagt",))[0]
    before = payloads()
    mine = claim.take(works.database, "natt", 0, "min")
    claim.take(works.database, "natt", 0, "en annens")
    with pytest.raises(claim.Fenced):
        freeze_job(works.verk, job, mine)
    assert payloads() == before


def test_a_clock_set_back_does_not_hold_an_archive_up(house):
    """The rate is kept among lanes, and a moment from a future that was undone is forgotten."""
    works, now = house(shelf=Shelf()), datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
    waits = [pace.reserve(works.database, "treg", 6, now) for _ in range(3)]
    assert waits == [0, 10, 20]
    assert pace.reserve(works.database, "treg", 6, now - timedelta(days=1)) == 0
    assert pace.reserve(works.database, "treg", 6, now - timedelta(days=1)) == 10
