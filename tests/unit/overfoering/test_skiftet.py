"""The switch and the join of one small log, field by field."""

import pytest

from gateway.overfoering.mottak import Overtakelse, hand_out, switch_holder, take_over
from gateway.overfoering.sammen import as_guest, merge
from gateway.staff.member import Ansatt
from schemas.stafettlogg.innhold import Evaluering, Notat
from schemas.stafettlogg.kodeverk import (
    Deltakerstatus,
    Kildesystem,
    Loggstatus,
    Rolle,
)
from schemas.stafettlogg.person import Deltakelse, Person, Virksomhet
from schemas.stafettlogg.spor import Holderperiode

K = {"kildesystem": Kildesystem.CONEXUS}
AT = "2026-11-27T10:00:00+00:00"
Y22, Y23, Y24 = (f"{year}-01-01T00:00:00+00:00" for year in (2022, 2023, 2024))
NUMMER, ANNET = "41814061033", "41814061114"
ANSATT = Ansatt("a-1", "899201209", "Skolen ved fjorden", frozenset({"stafettholder"}),
                "Holder Oppdiktet", "h@oppdiktet.example", (NUMMER, ANNET))  # fmt: skip


def skift(own="o-1", ansatt=ANSATT, at=AT):
    """A switch."""
    return Overtakelse(own, "annenKommune", "9902", at, ansatt)


def by_id(many):
    """Id -> thing."""
    return {one.id: one for one in many}


def test_who_takes_over(logg):
    """By name, mail and the first number; in the new unit; from the moment of the switch."""
    was = logg(ansvarlig_virksomhet="v1", status=Loggstatus.PASSIV, status_aarsak="overfoert")
    made = take_over(was, skift())
    part = by_id(made.deltakelser)[made.stafettholder]
    person = by_id(made.personer)[part.person]
    unit = by_id(made.virksomheter)[made.ansvarlig_virksomhet]
    assert (person.navn, person.epost) == ("Holder Oppdiktet", "h@oppdiktet.example")
    assert [i.verdi for i in person.identifikatorer] == [NUMMER]
    assert (unit.orgnr, unit.navn, part.virksomhet) == ("899201209", "Skolen ved fjorden", unit.id)
    assert (part.rolle, part.status, part.fra) == ("stafettholder", Deltakerstatus.AKTIV, AT)
    assert (made.status, made.status_aarsak) == (Loggstatus.AKTIV, None)
    assert (made.ansvarlig_kommune, made.id) == ("9902", was.id)
    (told,) = made.overfoeringer
    assert (told.id, told.fra_person, told.fra_virksomhet) == ("o-1", "holder", "v1")
    assert (told.mottaker_person, told.mottaker_virksomhet) == (person.id, unit.id)
    assert (told.oppmerksomheter, told.status, told.akseptert) == (("o1",), "FULLFOERT", AT)
    assert take_over(was, skift()) == made
    assert len(made.personer) == len(was.personer) + 1
    assert len(made.deltakelser) == len(was.deltakelser) + 1
    assert len(made.virksomheter) == len(was.virksomheter) + 1


def test_two_switches_and_two_people_have_their_own_ids(logg):
    """Nothing of one is taken for another's; a person without mail or number has none."""
    once, twice = take_over(logg(), skift()), take_over(logg(), skift("o-2"))
    assert once.stafettholder != twice.stafettholder
    assert once.ansvarlig_virksomhet == twice.ansvarlig_virksomhet
    other = Ansatt("a-2", "899201209", "Skolen", frozenset(), "Annen Oppdiktet")
    third = take_over(logg(), skift(ansatt=other))
    assert third.stafettholder != once.stafettholder
    person = by_id(third.personer)[by_id(third.deltakelser)[third.stafettholder].person]
    assert (person.epost, person.identifikatorer) == (None, ())
    again = take_over(once, skift())
    assert again.personer == once.personer
    assert [o.id for o in again.overfoeringer] == ["o-1"]
    assert again.stafettholder == once.stafettholder


def test_those_who_were_there_have_ended(logg):
    """Access and part, from the switch, as far as they had not ended before; the family goes on."""
    whole = logg()
    parts = (
        *whole.deltakelser[:3],
        whole.deltakelser[3].model_copy(
            update={"til": "2025-01-01", "tilgang_til": "2025-02-01", "til_plan_slettes": True}
        ),
        Deltakelse(id="d-barn", person="barn", rolle=Rolle.HOVEDPERSON.value, **K),
    )
    made = by_id(take_over(logg(deltakelser=parts), skift()).deltakelser)
    holder, teacher = made["d-holder"], made["d-laerer"]
    assert (holder.status, holder.til, holder.tilgang_til) == (
        Deltakerstatus.AVSLUTTET, AT, AT[:10],
    )  # fmt: skip
    assert holder.til_plan_slettes is teacher.til_plan_slettes is False
    assert (teacher.til, teacher.tilgang_til) == ("2025-01-01", "2025-02-01")
    assert teacher.status is Deltakerstatus.AVSLUTTET
    for one in parts[1:3]:
        assert made[one.id] == one
    assert made["d-barn"] == parts[4]
    # Who held it is in its history, and is not its holder any more.
    assert (holder.rolle, teacher.rolle) == (Rolle.AKTOER.value, Rolle.AKTOER.value)
    (shift,) = holder.rollehistorikk
    assert (shift.rolle, shift.til) == (Rolle.STAFETTHOLDER.value, AT)
    assert teacher.rollehistorikk == ()


@pytest.mark.parametrize(
    ("history", "wanted"),
    [
        # Nothing was written: the holder there was gets a period that ends now.
        ((), [("holder", None, AT)]),
        # An open period ends, and no other is made of it.
        ((("holder", Y24, None),), [("holder", Y24, AT)]),
        # Only ended ones: the holder there was began where the last of them ended.
        (
            (("mor", Y22, Y23), ("far", Y23, Y24)),
            [("mor", Y22, Y23), ("far", Y23, Y24),
             ("holder", Y24, AT)],
        ),
    ],
)  # fmt: skip
def test_the_chain_of_holders_has_no_gap(logg, history, wanted):
    """R-010; and a switch that is made again is in it once."""
    periods = tuple(Holderperiode(person=p, fra=f, til=t) for p, f, t in history)
    was = logg(stafettholder_historikk=periods, ansvarlig_virksomhet="v1")
    made = take_over(was, skift())
    told = [(h.person, h.fra, h.til) for h in made.stafettholder_historikk]
    new = by_id(made.deltakelser)[made.stafettholder].person
    assert told == [*wanted, (new, AT, None)]
    assert made.stafettholder_historikk[-1].overfoering_id == "o-1"
    if not history:
        assert made.stafettholder_historikk[0].virksomhet == "v1"
    open_ones = [h for h in take_over(made, skift()).stafettholder_historikk if h.til is None]
    assert [h.overfoering_id for h in open_ones] == ["o-1"]


def test_a_log_without_a_holder_gets_its_first(logg):
    """Nobody is invented for the time before."""
    made = take_over(logg(stafettholder=None), skift())
    assert len(made.stafettholder_historikk) == 1
    assert made.overfoeringer[0].fra_person is None


def test_the_sender_s_log_afterwards(logg):
    """Passive, and why; its people's access ended, or left for a person to end."""
    whole = logg()
    made = hand_out(whole, AT)
    assert (made.status, made.status_aarsak) == (Loggstatus.PASSIV, "overfoert")
    assert [d.status for d in made.deltakelser] == [
        Deltakerstatus.AVSLUTTET, whole.deltakelser[1].status, whole.deltakelser[2].status,
        Deltakerstatus.AVSLUTTET,
    ]  # fmt: skip
    assert made.deltakelser[0].rolle == Rolle.STAFETTHOLDER.value
    left = hand_out(whole, AT, access=False)
    assert (left.status, left.status_aarsak) == (Loggstatus.PASSIV, "overfoert")
    assert left.deltakelser == whole.deltakelser


def test_within_one_municipality_only_the_holder_changes(logg):
    """The others keep what they have: their tasks are the same (R-030)."""
    whole = logg()
    made = switch_holder(whole, skift())
    parts = by_id(made.deltakelser)
    for one in whole.deltakelser[1:]:
        assert parts[one.id] == one
    assert parts["d-holder"].status is Deltakerstatus.AVSLUTTET
    assert parts[made.stafettholder].status is Deltakerstatus.AKTIV


# -- the join -------------------------------------------------------------------------------------
def test_what_stands_keeps_its_home(logg):
    """What comes wins; ids of our own system, and what only it understands, are what stood."""
    standing = logg(kilde_id="plan-1", raa="eget", om_meg="Gammelt.", hovedmaal="Mål.")
    coming = as_guest(logg(kilde_id="annet", om_meg="Nytt."))
    made = merge(standing, coming)
    assert (made.kilde_id, made.raa, made.kildesystem) == (
        "plan-1",
        "eget",
        K["kildesystem"],
    )
    assert (made.om_meg, made.hovedmaal) == ("Nytt.", "Mål.")
    assert made.oppmerksomheter[0].kildesystem is K["kildesystem"]


def test_a_guest_has_no_ids_of_a_home(logg):
    """All the way down: the log, its lists, and what is in an entity."""
    was = logg(kilde_id="plan-1", raa="eget")
    measure = was.oppmerksomheter[0].maal[0].tiltak[0]
    made = as_guest(was)
    for one in (made, made.oppmerksomheter[0], made.oppmerksomheter[0].maal[0].tiltak[0],
                made.personer[0], made.samtykker[0]):  # fmt: skip
        assert (one.kildesystem, one.kilde_id, one.raa) == (Kildesystem.GATEWAY, None, None)
    assert made.oppmerksomheter[0].maal[0].tiltak[0].id == measure.id
    assert made.personer[0].identifikatorer == was.personer[0].identifikatorer


@pytest.mark.parametrize(
    ("was", "comes", "wanted"),
    [
        (Deltakerstatus.INVITERT, Deltakerstatus.AKTIV, Deltakerstatus.INVITERT),
        (Deltakerstatus.INVITERT, Deltakerstatus.AVSLUTTET, Deltakerstatus.AVSLUTTET),
        (Deltakerstatus.AKTIV, Deltakerstatus.AVSLUTTET, Deltakerstatus.AVSLUTTET),
        (Deltakerstatus.AVSLUTTET, Deltakerstatus.AKTIV, Deltakerstatus.AKTIV),
    ],
)
def test_only_the_person_s_own_login_makes_one_active(logg, was, comes, wanted):
    """R-041: an invitation that stands here is not answered by a package."""

    def with_mother(status):
        whole = logg()
        parts = tuple(
            d.model_copy(update={"status": status}) if d.person == "mor" else d
            for d in whole.deltakelser
        )
        return logg(deltakelser=parts)

    made = merge(with_mother(was), with_mother(comes))
    assert by_id(made.deltakelser)["d-mor"].status is wanted


def test_lists_are_joined_by_id_and_others_taken_whole(logg):
    """What stands, in its order, then what is new; a list of no entities is what comes, if any."""
    first, second, third = (Notat(id=f"n{n}", tekst=str(n), **K) for n in (1, 2, 3))
    standing = logg(notater=(first, second))
    coming = logg(notater=(third, second.model_copy(update={"tekst": "ny"})))
    made = merge(standing, coming)
    assert [(n.id, n.tekst) for n in made.notater] == [("n1", "1"), ("n2", "ny"), ("n3", "3")]
    files = merge(
        logg(notater=(first.model_copy(update={"vedlegg": ("f1",)}),)),
        logg(notater=(first.model_copy(update={"vedlegg": ("f2",)}),)),
    )
    assert files.notater[0].vedlegg == ("f2",)
    kept = merge(
        logg(notater=(first.model_copy(update={"vedlegg": ("f1",)}),)), logg(notater=(first,))
    )
    assert kept.notater[0].vedlegg == ("f1",)


def test_the_history_is_what_comes(logg):
    """Holders and levels are the sender's to tell, whole: a join would put one there twice."""
    ours, theirs = Holderperiode(person="mor"), Holderperiode(person="far")
    made = merge(logg(stafettholder_historikk=(ours,)), logg(stafettholder_historikk=(theirs,)))
    assert made.stafettholder_historikk == (theirs,)


def test_a_child_who_is_another_in_the_package_is_not_mixed(logg):
    """An entity in a field is joined only with itself."""
    person = Person(id="nytt", navn="Ny", **K)
    unit = Virksomhet(id="v9", navn="Ny", **K)
    coming = logg(personer=(*logg().personer, person), virksomheter=(unit,))
    made = merge(logg(), coming)
    assert [p.id for p in made.personer][-1] == "nytt"
    assert [v.id for v in made.virksomheter] == ["v1", "v2", "v9"]


def test_a_holder_who_had_left_left_then(logg):
    """The shift of role ends when the part did, not when the log was handed over."""
    whole = logg()
    gone = whole.deltakelser[0].model_copy(update={"til": Y24, "fra": Y22})
    made = by_id(take_over(logg(deltakelser=(gone, *whole.deltakelser[1:])), skift()).deltakelser)
    (shift,) = made["d-holder"].rollehistorikk
    assert (shift.fra, shift.til) == (Y22, Y24)


def evaluated(logg, ident, **changes):
    """The small log with one evaluation."""
    made = Evaluering(id=ident, **K | changes)
    first = logg().oppmerksomheter[0]
    measure = first.maal[0].tiltak[0].model_copy(update={"evaluering": made})
    goal = first.maal[0].model_copy(update={"tiltak": (measure,)})
    return logg(oppmerksomheter=(first.model_copy(update={"maal": (goal,)}),))


@pytest.mark.parametrize(("ident", "home", "text"), [("e1", "vår-1", "Før."), ("e2", None, None)])
def test_an_evaluation_is_joined_with_itself_alone(logg, ident, home, text):
    """The same one keeps its home and what only stands here; another takes its place whole."""
    standing = evaluated(logg, "e1", kilde_id="vår-1", tekst="Før.")
    made = merge(standing, evaluated(logg, ident, farge="gronn"))
    found = made.oppmerksomheter[0].maal[0].tiltak[0].evaluering
    assert (found.id, found.kilde_id, found.tekst, found.farge) == (ident, home, text, "gronn")
