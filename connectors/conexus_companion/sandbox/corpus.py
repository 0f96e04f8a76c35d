"""The corpus in Conexus' wire shape: written by us after the routines' own examples.

The checked-in JSON is the corpus; file bytes are made here from the file's id, so that size and
SHA-256 in the documents hold. Nobody in it exists.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from connectors.sandbox.corpora import cases, documents
from connectors.sandbox.synthetic import tiny_pdf

FOLDER = Path(__file__).with_name("corpus")
EXPECTED_HELD: Mapping[str, str] = MappingProxyType(
    {c.name: c.held for c in cases(FOLDER) if c.held}
)
PROTECTED = frozenset(case.name for case in cases(FOLDER) if case.protected)


def load() -> Iterator[tuple[str, dict[str, Any], dict[str, bytes]]]:
    """(case, wire document, {file id: bytes}) of every log, in the order of the index."""
    for case, document in documents(FOLDER):
        files = {fil["filId"]: tiny_pdf(fil["filId"]) for fil in document["filer"]}
        yield case.name, document, files


def canaries() -> tuple[str, ...]:
    """What must never be found outside: each main person's name and number, and one sentence."""
    found: list[str] = []
    for case, document in documents(FOLDER):
        child = document["barn"]
        found += [child["navn"], child["fodselsnummer"], case.sentence]
    return tuple(found)


def protected() -> frozenset[str]:
    """The numbers a register for practice must answer as protected."""
    return frozenset(
        document["barn"]["fodselsnummer"] for case, document in documents(FOLDER) if case.protected
    )
