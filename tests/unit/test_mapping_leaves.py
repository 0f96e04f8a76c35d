"""Two counts of leaves that know nothing of each other: over the bytes, and over what was read."""

import json
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.ports.mapping import Decoded
from mappings.books import settle
from mappings.leaves import count_body, count_leaves

TENANT = "899100107"
SYSTEMS = ("conexus_companion", "visma_samspill")

_TEXT = st.text(alphabet=st.sampled_from(list('ab,"\\[]{}:\n\u2028æ🎉')), max_size=9)
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), _TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXT, inner, max_size=4)),
    max_leaves=25,
)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(raw=_JSON, spaced=st.booleans(), escaped=st.booleans())
def test_the_bytes_hold_as_many_leaves_as_what_was_read(
    raw: Any, spaced: bool, escaped: bool
) -> None:
    """Commas, quotes and backslashes in texts and keys are text, however the JSON is written."""
    body = json.dumps(raw, indent=1 if spaced else None, ensure_ascii=escaped)
    assert count_body(body.encode()) == count_leaves(raw)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_parsed_document_carries_the_count_of_its_bytes(system: str) -> None:
    """What `parse` hands on is the count, and it is still the plain document."""
    mapping = import_module(f"mappings.{system}.mapping").MAPPING
    generator = import_module(f"connectors.{system}.sandbox.generator")
    for wire, _files in generator.generate(43, 40):
        parsed = mapping.parse(mapping.dump(wire))
        assert parsed == wire
        assert parsed.leaves == count_leaves(wire)


def test_a_key_written_twice_does_not_balance() -> None:
    """A reader keeps one of the two; the other would be lost without a word."""
    source, target = (import_module(f"mappings.{s}.mapping").MAPPING for s in SYSTEMS)
    generator = import_module(f"connectors.{SYSTEMS[0]}.sandbox.generator")
    wire, _files = next(iter(generator.generate(43, 1)))
    body = source.dump(wire)
    for planted, balanced in ((body, True), (body.replace(b"{", b'{"nivaa":null,', 1), False)):
        parsed = source.parse(planted)
        decoded: Decoded = source.decode(parsed, TENANT)
        encoded = target.encode(decoded.logg, TENANT)
        assert settle(source, target, parsed, decoded, encoded, {}).balanced is balanced
