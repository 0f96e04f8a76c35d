"""What only Fiks IO can do wrong: a broker that holds, counts, breaks and gives up."""

import dataclasses
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.fiks.meldinger import AVSENDER, EGEN, MELDING, SVAR_TIL, TYPE
from connectors.fiks_io.kanal import FiksIo
from connectors.fiks_io.operasjoner import OPERATIONS, REFUSE, SEND
from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
)
from gateway.ports.connector import Provenance
from gateway.ports.kanal import Innkommet, Motpart, Transportstand
from tests.contract.channels.stand import NOBODY, ORGNR, A, B, by_id, stand_of
from tests.contract.conftest import CANARY

PREFIX = "no.kommune.stafettlogg."


@pytest.fixture(scope="module")
def platform(amqp: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The practice platform over a real broker."""
    made = stand_of("fiks_io")(tmp_path_factory.mktemp("fiks_io"), lambda: amqp)
    yield made
    made.close()


@pytest.fixture
def stand(platform: Any) -> Iterator[Any]:
    """The platform with empty queues."""
    platform.calm()
    platform.app.switch({})
    platform.drain(A)
    platform.drain(B)
    platform.seen.clear()
    yield platform
    platform.shut()


def eventually(seen: Callable[[], Any], seconds: float = 15.0) -> Any:
    """What `seen` gives when it gives something."""
    until = time.monotonic() + seconds
    while not (found := seen()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def left(stand: Any, who: str) -> int:
    """How many messages are in an organisation's queue when nobody holds any."""
    stand.shut()
    time.sleep(0.3)
    return int(stand.app.konti[who].megler.waiting())


def break_lines(stand: Any, who: str) -> int:
    """Close every connection an integration has to the broker, from the broker's side."""
    admin = stand.app.konti[who].megler._admin
    user = stand.app.konti[who].ring.ids["integrasjon_id"]

    def mine() -> list[str]:
        return [c["name"] for c in admin.get("connections").json() if c.get("user") == user]

    names = eventually(mine)
    for name in names:
        admin.delete(f"connections/{name}")
    return len(names)


def test_the_protocol_is_a_proposal_until_it_is_registered(stand: Any) -> None:
    """What the platform documents is documented, what is ours is assumed; and not called."""
    known = {operation.name: operation.provenance for operation in OPERATIONS}
    assert {name for name, how in known.items() if how is Provenance.ASSUMED} == {SEND, REFUSE}
    kanal = stand.open(A, base_url="https://api.fiks.test.ks.no", attempts=1, deadline=0.2)
    with pytest.raises(GatewayError):
        kanal.send(stand.forsendelse())
    assert not any(CANARY.encode() in request.body for request in stand.seen)


def test_the_package_is_the_body_as_it_is(stand: Any) -> None:
    """Not wrapped again, and the sender's names are in the headers."""
    sent = stand.forsendelse()
    a, b = stand.open(A), stand.open(B)
    a.send(sent)
    [request] = [r for r in stand.seen if r.path == "/fiks-io/api/v1/send"]
    assert b"\r\n\r\n" + sent.pakke + b"\r\n" in request.body
    for text in (sent.melding_id, sent.samtale_id, f"{PREFIX}tilbud.v1", '"ttl":172800000'):
        assert text.encode() in request.body
    assert stand.fetch(b, 1)[0].avsender == stand.app.konti[A].konto_id


def test_the_catalogue_finds_the_receiver_by_organisation(stand: Any) -> None:
    """Asked once in ten minutes; nobody there and nobody open are two things."""
    a = stand.open(A)
    there = Motpart(ORGNR[B])
    for _ in range(2):
        a.send(dataclasses.replace(stand.forsendelse(), mottaker=there))
    asked = [r for r in stand.seen if r.path.endswith("/lookup")]
    assert [dict(r.query) for r in asked] == [
        {
            "identifikator": f"ORG_NO.{ORGNR[B]}",
            "meldingProtokoll": f"{PREFIX}v1",
            "sikkerhetsniva": "4",
        }
    ]
    assert len(stand.fetch(stand.open(B), 2)) == 2
    with pytest.raises(Rejected, match="UKJENT_MOTTAKER"):
        a.send(dataclasses.replace(stand.forsendelse(), mottaker=Motpart(NOBODY)))
    with pytest.raises(Rejected, match="UKJENT_MOTTAKER"):
        a.send(dataclasses.replace(stand.forsendelse(), mottaker=Motpart("", {"konto_id": "x"})))
    stand.app.konti[B].open = False
    try:
        other = stand.open(A)
        for closed in (there, stand.motpart(B)):
            with pytest.raises(Transient, match="MOTTAKER_STENGT"):
                other.send(dataclasses.replace(stand.forsendelse(), mottaker=closed))
    finally:
        stand.app.konti[B].open = True


def test_the_published_key_can_be_fetched(stand: Any) -> None:
    """PEM, for whoever seals the package."""
    a = stand.open(A)
    assert isinstance(a, FiksIo)
    pem = a.offentlig_noekkel(stand.motpart(B))
    assert pem == (stand.app.konti[B].ring.folder / "konto.cer").read_bytes()
    with pytest.raises(Rejected, match="UKJENT_MOTTAKER"):
        a.offentlig_noekkel(Motpart(NOBODY))


def test_a_large_package_goes_by_the_document_store(stand: Any) -> None:
    """Above the platform's limit the same bytes come out, with the same three headers asked for."""
    pakke = bytes(range(256)) * 24_000
    assert len(pakke) > 5 * 1024 * 1024
    sent = stand.forsendelse(pakke=pakke)
    before = stand.app.counts["dokumentlager"]
    stand.open(A).send(sent)
    assert stand.app.counts["dokumentlager"] == before + 1
    assert by_id(stand.fetch(stand.open(B), 1)) == {sent.melding_id: pakke}


@pytest.mark.parametrize("kind", ["busy503", "html200", "reset", "unauthorized"])
def test_content_that_does_not_come_now_comes_later(stand: Any, kind: str) -> None:
    """The document store is down: what is behind comes, the message stays, and nothing is taken
    for an empty package."""
    a, b = stand.open(A), stand.open(B)
    stand.app.switch({"dokumentlager": 200})
    large, small = stand.forsendelse(pakke=b"x" * 300), stand.forsendelse(pakke=b"liten")
    a.send(large)
    a.send(small)
    stand.servers[B].faults([{"kind": kind, "match": "/dokumentlager/", "times": 0}])
    [found] = stand.fetch(b, 1)
    assert by_id([found]) == {small.melding_id: small.pakke}
    assert [one.ref for one in b.hent(1)] == [found.ref]
    b.kvitter(found.ref)
    with pytest.raises((Transient, LocalFault, RemoteFault)):
        b.hent(5)
    stand.calm()
    assert by_id(stand.fetch(b, 1)) == {large.melding_id: large.pakke}


def test_content_that_is_gone_comes_as_nothing(stand: Any) -> None:
    """The store has forgotten it: no package, which can be refused like any other."""
    stand.app.switch({"dokumentlager": 200, "taper_dokument": 1})
    lost = stand.forsendelse(pakke=b"x" * 300)
    stand.open(A).send(lost)
    b = stand.open(B)
    [found] = stand.fetch(b, 1)
    assert (found.pakke, found.melding_id) == (b"", lost.melding_id)
    b.avvis(found.ref, "KAN_IKKE_AAPNES")
    assert b.hent(5) == []


def test_a_broken_line_gives_everything_back_once(stand: Any) -> None:
    """The broker closes the line under held messages: they come again, and what was stored and
    acknowledged meanwhile does not."""
    a, b = stand.open(A), stand.open(B)
    sent = [stand.forsendelse() for _ in range(4)]
    for one in sent:
        a.send(one)
    found = stand.fetch(b, 4)
    assert break_lines(stand, B) == 1
    # Acknowledged while the line is down, or just after: by name, whichever it is.
    b.kvitter(found[0].ref)
    again = eventually(lambda: len(found := b.hent(50)) == 3 and found)
    assert by_id(again) == {one.melding_id: one.pakke for one in sent[1:]}
    for one in again:
        b.kvitter(one.ref)
    assert b.hent(50) == []
    assert left(stand, B) == 0


def test_three_receivers_that_die_and_the_sender_is_told(stand: Any) -> None:
    """Never acknowledged in three deliveries: the platform gives up, with its own words."""
    a = stand.open(A)
    sent = stand.forsendelse()
    transport = a.send(sent)
    for _ in range(3):
        b = stand.open(B)
        assert by_id(stand.fetch(b, 1)) == {sent.melding_id: sent.pakke}
        b.close()
    [told] = stand.fetch(a, 1)
    assert (told.svarer, told.feil) == (sent.melding_id, "KANAL_SERVERFEIL")
    assert stand.open(B).hent(5) == []
    stand.shut()
    # A sender that was started anew knows the message by the platform's name of it.
    a = stand.open(A)
    [told] = stand.fetch(a, 1)
    assert told.svarer == transport


def test_a_receipt_with_the_senders_own_headers(stand: Any) -> None:
    """Where the platform repeats them, they are not taken for a new message of ours."""
    stand.app.switch({"tidsavbrudd": 1, "ekko": -1})
    a = stand.open(A)
    sent = stand.forsendelse()
    transport = a.send(sent)
    [told] = stand.fetch(a, 1)
    assert (told.svarer, told.feil) == (sent.melding_id, "KANAL_TIDSAVBRUDD")
    assert told.svarer != transport and not told.melding_id
    a.kvitter(told.ref)
    assert a.hent(5) == []


def test_a_message_the_platform_doubles_is_held_once(stand: Any) -> None:
    """One name, two deliveries: one is handed out, and both are acknowledged in the end."""
    stand.app.switch({"dobbelt": 1})
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    b = stand.open(B)
    [found] = stand.fetch(b, 1)
    b.kvitter(found.ref)
    assert b.hent(5) == []
    assert left(stand, B) == 0


def test_a_refusal_is_never_answered_with_a_refusal(stand: Any) -> None:
    """Nor is the platform's own word: both are only acknowledged."""
    a = stand.open(A)
    stand.app.put(A, _headers(stand, "feilet", {EGEN + "feilkode": "KAN_IKKE_AAPNES"}), b"")
    stand.app.put(A, {**_headers(stand, "x", {}), TYPE: "no.ks.fiks.kvittering.tidsavbrudd"}, b"")
    found = stand.fetch(a, 2)
    assert [one.feil for one in found] == ["KAN_IKKE_AAPNES", "KANAL_TIDSAVBRUDD"]
    before = stand.app.counts["sendt"]
    for one in found:
        a.avvis(one.ref, "KAN_IKKE_AAPNES")
    assert stand.app.counts["sendt"] == before
    assert a.hent(5) == []


@pytest.mark.parametrize(
    "code", ["", "Kari Nordmann", "FEIL_12345678901", "<script>", "A" * 90, "feil"]
)
def test_a_code_from_elsewhere_is_a_code_or_ours(stand: Any, code: str) -> None:
    """What another gateway calls a code goes into tables and texts only when it can be one."""
    a = stand.open(A)
    stand.app.put(A, _headers(stand, "feilet", {EGEN + "feilkode": code}), b"")
    [told] = stand.fetch(a, 1)
    assert told.feil == "KANAL_AVVIST"


def test_a_name_that_is_no_name_is_not_repeated(stand: Any) -> None:
    """A message id of somebody's making becomes one of ours; the same each time."""
    b = stand.open(B)
    wild = {**_headers(stand, "tilbud", {}), MELDING: "01817312345 Kari"}
    stand.app.put(B, wild, b"x")
    [found] = stand.fetch(b, 1)
    assert str(uuid.UUID(found.ref)) == found.ref and "Kari" not in repr(found)
    stand.shut()
    b = stand.open(B)
    assert [one.ref for one in stand.fetch(b, 1)] == [found.ref]
    b.kvitter(found.ref)
    assert b.hent(5) == []


def test_what_went_back_to_the_queue_cannot_be_refused_unseen(stand: Any) -> None:
    """A refusal needs the message at hand: fetch it again, then refuse."""
    stand.open(A).send(stand.forsendelse())
    first = stand.open(B)
    [found] = stand.fetch(first, 1)
    first.close()
    b = stand.open(B)
    with pytest.raises(Conflict, match="BORTE"):
        b.avvis(found.ref, "KAN_IKKE_AAPNES")
    [again] = stand.fetch(b, 1)
    b.avvis(again.ref, "KAN_IKKE_AAPNES")
    assert b.hent(5) == []


def test_a_refusal_that_gets_no_answer_is_still_the_end_of_it(stand: Any) -> None:
    """The word to the sender is about transport: lost or not, the message is done with."""
    a, b = stand.open(A), stand.open(B)
    a.send(stand.forsendelse())
    [found] = stand.fetch(b, 1)
    stand.fault("send", "cut_after")
    b.avvis(found.ref, "KAN_IKKE_AAPNES")
    stand.calm()
    assert b.hent(5) == []
    [told] = stand.fetch(a, 1)
    assert told.feil == "KAN_IKKE_AAPNES"


def test_a_refusal_that_is_not_taken_leaves_the_message(stand: Any) -> None:
    """Busy: nothing was said, so nothing is acknowledged."""
    stand.open(A).send(stand.forsendelse())
    b = stand.open(B)
    [found] = stand.fetch(b, 1)
    stand.fault("send", "busy503", times=0)
    with pytest.raises(Transient):
        b.avvis(found.ref, "KAN_IKKE_AAPNES")
    stand.calm()
    assert [one.ref for one in stand.fetch(b, 1)] == [found.ref]


def test_two_processes_never_hold_the_same_message(stand: Any) -> None:
    """A broker that knows exclusive consumers tells the second one to wait; one that does not
    deals the messages out. Either way each is held by one, and all of them are seen."""
    first, second = stand.open(B), stand.open(B)
    a = stand.open(A)
    sent = [stand.forsendelse() for _ in range(6)]
    for one in sent:
        a.send(one)
    held = stand.fetch(first, 1)
    try:
        other = list(second.hent(50))
    except Transient as fault:
        assert fault.code == "KONTO_I_BRUK"
        other = []
    assert not {one.ref for one in held} & {one.ref for one in other}
    for one in held:
        first.kvitter(one.ref)
    first.close()
    for one in other:
        second.kvitter(one.ref)
    rest = stand.fetch(second, 6 - len(held) - len(other)) if len(held) + len(other) < 6 else []
    assert by_id([*held, *other, *rest]) == {one.melding_id: one.pakke for one in sent}


def test_a_held_message_keeps_the_account(stand: Any) -> None:
    """Nobody has asked for a while, but something is held: to let it go would count against it."""
    b = stand.open(B)
    mottak = b._kasse._mottak
    mottak._idle = 0.2
    stand.open(A).send(stand.forsendelse())
    [found] = stand.fetch(b, 1)
    time.sleep(1.0)
    assert mottak.alive and stand.app.konti[B].megler.waiting() == 0
    b.kvitter(found.ref)
    eventually(lambda: not mottak.alive)
    assert b.hent(5) == []
    assert left(stand, B) == 0


def test_more_than_is_held_at_once_comes_in_turn(stand: Any) -> None:
    """Ten are held; the rest come as these are acknowledged, in their order."""
    a, b = stand.open(A), stand.open(B)
    sent = [stand.forsendelse() for _ in range(25)]
    for one in sent:
        a.send(one)
    got: list[Innkommet] = []
    while len(got) < 25:
        found = stand.fetch(b, 1)
        assert len(found) <= 10
        for one in found:
            b.kvitter(one.ref)
        got += found
    assert [one.melding_id for one in got] == [one.melding_id for one in sent]


def test_a_wrong_password_says_so(stand: Any) -> None:
    """The broker and the platform both let nobody in, and say it without the word."""
    b = stand.open(B, client_secret="feil")
    with pytest.raises(LocalFault) as caught:
        b.hent(5)
    assert caught.value.code in {"AMQP_INNLOGGING", "IKKE_INNLOGGET"}
    with pytest.raises(LocalFault, match="IKKE_INNLOGGET"):
        b.send(stand.forsendelse(A))


def test_nothing_is_known_of_how_far(stand: Any) -> None:
    """The platform says accepted, and then nothing: so does the channel."""
    a = stand.open(A)
    transport = a.send(stand.forsendelse())
    assert a.stand(transport) is Transportstand.UKJENT


def test_a_word_that_cannot_be_a_type_is_not_sent(stand: Any) -> None:
    """Nor is the word of a refusal, which `avvis` alone says."""
    a = stand.open(A)
    for word in ("", "Tilbud", "a.b", "feilet", "x" * 60):
        with pytest.raises(LocalFault, match="UGYLDIG_MELDING"):
            a.send(dataclasses.replace(stand.forsendelse(), meldingstype=word))


def test_acknowledging_from_many_threads_while_messages_come(stand: Any) -> None:
    """The library's channel belongs to one thread; ours may be used from all."""
    a, b = stand.open(A), stand.open(B)
    sent = [stand.forsendelse() for _ in range(30)]
    sender = threading.Thread(target=lambda: [a.send(one) for one in sent])
    sender.start()
    got: dict[str, bytes] = {}
    until = time.monotonic() + 60
    while len(got) < 30 and time.monotonic() < until:
        found = b.hent(10)
        threads = [threading.Thread(target=b.kvitter, args=(one.ref,)) for one in found]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        got |= by_id(found)
    sender.join()
    assert got == {one.melding_id: one.pakke for one in sent}
    assert left(stand, B) == 0


def _headers(stand: Any, word: str, own: dict[str, str]) -> dict[str, str]:
    """Headers as another gateway's message would have them."""
    return {
        AVSENDER: stand.app.konti[B].konto_id,
        MELDING: str(uuid.uuid4()),
        TYPE: f"{PREFIX}{word}.v1",
        SVAR_TIL: str(uuid.uuid4()),
        **own,
    }
