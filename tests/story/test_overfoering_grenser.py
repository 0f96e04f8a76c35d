"""Die at every named boundary of a hand-over, at either side, the n-th time: it still ends well.

The process is gone where a test says, between any two commits; the next round of that side goes
on from its rows. Judged from the vendors: one log, one holder (R-010, I1).
"""

import contextlib
import os

import pytest

from gateway.effects import failpoint
from gateway.effects.transferring import avgi, motta
from gateway.errors import GatewayError
from gateway.overfoering.tilstand import Side, Tilstand
from schemas.overfoering.koder import Innlogging
from tests.story.conftest import CONEXUS
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import HOLDER, Flytting, Ledning

FULL = os.environ.get("STAFETT_FULL") == "1"


class Died(BaseException):
    """The process is gone, as after kill -9."""


@pytest.fixture
def flytting(tmp_path):
    """One move."""
    f = Flytting(tmp_path, [case(CONEXUS, "leksene")], wire=Ledning())
    (f.logg,) = f.a.look_over()
    yield f
    f.close()


def live(work):
    """What somebody does; it may die, or be told that it was done already."""
    with contextlib.suppress(Died, GatewayError):
        work()


@pytest.mark.parametrize("nth", [1, 2, 3, 5] if FULL else [1, 3])
@pytest.mark.parametrize("name", failpoint.TRANSFERS)
def test_died_there_and_came_again(flytting, monkeypatch, name, nth):
    """Each boundary, several times over: everything is there once in the end."""
    f = flytting
    left = {name: nth}
    died = []

    def reach(at):
        if at in left:
            left[at] -= 1
            if left[at] == 0:
                died.append(at)
                raise Died

    monkeypatch.setattr(failpoint, "reach", reach)
    own = f.start(f.logg)
    for _ in range(14):
        if f.a.row(own).tilstand in {Tilstand.UTKAST, Tilstand.KLAR}:
            live(lambda: avgi.send(f.a.verk, f.a.row(own), f.leder))
        live(f.m.round)
        live(lambda: accept(f, own))
        live(f.a.round)
        f.klokke.turn(minutes=70)
    assert f.states(own) == ("FULLFOERT", "FULLFOERT")
    assert f.m.log(f.logg.id).status.value == "AKTIV"
    assert f.a.log(f.logg.id).status.value == "PASSIV"
    assert (f.a.row(own).verdi["noekkel"], f.a.row(own).verdi["etterarbeid"]) == ("", "")
    assert died or nth > 1


def accept(f, own):
    """The named person accepts when there is something to accept."""
    row = f.m.row(own, Side.MOTTAKER)
    if row.tilstand is Tilstand.MOTTATT:
        motta.accept(f.m.verk, row, HOLDER, Innlogging.HOEY, uten_register=True)
