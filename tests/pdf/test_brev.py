"""The letter to the family: plain, durable, in three languages, and it names nobody (R-102)."""

import pytest

from gateway.effects.transferring import brev
from gateway.errors import Rejected
from gateway.overfoering.tilstand import Side
from tests.pdf.test_ip_package import text_of
from tests.story.conftest import CONEXUS
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import Flytting, Ledning


@pytest.fixture
def moved(tmp_path):
    """A log that has been handed over."""
    f = Flytting(tmp_path, [case(CONEXUS, "leksene")], wire=Ledning())
    (f.logg,) = f.a.look_over()
    f.own = f.start(f.logg)
    f.send(f.own)
    f.rounds(2)
    yield f
    f.close()


def test_there_is_nothing_to_tell_before_the_switch(moved, tmp_path):
    """Nobody is told of a change that has not been made."""
    with pytest.raises(Rejected, match="IKKE_OVERTATT"):
        brev.write(moved.a.verk, moved.a.row(moved.own), "nb", tmp_path / "brev")


def test_the_letter(moved, vera, tmp_path):
    """Both sides, three languages: PDF/A and PDF/UA, the units and the number, and no person."""
    f = moved
    f.accept(f.own)
    f.until(lambda: f.states(f.own) == ("FULLFOERT", "FULLFOERT"))
    names = [p.navn for p in f.logg.personer if p.navn] + ["Oppdiktet"]
    for side, house in ((Side.AVGIVER, f.a), (Side.MOTTAKER, f.m)):
        for language in ("nb", "nn", "en"):
            row = house.row(f.own, side)
            text, pdf = brev.write(house.verk, row, language, tmp_path / f"{side}-{language}")
            body = pdf.read_bytes()
            assert all(verdict.compliant for verdict in vera.validate(body, "2a", "ua1"))
            told = text.read_text("utf-8")
            assert f.own in told
            assert "{" not in told
            flat = text_of(body).replace("\r\n", " ").replace("\n", " ")
            assert told.splitlines()[0] in flat
            assert [name for name in names if name in told + flat] == []


def test_a_manual_matter_names_no_unit(moved, tmp_path):
    """C-4: where the hand-over is a manual matter the letter names neither side."""
    f = moved
    f.m.register.held.add(f.logg.hovedperson.person)
    f.accept(f.own)
    f.rounds(4)
    row = f.m.row(f.own, Side.MOTTAKER)
    text, _pdf = brev.write(f.m.verk, row, "nb", tmp_path / "brev")
    told = text.read_text("utf-8")
    assert "9901" not in told
    assert "9902" not in told
