"""Each guard at its edges: what is just yes, what is just no, and what nobody has said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.overfoering import vakter
from gateway.overfoering.grunnlag import Aktoer, Enhet, Grunnlag
from gateway.overfoering.vakter import Krav
from gateway.policy.context import Samtykkeregler
from gateway.policy.context import Signatar as Hvem
from gateway.staff.member import Ansatt
from schemas.overfoering.koder import Begrunnelse, Maaltype, Rettet
from schemas.stafettlogg.kodeverk import (
    Adressebeskyttelse,
    Deltakerstatus,
    Hovedpersontype,
    Kildesystem,
    Rolle,
)
from schemas.stafettlogg.person import Deltakelse, Person, Virksomhet
from schemas.stafettlogg.samtykke import Mottaker
from tests.unit.conftest import NOW

A = Adressebeskyttelse
CX = Kildesystem.CONEXUS
KRAV = Krav((Samtykkeregler(),))
NAVN, ORGNR = "Fjordby skole", "899201209"


def wish(**changes):
    """The one concern of the small log, to a school in another municipality."""
    made = Grunnlag(
        maaltype=Maaltype.ANNEN_KOMMUNE, begrunnelse=Begrunnelse.FLYTTING, mottaker="899200209",
        enhet=Enhet(ORGNR, NAVN), rettet=Rettet.LEDER, utvalg=("o1",), samtykke="s1",
        lest_av="leder",
    )  # fmt: skip
    return replace(made, **changes)


def consent(logg, **changes):
    """The small log with its consent changed."""
    made = logg()
    return made.model_copy(update={"samtykker": (made.samtykker[0].model_copy(update=changes),)})


def guard(logg, ramme, valgt=None, krav=KRAV, **changes):
    """What the guard of consent says."""
    return vakter.samtykke(consent(logg, **changes), valgt or wish(), ramme(), krav)


# -- whose protection counts ----------------------------------------------------------------------
def part(person, rolle, virksomhet=None):
    """A participation."""
    return Deltakelse(id=f"d-{person}", kildesystem=CX, person=person, rolle=rolle,
                      virksomhet=virksomhet)  # fmt: skip


@pytest.mark.parametrize(
    ("rolle", "virksomhet", "counts"),
    [
        (Rolle.LESETILGANG, None, True),
        (Rolle.UKJENT, None, True),
        (Rolle.LESETILGANG, "v1", False),
        (Rolle.AKTOER, None, False),
        (Rolle.AKTOER, "v1", False),
        (Rolle.STAFETTHOLDER, None, False),
        (Rolle.FORESATT, None, True),
        (Rolle.FORESATT, "v1", True),
        (Rolle.HOVEDPERSON, "v1", True),
    ],
)
def test_who_is_of_the_household(logg, rolle, virksomhet, counts):
    """The family, whoever reads without being staff, and nobody who is there at work."""
    whole = logg()
    made = whole.model_copy(
        update={
            "personer": (*whole.personer, Person(id="x", kildesystem=CX)),
            "deltakelser": (*whole.deltakelser, part("x", rolle.value, virksomhet)),
        }
    )
    assert ("x" in vakter.household(made)) is counts


def test_a_leader_of_a_unit_is_staff(logg):
    """Who stands in the log only as a unit's leader is not of the household."""
    whole = logg()
    person = Person(id="x", kildesystem=CX)
    unit = whole.virksomheter[0].model_copy(update={"leder": "x"})
    made = whole.model_copy(update={"personer": (*whole.personer, person), "virksomheter": (unit,)})
    assert "x" not in vakter.household(made)
    assert vakter.household(whole) == {"barn", "mor", "far", "pp"}


@pytest.mark.parametrize(
    ("told", "svarte", "code"),
    [
        ({}, False, ""),
        ({}, True, ""),
        ({"mor": A.UKJENT}, False, "REGISTER_VET_IKKE"),
        ({"mor": A.UKJENT}, True, "MANUELL"),
        ({"mor": None}, False, "REGISTER_VET_IKKE"),
        ({"mor": None}, True, "MANUELL"),
        ({"mor": A.FORTROLIG}, False, "MANUELL"),
        ({"mor": A.KLIENTADRESSE, "far": None}, False, "MANUELL"),
        ({"mor": A.STRENGT_FORTROLIG}, True, "MANUELL"),
        ({"holder": A.FORTROLIG}, True, ""),
    ],
)
def test_protection_as_a_package_opens(logg, ramme, told, svarte, code):
    """Known as protected is a person's; that nobody could say is asked again."""
    whole = dict(ramme().protection) | told
    found = {person: grade for person, grade in whole.items() if grade is not None}
    assert vakter.vern_hos_mottaker(logg(), ramme(protection=found), svarte=svarte) == code


# -- the ground -----------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", list(Hovedpersontype))
@pytest.mark.parametrize("paper", [True, False])
def test_somebody_unborn_goes_on_paper(logg, ramme, kind, paper):
    """B-17: and only them."""
    made = logg()
    made = made.model_copy(
        update={"hovedperson": made.hovedperson.model_copy(update={"type": kind})}
    )
    unborn = kind in (Hovedpersontype.GRAVID, Hovedpersontype.UFOEDT)
    code = vakter.grunnlag(made, wish(), ramme(), paa_papir=paper)
    assert (code == "GRAVID_PAA_PAPIR") is (unborn and not paper)
    # Where nobody says which way it goes, nothing is in the way of that.
    assert vakter.grunnlag(made, wish(), ramme()) != "GRAVID_PAA_PAPIR"


def test_a_named_person_is_named(logg, ramme):
    """Directed at somebody, with somebody; at a leader, with nobody."""
    assert vakter.grunnlag(logg(), wish(rettet=Rettet.PERSON, person="p"), ramme()) == ""
    assert vakter.grunnlag(logg(), wish(rettet=Rettet.PERSON), ramme()) == "PERSON_MANGLER"
    assert vakter.grunnlag(logg(), wish(rettet=Rettet.LEDER), ramme()) == ""


@pytest.mark.parametrize(
    ("orgnr", "navn", "code"),
    [
        (ORGNR, "Noe annet", ""),
        ("899100115", NAVN, "MAALTYPE_PASSER_IKKE"),
        (None, NAVN, ""),
        (None, "FJORDBY   skole ", ""),
        (None, "Fjordby skole avd. 2", "MAALTYPE_PASSER_IKKE"),
        (None, None, "MAALTYPE_PASSER_IKKE"),
    ],
)
def test_the_same_unit_by_number_else_by_name(logg, ramme, orgnr, navn, code):
    """R-119: only within the unit that has the log; a number is surer than a name."""
    unit = Virksomhet(id="v1", kildesystem=CX, orgnr=orgnr, navn=navn)
    inside = wish(maaltype=Maaltype.SAMME_VIRKSOMHET)
    made = logg(virksomheter=(unit,), ansvarlig_virksomhet="v1")
    assert vakter.grunnlag(made, inside, ramme()) == code
    nobody = logg(virksomheter=(unit,), ansvarlig_virksomhet="v9")
    assert vakter.grunnlag(nobody, inside, ramme()) == "MAALTYPE_PASSER_IKKE"
    assert vakter.grunnlag(made, wish(), ramme()) == ""


def test_a_log_no_rule_lets_go(logg, ramme):
    """The rules of the log itself are asked last."""
    assert vakter.grunnlag(logg(stafettholder=None), wish(), ramme()) != ""


# -- authority and nearness -----------------------------------------------------------------------
def bare(logg, *named, **changes):
    """The small log where only these have a number, and share it."""
    whole = logg(**changes)
    shared = whole.personer[0].identifikatorer
    people = tuple(
        p.model_copy(update={"identifikatorer": shared if p.id in named else ()})
        for p in whole.personer
    )
    return whole.model_copy(update={"personer": people})


HOLDEREN, ROLLE = Aktoer("a", "stafettholder"), frozenset({"stafettholder"})


@pytest.mark.parametrize(
    ("named", "code"),
    [
        (("holder", "mor"), "HABILITET"),
        (("holder", "far"), "HABILITET"),
        (("holder", "laerer"), ""),
        (("holder", "barn"), ""),
        (("mor", "far"), ""),
        ((), ""),
    ],
)
def test_a_holder_with_a_guardian_s_number(logg, named, code):
    """One number under two ids is one person; a colleague's or the child's is not a guardian's."""
    assert vakter.fullmakt(bare(logg, *named), HOLDEREN, ROLLE) == code


def test_a_guardian_who_has_ended_is_none(logg):
    """Who was a guardian once is not the one who is too near."""
    made = bare(logg, stafettholder="d-mor")
    assert vakter.fullmakt(made, HOLDEREN, ROLLE) == "HABILITET"
    parts = tuple(
        d.model_copy(update={"status": Deltakerstatus.AVSLUTTET}) if d.person == "mor" else d
        for d in made.deltakelser
    )
    ended = made.model_copy(update={"deltakelser": parts})
    assert vakter.fullmakt(ended, HOLDEREN, ROLLE) == ""


def test_a_log_whose_holder_is_nobody(logg):
    """No holder, a holder that is not there, and one whose person is not: the leader decides."""
    assert vakter.fullmakt(bare(logg, stafettholder=None), HOLDEREN, ROLLE) == "HABILITET"
    assert vakter.fullmakt(bare(logg, stafettholder="d-x"), HOLDEREN, ROLLE) == "HABILITET"
    made = bare(logg, "mor")
    without = made.model_copy(
        update={"personer": tuple(p for p in made.personer if p.id not in ("holder", "far"))}
    )
    assert vakter.fullmakt(without, HOLDEREN, ROLLE) == ""


ANSATT = Ansatt("a-1", ORGNR, NAVN, ROLLE, "Holder Oppdiktet", numre=("41814061033",))


@pytest.mark.parametrize(
    ("named", "code"),
    [(("mor",), "HABILITET"), (("barn",), "HABILITET"), (("laerer", "holder", "pp"), "")],
)
def test_who_takes_over_is_not_of_the_family(logg, named, code):
    """By number: the family's, and nobody else's."""
    ansatt = replace(ANSATT, numre=(logg().personer[0].identifikatorer[0].verdi,))
    assert vakter.habil(ansatt, bare(logg, *named)) == code
    assert vakter.habil(replace(ANSATT, numre=()), bare(logg, *named)) == ""


# -- consent --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("informed", "code"),
    [
        (-3, ""), (0, ""), (1, ""), (2, "FORESATTE_IKKE_INFORMERT"),
        (None, "FORESATTE_IKKE_INFORMERT"),
    ],
)  # fmt: skip
def test_nobody_has_been_told_on_a_day_that_is_yet_to_be(logg, ramme, informed, code):
    """A day's grace for the clocks, and no more."""
    when = (NOW + timedelta(days=informed)).isoformat() if informed is not None else ""
    inside = wish(maaltype=Maaltype.SAMME_VIRKSOMHET, samtykke="", informert=when)
    assert vakter.samtykke(logg(), inside, ramme(), KRAV) == code


def test_to_another_unit_telling_is_not_enough(logg, ramme):
    """Only within the unit; and a municipality may ask for more there too (B-26)."""
    told = {"samtykke": "", "informert": NOW.isoformat()}
    for kind in (Maaltype.ANNEN_VIRKSOMHET_SAMME_KOMMUNE, Maaltype.ANNEN_KOMMUNE):
        assert guard(logg, ramme, wish(maaltype=kind, **told)) == "SAMTYKKE_MANGLER"
    inside = wish(maaltype=Maaltype.SAMME_VIRKSOMHET, **told)
    assert guard(logg, ramme, inside) == ""
    strict = Krav((Samtykkeregler(),), samme_virksomhet_krever_samtykke=True)
    assert guard(logg, ramme, inside, strict) == "SAMTYKKE_MANGLER"
    assert guard(logg, ramme, replace(inside, samtykke="s1"), strict) == ""


def test_both_municipalities_must_say_yes(logg, ramme):
    """The stricter holds, whoever of the two it is."""
    own, theirs = Samtykkeregler(), Samtykkeregler(under=Hvem.BEGGE)
    assert guard(logg, ramme, krav=Krav((own,))) == ""
    for krav in (Krav((own, theirs)), Krav((theirs, own))):
        assert guard(logg, ramme, krav=krav) == "SAMTYKKE_GJELDER_IKKE"
    assert guard(logg, ramme, krav=Krav(())) == "SAMTYKKE_GJELDER_IKKE"


def test_the_consent_that_was_named_and_no_other(logg, ramme):
    """Another consent that is in force is another one."""
    assert guard(logg, ramme, wish(samtykke="s2")) == "SAMTYKKE_GJELDER_IKKE"


_TO_UNIT, _TO_KOMMUNE = "overfoereVirksomhet", "overfoereKommune"


@pytest.mark.parametrize(
    ("omfang", "kind", "code"),
    [
        ((_TO_KOMMUNE,), Maaltype.ANNEN_KOMMUNE, ""),
        ((_TO_UNIT,), Maaltype.ANNEN_KOMMUNE, "SAMTYKKE_ANNET_FORMAAL"),
        ((_TO_UNIT, _TO_KOMMUNE), Maaltype.ANNEN_KOMMUNE, ""),
        ((_TO_KOMMUNE,), Maaltype.ANNEN_VIRKSOMHET_SAMME_KOMMUNE, "SAMTYKKE_ANNET_FORMAAL"),
        ((_TO_UNIT,), Maaltype.ANNEN_VIRKSOMHET_SAMME_KOMMUNE, ""),
        (("dele",), Maaltype.ANNEN_KOMMUNE, ""),
    ],
)
def test_a_consent_for_this_purpose(logg, ramme, omfang, kind, code):
    """Where the form says what is handed over, it is that; where it does not, somebody read it."""
    told = {"omfang": ("opprette", "dele", *omfang)}
    assert guard(logg, ramme, wish(maaltype=kind), **told) == code


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ((NAVN,), ""),
        (("fjordby  SKOLE",), ""),
        ((ORGNR,), ""),
        (("PPT", NAVN), ""),
        (("Fjordby skole avd. 2",), "SAMTYKKE_ANNEN_MOTTAKER"),
        ((), ""),
        ((None,), ""),
    ],
)
def test_a_consent_for_this_receiver(logg, ramme, names, code):
    """A form that names its receivers of a hand-over is never overruled."""
    told = {"omfang": ("opprette", "dele", _TO_KOMMUNE),
            "mottakere": tuple(Mottaker(virksomhet=one) for one in names)}  # fmt: skip
    assert guard(logg, ramme, **told) == code
    # Whom it is shared with is not whom it is handed over to.
    assert guard(logg, ramme, **told | {"omfang": ("opprette", "dele")}) == ""


@pytest.mark.parametrize(
    ("listed", "code"),
    [(("o1",), ""), (("o1", "o2"), ""), (("o2",), "SAMTYKKE_ANNET_UTVALG"), ((), "")],
)
def test_a_consent_for_this_selection(logg, ramme, listed, code):
    """Everything that is chosen is on its list, where it has one."""
    assert guard(logg, ramme, oppmerksomheter=listed) == code


@pytest.mark.parametrize("missing", ["", "omfang", "mottakere", "oppmerksomheter"])
def test_a_form_that_says_it_all_need_not_be_read(logg, ramme, missing):
    """Purpose, receiver and selection; with one of them unsaid somebody must have read it."""
    told = {"omfang": ("opprette", "dele", _TO_KOMMUNE),
            "mottakere": (Mottaker(virksomhet=NAVN),), "oppmerksomheter": ("o1",)}  # fmt: skip
    if missing:
        told[missing] = ("opprette", "dele") if missing == "omfang" else ()
    code = "SAMTYKKE_IKKE_LEST" if missing else ""
    assert guard(logg, ramme, wish(lest_av=""), **told) == code
    assert guard(logg, ramme, **told) == ""


def test_the_first_no_is_the_one_that_is_told():
    """And none is yes."""
    assert vakter.first(["", "A", "B"]) == "A"
    assert vakter.first(["", ""]) == ""
    assert vakter.first([]) == ""
