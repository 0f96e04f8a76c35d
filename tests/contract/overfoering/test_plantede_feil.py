"""The conformance suite finds a gateway that breaks the protocol: each breach is planted."""

import os
from pathlib import Path

import pytest

from tests.contract.overfoering.plantede import PLANTER
from tests.contract.overfoering.porten import VaarPort
from tests.samsvar.dialog import Brudd
from tests.samsvar.kjoering import Kjoering
from tests.samsvar.proever import all_of_them

FULL = os.environ.get("STAFETT_FULL") == "1"


@pytest.mark.parametrize("name", PLANTER if FULL else sorted(PLANTER)[:2])
def test_the_breach_is_found(tmp_path: Path, name: str) -> None:
    """The case that is about it fails, at a step and with a reason."""
    rolle, wanted, _ = PLANTER[name]
    case = next(one for one in all_of_them() if one["navn"] == wanted)
    assert case["port"] == rolle
    port = VaarPort(plant=name)
    run = Kjoering(port, rolle, tmp_path / rolle, [case], within=8)
    try:
        assert isinstance(run.outcome(wanted).feil, Brudd)
        assert port.process.poll() is None
    finally:
        run.stop()
