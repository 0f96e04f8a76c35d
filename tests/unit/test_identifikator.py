"""Classification of person numbers (C-6): public test vectors and synthetic numbers only."""

import pytest

from schemas.nummer import is_somebodys_number, without_separators
from schemas.stafettlogg.identifikator import (
    allowed,
    classify,
    holds_number,
    is_orgnr,
    kind_of,
)
from schemas.stafettlogg.kodeverk import Identtype

UNBORN = "020132999"
"""Nine digits of somebody born in January 2032: with a date that is not synthetic, and nobody's.
The control digits stand apart, as the owner's published vectors have them."""
OLD_RULE = f"{UNBORN}97"
NEW_RULE = f"{UNBORN}03"
DNR_80 = "41814061033"
DNR_80_B = "41810021827"


def made(head: str) -> str:
    """A number with right control digits after nine digits (old rule)."""
    k1 = -sum(int(d) * w for d, w in zip(head, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True)) % 11
    assert k1 != 10
    ten = f"{head}{k1}"
    k2 = -sum(int(d) * w for d, w in zip(ten, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    assert k2 != 10
    return f"{ten}{k2}"


@pytest.mark.parametrize(
    ("number", "kind", "synthetic", "rule"),
    [
        (OLD_RULE, Identtype.FNR, False, "gammel"),
        (NEW_RULE, Identtype.FNR, False, "2032"),
        (DNR_80, Identtype.DNR, True, "gammel"),
        (DNR_80_B, Identtype.DNR, True, "gammel"),
    ],
)
def test_public_vectors(number: str, kind: Identtype, synthetic: bool, rule: str) -> None:
    """The published vectors are read as their owner describes them."""
    found = classify(number)
    assert found is not None
    assert (found.type, found.syntetisk, found.regel) == (kind, synthetic, rule)


def test_month_plus_forty_and_eighty_are_synthetic() -> None:
    """Both synthetic series are known, for ordinary and D-numbers."""
    for head, kind in (
        ("018121500", Identtype.FNR),
        ("014121500", Identtype.FNR),
        ("418121500", Identtype.DNR),
        ("414121500", Identtype.DNR),
    ):
        number = next(
            made(f"{head[:6]}{i:03d}") for i in range(500, 999) if _can(f"{head[:6]}{i:03d}")
        )
        found = classify(number)
        assert found is not None and found.syntetisk and found.type is kind


def _can(head: str) -> bool:
    try:
        made(head)
    except AssertionError:
        return False
    return True


def test_fh_number_holds_no_date() -> None:
    """An FH-number starts with 8 or 9 and is neither fødselsnummer nor synthetic."""
    number = next(made(f"9{i:08d}") for i in range(500) if _can(f"9{i:08d}"))
    found = classify(number)
    assert found is not None
    assert found.type is Identtype.ANNEN and not found.syntetisk


@pytest.mark.parametrize("place", range(11))
def test_any_changed_digit_is_seen(place: int) -> None:
    """One wrong digit of a synthetic number is never the same kind of number under the old rule."""
    digit = str((int(DNR_80[place]) + 1) % 10)
    found = classify(DNR_80[:place] + digit + DNR_80[place + 1 :])
    assert found is None or found.regel == "2032"


@pytest.mark.parametrize(
    "text", ["", "1", DNR_80 + "0", DNR_80[:-1] + "x", "٤١٨١٤٠٦١٠٣٣", " " * 11]
)
def test_other_texts_are_no_numbers(text: str) -> None:
    """Wrong length, letters and foreign digits give None and never an exception."""
    assert classify(text) is None
    assert not allowed(text, "test")


def test_environments_refuse_each_others_numbers() -> None:
    """Production refuses synthetic numbers; test and sandbox refuse all others."""
    assert allowed(OLD_RULE, "production") and not allowed(DNR_80, "production")
    for environment in ("test", "sandbox"):
        assert allowed(DNR_80, environment) and not allowed(OLD_RULE, environment)


def test_the_shape_alone_gives_a_kind() -> None:
    """An unchecked number still has a kind, so that a wrong one is kept and stopped by policy."""
    assert kind_of(DNR_80) is Identtype.SYNTETISK
    assert kind_of("4" + OLD_RULE[1:]) is Identtype.DNR
    assert kind_of("") is Identtype.FNR


def test_orgnr() -> None:
    """Organisation numbers are checked by modulus 11."""
    head = next(f"9{i:07d}" for i in range(99) if _check(f"9{i:07d}") != 10)
    right = f"{head}{_check(head)}"
    assert is_orgnr(right)
    assert not is_orgnr(f"{head}{(_check(head) + 1) % 10}")
    assert not is_orgnr(right[:8])


def _check(head: str) -> int:
    return -sum(int(d) * w for d, w in zip(head, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11


@pytest.mark.parametrize(
    "text",
    [
        "41814061033", "418140 61033", "418140-61033", "41 81 40 61033", "418140  61033",
        "41.81.40.610.33", "418140\u00a0\u00a061033", "sak 41814061033 og mer", "418140–610–33",
        "４１８１４０６１０３３", "x41814061033y", "418140\u00ad61033", "barn 41_81_40_61033",
    ],
)  # fmt: skip
def test_a_text_that_holds_a_number(text):
    """However people group it; in whatever digits."""
    assert holds_number(text)


@pytest.mark.parametrize(
    "text",
    ["", "2026/417-3", "899101103", "plan-20261130-fc6186e6", "run-20261130-3a1ca661", "99999999",
     "4f1e2a70-0000-5000-8000-000000000000", "uke 48, 2026", "Ett mål manglet"],
)  # fmt: skip
def test_a_text_that_holds_none(text):
    """References, dates, ids and units are none."""
    assert not holds_number(text)


@pytest.mark.parametrize("ours", ["plan-20261130-12345678", "run-20261231-00000000"])
def test_an_id_of_ours_is_none(ours):
    """Its date and what follows it are digits by chance."""
    assert not holds_number(ours)
    assert not is_somebodys_number(ours)
    assert holds_number(f"{ours} 41814061033")
    assert is_somebodys_number(f"{ours}-41814061033")


@pytest.mark.parametrize(
    "text",
    [
        "41814061033", "418140-61033", "logg-41.81.40.610.33", "sak 41 81 40 61033 og mer",
        "7-418140-61033", "418140-61033-7", "418140\u00a061033", "418140\u200b61033",
        "418140\u221261033", "418140–61033", "41_81_40_61033", "４１８１４０-６１０３３",
        "٤١٨١٤٠-٦١٠٣٣", "x41814061033y", "2026/418140-61033", "41814061033-",
        "4181406103-3", "418140－61033",
    ],
)  # fmt: skip
def test_a_text_with_somebodys_number(text):
    """Whatever separates its groups, and whatever stands before and after it."""
    assert is_somebodys_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "41814061034", "418140-61034", "4181406103312", "0041814061033",
        "4f1e2a70-0000-5000-8000-041814061033", "418140/61033", "418140a61033", "418140-6103",
        "418140 4f1e2a70-0000-5000-8000-041814061033 61033",
    ],
)  # fmt: skip
def test_a_text_without_anybodys(text):
    """Control digits that are wrong, a longer number, a UUID, or no separator between."""
    assert not is_somebodys_number(text)


def test_what_separates_is_taken_out():
    """Of any kind; what is no separator stays."""
    assert without_separators("a 1.2_3\u00a0−4\u2060/５") == "a1234/5"
