"""Who is responsible, state by state, written out by hand (I1)."""

import pytest

from gateway.overfoering.ansvar import claims, may_read, responsible
from gateway.overfoering.tilstand import Side, Tilstand

T = Tilstand
SWITCHED = (T.AKSEPTERT, T.IKKE_FORSTAATT, T.FULLFOERT)


@pytest.mark.parametrize("state", list(Tilstand))
def test_what_one_side_may_say_alone(state):
    """The sender until it has switched; the receiver from when it knows of the switch."""
    assert claims(Side.AVGIVER, state) is (state not in SWITCHED)
    assert claims(Side.MOTTAKER, state) is (state in SWITCHED)
    assert may_read(state) is (state in SWITCHED)


@pytest.mark.parametrize("avgiver", list(Tilstand))
@pytest.mark.parametrize("mottaker", list(Tilstand))
def test_what_is_true_of_both(avgiver, mottaker):
    """A promise counts from the sender's switch; what was never promised never does."""
    wanted = set()
    if avgiver not in SWITCHED:
        wanted.add(Side.AVGIVER)
    if mottaker in SWITCHED or (mottaker is T.AKSEPT_AVVENTES and avgiver in SWITCHED):
        wanted.add(Side.MOTTAKER)
    assert responsible(avgiver, mottaker) == wanted
