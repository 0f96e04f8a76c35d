"""The channel port when the platform, or a proxy before it, speaks HTTP as the world speaks it.

Gzip in pieces or under its other names, a BOM, 2.0 for 2, a 201 with an address and no body, a
token that does not say how long it lives: the same package comes out once. A member name that
stands twice in one object is refused, and nothing is taken or thrown away for it. No channel is
named here.
"""

from typing import Any

import pytest

from gateway.errors import GatewayError, RemoteFault, Transient, UnknownOutcome
from tests.contract.channels.stand import A, B, Kanalstand

ANY = r"^[A-Z]+ /(?!_sandbox)"
WRITE = r"^(POST|PUT) /(?!_sandbox)(?!.*(?i:token))"
SAYING_THE_SAME = (
    {"kind": "weak_tag", "match": ANY},
    {"kind": "gzip_members", "match": ANY},
    {"kind": "gzip_named", "mode": "GZIP", "match": ANY},
    {"kind": "gzip_named", "mode": "x-gzip", "match": ANY},
    {"kind": "bom", "match": ANY},
    {"kind": "whole_floats", "match": ANY},
    {"kind": "token_life", "mode": "absent", "match": "(?i)token"},
    {"kind": "token_life", "mode": "null", "match": "(?i)token"},
    {"kind": "token_life", "mode": "text", "match": "(?i)token"},
)


def _name(rule: dict[str, Any]) -> str:
    return "-".join(str(part) for key, part in rule.items() if key != "match")


def everywhere(stand: Kanalstand, rule: dict[str, Any]) -> None:
    """The rule in force on both sides, until it is calm."""
    for server in stand.servers.values():
        server.faults([rule])


@pytest.mark.parametrize("rule", SAYING_THE_SAME, ids=_name)
def test_another_way_of_saying_the_same_changes_nothing(
    stand: Kanalstand, rule: dict[str, Any]
) -> None:
    """Sent, fetched, acknowledged and refused: once each, bit for bit, and gone afterwards."""
    everywhere(stand, {**rule, "times": 0})
    a, b = stand.open(A), stand.open(B)
    assert b.facts().product
    kept, refused = stand.forsendelse(), stand.forsendelse()
    for sent in (kept, refused):
        assert a.send(sent)
    found = stand.fetch(b, 2)
    assert {one.pakke for one in found} == {kept.pakke, refused.pakke}
    for one in found:
        if one.pakke == kept.pakke:
            b.kvitter(one.ref)
        else:
            b.avvis(one.ref, "FEIL_VERSJON")
    stand.calm()
    stand.shut()
    assert stand.open(B).hent(50) == []


def test_a_write_that_is_answered_by_an_address_alone_is_done_once(stand: Kanalstand) -> None:
    """201 with a Location and no body, for every write: the same again until it is known, and one
    package at the other side."""
    everywhere(stand, {"kind": "empty_created", "match": WRITE, "times": 0})
    sent = stand.forsendelse()
    try:
        stand.open(A).send(sent)
    except UnknownOutcome:
        stand.calm()
        stand.deliver(stand.open(A), sent)
    stand.calm()
    b = stand.open(B)
    found = stand.fetch(b, 1)
    assert {one.pakke for one in found} == {sent.pakke}
    everywhere(stand, {"kind": "empty_created", "match": WRITE, "times": 0})
    for one in found:
        b.kvitter(one.ref)
    stand.calm()
    stand.shut()
    assert stand.open(B).hent(50) == []


def test_a_member_that_stands_twice_is_refused(stand: Kanalstand) -> None:
    """Nothing is taken, refused or acknowledged on the word of such an answer, and what waits
    waits; when the platform has come to its senses, it comes."""
    sent = stand.forsendelse()
    stand.deliver(stand.open(A), sent)
    stand.later()
    everywhere(stand, {"kind": "doubled_member", "match": ANY, "times": 0})
    b = stand.open(B)
    try:
        early = list(b.hent(50))
    except GatewayError as error:
        assert isinstance(error, RemoteFault | Transient)
        assert error.code == "DOBBELT_FELT"
        early = []
    assert {one.pakke for one in early} <= {sent.pakke}
    stand.calm()
    stand.shut()
    assert {one.pakke for one in stand.fetch(stand.open(B), 1)} == {sent.pakke}
