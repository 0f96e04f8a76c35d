"""The corpus in Samspill's wire shape: written by us after the routines' own examples.

The checked-in JSON is the corpus; file bytes are made here from the document's id, so that size
and SHA-256 in the bundles hold. Nobody in it exists.

Samspill has no birth date, and who must sign follows the age: `BORN` is what the register answers.
`EXPECTED_HELD` is the verdict with that answer; without it, not knowing means no.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from connectors.sandbox.corpora import cases, documents
from connectors.sandbox.synthetic import seeded, tiny_pdf
from connectors.visma_samspill.sandbox.generator import TENANT
from connectors.visma_samspill.sandbox.generator_files import pixel

FOLDER = Path(__file__).with_name("corpus")
EXPECTED_HELD: Mapping[str, str] = MappingProxyType(
    {c.name: c.held for c in cases(FOLDER) if c.held}
)
BORN: Mapping[str, date] = MappingProxyType({c.name: c.born for c in cases(FOLDER) if c.born})
PROTECTED = frozenset(case.name for case in cases(FOLDER) if case.protected)


def load(tenant: str = TENANT) -> Iterator[tuple[str, dict[str, Any], dict[str, bytes]]]:
    """(case, bundle, {document id: bytes}) of every plan; `tenant` is who owns the plans."""
    for case, bundle in documents(FOLDER):
        bundle["plan"]["organisationNumber"] = tenant
        files = {d["documentId"]: _content(d) for d in bundle["documents"]}
        yield case.name, bundle, files


def canaries() -> tuple[str, ...]:
    """What must never be found outside: each main person's name and number, and one sentence."""
    found: list[str] = []
    for case, bundle in documents(FOLDER):
        person = bundle["plan"]["mainPerson"]
        found += [person["name"], person["nationalId"], case.sentence]
    return tuple(found)


def protected() -> frozenset[str]:
    """The numbers a register for practice must answer as protected."""
    return frozenset(
        bundle["plan"]["mainPerson"]["nationalId"]
        for case, bundle in documents(FOLDER)
        if case.protected
    )


def _content(document: dict[str, Any]) -> bytes:
    name = document["documentId"]
    if document["mediaType"] == "image/png":
        return pixel(seeded("corpus", name))
    return tiny_pdf(name)
