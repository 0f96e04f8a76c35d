"""A known counterpart that is broken or means harm, and a world that is down at a bad moment.

Each test plants what such a counterpart could send, or what a person could wish for, and asks
that the others go on, that nobody is without a responsible, and that nothing is told.
"""

import json
import uuid
from dataclasses import replace
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from connectors.forsegling.forsegler import open_forsegler
from connectors.forsegling.oevingsnoekler import make as make_keys
from gateway.effects.transferring import avgi, motta, oversikt, rader, soesken
from gateway.effects.transferring.post import INNHOLD, MELDING
from gateway.errors import Conflict, GatewayError, Rejected
from gateway.ledger import tables as t
from gateway.ledger import transfer_tables as x
from gateway.overfoering.grunnlag import Aktoer, Enhet
from gateway.overfoering.tilstand import Side, Tilstand
from gateway.ports.forsegling import Pakkefil
from gateway.ports.kanal import Forsendelse, Motpart
from schemas.overfoering.koder import Maaltype
from tests.story.conftest import CONEXUS
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import ANNEN, HOLDER, LEDER, Flytting, Ledning, unit_of

LATER = "2031-01-01T00:00:00+00:00"


@pytest.fixture
def flytting(tmp_path):
    """Makes a move over a wire of the test's own."""
    made = []

    def make(name="leksene", **kinds):
        made.append(
            Flytting(tmp_path / str(len(made)), [case(CONEXUS, name)], wire=Ledning(), **kinds)
        )
        f = made[-1]
        (f.logg,) = f.a.look_over()
        return f

    yield make
    for one in made:
        one.close()


def refused(work, code):
    """The wish is refused with this code."""
    with pytest.raises(Rejected) as told:
        work()
    assert told.value.code == code


def say(f, kind, content, *, own="", nr=1, forsoek=1, sett=0, fra=None, til=None, laast=None):
    """A message as a counterpart could write it, sealed by it, in our box."""
    fra, til = fra or f.a, til or f.m
    own = own or str(uuid.uuid4())
    side = "avgiver" if kind in ("tilbud", "pakke", "akseptbekreftelse", "tilbaketrekking") else ""
    told = {
        "hode": {
            "protokoll": "stafettlogg-overfoering", "versjon": "1.0",
            "meldingId": str(uuid.uuid4()), "overfoeringId": own, "forsoek": forsoek,
            "type": kind, "side": side or "mottaker", "fra": fra.orgnr, "til": til.orgnr,
            "sendt": fra.verk.stamp(), "nr": nr, "forrige": "0" * 64, "sett": sett,
        },
        "innhold": content,
    }  # fmt: skip
    files = [Pakkefil(MELDING, "application/json", json.dumps(told).encode())]
    if laast is not None:
        files.append(Pakkefil(INNHOLD, "application/octet-stream", laast))
    sealed = fra.verk.forsegler.pakk(files, til.orgnr)
    f.wire.deliver(Forsendelse(str(uuid.uuid4()), own, kind, Motpart(til.orgnr), sealed))
    return own


def offer(f, **changes):
    """What an offer says."""
    told = {
        "maaltype": "annenKommune", "begrunnelse": "flytting", "virksomhet": unit_of(f.m.orgnr),
        "rettet": "leder", "antallOppmerksomheter": 1, "frist": LATER,
        "grunnlag": {"arkivert": True}, "innholdSha256": "a" * 64, "innholdStoerrelse": 10,
    }  # fmt: skip
    return told | changes


def received(f, **changes):
    """A hand-over that has come to the receiver."""
    own = f.start(f.logg, **changes)
    f.send(own)
    f.rounds(2)
    assert f.states(own)[1] in ("MOTTATT", "TILDELT")
    return own


# -- one message never stops the others ----
@pytest.mark.parametrize(
    "when",
    ["2031-02-31T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
     "2031-01-01T99:00:00Z"],
)  # fmt: skip
def test_a_date_that_is_none_stops_nobody(flytting, when):
    """A moment that cannot be is refused as a message, and what came after it is taken."""
    f = flytting()
    say(f, "tilbud", offer(f, frist=when))
    own = f.start(f.logg)
    f.send(own)
    done = [f.m.round(), f.a.round(), f.m.round()]
    assert f.states(own)[1] == "MOTTATT"
    assert sum(one.avvist for one in done) == 1
    assert f.wire.boxes[f.m.orgnr] == {}


def test_a_surprise_in_one_message_stops_no_round(flytting, monkeypatch):
    """A fault nobody foresaw is that message's; it stays where it is, and the round goes on."""
    from gateway.effects.transferring import innboks

    f = flytting()
    bad = say(f, "tilbud", offer(f))
    real = innboks._step

    def broken(verk, read):
        if read.hode.overfoering_id == bad:
            raise ZeroDivisionError
        return real(verk, read)

    monkeypatch.setattr(innboks, "_step", broken)
    own = f.start(f.logg)
    f.send(own)
    f.a.round()
    f.m.round()
    assert f.states(own)[1] == "MOTTATT"
    assert len(f.wire.boxes[f.m.orgnr]) == 1


def test_a_row_that_cannot_be_opened_stops_no_other(flytting):
    """One row's guarded part is spoilt: the round goes on with the others."""
    f = flytting()
    own = received(f)
    bad = say(f, "tilbud", offer(f))
    f.m.round()
    with f.m.database.begin() as connection:
        connection.execute(
            x.overfoering.update().where(x.overfoering.c.overfoering_id == bad).values(lukket=b"x")
        )
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))


def test_offers_that_were_taken_back_unsent_do_not_fill_the_outbox(flytting):
    """What may not go any more is done with; it never stands in the way of what may."""
    from gateway.effects.transferring import utboks

    f = flytting()
    own = received(f)
    f.wire.hold = {"*"}
    for _ in range(utboks._TAKE + 5):
        _pending_offer(f, own)
    f.wire.hold = set()
    f.klokke.turn(hours=2)
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"), most=8)
    with f.a.database.look() as connection:
        waits = connection.execute(
            sa.select(sa.func.count()).where(
                x.melding.c.tilstand == "venter", x.melding.c.type == "tilbud"
            ).select_from(x.melding)
        ).scalar()  # fmt: skip
    assert waits == 0


def _pending_offer(f, own):
    """An offer of a hand-over that was taken back before the channel came up."""
    other = str(uuid.uuid4())
    (kept,) = f.a.arkiv.store.put([b"sealed"])
    with f.a.database.begin() as connection:
        row = dict(connection.execute(
            sa.select(x.overfoering).where(x.overfoering.c.overfoering_id == own)
        ).first()._mapping)  # fmt: skip
        lukket = f.a.row(own).lukket
        row |= {"overfoering_id": other, "tilstand": "TRUKKET", "noekkel": "", "nyttelast": "",
                "lukket": rader.seal(f.a.arkiv.ring, lukket, other, 1, "avgiver")}  # fmt: skip
        connection.execute(x.overfoering.insert(), row)
        connection.execute(x.melding.insert(), {
            "tenant": f.a.orgnr, "side": "avgiver", "retning": "ut",
            "melding_id": str(uuid.uuid4()), "overfoering_id": other, "forsoek": 1,
            "type": "tilbud", "nr": 1, "sha": "0" * 64, "forrige": "0" * 64, "pakke": kept,
            "tilstand": "venter", "forsoekt": 0, "neste": f.a.verk.stamp(), "transport_id": "",
            "sist": "", "kode": "", "tid": f.a.verk.stamp(),
        })  # fmt: skip


def test_a_fault_with_one_message_sends_the_others(flytting, monkeypatch):
    """The outbox goes on when one message meets a fault nobody foresaw."""
    f = flytting()
    own = f.start(f.logg)
    f.send(own)
    real = f.a.kanaler["ledning"].send
    seen = []

    def send(one):
        seen.append(one.meldingstype)
        if one.meldingstype == "tilbud":
            raise ZeroDivisionError
        return real(one)

    monkeypatch.setattr(f.a.kanaler["ledning"], "send", send)
    f.a.round()
    assert seen == ["tilbud", "pakke"]


def test_an_import_that_meets_a_surprise_says_so(flytting, monkeypatch):
    """After the switch nothing hangs without a code that a person can act on."""
    from gateway.effects.transferring import importering

    f = flytting()
    own = received(f)
    f.accept(own)
    with monkeypatch.context() as broken:
        broken.setattr(importering, "take_over", lambda *_: 1 / 0)
        f.rounds(3)
        row = f.m.row(own, Side.MOTTAKER)
        assert (row.tilstand, row.verdi["kode"]) == (Tilstand.AKSEPTERT, "UVENTET_FEIL")
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))


# -- consent ----
def test_another_unit_is_not_the_same_unit(flytting):
    """R-119: whoever says "same unit" of another unit does not get past the signed consent."""
    f = flytting()
    own = {"mottaker": f.a.orgnr, "person": ANNEN, "samtykke": "", "lest_av": "",
           "informert": "2026-11-20T12:00:00+00:00"}  # fmt: skip
    refused(
        lambda: f.start(
            f.logg, maaltype=Maaltype.SAMME_VIRKSOMHET, enhet=Enhet("899100999", "En annen"), **own
        ),
        "MAALTYPE_PASSER_IKKE",
    )


def test_papers_within_one_municipality_would_leave_nobody(flytting):
    """R-010: nobody is named in the log when papers are signed, so this is not done on paper."""
    f = flytting()
    unit = next(v for v in f.logg.virksomheter if v.id == f.logg.ansvarlig_virksomhet)
    f.a.ansatte = [replace(one, virksomhet=unit.orgnr) for one in f.a.ansatte]
    valgt = f.grunnlag(
        f.logg, maaltype=Maaltype.ANNEN_VIRKSOMHET_SAMME_KOMMUNE, mottaker=f.a.orgnr,
        enhet=Enhet("899100999", "En annen"), person=ANNEN,
    )  # fmt: skip
    refused(
        lambda: avgi.start(f.a.verk, f.logg.id, valgt, f.leder, kanal="manuell"),
        "MAALTYPE_PASSER_IKKE",
    )


def test_what_the_offer_cannot_say_is_refused_at_the_start(flytting):
    """A unit, a person or a group the protocol cannot name is told at once, not when it is sent."""
    f = flytting()
    refused(lambda: f.start(f.logg, enhet=Enhet("skolen", "Skolen i 2")), "UGYLDIG_VERDI")
    refused(lambda: f.start(f.logg, person="ansatt nr. 3"), "UGYLDIG_VERDI")
    unit = next(v for v in f.logg.virksomheter if v.id == f.logg.ansvarlig_virksomhet)
    f.a.ansatte = [replace(one, virksomhet=unit.orgnr) for one in f.a.ansatte]
    refused(
        lambda: avgi.start(f.a.verk, f.logg.id, f.grunnlag(f.logg), f.leder, gruppe="flyttesak"),
        "UGYLDIG_VERDI",
    )


def test_a_holder_elsewhere_is_not_the_holder(flytting):
    """R-017: where the log's unit has no number, only a leader of the municipality may."""
    from gateway.effects.transferring.vakthold import authority

    f = flytting()
    bare = f.logg.model_copy(
        update={"virksomheter": tuple(v.model_copy(update={"orgnr": None})
                                      for v in f.logg.virksomheter)}
    )  # fmt: skip
    assert authority(f.a.verk, bare, Aktoer(ANNEN, "stafettholder")) == "IKKE_FULLMAKT"
    assert authority(f.a.verk, bare, Aktoer(LEDER, "leder")) == ""


# -- a counterpart that means harm ----
def test_another_counterpart_cannot_add_an_attempt(flytting, tmp_path):
    """A hand-over's id is known to others later; only its own sender may say more of it."""
    f = flytting()
    own = received(f)
    third = _third(f, tmp_path)
    other = say(f, "tilbud", offer(f), fra=third)
    say(f, "tilbud", offer(f), own=own, forsoek=7, fra=third)
    done = f.m.round()
    assert f.m.row(other, Side.MOTTAKER).tilstand is Tilstand.TILBUDT
    assert done.avvist == 1
    assert f.m.row(own, Side.MOTTAKER).forsoek == 1


def _third(f, folder):
    """A third municipality that the receiver knows."""
    orgnr = "899300301"
    key, cert = make_keys(folder / "tredje", orgnr)
    theirs = open_forsegler(key, cert, [key], {f.m.orgnr: ([f.m.cert], [])})
    known = {f.a.orgnr: ([f.a.cert], []), f.m.orgnr: ([f.m.cert], []), orgnr: ([cert], [])}
    motpart = f.m.verk.motparter[f.a.orgnr].model_copy(update={"orgnr": orgnr})
    f.m.verk = replace(
        f.m.verk,
        forsegler=open_forsegler(f.m.key, f.m.cert, [f.m.key], known),
        motparter={**f.m.verk.motparter, orgnr: motpart},
    )
    f.wire.boxes.setdefault(orgnr, {})
    verk = SimpleNamespace(forsegler=theirs, stamp=f.m.verk.stamp)
    return SimpleNamespace(orgnr=orgnr, verk=verk)


def test_a_package_without_an_offer_ends(flytting):
    """What was never offered does not lie here for ever."""
    f = flytting()
    own = say(f, "pakke", {"innholdSha256": "b" * 64, "innholdStoerrelse": 3}, laast=b"abc")
    f.m.round()
    assert f.m.row(own, Side.MOTTAKER).tilstand is Tilstand.PAKKET
    f.klokke.turn(days=31)
    f.m.round()
    f.m.round()
    row = f.m.row(own, Side.MOTTAKER)
    assert (row.tilstand, row.verdi["nyttelast"]) == (Tilstand.UTLOEPT, "")


def test_no_offer_is_good_for_a_thousand_years(flytting):
    """The other side's deadline is kept when it is one; ours ends what it would not end."""
    f = flytting()
    own = say(f, "tilbud", offer(f, frist="9998-01-01T00:00:00Z"))
    f.m.round()
    f.klokke.turn(days=120)
    f.m.round()
    assert f.m.row(own, Side.MOTTAKER).tilstand is Tilstand.UTLOEPT


def test_an_offer_to_a_unit_nobody_knows_can_be_turned_down(flytting):
    """A wrong unit is no dead end: any leader of ours may say that it is not for us."""
    from schemas.overfoering.koder import Avvisningsgrunn

    f = flytting()
    own = received(f, enhet=Enhet("999888777", f.m.ansatte[0].virksomhet_navn))
    row = f.m.row(own, Side.MOTTAKER)
    refused(
        lambda: motta.reject(f.m.verk, row, Avvisningsgrunn.FEIL_MOTTAKER, Aktoer(ANNEN, "leder")),
        "IKKE_FULLMAKT",
    )
    refused(lambda: motta.assign(f.m.verk, row, HOLDER, Aktoer(LEDER, "leder")), "IKKE_FULLMAKT")
    motta.reject(f.m.verk, row, Avvisningsgrunn.FEIL_MOTTAKER, Aktoer(LEDER, "leder"))
    f.rounds(2)
    assert f.states(own) == ("AVVIST", "AVVIST")


def test_a_receipt_cannot_write_in_our_books(flytting):
    """What a counterpart calls a fault is not text of ours: it could be anybody's number."""
    f = flytting()
    own = received(f)
    planted = "01820012345"
    f.wire.hold = {"*"}
    with f.a.database.begin() as connection:
        connection.execute(x.melding.update().values(tilstand="sendt"))
        gjelder = connection.execute(
            sa.select(x.melding.c.melding_id).where(x.melding.c.type == "tilbud")
        ).scalar()
    told = {"gjelder": gjelder, "gjelderType": "tilbud", "resultat": "avvist", "kode": planted,
            "hodeInn": "0" * 64}  # fmt: skip
    say(f, "kvittering", told, own=own, nr=0, fra=f.m, til=f.a)
    f.a.round()
    row = f.a.row(own)
    assert row.verdi["kode"] == "AVVIST"
    assert planted not in json.dumps(f.a.timeline(own))


def test_a_field_name_is_never_written_in_a_log(flytting, capsys):
    """The place of a fault is a place of ours; a field somebody made up could be a name."""
    f = flytting()
    say(f, "tilbud", offer(f) | {"Oppdiktet Navnesen": 1})
    assert f.m.round().avvist == 1
    told = capsys.readouterr()
    assert "UGYLDIG_MELDING" in told.err + told.out
    assert "Navnesen" not in told.err + told.out


def test_a_package_of_another_child_is_not_joined_to_a_log_here(flytting):
    """A log that stands here is its child's; one number of a log does not make two children one."""
    from gateway.effects.transferring.importering import same_child

    f = flytting()
    other = flytting("skolefravaer").logg.model_copy(update={"id": f.logg.id})
    assert same_child(f.logg, f.logg)
    assert not same_child(f.logg, other)


def test_a_report_of_another_package_closes_nothing(flytting):
    """The sender's log is not closed by a report of something else."""
    f = flytting()
    own = received(f)
    f.wire.hold = {"fullfoert"}
    f.accept(own)
    f.rounds(3)
    assert f.states(own) == ("AKSEPTERT", "FULLFOERT")
    told = {"akseptId": f.a.row(own).verdi["aksept_id"], "innholdSha256": "c" * 64,
            "importert": f.m.verk.stamp()}  # fmt: skip
    say(f, "fullfoert", told, own=own, nr=9, fra=f.m, til=f.a)
    f.a.round()
    assert f.a.row(own).tilstand is Tilstand.AKSEPTERT
    f.wire.let_go()
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))


def test_more_files_than_a_package_can_hold_are_told_before_anything_leaves(flytting):
    """What the receiver could not open after the switch is refused before it."""
    f = flytting()
    files = [Pakkefil(f"fil-{n}.txt", "text/plain", b"x") for n in range(600)]
    refused(lambda: f.a.verk.forsegler.pakk(files, f.m.orgnr), "FOR_STOR")


# -- protection ----
def test_a_held_counterpart_stays_hidden_when_it_is_taken_back(flytting):
    """C-4: the name does not come back because somebody closes what was held."""
    f = flytting()
    own = received(f)
    avgi.hold(f.a.verk, f.a.row(own), f.leder)
    assert oversikt.counterpart(f.a.verk, f.a.row(own)) == ""
    avgi.withdraw(f.a.verk, f.a.row(own), f.leder)
    assert f.a.row(own).tilstand is Tilstand.TRUKKET
    assert oversikt.counterpart(f.a.verk, f.a.row(own)) == ""


def test_siblings_are_frozen_whoever_died_or_moved_meanwhile(tmp_path, monkeypatch):
    """E-2: a row that moved, or a process that died, leaves no sibling behind."""
    stock = [case(CONEXUS, "leksene"), case(CONEXUS, "skolefravaer"), case(CONEXUS, "dinosaurene")]
    f = Flytting(tmp_path, stock, wire=Ledning())
    try:
        group = "3f1f3b52-1111-4222-8333-944445555666"
        owns = []
        for logg in f.a.look_over():
            unit = next(v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet)
            f.a.ansatte = [replace(o, virksomhet=unit.orgnr or o.virksomhet) for o in f.a.ansatte]
            rad = avgi.start(f.a.verk, logg.id, f.grunnlag(logg), f.leder, gruppe=group)
            f.a.archive()
            avgi.send(f.a.verk, rad, f.leder)
            owns.append(rad.id)
        f.rounds(2)
        real = soesken.take
        moved = []

        def slow(verk, rad, step, lag):
            if rad.id != owns[0] and not moved:
                moved.append(rad.id)
                raise Conflict("OVERFOERING_ENDRET", place=rad.id)
            return real(verk, rad, step, lag)

        with monkeypatch.context() as busy:
            busy.setattr(soesken, "take", slow)
            avgi.hold(f.a.verk, f.a.row(owns[0]), f.leder)
        assert moved
        assert [f.states(one)[0] for one in owns] == ["SPERRET"] * 3
    finally:
        f.close()


def test_a_process_that_dies_before_the_siblings_leaves_them_to_the_next_round(
    tmp_path, monkeypatch
):
    """E-2: what was not frozen because somebody died, is frozen by the next round."""
    stock = [case(CONEXUS, "leksene"), case(CONEXUS, "skolefravaer")]
    f = Flytting(tmp_path, stock, wire=Ledning())
    try:
        group = "3f1f3b52-1111-4222-8333-944445555666"
        owns = []
        for logg in f.a.look_over():
            unit = next(v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet)
            f.a.ansatte = [replace(o, virksomhet=unit.orgnr or o.virksomhet) for o in f.a.ansatte]
            rad = avgi.start(f.a.verk, logg.id, f.grunnlag(logg), f.leder, gruppe=group)
            owns.append(rad.id)
        with monkeypatch.context() as dead:
            dead.setattr(avgi, "freeze_group", lambda *_: 0)
            avgi.hold(f.a.verk, f.a.row(owns[0]), f.leder)
        assert f.states(owns[1])[0] == "UTKAST"
        f.a.round()
        assert f.states(owns[1])[0] == "SPERRET"
        avgi.again(f.a.verk, f.a.row(owns[1]), f.leder, loest=True)
        f.klokke.turn(hours=1)
        f.a.round()
        assert f.states(owns[1])[0] == "UTKAST"
    finally:
        f.close()


def test_who_lifts_what_is_held_has_the_role(flytting):
    """C-4: a role that is only claimed lifts nothing, and is never text in the chain."""
    f = flytting()
    own = received(f)
    avgi.hold(f.a.verk, f.a.row(own), Aktoer(LEDER, "Oppdiktet Navnesen"))
    refused(
        lambda: avgi.again(f.a.verk, f.a.row(own), Aktoer(ANNEN, "leder"), loest=True),
        "IKKE_FULLMAKT",
    )
    refused(
        lambda: avgi.again(f.a.verk, f.a.row(own), Aktoer("ingen", "leder"), loest=True),
        "IKKE_FULLMAKT",
    )
    avgi.again(f.a.verk, f.a.row(own), f.leder, loest=True)
    with f.a.database.look() as connection:
        bodies = connection.execute(sa.select(t.entry.c.body)).scalars().all()
    assert "Navnesen" not in "".join(bodies)


# -- what stays behind ----
def test_no_key_is_left_when_the_last_step_fails(flytting, monkeypatch):
    """A key that was made for a sending that did not happen is destroyed."""
    f = flytting()
    own = f.start(f.logg)
    f.a.round()
    avgi.ready(f.a.verk, f.a.row(own), f.leder)
    before = _payloads(f.a)

    def late(*_args):
        raise Conflict("OVERFOERING_ENDRET", place=own)

    with monkeypatch.context() as race:
        race.setattr(avgi, "take", late)
        with pytest.raises(Conflict):
            avgi.send(f.a.verk, f.a.row(own), f.leder)
    assert _payloads(f.a) == before


def test_nothing_of_a_message_is_kept_for_a_step_that_failed(flytting, monkeypatch):
    """A package that could not be taken in leaves no bytes at each try."""
    from gateway.effects.transferring import innboks

    f = flytting()
    own = f.start(f.logg)
    f.send(own)
    f.a.round()
    before = _payloads(f.m)

    def down(*_args):
        raise GatewayError("DATABASE_OPPTATT")

    monkeypatch.setattr(innboks, "_apply", down)
    f.m.round()
    assert _payloads(f.m) == before


def test_the_confirmation_goes_with_the_key(flytting):
    """When it is over, no message with the key in it is kept."""
    f = flytting()
    own = received(f)
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    f.rounds(2)
    with f.a.database.look() as connection:
        kept = connection.execute(
            sa.select(x.melding.c.type).where(
                x.melding.c.overfoering_id == own,
                x.melding.c.pakke != "",
                x.melding.c.type.in_(("pakke", "akseptbekreftelse")),
            )
        ).all()
    assert kept == []


def _payloads(house):
    with house.database.look_bulk() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(t.payload)).scalar()


# -- what people write, and what they are shown ----
def test_nobody_has_been_told_tomorrow(flytting):
    """R-119: guardians who will be told next year have not been told."""
    from gateway.overfoering import vakter

    f = flytting()
    unit = next(v for v in f.logg.virksomheter if v.id == f.logg.ansvarlig_virksomhet)
    own = {"maaltype": Maaltype.SAMME_VIRKSOMHET, "mottaker": f.a.orgnr,
           "enhet": Enhet(unit.orgnr, unit.navn)}  # fmt: skip
    ramme, krav = f.a.verk.ramme(f.logg), f.a.verk.krav(f.a.orgnr)
    for when, told in (
        ("2126-01-01T12:00:00+00:00", "FORESATTE_IKKE_INFORMERT"), ("", "FORESATTE_IKKE_INFORMERT"),
        (f.klokke.now().isoformat(), ""),
    ):  # fmt: skip
        valgt = f.grunnlag(f.logg, informert=when, **own)
        assert vakter.samtykke(f.logg, valgt, ramme, krav) == told


def test_a_leader_who_is_the_childs_guardian_does_not_decide(flytting):
    """R-017: somebody so near does not hand the log over, whatever the role."""
    from gateway.effects.transferring.vakthold import authority

    f = flytting()
    guardian = next(d.person for d in f.logg.deltakelser if d.rolle == "foresatt")
    person = next(p for p in f.logg.personer if p.id == guardian)
    unit = next(v for v in f.logg.virksomheter if v.id == f.logg.ansvarlig_virksomhet)
    numbers = tuple(i.verdi for i in person.identifikatorer)
    assert numbers
    f.a.ansatte = [replace(o, virksomhet=unit.orgnr) for o in f.a.ansatte]
    assert authority(f.a.verk, f.logg, f.leder) == ""
    f.a.ansatte = [replace(o, numre=numbers) if o.ref == LEDER else o for o in f.a.ansatte]
    assert authority(f.a.verk, f.logg, f.leder) == "HABILITET"


@pytest.mark.parametrize(
    ("signed", "where", "code"),
    [
        ("2126-01-01T12:00:00+00:00", "2026/417-3", "MOTTAKSKVITTERING_MANGLER"),
        ("2026-11-20T12:00:00+00:00", "01820012345", "UGYLDIG_VERDI"),
        ("2026-11-20T12:00:00+00:00", "018200 12345", "UGYLDIG_VERDI"),
        ("2026-11-20T12:00:00+00:00", "Oppdiktet Navnesen", "UGYLDIG_VERDI"),
    ],
)
def test_a_receipt_on_paper_is_signed_already_and_lies_somewhere(flytting, signed, where, code):
    """R-134: not on a day that is yet to come; and where it lies is never a person."""
    from gateway.effects.transferring import manuelt

    f = flytting()
    unit = next(v for v in f.logg.virksomheter if v.id == f.logg.ansvarlig_virksomhet)
    f.a.ansatte = [replace(one, virksomhet=unit.orgnr) for one in f.a.ansatte]
    rad = avgi.start(f.a.verk, f.logg.id, f.grunnlag(f.logg), f.leder, kanal="manuell")
    f.a.archive()
    avgi.send(f.a.verk, rad, f.leder)
    refused(
        lambda: manuelt.received(
            f.a.verk, f.a.row(rad.id), f.leder, signert=signed, arkivnummer=where
        ),
        code,
    )


def test_a_request_that_cannot_be_said_is_told(flytting):
    """R-018: the asking unit's own words are held to their form before anything is sent."""
    from gateway.effects.transferring import etterspoersler

    f = flytting()
    for unit, word in (("skolen", "sak-1"), (unit_of(f.m.orgnr), "barnet Oppdiktet")):
        refused(
            lambda u=unit, w=word: etterspoersler.ask(f.m.verk, f.a.orgnr, u, w), "UGYLDIG_VERDI"
        )
    assert f.wire.carried == []


def test_requests_do_not_fill_the_books(flytting, monkeypatch):
    """R-018: what waits for a person has an end; more is refused until some are dealt with."""
    from gateway.effects.transferring import etterspoersler

    monkeypatch.setattr(etterspoersler, "MOST_OPEN", 3)
    f = flytting()
    for n in range(5):
        told = {"virksomhet": unit_of(f.m.orgnr), "referanse": f"sak-{n}"}
        say(f, "etterspoersel", told, fra=f.m, til=f.a)
    assert f.a.round().avvist == 2
    waiting = etterspoersler.waiting(f.a.verk)
    assert len(waiting) == 3
    etterspoersler.close(f.a.verk, waiting[0]["id"])
    say(f, "etterspoersel", told, fra=f.m, til=f.a)
    assert f.a.round().avvist == 0


def test_a_marking_is_never_in_a_package(flytting):
    """C-4: the marking itself is secret; each side asks the register for itself."""
    from gateway.overfoering.utvalg import select
    from schemas.stafettlogg.kodeverk import Adressebeskyttelse

    f = flytting()
    marked = f.logg.model_copy(
        update={"personer": tuple(
            p.model_copy(update={"adressebeskyttelse": Adressebeskyttelse.FORTROLIG})
            for p in f.logg.personer
        )}
    )  # fmt: skip
    made = select(marked, [c.id for c in marked.oppmerksomheter]).logg
    assert made.personer
    assert "fortrolig" not in made.model_dump_json()


def test_one_counterpart_does_not_fill_the_list(flytting, tmp_path, monkeypatch):
    """Offers without end from one are refused, and another's is still taken."""
    monkeypatch.setattr(rader, "MANY", 4)
    monkeypatch.setattr(rader, "EACH", 3)
    f = flytting()
    third = _third(f, tmp_path)
    owns = [say(f, "tilbud", offer(f), fra=third) for _ in range(6)]
    assert f.m.round().avvist == 2
    assert f.m.row(owns[3], Side.MOTTAKER).tilstand is Tilstand.TILBUDT
    own = f.start(f.logg)
    f.send(own)
    f.rounds(2)
    assert f.states(own)[1] == "MOTTATT"


def test_what_has_been_said_is_forgotten_after_a_while(flytting):
    """No sealed message is kept for ever; the proof holds without them."""
    f = flytting()
    own = received(f)
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    f.rounds(3)
    assert _payloads_of_messages(f.a) > 0 < _payloads_of_messages(f.m)
    f.klokke.turn(days=40)
    f.rounds(2)
    assert _payloads_of_messages(f.a) == 0 == _payloads_of_messages(f.m)
    from gateway.overfoering.bevis import compare

    ours = oversikt.proof(f.a.verk, f.a.row(own))
    theirs = oversikt.proof(f.m.verk, f.m.row(own, Side.MOTTAKER))
    assert compare(ours, theirs).kode == ""


def _payloads_of_messages(house):
    with house.database.look() as connection:
        return connection.execute(
            sa.select(sa.func.count()).select_from(x.melding).where(x.melding.c.pakke != "")
        ).scalar()


def test_papers_that_linger_are_told_of(flytting):
    """Nothing ends them by itself, so the leader is reminded."""
    f = flytting()
    unit = next(v for v in f.logg.virksomheter if v.id == f.logg.ansvarlig_virksomhet)
    f.a.ansatte = [replace(one, virksomhet=unit.orgnr) for one in f.a.ansatte]
    rad = avgi.start(f.a.verk, f.logg.id, f.grunnlag(f.logg), f.leder, kanal="manuell")
    f.a.archive()
    avgi.send(f.a.verk, rad, f.leder)
    f.klokke.turn(days=8)
    f.a.round()
    assert f.a.row(rad.id).tilstand is Tilstand.SENDT
    assert "paaminnelse" in [one["hendelse"] for one in f.a.timeline(rad.id)]


def test_a_measure_that_may_still_be_edited_is_not_sent(flytting):
    """R-077: the window is asked when it is sent, too; what was ready an hour ago may not be."""
    f = flytting()
    own = f.start(f.logg)
    assert avgi.ready(f.a.verk, f.a.row(own), f.leder).tilstand is Tilstand.KLAR
    (document,) = f.a.system.app.documents()
    measure = document["oppmerksomheter"][0]["tiltak"][0]
    measure["opprettet"] = f.klokke.now().isoformat()
    connector = f.a.arkiv.source
    files = {one["filId"]: connector.file(document["loggId"], one["filId"])
             for one in document["filer"]}  # fmt: skip
    f.a.system.app.load(document, files)
    avgi.order_snapshot(f.a.verk, f.a.row(own))
    f.a.archive()
    refused(lambda: f.send(own), "P-30")
    assert (f.states(own), f.wire.carried) == (("KLAR", "INGEN"), [])
    f.klokke.turn(hours=9)
    f.send(own)
    f.rounds(2)
    assert f.states(own)[1] == "MOTTATT"


@pytest.mark.parametrize("whose", ["theirs", "ours"])
def test_a_certificate_that_has_run_out_stops_nobody_from_taking_it_back(flytting, whose):
    """C-4, I3: towards safety there is always a way; the word goes when it can be sealed."""
    from datetime import UTC, datetime, timedelta

    f = flytting()
    own = received(f)
    whole = f.a.verk
    if whose == "theirs":
        late = open_forsegler(f.a.key, f.a.cert, [f.a.key], {f.a.orgnr: ([f.a.cert], [])})
    else:
        late = open_forsegler(f.a.key, f.a.cert, [f.a.key], {f.m.orgnr: ([f.m.cert], [])})
        late._now = lambda: datetime.now(UTC) + timedelta(days=800)
    f.a.verk = replace(whole, forsegler=late)
    avgi.hold(f.a.verk, f.a.row(own), f.leder)
    f.rounds(2)
    assert f.states(own) == ("SPERRET", "MOTTATT")
    assert f.a.row(own).verdi["noekkel"] == ""
    f.a.verk = whole
    f.klokke.turn(hours=5)
    f.rounds(2)
    assert f.states(own) == ("SPERRET", "TRUKKET")


def test_who_cannot_sign_any_more_is_told(flytting):
    """An own certificate that has run out is ours to mend, and is said before anything goes."""
    from datetime import UTC, datetime, timedelta

    from gateway.errors import LocalFault

    f = flytting()
    own = f.start(f.logg)
    late = open_forsegler(f.a.key, f.a.cert, [f.a.key], {f.m.orgnr: ([f.m.cert], [])})
    late._now = lambda: datetime.now(UTC) + timedelta(days=800)
    late.kjenner = lambda _orgnr: True
    f.a.verk = replace(f.a.verk, forsegler=late)
    with pytest.raises(LocalFault, match="UGYLDIG_SERTIFIKAT"):
        f.send(own)
    assert f.a.row(own).tilstand is Tilstand.KLAR


def test_a_log_that_was_closed_is_no_withdrawn_consent(flytting):
    """What ended it is told as it was: the family has taken nothing back."""
    f = flytting()
    own = received(f)
    (document,) = f.a.system.app.documents()
    document["status"] = "PASSIV"
    connector = f.a.arkiv.source
    files = {one["filId"]: connector.file(document["loggId"], one["filId"])
             for one in document["filer"]}  # fmt: skip
    f.a.system.app.load(document, files)
    f.rounds(3)
    assert f.states(own) == ("TRUKKET", "TRUKKET")
    assert f.a.row(own).verdi["kode"] == "LOGG_IKKE_AKTIV"


def test_two_of_one_id_are_not_taken_in(flytting, monkeypatch):
    """The second of two with one id could be anybody, and nobody would have looked at it."""
    from gateway.effects.transferring import pakking

    f = flytting()
    assert not pakking.doubled(f.logg)
    twin = f.logg.personer[0].model_copy(update={"navn": "En Annen Oppdiktet"})
    two = f.logg.model_copy(update={"personer": (*f.logg.personer, twin)})
    assert pakking.doubled(two)
    real = pakking.select

    def planted(logg, *chosen):
        made = real(logg, *chosen)
        return replace(made, logg=made.logg.model_copy(
            update={"personer": (*made.logg.personer, made.logg.personer[0])}
        ))  # fmt: skip

    own = f.start(f.logg)
    with monkeypatch.context() as sender:
        sender.setattr(pakking, "select", planted)
        sender.setattr(avgi, "select", planted)
        f.send(own)
        f.rounds(2)
        f.accept(own)
        f.rounds(3)
    row = f.m.row(own, Side.MOTTAKER)
    assert (row.tilstand, row.verdi["kode"]) == (Tilstand.AKSEPTERT, "PAKKE_UGYLDIG")
    assert f.m.log(f.logg.id) is None


def test_a_log_somebody_else_closed_still_has_our_people_in_it(flytting):
    """R-042: that the log is passive does not say that its people's access has ended."""
    f = flytting()
    own = received(f)
    f.wire.hold = {"fullfoert"}
    f.accept(own)
    f.rounds(3)
    assert f.states(own) == ("AKSEPTERT", "FULLFOERT")
    (document,) = f.a.system.app.documents()
    document["status"] = "PASSIV"
    connector = f.a.arkiv.source
    files = {one["filId"]: connector.file(document["loggId"], one["filId"])
             for one in document["filer"]}  # fmt: skip
    f.a.system.app.load(document, files)
    f.wire.let_go()
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    f.rounds(1)
    assert f.a.row(own).verdi["kode"] == "TILGANG_GJENSTAAR"
