"""Coverage: every wire key and every canonical field has a row, a structure or a reason."""

from importlib import import_module
from typing import Any, get_args

import pytest
from typing_extensions import is_typeddict

from mappings.canonical_fields import CANONICAL
from mappings.coverage import table

SYSTEMS = {"conexus_companion": "logg:Logg", "visma_samspill": "plan:Bundle"}


def _nested(annotation: Any) -> list[Any]:
    if is_typeddict(annotation):
        return [annotation]
    return [found for part in get_args(annotation) for found in _nested(part)]


def _keys(shape: Any, place: str = "") -> set[str]:
    """Every key of a wire shape, with its path, at any depth."""
    found: set[str] = set()
    for key, annotation in shape.__annotations__.items():
        path = f"{place}.{key}".lstrip(".")
        found.add(path)
        for inner in _nested(annotation):
            found |= _keys(inner, path)
    return found


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_wire_key_has_a_row_or_a_reason(system: str) -> None:
    """The union of sections covers the vendor's whole shape, recursively."""
    module, name = SYSTEMS[system].split(":")
    shape = getattr(import_module(f"schemas.{system}.{module}"), name)
    mapping = import_module(f"mappings.{system}.mapping").MAPPING
    covered = {row.wire for row in mapping.coverage() if row.wire}
    assert covered == _keys(shape)


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_canonical_field_has_a_row_or_a_reason(system: str) -> None:
    """The union of rows and reasons covers the canonical model."""
    mapping = import_module(f"mappings.{system}.mapping").MAPPING
    covered = {row.canonical for row in mapping.coverage() if row.canonical}
    assert covered == set(CANONICAL)
    assert all(row.codec or row.reason for row in mapping.coverage())
    assert len(list(table(mapping))) == len(mapping.coverage())
