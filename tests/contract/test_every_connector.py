"""The contract of the connector port, held against every vendor's connector and sandbox.

The tests stand in the order a newcomer does the work. They name no vendor; a vendor takes part by
having a folder.
"""

import hashlib
import importlib
import re
from typing import Any

import pytest

from gateway.errors import (
    Conflict,
    GatewayError,
)
from gateway.ports.connector import Connector, Operation, Page

# What conftest.py holds is reached through the `vendor` fixture's module.
LETTERS = (
    "Æøå ÆØÅ · Čáŋŧđž áigi · 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🦊👨\u200d👩\u200d👧 · linje\nny\tlinje · \u00a0 · é "
    "e\u0301 · \u202e\u200f \u2028 \x07 slutt "
)


def conftest(vendor: Any) -> Any:
    """The module the fixture comes from: `texts`, `everything_said` and the canary."""
    return importlib.import_module(type(vendor).__module__)


def test_discovery_finds_connectors(request: pytest.FixtureRequest) -> None:
    """The folder scan finds at least one vendor, or all of this would pass on nothing."""
    names = [mark for mark in request.session.items if "[" in mark.name]
    assert names


def test_an_empty_vendor_has_no_logs(vendor: Any) -> None:
    """A fresh system says it is ours, is a test system and holds nothing."""
    facts = vendor.connector.facts()
    assert facts.tenant == conftest(vendor).TENANT
    assert facts.count == 0
    assert facts.rights
    page = vendor.connector.page(None)
    assert page == Page((), None, 0)


def test_what_is_put_can_be_got(vendor: Any) -> None:
    """Every letter, emoji and line break comes back, and so do the files, bit for bit."""
    order = vendor.order(vendor.key(1), LETTERS)
    written = vendor.connector.put(order)
    document = vendor.connector.document(written.ref)
    assert document.ref == written.ref
    assert document.version == written.version
    assert LETTERS in conftest(vendor).texts(document.body)
    sent = sorted(hashlib.sha256(order.read_file(f.file_id)).hexdigest() for f in order.files)
    got = [vendor.connector.file(document.ref, file.file_id) for file in document.files]
    assert sorted(hashlib.sha256(data).hexdigest() for data in got) == sent
    assert sorted(file.sha256 for file in document.files) == sent
    assert sent


def test_the_same_document_is_the_same_bytes(vendor: Any) -> None:
    """Reading twice gives identical bytes: sorted keys, compact, UTF-8."""
    written = vendor.connector.put(vendor.order(vendor.key(1), LETTERS))
    first = vendor.connector.document(written.ref)
    assert vendor.connector.document(written.ref) == first


def test_paging_gives_each_log_once(vendor: Any) -> None:
    """Seven logs on pages of three: each once, and every page tells the whole count."""
    refs = {vendor.connector.put(vendor.order(vendor.key(n))).ref for n in range(7)}
    page = vendor.connector.page(None)
    assert page.total == 7
    assert len(page.entries) == 3
    found = vendor.refs()
    assert len(found) == 7
    assert set(found) == refs
    assert vendor.connector.facts().count == 7


def test_a_listing_tells_the_version_of_the_document(vendor: Any) -> None:
    """The version in the listing is the version the document has."""
    vendor.connector.put(vendor.order(vendor.key(1)))
    entry = vendor.connector.page(None).entries[0]
    assert vendor.connector.document(entry.ref).version == entry.version


def test_the_same_key_twice_is_one_log(vendor: Any) -> None:
    """A repeated creation finds what the first one made."""
    order = vendor.order(vendor.key(1))
    first = vendor.connector.put(order)
    second = vendor.connector.put(order)
    assert second == first
    assert len(vendor.refs()) == 1
    assert vendor.connector.find(order.key, order.body) == (first,)


def test_the_key_is_found_also_with_another_content(vendor: Any) -> None:
    """The key decides: the same log with a new text and idempotency key is not a second log."""
    vendor.connector.put(vendor.order(vendor.key(1), "Første tekst"))
    vendor.connector.put(vendor.order(vendor.key(1), "Andre tekst"))
    assert len(vendor.refs()) == 1


def test_a_key_nobody_has_finds_nothing(vendor: Any) -> None:
    """Finding another log's key would settle an intent wrongly."""
    vendor.connector.put(vendor.order(vendor.key(1)))
    missing = vendor.order(vendor.key(2))
    assert vendor.connector.find(missing.key, missing.body) == ()


def test_an_update_replaces_the_text(vendor: Any) -> None:
    """An order with ref and version changes the log and gives it a new version."""
    first = vendor.connector.put(vendor.order(vendor.key(1), "Før"))
    change = vendor.order(vendor.key(1), "Etterpå", ref=first.ref, version=first.version)
    second = vendor.connector.put(change)
    assert second.ref == first.ref
    assert second.version != first.version
    document = vendor.connector.document(first.ref)
    assert document.version == second.version
    assert "Etterpå" in conftest(vendor).texts(document.body)


def test_a_stale_version_is_refused_and_nothing_changes(vendor: Any) -> None:
    """Somebody else's edit is never overwritten."""
    first = vendor.connector.put(vendor.order(vendor.key(1), "Før"))
    vendor.connector.put(vendor.order(vendor.key(1), "Noen", ref=first.ref, version=first.version))
    before = vendor.connector.document(first.ref)
    stale = vendor.order(vendor.key(1), "For sent", ref=first.ref, version=first.version)
    with pytest.raises(Conflict):
        vendor.connector.put(stale)
    assert vendor.connector.document(first.ref) == before


def test_a_log_that_is_not_there_is_a_conflict(vendor: Any) -> None:
    """Gone is something to plan again for, not a fault."""
    with pytest.raises(Conflict) as caught:
        vendor.connector.document("finnes-ikke")
    assert caught.value.code == "BORTE"


def test_an_active_log_is_not_deleted(vendor: Any) -> None:
    """Only passive logs may go (R-157); a refused deletion leaves the log."""
    written = vendor.connector.put(vendor.order(vendor.key(1)))
    with pytest.raises(GatewayError):
        vendor.connector.delete(written.ref, written.version)
    assert vendor.refs() == [written.ref]


def test_the_change_feed_tells_what_changed(vendor: Any) -> None:
    """From a cursor on: each changed log once, and then nothing; the cursor is never None."""
    vendor.connector.put(vendor.order(vendor.key(1)))
    cursor = _drain(vendor.connector, None)[1]
    assert _drain(vendor.connector, cursor)[0] == []
    written = vendor.connector.put(vendor.order(vendor.key(2)))
    change = vendor.order(vendor.key(2), "Endret", ref=written.ref, version=written.version)
    newest = vendor.connector.put(change)
    seen, after = _drain(vendor.connector, cursor)
    assert seen == [(newest.ref, newest.version)]
    assert _drain(vendor.connector, after)[0] == []


def test_the_change_feed_begins_now(vendor: Any) -> None:
    """Without a cursor nothing old is told: a run asks for what happens after it began."""
    vendor.connector.put(vendor.order(vendor.key(1)))
    begun = vendor.connector.changes(None)
    assert begun.entries == ()
    written = vendor.connector.put(vendor.order(vendor.key(2)))
    assert [e.ref for e in vendor.connector.changes(begun.cursor).entries] == [written.ref]


def _drain(connector: Connector, cursor: str | None) -> tuple[list[tuple[str, str]], str]:
    seen: list[tuple[str, str]] = []
    for _ in range(100):
        page = connector.changes(cursor)
        assert page.cursor is not None
        if not page.entries and page.cursor == cursor:
            return seen, page.cursor
        seen += [(entry.ref, entry.version) for entry in page.entries]
        cursor = page.cursor
    raise AssertionError("the feed never ends")


def test_creation_sends_no_mail(vendor: Any) -> None:
    """Notifications are suppressed (R-103)."""
    vendor.connector.put(vendor.order(vendor.key(1)))
    assert vendor.running.journal()["epost"] == 0


def test_one_creation_counts_as_one(vendor: Any) -> None:
    """The outside observer counts one creation for one log, by log and by key."""
    order = vendor.order(vendor.key(1))
    vendor.connector.put(order)
    vendor.connector.put(order)
    journal = vendor.running.journal()
    assert list(journal["opprettet"].values()) == [1]
    assert journal["eksternNokkel"] == {order.key: 1}


def test_connections_are_closed(vendor: Any) -> None:
    """After close nothing is left open on the other side."""
    vendor.connector.facts()
    assert vendor.running.open_connections
    vendor.connector.close()
    assert vendor.wait_closed() == 0


def test_data_outlives_the_server(vendor: Any) -> None:
    """A sandbox keeps its data on disk: opened again, it has the same log."""
    written = vendor.connector.put(vendor.order(vendor.key(1), LETTERS))
    before = vendor.connector.document(written.ref)
    vendor.restart()
    assert vendor.connector.document(written.ref) == before


def test_the_provenance_table_is_the_readme(vendor: Any) -> None:
    """README and code tell the same of how each operation is known."""
    operations = _operations(vendor)
    readme = (vendor.folder / "README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if re.match(r"\| `[^`]+\.[^`]+` \|", line)]
    listed = {row.split("`")[1]: row for row in rows}
    assert set(listed) == {operation.name for operation in operations}
    assert len(listed) == len(rows)
    for operation in operations:
        row = listed[operation.name]
        for part in (operation.call, operation.provenance.value, operation.source):
            assert part in row, operation.name


def _operations(vendor: Any) -> tuple[Operation, ...]:
    for path in sorted(vendor.folder.glob("*.py")):
        if re.search(r"^OPERATIONS\b", path.read_text(encoding="utf-8"), re.MULTILINE):
            module = importlib.import_module(f"{vendor.package}.{path.stem}")
            found: tuple[Operation, ...] = module.OPERATIONS
            return found
    raise AssertionError("no table of operations")
