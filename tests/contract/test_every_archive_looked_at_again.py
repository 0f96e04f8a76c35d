"""A receipt is worth what the archive gives back: when confirmed, later, and before a deletion.

The record stands there and its bytes are gone, empty or others: for every archive, after the
receipt and before it, whatever files a person shows. Nothing of it may be called archived, and no
deletion may rest on it. It becomes a task, and can be delivered anew beside what is wrong. What was
only a person's word is read back where that can be done. No archive is named here.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.arkiv.levering import KEPT, WRONG
from gateway.effects.archiving import confirm, deleting, rechecking
from gateway.errors import GatewayError, Rejected
from gateway.ledger import archive_tables as a
from gateway.ports.archive import Archive, Uttak
from gateway.staff.member import Acting
from gateway.staff.roles import Act
from gateway.tasks import book
from tests.contract.archive_stand import NAMES, Arkivstand, dropped, emptied, swapped
from tests.contract.delivering import FAR, TENANT, Deliveries, deliveries

RO = 0.2
PATIENCE = 12.0
ARKIVAR = Acting("arkivar", "arkivar", Act.ARCHIVE)
NOW = timedelta(0)
Change = Callable[[bytes], bytes | None]
CHANGES = pytest.mark.parametrize(
    "change", [dropped, swapped, emptied], ids=["dropped", "swapped", "emptied"]
)


@pytest.fixture(scope="module", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Making one takes longer than a deposit, and nothing here leaves this machine."""
    made = httpx.create_ssl_context(trust_env=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", lambda **_: made)
        yield


@pytest.fixture(scope="module", params=NAMES)
def stand(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Arkivstand]:
    """Each archive in turn; its sandbox is started once."""
    broker: Callable[[], str] = lambda: request.getfixturevalue("amqp")  # noqa: E731
    made = Arkivstand(request.param, tmp_path_factory.mktemp(request.param), broker)
    yield made
    made.close()


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Deliveries]:
    """The core's deliveries, over a ledger of the test's own."""
    with deliveries(tmp_path / "ledger", RO) as made:
        yield made


def begun(night: Deliveries, stand: Arkivstand) -> tuple[Archive, Uttak]:
    """An archive the municipality has, and a snapshot on its way there."""
    archive, snapshot = stand.open(), stand.another()
    night.knows(archive)
    night.add(snapshot)
    return archive, snapshot


def archived(night: Deliveries, stand: Arkivstand) -> tuple[Archive, Uttak]:
    """The same, read back."""
    archive, snapshot = begun(night, stand)
    assert night.run(archive, snapshot, PATIENCE)["state"] == "arkivert"
    return archive, snapshot


def waits(night: Deliveries) -> list[tuple[str, str]]:
    """(code, command) of what waits for a person."""
    with night.database.look() as connection:
        return [(one.code, one.command) for one in book.listed(connection, TENANT, FAR)]


def shown(snapshot: Uttak, folder: Path) -> Path:
    """Every file of the snapshot as it was frozen, in a folder of a person's."""
    folder.mkdir()
    for file in snapshot.filer:
        (folder / file.filnavn).write_bytes(snapshot.read_file(file.nr))
    return folder


def refused(call: Callable[[], Any]) -> str:
    """The code a call is refused with."""
    with pytest.raises(GatewayError) as caught:
        call()
    return caught.value.code


def said(night: Deliveries, snapshot: Uttak, files: Path | None) -> str:
    """A person says that it is in the archive."""
    return confirm.confirm(night.verk, snapshot.key, "arkivet", "2026/1-1", ARKIVAR, files).value


def proved(night: Deliveries, snapshot: Uttak) -> str:
    """What a deletion says of the archive: empty when it may rest on it."""
    try:
        deleting._proved(night.verk, snapshot.key, "arkivet")
    except Rejected as error:
        return error.code
    return ""


@CHANGES
def test_what_is_lost_after_the_receipt_is_a_task_and_is_delivered_anew(
    stand: Arkivstand, night: Deliveries, change: Change
) -> None:
    """A round of looks finds it: no longer archived, a person's, and brought in once more beside
    what is wrong, when a person says so. The others' receipts stand."""
    if not stand.readable:
        return  # it gives nothing back, so nothing can be found out
    archive, snapshot = archived(night, stand)
    _, other = archived(night, stand)
    assert stand.app.tamper(snapshot.key, change) == len(snapshot.filer)
    told = rechecking.recheck(night.verk, rested=NOW)
    assert (told.looked, told.right, told.stopped) == (2, 1, {})
    row = night.row(snapshot)
    assert row["state"] == "feilet" and row["code"] in WRONG
    assert told.wrong == [(snapshot.key, "arkivet", row["code"])]
    assert row["verified_at"] is None
    assert night.row(other)["state"] == "arkivert"
    (task,) = waits(night)
    assert task[0] == row["code"] and task[1].endswith(f"{snapshot.key} --archive arkivet --anew")
    assert proved(night, snapshot) == "SLETT_UBEKREFTET"
    assert night.kinds().count("arkivavvik") == 1

    assert confirm.retry(night.verk, snapshot.key, "arkivet", anew=True) == 1
    row = night.run(archive, snapshot, PATIENCE)
    assert (row["state"], row["code"]) == ("arkivert", None)
    again = replace(snapshot, key=row["key"])
    assert row["key"] != snapshot.key
    assert stand.count(snapshot) == (1, 1) and stand.count(again) == (1, 1)
    stand.holds(stand.open(), again)
    assert proved(night, snapshot) == ""
    assert waits(night) == []
    assert rechecking.recheck(night.verk, rested=NOW).right == 2


@CHANGES
def test_a_deletion_that_finds_it_lost_changes_what_is_said_of_it(
    stand: Arkivstand, night: Deliveries, change: Change
) -> None:
    """The guard reads back and refuses, and what it has seen is not forgotten: it is a task."""
    if not stand.readable:
        return  # it gives nothing back; see what a person shows below
    _, snapshot = archived(night, stand)
    assert proved(night, snapshot) == ""
    stand.app.tamper(snapshot.key, change)
    assert proved(night, snapshot) in {"SLETT_FEIL_HASH", "SLETT_UBEKREFTET"}
    row = night.row(snapshot)
    assert row["state"] == "feilet" and row["code"] in WRONG
    assert [code for code, _ in waits(night)] == [row["code"]]
    assert proved(night, snapshot) == "SLETT_UBEKREFTET"


@CHANGES
def test_files_a_person_shows_do_not_outweigh_what_the_archive_has(
    stand: Arkivstand, night: Deliveries, change: Change, tmp_path: Path
) -> None:
    """Our record stands there and has lost its bytes: the very bytes that were frozen, shown by a
    person, confirm nothing where the archive can be read; nor does a word alone."""
    archive, snapshot = begun(night, stand)
    stand.settle(archive, snapshot)
    with night.database.begin() as connection:
        connection.execute(a.delivery.update().values(state="menneske", code="ARKIV_FRIST"))
    files = shown(snapshot, tmp_path / "vist")
    if not stand.readable:
        assert said(night, snapshot, files) == "forelagt"
        assert night.row(snapshot)["verified_at"] is None
        assert proved(night, snapshot) == ""
        return
    stand.app.tamper(snapshot.key, change)
    for given in (files, None):
        assert refused(lambda given=given: said(night, snapshot, given)) in WRONG
    assert night.row(snapshot)["state"] == "menneske"
    assert proved(night, snapshot) == "SLETT_UBEKREFTET"
    assert not {"arkivkvittering", "arkivforelagt", "arkivbekreftelse"} & set(night.kinds())


def test_what_the_archive_shows_is_read_back_when_a_person_confirms(
    stand: Arkivstand, night: Deliveries, tmp_path: Path
) -> None:
    """The archive is looked in first: whole and right, that is the receipt, and no files are
    needed for it."""
    archive, snapshot = begun(night, stand)
    stand.settle(archive, snapshot)
    with night.database.begin() as connection:
        connection.execute(a.delivery.update().values(state="menneske", code="ARKIV_FRIST"))
    state = said(night, snapshot, None)
    row = night.row(snapshot)
    if not stand.readable:
        assert (state, row["verified_at"]) == ("bekreftet", None)
        assert proved(night, snapshot) == "SLETT_UBEKREFTET"
        return
    assert state == "arkivert" and row["verified_at"] and row["confirmed_by"] == "arkivar"
    assert row["nummer"] == "2026/1-1"
    assert proved(night, snapshot) == ""


@pytest.mark.parametrize("with_files", [True, False])
def test_a_persons_word_is_read_back_when_it_can_be(
    stand: Arkivstand, night: Deliveries, tmp_path: Path, with_files: bool
) -> None:
    """Nothing of ours stood there, and a person said where it was: no deletion rests on it. When
    the archive shows it, it is read back, and is a receipt from then on."""
    archive, snapshot = begun(night, stand)
    with night.database.begin() as connection:
        connection.execute(a.delivery.update().values(state="menneske", code="P-20"))
    files = shown(snapshot, tmp_path / "vist") if with_files else None
    state = said(night, snapshot, files)
    assert state == ("forelagt" if with_files else "bekreftet")
    if not stand.readable:
        assert rechecking.recheck(night.verk, rested=NOW).looked == 0
        return
    assert proved(night, snapshot) == "SLETT_UBEKREFTET"
    told = rechecking.recheck(night.verk, rested=NOW)
    assert (told.looked, told.unseen, told.wrong) == (1, 1, [])
    assert night.row(snapshot)["state"] == state
    stand.settle(archive, snapshot)
    told = rechecking.recheck(night.verk, rested=NOW)
    assert (told.right, told.proved) == (1, 1)
    assert night.row(snapshot)["state"] == "arkivert"
    assert proved(night, snapshot) == ""


def test_what_is_not_shown_is_not_said_to_be_gone(stand: Arkivstand, night: Deliveries) -> None:
    """A search that lags, or an archive that is away: the first is a person's to look for, and is
    not sent again with the others; the second says nothing at all."""
    if not stand.readable:
        return
    archive, snapshot = archived(night, stand)

    class Blind:
        """An archive whose search shows nothing."""

        def find(self, _uttak: Uttak) -> None:
            """Nothing."""

        def __getattr__(self, name: str) -> Any:
            return getattr(archive, name)

    with stand.fault(kind="busy503", times=0):
        night.knows(stand.open(deadline=1.0, attempts=1))
        told = rechecking.recheck(night.verk, rested=NOW)
    assert told.stopped and night.row(snapshot)["state"] == "arkivert"
    night.knows(Blind())  # type: ignore[arg-type]
    assert proved(night, snapshot) == "SLETT_UBEKREFTET"
    assert night.row(snapshot)["state"] == "arkivert"
    rechecking.recheck(night.verk, rested=NOW)
    row = night.row(snapshot)
    assert (row["state"], row["code"]) == ("menneske", "ARKIV_BORTE")
    assert confirm.retry(night.verk) == 0
    code = refused(lambda: confirm.retry(night.verk, snapshot.key, "arkivet", anew=True))
    assert code == "LEVERES_IKKE_PAA_NYTT"
    night.knows(archive)
    assert said(night, snapshot, None) == "arkivert"
    stand.holds(archive, snapshot)
    assert stand.extra(snapshot) == 0


def test_a_round_takes_those_that_have_waited_longest(stand: Arkivstand, night: Deliveries) -> None:
    """A sample at a time, each once before any again; one that was just looked at rests."""
    if not stand.readable:
        return
    _archive, first = archived(night, stand)
    _, second = archived(night, stand)
    with night.database.begin() as connection:
        for number, one in enumerate((first, second)):
            connection.execute(
                a.delivery.update()
                .where(a.delivery.c.snapshot_id == one.key)
                .values(looked_at=f"2020-01-0{2 - number}T00:00:00.000+00:00")
            )
    assert rechecking.recheck(night.verk, 1).looked == 1
    looked = {one.key: night.row(one)["looked_at"] for one in (first, second)}
    assert looked[first.key] < "2021" < looked[second.key]
    assert rechecking.recheck(night.verk, 5).looked == 1
    assert rechecking.recheck(night.verk, 5).looked == 0
    assert {night.row(one)["state"] for one in (first, second)} <= {k.value for k in KEPT}
