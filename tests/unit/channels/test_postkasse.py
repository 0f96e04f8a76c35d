"""The mailbox between the broker's thread and everybody else's: what holds without any broker."""

import threading
import time
import uuid
from types import SimpleNamespace

import pytest

from connectors.fiks.meldinger import Mottatt
from connectors.fiks.oppsett import Fiksoppsett
from connectors.fiks.postkasse import REMEMBERED, WAIT, Postkasse
from connectors.fiks.sandbox.noekkelring import client_options


class Mottaket:
    """The consumer's side, with a connection to break by hand."""

    def __init__(self):
        self.epoch, self.alive, self.since = 1, True, time.monotonic() - WAIT
        self.settled = []

    def start(self):
        return None

    def stop(self):
        self.alive = False

    def settle(self, levering, *, accept):
        self.settled.append((levering, accept))
        return levering[0] == self.epoch


@pytest.fixture
def kasse(tmp_path):
    """A mailbox whose consumer is turned by hand."""
    folder = tmp_path / "klient"
    folder.mkdir()
    ids = {n: str(uuid.uuid4()) for n in ("integrasjon_id", "konto_id", "mottaker_konto_id")}
    (folder / "oppsett.json").write_text(str(ids).replace("'", '"'))
    options = client_options(tmp_path, "amqp://127.0.0.1:5672")
    made = Postkasse(Fiksoppsett.model_validate(options), lambda: "")
    made._mottak = Mottaket()
    return made


def message(number, tag, epoch=1):
    """A message as it came over a connection."""
    return Mottatt(f"m{number}", "t", "a", levering=(epoch, tag))


def test_what_is_held_is_given_until_it_is_settled(kasse):
    """In its order, as many as asked for, and acknowledged once."""
    for number in range(3):
        assert kasse._take(message(number, number)) is None
    assert [m.melding_id for m in kasse.waiting(2)] == ["m0", "m1"]
    assert [m.melding_id for m in kasse.waiting(9)] == ["m0", "m1", "m2"]
    kasse.settle("m1")
    kasse.settle("m1")
    assert kasse._mottak.settled == [((1, 1), True)]
    assert [m.melding_id for m in kasse.waiting(9)] == ["m0", "m2"]
    assert kasse.held("m1") is None and kasse.held("m0").melding_id == "m0"
    assert kasse._holds()


def test_a_new_connection_gives_everything_anew(kasse):
    """What was held over the old one is the broker's; what was settled is acknowledged at once."""
    for number in range(3):
        kasse._take(message(number, number))
    kasse.settle("m0")
    kasse._mottak.epoch = 2
    assert kasse.waiting(9) == [] and not kasse._holds()
    assert kasse._take(message(0, 1, epoch=2)) is True
    assert kasse._take(message(1, 2, epoch=2)) is None
    assert [m.levering for m in kasse.waiting(9)] == [(2, 2)]


def test_a_twin_on_the_same_connection_is_acknowledged(kasse):
    """Or it would be held where nobody could settle it."""
    assert kasse._take(message(1, 1)) is None
    assert kasse._take(message(1, 2)) is True
    assert [m.levering for m in kasse.waiting(9)] == [(1, 1)]


def test_settled_before_it_came(kasse):
    """A gateway that stored it and was started anew says so before it has fetched."""
    kasse.settle("m7")
    assert kasse._take(message(7, 1)) is True
    assert kasse.waiting(9) == []


def test_memory_has_an_end(kasse):
    """What is remembered of settled messages does not grow with their number."""
    for number in range(REMEMBERED + 50):
        kasse.settle(f"x{number}")
    assert len(kasse._done) == REMEMBERED


def test_a_message_wakes_the_one_who_waits(kasse):
    """No longer than it takes to come; and an empty queue is told after the first wait only."""
    kasse._mottak.since = time.monotonic() + 20
    got = []
    waiter = threading.Thread(target=lambda: got.extend(kasse.waiting(5)))
    waiter.start()
    kasse._take(message(1, 1))
    waiter.join(5)
    assert [m.melding_id for m in got] == ["m1"]
    kasse.settle("m1")
    kasse._mottak.since = time.monotonic() - WAIT
    kasse._changed.wait = lambda timeout: pytest.fail("waited for an empty queue")
    assert kasse.waiting(5) == []


def test_a_consumer_that_stopped_is_not_waited_for(kasse):
    """Nothing more will come: what is here is given."""
    kasse._mottak = SimpleNamespace(
        **{**vars(kasse._mottak), "alive": False, "since": time.monotonic() + 20},
        start=lambda: None,
    )
    assert kasse.waiting(5) == []


def test_only_what_can_be_an_id_names_a_message(kasse):
    """A name with a person in it is replaced, by the same one each time."""
    wild = Mottatt("01817312345 Kari", "t", "a", levering=(1, 1))
    kasse._take(wild)
    [first] = kasse.waiting(5)
    assert str(uuid.UUID(first.melding_id)) == first.melding_id
    kasse._mottak.epoch = 2
    kasse._take(Mottatt("01817312345 Kari", "t", "a", levering=(2, 1)))
    assert [m.melding_id for m in kasse.waiting(5)] == [first.melding_id]
