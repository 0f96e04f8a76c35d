"""Our gateway keeps the protocol: every case of the conformance suite, over real HTTPS.

The suite (`tests/samsvar`) is the other municipality, and knows nothing of our code; our gateway is
processes with configuration on disk (`porten.py`). Two are started, one for each side of a
hand-over, and shared by the cases, of which several are played at once.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.overfoering.koder import Meldingstype
from tests.contract.overfoering.porten import open_port
from tests.samsvar.dialog import STEG, Brudd, Dialog
from tests.samsvar.kjoering import Kjoering
from tests.samsvar.proever import all_of_them

CASES = all_of_them()
FULL = os.environ.get("STAFETT_FULL") == "1"
TOO = {"mottaker-god-vei", "avgiver-god-vei"}


def _played(rolle: str) -> list[dict[str, Any]]:
    """All of them with STAFETT_FULL=1; otherwise every sixth, the good way among them."""
    found = [case for case in CASES if case["port"] == rolle]
    return found if FULL else [c for n, c in enumerate(found) if n % 6 == 0 or c["navn"] in TOO]


def _spilt(
    request: pytest.FixtureRequest, factory: pytest.TempPathFactory, rolle: str
) -> Iterator[Kjoering]:
    names = {
        item.callspec.params["case"]["navn"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.path == request.path
        and hasattr(item, "callspec")
        and "case" in item.callspec.params
    }
    cases = [case for case in CASES if case["port"] == rolle and case["navn"] in names]
    run = Kjoering(open_port(), rolle, factory.mktemp(rolle) / "samsvar", cases)
    yield run
    run.stop()
    assert [one.kode for one in run.bord.spill.uleste] == []


@pytest.fixture(scope="module")
def avgiver(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kjoering]:
    """A gateway that hands over."""
    yield from _spilt(request, tmp_path_factory, "avgiver")


@pytest.fixture(scope="module")
def mottaker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kjoering]:
    """A gateway that takes over."""
    yield from _spilt(request, tmp_path_factory, "mottaker")


def test_the_cases_are_whole() -> None:
    """Names once, known steps, both languages; each type is said, heard and doubled somewhere."""
    names = [case["navn"] for case in CASES]
    assert len(set(names)) == len(names) >= 90
    for case in CASES:
        assert set(case) - {"pakke"} == {"navn", "viser", "kapittel", "port", "steg"}
        assert set(case["viser"]) == {"nb", "en"}
        assert all(set(STEG) & set(steg) for steg in case["steg"])
    said = [steg for case in CASES for steg in case["steg"]]
    types = {kind.value for kind in Meldingstype}
    assert {steg["send"] for steg in said if "send" in steg} == types
    heard = {steg["vent"] for steg in said if "vent" in steg} | {"kvittering"}
    assert heard == types - {"etterspoersel"}
    doubled = {steg["igjen"] for steg in said if "igjen" in steg}
    assert doubled >= types - {"kvittering"}


@pytest.mark.parametrize("case", _played("avgiver"), ids=lambda one: one["navn"])
def test_as_sender(avgiver: Kjoering, case: dict[str, Any]) -> None:
    """The case, with our gateway as the one who hands over."""
    fault = avgiver.outcome(case["navn"]).feil
    assert fault is None, str(fault)


@pytest.mark.parametrize("case", _played("mottaker"), ids=lambda one: one["navn"])
def test_as_receiver(mottaker: Kjoering, case: dict[str, Any]) -> None:
    """The case, with our gateway as the one who takes over."""
    fault = mottaker.outcome(case["navn"]).feil
    assert fault is None, str(fault)


@pytest.mark.parametrize(
    "steg",
    [
        {"kvittert": "tilbud", "resultat": "kjent"},
        {"kvittert": "tilbud", "altMottatt": True},
        {"vent": "aksept", "innen": 3},
        {"staar": "MOTTATT", "innen": 3},
        {"stille": True},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_case_can_fail(mottaker: Kjoering, steg: dict[str, Any]) -> None:
    """A wrong expectation is a breach: the suite does not pass whatever it is shown."""
    case = {"navn": "plantet", "port": "mottaker", "steg": [{"send": "tilbud"}, steg]}
    with pytest.raises(Brudd, match="plantet steg 2"):
        Dialog(mottaker.bord, case, within=8).play()
