"""A write that cannot be repeated is sent once: the memory of it, on both databases."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.effects.gate import SETTLED_HOME
from gateway.effects.transferring import nedskriving
from gateway.errors import Conflict, LocalFault, UnknownOutcome
from gateway.exit.creations import Creations, child_of
from gateway.ledger import tables as t
from gateway.ledger.chain import verify
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing, text_of
from gateway.ledger.schema import prepare
from gateway.policy.context import Policyramme
from gateway.ports.connector import Order
from schemas.stafettlogg.kodeverk import Identtype, Kildesystem
from schemas.stafettlogg.person import Identifikator, Person
from tests.people import acting

RING = KeyRing({"k1": b"1" * 32})
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
FRAME = Policyramme(now=NOON, kommunenummer="9901", production=False)


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        """The instant."""
        return self.at

    def monotonic(self) -> float:
        """Seconds."""
        return self.at.timestamp()

    def new_id(self) -> str:
        """An id."""
        return "id"


class Ledger:
    """A ledger one can open several times over, as several processes do."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address, self.folder = address, folder
        self.opened: list[Database] = []
        self.clock = Clock()
        self.database()

    def database(self) -> Database:
        """Another opening of it, as every process opens it."""
        self.opened.append(Database(self.address, self.folder))
        prepare(self.opened[-1], RING)
        return self.opened[-1]

    def creations(self, target: str = "samspill", tenant: str = "899100107") -> Creations:
        """The memory, as another process has it."""
        return Creations(self.database(), self.clock, target, tenant)

    def rows(self) -> list[dict[str, Any]]:
        """What is remembered."""
        with self.opened[0].look() as connection:
            return [dict(row._mapping) for row in connection.execute(sa.select(t.creation))]

    def entries(self) -> list[tuple[str, str, str, str]]:
        """(run, log, kind, body) of every entry; the chain holds."""
        with self.opened[0].look() as connection:
            assert verify(connection).broken_at is None
            rows = connection.execute(sa.select(t.entry).order_by(t.entry.c.seq))
            return [(row.run_id, row.logg, row.kind, row.body) for row in rows]


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A prepared ledger on each database."""
    address = request.getfixturevalue("postgres") if request.param == "postgresql" else ""
    made = Ledger(address, tmp_path)
    yield made
    for database in made.opened:
        database.close()


def refused(creations: Creations, child: str, logg: str) -> None:
    """Nothing goes."""
    with pytest.raises(UnknownOutcome) as caught:
        creations.begin(child, logg, "run-2")
    assert (caught.value.code, caught.value.place) == ("KANSKJE_OPPRETTET", logg)


def test_a_creation_is_remembered_before_it_is_sent(ledger: Ledger) -> None:
    """The row and its entry in one commit: what, which run, when; nobody has seen it."""
    creations = ledger.creations()
    assert creations.waiting("logg-a") is None
    creations.begin("barn-1", "logg-a", "run-1")
    (row,) = ledger.rows()
    assert row == {
        "target": "samspill", "tenant": "899100107", "child": "barn-1", "logg": "logg-a",
        "run_id": "run-1", "state": "sendt", "sent_at": "2026-11-21T12:00:00.000+00:00",
        "ref": None, "said_by": None,
    }  # fmt: skip
    assert ledger.entries() == [
        ("run-1", "logg-a", "oppretting", '{"state":"sendt","system":"samspill"}')
    ]
    assert ledger.creations().waiting("logg-a") == NOON


def test_nothing_of_the_child_is_sent_while_it_waits(ledger: Ledger) -> None:
    """The same log and another of the same child wait, in any process and at any later time;
    another child, system and municipality do not. What was refused leaves no trace."""
    ledger.creations().begin("barn-1", "logg-a", "run-1")
    ledger.clock.at += timedelta(days=400)
    for logg in ("logg-a", "logg-b"):
        refused(ledger.creations(), "barn-1", logg)
    assert ledger.creations().blocked("barn-1", "logg-b") == "logg-a"
    assert ledger.creations().blocked("barn-1", "logg-a") == ""
    assert ledger.creations().blocked("barn-2", "logg-b") == ""
    assert len(ledger.entries()) == 1
    ledger.creations().begin("barn-2", "logg-c", "run-1")
    ledger.creations(target="conexus").begin("barn-1", "logg-a", "run-1")
    ledger.creations(tenant="899100115").begin("barn-1", "logg-a", "run-1")
    assert len(ledger.rows()) == 4


def test_a_child_that_gets_its_number_meanwhile_is_the_same_log(ledger: Ledger) -> None:
    """Another pseudonym, the same log: not sent again."""
    ledger.creations().begin("barn-uten-nummer", "logg-a", "run-1")
    refused(ledger.creations(), "barn-med-nummer", "logg-a")


def test_what_is_seen_no_longer_waits(ledger: Ledger) -> None:
    """Seen at its ref: another log of the child may go, and so may this one if it is to be made
    anew later (it was deleted in the target)."""
    creations = ledger.creations()
    creations.seen("logg-a", "plan-0")  # nothing waits: nothing happens
    assert ledger.rows() == []
    creations.begin("barn-1", "logg-a", "run-1")
    creations.seen("logg-a", "plan-1")
    assert creations.waiting("logg-a") is None
    assert [(r["state"], r["ref"]) for r in ledger.rows()] == [("funnet", "plan-1")]
    creations.seen("logg-a", "plan-9")
    assert [r["ref"] for r in ledger.rows()] == ["plan-1"]
    creations.begin("barn-1", "logg-b", "run-2")
    creations.seen("logg-b", "plan-2")
    creations.begin("barn-1", "logg-a", "run-3")
    assert creations.waiting("logg-a") == NOON


def test_a_person_says_that_it_is_not_there(ledger: Ledger) -> None:
    """Then, and only then, may it be sent again; the chain says who said so."""
    creations = ledger.creations()
    creations.begin("barn-1", "logg-a", "run-1")
    creations.said("logg-a", acting("ABC"), None)
    assert creations.waiting("logg-a") is None
    assert [(r["state"], r["said_by"]) for r in ledger.rows()] == [("frigitt", "ABC")]
    assert ledger.entries()[-1][1:] == (
        "logg-a", "oppretting", '{"by":"ABC","ref":"","state":"frigitt","system":"samspill"}'
    )  # fmt: skip
    creations.begin("barn-1", "logg-a", "run-2")
    refused(ledger.creations(), "barn-1", "logg-a")


def test_a_person_says_where_it_stands(ledger: Ledger) -> None:
    """Nothing is sent beside it; who was wrong may be put right until it has been seen there."""
    creations = ledger.creations()
    creations.begin("barn-1", "logg-a", "run-1")
    creations.said("logg-a", acting("ABC"), "plan-7")
    assert creations.pointed_at("logg-a") == "plan-7"
    assert creations.waiting("logg-a") is None
    refused(creations, "barn-1", "logg-a")
    refused(creations, "barn-1", "logg-b")
    creations.said("logg-a", acting("DEF"), None)
    assert creations.pointed_at("logg-a") == ""
    creations.begin("barn-1", "logg-a", "run-2")
    creations.said("logg-a", acting("DEF"), "plan-8")
    creations.seen("logg-a", "plan-8")
    assert creations.pointed_at("logg-a") == ""
    assert [(r["state"], r["ref"]) for r in ledger.rows()] == [("funnet", "plan-8")]


def test_nobody_can_say_anything_of_what_does_not_wait(ledger: Ledger) -> None:
    """Never sent, seen, or said already."""
    creations = ledger.creations()
    for begun in (False, True):
        if begun:
            creations.begin("barn-1", "logg-a", "run-1")
            creations.seen("logg-a", "plan-1")
        for ref in (None, "plan-2"):
            with pytest.raises(LocalFault, match="INGEN_OPPRETTING_VENTER"):
                creations.said("logg-a", acting("ABC"), ref)


def test_of_those_that_begin_at_once_exactly_one_goes(ledger: Ledger) -> None:
    """Eight processes, two logs, one child, again and again: one form each time."""
    rounds, each = 6, 8
    doors = [ledger.creations() for _ in range(each)]
    gate = threading.Barrier(each)
    went: list[tuple[int, str]] = []
    other: list[BaseException] = []

    def race(number: int) -> None:
        for turn in range(rounds):
            gate.wait(60)
            logg = f"logg-{turn}-{number % 2}"
            try:
                doors[number].begin(f"barn-{turn}", logg, f"run-{number}")
                went.append((turn, logg))
            except UnknownOutcome:
                pass
            except BaseException as error:
                other.append(error)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(each)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert other == []
    assert sorted(turn for turn, _ in went) == list(range(rounds))
    assert sorted((int(r["child"][5:]), r["logg"]) for r in ledger.rows()) == sorted(went)
    assert len(ledger.entries()) == rounds


KILLED = """
import os, sys
from gateway.clock import SystemClock
from gateway.exit.creations import Creations
from gateway.ledger.database import Database
from gateway.ledger.keys import parse
from gateway.ledger.schema import prepare
from pathlib import Path
database = Database(sys.argv[1], Path(sys.argv[2]))
prepare(database, parse(sys.argv[3]))
memory = Creations(database, SystemClock(), "samspill", "899100107")
memory.begin("barn-1", "logg-a", "run-1")
os._exit(137)  # the form would have gone here
"""


def test_killed_before_the_form_nothing_is_sent_until_somebody_says_so(ledger: Ledger) -> None:
    """Whoever comes after cannot tell whether the form went, so it does not go."""
    words = [sys.executable, "-c", KILLED, ledger.address, str(ledger.folder), text_of(RING)]
    assert subprocess.run(words, cwd=ROOT, env={**os.environ}).returncode == 137
    for _ in range(3):
        refused(ledger.creations(), "barn-1", "logg-a")
    assert ledger.creations().waiting("logg-a") is not None
    ledger.creations().said("logg-a", acting("ABC"), None)
    ledger.creations().begin("barn-1", "logg-a", "run-2")


def test_a_child_is_its_number_and_else_its_id(logg: Any) -> None:
    """A keyed pseudonym: the same whichever order and whatever other numbers it has, never the
    number, and never longer than its column."""
    own = Identifikator(type=Identtype.SYNTETISK, verdi="41814061033")
    duf = Identifikator(type=Identtype.DUF, verdi="201012345678")
    dnr = Identifikator(type=Identtype.DNR, verdi="52814061044")

    def child(*numbers: Identifikator) -> str:
        first = logg()
        barn = Person(id="barn", kildesystem=Kildesystem.CONEXUS, identifikatorer=numbers)
        others = tuple(p for p in first.personer if p.id != "barn")
        return child_of(RING, first.model_copy(update={"personer": (barn, *others)}))

    assert child(own) == child(duf, own) == RING.pseudonym("41814061033")
    assert child(own, dnr) == child(dnr, own) == child(dnr)
    assert child() == child(duf) == RING.pseudonym("barn")
    assert len(child(own)) <= 40
    assert child_of(KeyRing({"k2": b"2" * 32}), logg()) != child_of(RING, logg())


class Source:
    """The receiver's own system in a hand-over: takes the form, and shows nothing."""

    def __init__(self) -> None:
        self.forms = 0
        self.stands: set[str] = set()

    def find(self, _key: str, _body: bytes) -> tuple[Any, ...]:
        """A search that lags."""
        return ()

    def document(self, ref: str) -> object:
        """A read by id does not."""
        if ref not in self.stands:
            raise Conflict("BORTE", place=ref)
        return object()

    def put(self, order: Order) -> Any:
        """As a connector does: asked right before the form, which cannot be repeated."""
        order.once()
        self.forms += 1
        raise UnknownOutcome("KANSKJE_OPPRETTET", place=order.key)


def test_a_hand_over_s_import_is_under_the_same_law(ledger: Ledger, logg: Any) -> None:
    """One form for one child, whatever hand-over and however often; and none while another log of
    the child waits, for what shows then may be the other's."""
    source, made = Source(), logg()
    wire = SimpleNamespace(wire=b"{}", remarks=())
    mapping = SimpleNamespace(encode=lambda _made, _tenant: wire, dump=lambda body: body)
    creations = ledger.creations()
    arkiv = SimpleNamespace(
        mapping=mapping, source=source, database=creations.database, clock=ledger.clock,
        system="samspill", ring=RING,
    )  # fmt: skip
    verk: Any = SimpleNamespace(arkiv=arkiv, tenant="899100107")

    def write(row: str, one: Any) -> None:
        rad: Any = SimpleNamespace(id=row, forsoek=1)
        with pytest.raises(UnknownOutcome):
            nedskriving.write(verk, rad, one, None, nedskriving.Ny(one, FRAME, SETTLED_HOME))

    for row in ("overfoering-1", "overfoering-1", "overfoering-2"):
        write(row, made)
    assert source.forms == 1
    assert [row["run_id"] for row in ledger.rows()] == ["overfoering-1"]
    write("overfoering-3", made.model_copy(update={"id": "logg-2"}))
    assert source.forms == 1
    creations.said(made.id, acting("ABC"), "plan-1")
    source.stands.add("plan-1")
    write("overfoering-1", made)
    assert source.forms == 1
    creations.said(made.id, acting("ABC"), None)
    write("overfoering-1", made)
    assert source.forms == 2


def test_what_was_seen_and_is_gone_may_be_made_anew(ledger: Ledger) -> None:
    """Deleted in the target since: the ref says so, and a search need not."""
    source: Any = Source()
    creations = ledger.creations()
    creations.begin_unless_there(source, "barn-1", "logg-a", "run-1")
    creations.seen("logg-a", "plan-1")
    source.stands.add("plan-1")
    with pytest.raises(UnknownOutcome, match="STAAR_DER_FRA_FOER"):
        creations.begin_unless_there(source, "barn-1", "logg-a", "run-2")
    source.stands.clear()
    creations.begin_unless_there(source, "barn-1", "logg-a", "run-2")
    assert creations.waiting("logg-a") == NOON


def test_what_was_said_not_to_be_there_can_be_found_until_it_is_sent(ledger: Ledger) -> None:
    """Who was wrong may say so; once another has been sent there is nothing to take back."""
    memory = ledger.creations()
    memory.begin("barn", "logg-1", "run-1")
    memory.said("logg-1", acting("IT"), None)
    memory.said("logg-1", acting("IT"), "plan-1")
    assert memory.pointed_at("logg-1") == "plan-1"
    with pytest.raises(UnknownOutcome):
        memory.begin("barn", "logg-1", "run-2")
    memory.said("logg-1", acting("IT"), None)
    memory.begin("barn", "logg-1", "run-3")
    assert memory.waiting("logg-1") is not None
