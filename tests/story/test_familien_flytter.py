"""A family moves: the log is handed over, and somebody is responsible all the way (R-010)."""

import pytest

from gateway.effects.transferring import oversikt
from gateway.overfoering.bevis import compare
from gateway.overfoering.tilstand import Side, Tilstand
from tests.story.conftest import CONEXUS
from tests.story.to_kommuner import Flytting


def case(system, name):
    """One of the system's own examples: its document and files."""
    import importlib

    module = importlib.import_module(f"connectors.{system}.sandbox.corpus")
    return {found: (document, files) for found, document, files in module.load()}[name]


@pytest.fixture
def flytting(tmp_path):
    """Makes a move; both houses are closed at the end."""
    made = []

    def make(stock, **systems):
        made.append(Flytting(tmp_path / str(len(made)), stock, **systems))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_the_whole_way(flytting):
    """Offer, receipt, acceptance, switch, import, receipt, closed; both books the same."""
    f = flytting([case(CONEXUS, "leksene")])
    (logg,) = f.a.look_over()
    own = f.start(logg)
    assert f.send(own).tilstand is Tilstand.SENDT
    f.rounds(2)
    assert f.a.row(own).tilstand is Tilstand.MOTTATT
    offered = f.m.row(own, Side.MOTTAKER)
    assert offered.verdi["antall"] == len(logg.oppmerksomheter)
    assert offered.verdi["logg"] == ""
    f.accept(own)
    f.rounds(3)
    assert f.m.row(own, Side.MOTTAKER).tilstand is Tilstand.FULLFOERT
    assert f.a.row(own).tilstand is Tilstand.FULLFOERT
    there = f.m.log(logg.id)
    assert there is not None
    assert there.status.value == "AKTIV"
    f.rounds(1)
    assert f.a.log(logg.id).status.value == "PASSIV"
    ours = oversikt.proof(f.a.verk, f.a.row(own))
    theirs = oversikt.proof(f.m.verk, f.m.row(own, Side.MOTTAKER))
    assert compare(ours, theirs).kode == ""
