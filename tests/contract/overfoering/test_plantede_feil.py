"""The conformance suite finds a gateway that breaks the protocol: each breach is planted."""

import os
from pathlib import Path

import pytest

from tests.contract.overfoering.dialog import Brudd, Dialog
from tests.contract.overfoering.plantede import PLANTER
from tests.contract.overfoering.porten import Port
from tests.contract.overfoering.test_samsvar import CASES

FULL = os.environ.get("STAFETT_FULL") == "1"


@pytest.mark.parametrize("name", PLANTER if FULL else sorted(PLANTER)[:2])
def test_the_breach_is_found(tmp_path: Path, name: str) -> None:
    """The case that is about it fails, at a step and with a reason."""
    rolle, wanted, _ = PLANTER[name]
    case = next(one for one in CASES if one["navn"] == wanted)
    assert case["port"] == rolle
    port = Port(tmp_path, rolle, 1, plant=name)
    try:
        with pytest.raises(Brudd, match=f"{wanted} steg"):
            Dialog(port, case, within=8).play()
        assert port.process.poll() is None
    finally:
        port.stop()
