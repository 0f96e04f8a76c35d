"""R-003, R-110 to R-116 with B-01 to B-03: who must have signed, and what ends a consent."""

from datetime import UTC, date, datetime

import pytest

from gateway.policy.alder import age
from gateway.policy.context import Samtykkeregler, Signatar
from gateway.policy.samtykke import samtykke as rule
from schemas.stafettlogg.kodeverk import Hovedpersontype, Samtykkestatus
from schemas.stafettlogg.person import Hovedperson
from tests.unit.conftest import person, samtykke


def codes(logg, ramme):
    """The codes the rule gives."""
    return [f.code for f in rule(logg, ramme)]


def test_both_guardians_have_signed(logg, ramme):
    """R-112: with both signatures the log may go."""
    assert codes(logg(), ramme()) == []


def test_one_guardian_is_missing(logg, ramme):
    """R-112: one signature of two holds the log."""
    assert codes(logg(samtykker=(samtykke("mor"),)), ramme()) == ["P-13"]


def test_one_is_enough_where_the_municipality_says_so(logg, ramme):
    """B-03: `en` accepts one of the guardians."""
    frame = ramme(samtykke=Samtykkeregler(alle_foresatte=False))
    assert codes(logg(samtykker=(samtykke("mor"),)), frame) == []


def test_no_consent_at_all(logg, ramme):
    """R-003: no consent, no move."""
    assert codes(logg(samtykker=()), ramme()) == ["P-10"]


def test_consent_that_covers_creation_only(logg, ramme):
    """R-003: consent must cover sharing as well as creating."""
    only = samtykke("mor", "far", omfang=("opprette",))
    assert codes(logg(samtykker=(only,)), ramme()) == ["P-10"]


def test_two_consents_may_cover_it_together(logg, ramme):
    """One consent for creating and one for sharing are enough together."""
    both = (
        samtykke("mor", "far", omfang=("opprette",)),
        samtykke("mor", "far", id="s2", omfang=("dele",)),
    )
    assert codes(logg(samtykker=both), ramme()) == []


@pytest.mark.parametrize(("until", "expected"), [("2026-11-20", ["P-11"]), ("2026-11-21", [])])
def test_expiry_counts_from_the_day_after(logg, ramme, until, expected):
    """B-15: a consent holds through its last day."""
    assert codes(logg(samtykker=(samtykke("mor", "far", gyldig_til=until),)), ramme()) == expected


def test_a_consent_without_evidence_proves_nothing(logg, ramme):
    """R-110, B-14: neither a signed form nor a signed text: nobody can show what was signed."""
    bare = samtykke("mor", "far", fil=None)
    assert codes(logg(samtykker=(bare,)), ramme()) == ["P-14"]
    worded = samtykke("mor", "far", fil=None, tekst_signert="Vi samtykker.")
    assert codes(logg(samtykker=(worded,)), ramme()) == []


def test_withdrawn(logg, ramme):
    """R-116: a withdrawn consent holds the log."""
    gone = samtykke("mor", "far", trukket="2026-06-01T10:00:00+02:00")
    assert codes(logg(samtykker=(gone,)), ramme()) == ["P-12"]


def test_a_withdrawal_outlives_an_older_consent(logg, ramme):
    """R-116: an older consent does not revive after a withdrawal; a newer one does."""
    gone = samtykke("mor", "far", trukket="2026-06-01T10:00:00+02:00")
    older = samtykke("mor", "far", id="s2", on="2026-01-10")
    newer = samtykke("mor", "far", id="s3", on="2026-07-01")
    assert codes(logg(samtykker=(gone, older)), ramme()) == ["P-12"]
    assert codes(logg(samtykker=(gone, newer)), ramme()) == []


def test_a_withdrawal_nobody_knows_the_time_of_stands(logg, ramme):
    """R-116: withdrawn without a time: no other consent can be known to be newer."""
    gone = samtykke("mor", "far", status=Samtykkestatus.TRUKKET)
    other = samtykke("mor", "far", id="s2", on="2026-07-01")
    assert codes(logg(samtykker=(gone, other)), ramme()) == ["P-12"]


@pytest.mark.parametrize(
    "later",
    [
        samtykke(id="s3", on="2026-07-01"),
        samtykke("mor", "far", id="s3", on="2026-07-01", omfang=("lesetilgang",)),
        samtykke("mor", "far", id="s3", on="2026-07-01", gyldig_til="2026-08-01"),
    ],
)
def test_a_later_consent_that_does_not_hold_replaces_nothing(logg, ramme, later):
    """R-116: unsigned, for something else or expired, it does not revive what is older."""
    gone = samtykke("mor", "far", trukket="2026-06-01T10:00:00+02:00")
    older = samtykke("mor", "far", id="s2", on="2026-01-10")
    assert codes(logg(samtykker=(gone, older, later)), ramme()) == ["P-12"]


@pytest.mark.parametrize("status", [s for s in Samtykkestatus if s is not Samtykkestatus.GYLDIG])
def test_only_a_valid_state_counts(logg, ramme, status):
    """E-1: every state but GYLDIG holds the log."""
    assert len(codes(logg(samtykker=(samtykke("mor", "far", status=status),)), ramme())) == 1


@pytest.mark.parametrize(
    ("born", "signers", "expected"),
    [
        ("2010-03-03", ("mor", "far"), []),  # 15, sixteenth birthday the day after signing
        ("2010-03-02", ("mor", "far"), ["P-13"]),  # 16 on the day of signing
        ("2010-03-02", ("mor", "far", "barn"), []),
        ("2010-03-02", ("barn",), ["P-13"]),  # default: together
        ("2008-03-02", ("barn",), []),  # 18: alone
        ("2008-03-02", ("mor", "far"), ["P-13"]),
    ],
)
def test_age_on_the_day_of_signing(logg, ramme, born, signers, expected):
    """B-01, B-02: "fyller 16" is inclusive, and age counts on the day of signing."""
    people = (person("barn", born), person("mor"), person("far"))
    one = logg(personer=people, samtykker=(samtykke(*signers, on="2026-03-02"),))
    assert codes(one, ramme()) == expected


def test_youth_alone_where_the_municipality_says_so(logg, ramme):
    """B-02: `ungdom` lets a youth of fifteen sign alone."""
    people = (person("barn", "2010-06-01"), person("mor"), person("far"))
    frame = ramme(samtykke=Samtykkeregler(egen_alder=15, fra=Signatar.UNGDOM))
    assert codes(logg(personer=people, samtykker=(samtykke("barn"),)), frame) == []


def test_unknown_age_means_no(logg, ramme):
    """C-6: without a birth date nobody knows who must sign."""
    assert codes(logg(personer=(person("barn"),)), ramme()) == ["P-13"]


def test_the_register_tells_the_age_where_the_system_has_no_field(logg, ramme):
    """C-6: a birth date from the register, never from the number."""
    frame = ramme(born={"barn": date(2018, 5, 4)})
    assert codes(logg(personer=(person("barn"),)), frame) == []


def test_a_pregnant_person_signs_for_herself(logg, ramme):
    """R-171: the main person of a pregnancy log consents herself."""
    main = Hovedperson(person="barn", type=Hovedpersontype.GRAVID)
    one = logg(hovedperson=main, deltakelser=(), samtykker=(samtykke("barn"),))
    assert codes(one, ramme()) == []


def test_no_registered_guardian_below_the_age(logg, ramme):
    """R-115: below the age there must be guardians to sign."""
    assert codes(logg(deltakelser=(), samtykker=(samtykke("barn"),)), ramme()) == ["P-13"]


def test_a_leap_day_child_is_fifteen_on_the_first_of_march():
    """Born on 29 February: the birthday of a common year is 1 March."""
    assert age(date(2012, 2, 29), date(2027, 2, 28)) == 14
    assert age(date(2012, 2, 29), date(2027, 3, 1)) == 15


def test_the_day_is_norwegian(logg, ramme):
    """A consent that ended yesterday in Oslo has ended, though UTC is still yesterday."""
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # 00.30 on the 21st in Oslo
    one = logg(samtykker=(samtykke("mor", "far", gyldig_til="2026-11-20"),))
    assert codes(one, ramme(now=late)) == ["P-11"]
