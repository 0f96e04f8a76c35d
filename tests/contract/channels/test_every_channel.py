"""The laws of the channel port, for every channel there is: found by folder, never by name.

What only one channel can do wrong is tested beside it; here stands what the protocol builds on.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.errors import GatewayError, LocalFault, Rejected, Transient, UnknownOutcome
from gateway.ports.connector import Provenance
from gateway.ports.kanal import Kanal, Motpart, Transportstand
from tests.contract.channels.stand import (
    CHANNELS,
    HERE,
    NOBODY,
    ORGNR,
    STANDS,
    A,
    B,
    Kanalstand,
    as_json,
    texts,
)
from tests.contract.conftest import NUMBER, SENTENCE, everything_said

ROOT = Path(__file__).parents[3]
LOST = ["cut_after", "reset", "server500", "short_body"]
HANDLED = {"reset", "server500"}
FULL = os.environ.get("STAFETT_FULL") == "1"
EVERY_FAULT = [
    "busy429", "busy503", "unauthorized", "forbidden", "server500", "reset", "cut_before",
    "cut_after", "short_body", "cut_json", "html200", "wrong_encoding", "gzip_bomb",
]  # fmt: skip
BYTES = bytes(range(256)) * 3


def test_every_channel_folder_is_in_the_suite() -> None:
    """A folder with `open_kanal` has a stand here, and there are some."""
    assert len(CHANNELS) >= 3
    assert sorted(set(CHANNELS) - set(STANDS)) == []


def test_every_operation_says_how_it_is_known(stand: Kanalstand) -> None:
    """A name once, a provenance, and a source or the reason."""
    names = [operation.name for operation in stand.operations]
    assert names and len(set(names)) == len(names)
    assert all(isinstance(o.provenance, Provenance) and o.source for o in stand.operations)


def test_a_channel_says_what_it_is(stand: Kanalstand, a: Kanal) -> None:
    """Product, contract and environment; these can be received by; and a limit."""
    facts = a.facts()
    assert facts.product and facts.contract and facts.environment
    assert facts.tosidig
    assert facts.maks_pakke > 1024 * 1024


@pytest.mark.parametrize("size", [1, len(BYTES), 400_000])
def test_the_same_bytes_come_out(stand: Kanalstand, a: Kanal, b: Kanal, size: int) -> None:
    """Every byte value, in small and large; with what the protocol knows it by, and no content
    in what is shown of it."""
    given = (BYTES * (size // len(BYTES) + 1))[:size]
    sent = stand.forsendelse(pakke=given)
    assert a.send(sent)
    [found] = stand.fetch(b, 1)
    assert found.pakke == given
    named = (sent.melding_id, "tilbud") if stand.navngir else ("", "")
    assert (found.melding_id, found.meldingstype) == named
    assert found.ref and not found.svarer and not found.feil
    assert found.avsender not in repr(found) or not found.avsender
    assert ORGNR[B] not in repr(sent)
    b.kvitter(found.ref)
    assert b.hent(50) == []


def test_both_can_send(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """A to B and B to A, and neither sees its own."""
    there, back = stand.forsendelse(B), stand.forsendelse(A)
    a.send(there)
    b.send(back)
    assert stand.by_id(stand.fetch(b, 1)) == {there.melding_id: there.pakke}
    assert stand.by_id(stand.fetch(a, 1)) == {back.melding_id: back.pakke}


def test_sending_again_is_harmless(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """Before and after it has been taken, from another process' channel too: at the most one more
    of the same, with the same name and the same bytes."""
    sent = stand.forsendelse()
    assert a.send(sent)
    assert a.send(sent)
    found = stand.fetch(b, 1)
    assert len(found) <= 2
    assert stand.by_id(found) == {sent.melding_id: sent.pakke}
    for one in found:
        b.kvitter(one.ref)
    again = stand.open(A)
    assert again.send(sent)
    for one in b.hent(50):
        assert (stand.ident(one), one.pakke) == (sent.melding_id, sent.pakke)


def test_a_copy_after_one_that_was_taken_arrives(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """Taken, and the word back was lost: the next copy comes through, also where a platform takes
    a name once; asked for twice it is one more at the most."""
    sent = stand.forsendelse()
    first = a.send(sent)
    for one in stand.fetch(b, 1):
        b.kvitter(one.ref)
    anew = replace(sent, forrige=first)
    assert a.send(anew)
    again = stand.open(A)
    assert again.send(anew)
    found = stand.fetch(b, 1)
    assert 1 <= len(found) <= 2
    for one in found:
        assert (stand.ident(one), one.pakke) == (sent.melding_id, sent.pakke)
        b.kvitter(one.ref)


def test_a_package_stays_until_it_is_acknowledged(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """Asked for twice, and from a channel opened anew, it is there; acknowledged, it is not."""
    sent = stand.forsendelse()
    a.send(sent)
    first, second = stand.fetch(b, 1), stand.fetch(b, 1)
    assert stand.by_id(first) == stand.by_id(second) == {sent.melding_id: sent.pakke}
    assert [one.ref for one in first] == [one.ref for one in second]
    stand.shut()
    b = stand.open(B)
    [found] = stand.fetch(b, 1)
    assert (stand.ident(found), found.pakke) == (sent.melding_id, sent.pakke)
    b.kvitter(found.ref)
    assert b.hent(50) == []
    stand.shut()
    assert stand.open(B).hent(50) == []


def test_a_killed_receiver_loses_nothing(stand: Kanalstand, a: Kanal) -> None:
    """A process that held the packages and died had not stored them: they come again."""
    sent = [stand.forsendelse() for _ in range(3)]
    for one in sent:
        a.send(one)
    process = subprocess.Popen(
        [sys.executable, str(HERE / "mottaker.py"), stand.navn, "3"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert process.stdin and process.stdout
    process.stdin.write(as_json(stand.impatient(B)))
    process.stdin.close()
    assert process.stdout.readline() == "3\n"
    process.kill()
    process.wait()
    process.stdout.close()
    stand.later()
    b = stand.open(B)
    assert stand.by_id(stand.fetch(b, 3)) == {one.melding_id: one.pakke for one in sent}


def test_acknowledging_twice_is_harmless(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """Again, and from a new channel: no error, and nothing else gone."""
    first, second = stand.forsendelse(), stand.forsendelse()
    a.send(first)
    [found] = stand.fetch(b, 1)
    b.kvitter(found.ref)
    b.kvitter(found.ref)
    a.send(second)
    stand.open(B).kvitter(found.ref)
    assert stand.by_id(stand.fetch(b, 1)) == {second.melding_id: second.pakke}


def test_a_refused_package_is_gone_for_good(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """It does not come again, what is behind it does, and the sender hears where it can."""
    bad, good = stand.forsendelse(), stand.forsendelse()
    transport = a.send(bad)
    a.send(good)
    found = stand.fetch(b, 2)
    b.avvis(found[0].ref, "KAN_IKKE_AAPNES")
    assert stand.by_id(stand.fetch(b, 1)) == {good.melding_id: good.pakke}
    b.kvitter(found[1].ref)
    stand.shut()
    assert stand.open(B).hent(50) == []
    if stand.melder_avvis:
        [told] = stand.fetch(stand.open(A), 1)
        assert told.svarer in {bad.melding_id, transport}
        assert (told.feil, told.pakke) == ("KAN_IKKE_AAPNES", b"")


def test_the_oldest_comes_first(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """In the order they were sent, and no more than was asked for."""
    sent = [stand.forsendelse() for _ in range(5)]
    for one in sent:
        a.send(one)
    assert [stand.ident(one) for one in stand.fetch(b, 5)] == [one.melding_id for one in sent]
    two = b.hent(2)
    assert [stand.ident(one) for one in two] == [one.melding_id for one in sent[:2]]
    for one in two:
        b.kvitter(one.ref)
    assert [stand.ident(one) for one in stand.fetch(b, 3)] == [one.melding_id for one in sent[2:]]


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_is_an_unknown_outcome(
    stand: Kanalstand, a: Kanal, b: Kanal, kind: str
) -> None:
    """Taken, but nobody heard: unknown, never success and never "again" by itself; the same
    message again is one message to the receiver."""
    sent = stand.forsendelse()
    stand.fault("send", kind, **({"handled": True} if kind in HANDLED else {}))
    with pytest.raises(UnknownOutcome):
        a.send(sent)
    assert stand.struck() == 1
    stand.calm()
    assert stand.deliver(a, sent)
    assert stand.by_id(stand.fetch(b, 1)) == {sent.melding_id: sent.pakke}


@pytest.mark.parametrize("kind", ["busy429", "busy503"])
def test_busy_is_asked_again_later(stand: Kanalstand, a: Kanal, b: Kanal, kind: str) -> None:
    """Not sent, and when it may be tried again."""
    sent = stand.forsendelse()
    stand.fault("send", kind, times=0, retry_after=1)
    with pytest.raises(Transient) as caught:
        a.send(sent)
    assert caught.value.retry_after == 1
    stand.calm()
    assert b.hent(50) == []
    assert a.send(sent)
    assert stand.by_id(stand.fetch(b, 1)) == {sent.melding_id: sent.pakke}


def test_refused_at_the_door_is_our_fault(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """401 stops the run: nothing is sent, and nothing waits for a person at the receiver."""
    for what, kanal in (("send", a), ("hent", b)):
        if what not in stand.wired:
            continue
        stand.fault(what, "unauthorized", times=0)
        with pytest.raises(LocalFault, match="IKKE_INNLOGGET"):
            kanal.send(stand.forsendelse()) if what == "send" else kanal.hent(5)
        stand.calm()


def test_too_large_is_said_before_anything_is_sent(stand: Kanalstand, b: Kanal) -> None:
    """By the channel's own limit, which facts tells."""
    a = stand.open(A, options=stand.limit(2048))
    assert a.facts().maks_pakke == 2048
    stand.seen.clear()
    with pytest.raises(Rejected, match="FOR_STOR"):
        a.send(stand.forsendelse(pakke=b"x" * 2049))
    assert [r for r in stand.seen if r.method in {"POST", "PUT"} and "token" not in r.path] == []
    assert a.send(stand.forsendelse(pakke=b"x" * 2048))


def test_nobody_there_is_said_of_the_message(stand: Kanalstand, a: Kanal) -> None:
    """A counterpart the platform does not know is a person's task, and the next message goes."""
    with pytest.raises(Rejected, match="UKJENT_MOTTAKER"):
        a.send(replace(stand.forsendelse(), mottaker=stand.nobody()))
    assert a.send(stand.forsendelse())


def test_what_was_not_delivered_comes_back(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """By name and with a public code, until it is acknowledged; or `stand` tells. With nobody
    between, there is nothing to tell: what was answered is stored at the other end."""
    if not stand.mellomledd:
        sent = stand.forsendelse()
        assert a.stand(a.send(sent)) is Transportstand.UKJENT
        assert stand.by_id(b.hent(5)) == {sent.melding_id: sent.pakke}
        assert a.hent(5) == []
        return
    stand.undeliverable()
    lost, good = stand.forsendelse(), stand.forsendelse()
    transport = a.send(lost)
    other = a.send(good)
    assert stand.by_id(stand.fetch(b, 1)) == {good.melding_id: good.pakke}
    if not stand.melder_feil:
        assert a.stand(transport) is Transportstand.FEILET
        assert a.stand(other) is not Transportstand.FEILET
        return
    for _ in range(2):
        [told] = stand.fetch(a, 1)
        assert told.svarer in {lost.melding_id, transport}
        assert told.feil.isupper() and told.pakke == b"" and not told.melding_id
    a.kvitter(told.ref)
    assert a.hent(50) == []


def test_rubbish_harms_nothing(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """What no gateway sent never raises, never hides what is behind it, and can be refused."""
    assert stand.rubbish() >= 3
    sent = stand.forsendelse()
    a.send(sent)
    seen: dict[str, bytes] = {}
    for _ in range(40):
        for one in b.hent(50):
            assert isinstance(one.pakke, bytes) and one.ref
            seen[stand.ident(one)] = one.pakke
            if stand.ident(one) == sent.melding_id:
                b.kvitter(one.ref)
            else:
                b.avvis(one.ref, "KAN_IKKE_AAPNES")
        if sent.melding_id in seen:
            break
    assert seen[sent.melding_id] == sent.pakke
    assert b.hent(50) == []


def test_delivered_is_only_a_word_about_transport(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """Before, after and for an id nobody gave; never LEVERT before somebody has fetched it."""
    sent = stand.forsendelse()
    transport = a.send(sent)
    assert a.stand(transport) in {Transportstand.UKJENT, Transportstand.UNDERVEIS}
    [found] = stand.fetch(b, 1)
    b.kvitter(found.ref)
    assert a.stand(transport) in set(Transportstand) - {Transportstand.FEILET}
    assert a.stand("00000000-0000-4000-8000-000000000001") is Transportstand.UKJENT


@pytest.mark.parametrize("kind", EVERY_FAULT if FULL else EVERY_FAULT[::4])
def test_only_our_errors_and_nothing_of_anybody_in_them(
    stand: Kanalstand, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the line does to a call: one of six kinds, without number, name or content."""
    a, b = stand.open(A, max_body=4 * 1024 * 1024), stand.open(B, max_body=4 * 1024 * 1024)
    first = stand.forsendelse()
    stand.deliver(a, first)
    numbers = (*ORGNR.values(), NOBODY, NUMBER, SENTENCE)
    handled = {"handled": True} if kind in HANDLED else {}
    for what in sorted(stand.wired):
        found = stand.fetch(b, 1) if what == "kvitter" else []
        stand.fault(what, kind, times=0, **handled)
        try:
            if what == "send":
                a.send(stand.forsendelse())
            elif what == "hent":
                b.hent(5)
            else:
                b.kvitter(found[0].ref)
        except GatewayError as error:
            said = everything_said(error)
            assert not any(number in said for number in numbers), what
        stand.calm()
        stand.later()
    for _ in range(3):
        for one in b.hent(50):
            b.kvitter(one.ref)
    assert b.hent(50) == []


def test_nothing_of_anybody_is_in_an_address_or_in_the_clear(
    stand: Kanalstand, a: Kanal, b: Kanal
) -> None:
    """No person's number, name or sentence anywhere; an organisation's number only in the
    addresses the platform documents so."""
    for to, kanal in ((B, a), (A, b)):
        kanal.send(stand.forsendelse(to))
    with pytest.raises(Rejected):
        a.send(replace(stand.forsendelse(), mottaker=stand.nobody()))
    for kanal in (a, b):
        kanal.facts()
        for one in stand.fetch(kanal, 1):
            kanal.kvitter(one.ref)
    shown = list(texts(stand))
    assert shown and not any(NUMBER in text or SENTENCE in text for text in shown)
    numbers = (*ORGNR.values(), NOBODY)
    for request in stand.seen:
        where = " ".join((request.path, *request.query.values()))
        if any(number in where for number in numbers):
            assert stand.orgnr_i_adresse.search(f"{request.method} {request.path}"), request.path


def test_many_threads_share_a_channel(stand: Kanalstand, a: Kanal, b: Kanal) -> None:
    """Sending, fetching and acknowledging at once: each message once or more, none lost."""
    sent = [stand.forsendelse() for _ in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: stand.deliver(a, one), sent))
    got: dict[str, bytes] = {}
    for _ in range(60):
        found = b.hent(4)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda one: b.kvitter(one.ref), found))
        got |= stand.by_id(found)
        if len(got) == len(sent):
            break
    assert got == {one.melding_id: one.pakke for one in sent}


def test_a_counterpart_is_never_shown() -> None:
    """The counterpart of a protected family is itself the secret: `repr` hides it."""
    shown = repr(Motpart(ORGNR[B], {"konto_id": "x"}))
    assert ORGNR[B] not in shown and "konto_id" not in shown
