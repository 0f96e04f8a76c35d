"""The contract of the connector port on the content of files: proved by bytes, for every vendor.

Seen: the line dropped before the server stored, the metadata stood, and every figure said right.
Here content is dropped, swapped for other content of the same length, and cut between metadata and
bytes; the same order again mends each of them, and fetching back is what shows it. Faults are made
by the vendor's sandbox; the tests name no vendor.
"""

import hashlib
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from connectors.sandbox.tampering import dropped, swapped
from gateway.errors import GatewayError, UnknownOutcome
from gateway.exit.file_content import fetched
from gateway.ports.connector import Connector, Order

WRITE = r"^(POST|PUT|PATCH) /(?!connect|content/v1/plans/search)"
HOW = {"dropped": dropped, "swapped": swapped}


def wrong(vendor: Any, ref: str) -> tuple[int, int]:
    """How many files of a log have their content, and how many have not: by fetching all."""
    found = fetched(vendor.connector, vendor.connector.document(ref))
    return found.right, len(found.wrong)


@pytest.mark.parametrize("how", HOW)
def test_content_that_is_not_ours_is_seen_by_fetching(vendor: Any, how: str) -> None:
    """All that is said of the file stands, its length too; only its bytes tell."""
    written = vendor.connector.put(vendor.order(vendor.key(1)))
    right, missing = wrong(vendor, written.ref)
    assert right > 0
    assert missing == 0
    before = vendor.connector.document(written.ref)
    assert vendor.app.tamper(written.ref, HOW[how]) == right
    assert vendor.connector.document(written.ref) == before
    assert wrong(vendor, written.ref) == (0, right)


@pytest.mark.parametrize("how", HOW)
def test_the_same_order_again_brings_the_content(vendor: Any, how: str) -> None:
    """A creation that is gone on with proves what stands by its bytes, and sends what does not."""
    order = vendor.order(vendor.key(1))
    written = vendor.connector.put(order)
    right, _ = wrong(vendor, written.ref)
    vendor.app.tamper(written.ref, HOW[how])
    assert vendor.connect().put(order).ref == written.ref
    assert wrong(vendor, written.ref) == (right, 0)
    assert vendor.made() == 1


@pytest.mark.parametrize("how", HOW)
def test_an_update_brings_the_content_of_what_it_leaves(vendor: Any, how: str) -> None:
    """A file that the update does not change is not there because the log names it."""
    first = vendor.connector.put(vendor.order(vendor.key(1), "Før"))
    right, _ = wrong(vendor, first.ref)
    vendor.app.tamper(first.ref, HOW[how])
    change = vendor.order(vendor.key(1), "Etter", ref=first.ref, version=first.version)
    second = vendor.connector.put(change)
    assert wrong(vendor, second.ref) == (right, 0)


@pytest.mark.parametrize("kind", ["content_lost", "content_swapped"])
def test_what_was_answered_for_and_not_stored_is_seen(vendor: Any, kind: str) -> None:
    """The system says done; the bytes say not. The same order again, when it is well, is whole."""
    order = vendor.order(vendor.key(1))
    with vendor.fault({"kind": kind, "match": WRITE, "times": 0}):
        written = vendor.connector.put(order)
    assert wrong(vendor, written.ref)[1] > 0
    vendor.connect().put(order)
    assert wrong(vendor, written.ref)[1] == 0


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
def test_a_cut_between_metadata_and_bytes_is_resumed_by_bytes(vendor: Any, kind: str) -> None:
    """Cut every write of a creation, and of an update, in turn: the content is there after."""
    for turn in range(40):
        order = vendor.order(vendor.key(turn), f"Runde {turn}")
        if not _cut(vendor, vendor.connector, order, kind, turn):
            break
    else:
        raise AssertionError("a creation never came to its last write")
    (whole,) = vendor.connector.find(order.key, order.body)
    for turn in range(40):
        standing = vendor.connector.document(whole.ref)
        vendor.app.tamper(whole.ref, dropped)
        change = vendor.order(order.key, f"Endring {turn}", ref=whole.ref, version=standing.version)
        if not _cut(vendor, vendor.connect(), change, kind, turn):
            return
    raise AssertionError("an update never came to its last write")


def _cut(vendor: Any, connector: Connector, order: Order, kind: str, turn: int) -> bool:
    """Cut the order's write number `turn`; the same order again must leave every byte. False when
    there was no such write."""
    rule = {"kind": kind, "match": WRITE, "skip": turn, "times": 1}
    with vendor.fault(rule):
        with suppress(UnknownOutcome):
            connector.put(order)
        struck = vendor.running.journal()["faults"][0]["struck"]
    try:
        written = vendor.settle(order)
    except GatewayError as error:
        # An update that landed is stale now: what stands is what was to stand.
        assert order.ref is not None
        assert error.code == "ENDRET_I_MAAL"
        assert wrong(vendor, order.ref)[1] == 0
        return bool(struck)
    assert wrong(vendor, written.ref)[1] == 0
    return bool(struck)


def test_a_file_that_is_sent_is_sent_as_it_is(vendor: Any) -> None:
    """Every byte value, through the wire and back."""
    order = vendor.order(vendor.key(1))
    written = vendor.connector.put(order)
    sent = sorted(hashlib.sha256(order.read_file(f.file_id)).hexdigest() for f in order.files)
    back = vendor.connector.document(written.ref).files
    found = [vendor.connector.file(written.ref, f.file_id) for f in back]
    assert sorted(hashlib.sha256(data).hexdigest() for data in found) == sent


def test_a_file_the_order_does_not_answer_for_is_left_alone(vendor: Any) -> None:
    """A log that is closed in its own system brings no files, and is closed though one of its own
    has other content: that is seen elsewhere, and must not keep a child's log open."""
    first = vendor.connector.put(vendor.order(vendor.key(1), "Før"))
    vendor.app.tamper(first.ref, swapped)
    change = vendor.order(vendor.key(1), "Etter", ref=first.ref, version=first.version)

    def none_to_bring(file_id: str) -> bytes:
        """It has none."""
        raise AssertionError(file_id)

    second = vendor.connector.put(replace(change, files=(), read_file=none_to_bring))
    assert second.version != first.version


def test_a_hash_the_system_tells_of_its_own_file_proves_nothing(vendor: Any) -> None:
    """The document names what stands there, and it is not what was promised: not right, whatever
    its bytes are; and a promised file that is not named is missing."""
    order = vendor.order(vendor.key(1))
    written = vendor.connector.put(order)
    there = vendor.connector.document(written.ref)
    ours = frozenset(file.sha256 for file in there.files)
    assert fetched(vendor.connector, there, ours).wrong == ()
    promised = frozenset(hashlib.sha256(sha.encode()).hexdigest() for sha in ours)
    found = fetched(vendor.connector, there, promised)
    assert found.right == 0
    assert sorted(found.wrong) == sorted((sha, "missing") for sha in promised)
    bare = replace(there, files=())
    assert len(fetched(vendor.connector, bare, ours).wrong) == len(ours)
