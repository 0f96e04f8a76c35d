"""Nothing of the child is shown outside the folder: the last look before a snapshot leaves."""

from dataclasses import replace
from datetime import date

import pytest

from connectors.sandbox.snapshot import uttak
from connectors.sandbox.synthetic import national_id, seeded
from connectors.titler import refuse_content
from gateway.errors import Rejected
from gateway.ports.archive import Part, Uttak

NUMBER = national_id(date(2017, 1, 1), seeded("titler"))
BARN = Part(navn="Aurora Tåkeheim", nummer=NUMBER)


def test_the_practice_snapshot_is_free_of_content() -> None:
    """Titles and names as the gateway makes them pass; a date in them is no number of a person."""
    refuse_content(uttak(1, BARN))
    refuse_content(uttak(1, Part(navn="", nummer="")))


@pytest.mark.parametrize(
    "text", ["Logg for Aurora Tåkeheim", "TÅKEHEIM, uttak", f"Stafettlogg {NUMBER}", "aurora"]
)
@pytest.mark.parametrize("field", ["tittel", "mappe_tittel"])
def test_a_name_or_a_number_in_a_title_stops(field: str, text: str) -> None:
    """Whole, in part, in capitals; and the error does not repeat it."""
    with pytest.raises(Rejected) as caught:
        refuse_content(replace(uttak(1, BARN), **{field: text}))
    assert caught.value.code == "INNHOLD_I_TITTEL"
    assert text not in str(caught.value)


def with_file(**changes: str) -> Uttak:
    """A snapshot whose second file is another."""
    made = uttak(1, BARN)
    first, second, third = made.filer
    return replace(made, filer=(first, replace(second, **changes), third))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"filnavn": "Tåkeheim.json"}, "UGYLDIG_FILNAVN"),
        ({"filnavn": "aurora.json"}, "INNHOLD_I_TITTEL"),
        ({"filnavn": 'a"\r\nX: y'}, "UGYLDIG_FILNAVN"),
        ({"filnavn": "../stafettlogg.json"}, "UGYLDIG_FILNAVN"),
        ({"filnavn": "STAFETTLOGG.PDF"}, "UGYLDIG_FILNAVN"),
        ({"tittel": "Kopi for Aurora"}, "INNHOLD_I_TITTEL"),
    ],
    ids=str,
)
def test_a_files_name_and_title_are_looked_at_too(changes: dict[str, str], code: str) -> None:
    """A name that breaks out of a header, hides a folder, or is there twice is refused."""
    with pytest.raises(Rejected) as caught:
        refuse_content(with_file(**changes))
    assert caught.value.code == code


@pytest.mark.parametrize("key", ["' or 1 eq 1", "", "../x", "A" * 36])
def test_a_key_is_a_uuid(key: str) -> None:
    """A key stands in addresses and filters, so it can be nothing else."""
    for field in ("key", "mappe_key"):
        with pytest.raises(Rejected, match="UGYLDIG_ID"):
            refuse_content(replace(uttak(1, BARN), **{field: key}))


def test_a_snapshot_without_files_is_none() -> None:
    """There is always a main document."""
    with pytest.raises(Rejected, match="UGYLDIG_FILNAVN"):
        refuse_content(replace(uttak(1, BARN), filer=()))
