"""What the archive port promises when a search lags, an answer is lost, or both: never two.

Noark 5 makes a new thing at every POST, and so do others; "not found" is not "did not land". Each
snapshot is delivered by the core's own delivery, or asked for as it does; folders, records and
documents are counted by the archive's store, from outside. No archive is named here.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.errors import LocalFault, Transient, UnknownOutcome
from gateway.ledger import archive_tables as a
from gateway.ports.archive import Repeatable, Uttak
from tests.contract.archive_stand import WIRED, Arkivstand, Memory, profiles
from tests.contract.delivering import Deliveries, deliveries

FULL = bool(os.environ.get("STAFETT_FULL"))
LAG = 0.6
RO = 0.5
PATIENCE = 12.0
WITH_SANDBOX = [name for name in profiles() if name.partition("+")[0] in WIRED]
LOST = (
    {"kind": "cut_after"},
    {"kind": "cut_before"},
    {"kind": "server500", "handled": True},
    {"kind": "reset", "handled": True},
)
"""The answer of a call that was done, or was not."""


@pytest.fixture(scope="module", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Making one takes longer than a deposit, and nothing here leaves this machine."""
    made = httpx.create_ssl_context(trust_env=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", lambda **_: made)
        yield


@pytest.fixture(scope="module", params=profiles())
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


def done(stand: Arkivstand, row: dict[str, Any]) -> bool:
    """As far as an archive can bring a delivery: read back, or with a person who confirms."""
    if stand.readable:
        return bool(row["state"] == "arkivert")
    return row["state"] in {"venter", "menneske"} and row["code"] != "KANSKJE_ARKIVERT"


def never_two(stand: Arkivstand, snapshot: Uttak) -> None:
    """Nothing of the snapshot was made a second time."""
    folders, records = stand.count(snapshot)
    assert folders <= 1, "two folders of one log"
    assert records <= 1, "two records of one snapshot"
    assert stand.extra(snapshot) == 0, "a document of one snapshot was made twice"


# -- the core's delivery ------------------------------------------------------------------------


def test_a_search_that_lags_makes_nothing_twice(stand: Arkivstand, night: Deliveries) -> None:
    """It is looked for until it shows, and is one folder, one record, every file once."""
    snapshot, archive = stand.another(), stand.open()
    night.add(snapshot)
    with stand.behind(LAG):
        row = night.run(archive, snapshot, PATIENCE if stand.readable else 1.0)
    never_two(stand, snapshot)
    assert done(stand, row), (row["state"], row["code"])
    stand.holds(archive, snapshot)


def test_two_snapshots_of_one_log_in_an_archive_that_lags(
    stand: Arkivstand, night: Deliveries
) -> None:
    """The second is sent while the search does not know the first: the folder is still one."""
    first = stand.another()
    second = replace(stand.another(), mappe_key=first.mappe_key, hovedperson=first.hovedperson)
    archive = stand.open()
    for snapshot in (first, second):
        night.add(snapshot)
    with stand.behind(LAG):
        for _ in range(3):
            for snapshot in (first, second):
                if night.row(snapshot)["state"] in {"planlagt", "sendes", "venter"}:
                    night.turn(archive, snapshot)
        for snapshot in (first, second):
            night.run(archive, snapshot, PATIENCE if stand.readable else 1.0)
    for snapshot in (first, second):
        assert stand.count(snapshot)[1] == 1
        assert stand.extra(snapshot) == 0
    if stand.readable:  # where a shipment is the record, each has its own
        never_two(stand, first)
        assert all(done(stand, night.row(snapshot)) for snapshot in (first, second))


@pytest.mark.parametrize("stand", WITH_SANDBOX, indirect=True)
@pytest.mark.parametrize(
    ("lost", "lag"),
    [*((lost, 0.0) for lost in LOST), *((lost, LAG) for lost in LOST[: None if FULL else 2])],
    ids=lambda value: value["kind"] if isinstance(value, dict) else f"lag {value}",
)
def test_a_lost_answer_makes_nothing_twice(
    stand: Arkivstand, night: Deliveries, lost: dict[str, Any], lag: float
) -> None:
    """A write of the deposit, early, midway and late, loses its answer. What was done is found
    when it shows; what was not is a person's, and is sent again when they have looked."""
    for turn in stand.some_writes()[: 3 if lag else None]:
        snapshot, archive = stand.another(), stand.open()
        night.add(snapshot)
        with stand.behind(lag, {**lost, "match": stand.writing, "skip": turn, "times": 1}):
            row = night.run(archive, snapshot, PATIENCE if stand.readable else 2.0)
        never_two(stand, snapshot)
        if row["code"] == "KANSKJE_ARKIVERT":
            assert row["state"] == "menneske"
            assert lost["kind"] == "cut_before", row["place"]
            time.sleep(lag)
            # The archivist has looked: it is not there.
            assert night.retry(snapshot) == 1
            row = night.run(archive, snapshot, PATIENCE)
        assert done(stand, row), (turn, row["state"], row["code"], row["place"])
        stand.holds(archive, snapshot)
        never_two(stand, snapshot)


@pytest.mark.parametrize("stand", WITH_SANDBOX, indirect=True)
def test_an_archive_that_shows_what_it_takes_is_sent_again_by_itself(
    stand: Arkivstand, night: Deliveries
) -> None:
    """A call that never reached it, at any step: after the rest it does not show, so it is not
    there; nobody is asked, and nothing is made twice."""
    if not stand.readable or isinstance(stand.open(), Repeatable):
        pytest.skip("it gives no receipt of ours, or takes the same deposit again anyhow")
    archive = stand.open()
    for _ in range(3):
        snapshot = stand.another()
        night.add(snapshot)
        assert night.run(archive, snapshot, PATIENCE)["state"] == "arkivert"
    for turn in stand.some_writes()[:3]:
        snapshot = stand.another()
        night.add(snapshot)
        lost = {"kind": "cut_before", "match": stand.writing, "skip": turn, "times": 1}
        with stand.behind(0.0, lost):
            row = night.run(archive, snapshot, PATIENCE)
        assert row["state"] == "arkivert", (turn, row["code"], row["place"])
        stand.holds(archive, snapshot)
        never_two(stand, snapshot)


@pytest.mark.parametrize("stand", WITH_SANDBOX, indirect=True)
def test_a_named_retry_works_after_the_deadline_too(stand: Arkivstand, night: Deliveries) -> None:
    """The deadline takes the place that said what was not there; the person has looked for all."""
    if not stand.readable or isinstance(stand.open(), Repeatable):
        pytest.skip("it gives no receipt of ours, or takes the same deposit again anyhow")
    snapshot, archive = stand.another(), stand.open()
    night.add(snapshot)
    lost = {"kind": "cut_before", "match": stand.writing, "skip": 0, "times": 1}
    with stand.behind(0.0, lost):
        row = night.run(archive, snapshot, PATIENCE)
    assert (row["state"], row["code"]) == ("menneske", "KANSKJE_ARKIVERT")
    with night.database.begin() as connection:
        late = {"code": "ARKIV_FRIST", "place": "KANSKJE_ARKIVERT"}
        connection.execute(a.delivery.update().values(late))
    assert night.retry(snapshot) == 1
    assert night.run(archive, snapshot, PATIENCE)["state"] == "arkivert"
    never_two(stand, snapshot)


def test_what_never_shows_is_a_persons_and_is_never_sent_again(
    stand: Arkivstand, night: Deliveries
) -> None:
    """The archive was asked as long as is configured; then somebody looks. Trying everything again
    does not touch it; with the snapshot named it is looked for first."""
    if isinstance(stand.open(), Repeatable):
        pytest.skip("its deposit is the same deposit however often it is sent")
    snapshot, archive = stand.another(), stand.open()
    night.add(snapshot)
    with stand.behind(3600.0, {"kind": "cut_after", "match": stand.writing}):
        row = night.run(archive, snapshot, PATIENCE)
        never_two(stand, snapshot)
        assert (row["state"], row["code"]) == ("menneske", "KANSKJE_ARKIVERT")
        assert row["place"].partition(":")[0] in {snapshot.key, snapshot.mappe_key}
        assert night.retry() == 0
        assert night.row(snapshot)["state"] == "menneske"
        never_two(stand, snapshot)
    assert "arkivmenneske" in night.kinds()
    assert night.retry(snapshot) == 1
    row = night.run(archive, snapshot, PATIENCE if stand.readable else 1.0)
    assert done(stand, row), (row["state"], row["code"])
    stand.holds(archive, snapshot)
    never_two(stand, snapshot)


@pytest.mark.parametrize("stand", WITH_SANDBOX, indirect=True)
def test_a_busy_archive_is_no_person_s_task(stand: Arkivstand, night: Deliveries) -> None:
    """Refused clearly, in the middle of the work: gone on with by itself when the archive has
    time, and nothing is made twice."""
    snapshot, archive = stand.another(), stand.open(attempts=1)
    night.add(snapshot)
    for turn in (0, 1, 2):
        rule = {"kind": "busy503", "match": stand.writing, "skip": turn, "times": 1}
        with stand.fault(**rule, retry_after=0):
            row = night.turn(archive, snapshot)
        assert row["code"] != "KANSKJE_ARKIVERT"
    row = night.run(archive, snapshot, PATIENCE if stand.readable else 1.0)
    assert done(stand, row), (row["state"], row["code"], row["place"])
    stand.holds(archive, snapshot)
    never_two(stand, snapshot)


# -- what the port says --------------------------------------------------------------------------


def test_nothing_that_cannot_be_repeated_is_sent_unwatched(stand: Arkivstand) -> None:
    """A snapshot nobody watches goes only to an archive that says it may be sent again; and there
    it may, also when the search shows nothing."""
    archive, before = stand.open(), stand.everything()
    snapshot = replace(stand.another(), once=Uttak.__dataclass_fields__["once"].default)
    if not isinstance(archive, Repeatable):
        with pytest.raises(LocalFault, match="ARKIVERING_UTEN_VAKT"):
            archive.deposit(snapshot, None)
        assert stand.everything() == before
        return
    assert archive.repeatable
    with stand.behind(3600.0):
        for _ in range(3):
            stand.ended(archive, snapshot, archive.deposit(snapshot, None))
    stand.holds(archive, snapshot)
    never_two(stand, snapshot)


def test_the_same_deposit_in_an_archive_that_shows_nothing(stand: Arkivstand) -> None:
    """Found nothing, sent, found nothing, again and again: once, whatever it answers."""
    memory, archive = Memory(), stand.open()
    snapshot = replace(stand.another(), once=memory.once)
    with stand.behind(3600.0):
        for _ in range(4):
            found = archive.find(snapshot)
            try:
                stand.ended(archive, snapshot, archive.deposit(snapshot, found))
            except UnknownOutcome as error:
                assert error.code == "KANSKJE_ARKIVERT"
        never_two(stand, snapshot)
    stand.holds(archive, snapshot)


@pytest.mark.parametrize("stand", WITH_SANDBOX, indirect=True)
def test_a_clear_refusal_is_forgotten(stand: Arkivstand) -> None:
    """Busy until patience ends: nothing was made, so it may be sent again by itself."""
    memory, archive = Memory(), stand.open(attempts=1)
    snapshot = replace(stand.another(), once=memory.once)
    with (
        stand.fault(kind="busy503", match=stand.writing, times=0, retry_after=0),
        pytest.raises(Transient),
    ):
        archive.deposit(snapshot, None)
    assert memory.sent == set()
    stand.ended(archive, snapshot, archive.deposit(snapshot, None))
    stand.holds(stand.open(), snapshot)


# -- an archive that does the work and says that it is busy ------------------------------------


@pytest.mark.parametrize(
    ("status", "handled", "times"),
    [("busy503", True, 0), ("busy429", True, 1), ("busy503", False, 2)],
    ids=["done", "done-once", "undone"],
)
def test_busy_is_looked_for_before_anything_is_sent_again(
    stand: Arkivstand, night: Deliveries, status: str, handled: bool, times: int
) -> None:
    """A proxy answers for a system behind it that did the work, at every write. Sent again at once,
    each would be made as often as we try; looked for, it is made once, and nobody is asked."""
    snapshot = stand.another()
    night.ro = 0.0
    night.add(snapshot)
    rule = {"kind": status, "match": stand.writing, "times": times, "retry_after": 0}
    with stand.fault(**rule, handled=handled):
        night.run(stand.open(attempts=5), snapshot, 2.0 if stand.readable else 0.5)
    never_two(stand, snapshot)
    row = night.run(stand.open(), snapshot, PATIENCE if stand.readable else 0.5)
    never_two(stand, snapshot)
    assert done(stand, row), (row["state"], row["code"])
    stand.holds(stand.open(), snapshot)
