"""The hand-over's two tables, explored in every interleaving (rules.md E-2: I1, I2, I3).

The tables are the ones the product runs. `-s` prints how many states were seen.
"""

import os
from random import Random

import pytest

from gateway.overfoering.avgiver import AVGIVER
from gateway.overfoering.mottaker import MOTTAKER
from gateway.overfoering.tabell import Regel
from gateway.overfoering.tilstand import Effekt, Hendelse, Tilstand, Vakt
from tests.machine.overfoering_modell import Modell, at_rest, explore, reachable, settled, walk

T, H, E = Tilstand, Hendelse, Effekt
FULL = os.environ.get("STAFETT_FULL") == "1"
STEPS = 2_000_000 if FULL else 100_000


def test_every_reachable_state_holds():
    """The whole space, to its end: loss, doubling, reordering, crashes, people, protection."""
    found = explore(Modell())
    print(f"\n{found.tilstander} tilstander, {found.steg} steg, dybde {found.dybde}")
    assert found.feil == "", found.spor
    assert found.tilstander > 2_000


def test_every_state_comes_to_rest():
    """A kind wire and patience always end in FULLFOERT or a safe state: no limbo (R-010)."""
    modell = Modell()
    worlds = sorted(reachable(modell), key=repr)
    chosen = worlds if FULL else Random(1).sample(worlds, 1000)
    left = [one for one in chosen if not at_rest(settled(modell, one))]
    assert left == []
    ends = {(settled(modell, one).a, settled(modell, one).m) for one in chosen}
    assert (T.FULLFOERT, T.FULLFOERT) in ends


def test_random_steps_beyond():
    """Several attempts of one hand-over at once, with the old ones' messages still on the wire."""
    walks, fault = walk(Modell(), Random(20261121), STEPS)
    print(f"\n{STEPS} steg i {walks} vandringer")
    assert fault == ""


def without(regel: Regel, **changes) -> tuple[Regel, ...]:
    """A rule with something else in it."""
    from dataclasses import replace

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
