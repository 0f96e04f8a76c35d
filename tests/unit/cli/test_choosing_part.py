"""The chosen part of a source by the words of a command: read in full, or refused by its line.

What is chosen stands in clear in the ledger, so a person's number never gets that far.
"""

import codecs

import pytest

from gateway.cli import choosing
from gateway.cli.choosing import chosen
from gateway.errors import Rejected
from gateway.texts.catalogue import LANGUAGES, Catalogue

NUMBER = "41814061033"
UUID = "7c570ca9-bfe0-5c41-864c-163061793063"


def listed(tmp_path, data):
    """The chosen part of a list with these bytes."""
    file = tmp_path / "logger.txt"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return chosen((), (), (), file, None)


@pytest.mark.parametrize(
    "data",
    [
        b"# Fjordby\n\nlogg-a\n  logg-b  \n",
        b"# Fjordby\r\n\r\nlogg-a\r\nlogg-b",
        b"# Fjordby\r\rlogg-a\rlogg-b\r",
        b"# Fjordby\n\nlogg-a # den f\xc3\xb8rste\n  logg-b\t# to # tre \n  # slutt\n",
        codecs.BOM_UTF8 + b"# Fjordby\n\nlogg-a\nlogg-b\n",
        "# Fjordby\n\nlogg-a\nlogg-b\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "# Fjordby\n\nlogg-a\nlogg-b\n".encode("utf-16-be"),
    ],
)
def test_a_list_is_read_as_people_save_it(tmp_path, data):
    """Comments and blank lines are none; the lines are those an editor counts."""
    part = listed(tmp_path, data)
    assert part.scope.logs == ("logg-a", "logg-b")
    assert part.lines == (3, 4)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("Bjørnefaret\n".encode("latin-1"), "FIL_UKJENT_TEGNSETT"),
        ("logg-a\n".encode("utf-16-le"), "FIL_UKJENT_TEGNSETT"),
        (b"# bare en kommentar\n\n", "TOM_LISTE"),
        (b"", "TOM_LISTE"),
        (f"logg-a\n{NUMBER}\n".encode(), "PERSONNUMMER_I_UTVALGET"),
        (b"logg-a\n418140 61033\n", "PERSONNUMMER_I_UTVALGET"),
        (f"logg-a\nx{NUMBER}y\n".encode(), "PERSONNUMMER_I_UTVALGET"),
        (b"logg-a\n41 81 40 61033\n", "PERSONNUMMER_I_UTVALGET"),
        (b"logg-a\n41.81.40.610.33\n", "PERSONNUMMER_I_UTVALGET"),
        (b"logg-a\nKari Nordmann\n", "LISTE_UTEN_ID"),
        (b"logg-a\nlogg-b#nei\n", "LISTE_UTEN_ID"),
        (b"logg-a\nlogg-b;Fjordby\n", "LISTE_UTEN_ID"),
    ],
)
def test_what_is_no_list_of_ids_is_refused(tmp_path, data, code):
    """By line where it is a line's fault, and with nothing of what stands there."""
    with pytest.raises(Rejected) as refused:
        listed(tmp_path, data)
    assert refused.value.code == code
    assert refused.value.place in ("--logs", "--logs linje 2")
    assert NUMBER not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_id_with_many_digits_is_an_id(tmp_path):
    """A UUID may hold eleven digits by chance; so long as it is one, it is nobody's number."""
    digits = "7c570ca9-bfe0-5c41-864c-163061793063"
    assert listed(tmp_path, digits).scope.logs == (digits,)


def test_a_file_that_is_not_there(tmp_path):
    """Told as such; a folder is no file either."""
    with pytest.raises(Rejected, match="FIL_FINNES_IKKE"):
        chosen((), (), (), tmp_path / "ingen.txt", None)
    with pytest.raises(Rejected, match="FIL_KAN_IKKE_LESES"):
        chosen((), (), (), tmp_path, None)


@pytest.mark.parametrize("level", [0, 4, -1, 99])
def test_a_level_nobody_can_have(level):
    """Refused, and the text names those there are."""
    with pytest.raises(Rejected, match="UKJENT_NIVAA"):
        chosen((), (1, level), (), None, None)
    for language in LANGUAGES:
        do = Catalogue(language).code("UKJENT_NIVAA").do
        assert all(str(one) in do for one in choosing.LEVELS)


@pytest.mark.parametrize("status", ["NOE", "", "AKTIVE"])
def test_a_status_nobody_can_have(status):
    """Refused, and the text names those there are."""
    with pytest.raises(Rejected, match="UKJENT_LOGGSTATUS"):
        chosen((), (), ("aktiv", status), None, None)
    for language in LANGUAGES:
        do = Catalogue(language).code("UKJENT_LOGGSTATUS").do
        assert all(one in do for one in choosing.STATUSES)


def test_a_unit_is_no_persons_number():
    """A unit is kept in clear too. An organisation number has nine digits."""
    with pytest.raises(Rejected, match="PERSONNUMMER_I_UTVALGET") as refused:
        chosen(("Fjordby skole", NUMBER), (), (), None, None)
    assert NUMBER not in str(refused.value)
    assert chosen(("899100115",), (), (), None, None).scope.units == ("899100115",)


def test_many_lines_are_told_by_the_first():
    """An error is read by a person."""
    assert choosing.numbered(range(1, 4)) == "1, 2, 3"
    assert choosing.numbered(range(1, 31)).endswith("19, 20 (+10)")


@pytest.mark.parametrize(
    "unit", [NUMBER, "41 81 40 61033", "41.81.40.610.33", "Skole 418140–61033"]
)
def test_a_unit_that_may_be_a_person_is_refused(unit):
    """However it is grouped; told by its place among the units."""
    with pytest.raises(Rejected) as refused:
        chosen(("Fjordby skole", unit), (), (), None, None)
    assert str(refused.value) == "PERSONNUMMER_I_UTVALGET (--unit nr. 2)"
    assert chosen(("Fjordby skole", "899101103"), (), (), None, None).scope.units
