"""The law of attachments: what has content is shown or told, what is whole is taken, and what is
labelled PDF/A is."""

import os
import random
from typing import Any

import pypdfium2
import pytest

from gateway.snapshot.opplasting import treat
from tests.pdf import skadde

COUNT = 200 if os.environ.get("STAFETT_FULL") == "1" else 40


def one_coloured(body: bytes) -> list[bool]:
    """Of each page of a PDF, whether it is one colour."""
    document = pypdfium2.PdfDocument(body)
    try:
        found = []
        for sheet in document:
            ends = sheet.render(scale=1).to_pil().convert("RGB").getextrema()
            found.append(all(low == high for low, high in ends))
        return found
    finally:
        document.close()


@pytest.fixture(scope="module")
def told() -> list[tuple[skadde.Vedlegg, Any]]:
    """Each generated attachment with its outcome."""
    files = list(skadde.made(13, COUNT))
    return list(zip(files, treat([one.body for one in files], "nb"), strict=True))


def test_no_page_with_content_is_one_colour_without_a_code(told: Any) -> None:
    """Made anew or left as it is: a page that has content shows more than one colour."""
    wrong = [
        file.name for file, outcome in told
        if not outcome.code and any(one_coloured(outcome.body or file.body))
    ]  # fmt: skip
    assert wrong == []
    assert sum(bool(outcome.code) for _file, outcome in told) > COUNT // 4


def test_what_is_whole_is_taken(told: Any) -> None:
    """Padding, a pointer that is off, a lost sum, sixteen bits: no code."""
    whole = [(file.name, outcome.code) for file, outcome in told if file.whole]
    assert len(whole) >= COUNT // 4
    assert [one for one in whole if one[1]] == []


def test_all_that_is_labelled_pdfa_is(vera: Any, told: Any) -> None:
    """veraPDF on every file that comes with a label."""
    labelled = [(file.name, outcome.body) for file, outcome in told if outcome.body]
    assert len(labelled) >= COUNT // 4
    judged = [(name, *vera.validate(body, "2b")) for name, body in labelled]
    assert [(name, verdict.broken) for name, verdict in judged if not verdict.compliant] == []


def test_a_damaged_pdfa_is_kept_only_where_it_still_is_one(vera: Any, lab: Any, first: Any) -> None:
    """Damage of every kind to a PDF/A of ours: what is kept under its label keeps the standard,
    and what is not kept is made anew, or told."""
    good = lab.draw(first[0])[1]
    files = []
    for nr in range(COUNT // 2):
        rng = random.Random(f"pdfa-{nr}")
        ways = skadde.DAMAGES if nr % 3 else skadde.HARMLESS[:3]
        files.append(ways[nr // 2 % len(ways)](rng, good))
    outcomes = treat(files, "nb")
    kept = [body for body, one in zip(files, outcomes, strict=True) if one.format]
    anew = [one.body for one in outcomes if one.body]
    assert kept and anew and any(one.code for one in outcomes)
    judged = [vera.validate(body, "2a")[0] for body in kept]
    judged += [vera.validate(body, "2b")[0] for body in anew]
    assert [one.broken for one in judged if not one.compliant] == []
    assert not any(any(one_coloured(body)) for body in (*kept, *anew))
