"""The hand-over's two tables, explored in every interleaving (rules.md E-2: I1, I2, I3).

The tables are the ones the product runs. `-s` prints how many states were seen.
"""

import os
from dataclasses import replace
from random import Random

import pytest

from gateway.overfoering.ansvar import responsible
from gateway.overfoering.avgiver import AVGIVER
from gateway.overfoering.mottaker import MOTTAKER
from gateway.overfoering.tabell import Regel
from gateway.overfoering.tilstand import Effekt, Hendelse, Side, Tilstand, Vakt
from tests.machine.overfoering_modell import (
    GRADERT,
    UNDERVEIS,
    VET_IKKE,
    Modell,
    at_rest,
    explore,
    reachable,
    settled,
    walk,
)

T, H, E = Tilstand, Hendelse, Effekt
FULL = os.environ.get("STAFETT_FULL") == "1"
STEPS = 2_000_000 if FULL else 100_000


def test_every_reachable_state_holds():
    """The whole space, to its end: loss, doubling, reordering, crashes, people, protection."""
    found = explore(Modell())
    print(f"\n{found.tilstander} tilstander, {found.steg} steg, dybde {found.dybde}")
    assert found.feil == "", found.spor
    assert found.tilstander > 70_000


@pytest.fixture(scope="module")
def worlds():
    """Every world that can be reached, in an order of its own."""
    return sorted(reachable(Modell()), key=repr)


def test_every_state_comes_to_rest(worlds):
    """A kind wire and patience always end in FULLFOERT, with a person, or in a safe state: no limbo
    (R-010)."""
    modell = Modell()
    chosen = worlds if FULL else Random(1).sample(worlds, 400)
    left = [one for one in chosen if not at_rest(settled(modell, one))]
    assert left == []
    ends = {(settled(modell, one).a, settled(modell, one).m) for one in chosen}
    assert (T.FULLFOERT, T.FULLFOERT) in ends


def test_protection_after_the_key_is_with_somebody(worlds):
    """The receiver is responsible, a person has it, and the sender has heard nothing of it."""
    modell = Modell()
    after = [settled(modell, one) for one in worlds if one.register is GRADERT]
    held = {one for one in after if one.holdt}
    assert held
    assert {one.m for one in held} == {T.AKSEPTERT}
    # That it could not be read at first says nothing of the family.
    assert {one.a for one in held} == {T.AKSEPTERT, T.IKKE_FORSTAATT}
    assert all(responsible(one.a, one.m) == {Side.MOTTAKER} for one in held)
    assert not any(one.til_a & {H.M_FULLFOERT, H.M_AVVISNING} for one in held)
    assert all(one.last and one.noekkel_m for one in held)
    # Nobody took over with a protected family, and the log was not written after it was known.
    assert not any(one.m is T.AKSEPTERT and not one.holdt for one in after)


def test_a_register_that_knows_nobody_and_a_wrong_staff_file_are_seen(worlds):
    """Worlds where the promise was made, and what is needed to keep it is not there yet."""
    waits = [one for one in worlds if one.m is T.AKSEPTERT and not one.holdt]
    assert any(one.register is VET_IKKE for one in waits)
    assert any(not one.ansatte for one in waits)
    assert any(one.a in UNDERVEIS and not one.ansatte for one in worlds)


def test_random_steps_beyond():
    """Several attempts of one hand-over at once, with the old ones' messages still on the wire."""
    walks, fault = walk(Modell(), Random(20261121), STEPS)
    print(f"\n{STEPS} steg i {walks} vandringer")
    assert fault == ""


def without(regel: Regel, **changes) -> tuple[Regel, ...]:
    """A rule with something else in it."""
    return (replace(regel, **changes),)


PLANTED = {
    "a deadline takes back a promise": (
        {},
        {(T.AKSEPT_AVVENTES, H.FRIST): (Regel(T.UTLOEPT, (E.OEDELEGG_NYTTELAST,)),)},
    ),
    "a late acceptance revives an expired transfer": (
        {(T.UTLOEPT, H.M_AKSEPT): (Regel(T.AKSEPTERT, (E.SEND_AKSEPTBEKREFTELSE,)),)},
        {},
    ),
    "the sender withdraws after the switch": (
        {(T.AKSEPTERT, H.TREKK): (Regel(T.TRUKKET, (E.SEND_TILBAKETREKKING,)),)},
        {},
    ),
    "the consent is not asked a third time": (
        {
            (T.MOTTATT, H.M_AKSEPT): (
                Regel(T.AKSEPTERT, (E.SEND_AKSEPTBEKREFTELSE,), krever=(Vakt.VERN,)),
            )
        },
        {},
    ),
    "the protection is not asked a third time": (
        {
            (T.TILDELT, H.M_AKSEPT): (
                Regel(T.AKSEPTERT, (E.SEND_AKSEPTBEKREFTELSE,), krever=(Vakt.SAMTYKKE,)),
            )
        },
        {},
    ),
    "an older log is taken over": (
        {
            (T.MOTTATT, H.M_AKSEPT): (
                Regel(
                    T.AKSEPTERT,
                    (E.SEND_AKSEPTBEKREFTELSE,),
                    krever=(Vakt.VERN, Vakt.SAMTYKKE),
                ),
            )
        },
        {},
    ),
    "the receiver opens when it accepts": (
        {},
        {(T.MOTTATT, H.AKSEPTER): (Regel(T.AKSEPTERT, (E.SEND_AKSEPT, E.LAAS_OPP)),)},
    ),
    "the receiver takes a key that opens nothing": (
        {},
        {(T.AKSEPT_AVVENTES, H.M_AKSEPTBEKREFTELSE): (Regel(T.AKSEPTERT, (E.LAAS_OPP,)),)},
    ),
    "the receiver regrets a promise": (
        {},
        {
            (T.AKSEPT_AVVENTES, H.AVVIS): (
                Regel(T.AVVIST, (E.SEND_AVVISNING, E.OEDELEGG_NYTTELAST)),
            )
        },
    ),
    "a withdrawn payload is kept": (
        {},
        {(T.MOTTATT, H.M_TILBAKETREKKING): (Regel(T.TRUKKET),)},
    ),
    "somebody the staff file does not know accepts": (
        {},
        {(T.MOTTATT, H.AKSEPTER): (Regel(T.AKSEPT_AVVENTES, (E.SEND_AKSEPT,)),)},
    ),
    "protection after the key is a rejection": (
        {},
        {(T.AKSEPTERT, H.SPERR): (Regel(T.SPERRET, (E.SEND_AVVISNING, E.OEDELEGG_NYTTELAST)),)},
    ),
    "protection after the key is told and kept": (
        {},
        {(T.AKSEPTERT, H.SPERR): (Regel(T.AKSEPTERT, (E.SEND_AVVISNING, E.IMPORTER)),)},
    ),
    "a log nobody here can read is taken over in silence": (
        {},
        {
            (T.AKSEPT_AVVENTES, H.M_AKSEPTBEKREFTELSE): (
                Regel(T.AKSEPTERT, (E.LAAS_OPP, E.IMPORTER), krever=(Vakt.NOEKKEL,)),
            )
        },
    ),
    "the sender is not told that it cannot be read": (
        {},
        {
            (T.AKSEPT_AVVENTES, H.M_AKSEPTBEKREFTELSE): (
                Regel(T.IKKE_FORSTAATT, (E.LAAS_OPP, E.VARSLE_LEDER), krever=(Vakt.NOEKKEL,)),
            )
        },
    ),
    "the sender closes its log when it cannot be read": (
        {
            (T.AKSEPTERT, H.M_IKKE_FORSTAATT): (
                Regel(T.FULLFOERT, (E.STENG_LOGG, E.OEDELEGG_NYTTELAST, E.VARSLE_FAMILIE)),
            )
        },
        {},
    ),
    "the sender destroys the key when it cannot be read": (
        {
            (T.AKSEPTERT, H.M_IKKE_FORSTAATT): (
                Regel(T.IKKE_FORSTAATT, (E.OEDELEGG_NYTTELAST, E.VARSLE_LEDER)),
            )
        },
        {},
    ),
    "the receiver destroys what it cannot read": (
        {},
        {
            (T.AKSEPTERT, H.UFORSTAATT): (
                Regel(
                    T.IKKE_FORSTAATT,
                    (E.SEND_IKKE_FORSTAATT, E.OEDELEGG_NYTTELAST, E.VARSLE_LEDER),
                ),
            )
        },
    ),
    "the sender takes the responsibility back": (
        {
            (T.AKSEPTERT, H.M_IKKE_FORSTAATT): (
                Regel(T.FEILET, (E.SEND_TILBAKETREKKING, E.OEDELEGG_NYTTELAST, E.VARSLE_LEDER)),
            )
        },
        {},
    ),
    "the sender lets go when the package is delivered": (
        {(T.SENDT, H.M_KVITTERT): (Regel(T.AKSEPTERT),)},
        {},
    ),
}


@pytest.mark.parametrize("fault", PLANTED, ids=list(PLANTED))
def test_a_planted_fault_is_found(fault):
    """Each is a mistake a reader could make in the tables; the exploration shows the way to it."""
    avgiver, mottaker = PLANTED[fault]
    found = explore(Modell({**AVGIVER, **avgiver}, {**MOTTAKER, **mottaker}))
    assert found.feil
    assert found.spor


def stripped(table, effect, only=lambda _key: True):
    """A table whose rules do not have one effect."""
    return {
        key: tuple(
            replace(r, effekter=tuple(e for e in r.effekter if e is not effect)) if only(key) else r
            for r in rules
        )
        for key, rules in table.items()
    }


FOLLOWS = [e for e in Effekt if not e.value.startswith("send:")]


@pytest.mark.parametrize("effect", FOLLOWS)
def test_an_effect_that_is_taken_away_is_found(effect):
    """Whatever a rule does besides saying something: without it some world is wrong."""
    found = explore(Modell(stripped(AVGIVER, effect), stripped(MOTTAKER, effect)))
    assert found.feil, effect


_DRAFT = {("avgiver", (s, h)) for s in (T.UTKAST, T.SAMTYKKE_AVVENTES, T.KLAR)
          for h in (H.TREKK, H.SAMTYKKE_TRUKKET, H.SPERR, H.KLARGJOER, H.SEND)}  # fmt: skip
_ONLY_OFFERED = {("mottaker", (T.TILBUDT, h)) for h in (H.M_TILBAKETREKKING, H.M_UTLOEPT, H.FRIST,
                                                       H.SPERR)}  # fmt: skip
_NEVER = {("avgiver", (s, H.M_SKADET)) for s in (T.MOTTATT, T.TILDELT)}
_ON_PAPER = {("avgiver", (T.SENDT, H.MANUELT_MOTTATT))}
"""Papers are not in the model, and nothing is sealed for them."""
_ENDING = [
    (name, key)
    for name, table in (("avgiver", AVGIVER), ("mottaker", MOTTAKER))
    for key, rules in table.items()
    if any(E.OEDELEGG_NYTTELAST in rule.effekter for rule in rules)
    if (name, key) not in _DRAFT | _ONLY_OFFERED | _NEVER | _ON_PAPER
]


@pytest.mark.parametrize(("side", "key"), _ENDING, ids=lambda one: str(one))
def test_no_rule_that_ends_keeps_a_payload(side, key):
    """Each rule by itself: without the effect a key or a package would lie there for ever."""
    tables = {"avgiver": AVGIVER, "mottaker": MOTTAKER}
    tables[side] = stripped(tables[side], E.OEDELEGG_NYTTELAST, lambda one: one == key)
    assert "blir liggende" in explore(Modell(tables["avgiver"], tables["mottaker"])).feil


def test_what_has_no_such_story_has_nothing_to_destroy(worlds):
    """A draft has no key, an offer no package, and what is here whole is not said to be hurt."""
    drafts = {state for _, (state, _) in _DRAFT}
    assert not any(one.noekkel for one in worlds if one.a in drafts)
    assert not any(one.last or one.noekkel_m for one in worlds if one.m is T.TILBUDT)
    whole = {T.MOTTATT, T.TILDELT}
    assert not any(H.M_SKADET in one.til_a for one in worlds if one.a in whole)


def test_a_register_that_is_not_asked_is_found():
    """The log is written as soon as the key is there."""
    found = explore(Modell(spoer=False))
    assert found.feil == "skrevet uten at registeret har sagt ingen"
