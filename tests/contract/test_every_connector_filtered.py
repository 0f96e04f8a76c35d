"""The suite again, towards a vendor who gives what the contract file declares and nothing else.

Every answer goes through the filter before the client sees it: no header, member or body that the
file does not name. What the client needs without saying so turns this red. The functions are the
suite's own; how the line misbehaves is made after the filter, so a field from the next version is
still carried. The lag, which is mostly waiting, is played again in the long form alone.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox.server import Running
from tests.contract import test_every_connector as suite
from tests.contract import test_every_connector_content as content
from tests.contract import test_every_connector_dialects as dialects
from tests.contract import test_every_connector_hostile as hostile
from tests.contract import test_every_connector_lagging as lagging
from tests.contract.conftest import NAMES, Vendor
from tests.contract.openapi_file import Contract
from tests.contract.traffic import Filter, Recorder

APART = {
    "test_discovery_finds_connectors": "asks the session, not a vendor",
    "test_the_provenance_table_is_the_readme": "asks the files, not a vendor",
}
"""What is not played again, and why."""

_PLAYED = [suite, content, dialects, hostile]
if os.environ.get("STAFETT_FULL"):
    _PLAYED.append(lagging)
for _module in _PLAYED:
    for _name in dir(_module):
        if _name.startswith("test_") and _name not in APART:
            globals()[_name] = getattr(_module, _name)


@pytest.fixture(params=NAMES)
def vendor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Vendor]:
    """Each vendor in turn, seen through the filter; what is left is declared, too."""
    recorder = Recorder.of(request.param)
    filtered = Filter(Contract.of(request.param))

    def watch(running: Running) -> None:
        filtered.watch(running)
        recorder.watch(running)

    started = Vendor(request.param, tmp_path / "data", watch)
    yield started
    started.close()
    recorder.refuse()
