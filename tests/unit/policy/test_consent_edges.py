"""The edges of the consent rule: days, bands of age, withdrawals, and which no is told first.

Each is a pair: what is just enough, and what is just too little.
"""

from datetime import date
from itertools import combinations

import pytest

from gateway.policy.context import Samtykkeregler, Signatar
from gateway.policy.samtykke import LOST, NEEDED, born, enough, signed_on, valid_consents
from gateway.policy.samtykke import samtykke as rule
from gateway.policy.trukket import doubtful, revoked, withdrawn
from gateway.policy.verdict import Finding
from schemas.stafettlogg.kodeverk import Hovedpersontype, Rolle, Samtykkestatus, Signaturstatus
from schemas.stafettlogg.person import Hovedperson
from schemas.stafettlogg.samtykke import Signatar as Underskrift
from tests.unit.conftest import deltakelse, person, samtykke

TODAY = date(2026, 11, 21)
RULES = ("R-003", "R-110", "R-111", "R-112", "R-113", "R-115")


def codes(logg, ramme):
    """The codes the rule gives."""
    return [f.code for f in rule(logg, ramme)]


def signature(who, at, status=Signaturstatus.SIGNERT):
    """A signature at a moment, or at none."""
    return Underskrift(person=who, status=status, tid=at)


def by(*signatures, **changes):
    """A consent with these signatures and no first day, unless one is given."""
    return samtykke(signatarer=signatures, **({"gyldig_fra": None} | changes))


# -- the day it was signed ----------------------------------------------------------------------


def test_the_last_signature_decides_the_day():
    """B-01: all have signed on the day the last one did, in Oslo."""
    late = by(
        signature("mor", "2026-03-05T10:00:00Z"), signature("far", "2026-03-02T23:30:00Z"),
        gyldig_fra="2026-01-01",
    )  # fmt: skip
    assert signed_on(late, TODAY) == date(2026, 3, 5)
    assert signed_on(by(signature("mor", "2026-03-02T23:30:00Z")), TODAY) == date(2026, 3, 3)


def test_only_a_signature_that_is_given_has_a_day():
    """One who was asked, or said no, has not signed."""
    for status in Signaturstatus:
        if status is not Signaturstatus.SIGNERT:
            one = by(
                signature("mor", "2026-03-02T10:00:00Z"),
                signature("far", "2026-05-01T10:00:00Z", status),
            )
            assert signed_on(one, TODAY) == date(2026, 3, 2)


def test_without_a_time_it_is_the_first_day_of_validity_else_today():
    """B-01: what the form says, else the day of the verdict."""
    assert signed_on(by(signature("mor", None), gyldig_fra="2026-02-01"), TODAY) == date(2026, 2, 1)
    assert signed_on(by(signature("mor", None)), TODAY) == TODAY
    assert signed_on(by(gyldig_fra="2026-02-30"), TODAY) is None


def test_one_time_nobody_can_read_is_no_day_at_all():
    """Of two: the other may have been later."""
    one = by(signature("mor", "2026-03-02T10:00:00Z"), signature("far", "2026-02-30T10:00:00Z"))
    assert signed_on(one, TODAY) is None


@pytest.mark.parametrize(("birthday", "expected"), [("2010-03-05", ["P-13"]), ("2010-03-06", [])])
def test_sixteen_between_two_signatures(logg, ramme, birthday, expected):
    """B-01: the mother signed before the birthday, the father on it: then the youth signs too."""
    late = by(signature("mor", "2026-03-01T10:00:00Z"), signature("far", "2026-03-05T10:00:00Z"))
    people = (person("barn", birthday), person("mor"), person("far"))
    assert codes(logg(personer=people, samtykker=(late,)), ramme()) == expected


# -- who must sign ------------------------------------------------------------------------------

WHO = ("barn", "mor", "far")
EVERYBODY = [frozenset(c) for n in range(4) for c in combinations(WHO, n)]


@pytest.mark.parametrize("years", [0, 14, 15, 16, 17, 18, 40])
@pytest.mark.parametrize("every", [True, False])
@pytest.mark.parametrize("under", list(Signatar))
@pytest.mark.parametrize("over", list(Signatar))
def test_every_band_and_every_set_of_signers(logg, years, every, under, over):
    """B-01 to B-03, written out once more: bands, bands' signers, all guardians or one of them."""
    rules = Samtykkeregler(egen_alder=15, under=under, fra=over, alle_foresatte=every)
    one = logg()
    for signed in EVERYBODY:
        parents = {"mor", "far"} & signed
        guardians = len(parents) == 2 if every else len(parents) > 0
        youth = "barn" in signed
        band = over if years >= 15 else under
        said = {"foresatte": guardians, "ungdom": youth, "begge": guardians and youth}[band.value]
        assert enough(signed, one, years, rules) is (youth if years >= 18 else said)


def test_the_pregnant_signs_herself_at_any_age(logg):
    """R-171: her own signature, and nobody else's; her age is not asked."""
    main = Hovedperson(person="barn", type=Hovedpersontype.GRAVID)
    one = logg(hovedperson=main)
    for years in (None, 15, 30):
        for signed in EVERYBODY:
            assert enough(signed, one, years, Samtykkeregler()) is ("barn" in signed)


def test_an_unknown_age_is_never_enough(logg):
    """C-6: whoever has signed."""
    assert not any(enough(signed, logg(), None, Samtykkeregler()) for signed in EVERYBODY)


def test_without_guardians_none_of_them_has_signed(logg):
    """R-115: all of nobody is not everybody."""
    alone = logg(deltakelser=(deltakelse("barn", Rolle.HOVEDPERSON),))
    for every in (True, False):
        rules = Samtykkeregler(alle_foresatte=every)
        assert not any(enough(signed, alone, 8, rules) for signed in EVERYBODY)


def test_the_age_is_the_logs_own_first(logg, ramme):
    """C-6: its own field, the register's where it has none, and no other person's."""
    frame = ramme(born={"barn": date(2011, 1, 2), "mor": date(1985, 1, 2)})
    assert born(logg(), frame) == date(2018, 5, 4)
    assert born(logg(personer=(person("mor", "1985-01-01"), person("barn"))), frame) == date(
        2011, 1, 2
    )
    assert born(logg(personer=(person("mor"),)), frame) == date(2011, 1, 2)
    assert born(logg(personer=(person("barn"),)), ramme(born={})) is None
    assert born(logg(personer=(person("barn"),)), ramme(born=None)) is None
    assert born(logg(personer=(person("barn", "2018-02-30"),)), frame) is None


# -- in force -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"gyldig_fra": "2026-11-21"}, []),
        ({"gyldig_fra": "2026-11-22"}, ["P-13"]),
        ({"gyldig_til": "2026-11-21"}, []),
        ({"gyldig_til": "2026-11-20"}, ["P-11"]),
        ({"fil": None, "tekst_signert": "Ja."}, []),
        ({"fil": "f", "tekst_signert": None}, []),
        ({"fil": None, "tekst_signert": None}, ["P-14"]),
        ({"fil": None, "tekst_signert": ""}, ["P-14"]),
        ({"status": Samtykkestatus.UTLOEPT}, ["P-11"]),
        ({"status": Samtykkestatus.TRUKKET}, ["P-12"]),
        *(
            ({"status": status}, ["P-13"])
            for status in Samtykkestatus
            if status.value not in ("GYLDIG", "UTLOEPT", "TRUKKET")
        ),
    ],
)
def test_what_a_consent_must_be(logg, ramme, changes, expected):
    """E-1, B-14, B-15: begun, not over, shown, and valid."""
    one = samtykke("mor", "far", **changes)
    assert codes(logg(samtykker=(one,)), ramme()) == expected
    assert bool(valid_consents(logg(samtykker=(one,)), ramme())) is not bool(expected)


def test_what_the_rule_says_in_full(logg, ramme):
    """The rules it rests on; a doubt is of one consent, the rest are of the log."""
    assert rule(logg(samtykker=()), ramme()) == (Finding("P-10", RULES, hold=True),)
    over = samtykke("mor", "far", gyldig_til="2026-01-01")
    assert rule(logg(samtykker=(over,)), ramme()) == (Finding("P-11", RULES, hold=True),)
    doubt = samtykke("mor", "far", id="s7", trukket_av="mor")
    assert rule(logg(samtykker=(over, doubt)), ramme()) == (
        Finding("P-16", RULES, hold=True, entity="s7"),
    )


PROBLEMS = {
    "P-12": samtykke("mor", "far", id="a", trukket="2026-06-01T10:00:00Z"),
    "P-16": samtykke("mor", "far", id="b", trukket_av="mor"),
    "P-11": samtykke("mor", "far", id="c", gyldig_til="2026-01-01"),
    "UKJENT_TIDSPUNKT": samtykke("mor", "far", id="d", gyldig_til="2026-02-30"),
    "P-13": samtykke("mor", id="e"),
    "P-14": samtykke("mor", "far", id="f", fil=None),
}


@pytest.mark.parametrize(("first", "second"), list(combinations(PROBLEMS, 2)))
def test_which_no_is_told(logg, ramme, first, second):
    """Of two consents that do not hold, in whichever order they stand."""
    two = (PROBLEMS[first], PROBLEMS[second])
    for order in (two, two[::-1]):
        assert codes(logg(samtykker=order), ramme()) == [first]


def test_a_no_of_one_does_not_hold_what_another_covers(logg, ramme):
    """Expired, unsigned or not shown: the other one stands."""
    for code in ("P-11", "UKJENT_TIDSPUNKT", "P-13", "P-14"):
        both = (PROBLEMS[code], samtykke("mor", "far", id="ok"))
        assert codes(logg(samtykker=both), ramme()) == []


def test_the_codes_of_a_consent_that_does_not_hold():
    """What has lost its ground is known by these."""
    assert {"P-10", "P-11", "P-12", "P-13", "P-14", "P-16"} == LOST
    assert {"opprette", "dele"} == NEEDED


def test_a_signature_at_the_end_of_the_calendar_has_a_place(logg, ramme):
    """The text is a moment, and no day in Oslo: the consent and its signatures are named."""
    one = by(signature("mor", "9999-12-31T23:59:59Z"), signature("far", "9999-12-31T23:59:59Z"))
    (found,) = rule(logg(samtykker=(one,)), ramme())
    assert (found.code, found.place, found.hold) == (
        "UKJENT_TIDSPUNKT", "s1 Samtykke.signatarer", True,
    )  # fmt: skip


# -- withdrawals --------------------------------------------------------------------------------


def gone(day="2026-06-01", **changes):
    """A consent withdrawn in the morning of a day."""
    fields = {"id": "gone", "trukket": f"{day}T08:00:00Z"} | changes
    return samtykke("mor", "far", **fields)


@pytest.mark.parametrize(
    ("on", "stands"), [("2026-05-31", 0), ("2026-06-01", 0), ("2026-06-02", 1)]
)
def test_given_after_the_day_of_the_withdrawal(logg, ramme, on, stands):
    """R-116: the day itself is too early to tell."""
    one = logg(samtykker=(gone(), samtykke("mor", "far", id="new", on=on)))
    assert len(valid_consents(one, ramme())) == stands


def test_every_signature_must_come_after(logg, ramme):
    """R-116: one of two given before it is no new consent."""
    late = by(
        signature("mor", "2026-05-01T10:00:00Z"), signature("far", "2026-07-01T10:00:00Z"), id="n"
    )
    assert valid_consents(logg(samtykker=(gone(), late)), ramme()) == ()


@pytest.mark.parametrize(("start", "stands"), [("2026-06-02", 1), ("2026-06-01", 0), (None, 0)])
def test_signatures_without_a_time_count_from_the_first_day(logg, ramme, start, stands):
    """R-116: and where there is none, nothing says that it came after."""
    new = by(signature("mor", None), signature("far", None), id="new", gyldig_fra=start)
    assert len(valid_consents(logg(samtykker=(gone(), new)), ramme())) == stands


def test_the_last_of_two_withdrawals_counts(logg, ramme):
    """R-116: a consent between them fell with the second."""
    between = samtykke("mor", "far", id="new", on="2026-07-01")
    twice = (gone(), between, gone("2026-08-01", id="again"))
    assert valid_consents(logg(samtykker=twice), ramme()) == ()
    after = samtykke("mor", "far", id="last", on="2026-09-01")
    assert [s.id for s in valid_consents(logg(samtykker=(*twice, after)), ramme())] == ["last"]


def test_one_withdrawal_nobody_can_date_is_enough(logg, ramme):
    """R-116: of two, one has a time: the other may be of today."""
    new = samtykke("mor", "far", id="new", on="2026-07-01")
    undated = gone(id="undated", trukket=None, status=Samtykkestatus.TRUKKET)
    assert valid_consents(logg(samtykker=(gone(), undated, new)), ramme()) == ()


def test_the_three_answers_about_a_consent():
    """Withdrawn, perhaps, or neither; the third is the two together."""
    for one, known, perhaps in (
        (samtykke("mor", "far"), False, False),
        (gone(), True, False),
        (gone(trukket_av="mor"), True, False),
        (gone(trukket=None, status=Samtykkestatus.TRUKKET), True, False),
        (gone(trukket=None, trukket_av="mor"), False, True),
        (gone(trukket=None, trukket_av="mor", status=Samtykkestatus.ERSTATTET), False, True),
        (by(signature("mor", None, Signaturstatus.AVSLAATT)), False, True),
        (by(signature("mor", "2026-03-02T10:00:00Z", Signaturstatus.AVSLAATT)), False, False),
        (by(signature("mor", None, Signaturstatus.IKKE_SENDT)), False, False),
        (
            by(signature("mor", None, Signaturstatus.AVSLAATT), status=Samtykkestatus.AVSLAATT),
            False,
            False,
        ),
    ):
        assert (withdrawn(one), doubtful(one), revoked(one)) == (known, perhaps, known or perhaps)
