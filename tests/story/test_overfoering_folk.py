"""What people wish for and write, and what they are told (R-012, R-045, B-25)."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from connectors.forsegling.forsegler import open_forsegler
from gateway.effects.transferring import avgi, oversikt, rader
from gateway.ledger import transfer_tables as x
from gateway.overfoering.grunnlag import Aktoer, Enhet
from gateway.overfoering.tilstand import Side, Tilstand
from gateway.staff.roles import Act
from schemas.overfoering.koder import Maaltype
from tests.people import acting
from tests.story.paa_ledningen import a_third, offer, received, refused, say
from tests.story.to_kommuner import ANNEN, LEDER, unit_of


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
    etterspoersler.close(f.a.verk, waiting[0]["id"], acting("leder", Act.ASK, "leder"))
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
    third = a_third(f, tmp_path)
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
    late.mangler = lambda _orgnr: ""
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
    assert (row.tilstand, row.verdi["kode"]) == (Tilstand.IKKE_FORSTAATT, "PAKKE_IKKE_FORSTAATT")
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
