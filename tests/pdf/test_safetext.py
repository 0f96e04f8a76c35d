"""Text that the fonts and PDF/A can carry: nothing vanishes, and what is odd is told."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.snapshot import glyphs
from gateway.snapshot.safetext import SafeText


def safe(text: str) -> str:
    """The text made safe."""
    return SafeText(glyphs.drawable())(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Åse på Sør-Áltá, ŋ ǩ ʒ", "Åse på Sør-Áltá, ŋ ǩ ʒ"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("a\n\n\n \n\nb", "a\n\nb"),
        ("\x00", "[U+0000]"),
        ("\u202eabc", "[U+202E]abc"),
        ("中", "[U+4E2D]"),
        ("\U000f0000", "[U+F0000]"),
        ("\ud800", "[U+D800]"),
        ("\uf0b7 punkt", "• punkt"),
        ("a\u030a", "å"),
        ("[U+0041]", "[U+0041]"),
    ],
)
def test_what_comes_out(text: str, shown: str) -> None:
    """Norwegian and Sami as they are, breaks as breaks, the rest written out."""
    assert safe(text) == shown


def test_code_points_are_reported_once_and_in_order() -> None:
    """Only code points: never the words around them."""
    one = SafeText(glyphs.drawable())
    one("hemmelig \ue000\x00")
    one("\x00 mer \x00")
    assert one.replaced == ("U+0000", "U+E000")


def test_a_long_word_can_be_broken_and_a_checksum_cannot() -> None:
    """A run without spaces would leave the paper; pieces never part a letter from its marks."""
    long = "å" * 30 + "n\u0303\u0323" * 30
    pieces = safe(long).split("\u200b")
    assert "".join(pieces) == unicodedata.normalize("NFC", long)
    assert len(pieces) > 2
    assert not any(unicodedata.combining(piece[0]) for piece in pieces)
    assert "\u200b" not in safe("0123456789abcdef" * 4)


def test_a_refused_cluster_is_written_out() -> None:
    """What the typesetter will not shape is shown as its code points."""
    one = SafeText(glyphs.drawable(), frozenset({"ab"}))
    assert one("xaby") == "x[U+0061][U+0062]y"
    assert one.replaced == ("U+0061", "U+0062")


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(st.characters(codec=None), max_size=80))
def test_nothing_vanishes_and_twice_is_once(text: str) -> None:
    """Every fit character is still there, no unfit one is, and safe text is left alone."""
    shown = safe(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Co") for c in shown if c not in "\n\t")
    plain = shown.replace("\u200b", "")
    for character in unicodedata.normalize("NFC", text):
        if character.isalnum() and ord(character) in glyphs.drawable():
            assert character in plain
    assert safe(plain.replace("[", "(")) == safe(plain.replace("[", "(")).strip("\n")
