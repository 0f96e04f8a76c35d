"""Doubts of consent, age and part: what holds a log, what is withheld, and what is only told.

One part per rule, in the order of `rules.py`. Each part begins with a log every rule says yes to,
and changes the one thing the rule is about.
"""

from datetime import UTC, date, datetime

import pytest

from gateway.policy.context import Samtykkeregler, Signatar
from gateway.policy.redact import redact
from gateway.policy.rules import PERSON_RULES, RULES, judge
from gateway.policy.verdict import Finding, Verdict
from schemas.stafettlogg.innhold import Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import (
    Deltakerstatus,
    Hovedpersontype,
    Identtype,
    Kildesystem,
    Loggstatus,
    Overfoeringsmaaltype,
    Rolle,
    Samtykkestatus,
    Signaturstatus,
    Tilgangsomfang,
)
from schemas.stafettlogg.person import (
    Deltakelse,
    Hovedperson,
    Identifikator,
    Lesetilgang,
    Person,
    Virksomhet,
)
from schemas.stafettlogg.samtykke import Mottaker
from schemas.stafettlogg.samtykke import Signatar as Underskrift
from schemas.stafettlogg.spor import Overfoering
from tests.unit.conftest import NOW, concern, deltakelse, person, samtykke

CX = Kildesystem.CONEXUS
BORN = date(2018, 5, 4)
"""The child's birth date in the log of the fixture."""


def found(logg, ramme, rules=None):
    """Every finding as (code, entity)."""
    return [(f.code, f.entity) for f in judge(logg, ramme, rules).findings]


def codes(logg, ramme, rules=None):
    """The codes of every finding."""
    return [f.code for f in judge(logg, ramme, rules).findings]


def holds(logg, ramme, rules=None):
    """The codes of what holds the log."""
    return [f.code for f in judge(logg, ramme, rules).holds]


def notes(logg, ramme):
    """(code, entity) of what is only told."""
    told = judge(logg, ramme).notes
    assert not any(f.hold for f in told)
    return [(f.code, f.entity) for f in told]


# -- the birth date of the log and of the register ----------------------------------------------


@pytest.mark.parametrize("rules", [RULES, PERSON_RULES])
def test_the_register_says_another_birth_date(logg, ramme, rules):
    """C-6, B-01: who must sign follows from the age, and two dates are no age: held."""
    one = logg()
    assert holds(one, ramme(born={"barn": BORN}), rules) == []
    assert holds(one, ramme(born={"barn": date(2018, 5, 5)}), rules) == ["P-15"]


def test_where_the_two_dates_are(logg, ramme):
    """The place is the person and the field, never the dates."""
    (one,) = judge(logg(), ramme(born={"barn": date(2012, 11, 1)})).holds
    assert (one.entity, one.field, one.hold) == ("barn", "Person.foedselsdato", True)


def test_a_guardian_of_another_birth_date_is_another_person(logg, ramme):
    """The number may be somebody else's, whose protection was then answered for: held."""
    people = (*(p for p in logg().personer if p.id != "mor"), person("mor", "1985-02-03"))
    frame = ramme(born={"barn": BORN, "mor": date(1985, 2, 4)})
    assert found(logg(personer=people), frame) == [("P-15", "mor")]


def test_a_register_without_a_date_leaves_the_log_to_its_own(logg, ramme):
    """The register knows nothing to compare with."""
    assert codes(logg(), ramme(born={})) == []


def test_a_log_without_a_date_is_told_by_the_register(logg, ramme):
    """C-6: nothing to compare, and the register's is used."""
    one = logg(personer=(person("barn"),))
    assert holds(one, ramme(born={"barn": BORN})) == []


def test_a_register_that_was_not_asked_is_a_no(logg, ramme):
    """Not knowing means no: the date of the log alone does not say who must sign."""
    assert holds(logg(), ramme(born=None)) == ["P-21"]
    assert holds(logg(), ramme(born=None), PERSON_RULES) == ["P-21"]


# -- withdrawn by somebody, nobody knows when ---------------------------------------------------


@pytest.mark.parametrize("rules", [RULES, PERSON_RULES])
def test_withdrawn_by_somebody_without_a_time(logg, ramme, rules):
    """R-116: who withdrew is there, and when is not: the consent is in doubt, and doubt holds."""
    doubtful = samtykke("mor", "far", trukket_av="mor")
    assert found(logg(samtykker=(doubtful,)), ramme(), rules) == [("P-16", "s1")]


@pytest.mark.parametrize("nobody", [None, "conexus:", "conexus:  ", " "])
def test_an_empty_text_has_withdrawn_nothing(logg, ramme, nobody):
    """A field that is empty names nobody: nothing says that the consent was taken back."""
    one = samtykke("mor", "far", trukket_av=nobody)
    assert found(logg(samtykker=(one,)), ramme()) == []


def test_somebody_outside_the_log_is_somebody(logg, ramme):
    """An id the source does not explain is still somebody's."""
    one = samtykke("mor", "far", trukket_av="conexus:p-9")
    assert found(logg(samtykker=(one,)), ramme()) == [("P-16", "s1")]


def test_no_other_consent_can_be_known_to_be_newer(logg, ramme):
    """R-116: the withdrawal may be of today, so what was signed in summer does not answer it."""
    doubtful = samtykke("mor", "far", trukket_av="mor")
    newer = samtykke("mor", "far", id="s2", on="2026-07-01")
    assert found(logg(samtykker=(newer, doubtful)), ramme()) == [("P-16", "s1")]


def test_a_time_makes_it_a_withdrawal(logg, ramme):
    """R-116: with its time it is withdrawn, and a consent given after it stands."""
    gone = samtykke("mor", "far", trukket_av="mor", trukket="2026-06-01T10:00:00+02:00")
    newer = samtykke("mor", "far", id="s2", on="2026-07-01")
    assert codes(logg(samtykker=(gone,)), ramme()) == ["P-12"]
    assert codes(logg(samtykker=(gone, newer)), ramme()) == []


def test_a_system_that_says_withdrawn_is_believed(logg, ramme):
    """The state says so without a time: no doubt that it was withdrawn."""
    gone = samtykke("mor", "far", status=Samtykkestatus.TRUKKET, trukket_av="mor")
    assert codes(logg(samtykker=(gone,)), ramme()) == ["P-12"]


def test_one_of_the_signatures_is_taken_back(logg, ramme):
    """R-112, B-03: one guardian of two is enough here, but the other one said no: doubt."""
    signers = (
        Underskrift(person="mor", status=Signaturstatus.SIGNERT, tid="2026-03-02T10:00:00+01:00"),
        Underskrift(person="far", status=Signaturstatus.AVSLAATT),
    )
    frame = ramme(samtykke=Samtykkeregler(alle_foresatte=False))
    one = logg(samtykker=(samtykke(signatarer=signers),))
    assert found(one, frame) == [("P-16", "s1")]
    pending = signers[1].model_copy(update={"status": Signaturstatus.SENDT})
    assert codes(logg(samtykker=(samtykke(signatarer=(signers[0], pending)),)), frame) == []


def test_a_refusal_with_its_time_is_answered_by_a_newer_consent(logg, ramme):
    """R-116: the refusal is dated, and all have signed since."""
    refused = samtykke(
        signatarer=(
            Underskrift(
                person="mor", status=Signaturstatus.SIGNERT, tid="2026-03-02T10:00:00+01:00"
            ),
            Underskrift(
                person="far", status=Signaturstatus.AVSLAATT, tid="2026-03-03T10:00:00+01:00"
            ),
        )
    )
    newer = samtykke("mor", "far", id="s2", on="2026-07-01")
    assert codes(logg(samtykker=(refused, newer)), ramme()) == []


def test_a_form_nobody_completed_takes_nothing_back(logg, ramme):
    """A consent refused when it was asked for is no withdrawal of the one that stands."""
    signers = (Underskrift(person="far", status=Signaturstatus.AVSLAATT),)
    refused = samtykke(id="s2", status=Samtykkestatus.AVSLAATT, signatarer=signers)
    assert codes(logg(samtykker=(samtykke("mor", "far"), refused)), ramme()) == []


# -- the window of a measure whose time nobody wrote --------------------------------------------


def with_measure(**fields):
    """One concern with one measure."""
    goal = Maal(id="m", kildesystem=CX, tiltak=(Tiltak(id="t", kildesystem=CX, **fields),))
    return (Oppmerksomhet(id="o", kildesystem=CX, maal=(goal,)),)


def test_changed_within_the_window_holds_it(logg, ramme):
    """R-077: not known when it was made, but it was changed at 05.00: open until 13.00."""
    one = logg(oppmerksomheter=with_measure(endret="2026-11-21T05:00:00Z"))
    (held,) = judge(one, ramme()).holds
    assert (held.code, held.until) == ("P-30", datetime(2026, 11, 21, 13, 0, tzinfo=UTC))


def test_the_log_was_changed_within_the_window(logg, ramme):
    """R-077: the measure has no time at all; it is no younger than the log's last change."""
    one = logg(oppmerksomheter=with_measure(), sist_oppdatert="2026-11-21T05:00:00Z")
    (held,) = judge(one, ramme()).holds
    assert (held.code, held.until) == ("P-30", datetime(2026, 11, 21, 13, 0, tzinfo=UTC))


def test_an_old_change_is_older_than_any_window(logg, ramme):
    """The measure's own change is nearer than the log's."""
    measure = with_measure(endret="2026-11-20T05:00:00Z")
    assert (
        codes(logg(oppmerksomheter=measure, sist_oppdatert="2026-11-21T11:00:00Z"), ramme()) == []
    )
    old = logg(oppmerksomheter=with_measure(), sist_oppdatert="2026-11-20T05:00:00Z")
    assert codes(old, ramme()) == []


def test_a_change_does_not_open_a_window_that_is_known(logg, ramme):
    """R-077: made long ago; an evaluation of today opens nothing."""
    measure = with_measure(opprettet="2026-03-01T10:00:00Z", endret="2026-11-21T11:00:00Z")
    assert (
        codes(logg(oppmerksomheter=measure, sist_oppdatert="2026-11-21T11:00:00Z"), ramme()) == []
    )


def test_a_change_nobody_can_read_holds(logg, ramme):
    """Not known is not known to be closed."""
    measure = with_measure(endret="2026-02-30T05:00:00Z")
    assert ("UKJENT_TIDSPUNKT", "t") in found(logg(oppmerksomheter=measure), ramme())


# -- eighteen today, and who signed -------------------------------------------------------------

ADULT = (person("barn", "2008-11-21"), person("mor"), person("far"), person("holder"))
"""Eighteen on the day of the frame."""
GUARDIANS = samtykke("mor", "far", on="2024-03-02")
"""Signed when the main person was fifteen: valid with the guardians' signatures alone."""
OWN = samtykke("barn", id="s2", on="2026-11-21", mottakere=())


def adult(logg, *consents, **changes):
    """The log of somebody who is eighteen today."""
    fields = {"personer": ADULT, "deltakelser": logg().deltakelser[:3], "oppmerksomheter": ()}
    return logg(samtykker=consents or (GUARDIANS,), **(fields | changes))


def test_the_guardians_of_an_adult_are_told_of_and_stay_behind(logg, ramme):
    """C-1: the consent holds, nobody who is grown has given one, and the guardians read no more."""
    verdict = judge(adult(logg), ramme())
    assert not verdict.held
    assert [(f.code, f.entity) for f in verdict.notes] == [("P-17", "barn")]
    assert verdict.withheld() == {("d-mor", "status"): "P-42", ("d-far", "status"): "P-42"}


def test_the_day_before_the_birthday_they_are_guardians(logg, ramme):
    """B-01: eighteen is reached on the birthday, and not before."""
    people = (person("barn", "2008-11-22"), *ADULT[1:])
    assert codes(adult(logg, personer=people), ramme()) == []


def test_the_day_is_counted_in_oslo(logg, ramme):
    """Half past midnight in Oslo is the birthday, though UTC is still yesterday."""
    people = (person("barn", "2008-11-22"), *ADULT[1:])
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert codes(adult(logg, personer=people), ramme(now=late)) == ["P-42", "P-42", "P-17"]


def test_the_register_tells_the_age_of_a_log_without_a_date(logg, ramme):
    """C-6: the same adult, whose system has no field for it."""
    people = (person("barn"), *ADULT[1:])
    frame = ramme(born={"barn": date(2008, 11, 21)})
    assert codes(adult(logg, personer=people), frame) == ["P-42", "P-42", "P-17"]


def test_an_adult_who_has_signed_is_nothing_to_tell(logg, ramme):
    """The adult's own consent stands; the guardians are not named in it."""
    verdict = judge(adult(logg, GUARDIANS, OWN), ramme())
    assert verdict.notes == ()
    assert set(verdict.withheld().values()) == {"P-42"}


def scoped(consent, cid, *scopes):
    """The consent for these scopes only."""
    return consent.model_copy(update={"id": cid, "omfang": scopes})


def test_own_creating_while_sharing_rests_on_the_guardians(logg, ramme):
    """C-1: what goes on from the birthday is the sharing, and the adult has not signed for it."""
    create, share = scoped(OWN, "s2", "opprette"), scoped(GUARDIANS, "s1", "dele")
    other = scoped(OWN, "s3", "lesetilgang")
    for consents in ((create, share), (GUARDIANS, create), (GUARDIANS, other)):
        assert notes(adult(logg, *consents), ramme()) == [("P-17", "barn")]


def test_own_sharing_is_nothing_to_tell(logg, ramme):
    """The adult has signed for it; what the guardians signed to create stands (B-01)."""
    create, share = scoped(GUARDIANS, "s1", "opprette"), scoped(OWN, "s2", "dele")
    assert notes(adult(logg, create, share), ramme()) == []


def test_sharing_that_rests_on_nothing_is_held_and_not_told(logg, ramme):
    """Nobody has signed for it: that holds the log."""
    verdict = judge(adult(logg, scoped(GUARDIANS, "s1", "opprette")), ramme())
    assert (verdict.code, verdict.notes) == ("P-10", ())


def kept_out(verdict):
    """The participations of guardians that do not become readers."""
    assert set(verdict.withheld().values()) <= {"P-42"}
    return {entity for entity, _field in verdict.withheld()}


def named(**changes):
    """A consent given by the adult that names the mother."""
    return OWN.model_copy(update={"mottakere": (Mottaker(person="Mor Moe"),), **changes})


def with_names(logg, *consents, **changes):
    """The adult's log, where the guardians have names."""
    people = (
        ADULT[0],
        *(person(p).model_copy(update={"navn": f"{p.capitalize()} Moe"}) for p in ("mor", "far")),
        ADULT[3],
    )
    return adult(logg, *consents, personer=people, **changes)


def test_whom_the_adult_names_goes_along(logg, ramme):
    """R-033: the adult's own consent in force names the mother, and not the father."""
    verdict = judge(with_names(logg, GUARDIANS, named()), ramme())
    assert kept_out(verdict) == {"d-far"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"oppmerksomheter": ("o1",)},  # not the whole log
        {"omfang": ("opprette",)},  # opens nothing
        {"gyldig_til": "2026-11-20"},  # over
        {"signatarer": GUARDIANS.signatarer, "gyldig_fra": "2024-03-02"},  # not the adult's
    ],
)
def test_naming_by_anything_less_opens_nothing(logg, ramme, wrong):
    """Whole, in force, for sharing, and given by the adult."""
    verdict = judge(with_names(logg, GUARDIANS, named(**wrong)), ramme())
    assert "d-mor" in kept_out(verdict)


def reading(**changes):
    """Reading access for the mother, given by a consent."""
    fields = {
        "id": "l", "kildesystem": CX, "person": "mor", "omfang": Tilgangsomfang.HELE,
        "samtykke": "s2",
    }  # fmt: skip
    return Lesetilgang(**(fields | changes))


def test_reading_access_the_adult_has_given_opens(logg, ramme):
    """R-031: the whole log, open today, by the adult's own consent."""
    one = adult(logg, GUARDIANS, OWN, lesetilganger=(reading(),))
    assert kept_out(judge(one, ramme())) == {"d-far"}


@pytest.mark.parametrize(
    "less",
    [
        {"omfang": Tilgangsomfang.DELER},
        {"samtykke": "s1"},  # the guardians' own
        {"samtykke": None},
        {"til": "2026-11-20T10:00:00Z"},
    ],
)
def test_less_than_that_opens_nothing(logg, ramme, less):
    """Some concerns, by the guardians themselves, by nobody, or over."""
    one = adult(logg, GUARDIANS, OWN, lesetilganger=(reading(**less),))
    assert "d-mor" in kept_out(judge(one, ramme()))


def test_without_a_consent_in_force_there_is_nothing_to_rest_on(logg, ramme):
    """That holds the log; nothing is told of an adult then, and the guardians stay out."""
    gone = GUARDIANS.model_copy(update={"gyldig_til": "2026-11-20"})
    verdict = judge(adult(logg, gone), ramme())
    assert [f.code for f in verdict.findings] == ["P-11", "P-42", "P-42"]
    assert verdict.notes == ()


def test_where_access_is_kept_per_concern_nobody_is_withheld(logg, ramme):
    """The target does not let every participant read all; the note is told all the same."""
    assert codes(adult(logg), ramme(target_reads_whole_log=False)) == ["P-17"]


def test_on_the_way_home_nobody_is_taken_away(logg, ramme):
    """A reversal gives back what stood there."""
    assert codes(adult(logg), ramme(going_home=True)) == ["P-17"]


def test_a_guardian_who_has_left_is_no_participant(logg, ramme):
    """Nothing to withhold of who is not there."""
    gone = logg().deltakelser[1].model_copy(update={"status": Deltakerstatus.AVSLUTTET})
    one = adult(logg, deltakelser=(logg().deltakelser[0], gone, logg().deltakelser[2]))
    assert kept_out(judge(one, ramme())) == {"d-far"}


@pytest.mark.parametrize("kind", [Hovedpersontype.GRAVID, Hovedpersontype.UFOEDT])
def test_a_pregnant_adult_has_no_guardians_to_lose(logg, ramme, kind):
    """R-171: who stands as guardian there is a parent of the child to come."""
    main = Hovedperson(person="barn", type=kind)
    one = adult(logg, OWN, hovedperson=main)
    assert not {"P-17", "P-42"} & set(codes(one, ramme()))


def test_who_signed_goes_along_as_one_who_has_left(logg, ramme):
    """Signatures are the evidence the log rests on: they point at somebody, who reads nothing."""
    one = adult(logg)
    sent, withheld = redact(one, judge(one, ramme()))
    assert {d.id: d.status for d in sent.deltakelser} == {
        "d-holder": Deltakerstatus.AKTIV,
        "d-mor": Deltakerstatus.AVSLUTTET,
        "d-far": Deltakerstatus.AVSLUTTET,
    }
    assert (sent.samtykker, sent.personer) == (one.samtykker, one.personer)
    assert withheld == {("d-mor", "status"): "P-42", ("d-far", "status"): "P-42"}


def test_who_signed_nothing_is_left_behind(logg, ramme):
    """Withheld as a reader of some concerns is: person and participation."""
    one = adult(logg, OWN)
    sent, withheld = redact(one, judge(one, ramme()))
    assert {p.id for p in sent.personer} == {"barn", "holder"}
    assert withheld == {(e, ""): "P-42" for e in ("d-mor", "d-far", "mor", "far")}


# -- how far the consent reaches ----------------------------------------------------------------

UNIT = {"ansvarlig_virksomhet": "v1"}


def test_a_consent_for_another_unit_is_told(logg, ramme):
    """R-040, B-16: it names a service, and not the one that has the log."""
    other = samtykke("mor", "far", mottakere=(Mottaker(virksomhet="Fjordby skole avd. 2"),))
    assert notes(logg(samtykker=(other,), **UNIT), ramme()) == [("P-18", "s1")]


@pytest.mark.parametrize(
    "name", ["Fjordby skole", " fjordby  SKOLE ", "v1", "vendor-1", "889640782"]
)
def test_a_unit_may_be_named_in_several_ways(logg, ramme, name):
    """By name, by number, or by the id its system or we have for it."""
    units = (
        Virksomhet(id="v1", kildesystem=CX, kilde_id="vendor-1", navn="Fjordby skole",
                   orgnr="889640782"),
    )  # fmt: skip
    one = samtykke("mor", "far", mottakere=(Mottaker(virksomhet=name),))
    assert notes(logg(samtykker=(one,), virksomheter=units, **UNIT), ramme()) == []


def test_a_second_consent_may_name_it(logg, ramme):
    """What one does not name, another in force may."""
    both = (
        samtykke("mor", "far", mottakere=(Mottaker(virksomhet="PPT Fjordby"),)),
        samtykke("mor", "far", id="s2"),
    )
    assert notes(logg(samtykker=both, **UNIT), ramme()) == []


def of_units(cid, scopes, *units):
    """A consent for these scopes that names these units."""
    return samtykke(
        "mor", "far", id=cid, omfang=scopes,
        mottakere=tuple(Mottaker(virksomhet=unit) for unit in units),
    )  # fmt: skip


def test_each_scope_is_asked_of_its_own_consents(logg, ramme):
    """R-003: ours is named for creating, and only another for sharing; and the other way."""
    for first, second in (("opprette", "dele"), ("dele", "opprette")):
        ours, other = of_units("s1", (first,), "Fjordby skole"), of_units("s2", (second,), "PPT")
        for both in ((ours, other), (other, ours)):
            assert notes(logg(samtykker=both, **UNIT), ramme()) == [("P-18", "s2")]


def test_one_that_misses_in_both_scopes_is_told_once(logg, ramme):
    """In the order of the log."""
    both = (of_units("s1", ("opprette", "dele"), "PPT"), of_units("s2", ("dele",), "BUP"))
    assert notes(logg(samtykker=both, **UNIT), ramme()) == [("P-18", "s1"), ("P-18", "s2")]
    named = (*both, of_units("s3", ("dele",), "Fjordby skole", "BUP"))
    assert notes(logg(samtykker=named, **UNIT), ramme()) == [("P-18", "s1")]
    unrelated = (of_units("s1", ("dele", "opprette"), "PPT"),
                 of_units("s2", ("lesetilgang",), "Fjordby skole"))  # fmt: skip
    assert notes(logg(samtykker=unrelated, **UNIT), ramme()) == [("P-18", "s1")]


@pytest.mark.parametrize("receivers", [(), (Mottaker(person="Kari Moe"),)])
def test_a_consent_that_names_no_unit_names_no_other(logg, ramme, receivers):
    """Nothing says otherwise."""
    one = samtykke("mor", "far", mottakere=receivers)
    assert notes(logg(samtykker=(one,), **UNIT), ramme()) == []


def test_without_a_responsible_unit_it_is_the_holders(logg, ramme):
    """Used for the unit of whoever holds the log; where nobody knows that, nothing can be told."""
    other = samtykke("mor", "far", mottakere=(Mottaker(virksomhet="PPT Fjordby"),))
    assert notes(logg(samtykker=(other,)), ramme()) == [("P-18", "s1")]
    alone = (deltakelse("holder", Rolle.STAFETTHOLDER), *logg().deltakelser[1:])
    assert notes(logg(samtykker=(other,), deltakelser=alone), ramme()) == []


def test_an_expired_consent_is_used_for_nothing(logg, ramme):
    """Only what holds today is asked what it names."""
    old = samtykke("mor", "far", id="s0", gyldig_til="2026-01-01",
                   mottakere=(Mottaker(virksomhet="PPT Fjordby"),))  # fmt: skip
    assert notes(logg(samtykker=(old, samtykke("mor", "far")), **UNIT), ramme()) == []


def test_one_of_two_concerns_is_told(logg, ramme):
    """R-119: the other concern goes along, and no consent in force covers it."""
    two = (concern("o1", "laerer"), concern("o2", "laerer"))
    some = samtykke("mor", "far", oppmerksomheter=("o1",))
    assert notes(logg(samtykker=(some,), oppmerksomheter=two), ramme()) == [("P-19", "s1")]


def test_two_consents_may_cover_both(logg, ramme):
    """Together they reach all of it; so does one of the whole log."""
    two = (concern("o1", "laerer"), concern("o2", "laerer"))
    first = samtykke("mor", "far", oppmerksomheter=("o1",))
    second = samtykke("mor", "far", id="s2", oppmerksomheter=("o2",))
    whole = samtykke("mor", "far", id="s3")
    assert notes(logg(samtykker=(first, second), oppmerksomheter=two), ramme()) == []
    assert notes(logg(samtykker=(first, whole), oppmerksomheter=two), ramme()) == []


def test_creating_all_is_not_sharing_all(logg, ramme):
    """R-003: covered for creating, and not for sharing."""
    two = (concern("o1", "laerer"), concern("o2", "laerer"))
    create = samtykke("mor", "far", omfang=("opprette",))
    share = samtykke("mor", "far", id="s2", omfang=("dele",), oppmerksomheter=("o2",))
    assert notes(logg(samtykker=(create, share), oppmerksomheter=two), ramme()) == [("P-19", "s2")]


# -- a hand-over nobody has answered ------------------------------------------------------------


def handover(oid="ov", **fields):
    """A hand-over of the log, sent in November."""
    given = {"sendt": "2026-11-20T10:00:00Z"} | fields
    return Overfoering(
        id=oid, kildesystem=CX,
        maaltype=Overfoeringsmaaltype.ANNEN_VIRKSOMHET_SAMME_KOMMUNE, **given,
    )  # fmt: skip


@pytest.mark.parametrize("status", [None, "SENDT", "MOTTATT", "TILDELT", "AKSEPT_AVVENTES"])
def test_a_hand_over_nobody_has_answered_is_told(logg, ramme, status):
    """R-011: somebody else may be about to be responsible for the log that is moved."""
    one = logg(overfoeringer=(handover(status=status),))
    assert notes(one, ramme()) == [("P-81", "ov")]


@pytest.mark.parametrize(
    "over",
    [
        {"akseptert": "2026-11-20T12:00:00Z"},
        {"sendt": None},
        *(
            {"status": s}
            for s in ("AKSEPTERT", "FULLFOERT", "AVVIST", "UTLOEPT", "TRUKKET", "FEILET")
        ),
    ],
)
def test_one_that_is_answered_or_never_sent_is_not(logg, ramme, over):
    """Accepted, ended, or still a draft."""
    assert notes(logg(overfoeringer=(handover(**over),)), ramme()) == []


def test_a_later_acceptance_answers_the_earlier(logg, ramme):
    """One hand-over at a time: what was accepted since has ended what lay there."""
    later = handover("ov2", sendt="2026-11-20T11:00:00Z", akseptert="2026-11-20T12:00:00Z")
    earlier = handover("ov2", sendt="2026-10-01T11:00:00Z", akseptert="2026-10-02T12:00:00Z")
    odd = handover("ov2", akseptert="2026-02-30T12:00:00Z")
    same = handover("ov2", sendt="2026-10-01T11:00:00Z", akseptert="2026-11-20T10:00:00Z")
    assert notes(logg(overfoeringer=(handover(), same)), ramme()) == [("P-81", "ov")]
    assert notes(logg(overfoeringer=(handover(), later)), ramme()) == []
    assert notes(logg(overfoeringer=(handover(), earlier)), ramme()) == [("P-81", "ov")]
    assert notes(logg(overfoeringer=(handover(), odd)), ramme()) == [("P-81", "ov")]


def test_an_acceptance_from_before_it_was_sent_answers_nothing(logg, ramme):
    """No order of things: neither that hand-over nor another is answered by it."""
    wrong = handover(akseptert="2026-11-20T09:59:59Z")
    assert notes(logg(overfoeringer=(wrong,)), ramme()) == [("P-81", "ov")]
    at_once = handover(akseptert="2026-11-20T10:00:00Z")
    assert notes(logg(overfoeringer=(at_once,)), ramme()) == []
    ended = handover("ov2", sendt="2026-11-21T10:00:00Z", akseptert="2026-11-20T12:00:00Z",
                     status="FULLFOERT")  # fmt: skip
    assert notes(logg(overfoeringer=(handover(), ended)), ramme()) == [("P-81", "ov")]
    answered = handover("ov2", sendt=None, akseptert="2026-11-20T12:00:00Z")
    assert notes(logg(overfoeringer=(handover(), answered)), ramme()) == []
    later = handover("ov2", sendt="2026-11-20T11:00:00Z", akseptert="2026-11-20T12:00:00Z")
    assert notes(logg(overfoeringer=(wrong, later)), ramme()) == []


@pytest.mark.parametrize(
    "times",
    [
        {"akseptert": "2026-02-30T10:00:00Z"},
        {"sendt": "2026-02-30T10:00:00Z", "akseptert": "2026-11-20T10:00:00Z"},
    ],
)
def test_a_time_nobody_can_read_is_told_as_that(logg, ramme, times):
    """It holds the log, and nothing more is said of it."""
    verdict = judge(logg(overfoeringer=(handover(**times),)), ramme())
    assert [f.code for f in verdict.findings] == ["UKJENT_TIDSPUNKT"]


# -- the holder is the guardian -----------------------------------------------------------------


def numbered(pid, number="41814061033"):
    """A person with this number."""
    return Person(
        id=pid, kildesystem=CX,
        identifikatorer=(Identifikator(type=Identtype.SYNTETISK, verdi=number),),
    )  # fmt: skip


FAMILY = (person("barn", "2018-05-04").model_copy(update={"identifikatorer": ()}),)


def test_one_number_and_two_persons_is_told(logg, ramme):
    """R-012: whoever holds the log is the mother, under another id."""
    people = (*FAMILY, numbered("mor"), numbered("holder"))
    assert notes(logg(personer=people), ramme()) == [("P-82", "d-holder")]


def test_the_same_person_twice_is_told(logg, ramme):
    """The holder takes part once more as guardian."""
    both = (
        *logg().deltakelser,
        deltakelse("holder", Rolle.FORESATT).model_copy(update={"id": "x"}),
    )
    one = logg(deltakelser=both, personer=FAMILY, samtykker=(samtykke("mor", "far", "holder"),))
    frame = ramme()
    assert notes(one, frame) == [("P-82", "d-holder")]


def test_another_number_is_another_person(logg, ramme):
    """Two people; and a guardian without a number is nobody we can compare."""
    people = (*FAMILY, numbered("mor", "41814061114"), numbered("holder"), numbered("laerer"))
    assert notes(logg(personer=people), ramme()) == []
    assert notes(logg(personer=FAMILY), ramme()) == []


def test_a_guardian_who_has_left_is_not_near(logg, ramme):
    """An ended participation holds nothing."""
    gone = logg().deltakelser[1].model_copy(update={"status": Deltakerstatus.AVSLUTTET})
    one = logg(
        deltakelser=(logg().deltakelser[0], gone, logg().deltakelser[2]),
        personer=(*FAMILY, numbered("mor"), numbered("holder")),
        samtykker=(samtykke("far"),),
    )
    assert notes(one, ramme()) == []


# -- level 1 and other services -----------------------------------------------------------------


def at_level(logg, level, *more, **changes):
    """The log at a level, with more participants."""
    one = logg()
    return logg(
        nivaa=level, deltakelser=(*one.deltakelser, *more), ansvarlig_virksomhet="v1", **changes
    )


def test_staff_of_another_unit_at_level_1_is_told(logg, ramme):
    """R-032: level 1 has participants of its own service only."""
    pp = deltakelse("pp", Rolle.AKTOER, "v2")
    assert notes(at_level(logg, 1, pp), ramme(target_reads_whole_log=False)) == [("P-43", "d-pp")]


@pytest.mark.parametrize("level", [2, 3, None])
def test_at_other_levels_they_belong(logg, ramme, level):
    """R-032: levels 2 and 3 have external participants too."""
    pp = deltakelse("pp", Rolle.AKTOER, "v2")
    assert notes(at_level(logg, level, pp), ramme(target_reads_whole_log=False)) == []


def test_registered_as_external_is_told(logg, ramme):
    """R-044: stands under the unit that has the log, and is not employed there."""
    people = tuple(
        p.model_copy(update={"ekstern": p.id == "laerer", "identifikatorer": ()})
        for p in logg().personer
    )
    assert notes(at_level(logg, 1, personer=people), ramme()) == [("P-43", "d-laerer")]


@pytest.mark.parametrize(
    "inside",
    [
        deltakelse("pp", Rolle.AKTOER, "v1"),
        deltakelse("pp", Rolle.AKTOER),  # nobody says where
        deltakelse("pp", Rolle.AKTOER, "v2").model_copy(
            update={"status": Deltakerstatus.AVSLUTTET}
        ),
        Deltakelse(
            id="d-mor2", kildesystem=CX, person="mor", rolle=Rolle.FORESATT, virksomhet="v2"
        ),
    ],
)
def test_who_is_not_of_another_service(logg, ramme, inside):
    """The own unit, an unknown one, who has left, and the family."""
    assert notes(at_level(logg, 1, inside), ramme(target_reads_whole_log=False)) == []


def test_without_a_responsible_unit_only_the_mark_tells(logg, ramme):
    """It is the holder's unit then; without a holder nobody knows which service is the own."""
    pp = deltakelse("pp", Rolle.AKTOER, "v2")
    holders = at_level(logg, 1, pp).model_copy(update={"ansvarlig_virksomhet": None})
    assert notes(holders, ramme(target_reads_whole_log=False)) == [("P-43", "d-pp")]
    nobodys = holders.model_copy(update={"stafettholder": None, "status": Loggstatus.PASSIV})
    assert notes(nobodys, ramme(target_reads_whole_log=False)) == []


# -- staff who are not in the staff file --------------------------------------------------------


def test_staff_nobody_has_registered_is_one_note(logg, ramme):
    """R-036: two who are not in the file are one note of the log, and the family is not asked."""
    assert notes(logg(), ramme(registered=frozenset())) == [("P-44", "")]
    assert notes(logg(), ramme(registered=frozenset({"holder"}))) == [("P-44", "")]
    assert notes(logg(), ramme(registered=frozenset({"holder", "laerer"}))) == []


def test_without_a_staff_file_nobody_is_told_of(logg, ramme):
    """None is not the same as nobody."""
    assert notes(logg(), ramme(registered=None)) == []


def test_a_staff_file_that_cannot_be_read_is_told_once(logg, ramme):
    """Nobody is known then, and that is said in place of it."""
    frame = ramme(registered=frozenset(), staff_read=False)
    assert notes(logg(), frame) == [("P-45", "")]


def test_who_has_left_is_not_missed(logg, ramme):
    """R-036: leavers are not in the file, and have no part in the log."""
    gone = logg().deltakelser[3].model_copy(update={"status": Deltakerstatus.AVSLUTTET})
    one = logg(deltakelser=(*logg().deltakelser[:3], gone))
    assert notes(one, ramme(registered=frozenset({"holder"}))) == []


def test_a_private_reader_is_not_staff(logg, ramme):
    """A grandmother who reads, without a unit, is in nobody's staff file."""
    reader = deltakelse("pp", Rolle.LESETILGANG)
    known = ramme(registered=frozenset({"holder", "laerer"}), target_reads_whole_log=False)
    assert notes(logg(deltakelser=(*logg().deltakelser, reader)), known) == []
    employed = deltakelse("pp", Rolle.LESETILGANG, "v2")
    assert notes(logg(deltakelser=(*logg().deltakelser, employed)), known) == [("P-44", "")]


# -- what a note is -----------------------------------------------------------------------------


def test_a_note_neither_holds_nor_withholds():
    """Three kinds, and each is one of them."""
    note = Finding("N", (), hold=False, entity="e", note=True)
    kept = Finding("W", (), hold=False, entity="e")
    stop = Finding("H", (), hold=True)
    verdict = Verdict((note, kept, stop))
    assert (verdict.notes, verdict.holds) == ((note,), (stop,))
    assert verdict.withheld() == {("e", ""): "W"}
    assert not Verdict((note,)).held
    assert Verdict((note,)).code == ""


def test_a_log_with_notes_goes_untouched(logg, ramme):
    """The very same value is sent."""
    one = logg(overfoeringer=(handover(),))
    verdict = judge(one, ramme())
    assert verdict.notes
    assert redact(one, verdict)[0] is one


def test_the_order_of_the_rules(logg, ramme):
    """What holds comes first, so that its code is the one that shows; what is told comes last."""
    names = [rule.__name__ for rule in RULES]
    assert names == [
        "adressebeskyttelse", "identifikator", "plantype", "holder", "tidspunkt", "foedselsdato",
        "samtykke", "redigeringsvindu", "tilgang", "voksen", "minimering", "myndig", "rekkevidde",
        "ubesvart", "habilitet", "nivaa", "ansatte",
    ]  # fmt: skip
    frame = ramme(samtykke=Samtykkeregler(fra=Signatar.UNGDOM), now=NOW)
    assert judge(logg(), frame).findings == ()
