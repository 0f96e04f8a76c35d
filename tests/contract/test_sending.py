"""What of a delivery was sent: remembered in its row, on both databases, by whoever holds it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.clock import SystemClock
from gateway.effects import claim
from gateway.effects.archiving import sending
from gateway.effects.archiving.sending import Sending, Unseen
from gateway.effects.archiving.verk import stamp
from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)
from gateway.ledger import archive_tables as a
from gateway.ledger.chain import Fact, append
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare

ROOT = Path(__file__).parents[2]
CLOCK = SystemClock()


class Books:
    """Deliveries in a ledger that several processes open."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address, self.folder = address, folder
        self.opened: list[Database] = []
        prepare(self.database(), KeyRing({"k1": b"1" * 32}))
        self.held = claim.take(self.opened[0], "natt", 0, "min")

    def database(self) -> Database:
        """Another opening of it."""
        self.opened.append(Database(self.address, self.folder))
        return self.opened[-1]

    def add(self, snapshot: str, logg: str, archive: str = "arkivet") -> dict[str, Any]:
        """A delivery; its row."""
        row = {
            "snapshot_id": snapshot, "archive": archive, "tenant": "899100107", "logg": logg,
            "state": "sendes", "next_try": "", "deadline": "", "attempts": 0,
        }  # fmt: skip
        with self.opened[0].begin() as connection:
            connection.execute(a.delivery.insert().values(row))
        return self.row(snapshot)

    def row(self, snapshot: str) -> dict[str, Any]:
        """A delivery as it stands."""
        with self.opened[0].look() as connection:
            found = connection.execute(
                sa.select(a.delivery).where(a.delivery.c.snapshot_id == snapshot)
            ).first()
            assert found is not None
            return dict(found._mapping)

    def sending(self, row: dict[str, Any]) -> Sending:
        """The memory of a delivery, as another process has it."""
        verk: Any = SimpleNamespace(database=self.database(), now=lambda: stamp(CLOCK.now()))
        return Sending(verk, row, self.held)

    def sent(self, snapshot: str) -> set[str]:
        """What a delivery is remembered to have sent."""
        return set(sending.sent_of(self.row(snapshot)))


@pytest.fixture(params=["sqlite", "postgresql"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    """A ledger on each database."""
    address = request.getfixturevalue("postgres") if request.param == "postgresql" else ""
    made = Books(address, tmp_path)
    yield made
    for database in made.opened:
        database.close()


def send(books: Books, row: dict[str, Any], what: str, answer: Exception | None = None) -> None:
    """One write, and what came of it."""
    with books.sending(row).once(what):
        if answer is not None:
            raise answer


def test_what_was_sent_is_not_sent_again(books: Books) -> None:
    """Answered or lost, by this process or another; other pieces and other snapshots may go."""
    row, other = books.add("uttak-1", "logg-1"), books.add("uttak-2", "logg-2")
    send(books, row, "journalpost")
    with pytest.raises(UnknownOutcome):
        send(books, row, "dokument/1", UnknownOutcome("UVISST_UTFALL"))
    with pytest.raises(RemoteFault):
        send(books, row, "dokument/2", RemoteFault("UGYLDIG_SVAR"))
    for what in ("journalpost", "dokument/1", "dokument/2"):
        with pytest.raises(Unseen) as caught:
            send(books, row, what)
        assert (caught.value.code, caught.value.place) == ("KANSKJE_ARKIVERT", f"uttak-1:{what}")
        assert caught.value.since <= stamp(CLOCK.now())
        send(books, other, what)
    assert books.sent("uttak-1") == {"journalpost", "dokument/1", "dokument/2"}


@pytest.mark.parametrize("kind", [Rejected, Transient, Conflict, LocalFault])
def test_a_clear_no_is_forgotten(books: Books, kind: type[GatewayError]) -> None:
    """Nothing was made, so it may be sent again; what was sent before it stands."""
    row = books.add("uttak-1", "logg-1")
    send(books, row, "journalpost")
    no = kind("AVVIST")
    if isinstance(no, Transient):
        no.undone = True
    with pytest.raises(kind):
        send(books, row, "dokument/1", no)
    assert books.sent("uttak-1") == {"journalpost"}
    send(books, row, "dokument/1")


def test_busy_without_a_sign_of_what_became_of_it_is_looked_for(books: Books) -> None:
    """A proxy may say it of a system that did the work: it is never sent again unseen."""
    row = books.add("uttak-1", "logg-1")
    with pytest.raises(UnknownOutcome, match="OPPTATT"):
        send(books, row, "journalpost", Transient("OPPTATT"))
    assert books.sent("uttak-1") == set()


def test_a_folder_is_the_log_s(books: Books) -> None:
    """What one snapshot sent no other sends, in that archive; a person who has looked opens for
    all of them, and for nothing else."""
    first, second = books.add("uttak-1", "logg-1"), books.add("uttak-2", "logg-1")
    elsewhere = books.add("uttak-3", "logg-1", archive="et annet")
    send(books, first, "mappe")
    send(books, first, "journalpost")
    send(books, elsewhere, "mappe")
    with pytest.raises(Unseen) as caught:
        send(books, second, "mappe")
    assert caught.value.place == "logg-1:mappe"
    send(books, second, "journalpost")
    with books.opened[0].begin() as connection:
        sending.said_not_there(connection, {**second, "place": "logg-1:mappe"})
    assert (books.sent("uttak-1"), books.sent("uttak-2")) == ({"journalpost"}, {"journalpost"})
    assert books.sent("uttak-3") == {"mappe"}
    with books.opened[0].begin() as connection:
        sending.said_not_there(connection, {**second, "place": "uttak-2:journalpost"})
    assert (books.sent("uttak-1"), books.sent("uttak-2")) == ({"journalpost"}, set())
    send(books, second, "mappe")


def test_only_who_holds_the_delivery_sends(books: Books) -> None:
    """A lane that slept is told to stop before anything leaves."""
    row = books.add("uttak-1", "logg-1")
    claim.take(books.opened[0], "natt", 0, "en annens")
    with pytest.raises(claim.Fenced):
        send(books, row, "mappe")
    assert books.sent("uttak-1") == set()


def test_of_those_that_send_a_folder_at_once_one_goes(books: Books) -> None:
    """Six snapshots of one log, six processes, again and again."""
    rows = [books.add(f"uttak-{number}", "logg-1") for number in range(6)]
    doors = [books.sending(row) for row in rows]
    gate, went, other = threading.Barrier(len(rows)), [], []

    def race(number: int) -> None:
        for turn in range(5):
            gate.wait(60)
            try:
                with doors[number].once(f"mappe/{turn}"):
                    went.append(turn)
            except Unseen:
                pass
            except BaseException as error:
                other.append(error)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(len(rows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert other == []
    assert sorted(went) == list(range(5))


KILLED = """
import os, sys
from pathlib import Path
from types import SimpleNamespace
from gateway.clock import SystemClock
from gateway.effects.archiving.sending import Sending
from gateway.effects.archiving.verk import stamp
from gateway.effects.claim import Claim
from gateway.ledger.database import Database
row = {"snapshot_id": "uttak-1", "archive": "arkivet", "tenant": "899100107", "logg": "logg-1"}
verk = SimpleNamespace(
    database=Database(sys.argv[1], Path(sys.argv[2])), now=lambda: stamp(SystemClock().now())
)
with Sending(verk, row, Claim("natt", 0, "min")).once("mappe"):
    os._exit(137)  # the write would have gone here
"""


def test_killed_before_the_write_it_is_not_sent_until_somebody_says_so(books: Books) -> None:
    """Whoever goes on cannot tell whether it went."""
    row = books.add("uttak-1", "logg-1")
    words = [sys.executable, "-c", KILLED, books.address, str(books.folder)]
    assert subprocess.run(words, cwd=ROOT, env={**os.environ}).returncode == 137
    with pytest.raises(Unseen):
        send(books, row, "mappe")


def receipts(books: Books, *took: dict[str, Any], archive: str = "arkivet") -> None:
    """Receipts of an archive, each with how long it was until it was seen."""
    with books.opened[0].begin() as connection:
        append(
            connection, stamp(CLOCK.now()),
            [Fact("arkivkvittering", body={"arkiv": archive, **one}) for one in took],
        )  # fmt: skip


IN_TIME, LATE = {"vistEtter": 0.2}, {"vistEtter": 90.0}


@pytest.mark.parametrize(
    ("took", "known"),
    [
        ([IN_TIME] * 3, True),
        ([IN_TIME] * 2, False),
        ([LATE] * 9, False),
        ([{}] * 9, False),
        ([IN_TIME] * 9 + [LATE], True),
        ([IN_TIME] * 9 + [{**LATE, "ikkeVistFoer": True}], False),
    ],
    ids=["three", "too few", "late", "of before", "a stop between", "it has lagged"],
)  # fmt: skip
def test_only_an_archive_that_has_shown_what_it_takes_is_sent_to_again(
    books: Books, took: list[dict[str, Any]], known: bool
) -> None:
    """By its own receipts; once, and not of what another archive has shown."""
    receipts(books, *[IN_TIME] * 9, archive="et annet")
    receipts(books, *took)
    row = books.add("uttak-1", "logg-1")
    send(books, row, "mappe")
    with pytest.raises(Unseen) as caught:
        send(books, row, "mappe")
    prepared: Any = SimpleNamespace(database=books.opened[0], now=lambda: stamp(CLOCK.now()))
    mine = Sending(prepared, row, books.held)
    assert mine.again(caught.value, 60.0) is known
    if known:
        send(books, row, "mappe")
        with pytest.raises(Unseen) as caught:
            send(books, row, "mappe")
        assert not mine.again(caught.value, 60.0)
