"""The judge is veraPDF: every snapshot is PDF/A-2a and PDF/UA-1, and a planted fault is caught."""

import re
from dataclasses import replace
from typing import Any

import page
import pytest

from gateway.snapshot.ramme import Standard

BOTH = ("2a", "ua1")
DOUBTED = "-STREAM-LENGTH-001"
"""The fast validator takes a CR that ends a stream for a line break; the judge does not."""


def judged(lab: Any, vera: Any, cases: Any) -> dict[str, Any]:
    """The verdicts that are not a pass, by the name of the log."""
    wrong = {}
    for name, logg, _files in cases:
        _made, pdf = lab.draw(logg)
        verdicts = vera.validate(pdf, *BOTH)
        if not all(verdict.compliant for verdict in verdicts):
            wrong[name] = verdicts
    return wrong


def doubted(lab: Any, cases: Any) -> dict[str, list[str]]:
    """The rules of PDF/A that the fast validator finds broken, by the name of the log."""
    wrong = {}
    for name, logg, _files in cases:
        report = page.validate_pdf_bytes(lab.draw(logg)[1], profile="2a")
        broken = [one.rule_id for one in report.failures if not one.rule_id.endswith(DOUBTED)]
        if broken:
            wrong[name] = broken
    return wrong


def test_the_corpora_are_archivable(lab: Any, vera: Any) -> None:
    """Each log of both corpora is PDF/A-2a and PDF/UA-1 in one file.

    In the short form the fast validator looks at all, and the judge at the hardest and some.

    Together that is every fourth.
    """
    cases, seen = lab.corpus(), lab.judged_here()
    assert len(cases) > 40 and len(seen) >= len(cases) // (1 if lab.full else 4)
    for word in ("nynorsk-og-samisk", "vedlegg", "passiv", "stor-tekst", "rare-te"):
        assert any(word in name for name, _logg, _files in seen), word
    assert doubted(lab, cases) == {}
    assert judged(lab, vera, seen) == {}


def test_generated_and_hostile_logs_are_archivable(lab: Any, vera: Any) -> None:
    """So are generated logs and logs where every text is hostile: 300 judged in the long form.

    In the short form the fast validator looks at 30, and the judge at every tenth of them.
    """
    cases = [*lab.hostile(14), *lab.generated(29, 143 if lab.full else 8)]
    assert len(cases) == (300 if lab.full else 30)
    assert doubted(lab, cases) == {}
    assert judged(lab, vera, cases if lab.full else cases[::10]) == {}


@pytest.mark.parametrize(("standard", "flavours"), [
    (Standard.A1A, ("1a",)), (Standard.A3A, ("3a", "ua1")),
])  # fmt: skip
def test_the_other_standards_hold(
    lab: Any, vera: Any, first: Any, standard: Any, flavours: tuple[str, ...]
) -> None:
    """A depot that asks for A-1a, or for A-3a with the JSON inside, gets what it claims to be."""
    from gateway.snapshot.freeze import freeze

    logg, files = first
    made = freeze(logg, replace(lab.ramme, standard=standard), files.__getitem__)
    verdicts = vera.validate(made.files[0].body, *flavours)
    assert [verdict.broken for verdict in verdicts] == [()] * len(flavours)
    assert (made.files[1].body in made.files[0].body) is False
    named = b"stafettlogg.json" in made.files[0].body
    assert named is (standard is Standard.A3A)


FAULTS = {
    "no claim of PDF/A": (rb"pdfaid:part", rb"pdfaxx:part"),
    "no claim of PDF/UA": (rb"pdfuaid:part", rb"pdfuaxx:part"),
    "no tags": (rb"/StructTreeRoot \d+ 0 R", None),
    "not marked": (rb"/Marked true", rb"/Marked null"),
    "no embedded font": (rb"/FontFile(\d) ", rb"/FontFilXX "),
    "no language": (rb"/Lang\(nb", rb"/Lxng(nb"),
    "no metadata": (rb"/Metadata \d+ 0 R", None),
    "no title shown": (rb"/DisplayDocTitle true", rb"/DisplayDocTitle null"),
}


@pytest.fixture(scope="module")
def smallest(lab: Any) -> bytes:
    """The PDF of the corpus log with least in it."""
    pdf: bytes = min((lab.draw(logg)[1] for _name, logg, _files in lab.corpus()), key=len)
    return pdf


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(vera: Any, smallest: bytes, fault: str) -> None:
    """A file with one thing taken out is not passed by the judge."""
    pdf = smallest
    pattern, new = FAULTS[fault]
    assert re.search(pattern, pdf), "the fault has nothing to bite in"
    broken = re.sub(pattern, lambda found: new or b" " * len(found[0]), pdf)
    assert len(broken) == len(pdf)
    verdicts = vera.validate(broken, *BOTH)
    assert not all(verdict.compliant for verdict in verdicts)


def test_half_a_file_is_caught(lab: Any, vera: Any, first: Any) -> None:
    """A cut file is neither."""
    _made, pdf = lab.draw(first[0])
    verdicts = vera.validate(pdf[: len(pdf) // 2], *BOTH)
    assert not any(verdict.compliant for verdict in verdicts)
