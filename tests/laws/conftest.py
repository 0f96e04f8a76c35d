"""Every mapping beside its vendor's generator, found by folder: a third vendor is one more row."""

import os
from collections.abc import Iterator
from importlib import import_module
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

TENANT = "899100107"
FULL = os.environ.get("STAFETT_FULL") == "1"
COUNT = 2000 if FULL else 300

ROOT = Path(__file__).parents[2]
SYSTEMS = sorted(p.parent.name for p in (ROOT / "mappings").glob("*/mapping.py"))


def mapping(system: str) -> Any:
    """The mapping of a system by its folder's name."""
    return import_module(f"mappings.{system}.mapping").MAPPING


def documents(system: str, seed: int, count: int, first: int = 0) -> Iterator[dict[str, Any]]:
    """Generated wire documents of a system."""
    generator = import_module(f"connectors.{system}.sandbox.generator")
    for document, _files in generator.generate(seed, count, first=first, tenant=TENANT):
        yield document


@pytest.fixture(params=list(permutations(SYSTEMS, 2)), ids="-til-".join)
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any, str]:
    """A source mapping, a target mapping and the source's name."""
    source, target = request.param
    return mapping(source), mapping(target), source


@pytest.fixture
def logs() -> Any:
    """Gives generated documents of a system; 300 of a seed, 2,000 with STAFETT_FULL=1."""
    return lambda system, seed=7: documents(system, seed, COUNT)


@pytest.fixture
def tenant() -> str:
    """The organisation number all ids belong to."""
    return TENANT


@pytest.fixture(scope="session")
def lab() -> Any:
    """Systems, mappings and documents for tests that draw their own logs."""
    return SimpleNamespace(
        pairs=list(permutations(SYSTEMS, 2)), mapping=mapping, documents=documents, tenant=TENANT
    )
