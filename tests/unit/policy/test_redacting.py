"""Taking out what a verdict withholds: all of it, every reference to it, and nothing else.

A log in which each person stands everywhere a person can stand; then every choice of participants
is withheld by turns, and what is left is compared with what was there.
"""

from itertools import chain, combinations

import pytest

from gateway.policy.redact import redact
from gateway.policy.verdict import Finding, Verdict
from schemas.stafettlogg.dialog import Innkalling, Kalenderhendelse, Melding, Moete, Moetereferat
from schemas.stafettlogg.innhold import Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Deltakerstatus, Kildesystem, Rolle
from tests.unit.conftest import deltakelse

CX = Kildesystem.CONEXUS
STAFF = ("holder", "laerer", "pp")
LISTS = {
    "moeter": (Moete, "deltakere"),
    "referater": (Moetereferat, "mottakere"),
    "innkallinger": (Innkalling, "mottakere"),
    "meldinger": (Melding, "mottakere"),
    "kalender": (Kalenderhendelse, "deltakere"),
}
SENT = ("referater", "innkallinger", "meldinger")
"""Those that have a sender."""


def everywhere(logg):
    """A log where each of the staff takes part, meets, writes, is written to, and has tasks."""
    fields = {}
    for name, (cls, people) in LISTS.items():
        fields[name] = tuple(
            cls(id=f"{name}-{who}", kildesystem=CX,
                **({"avsender": who} if name in SENT else {}), **{people: (who, "mor")})
            for who in STAFF
        )  # fmt: skip
    goals = tuple(
        Maal(
            id=f"maal-{who}", kildesystem=CX, ansvarlig=who,
            tiltak=(Tiltak(id=f"tiltak-{who}", kildesystem=CX, tittel="lese", aktoer=who),
                    Tiltak(id=f"annet-{who}", kildesystem=CX, aktoer="mor")),
        )
        for who in STAFF
    )  # fmt: skip
    concerns = (
        Oppmerksomhet(id="o1", kildesystem=CX, maal=goals),
        Oppmerksomhet(id="o2", kildesystem=CX, maal=(Maal(id="m2", kildesystem=CX),)),
    )
    parts = (*logg().deltakelser, deltakelse("pp", Rolle.AKTOER, "v2"))
    return logg(deltakelser=parts, oppmerksomheter=concerns, **fields)


def withheld(*entities, code="P-41"):
    """A verdict that withholds these."""
    return Verdict(tuple(Finding(code, (), hold=False, entity=e) for e in entities))


CHOICES = list(chain.from_iterable(combinations(STAFF, n) for n in range(1, len(STAFF) + 1)))


@pytest.mark.parametrize("gone", CHOICES, ids="-".join)
def test_nothing_points_at_who_was_taken_out(logg, gone):
    """Person, participation and every reference, each of them listed with its code."""
    one = everywhere(logg)
    sent, taken = redact(one, withheld(*(f"d-{who}" for who in gone)))
    for who in gone:
        assert f"'{who}'" not in repr(sent.model_dump())
    listed = set()
    for who in gone:
        listed |= {(f"d-{who}", ""), (who, "")}
        listed |= {(f"{name}-{who}", people) for name, (_cls, people) in LISTS.items()}
        listed |= {(f"{name}-{who}", "avsender") for name in SENT}
        listed |= {(f"maal-{who}", "ansvarlig"), (f"tiltak-{who}", "aktoer")}
    assert taken == dict.fromkeys(listed, "P-41")


@pytest.mark.parametrize("gone", CHOICES, ids="-".join)
def test_everything_else_is_as_it_was(logg, gone):
    """Texts stay, the others stay where they stood, and what was not touched is the same value."""
    one = everywhere(logg)
    sent, _taken = redact(one, withheld(*(f"d-{who}" for who in gone)))
    kept = [who for who in STAFF if who not in gone]
    assert sent.__dict__.keys() == one.__dict__.keys()
    assert sent.samtykker is one.samtykker
    assert sent.oppmerksomheter[1] is one.oppmerksomheter[1]
    for name, (_cls, people) in LISTS.items():
        before = {item.id: item for item in getattr(one, name)}
        for item in getattr(sent, name):
            who = item.id.partition("-")[2]
            if who in kept:
                assert item is before[item.id]
            else:
                assert getattr(item, people) == ("mor",)
    goals = {goal.id: goal for goal in sent.oppmerksomheter[0].maal}
    for who in STAFF:
        goal = goals[f"maal-{who}"]
        assert goal.ansvarlig == (who if who in kept else None)
        assert [t.aktoer for t in goal.tiltak] == [who if who in kept else None, "mor"]
        assert goal.tiltak[0].tittel == "lese"
    assert [d.id for d in sent.deltakelser] == [
        d.id for d in one.deltakelser if d.person not in gone
    ]
    assert [p.id for p in sent.personer] == [p.id for p in one.personer if p.id not in gone]


def test_each_reference_has_the_code_of_whom_it_named(logg):
    """Two are withheld, each for a reason of their own."""
    one = everywhere(logg)
    verdict = Verdict(
        (
            Finding("P-41", (), hold=False, entity="d-pp"),
            Finding("P-42", (), hold=False, entity="d-laerer"),
        )
    )
    _sent, taken = redact(one, verdict)
    assert (taken[("tiltak-pp", "aktoer")], taken[("tiltak-laerer", "aktoer")]) == ("P-41", "P-42")
    assert (taken[("maal-pp", "ansvarlig")], taken[("pp", "")]) == ("P-41", "P-41")
    assert (taken[("meldinger-laerer", "avsender")], taken[("laerer", "")]) == ("P-42", "P-42")
    assert taken[("moeter-laerer", "deltakere")] == "P-42"


def test_who_takes_part_in_another_way_stays(logg):
    """One of two participations is withheld: the person is still in the log, and named in it."""
    one = everywhere(logg)
    again = deltakelse("pp", Rolle.LESETILGANG).model_copy(update={"id": "d-pp-2"})
    both = one.model_copy(update={"deltakelser": (*one.deltakelser, again)})
    sent, taken = redact(both, withheld("d-pp"))
    assert taken == {("d-pp", ""): "P-41"}
    assert sent.personer == both.personer
    assert sent.oppmerksomheter == both.oppmerksomheter
    assert [d.id for d in sent.deltakelser][-1] == "d-pp-2"


def test_the_main_person_is_never_taken_out(logg):
    """A participation of the main person may be; the log is still about them."""
    main = deltakelse("barn", Rolle.HOVEDPERSON)
    one = logg(deltakelser=(*logg().deltakelser, main))
    sent, taken = redact(one, withheld("d-barn"))
    assert taken == {("d-barn", ""): "P-41"}
    assert "barn" in {p.id for p in sent.personer}


def test_a_withheld_field_is_unset(logg):
    """Of the log itself; a file is gone with its entity."""
    one = logg(bilde="bilde-1", om_meg="Jeg liker hester.")
    verdict = Verdict(
        (
            Finding("P-50", (), hold=False, entity="bilde-1"),
            Finding("P-50", (), hold=False, entity="logg-1", field="bilde"),
        )
    )
    sent, taken = redact(one, verdict)
    assert (sent.bilde, sent.dokumenter, sent.om_meg) == (None, (), "Jeg liker hester.")
    assert taken == {("bilde-1", ""): "P-50", ("logg-1", "bilde"): "P-50"}
    only = Verdict((Finding("P-51", (), hold=False, entity="logg-1", field="om_meg"),))
    sent, _taken = redact(one, only)
    assert (sent.om_meg, sent.bilde, sent.dokumenter) == (None, "bilde-1", one.dokumenter)


def test_a_withheld_status_ends_the_part_and_keeps_the_person(logg):
    """What somebody signed stands, and they read no more."""
    one = everywhere(logg)
    verdict = Verdict((Finding("P-42", (), hold=False, entity="d-mor", field="status"),))
    sent, taken = redact(one, verdict)
    ended = {d.id for d in sent.deltakelser if d.status is Deltakerstatus.AVSLUTTET}
    assert ended == {"d-mor"}
    assert taken == {("d-mor", "status"): "P-42"}
    assert (sent.personer, sent.moeter) == (one.personer, one.moeter)
    assert sent.status is one.status


def test_a_hold_and_a_note_take_nothing(logg):
    """The very same value."""
    one = everywhere(logg)
    verdict = Verdict(
        (
            Finding("P-16", (), hold=True, entity="s1"),
            Finding("P-82", (), hold=False, entity="d-holder", note=True),
        )
    )
    sent, taken = redact(one, verdict)
    assert sent is one
    assert taken == {}
