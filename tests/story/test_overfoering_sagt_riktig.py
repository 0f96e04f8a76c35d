"""What the commands of a hand-over say, where they once named the wrong end, side, file or act:
the two municipalities on disk, and the commands as a person types them."""

import pytest

from gateway.texts.catalogue import Catalogue
from tests.story.to_byer import By
from tests.story.to_kommuner import AVGIVER, HOLDER, LEDER, MOTTAKER
from tests.story.town import CX, SP, here


@pytest.fixture
def by(tmp_path):
    """One that knows another, on disk."""
    asks, other = By(tmp_path / "a", AVGIVER, "9901", CX), By(tmp_path / "m", MOTTAKER, "9902", SP)
    asks.meet(other, other.port)
    yield asks
    asks.stop()
    other.stop()


def said(by, *words):
    """What a person reads."""
    return here(*words, "--config", str(by.config))


def test_a_counterparts_file_that_is_not_there_is_named(by):
    """By the counterpart's number, the list and the place in it, and by nothing else."""
    path = by.config / "motparter" / f"{MOTTAKER}.toml"
    text = path.read_text()
    path.write_text(text.replace("kanal =", 'tls = ["config/borte.pem"]\nkanal =', 1))
    told = said(by, "transfer", "echo", MOTTAKER)
    assert told.exit_code and "SERTIFIKATFIL_MANGLER" in told.output
    assert "motpart 1: tls nr. 1" in told.output and MOTTAKER not in told.output
    (by.folder / "config" / "borte.pem").write_text("ikke et sertifikat")
    told = said(by, "transfer", "echo", MOTTAKER)
    assert "UGYLDIG_SERTIFIKAT" in told.output and "motpart 1: tls nr. 1" in told.output


def test_the_echo_says_whose_the_key_is(by):
    """Our own key and certificate for the line, which are no pair: at our end, with the options."""
    text = (by.config / "gateway.toml").read_text()
    other = by.folder.parent / "m" / "noekler"
    key = next(path for path in other.iterdir() if "PRIVATE" in path.read_text())
    (by.config / "gateway.toml").write_text(
        text.replace(f'noekkel = "{by.key}"', f'noekkel = "{key}"')
    )
    told = by.stafett("transfer", "echo", MOTTAKER, ok=(1,))
    assert (told["code"], told["end"]) == ("KANAL_NOEKLER_PASSER_IKKE", "her")
    assert "sertifikat" in told["place"]


def test_the_words_hold_where_they_are_said():
    """No word of KS, of a leader or of a package where there may be none; the commands are real."""
    for language in ("nb", "nn", "en"):
        texts = Catalogue(language)
        closed = texts.code("KAN_IKKE_DEKRYPTERES").do
        assert "overfoering.dekryptering" in closed and "stafett transfer round" in closed
        assert "transfer retry" in texts.code("PAKKE_IKKE_FORSTAATT").do
        named = texts.code("EN_ANNEN_ER_TILDELT").what
        assert any(word in named for word in ("avgiver", "avgivar", "sender"))
        assert "--from-sender" in texts.code("LEST_IKKE_HER").do
    assert "Var noe sendt" in Catalogue("nb").code("TRUKKET").what


def test_taken_asks_where_it_was_read(by):
    """The flag is there, and what is not here is told as that."""
    assert "--from-sender" in said(by, "transfer", "taken", "--help").output
    own = "00000000-0000-4000-8000-000000000000"
    for words in (
        ("taken", own, "--by", HOLDER, "--from-sender"),
        ("retry", own, "--by", LEDER),
        ("resume", own, "--by", LEDER),
    ):
        assert "UKJENT_OVERFOERING" in said(by, "transfer", *words).output
    told = by.stafett("transfer", "inbox")
    assert told["transfers"] == []
