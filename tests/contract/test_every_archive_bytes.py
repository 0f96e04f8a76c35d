"""A file stands in an archive when its content, fetched back, has the hash: for every archive.

What an archive says of a file (a name, a size, a checksum it was told) it also says of one whose
content is lost, or another's. So the content is taken away behind its back, swapped for another of
the same length, laid beside another that is told of in the same words, and cut off between the two
writes. None of it may end in a receipt; what can be mended by itself is, and the bytes are ours.
No archive is named here.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.effects.archiving import confirm, delivery
from gateway.effects.archiving.verk import Arkivmaal
from gateway.errors import Conflict, GatewayError, LocalFault, Rejected
from gateway.ledger import archive_tables as a
from gateway.ports.archive import Archive, Funn, Levering, Repeatable, Svar, Uttak
from gateway.staff.member import Acting
from gateway.staff.roles import Act
from tests.contract.archive_stand import NAMES, WIRED, Arkivstand, Memory, dropped, swapped
from tests.contract.delivering import Deliveries, deliveries

RO = 0.3
PATIENCE = 12.0
Change = Callable[[bytes], bytes | None]
CHANGES = pytest.mark.parametrize("change", [dropped, swapped], ids=["dropped", "swapped"])

ARKIVAR = Acting("arkivar", "arkivar", Act.ARCHIVE)


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


@dataclass(frozen=True)
class Between:
    """An archive to which something happens when a deposit has been answered."""

    inner: Archive
    then: Callable[[], object]

    def deposit(self, uttak: Uttak, found: Funn | None) -> Svar:
        """What the archive answers, after which its content is no longer what it was."""
        answer = self.inner.deposit(uttak, found)
        for _ in range(8):
            if answer.levering is not Levering.VENTER:
                break
            answer = self.inner.progress(uttak, answer.ref)
        self.then()
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def receipt(archive: Archive, snapshot: Uttak) -> bool:
    """True when the core would make a receipt of what the archive shows and gives back."""
    found = archive.find(snapshot)
    if not delivery.whole(snapshot, found):
        return False
    assert found is not None
    try:
        delivery.read_back(Arkivmaal("arkivet", archive, 6000, RO), snapshot, found)
    except (Rejected, Conflict):
        return False
    return True


def finish(night: Deliveries, archive: Archive, snapshot: Uttak) -> dict[str, Any]:
    """To the end, with a person who looks where one is asked for, and says it is not there."""
    row = night.run(archive, snapshot, PATIENCE)
    for _ in range(len(snapshot.filer)):
        if row["code"] != "KANSKJE_ARKIVERT":
            break
        assert night.retry(snapshot) == 1
        row = night.run(archive, snapshot, PATIENCE)
    return row


# -- what stands there is looked at ---------------------------------------------------------------


@CHANGES
def test_content_that_is_gone_or_another_is_no_receipt(stand: Arkivstand, change: Change) -> None:
    """Everything the archive says of the file stands; what it gives back is what counts."""
    if not stand.readable:
        return  # it gives nothing back; what a person fetched from it is compared below
    snapshot, archive = stand.another(), stand.open()
    stand.settle(archive, snapshot)
    assert receipt(archive, snapshot)
    assert stand.app.tamper(snapshot.key, change) == len(snapshot.filer)
    assert not receipt(archive, snapshot)
    assert not receipt(stand.open(), snapshot)


@CHANGES
def test_content_that_changes_before_it_is_read_back_is_never_archived(
    stand: Arkivstand, night: Deliveries, change: Change
) -> None:
    """The core's own delivery, from the deposit on: either the bytes are brought in once more, or
    a person is told. Never `arkivert` with other bytes than ours."""
    if not stand.readable:
        return  # it gives nothing back; what a person fetched from it is compared below
    snapshot, archive, struck = stand.another(), stand.open(), []

    def strike() -> None:
        if not struck:
            struck.append(stand.app.tamper(snapshot.key, change))

    night.add(snapshot)
    row = finish(night, Between(archive, strike), snapshot)
    assert struck == [len(snapshot.filer)]
    if row["state"] == "arkivert":
        assert change is dropped
        stand.holds(archive, snapshot)
        return
    assert row["state"] in {"feilet", "menneske"}
    assert "arkivkvittering" not in night.kinds()
    assert row["code"] in {"ARKIV_FEIL_HASH", "ARKIV_FIL_BORTE", "ARKIV_MANGLER_FIL"}


def test_another_of_which_the_same_is_said_is_not_taken_for_ours(stand: Arkivstand) -> None:
    """An archive that converts, or that made a file twice, lists another beside ours, first and
    newer, with our checksum: ours is the one whose bytes are ours."""
    if not stand.readable:
        return  # it gives nothing back; what a person fetched from it is compared below
    snapshot, archive = stand.another(), stand.open()
    stand.settle(archive, snapshot)
    assert stand.app.convert(snapshot.key, b"something else altogether") == len(snapshot.filer)
    assert receipt(archive, snapshot)
    stand.holds(archive, snapshot)
    # And with ours gone, the other is not.
    stand.app.tamper(snapshot.key, swapped)
    assert not receipt(archive, snapshot)


def test_a_receipt_that_never_came_is_looked_for_by_its_bytes(
    stand: Arkivstand, night: Deliveries
) -> None:
    """The answer is lost, and meanwhile the archive has made another beside each."""
    if not stand.readable:
        return  # it gives nothing back; what a person fetched from it is compared below
    snapshot, archive = stand.another(), stand.open()
    night.add(snapshot)
    made = Between(archive, lambda: stand.app.convert(snapshot.key, b"made of it"))
    row = finish(night, made, snapshot)
    assert row["state"] == "arkivert", (row["code"], row["place"])
    stand.holds(archive, snapshot)


def test_a_key_told_in_capitals_is_the_same_key(stand: Arkivstand) -> None:
    """Databases with GUIDs of their own tell ours in capitals: it is found, read back, gone on
    with, and made once."""
    if not stand.readable:
        return  # it gives nothing back; what a person fetched from it is compared below
    snapshot = replace(stand.another(), once=Memory().once)
    stand.app.switch({"store_noekler": -1})
    try:
        archive = stand.open()
        stand.settle(archive, snapshot)
        stand.holds(archive, snapshot)
        again = stand.open()
        again.deposit(snapshot, again.find(snapshot))
        assert receipt(again, snapshot)
    finally:
        stand.app.switch({})
    stand.holds(stand.open(), snapshot)
    assert stand.extra(snapshot) == 0


# -- what was begun is gone on with ---------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 2])
def test_a_cut_between_what_is_said_and_the_bytes_is_gone_on_with(
    stand: Arkivstand, night: Deliveries, times: int
) -> None:
    """The archive says that there is a file, of the right size and checksum, and has none: that is
    half a deposit. It is gone on with until the bytes are ours; where a record cannot be completed,
    a person is told that a file is missing. It is never a receipt."""
    if not stand.readable:
        return  # it gives nothing back; what a person fetched from it is compared below
    snapshot, archive = stand.another(), stand.open()
    night.add(snapshot)
    stand.app.halve(times)
    night.turn(archive, snapshot)
    stand.app.halve(0)
    assert not receipt(archive, snapshot)
    row = finish(night, archive, snapshot)
    if row["state"] != "arkivert":
        # What is made by one message is not added to.
        assert isinstance(archive, Repeatable), "it could have been gone on with"
        assert row["code"] in {"ARKIV_MANGLER_FIL", "ARKIV_FIL_BORTE"}
        assert row["state"] in {"menneske", "feilet"}
        assert "arkivkvittering" not in night.kinds()
        return
    stand.holds(archive, snapshot)


def test_another_beside_half_a_deposit_does_not_make_it_whole(
    stand: Arkivstand, night: Deliveries
) -> None:
    """Ours was cut before its bytes, and the archive has another beside it, of which the same is
    said and which has content: ours is still the one that is missing."""
    if not stand.readable:
        return
    snapshot, archive = stand.another(), stand.open()
    night.add(snapshot)
    stand.app.halve(1)
    night.turn(archive, snapshot)
    stand.app.halve(0)
    assert stand.app.convert(snapshot.key, b"of another") > 0
    assert not receipt(archive, snapshot)
    row = finish(night, archive, snapshot)
    if row["state"] != "arkivert":
        assert isinstance(archive, Repeatable), "it could have been gone on with"
        assert row["code"] in {"ARKIV_MANGLER_FIL", "ARKIV_FIL_BORTE", "ARKIV_FEIL_HASH"}
        assert "arkivkvittering" not in night.kinds()
        return
    stand.holds(archive, snapshot)


def test_half_a_deposit_is_found_as_half_by_another_process(stand: Arkivstand) -> None:
    """Nobody remembers what was sent: the archive alone tells, and it does not tell of a file."""
    if not stand.readable:
        return  # it gives nothing back; what a person fetched from it is compared below
    snapshot = stand.another()
    stand.app.halve(1)
    archive = stand.open()
    # Whatever it is told as, what stands there is looked at.
    with suppress(GatewayError):
        stand.ended(archive, snapshot, archive.deposit(snapshot, None))
    stand.app.halve(0)
    assert not receipt(stand.open(), snapshot)


# -- what a person fetched ------------------------------------------------------------------------


@CHANGES
def test_what_a_person_fetched_is_compared_byte_for_byte(
    stand: Arkivstand, night: Deliveries, tmp_path: Path, change: Change
) -> None:
    """The files a person shows are compared, whatever their names, and one that is missing or
    another is told of; what is shown is kept as that, and not as read back."""
    snapshot, folder = stand.another(), tmp_path / "hentet"
    folder.mkdir()
    night.add(snapshot)
    for file in snapshot.filer:
        (folder / file.filnavn).write_bytes(snapshot.read_file(file.nr))
    with night.database.begin() as connection:
        connection.execute(a.delivery.update().values(state="menneske", code="ARKIV_MANUELT"))
    last = folder / snapshot.filer[-1].filnavn
    after = change(last.read_bytes())
    whole = last.read_bytes()
    last.unlink()
    if after is not None:
        last.write_bytes(after)
    with pytest.raises(Rejected, match="VISTE_FILER_MANGLER") as caught:
        confirm.confirm(night.verk, snapshot.key, "arkivet", "2026/1-1", ARKIVAR, folder)
    assert str(snapshot.filer[-1].nr) in caught.value.place
    assert night.row(snapshot)["state"] == "menneske"
    last.write_bytes(whole)
    state = confirm.confirm(night.verk, snapshot.key, "arkivet", "2026/1-1", ARKIVAR, folder)
    assert state.value == "forelagt"


# -- what leaves is what was frozen ---------------------------------------------------------------


def test_bytes_that_are_not_the_snapshots_never_reach_an_archive(stand: Arkivstand) -> None:
    """The store gives other bytes of the same length: nothing is made of them anywhere, whether a
    machine or a person would have carried them."""
    snapshot, archive = stand.another(), stand.open()
    read = snapshot.read_file
    with pytest.raises(LocalFault):
        archive.deposit(replace(snapshot, read_file=lambda nr: swapped(read(nr)) or b""), None)
    if stand.name not in WIRED:
        assert stand.count(snapshot) == (0, 0)
    assert not receipt(archive, snapshot)
