"""A family moves over each of the platforms, and none of them decides who is responsible.

The same hand-overs over Fiks IO, SvarUt and eFormidling, with lines that break, platforms that
give up, lose and double, and answers that never come. STAFETT_FULL=1 moves 30 logs over each.
"""

import os
import time
from collections import Counter
from dataclasses import replace

import pytest

from gateway.effects.transferring import avgi, motta, oversikt, rader
from gateway.effects.transferring.underveis import AGAIN
from gateway.effects.transferring.utboks import send_due
from gateway.errors import GatewayError
from gateway.ledger import transfer_tables as x
from gateway.overfoering.bevis import compare
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import AVBRUTT, Side, Tilstand
from gateway.ports.kanal import Transportstand
from schemas.overfoering.koder import Avvisningsgrunn
from tests.story.conftest import CONEXUS, generated
from tests.story.kanalene import NAVN, TELLS, A, B, open_platform
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import HOLDER, Flytting

FULL = os.environ.get("STAFETT_FULL") == "1"
COUNT = 30 if FULL else 4
BAD = 60 if FULL else 20
"""Rounds in which everything goes wrong; after them time passes, for the pauses have grown."""


@pytest.fixture(scope="module", params=NAVN)
def plattform(request, tmp_path_factory):
    """A platform; its keys are slow to make, so it is started once."""
    made = open_platform(
        request.param,
        tmp_path_factory.mktemp(request.param),
        lambda: request.getfixturevalue("amqp"),
    )
    yield made
    made.close()


@pytest.fixture
def flytting(plattform, tmp_path):
    """Makes a move over the platform; its boxes are empty before it."""
    made = []

    def make(stock=None):
        stand = plattform.stand
        plattform.calm()
        stand.shut()
        for who in (A, B):
            stand.drain(who)
        stock = [case(CONEXUS, "leksene")] if stock is None else stock
        made.append(Flytting(tmp_path / str(len(made)), stock, kanaler=stand))
        return made[-1]

    yield make
    plattform.calm()
    for one in made:
        one.close()


def begin(f, logg):
    """A hand-over that is on its way; empty when this log may not go."""
    unit = next(v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet)
    f.a.ansatte = [replace(one, virksomhet=unit.orgnr or one.virksomhet) for one in f.a.ansatte]
    try:
        rad = avgi.start(f.a.verk, logg.id, f.grunnlag(logg), f.leder)
        f.a.archive()
        sent = avgi.send(f.a.verk, rad, f.leder)
    except GatewayError:
        return ""
    return rad.id if sent.tilstand is Tilstand.SENDT else ""


def begun(f, count=1):
    """So many hand-overs on their way, with their logs."""
    found = {}
    for logg in f.a.look_over():
        if len(found) == count:
            break
        if own := begin(f, logg):
            found[own] = logg
    assert len(found) == count
    return found


def proofs_agree(f, own):
    """Both books tell the same."""
    ours = oversikt.proof(f.a.verk, f.a.row(own))
    theirs = oversikt.proof(f.m.verk, f.m.row(own, Side.MOTTAKER))
    assert compare(ours, theirs).kode == ""


def destroyed(f, own):
    """Nothing of the package is left at either side."""
    for house, side in ((f.a, Side.AVGIVER), (f.m, Side.MOTTAKER)):
        row = rader.load(house.verk, side, own)
        if row is None:
            continue
        assert row.tilstand in AVBRUTT
        assert (row.verdi["noekkel"], row.verdi["nyttelast"]) == ("", "")
        with house.database.look() as connection:
            kept = connection.execute(
                x.melding.select().where(
                    x.melding.c.overfoering_id == own,
                    x.melding.c.type == "pakke",
                    x.melding.c.pakke != "",
                )
            ).all()
        assert kept == []


def out(f, own, kind):
    """A message of the sender's, as its outbox has it."""
    with f.a.database.look() as connection:
        return connection.execute(
            x.melding.select().where(
                x.melding.c.overfoering_id == own,
                x.melding.c.retning == "ut",
                x.melding.c.type == kind,
            )
        ).one()


def messages(f):
    """How many messages both sides have said."""
    total = 0
    for house in (f.a, f.m):
        with house.database.look() as connection:
            rows = connection.execute(x.melding.select().where(x.melding.c.retning == "ut")).all()
        total += len(rows)
    return total


def waiting(f):
    """How many messages the other side has not said that it has."""
    total = 0
    for house in (f.a, f.m):
        with house.database.look() as connection:
            total += len(
                connection.execute(
                    x.melding.select().where(
                        x.melding.c.retning == "ut",
                        x.melding.c.tilstand.in_(("venter", "sendt")),
                    )
                ).all()
            )
    return total


# -- the whole way, with everything that can go wrong -------------------------------------------
def test_every_family_arrives_whatever_the_platform_does(flytting, plattform):
    """Lines break, the platform gives up, loses and doubles: each hand-over ends well at both or
    safely; a log is active at one place, once; both books are the same; and the two that were
    stopped left nothing behind."""
    f = flytting(generated(CONEXUS, 5, COUNT * 3))
    before = plattform.given()
    plattform.trouble(20261127)
    going = begun(f, COUNT)
    stopped, refused, *_ = going
    struck = 0
    for turn in range(400):
        if turn < BAD:
            plattform.mischief(turn)
        elif turn == BAD:
            struck = plattform.stand.struck()
            plattform.calm()
        f.rounds(1)
        for own in going:
            row = rader.load(f.m.verk, Side.MOTTAKER, own)
            if row is None or row.tilstand is not Tilstand.MOTTATT:
                continue
            if own == stopped and f.a.row(own).tilstand is Tilstand.MOTTATT:
                avgi.withdraw(f.a.verk, f.a.row(own), f.leder)
            elif own == refused:
                reason = next(iter(Avvisningsgrunn))
                motta.reject(f.m.verk, row, reason, Aktoer(HOLDER, "stafettholder"))
            elif own not in (stopped, refused):
                f.accept(own)
        if turn >= BAD and all(_ended(f, own) for own in going):
            break
    print(f"\n{plattform.navn}: {turn + 1} rounds, {messages(f)} messages,"
          f" {plattform.given() - before} given, {struck} faults,"
          f" {Counter(f.states(own) for own in going)}")  # fmt: skip
    assert struck > BAD // 4
    for _ in range(60):
        # A word that was said twice because an answer was late is in the proof as well.
        if not waiting(f):
            break
        f.rounds(1)
        f.klokke.turn(hours=1)
    assert waiting(f) == 0
    assert len(f.m.logs()) == COUNT - 2
    for own, logg in going.items():
        there, here = f.m.log(logg.id), f.a.log(logg.id)
        if own in (stopped, refused):
            assert there is None and here.status.value == "AKTIV"
            destroyed(f, own)
            continue
        assert f.states(own) == ("FULLFOERT", "FULLFOERT")
        assert (there.status.value, here.status.value) == ("AKTIV", "PASSIV")
        proofs_agree(f, own)


def _ended(f, own):
    a, m = f.states(own)
    ends = {"FULLFOERT"} | {one.value for one in AVBRUTT}
    return a in ends and m in ends and not f.a.row(own).verdi["etterarbeid"]


# -- the platform's words -----------------------------------------------------------------------
def test_delivered_is_not_received(flytting, plattform):
    """The receiver's system has fetched it, the platform says so, and it was lost there: the
    sender stays SENDT, and says it again, once a day where the platform says it came."""
    f = flytting()
    f.a.rules(frister=f.a.kommune.overfoering.frister.model_copy(update={"mottak_timer": 72}))
    [own] = begun(f)
    before = plattform.given()
    f.a.round()
    kanal = f.m.kanaler[plattform.navn]
    plattform.swallow(kanal, 2)
    stand = f.a.kanaler[plattform.navn].stand(out(f, own, "pakke").transport_id)
    if plattform.navn in TELLS:
        assert stand is Transportstand.LEVERT
        for _ in range(23):
            f.a.round()
            f.klokke.turn(hours=1)
        assert plattform.given() - before == 2
    assert f.states(own) == ("SENDT", "INGEN")
    f.klokke.turn(hours=2)
    f.a.round()
    assert out(f, own, "pakke").forsoekt == 2
    assert plattform.given() - before == 4  # sent anew, also where a name is taken once
    assert f.states(own) == ("SENDT", "INGEN")
    f.until(lambda: f.states(own) == ("MOTTATT", "MOTTATT"), most=6)


@pytest.mark.parametrize("restarted", [False, True])
def test_one_that_failed_goes_again_at_once(flytting, plattform, restarted):
    """The platform gave it up: told by `hent` or by `stand`, by our name or its own, the message
    goes again when we hear of it, not a day later."""
    f = flytting()
    plattform.once()
    [own] = begun(f)
    f.a.round()
    if restarted:
        f.a.kanaler[plattform.navn].close()
        f.a.kanaler[plattform.navn] = plattform.stand.open(A, attempts=1)
    if plattform.stand.melder_feil:
        until = time.monotonic() + 10
        while out(f, own, "tilbud").tilstand == "sendt" and time.monotonic() < until:
            f.a.round()
        told = out(f, own, "tilbud")
        assert (told.tilstand, told.kode[:6]) == ("venter", "KANAL_")
    f.until(lambda: f.states(own) == ("MOTTATT", "MOTTATT"), most=6)
    assert out(f, own, "tilbud").forsoekt == 2


def test_a_platform_that_never_delivers_is_not_flooded(flytting, plattform):
    """Given up every time: it is tried with growing pauses, and in the end the log stays where
    it is, with its package destroyed and a code that tells a person why."""
    f = flytting()
    f.a.rules(frister=f.a.kommune.overfoering.frister.model_copy(update={"mottak_timer": 24}))
    plattform.never()
    before = plattform.given()
    [own] = begun(f)
    for _ in range(60):
        f.rounds(1)
        f.klokke.turn(minutes=25)
        if f.a.row(own).tilstand in AVBRUTT:
            break
    assert f.states(own)[1] == "INGEN"
    assert plattform.given() - before < 2 * 12
    f.rounds(1)
    destroyed(f, own)
    assert f.a.log(f.a.row(own).verdi["logg"]).status.value == "AKTIV"


def test_under_way_for_days_is_sent_once_a_day(flytting, plattform):
    """Nobody fetches at the receiver: one resend a day at the most where the platform tells."""
    if plattform.navn not in TELLS:
        pytest.skip("Fiks IO says nothing before a message has failed")
    f = flytting()
    f.a.rules(frister=f.a.kommune.overfoering.frister.model_copy(update={"mottak_timer": 96}))
    [own] = begun(f)
    for _ in range(3 * 24):
        f.a.round()
        f.klokke.turn(hours=1)
    assert f.states(own) == ("SENDT", "INGEN")
    assert out(f, own, "pakke").forsoekt <= 1 + 3
    assert out(f, own, "pakke").forsoekt >= 1 + int(60 * 3600 / AGAIN.total_seconds())
    f.until(lambda: f.states(own) == ("MOTTATT", "MOTTATT"), most=6)


def test_a_receipt_that_was_lost_is_sent_again(flytting, plattform):
    """None of the receiver's receipts is delivered, and some had been counted as done: they go
    again by themselves, and the sender, who hears nothing, need not say anything twice."""
    f = flytting()
    [own] = begun(f)
    f.a.round()
    plattform.never()
    f.m.round()
    plattform.calm()
    assert f.states(own) == ("SENDT", "MOTTATT")
    f.klokke.turn(minutes=1)
    send_due(f.m.verk)
    for _ in range(4):
        f.m.round()
        f.klokke.turn(minutes=5)
    f.a.round()
    assert f.states(own) == ("MOTTATT", "MOTTATT")
    assert out(f, own, "pakke").forsoekt == 1


# -- what cannot be opened ----------------------------------------------------------------------
def _alarms(f):
    return [one for one in f.m.timeline("innboks") if one["hendelse"] == "alarm"]


def _refusals(f):
    return [one for one in f.m.timeline("innboks") if one["hendelse"] == "avvist"]


def test_with_a_wrong_key_nothing_is_refused(flytting, plattform):
    """Nothing of all that came can be opened: it is our key. It stays at the platform, a person
    is told once, and with the right key everything is taken."""
    f = flytting(generated(CONEXUS, 5, 6))
    going = begun(f, 2)
    f.a.round()
    right = f.m.verk
    f.m.verk = replace(right, forsegler=f.a.verk.forsegler)
    for _ in range(3):
        assert f.m.round().koder == {"KAN_IKKE_DEKRYPTERES": 1}
    assert len(_alarms(f)) == 1 and _refusals(f) == []
    f.m.verk = right
    f.until(lambda: {f.states(own) for own in going} == {("MOTTATT", "MOTTATT")})
    assert _refusals(f) == []


def test_fetched_in_vain_by_one_process_after_another(flytting, plattform):
    """Each opens the channel, can open nothing, and is closed again: a platform that counts how
    often it has given a message out gives it up, and the sender says it again."""
    f = flytting(generated(CONEXUS, 5, 6))
    going = begun(f, 2)
    f.a.round()
    right = f.m.verk
    f.m.verk = replace(right, forsegler=f.a.verk.forsegler)
    for _ in range(4):
        f.m.round()
        f.m.kanaler[plattform.navn].close()
        f.m.kanaler[plattform.navn] = plattform.stand.open(B, attempts=1)
        plattform.stand.later()
    f.m.verk = right
    if plattform.navn == "fiks_io":
        assert plattform.app.counts["doed.delivery_limit"] >= 4
    f.until(lambda: {f.states(own) for own in going} == {("MOTTATT", "MOTTATT")})
    assert _refusals(f) == []


def test_a_few_that_cannot_be_opened_are_refused(flytting, plattform):
    """Three are somebody's fault, and so are many beside one that can be opened."""
    f = flytting()
    sender = f.a.kanaler[plattform.navn]
    stand = plattform.stand
    for _ in range(3):
        sender.send(stand.forsendelse(B))
    got = f.m.round()
    assert (got.avvist, got.koder) == (3, {})
    [own] = begun(f)
    f.a.round()
    for _ in range(5):
        sender.send(stand.forsendelse(B))
    got = f.m.round()
    assert (got.avvist, got.koder) == (5, {})
    assert len(_refusals(f)) == 8 and _alarms(f) == []
    f.until(lambda: f.states(own) == ("MOTTATT", "MOTTATT"))
