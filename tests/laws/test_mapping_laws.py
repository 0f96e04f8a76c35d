"""The laws of design and rules, held by every pair of systems over generated logs."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mappings import laws


def test_a_system_is_left_as_it_was(pair: Any, logs: Any, tenant: str) -> None:
    """A document read and written again by its own mapping has the same bytes."""
    source, _target, name = pair
    for wire in logs(name):
        laws.native(source, wire, tenant)


def test_there_and_home_is_identity(pair: Any, logs: Any, tenant: str) -> None:
    """A to B and back with the complement gives the same bytes."""
    source, target, name = pair
    for wire in logs(name):
        laws.round_trip(source, target, wire, tenant)


def test_what_the_target_holds_survives_alone(pair: Any, logs: Any, tenant: str) -> None:
    """Without the complement, every mapped field is read back as it was, with the same ids."""
    source, target, name = pair
    for wire in logs(name, 11):
        laws.held(source, target, wire, tenant)


def test_encoding_is_deterministic(pair: Any, logs: Any, tenant: str) -> None:
    """The same log gives the same bytes, with sorted keys at every level."""
    source, target, name = pair
    for wire in logs(name, 13):
        laws.deterministic(source, target, wire, tenant)


def test_the_books_balance(pair: Any, logs: Any, tenant: str) -> None:
    """Every leaf of the source is in exactly one account, and none is lost."""
    source, target, name = pair
    for wire in logs(name, 17):
        laws.balanced(source, target, wire, tenant)


def test_the_books_balance_when_the_policy_withholds(pair: Any, logs: Any, tenant: str) -> None:
    """Withheld entities and fields move their leaves to the withheld account, one for one."""
    source, target, name = pair
    for wire in list(logs(name, 19))[:60]:
        logg = source.decode(wire, tenant).logg
        withheld = {(d.id, ""): "P-41" for d in logg.deltakelser[1:2]}
        withheld |= {(c.id, ""): "P-42" for c in logg.oppmerksomheter[:1]}
        withheld[(logg.id, "om_meg")] = "P-51"
        laws.balanced(source, target, wire, tenant, withheld)


def test_the_port_gives_what_it_says(pair: Any, logs: Any, tenant: str) -> None:
    """What is written for the target is valid in the target's own wire schema."""
    source, target, name = pair
    for wire in list(logs(name, 23))[:80]:
        encoded = target.encode(source.decode(wire, tenant).logg, tenant)
        assert json.loads(target.dump(encoded.wire)) == target.parse(target.dump(encoded.wire))


_HARD = st.text(
    alphabet=st.sampled_from(list("aåÆ :\n\t\r…[]()§9\u2028\u202e\U0001f389\u0301á'\"\\-")),
    max_size=60,
)
_LABEL = st.sampled_from(
    ["Oppmerksomhet: ", "Delmål: ", "Evaluering: virket", "[Feilregistrert] ", "Frist: ", "\n\n"]
)
_TEXT = st.one_of(st.none(), st.builds(lambda a, b, c: a + b * c, _LABEL, _HARD, st.just(9)), _HARD)


@settings(max_examples=120, derandomize=True, deadline=None)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_no_text_breaks_a_law(lab: Any, seed: int, data: st.DataObject) -> None:
    """Line breaks, our own labels, bidi marks, nulls and long texts travel like plain words."""
    for name, other in lab.pairs:
        source, target = lab.mapping(name), lab.mapping(other)
        wire = next(lab.documents(name, seed, 1))
        _retell(wire, data)
        laws.native(source, wire, lab.tenant)
        laws.round_trip(source, target, wire, lab.tenant)
        laws.held(source, target, wire, lab.tenant)
        laws.balanced(source, target, wire, lab.tenant)


_TOLD = {"tekst", "kjennetegn", "title", "description", "text", "when", "body", "subject"}


def _retell(node: Any, data: st.DataObject) -> None:
    """Draw new words for the free texts of a document."""
    for value in node.values() if isinstance(node, dict) else node:
        if isinstance(value, (dict, list)):
            _retell(value, data)
    if isinstance(node, dict):
        for key in sorted(node.keys() & _TOLD):
            text = data.draw(_TEXT)
            node[key] = (text or "")[:255] if key == "title" else text
