"""What may start, who sees what before acceptance, and who may accept (rules.md F, E-2)."""

from dataclasses import replace

import pytest

from gateway.cli.console import Speaker
from gateway.cli.transferring import state
from gateway.effects.transferring import motta, oversikt
from gateway.errors import Conflict, Rejected
from gateway.overfoering.grunnlag import Aktoer, Enhet
from gateway.overfoering.tilstand import Side, Tilstand
from schemas.overfoering.koder import Avvisningsgrunn, Innlogging, Rettet
from tests.story.paa_ledningen import destroyed, edit, finished, received, refused
from tests.story.to_kommuner import ANNEN, HOLDER, LEDER, unit_of


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


def test_an_archive_nobody_can_read_wants_a_person(flytting):
    """Frozen, and no night will read it back: the way is the one of that archive."""
    f = flytting()
    own = f.start(f.logg)
    edit(f)
    f.a.shelf._reads_back = False
    refused(lambda: f.send(own), "UTTAK_IKKE_ARKIVERT")
    f.a.archive()
    refused(lambda: f.send(own), "UTTAK_VENTER_PAA_MENNESKE")


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


def test_the_receiver_says_no(flytting, capsys):
    """E-2: the family does not live there yet; no error, and the sender keeps the log. Both are
    told so, and not of a system that takes no log and of what is parked."""
    f = flytting()
    own = received(f)
    row = f.m.row(own, Side.MOTTAKER)
    motta.reject(f.m.verk, row, Avvisningsgrunn.BOR_IKKE_HER, Aktoer(LEDER, "leder"))
    f.rounds(3)
    assert f.states(own) == ("AVVIST", "AVVIST")
    for by, side in ((f.a, Side.AVGIVER), (f.m, Side.MOTTAKER)):
        state(Speaker(as_json=False), by.verk, by.row(own, side))
        said = capsys.readouterr().out
        assert "AVVIST: Mottakeren sa nei" in said and "parked" not in said
    destroyed(f, own)
    assert f.start(f.logg) != own
