"""The suite again, towards a vendor who leaves out whatever may be left out.

Every answer has what the contract file requires and nothing else: no header or member that is
optional. So each of them is truly optional, and what it costs to be without is said: a work that
was cut is not gone on with where nobody tells whose it was. A line that misbehaves is played again
in the long form alone.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import UnknownOutcome
from tests.contract import test_every_connector as suite
from tests.contract import test_every_connector_content as content
from tests.contract import test_every_connector_hostile as hostile
from tests.contract.conftest import NAMES, Vendor, texts
from tests.contract.openapi_file import Contract
from tests.contract.traffic import Filter

_RESUMED = "goes on with work that was cut, which rests on the word of whose work it was"
APART = {
    "test_discovery_finds_connectors": "asks the session, not a vendor",
    "test_the_provenance_table_is_the_readme": "asks the files, not a vendor",
    "test_a_cut_around_a_write_is_settled_to_one_log": _RESUMED,
    "test_a_cut_between_metadata_and_bytes_is_resumed_by_bytes": _RESUMED,
    "test_the_same_order_again_brings_the_content": _RESUMED,
    "test_what_was_answered_for_and_not_stored_is_seen": _RESUMED,
}
"""What is not played again, and why."""

for _module in (suite, content, *([hostile] if os.environ.get("STAFETT_FULL") else [])):
    for _name in dir(_module):
        if _name.startswith("test_") and _name not in APART:
            globals()[_name] = getattr(_module, _name)


@pytest.fixture(params=NAMES)
def vendor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Vendor]:
    """Each vendor in turn, with what is required of it and no more."""
    lean = Filter(Contract.of(request.param, lean=True))
    started = Vendor(request.param, tmp_path / "data", lean.watch)
    yield started
    started.close()


def test_work_that_was_cut_makes_one_log_and_is_not_called_ours(vendor: Any) -> None:
    """Each write of a creation cut in turn: one log, whole, or said to have been found as it is."""
    for turn in range(40):
        struck = 1
        order = vendor.order(vendor.key(turn), f"Runde {turn}")
        rule = {"kind": "cut_after", "match": hostile.WRITE, "skip": turn, "times": 1}
        with vendor.fault(rule), suppress(UnknownOutcome):
            vendor.connector.put(order)
            struck = vendor.running.journal()["faults"][0]["struck"]
        written = vendor.settle(order)
        assert vendor.made() == turn + 1
        if not written.found:
            assert f"Runde {turn}" in texts(vendor.connector.document(written.ref).body)
        if not struck:
            return
    raise AssertionError("a creation never came to its last write")
