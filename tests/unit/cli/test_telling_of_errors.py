"""How an error is told: with its place, unless the place may hold somebody's number."""

import json

import pytest

from gateway.cli.console import tell
from gateway.errors import LocalFault


@pytest.mark.parametrize(
    "place", ["41814061033", "--unit 41 81 40 61033", "/tmp/418140-61033.txt", "x41.81.40.610.33"]
)
def test_a_place_with_a_number_is_not_repeated(capsys, place):
    """Neither to a person nor to a program; the rest is told."""
    tell(LocalFault("FIL_FINNES_IKKE", place=place), as_json=False)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("FIL_FINNES_IKKE: ")
    assert place not in said.err
    tell(LocalFault("FIL_FINNES_IKKE", place=place), as_json=True)
    said = capsys.readouterr()
    assert json.loads(said.out)["error"]["place"] == ""
    assert said.err == ""
    assert place not in said.out


@pytest.mark.parametrize(
    "place", ["--logs linje 2", "plan-20261130-12345678", "7c570ca9-bfe0-5c41-864c-163061793063"]
)
def test_any_other_place_is_told(capsys, place):
    """An id of ours may be nothing but digits, and is nobody's number."""
    tell(LocalFault("FIL_FINNES_IKKE", place=place), as_json=False)
    assert f"[{place}]" in capsys.readouterr().err
    tell(LocalFault("FIL_FINNES_IKKE", place=place), as_json=True)
    assert json.loads(capsys.readouterr().out)["error"]["place"] == place
