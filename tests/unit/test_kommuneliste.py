"""C-5: municipalities by date, in KLASS' shape; a reform, a border, a number that is not yet."""

from datetime import date
from pathlib import Path

import pytest

from gateway.errors import LocalFault
from gateway.kommuneliste import called, load
from tests.unit.flytting.kommuner import FUTURE, LISTE, REFORM, TODAY

SHIPPED = Path(__file__).parents[2] / "config" / "kommuneinndeling.json"
EVE = date(2025, 12, 31)


def test_codes_are_valid_at_a_date_and_the_end_is_exclusive():
    """KLASS: `to` is the first day the code is not."""
    assert LISTE.valid("9906", EVE) and not LISTE.valid("9906", REFORM)
    assert LISTE.valid("9907", REFORM) and not LISTE.valid("9907", EVE)
    assert LISTE.future("9914", TODAY) and not LISTE.future("9914", FUTURE)
    assert not LISTE.known("9999") and not LISTE.future("9999", TODAY)


@pytest.mark.parametrize(
    ("code", "on", "found"),
    [
        ("9901", TODAY, {"9901"}),
        ("9906", TODAY, {"9907"}),
        ("9907", EVE, {"9906"}),
        ("9903", TODAY, {"9904", "9905"}),
        ("9905", EVE, {"9903"}),
        ("9908", TODAY, {"9910"}),
        ("9910", EVE, {"9908", "9909"}),
        ("9914", TODAY, {"9901"}),
        ("9901", FUTURE, {"9914"}),
        ("9999", TODAY, set()),
    ],
)
def test_what_a_code_is_called_on_a_date(code, on, found):
    """Renumbered, split, merged, leaked; forwards and backwards. A border carries nothing."""
    assert LISTE.reformed(code, on) == found


def test_border_changes_and_carved_out_parts_are_told_apart():
    """Both leave the old number in use; only one makes a new one."""
    assert LISTE.border_changes({"9901"}, "9913") == (date(2026, 7, 1),)
    assert LISTE.border_changes({"9911"}, "9912") == ()
    assert LISTE.carved("9911", "9912") and not LISTE.carved("9901", "9913")
    assert LISTE.changed_on({"9903"}, REFORM) and not LISTE.changed_on({"9903"}, TODAY)


def test_changes_in_a_row_are_followed():
    """Renumbered twice, and a ring that would never end."""
    from schemas.kommuneinndeling.liste import Kommuneliste
    from tests.unit.flytting.kommuner import change, code

    years = [date(2020, 1, 1), date(2024, 1, 1), date(2026, 1, 1)]
    twice = Kommuneliste.model_validate(
        {
            "codes": [code("9921", years[0], years[1]), code("9922", years[1], years[2]),
                      code("9923", years[2])],
            "codeChanges": [change("9921", "9922", years[1]), change("9922", "9923", years[2]),
                            change("9922", "9921", years[1])],
        }
    )  # fmt: skip
    assert twice.reformed("9921", TODAY) == {"9923"}
    assert twice.reformed("9923", years[0]) == {"9921"}


def test_the_shipped_list_is_read_and_knows_our_own():
    """It is invented, and it is whole."""
    liste = load(SHIPPED)
    assert called(liste, "9901", TODAY) == {"9901"}
    assert called(liste, "9906", TODAY) == {"9907"}


@pytest.mark.parametrize("own", ["9999", "9903"])
def test_a_municipality_that_is_not_one_today_stops_before_anything(own):
    """Unknown, or split: which half we are only people can say."""
    with pytest.raises(LocalFault) as caught:
        called(load(SHIPPED), own, TODAY)
    assert caught.value.code == "KOMMUNE_IKKE_I_LISTEN"


@pytest.mark.parametrize("text", [None, "", "[]", '{"codes": [{"code": "x"}]}'])
def test_a_list_that_cannot_be_read(tmp_path, text):
    """The file's name and nothing else."""
    path = tmp_path / "liste.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(LocalFault) as caught:
        load(path)
    assert (caught.value.code, caught.value.place) == ("KOMMUNELISTE_MANGLER", "liste.json")
