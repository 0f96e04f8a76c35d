"""The pure parts of a hand-over: the look-up, the proof, the switch, the join, the guards."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.overfoering import vakter
from gateway.overfoering.avgiver import AVGIVER
from gateway.overfoering.bevis import Bevis, Ledd, chain, compare
from gateway.overfoering.grunnlag import Aktoer, Enhet, Grunnlag
from gateway.overfoering.mottak import Overtakelse, hand_out, switch_holder, take_over
from gateway.overfoering.mottaker import MOTTAKER
from gateway.overfoering.sammen import merge
from gateway.overfoering.tabell import UBERETTIGET, Regel, steg
from gateway.overfoering.tilstand import Hendelse, Tilstand, Vakt
from gateway.overfoering.vakter import Krav
from gateway.policy.context import Samtykkeregler
from gateway.staff.member import Ansatt
from schemas.overfoering.koder import Begrunnelse, Maaltype, Rettet
from schemas.overfoering.meldinger import GENESIS
from schemas.stafettlogg.identifikator import kind_of
from schemas.stafettlogg.kodeverk import (
    Adressebeskyttelse,
    Deltakerstatus,
    Loggstatus,
    Rolle,
    Samtykkestatus,
)
from schemas.stafettlogg.person import Identifikator

T, H, V = Tilstand, Hendelse, Vakt


# -- the table -------------------------------------------------------------------------------------
def test_a_pair_that_is_not_there_changes_nothing():
    """Nothing raises: the row stays, with a reason, and no guard is asked."""
    for table in (AVGIVER, MOTTAKER):
        for state in Tilstand:
            for event in Hendelse:
                if (state, event) not in table:
                    found = steg(table, state, event, pytest.fail)
                    assert (found.til, found.regel, found.kode) == (state, None, UBERETTIGET)


@given(answers=st.fixed_dictionaries({v: st.sampled_from(["", "NEI"]) for v in Vakt}))
def test_the_first_rule_that_holds_is_taken(answers):
    """By an independent reading of every rule of both tables; each guard is asked once."""
    for table in (AVGIVER, MOTTAKER):
        for (state, event), rules in table.items():
            asked: Counter[Vakt] = Counter()

            def ask(one, asked=asked):
                asked[one] += 1
                return answers[one]

            found = steg(table, state, event, ask)
            wanted = None
            for rule in reversed(rules):
                yes = all(answers[v] == "" for v in rule.krever)
                if yes and all(answers[v] == "NEI" for v in rule.mangler):
                    wanted = rule
            assert found.regel is wanted
            assert max(asked.values(), default=0) <= 1
            if wanted is None:
                assert found.til is state and found.kode in {"NEI", UBERETTIGET}


def test_the_code_of_the_guard_that_said_no_is_told():
    """The first of the first rule's guards that said no, in the order they stand."""
    table = {(T.KLAR, H.SEND): (Regel(T.SENDT, krever=(V.VERN, V.SAMTYKKE, V.ARKIVERT)),)}
    told = {V.VERN: "", V.SAMTYKKE: "SAMTYKKE_MANGLER", V.ARKIVERT: "UTTAK_IKKE_ARKIVERT"}
    assert steg(table, T.KLAR, H.SEND, told.__getitem__).kode == "SAMTYKKE_MANGLER"


# -- the proof -------------------------------------------------------------------------------------
def links(count, word="m"):
    """A whole direction."""
    made, head = [], GENESIS
    for nr in range(1, count + 1):
        made.append(Ledd(nr, "tilbud", f"{word}{nr}", f"{word}-sha-{nr}", head))
        head = f"{word}-sha-{nr}"
    return tuple(made)


def proof(out, into, **changes):
    """A proof of one attempt."""
    return replace(Bevis("o-1", 1, "FULLFOERT", "a-1", tuple(out), tuple(into)), **changes)


@given(count=st.integers(0, 12), order=st.randoms())
def test_a_chain_holds_in_any_order_of_arrival(count, order):
    """Its head is the last message's hash, and its length how many there are."""
    mixed = list(links(count))
    order.shuffle(mixed)
    found = chain(mixed)
    assert (found.lengde, found.brudd) == (count, None)
    assert found.hode == (f"m-sha-{count}" if count else GENESIS)


@given(count=st.integers(1, 10), data=st.data())
def test_every_breach_of_a_chain_is_seen(count, data):
    """One missing, doubled, moved or changed: the first number that fails is told."""
    whole = list(links(count))
    at = data.draw(st.integers(0, count - 1))
    what = data.draw(st.sampled_from(["mangler", "dobbel", "forrige"]))
    if what == "mangler" and at < count - 1:
        broken = whole[:at] + whole[at + 1 :]
    elif what == "dobbel":
        broken = [*whole, replace(whole[at], sha="annet")]
    else:
        broken = [*whole[:at], replace(whole[at], forrige="f" * 64), *whole[at + 1 :]]
    assert chain(broken).brudd is not None
    assert compare(proof(broken, ()), proof(whole, ())).kode == "BEVIS_BRUTT"


def test_two_proofs_are_compared():
    """The same, another hand-over, other words, another acceptance, and one still on its way."""
    both = proof(links(3), links(2, "n"))
    assert compare(both, both).kode == ""
    assert compare(both, replace(both, forsoek=2)).kode == "BEVIS_GJELDER_ANNET"
    assert compare(both, replace(both, overfoering_id="o-2")).kode == "BEVIS_GJELDER_ANNET"
    assert compare(both, replace(both, aksept_id="a-2")).kode == "BEVIS_ULIKT"
    late = compare(both, proof(links(2), links(2, "n")))
    assert (late.kode, late.sted) == ("BEVIS_UNDERVEIS", "fra_avgiver.3")
    other = compare(both, proof(links(3), links(2, "x")))
    assert (other.kode, other.sted) == ("BEVIS_ULIKT", "fra_mottaker.1")


# -- the switch ------------------------------------------------------------------------------------
ANSATT = Ansatt("a-1", "899201209", "Skolen ved fjorden", frozenset({"stafettholder"}),
                "Holder Oppdiktet", "holder@oppdiktet.example")  # fmt: skip
SKIFT = Overtakelse("6f1c1c1e-2b7d-4a53-9d55-0d8c4d2b9a01", "annenKommune", "9902",
                    "2026-11-27T10:00:00+00:00", ANSATT)  # fmt: skip


def active_holders(logg):
    """Who holds the log, by participations that are not ended."""
    return [d.id for d in logg.deltakelser
            if d.rolle == Rolle.STAFETTHOLDER and d.status is Deltakerstatus.AKTIV]  # fmt: skip


def test_a_log_that_was_taken_over_has_exactly_one_holder(logs):
    """Active, in the new unit, with its id; the sender's people have ended, the family has not."""
    for logg in logs:
        made = take_over(logg, SKIFT)
        assert (made.id, made.status) == (logg.id, Loggstatus.AKTIV)
        assert active_holders(made) == [made.stafettholder]
        assert made.ansvarlig_kommune == "9902"
        unit = next(v for v in made.virksomheter if v.id == made.ansvarlig_virksomhet)
        assert unit.orgnr == ANSATT.virksomhet
        family = (Rolle.FORESATT, Rolle.HOVEDPERSON)
        before = {d.id: d for d in logg.deltakelser}
        for part in made.deltakelser:
            if part.id == made.stafettholder:
                continue
            if part.rolle in family:
                assert part == before[part.id]
            else:
                assert part.status is Deltakerstatus.AVSLUTTET and part.til


def test_the_history_of_holders_has_no_gap(logs):
    """One period is open, the new one; it begins where the last one of before ends (R-010)."""
    for logg in logs:
        made = take_over(logg, SKIFT)
        periods = made.stafettholder_historikk
        assert [h.overfoering_id for h in periods if h.til is None] == [SKIFT.overfoering_id]
        assert periods[-1].fra == SKIFT.byttet
        if logg.stafettholder:
            assert len(periods) > 1 and periods[-2].til is not None
            assert max(h.til for h in periods[:-1]) == SKIFT.byttet or logg.stafettholder_historikk
        kept = {(h.person, h.fra) for h in logg.stafettholder_historikk}
        assert kept <= {(h.person, h.fra) for h in periods}


def test_taking_over_again_is_the_same(logs):
    """The same switch gives the same ids, and a log that has been taken over stays as it is."""
    for logg in logs:
        once = take_over(logg, SKIFT)
        assert take_over(logg, SKIFT) == once
        twice = take_over(once, SKIFT)
        assert twice.stafettholder == once.stafettholder
        assert active_holders(twice) == [once.stafettholder]
        assert len(twice.overfoeringer) == len(once.overfoeringer)
        assert len([h for h in twice.stafettholder_historikk if h.til is None]) == 1
        assert len(twice.personer) == len(once.personer)


def test_the_content_is_untouched_by_the_switch(logs):
    """Concerns, notes and consents are the sender's words, to the letter."""
    for logg in logs:
        made = take_over(logg, SKIFT)
        for name in ("oppmerksomheter", "notater", "samtykker", "lysglimt", "dokumenter"):
            assert getattr(made, name) == getattr(logg, name)


def test_within_a_municipality_the_others_keep_what_they_have(logs):
    """Only who holds it changes: the other participants are as they were (R-030)."""
    for logg in logs:
        made = switch_holder(logg, SKIFT)
        assert active_holders(made).count(made.stafettholder) == 1
        before = {d.id: d for d in logg.deltakelser if d.id != logg.stafettholder}
        after = {d.id: d for d in made.deltakelser}
        assert all(after[ident] == part for ident, part in before.items())


def test_the_sender_is_passive_afterwards(logs):
    """Nobody but the family has access; without access to end, only the log is closed (R-042)."""
    for logg in logs:
        made = hand_out(logg, SKIFT.byttet)
        assert (made.status, made.status_aarsak) == (Loggstatus.PASSIV, "overfoert")
        assert active_holders(made) == []
        assert hand_out(made, SKIFT.byttet) == made
        left = hand_out(logg, SKIFT.byttet, access=False)
        assert left.deltakelser == logg.deltakelser and left.status is Loggstatus.PASSIV


# -- the join --------------------------------------------------------------------------------------
def test_a_log_that_comes_home_is_joined(logs):
    """What comes wins, what only stands here stays, nothing is there twice (A-B-A)."""
    for logg in logs:
        coming = logg.model_copy(update={"oppmerksomheter": logg.oppmerksomheter[:1],
                                         "notater": ()})  # fmt: skip
        made = merge(logg, coming)
        assert made.oppmerksomheter == logg.oppmerksomheter and made.notater == logg.notater
        changed = coming.oppmerksomheter[0].model_copy(update={"tekst": "Endret underveis."})
        made = merge(logg, coming.model_copy(update={"oppmerksomheter": (changed,)}))
        assert made.oppmerksomheter == (changed, *logg.oppmerksomheter[1:])
        assert merge(logg, logg) == logg


def test_what_is_new_is_added_and_what_is_empty_takes_nothing_away(logs):
    """An empty list or field of what comes removes nothing."""
    logg = next(one for one in logs if one.oppmerksomheter)
    bare = logg.model_copy(update={"oppmerksomheter": (), "om_meg": None})
    assert merge(logg, bare).oppmerksomheter == logg.oppmerksomheter
    assert merge(logg.model_copy(update={"om_meg": "Noe."}), bare).om_meg == "Noe."
    assert merge(bare, logg).oppmerksomheter == logg.oppmerksomheter


def test_two_logs_are_never_joined(logs):
    """Another id is another log."""
    with pytest.raises(ValueError, match="never merged"):
        merge(logs[0], logs[1])


# -- the guards ------------------------------------------------------------------------------------
KRAV = Krav((Samtykkeregler(),))


def wish(**changes):
    """Everything of the small log to another municipality."""
    made = Grunnlag(
        maaltype=Maaltype.ANNEN_KOMMUNE, begrunnelse=Begrunnelse.FLYTTING, mottaker="899200209",
        enhet=Enhet("899201209", "Skolen ved fjorden"), rettet=Rettet.LEDER, utvalg=("o1",),
        samtykke="s1", lest_av="leder",
    )  # fmt: skip
    return replace(made, **changes)


def consented(logg, **changes):
    """The small log with its consent changed."""
    made = logg()
    one = made.samtykker[0].model_copy(update=changes)
    return made.model_copy(update={"samtykker": (one,)})


def test_everything_in_order_is_yes(logg, ramme):
    """The breaches below start from a yes."""
    assert vakter.vern(logg(), ramme()) == ""
    assert vakter.grunnlag(logg(), wish(), ramme()) == ""
    assert vakter.samtykke(logg(), wish(), ramme(), KRAV) == ""


@pytest.mark.parametrize("person", ["barn", "mor", "far"])
@pytest.mark.parametrize("grade", [g for g in Adressebeskyttelse if g != "ingen"] + [None])
def test_protection_of_any_of_the_household_stops_it(logg, ramme, person, grade):
    """Protected, unknown, or never answered: one word for all of them (C-4)."""
    told = dict(ramme().protection)
    if grade is None:
        del told[person]
    else:
        told[person] = grade
    assert vakter.vern(logg(), ramme(protection=told)) == "MANUELL"


def test_somebody_whose_part_nobody_has_said_is_of_the_household(logg, ramme):
    """A sibling who is only named is asked about too; without an answer it is no (C-4)."""
    whole = logg()
    sibling = whole.personer[0].model_copy(update={"id": "soesken"})
    named = whole.model_copy(update={"personer": (*whole.personer, sibling)})
    assert vakter.vern(named, ramme()) == "MANUELL"
    known = {**ramme().protection, "soesken": Adressebeskyttelse.INGEN}
    assert vakter.vern(named, ramme(protection=known)) == ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"utvalg": ()}, "INGEN_OPPMERKSOMHET_VALGT"),
        ({"utvalg": ("o1", "o9")}, "UKJENT_OPPMERKSOMHET"),
        ({"rettet": Rettet.PERSON}, "PERSON_MANGLER"),
    ],
)
def test_a_wish_without_its_ground_is_refused(logg, ramme, changes, code):
    """Nothing chosen, something that is not there, nobody named."""
    assert vakter.grunnlag(logg(), wish(**changes), ramme()) == code
    passive = logg(status=Loggstatus.PASSIV)
    assert vakter.grunnlag(passive, wish(), ramme()) == "LOGG_IKKE_AKTIV"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": Samtykkestatus.TRUKKET}, "SAMTYKKE_GJELDER_IKKE"),
        ({"omfang": ("opprette", "overfoereVirksomhet")}, "SAMTYKKE_ANNET_FORMAAL"),
        ({"oppmerksomheter": ("o2",)}, "SAMTYKKE_ANNET_UTVALG"),
    ],
)
def test_a_consent_for_something_else_is_no_consent(logg, ramme, changes, code):
    """Withdrawn, for another purpose, for another selection; reading the form overrules none."""
    assert vakter.samtykke(consented(logg, **changes), wish(), ramme(), KRAV) == code


def test_a_form_nobody_has_read_covers_nothing(logg, ramme):
    """Where the vendor has no field, somebody must have read it; without rules nothing holds."""
    assert vakter.samtykke(logg(), wish(lest_av=""), ramme(), KRAV) == "SAMTYKKE_IKKE_LEST"
    assert vakter.samtykke(logg(), wish(samtykke=""), ramme(), KRAV) == "SAMTYKKE_MANGLER"
    assert vakter.samtykke(logg(), wish(), ramme(), Krav(())) == "SAMTYKKE_GJELDER_IKKE"


def test_within_one_unit_the_guardians_are_told(logg, ramme):
    """Told is enough, unless the municipality asks for more (R-119, B-26)."""
    inside = wish(maaltype=Maaltype.SAMME_VIRKSOMHET, samtykke="")
    assert vakter.samtykke(logg(), inside, ramme(), KRAV) == "FORESATTE_IKKE_INFORMERT"
    told = replace(inside, informert="2026-11-20T12:00:00+00:00")
    assert vakter.samtykke(logg(), told, ramme(), KRAV) == ""
    strict = replace(KRAV, samme_virksomhet_krever_samtykke=True)
    assert vakter.samtykke(logg(), told, ramme(), strict) == "SAMTYKKE_MANGLER"


def test_who_may_hand_over(logg):
    """The holder or the leader, as the staff list has it; a holder who is a guardian may not."""
    holder, leader = Aktoer("a", "stafettholder"), Aktoer("a", "leder")
    number = {p.id: p.identifikatorer for p in logg().personer}["mor"]
    same = logg(
        personer=tuple(
            p.model_copy(update={"identifikatorer": number}) if p.id == "holder" else p
            for p in logg().personer
        )
    )
    assert vakter.fullmakt(same, holder, frozenset({"stafettholder"})) == "HABILITET"
    people = tuple(
        p.model_copy(update={"identifikatorer": ()}) if p.id == "holder" else p
        for p in same.personer
    )
    own = logg(personer=people)
    assert vakter.fullmakt(own, holder, frozenset({"stafettholder"})) == ""
    assert vakter.fullmakt(logg(), leader, frozenset({"leder"})) == ""
    assert vakter.fullmakt(logg(), leader, frozenset({"stafettholder"})) == "IKKE_FULLMAKT"
    assert vakter.fullmakt(logg(), Aktoer("a", "laerer"), frozenset({"laerer"})) == "IKKE_FULLMAKT"
    both = logg(stafettholder="d-mor", personer=people)
    assert vakter.fullmakt(both, holder, frozenset({"stafettholder"})) == "HABILITET"
    assert vakter.fullmakt(both, leader, frozenset({"leder"})) == ""


def test_who_may_accept(logg):
    """Registered as holder in the very unit, strongly signed in, and not of the family."""
    unit = ANSATT.virksomhet
    assert vakter.person(ANSATT, unit, "hoey") == ""
    assert vakter.person(ANSATT, unit, "betydelig") == "FOR_SVAK_INNLOGGING"
    for wrong in (None, replace(ANSATT, roller=frozenset({"leder"}))):
        assert vakter.person(wrong, unit, "hoey") == "IKKE_REGISTRERT_STAFETTHOLDER"
    assert vakter.person(ANSATT, "899202209", "hoey") == "IKKE_REGISTRERT_STAFETTHOLDER"
    number = "41814061033"
    child = (
        logg()
        .personer[0]
        .model_copy(
            update={"identifikatorer": (Identifikator(type=kind_of(number), verdi=number),)}
        )
    )
    near = logg(personer=(child, *logg().personer[1:]))
    assert vakter.habil(replace(ANSATT, numre=(number,)), near) == "HABILITET"
    assert vakter.habil(replace(ANSATT, numre=("41814061114",)), near) == ""
