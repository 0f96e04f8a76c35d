"""The contract of the connector port when the other side speaks HTTP as the world speaks it.

Proxies weaken and suffix entity tags, servers answer 201 and an address, numbers are 2.0, a body is
gzip in pieces: none of it may stop a run, lose a byte, or make a log look as if somebody had been
there. What no reader can be sure of, a member name that stands twice, is refused. The dialects are
spoken by the vendor's sandbox; the tests name no vendor.
"""

import hashlib
from typing import Any

import pytest

from gateway.errors import Conflict, RemoteFault
from gateway.ports.connector import Connector

ANY = r"^[A-Z]+ /(?!_sandbox)"
WRITE = r"^(POST|PUT|PATCH) /(?!connect|content/v1/plans/search)"
READ = r"^GET /"
SAYING_THE_SAME = (
    {"kind": "weak_tag"},
    {"kind": "suffixed_tag"},
    {"kind": "gzip_members"},
    {"kind": "gzip_named", "mode": "GZIP"},
    {"kind": "gzip_named", "mode": "x-gzip"},
    {"kind": "bom"},
    {"kind": "whole_floats"},
)


def _name(rule: dict[str, Any]) -> str:
    return "-".join(str(part) for part in rule.values())


@pytest.mark.parametrize("rule", SAYING_THE_SAME, ids=_name)
def test_another_way_of_saying_the_same_changes_nothing(vendor: Any, rule: dict[str, Any]) -> None:
    """Made, read, changed and listed: the same versions and the same bytes as said plainly."""
    with vendor.fault({**rule, "match": ANY, "times": 0}):
        first = vendor.connect().put(vendor.order(vendor.key(1), "Før"))
    there = vendor.connector.document(first.ref)
    assert there.version == first.version
    with vendor.fault({**rule, "match": ANY, "times": 0}):
        other = vendor.connect()
        assert other.document(first.ref) == there
        assert [(e.ref, e.version) for e in other.page(None).entries] == [
            (first.ref, first.version)
        ]
        for file in there.files:
            found = other.file(first.ref, file.file_id)
            assert hashlib.sha256(found).hexdigest() == file.sha256
        change = vendor.order(vendor.key(1), "Etterpå", ref=first.ref, version=first.version)
        second = other.put(change)
        assert other.document(first.ref).version == second.version
    assert vendor.connector.document(first.ref).version == second.version
    assert len(vendor.refs()) == 1


def test_a_member_that_stands_twice_is_refused(vendor: Any) -> None:
    """Which of the two is meant nobody knows, so neither is: never the last in silence."""
    written = vendor.connector.put(vendor.order(vendor.key(1)))
    with (
        vendor.fault({"kind": "doubled_member", "match": READ, "times": 0}),
        pytest.raises(RemoteFault) as caught,
    ):
        vendor.connector.document(written.ref)
    assert caught.value.code == "DOBBELT_FELT"
    with vendor.fault({"kind": "doubled_member", "match": READ, "times": 1}):
        assert vendor.connector.document(written.ref).ref == written.ref


def test_a_write_that_is_answered_by_an_address_alone_is_done(vendor: Any) -> None:
    """201 with a Location and no body: what was made is looked up, and it is whole."""
    with vendor.fault({"kind": "empty_created", "match": WRITE, "times": 0}):
        first = vendor.connector.put(vendor.order(vendor.key(1), "Før"))
        assert not first.found
        assert first.alone
    there = vendor.connector.document(first.ref)
    assert there.version == first.version
    with vendor.fault({"kind": "empty_created", "match": WRITE, "times": 0}):
        change = vendor.order(vendor.key(1), "Etterpå", ref=first.ref, version=first.version)
        second = vendor.connector.put(change)
    assert vendor.connector.document(first.ref).version == second.version
    assert vendor.made() == 1


def test_a_stale_version_is_a_conflict_by_either_status(vendor: Any) -> None:
    """Some answer 409 where RFC 9110 says 412: somebody else's edit all the same."""
    first = vendor.connector.put(vendor.order(vendor.key(1), "Før"))
    vendor.connector.put(vendor.order(vendor.key(1), "Noen", ref=first.ref, version=first.version))
    stale = vendor.order(vendor.key(1), "For sent", ref=first.ref, version=first.version)
    with (
        vendor.fault({"kind": "stale409", "match": ANY, "times": 0}),
        pytest.raises(Conflict) as caught,
    ):
        vendor.connector.put(stale)
    assert caught.value.code == "ENDRET_I_MAAL"


def test_an_empty_page_of_changes_is_the_end_whatever_its_cursor(vendor: Any) -> None:
    """A feed that gives a new cursor each time has no more to tell for that."""
    begun = vendor.connector.changes(None)
    with vendor.fault({"kind": "fresh_cursor", "match": READ, "times": 0}):
        page = vendor.connector.changes(begun.cursor)
        assert page.entries == ()
        assert page.cursor is not None
    written = vendor.connector.put(vendor.order(vendor.key(1)))
    assert written.ref in [e.ref for e in vendor.connector.changes(begun.cursor).entries]


def test_a_page_may_be_longer_than_it_was_asked_to_be(vendor: Any) -> None:
    """A size is a wish: every log is there once all the same."""
    refs = {vendor.connector.put(vendor.order(vendor.key(n))).ref for n in range(8)}
    with vendor.fault({"kind": "long_page", "match": READ, "times": 0}):
        longer: Connector = vendor.connect()
        assert len(longer.page(None).entries) > 3
        found = vendor.refs(longer)
    assert len(found) == 8
    assert set(found) == refs


@pytest.mark.parametrize("lifetime", ["absent", "null", "text"])
def test_a_token_need_not_say_how_long_it_lives(vendor: Any, lifetime: str) -> None:
    """`expires_in` is RECOMMENDED (RFC 6749 5.1): else a token is used until it is refused."""
    with vendor.fault(
        {"kind": "token_life", "match": "connect/token", "mode": lifetime, "times": 0}
    ):
        fresh = vendor.connect()
        written = fresh.put(vendor.order(vendor.key(1)))
        assert fresh.document(written.ref).ref == written.ref
