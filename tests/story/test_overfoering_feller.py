"""Traps of a hand-over, each told as the routine would meet it, with its rule (rules.md F, E-2).

One family, two municipalities, and a wire in the test's hand. Nobody ever stands without a
responsible, and nobody reads before somebody has accepted.
"""

import os
from dataclasses import replace

import pytest

from gateway.effects.transferring import avgi, motta, oversikt, rader, runde
from gateway.errors import Conflict, Rejected
from gateway.ledger import transfer_tables as x
from gateway.overfoering.grunnlag import Aktoer, Enhet
from gateway.overfoering.tilstand import AVBRUTT, OVERTATT, Side, Tilstand
from schemas.overfoering.koder import Avvisningsgrunn, Innlogging, Rettet
from tests.story.conftest import CONEXUS
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import ANNEN, HOLDER, LEDER, Flytting, Ledning, unit_of

FULL = os.environ.get("STAFETT_FULL") == "1"


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


def received(f, **changes):
    """A hand-over that has come to the receiver."""
    own = f.start(f.logg, **changes)
    f.send(own)
    f.rounds(2)
    assert f.states(own)[1] in ("MOTTATT", "TILDELT")
    return own


def refused(work, code):
    """The wish is refused with this code."""
    with pytest.raises(Rejected) as told:
        work()
    assert told.value.code == code


def destroyed(f, own):
    """Neither side has the key or the package any more, in rows or in the store."""
    for house, side in ((f.a, Side.AVGIVER), (f.m, Side.MOTTAKER)):
        row = rader.load(house.verk, side, own)
        if row is None:
            continue
        assert row.tilstand in AVBRUTT
        assert (row.verdi["noekkel"], row.verdi["nyttelast"]) == ("", "")
        with house.database.look() as connection:
            kept = connection.execute(
                x.melding.select().where(x.melding.c.type == "pakke", x.melding.c.pakke != "")
            ).all()
        assert kept == []
    assert f.m.log(f.logg.id) is None
    assert f.a.log(f.logg.id).status.value == "AKTIV"


def finished(f, own):
    """Both sides have ended well, once each."""
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    f.rounds(1)
    assert f.m.log(f.logg.id).status.value == "AKTIV"
    assert f.a.log(f.logg.id).status.value == "PASSIV"


# -- what may start ----
def test_nothing_goes_along_by_itself(flytting):
    """R-132: the selection is explicit, and its default is nothing."""
    f = flytting()
    refused(lambda: f.start(f.logg, utvalg=()), "INGEN_OPPMERKSOMHET_VALGT")
    refused(lambda: f.start(f.logg, utvalg=("noe-annet",)), "UKJENT_OPPMERKSOMHET")


def test_only_one_open_transfer(flytting):
    """E-2: a log that is being handed over is not handed over again."""
    f = flytting()
    f.start(f.logg)
    with pytest.raises(Conflict, match="OVERFOERING_PAAGAAR"):
        f.start(f.logg)


def test_the_consent_names_another_department(flytting):
    """F: "Barnehage A" is not "Barnehage A avd. 2"; nobody guesses (R-119)."""
    f = flytting()
    row_of = f.start(f.logg)
    consent = f.logg.samtykker[0]
    named = consent.model_copy(
        update={
            "omfang": (*consent.omfang, "overfoereKommune"),
            "mottakere": (consent.mottakere[0].model_copy(update={"virksomhet": "Barnehage A"}),)
            if consent.mottakere
            else (_receiver("Barnehage A"),),
        }
    )
    logg = f.logg.model_copy(update={"samtykker": (named,)})
    from gateway.overfoering import vakter

    valgt = f.grunnlag(f.logg, enhet=Enhet(unit_of("899200209"), "Barnehage A avd. 2"))
    krav = f.a.verk.krav(valgt.mottaker)
    ramme = f.a.verk.ramme(logg)
    assert vakter.samtykke(logg, valgt, ramme, krav) == "SAMTYKKE_ANNEN_MOTTAKER"
    same = replace(valgt, enhet=Enhet(valgt.enhet.orgnr, " barnehage  a "))
    assert vakter.samtykke(logg, same, ramme, krav) == ""
    assert f.a.row(row_of).tilstand is Tilstand.UTKAST


def _receiver(name):
    from schemas.stafettlogg.samtykke import Mottaker

    return Mottaker(virksomhet=name)


def test_nobody_has_read_the_form(flytting):
    """R-119: where the vendor has no field for receiver and selection, somebody reads the form."""
    f = flytting()
    own = f.start(f.logg, lest_av="")
    assert f.send(own).tilstand is Tilstand.SAMTYKKE_AVVENTES
    assert f.wire.carried == []


def test_the_stricter_of_two_municipalities(flytting):
    """B: what discloses follows the stricter: an 18-year limit there asks for more than 16 here."""
    f = flytting("seksten-aar")
    other = f.a.verk.motparter["899200209"]
    strict = other.model_copy(update={"krav": other.krav.model_copy(update={"fra": "begge"})})
    young = [s for s in f.logg.samtykker if s.status == "GYLDIG"]
    own = f.start(f.logg)
    assert f.send(own).tilstand is Tilstand.SENDT
    guardians_only = [
        s.model_copy(
            update={
                "signatarer": tuple(
                    g for g in s.signatarer if g.person != f.logg.hovedperson.person
                )
            }
        )
        for s in young
    ]
    from gateway.overfoering import vakter
    from gateway.policy.context import Signatar

    logg = f.logg.model_copy(update={"samtykker": tuple(guardians_only)})
    valgt = f.grunnlag(f.logg)
    mild = f.a.verk.krav(valgt.mottaker).regler[0]
    lax = replace(mild, fra=Signatar.FORESATTE)
    ramme = f.a.verk.ramme(logg)
    alone = vakter.Krav((lax,))
    both = vakter.Krav((lax, f.a.verk.krav(valgt.mottaker).regler[1]))
    assert strict.krav.fra == "begge"
    assert vakter.samtykke(logg, valgt, ramme, alone) == ""
    assert vakter.samtykke(logg, valgt, ramme, both) == "SAMTYKKE_GJELDER_IKKE"


def test_the_archive_has_an_older_version(flytting):
    """F, R-153: a receipt for yesterday's log does not let today's go."""
    f = flytting()
    own = f.start(f.logg)
    edit(f)
    refused(lambda: f.send(own), "UTTAK_IKKE_ARKIVERT")
    f.a.archive()
    assert f.send(own).tilstand is Tilstand.SENDT


def edit(f):
    """Somebody writes in the log at the sender."""
    (document,) = f.a.system.app.documents()
    document["oppmerksomheter"][0]["tekst"] += " Nytt siden sist."
    connector = f.a.arkiv.source
    files = {one["filId"]: connector.file(document["loggId"], one["filId"])
             for one in document["filer"]}  # fmt: skip
    f.a.system.app.load(document, files)


def test_the_holder_is_the_childs_guardian(flytting):
    """F: a holder who is a guardian does not decide; the leader does (R-017)."""
    f = flytting()
    guardian = next(d for d in f.logg.deltakelser if d.rolle == "foresatt")
    from gateway.overfoering import vakter

    holder = next(d for d in f.logg.deltakelser if d.id == f.logg.stafettholder)
    near = f.logg.model_copy(
        update={
            "deltakelser": tuple(
                d.model_copy(update={"person": guardian.person}) if d.id == holder.id else d
                for d in f.logg.deltakelser
            )
        }
    )
    both = frozenset({"stafettholder", "leder"})
    assert vakter.fullmakt(near, Aktoer(HOLDER, "stafettholder"), both) == "HABILITET"
    assert vakter.fullmakt(near, Aktoer(LEDER, "leder"), both) == ""
    assert vakter.fullmakt(f.logg, Aktoer(HOLDER, "stafettholder"), both) == ""


# -- what the receiver sees, and who may accept ----
def test_before_acceptance_there_is_nothing_to_read(flytting):
    """E-2: reason, unit and number of concerns; the package is there, and no key opens it."""
    f = flytting()
    own = received(f)
    row = f.m.row(own, Side.MOTTAKER)
    told = oversikt.summary(row)
    assert (told["begrunnelse"], told["antall"]) == ("flytting", len(f.logg.oppmerksomheter))
    assert told["logg"] == ""
    assert row.verdi["noekkel"] == ""
    locked = f.m.arkiv.store.get(row.verdi["nyttelast"])
    with pytest.raises(Rejected):
        f.m.verk.forsegler.aapne(locked)
    for key in (b"\0" * 32, b"1" * 32):
        with pytest.raises(Rejected, match="NOEKKEL_AAPNER_IKKE"):
            f.m.verk.forsegler.laas_opp(locked, key, row.merke)
    sentence = f.logg.oppmerksomheter[0].tekst.encode()
    assert sentence not in locked


def test_only_a_registered_holder_strongly_signed_in(flytting):
    """R-036, R-045: who accepts is on the unit's list, and signed in at the high level."""
    f = flytting()
    own = received(f)
    row = f.m.row(own, Side.MOTTAKER)
    verk = f.m.verk
    for person, login, code in (
        ("ukjent", Innlogging.HOEY, "IKKE_REGISTRERT_STAFETTHOLDER"),
        (HOLDER, Innlogging.BETYDELIG, "FOR_SVAK_INNLOGGING"),
        (ANNEN, Innlogging.HOEY, "EN_ANNEN_ER_TILDELT"),
    ):
        refused(lambda p=person, i=login: motta.accept(verk, row, p, i), code)
    assert f.states(own) == ("MOTTATT", "MOTTATT")


def test_the_leader_route(flytting):
    """R-131: an offer to the leader ends in the leader naming a person who accepts."""
    f = flytting()
    own = received(f, rettet=Rettet.LEDER, person="")
    row = f.m.row(own, Side.MOTTAKER)
    refused(lambda: motta.accept(f.m.verk, row, HOLDER, Innlogging.HOEY), "IKKE_TILDELT")
    refused(lambda: motta.assign(f.m.verk, row, ANNEN, Aktoer(HOLDER, "leder")), "IKKE_FULLMAKT")
    motta.assign(f.m.verk, row, ANNEN, Aktoer(LEDER, "leder"))
    f.rounds(2)
    assert f.states(own) == ("TILDELT", "TILDELT")
    f.accept(own, ANNEN)
    finished(f, own)


def test_the_receiving_holder_is_a_guardian(flytting):
    """F (habilitet): seen when the log can be read; responsibility is there, the holder another."""
    f = flytting()
    guardian = next(d.person for d in f.logg.deltakelser if d.rolle == "foresatt")
    number = next(p for p in f.logg.personer if p.id == guardian).identifikatorer[0].verdi
    f.m.ansatte = [
        replace(one, numre=(number,)) if one.ref == HOLDER else one for one in f.m.ansatte
    ]
    own = received(f)
    f.accept(own)
    f.rounds(3)
    row = f.m.row(own, Side.MOTTAKER)
    assert (row.tilstand, row.verdi["kode"]) == (Tilstand.AKSEPTERT, "HABILITET")
    assert f.m.log(f.logg.id) is None
    motta.assign(f.m.verk, row, ANNEN, Aktoer(LEDER, "leder"))
    finished(f, own)


def test_the_receiver_says_no(flytting):
    """E-2: the family does not live there yet; no error, and the sender keeps the log."""
    f = flytting()
    own = received(f)
    row = f.m.row(own, Side.MOTTAKER)
    motta.reject(f.m.verk, row, Avvisningsgrunn.BOR_IKKE_HER, Aktoer(LEDER, "leder"))
    f.rounds(3)
    assert f.states(own) == ("AVVIST", "AVVIST")
    destroyed(f, own)
    assert f.start(f.logg) != own


# -- the wire ----
def test_the_reply_to_the_acceptance_is_lost(flytting):
    """E-2, two generals: the sender has switched and nobody hears; nobody holds twice."""
    f = flytting()
    own = received(f)
    f.wire.hold = {"akseptbekreftelse"}
    f.accept(own)
    f.rounds(4)
    assert f.states(own) == ("AKSEPTERT", "AKSEPT_AVVENTES")
    assert f.m.log(f.logg.id) is None
    f.klokke.turn(days=12)
    f.rounds(2)
    assert f.states(own) == ("AKSEPTERT", "AKSEPT_AVVENTES")
    f.wire.let_go()
    finished(f, own)


def test_the_acceptance_is_lost_for_days(flytting):
    """The sender is responsible and waits; the acceptance is said again until it is answered."""
    f = flytting()
    own = received(f)
    f.wire.hold = {"aksept"}
    f.accept(own)
    f.rounds(3)
    assert f.states(own)[1] == "AKSEPT_AVVENTES"
    assert f.a.row(own).tilstand not in OVERTATT
    f.klokke.turn(days=3)
    f.wire.hold = set()
    f.rounds(3)
    finished(f, own)


def test_the_sender_gives_up_while_the_acceptance_is_under_way(flytting):
    """A race the sender wins: the late acceptance is refused, and the receiver is told."""
    f = flytting()
    own = received(f)
    f.wire.hold = {"aksept"}
    f.accept(own)
    f.rounds(1)
    avgi.withdraw(f.a.verk, f.a.row(own), Aktoer(f.a.ansatte[0].ref, "leder"))
    f.wire.let_go()
    f.rounds(4)
    assert f.states(own) == ("TRUKKET", "TRUKKET")
    destroyed(f, own)


def test_everything_twice_and_a_month_later(flytting):
    """the same messages again at once and after thirty days change nothing."""
    f = flytting()
    own = received(f)
    f.wire.again()
    f.accept(own)
    finished(f, own)
    before = (f.a.row(own).verdi["hode_ut"], f.m.row(own, Side.MOTTAKER).verdi["hode_ut"])
    f.klokke.turn(days=30)
    f.wire.again()
    f.rounds(3)
    assert f.states(own) == ("FULLFOERT", "FULLFOERT")
    assert before == (f.a.row(own).verdi["hode_ut"], f.m.row(own, Side.MOTTAKER).verdi["hode_ut"])
    finished(f, own)


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_the_package_comes_before_the_offer(flytting, backwards):
    """an early message is kept, and the two meet."""
    f = flytting()
    f.wire.hold = {"*"}
    own = f.start(f.logg)
    f.send(own)
    f.a.round()
    f.wire.let_go(backwards=backwards)
    f.rounds(2)
    assert f.states(own) == ("MOTTATT", "MOTTATT")
    f.accept(own)
    finished(f, own)


def test_the_withdrawal_comes_before_the_offer(flytting):
    """the end came first; the late offer opens nothing."""
    f = flytting()
    f.wire.hold = {"tilbud", "pakke"}
    own = f.start(f.logg)
    f.send(own)
    f.a.round()
    avgi.withdraw(f.a.verk, f.a.row(own), f.leder)
    f.rounds(1)
    f.wire.let_go()
    f.rounds(3)
    assert f.states(own) == ("TRUKKET", "TRUKKET")
    destroyed(f, own)


def test_nobody_answers(flytting):
    """E-2: a receiver that is away for days costs time only; the deadline gives the log back."""
    f = flytting()
    f.wire.hold = {"*"}
    own = f.start(f.logg)
    f.send(own)
    f.rounds(2)
    assert f.states(own) == ("SENDT", "INGEN")
    f.klokke.turn(hours=25)
    f.rounds(2)
    assert f.states(own)[0] == "UTLOEPT"
    f.wire.let_go()
    f.rounds(4)
    assert f.states(own) == ("UTLOEPT", "UTLOEPT")
    destroyed(f, own)
    again = avgi.again(f.a.verk, f.a.row(own), f.leder)
    assert (again.id, again.forsoek) == (own, 2)
    f.send(own)
    f.rounds(2)
    f.accept(own)
    finished(f, own)


def test_nobody_accepts(flytting):
    """E-2: reminders at 3 and 7 days, and after 14 the log is where it was."""
    f = flytting()
    own = received(f)
    for day in (4, 4):
        f.klokke.turn(days=day)
        f.rounds(1)
    reminded = [one["nr"] for one in f.a.timeline(own) if one["hendelse"] == "paaminnelse"]
    assert len(reminded) == 2
    f.klokke.turn(days=7)
    f.rounds(4)
    assert f.states(own) == ("UTLOEPT", "UTLOEPT")
    destroyed(f, own)


# -- consent and protection on the way ----
STAGES = ("KLAR", "SENDT", "MOTTATT", "TILDELT", "AKSEPT")
WHOSE = ("the child", "a guardian", "nobody answers")
PROTECTED = [
    (stage, whose)
    for nr, stage in enumerate(STAGES)
    for mr, whose in enumerate(WHOSE)
    if FULL or nr % 3 == mr  # every stage once, and everybody
]


def to_stage(f, stage):
    """A hand-over that has come so far, and the wire stopped before the switch."""
    own = f.start(f.logg)
    if stage == "KLAR":
        avgi.ready(f.a.verk, f.a.row(own), f.leder)
        return own
    if stage == "SENDT":
        f.wire.hold = {"*"}
        f.send(own)
        return own
    f.send(own)
    f.rounds(2)
    if stage == "TILDELT":
        row = f.m.row(own, Side.MOTTAKER)
        motta.assign(f.m.verk, row, HOLDER, Aktoer(LEDER, "leder"))
        f.rounds(2)
    if stage == "AKSEPT":
        f.wire.hold = {"aksept"}
        f.accept(own)
        f.m.round()
    return own


@pytest.mark.parametrize("stage", STAGES)
def test_the_family_withdraws_its_consent(flytting, stage):
    """R-116: at any point before the switch it ends there, and nothing is left."""
    f = flytting()
    own = to_stage(f, stage)
    (document,) = f.a.system.app.documents()
    for consent in document["samtykker"]:
        consent["trukket"] = f.klokke.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    withdraw_at_source(f, document)
    f.wire.let_go()
    f.rounds(4)
    assert f.states(own)[0] == "TRUKKET"
    assert f.states(own)[1] in ("TRUKKET", "INGEN")
    destroyed(f, own)


def withdraw_at_source(f, document):
    """The vendor's own document says so from now on."""
    connector = f.a.arkiv.source
    files = {one["filId"]: connector.file(document["loggId"], one["filId"])
             for one in document["filer"]}  # fmt: skip
    f.a.system.app.load(document, files)


@pytest.mark.parametrize(("stage", "whose"), PROTECTED)
def test_an_address_becomes_protected(flytting, stage, whose):
    """C-4: frozen at every stage, fail closed, and the reason is told to nobody."""
    f = flytting()
    own = to_stage(f, stage)
    if whose == "the child":
        f.a.register.held.add(f.logg.hovedperson.person)
    elif whose == "a guardian":
        f.a.register.held.add(next(d.person for d in f.logg.deltakelser if d.rolle == "foresatt"))
    else:
        f.a.register.check = _silent
    f.wire.let_go()
    f.rounds(4)
    assert f.states(own)[0] == "SPERRET"
    assert f.states(own)[1] in ("TRUKKET", "INGEN")
    assert f.a.row(own).verdi["kode"] == "MANUELL"
    destroyed(f, own)
    assert oversikt.counterpart(f.a.verk, f.a.row(own)) == ""
    refused(lambda: avgi.again(f.a.verk, f.a.row(own), f.leder), "MANUELL")


def _silent(_persons):
    from gateway.errors import LocalFault

    raise LocalFault("ADRESSEREGISTER_FORELDET")


def test_a_withdrawn_consent_after_the_switch_is_the_receivers(flytting):
    """E-2: after the switch the sender cannot recall; the receiver's routine applies."""
    f = flytting()
    own = received(f)
    f.accept(own)
    f.until(lambda: f.states(own)[0] == "AKSEPTERT" or f.states(own)[0] == "FULLFOERT")
    with pytest.raises(Rejected, match="HENDELSE_PASSER_IKKE"):
        avgi.withdraw(f.a.verk, f.a.row(own), f.leder, familien=True)
    finished(f, own)


def test_protection_is_seen_first_when_the_receiver_opens(flytting):
    """C-4: the receiver's register knows more; the log waits for a person, with a public code."""
    f = flytting()
    own = received(f)
    f.m.register.held.add(f.logg.hovedperson.person)
    f.accept(own)
    f.rounds(4)
    row = f.m.row(own, Side.MOTTAKER)
    assert (row.tilstand, row.verdi["kode"]) == (Tilstand.AKSEPTERT, "MANUELL")
    assert f.m.log(f.logg.id) is None
    assert oversikt.counterpart(f.m.verk, row) == ""


def test_siblings_are_kept_together_and_never_coupled(tmp_path):
    """E-2: one transfer per log; protection on one freezes all that are kept together."""
    stock = [case(CONEXUS, "leksene"), case(CONEXUS, "skolefravaer"), case(CONEXUS, "dinosaurene")]
    f = Flytting(tmp_path, stock, wire=Ledning())
    try:
        logs = f.a.look_over()
        group = "3f1f3b52-1111-4222-8333-944445555666"
        owns = []
        for logg in logs:
            unit = next(v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet)
            f.a.ansatte = [replace(o, virksomhet=unit.orgnr or o.virksomhet) for o in f.a.ansatte]
            rad = avgi.start(f.a.verk, logg.id, f.grunnlag(logg), f.leder, gruppe=group)
            f.a.archive()
            avgi.send(f.a.verk, rad, f.leder)
            owns.append(rad.id)
        f.rounds(2)
        f.accept(owns[0])
        f.until(lambda: f.states(owns[0]) == ("FULLFOERT", "FULLFOERT"))
        assert f.states(owns[1]) == f.states(owns[2]) == ("MOTTATT", "MOTTATT")
        f.a.register.held.add(logs[1].hovedperson.person)
        f.rounds(4)
        assert [f.states(one)[0] for one in owns] == ["FULLFOERT", "SPERRET", "SPERRET"]
    finally:
        f.close()


# -- what changes while it is under way ----
def test_somebody_writes_in_a_log_that_is_on_its_way(flytting):
    """Nobody takes over an older log than there is: the next attempt carries what is new."""
    f = flytting()
    own = received(f)
    edit(f)
    f.rounds(1)
    assert f.a.row(own).verdi["kode"] == "INNHOLD_ENDRET"
    f.accept(own)
    f.rounds(4)
    assert f.states(own) == ("FEILET", "TRUKKET")
    destroyed(f, own)
    avgi.again(f.a.verk, f.a.row(own), f.leder)
    refused(lambda: f.send(own), "UTTAK_IKKE_ARKIVERT")
    f.a.archive()
    f.send(own)
    f.rounds(2)
    f.accept(own)
    finished(f, own)
    assert "Nytt siden sist." in str(f.m.system.bodies())


def test_a_package_that_is_spoilt(flytting):
    """E-2: integrity before MOTTATT; a damaged package is no package, and it comes again."""
    f = flytting()
    f.wire.hold = {"pakke"}
    own = f.start(f.logg)
    f.send(own)
    f.a.round()
    (kept,) = f.wire.kept
    spoilt = bytearray(kept.pakke)
    spoilt[len(spoilt) // 2] ^= 1
    f.wire.kept = [replace(kept, pakke=bytes(spoilt))]
    f.wire.let_go()
    f.m.round()
    assert f.states(own)[1] == "TILBUDT"
    f.until(lambda: f.states(own) == ("MOTTATT", "MOTTATT"))


def test_measures_that_did_not_work_go_along(flytting):
    """R-093, R-072: every measure of a chosen concern, equal ones and failed ones too."""
    for name in ("like-tiltak", "feilregistrert"):
        f = flytting(name)
        own = received(f)
        f.accept(own)
        finished(f, own)
        from gateway.effects.transferring.importering import counts

        assert counts(f.m.log(f.logg.id))["tiltak"] == counts(f.logg)["tiltak"]


def test_only_what_was_chosen_arrives(flytting):
    """R-132: one concern of several; the others are not at the receiver in any form."""
    f = flytting("leser-en-oppmerksomhet")
    assert len(f.logg.oppmerksomheter) > 1
    chosen, left = f.logg.oppmerksomheter[0], f.logg.oppmerksomheter[1:]
    own = received(f, utvalg=(chosen.id,))
    f.accept(own)
    finished(f, own)
    there = str(f.m.system.bodies().values())
    assert chosen.tekst[:20] in there
    for one in left:
        assert one.tekst[:20] not in there


# -- books that were set back ----
def test_a_backup_of_the_sender_comes_alive(flytting, tmp_path):
    """An old ledger meets a receiver that remembers more; it stops and says so."""
    import shutil

    f = flytting()
    own = received(f)
    data = f.a.folder / "data"
    f.a.database.close()
    shutil.copytree(data, tmp_path / "kopi")
    f.accept(own)
    finished(f, own)
    f.a.database.close()
    shutil.rmtree(data)
    shutil.copytree(tmp_path / "kopi", data)
    assert f.a.row(own).tilstand is Tilstand.MOTTATT
    f.wire.again()
    row = f.m.row(own, Side.MOTTAKER)
    assert row.tilstand is Tilstand.FULLFOERT
    f.a.round()
    assert f.a.row(own).verdi["kode"] == "TILBAKEFOERT"
    f.klokke.turn(days=30)
    f.rounds(2)
    assert f.a.row(own).verdi["kode"] in runde.FROZEN
    assert f.m.row(own, Side.MOTTAKER).tilstand is Tilstand.FULLFOERT
    assert f.m.log(f.logg.id).status.value == "AKTIV"


def test_an_old_row_under_new_code(flytting):
    """fields of another version of us are passed over, and the row goes on."""
    import json

    f = flytting()
    own = received(f)
    row = f.m.row(own, Side.MOTTAKER)
    told = {name: getattr(row.lukket, name) for name in row.lukket.__dataclass_fields__}
    del told["grunn"]
    told["noe_nytt"] = "fra en senere utgave"
    sealed = f.m.arkiv.ring.seal(
        json.dumps(told).encode(), f"overfoering:{own}:{row.forsoek}:{row.side.value}"
    )
    with f.m.database.begin() as connection:
        connection.execute(x.overfoering.update().values(lukket=sealed))
    f.accept(own)
    finished(f, own)


# -- moving on, and back ----
def test_the_family_moves_back(flytting):
    """A-B-A: the log that was left is taken up again; nothing of it is lost."""
    f = flytting("leser-en-oppmerksomhet", til=CONEXUS)
    first = f.logg.oppmerksomheter[0].id
    own = received(f, utvalg=(first,))
    f.accept(own)
    finished(f, own)
    (there,) = f.m.look_over()
    m, a = f.m, f.a
    m.ansatte = [replace(o, virksomhet=unit_of(m.orgnr)) for o in m.ansatte]
    valgt = f.grunnlag(
        there,
        mottaker=a.orgnr,
        enhet=Enhet(a.ansatte[0].virksomhet, a.ansatte[0].virksomhet_navn),
        utvalg=tuple(c.id for c in there.oppmerksomheter),
        samtykke=next(s.id for s in there.samtykker if s.status == "GYLDIG"),
    )
    rad = avgi.start(m.verk, there.id, valgt, Aktoer(LEDER, "leder"))
    m.archive()
    avgi.send(m.verk, rad, Aktoer(LEDER, "leder"))
    f.rounds(2)
    row = a.row(rad.id, Side.MOTTAKER)
    motta.accept(a.verk, row, HOLDER, Innlogging.HOEY)
    f.until(lambda: m.row(rad.id).tilstand is Tilstand.FULLFOERT)
    f.rounds(2)
    home = a.log(f.logg.id)
    assert home.status.value == "AKTIV"
    assert [c.id for c in home.oppmerksomheter] == [c.id for c in f.logg.oppmerksomheter]
    assert m.log(f.logg.id).status.value == "PASSIV"


def test_within_one_municipality(flytting):
    """R-119, R-130: another unit of ours; the log stands where it stood, with a new holder."""
    from schemas.overfoering.koder import Maaltype

    f = flytting()
    unit = "899100999"
    taker = replace(f.a.ansatte[1], ref="ny-holder", virksomhet=unit, virksomhet_navn="Ny enhet")
    f.a.ansatte = [*f.a.ansatte, taker]
    for kind, told in (
        (Maaltype.ANNEN_VIRKSOMHET_SAMME_KOMMUNE, {}),
        (Maaltype.SAMME_VIRKSOMHET, {"informert": "2026-11-20T12:00:00+00:00"}),
    ):
        if kind is Maaltype.SAMME_VIRKSOMHET:
            f.a.ansatte = [
                replace(o, virksomhet=unit) if o.ref == LEDER else o for o in f.a.ansatte
            ]
            taker = replace(taker, ref="enda-en", navn="Enda En Oppdiktet")
            f.a.ansatte = [*f.a.ansatte, taker]
        own = f.start(
            f.a.logs()[0],
            maaltype=kind,
            mottaker=f.a.orgnr,
            enhet=Enhet(unit, "Ny enhet"),
            person=taker.ref,
            **told,
        )
        f.send(own)
        for _ in range(4):
            f.a.round()
            f.klokke.turn(minutes=5)
        row = f.a.row(own, Side.MOTTAKER)
        assert row.tilstand is Tilstand.MOTTATT
        motta.accept(f.a.verk, row, taker.ref, Innlogging.HOEY)
        for _ in range(6):
            f.a.round()
            f.klokke.turn(minutes=5)
        assert f.a.row(own).tilstand is Tilstand.FULLFOERT
        logg = f.a.log(f.logg.id)
        assert logg.status.value == "AKTIV"
        holder = next(d for d in logg.deltakelser if d.id == logg.stafettholder)
        assert next(p for p in logg.personer if p.id == holder.person).navn == taker.navn


def test_a_row_survives_another_process(flytting):
    """Design 7: days pass as rows, not as processes; whoever comes next goes on."""
    f = flytting()
    own = received(f)
    f.m.database.close()
    f.accept(own)
    f.a.database.close()
    finished(f, own)
    assert runde.run(f.a.verk).feil == 0


def test_a_pregnant_womans_log_goes_on_paper(flytting):
    """B-17: unless the municipality has said otherwise; and the manual channel is a whole way."""
    f = flytting("gravid")
    refused(lambda: f.start(f.logg), "GRAVID_PAA_PAPIR")
    f.a.rules(gravid_digitalt=True)
    assert f.start(f.logg)


def test_the_manual_channel(flytting, tmp_path):
    """R-133, R-134, B-25: papers and a signed receipt; until it is here we are responsible."""
    from gateway.effects.transferring import manuelt

    f = flytting()
    rad = avgi.start(f.a.verk, f.logg.id, f.grunnlag(f.logg), manual_leader(f), kanal="manuell")
    f.a.archive()
    assert avgi.send(f.a.verk, rad, manual_leader(f)).tilstand is Tilstand.SENDT
    assert f.wire.carried == []
    papers = manuelt.lay_out(f.a.verk, f.a.row(rad.id), tmp_path / "papirer")
    assert {p.name for p in papers} >= {"stafettlogg.pdf", "mottakskvittering.txt"}
    assert rad.id in (tmp_path / "papirer" / "mottakskvittering.txt").read_text()
    f.klokke.turn(days=20)
    f.a.round()
    assert f.a.row(rad.id).tilstand is Tilstand.SENDT
    for signed, where in (("", "2026/1"), ("2026-11-20T12:00:00+00:00", "")):
        refused(
            lambda s=signed, w=where: manuelt.received(
                f.a.verk, f.a.row(rad.id), manual_leader(f), signert=s, arkivnummer=w
            ),
            "MOTTAKSKVITTERING_MANGLER",
        )
    manuelt.received(
        f.a.verk, f.a.row(rad.id), manual_leader(f),
        signert="2026-11-20T12:00:00+00:00", arkivnummer="2026/417-3",
    )  # fmt: skip
    f.a.round()
    assert f.a.row(rad.id).tilstand is Tilstand.FULLFOERT
    assert f.a.log(f.logg.id).status.value == "PASSIV"


def manual_leader(f):
    """The leader of the unit that has the log."""
    unit = next(v for v in f.logg.virksomheter if v.id == f.logg.ansvarlig_virksomhet)
    f.a.ansatte = [replace(one, virksomhet=unit.orgnr) for one in f.a.ansatte]
    return f.leder


def test_a_log_that_is_handed_over_is_not_deleted(flytting):
    """E-2: deleting a log with an open hand-over is refused, passive or not."""
    from gateway.effects.archiving import deleting

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
    refused(lambda: deleting.clear(f.a.arkiv, f.logg.id, "leder"), "SLETT_OVERFOERING")
