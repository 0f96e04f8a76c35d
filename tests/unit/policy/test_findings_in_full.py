"""What each rule says, in full: code, the rules it rests on, hold, place. And the edges of each."""

from datetime import UTC, date, datetime

import pytest

from gateway.policy.adressebeskyttelse import adressebeskyttelse, family, known_protection
from gateway.policy.alder import ADULT, age
from gateway.policy.context import Minimering
from gateway.policy.deltakere import guardians, responsible_unit, staff
from gateway.policy.holder import holder
from gateway.policy.identifikator import identifikator
from gateway.policy.minimering import minimering
from gateway.policy.plantype import plantype
from gateway.policy.redigeringsvindu import locked_from, redigeringsvindu, settled_by
from gateway.policy.regelbrudd import Regelbrudd, find
from gateway.policy.rules import judge
from gateway.policy.tilgang import tilgang
from gateway.policy.verdict import Finding
from schemas.stafettlogg.innhold import Dokument, Evaluering, Maal, Notat, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import (
    Adressebeskyttelse,
    Deltakerstatus,
    Identtype,
    Kildesystem,
    Loggstatus,
    Rolle,
    Tiltaksarena,
    Tiltakstatus,
)
from schemas.stafettlogg.person import Identifikator, Person
from tests.unit.conftest import NUMBERS, concern, deltakelse

CX = Kildesystem.CONEXUS
HOLD = {
    "P-20": Finding("P-20", ("C-4",), hold=True),
    "P-70": Finding("P-70", ("D-1",), hold=True),
    "P-71": Finding("P-71", ("R-003", "E-1"), hold=True),
    "P-80": Finding("P-80", ("R-010", "R-013"), hold=True),
}


def test_what_the_holding_rules_say(logg, ramme):
    """Each holds the whole log, and names the rules it rests on."""
    assert adressebeskyttelse(logg(), ramme(protection={})) == (HOLD["P-20"],)
    assert known_protection(logg(), ramme(protection={})) == (HOLD["P-20"],)
    assert plantype(logg(plantype="annen"), ramme()) == (HOLD["P-70"],)
    assert plantype(logg(status=Loggstatus.FORKASTET), ramme()) == (HOLD["P-71"],)
    assert holder(logg(deltakelser=()), ramme()) == (HOLD["P-80"],)
    assert plantype(logg(), ramme()) == plantype(logg(status=Loggstatus.PASSIV), ramme()) == ()


def test_the_family_is_the_main_person_and_the_guardians(logg):
    """Whoever takes part as main person too, and nobody of the staff; who has left is still one."""
    gone = deltakelse("far", Rolle.FORESATT).model_copy(update={"status": Deltakerstatus.AVSLUTTET})
    parts = (gone, deltakelse("mor", Rolle.HOVEDPERSON), deltakelse("laerer", Rolle.AKTOER))
    assert family(logg(deltakelser=parts)) == {"barn", "mor", "far"}
    assert family(logg(deltakelser=())) == {"barn"}


def test_what_comes_back_is_held_for_an_unknown_grade_of_one_who_has_a_number(logg, ramme):
    """C-4: the register can be asked about a D-number, a birth number and a synthetic one."""
    said = {"barn": Adressebeskyttelse.INGEN, "far": Adressebeskyttelse.INGEN}
    for kind, held in (
        (Identtype.FNR, True),
        (Identtype.DNR, True),
        (Identtype.SYNTETISK, True),
        (Identtype.ANNEN, False),
        (Identtype.DUF, False),
    ):
        number = (Identifikator(type=kind, verdi="00000000000"),)
        mother = Person(id="mor", kildesystem=CX, identifikatorer=number)
        people = (*(p for p in logg().personer if p.id != "mor"), mother)
        assert bool(known_protection(logg(personer=people), ramme(protection=said))) is held
    both = said | {"mor": Adressebeskyttelse.INGEN}
    assert known_protection(logg(), ramme(protection=both)) == ()


def test_a_number_that_is_wrong_or_of_the_other_environment(logg, ramme):
    """C-6, R-046: the person is named, the number is not; a vendor's own number is no business."""
    said = Finding("P-60", ("R-046", "C-6"), hold=True, entity="barn")
    assert identifikator(logg(), ramme(production=True)) == (said,)
    wrong = Person(
        id="mor", kildesystem=CX,
        identifikatorer=(Identifikator(type=Identtype.FNR, verdi=NUMBERS["mor"][::-1]),),
    )  # fmt: skip
    own = Person(
        id="far", kildesystem=CX,
        identifikatorer=(Identifikator(type=Identtype.ANNEN, verdi="12"),),
    )  # fmt: skip
    assert [f.entity for f in identifikator(logg(personer=(own, wrong)), ramme())] == ["mor"]
    assert identifikator(logg(personer=(own,)), ramme()) == ()


def test_the_holder_must_be_the_one_the_log_names(logg, ramme):
    """R-010: one holder takes part, and it is the one; none named is none."""
    assert holder(logg(stafettholder="d-laerer"), ramme()) == (HOLD["P-80"],)
    assert holder(logg(stafettholder=None), ramme()) == (HOLD["P-80"],)
    two = (*logg().deltakelser, deltakelse("pp", Rolle.STAFETTHOLDER))
    assert holder(logg(deltakelser=two), ramme()) == (HOLD["P-80"],)
    assert holder(logg(deltakelser=two, status=Loggstatus.PASSIV), ramme()) == ()


# -- minimising ---------------------------------------------------------------------------------

PHOTO = (
    Finding("P-50", ("R-086", "B-28"), hold=False, entity="bilde-1"),
    Finding("P-50", ("R-086", "B-28"), hold=False, entity="logg-1", field="bilde"),
)
WORDS = Finding("P-51", ("B-28",), hold=False, entity="logg-1", field="om_meg")


def test_photo_and_presentation_each_by_its_own_setting(logg, ramme):
    """B-28: four choices, and what there is nothing of is not told."""
    one = logg(bilde="bilde-1", om_meg="Jeg liker hester.")
    for photo, words, said in (
        (False, True, PHOTO),
        (True, True, ()),
        (True, False, (WORDS,)),
        (False, False, (*PHOTO, WORDS)),
    ):
        frame = ramme(minimering=Minimering(med_bilde=photo, med_presentasjon=words))
        assert minimering(one, frame) == said
        assert minimering(logg(), frame) == ()
        assert minimering(one, ramme(minimering=frame.minimering, going_home=True)) == ()


def test_a_photo_that_is_no_file_of_the_log(logg, ramme):
    """What the vendor wrote is unset, and there is no entity to take out."""
    assert minimering(logg(bilde="bilde-9"), ramme()) == (PHOTO[1],)
    other = (Dokument(id="a", kildesystem=CX), Dokument(id="bilde-1", kildesystem=CX))
    assert minimering(logg(bilde="bilde-1", dokumenter=other), ramme()) == PHOTO


# -- the window ---------------------------------------------------------------------------------


def window(**fields):
    """A measure."""
    return Tiltak(id="t", kildesystem=CX, **fields)


def in_log(logg, *measures, **changes):
    """A log with these measures, two to a goal and one goal to a concern."""
    concerns = tuple(
        Oppmerksomhet(
            id=f"o{n}", kildesystem=CX,
            maal=(Maal(id=f"m{n}", kildesystem=CX, tiltak=measures[n : n + 2]),),
        )
        for n in range(0, len(measures), 2)
    )  # fmt: skip
    return logg(oppmerksomheter=concerns, **changes)


TIMES = ("tekst_laast_fra", "opprettet", "endret")


@pytest.mark.parametrize("name", TIMES)
def test_the_nearest_time_decides(logg, name):
    """The lock, else when it was made, else when it was changed, else the log's own change."""
    below = TIMES[TIMES.index(name) :]
    measure = window(**dict.fromkeys(below, "2026-11-21T05:00:00Z"))
    one = logg(sist_oppdatert="2026-11-21T09:00:00Z")
    assert settled_by(one, measure) == ("t", f"Tiltak.{name}")
    hour = 5 if name == "tekst_laast_fra" else 13
    assert locked_from(one, measure, 8) == datetime(2026, 11, 21, hour, tzinfo=UTC)


def test_the_log_decides_where_the_measure_says_nothing(logg):
    """And where neither says anything, nothing does."""
    one = logg(sist_oppdatert="2026-11-21T05:00:00Z")
    assert settled_by(one, window()) == ("logg-1", "Stafettlogg.sist_oppdatert")
    assert locked_from(one, window(), 3) == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert settled_by(logg(), window()) == ("t", "")
    assert locked_from(logg(), window(), 8) is None


def test_the_latest_window_of_all_decides(logg, ramme):
    """R-077: in whichever order they stand, and whatever has closed."""
    until = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    times = ("2026-11-21T06:00:00Z", "2026-11-21T10:00:00Z", "2026-11-20T10:00:00Z")
    for order in (times, times[::-1], (times[1], times[2], times[0])):
        one = in_log(logg, *(window(opprettet=at) for at in order))
        assert redigeringsvindu(one, ramme()) == (
            Finding("P-30", ("R-077",), hold=True, until=until),
        )


def test_what_closes_now_has_closed(logg, ramme):
    """R-077: the moment itself is not within it."""
    now = ramme().now.isoformat()
    assert redigeringsvindu(in_log(logg, window(tekst_laast_fra=now)), ramme()) == ()
    past = "2026-11-21T12:00:01Z"
    assert redigeringsvindu(in_log(logg, window(tekst_laast_fra=past)), ramme())


def test_a_measure_that_says_nothing_hides_no_other(logg, ramme):
    """The next one is looked at."""
    one = in_log(logg, window(), window(opprettet="2026-11-21T11:00:00Z"))
    assert [f.code for f in redigeringsvindu(one, ramme())] == ["P-30", "P-31"]


def untold(entity):
    """The note about a measure nobody knows the age of."""
    return Finding(
        "P-31", ("R-077",), hold=False, entity=entity, field="Tiltak.opprettet", note=True
    )


def measure(mid, **fields):
    """A measure by its id."""
    return window(**fields).model_copy(update={"id": mid})


def test_a_measure_without_any_time_is_told_once(logg, ramme):
    """R-077: one note for the log, about the first; nothing is held for it."""
    assert redigeringsvindu(in_log(logg, window()), ramme()) == (untold("t"),)
    old = "2026-03-01T10:00:00Z"
    three = (measure("a", opprettet=old), measure("b"), measure("c"))
    assert redigeringsvindu(in_log(logg, *three), ramme()) == (untold("b"),)
    assert not judge(in_log(logg, *three), ramme()).held


def test_a_measure_some_time_is_known_of_is_not_told(logg, ramme):
    """Its own, or the log's last change."""
    old = "2026-03-01T10:00:00Z"
    assert redigeringsvindu(in_log(logg, window(), sist_oppdatert=old), ramme()) == ()
    for name in TIMES:
        assert redigeringsvindu(in_log(logg, window(**{name: old})), ramme()) == ()
    assert redigeringsvindu(logg(oppmerksomheter=()), ramme()) == ()


def test_a_note_stands_beside_what_holds(logg, ramme):
    """Whichever of them comes first in the log."""
    wrong, none = measure("w", opprettet="2026-02-30T10:00:00Z"), measure("n")
    held = Finding("UKJENT_TIDSPUNKT", ("D-1",), hold=True, entity="w", field="Tiltak.opprettet")
    assert redigeringsvindu(in_log(logg, none, wrong), ramme()) == (held, untold("n"))
    assert redigeringsvindu(in_log(logg, wrong, none), ramme()) == (held, untold("n"))


@pytest.mark.parametrize("name", TIMES)
def test_a_window_that_ends_far_ahead_is_a_wrong_time(logg, ramme, name):
    """R-077: it holds, at its place, and no time removes it: a person must see."""
    one = in_log(logg, window(opprettet="2026-11-21T11:00:00Z"),
                 measure("far", **{name: "2099-01-01T10:00:00Z"}))  # fmt: skip
    held = Finding("P-32", ("R-077",), hold=True, entity="far", field=f"Tiltak.{name}")
    assert redigeringsvindu(one, ramme()) == (held,)
    assert judge(one, ramme()).until is None


def test_a_log_changed_far_ahead_is_a_wrong_time(logg, ramme):
    """R-077: the log's last change speaks for a measure without a time."""
    one = in_log(logg, window(), sist_oppdatert="2099-01-01T10:00:00Z")
    assert redigeringsvindu(one, ramme()) == (
        Finding("P-32", ("R-077",), hold=True, entity="logg-1", field="Stafettlogg.sist_oppdatert"),
    )


def test_a_clock_may_be_a_day_ahead(logg, ramme):
    """Of ours: up to the window and a day from now is waited for, and no second more."""
    edge = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    one = in_log(logg, window(tekst_laast_fra=edge.isoformat()))
    assert redigeringsvindu(one, ramme()) == (Finding("P-30", ("R-077",), hold=True, until=edge),)
    over = in_log(logg, window(tekst_laast_fra="2026-11-22T20:00:01Z"))
    assert [f.code for f in redigeringsvindu(over, ramme())] == ["P-32"]
    made = in_log(logg, window(opprettet="2026-11-22T12:00:00Z"))
    assert [f.code for f in redigeringsvindu(made, ramme())] == ["P-30"]
    assert [f.code for f in redigeringsvindu(made, ramme(redigering_timer=1))] == ["P-30"]
    assert [f.code for f in redigeringsvindu(one, ramme(redigering_timer=7))] == ["P-32"]


# -- ages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "years"),
    [
        (date(2026, 5, 3), 17),
        (date(2026, 5, 4), 18),
        (date(2026, 4, 30), 17),
        (date(2026, 6, 1), 18),
        (date(2027, 5, 3), 18),
        (date(2008, 5, 4), 0),
    ],
)
def test_an_age_is_reached_on_the_day(on, years):
    """B-01: "fyller N aar" is inclusive; the month and the day both count."""
    assert age(date(2008, 5, 4), on) == years
    assert ADULT == 18


# -- who takes part -----------------------------------------------------------------------------


def test_guardians_are_those_who_have_not_left(logg):
    """R-035: invited counts; ended does not."""
    parts = (
        deltakelse("mor", Rolle.FORESATT).model_copy(update={"status": Deltakerstatus.INVITERT}),
        deltakelse("far", Rolle.FORESATT).model_copy(update={"status": Deltakerstatus.AVSLUTTET}),
        deltakelse("laerer", Rolle.AKTOER),
    )
    assert guardians(logg(deltakelser=parts)) == {"mor"}


@pytest.mark.parametrize(
    ("role", "alone", "of_a_unit"),
    [
        (Rolle.AKTOER, True, True),
        (Rolle.STAFETTHOLDER, True, True),
        (Rolle.VIRKSOMHETSLEDER, True, True),
        (Rolle.LESETILGANG, False, True),
        (Rolle.UKJENT, False, True),
        ("samspill:role-deltakar", False, True),
        (Rolle.FORESATT, False, False),
        (Rolle.HOVEDPERSON, False, False),
    ],
)
def test_who_is_staff(logg, role, alone, of_a_unit):
    """R-036: by a role only staff have, or by a unit; never the family."""
    assert bool(staff(logg(deltakelser=(deltakelse("pp", role),)))) is alone
    assert bool(staff(logg(deltakelser=(deltakelse("pp", role, "v2"),)))) is of_a_unit
    gone = deltakelse("pp", role, "v2").model_copy(update={"status": Deltakerstatus.AVSLUTTET})
    assert staff(logg(deltakelser=(gone,))) == ()


def test_the_responsible_unit(logg):
    """The log's own, else the holder's; empty when nobody says."""
    assert responsible_unit(logg(ansvarlig_virksomhet="v2")) == "v2"
    assert responsible_unit(logg()) == "v1"
    assert responsible_unit(logg(stafettholder="d-mor")) == ""
    assert responsible_unit(logg(stafettholder=None)) == ""


# -- breaches -----------------------------------------------------------------------------------


def measured(*measures):
    """One concern with these measures."""
    return (
        Oppmerksomhet(
            id="o", kildesystem=CX, maal=(Maal(id="m", kildesystem=CX, tiltak=measures),)
        ),
    )


def said(logg, **changes):
    """(rule, entity) of every breach."""
    return [(b.regel, b.entitet) for b in find(logg(**changes))]


def test_a_log_without_a_breach(logg):
    """R-071 to R-091: each measure with its arena, one active measure for each."""
    ok = measured(
        *(
            Tiltak(id=f"t{n}", kildesystem=CX, arena=arena, aktoer=f"a{n}")
            for n, arena in enumerate(Tiltaksarena)
        )
    )
    assert said(logg, oppmerksomheter=ok) == []
    assert said(logg, oppmerksomheter=measured(Tiltak(id="t", kildesystem=CX))) == []


def test_two_active_measures_of_nobody_are_no_breach(logg):
    """R-071 is about one aktør."""
    two = measured(Tiltak(id="t1", kildesystem=CX), Tiltak(id="t2", kildesystem=CX))
    assert said(logg, oppmerksomheter=two) == []


def test_only_the_measures_of_that_aktoer_are_named(logg):
    """R-071: two of one, one of another."""
    some = measured(
        *(Tiltak(id=f"t{n}", kildesystem=CX, aktoer=a) for n, a in enumerate(("a", "b", "a")))
    )
    assert said(logg, oppmerksomheter=some) == [("R-071", "t0"), ("R-071", "t2")]


def test_evaluated_with_an_evaluation_is_right(logg):
    """R-078."""
    done = Tiltak(id="t", kildesystem=CX, status=Tiltakstatus.EVALUERT)
    assert said(logg, oppmerksomheter=measured(done)) == [("R-078", "t")]
    judged = done.model_copy(update={"evaluering": Evaluering(id="e", kildesystem=CX)})
    assert said(logg, oppmerksomheter=measured(judged)) == []


def test_some_arenas_are_missing(logg):
    """R-073: all of them or none."""
    one = measured(Tiltak(id="t", kildesystem=CX, arena=Tiltaksarena.HJEM))
    assert said(logg, oppmerksomheter=one) == [("R-073", "o")]


def test_a_note_with_something_else_than_a_pdf(logg):
    """R-091: the file is looked up; one that is not there is no PDF."""
    files = (
        Dokument(id="a", kildesystem=CX, medietype="application/pdf"),
        Dokument(id="b", kildesystem=CX, medietype="image/png"),
    )
    notes = tuple(
        Notat(id=f"n-{'-'.join(of)}", kildesystem=CX, vedlegg=of)
        for of in (("a",), ("b",), ("a", "b"), ("c",), ())
    )
    assert said(logg, dokumenter=files, notater=notes, oppmerksomheter=()) == [
        ("R-091", "n-a-b"), ("R-091", "n-b"), ("R-091", "n-c"),
    ]  # fmt: skip
    assert find(logg(dokumenter=files, notater=notes, oppmerksomheter=()))[0] == Regelbrudd(
        "R-091", "n-a-b"
    )


# -- access -------------------------------------------------------------------------------------


def test_what_is_withheld_of_a_reader(logg, ramme):
    """The participation, with the rules it rests on; it holds nothing."""
    parts = (*logg().deltakelser, deltakelse("pp", Rolle.AKTOER, "v2"))
    one = logg(deltakelser=parts, oppmerksomheter=(concern("o1", "laerer", "pp"),
                                                   concern("o2", "laerer")))  # fmt: skip
    assert tilgang(one, ramme()) == (
        Finding("P-41", ("R-030", "R-031", "R-040"), hold=False, entity="d-pp"),
    )
    assert not judge(one, ramme()).held
