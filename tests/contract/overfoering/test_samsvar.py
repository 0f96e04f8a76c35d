"""Our gateway keeps the protocol: every case of the conformance suite, over real HTTPS.

The gateway under test is processes with configuration on disk; the suite is the other
municipality. Two gateways are started, one for each side of a hand-over, and shared by the cases.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.overfoering.koder import Meldingstype
from tests.contract.overfoering.dialog import Brudd, Dialog
from tests.contract.overfoering.porten import Port, greeted

FOLDER = Path(__file__).parents[3] / "schemas" / "overfoering" / "samsvar"
CASES: list[dict[str, Any]] = [
    case
    for path in sorted(FOLDER.glob("*.json"))
    if path.name != "eksempler.json"
    for case in json.loads(path.read_text(encoding="utf-8"))["proever"]
]
STEPS = {name.removeprefix("_") for name in vars(Dialog) if not name.startswith("__")}


def _of(rolle: str) -> list[dict[str, Any]]:
    return [case for case in CASES if case["port"] == rolle]


def _port(folder: Path, rolle: str) -> Iterator[Port]:
    port = Port(folder, rolle, len(_of(rolle)) + 2)
    yield port
    port.stop()


@pytest.fixture(scope="module")
def avgiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    """A gateway that hands over."""
    yield from _port(tmp_path_factory.mktemp("avgiver"), "avgiver")


@pytest.fixture(scope="module")
def mottaker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    """A gateway that takes over."""
    yield from _port(tmp_path_factory.mktemp("mottaker"), "mottaker")


def test_the_cases_are_whole() -> None:
    """Names once, known steps, both languages; each type is said, heard and doubled somewhere."""
    names = [case["navn"] for case in CASES]
    assert len(set(names)) == len(names) >= 50
    for case in CASES:
        assert set(case) == {"navn", "viser", "kapittel", "port", "steg"}
        assert set(case["viser"]) == {"nb", "en"}
        assert {next(iter(steg)) for steg in case["steg"]} <= STEPS
    said = [steg for case in CASES for steg in case["steg"]]
    types = {kind.value for kind in Meldingstype}
    assert {steg["send"] for steg in said if "send" in steg} == types
    heard = {steg["vent"] for steg in said if "vent" in steg} | {"kvittering"}
    assert heard == types - {"etterspoersel"}
    doubled = {steg["igjen"] for steg in said if "igjen" in steg}
    assert doubled >= types - {"kvittering"}


@pytest.mark.parametrize("case", _of("avgiver"), ids=lambda one: one["navn"])
def test_as_sender(avgiver: Port, case: dict[str, Any]) -> None:
    """The case, with our gateway as the one who hands over."""
    Dialog(avgiver, case).play()


@pytest.mark.parametrize("case", _of("mottaker"), ids=lambda one: one["navn"])
def test_as_receiver(mottaker: Port, case: dict[str, Any]) -> None:
    """The case, with our gateway as the one who takes over."""
    Dialog(mottaker, case).play()


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
def test_a_case_can_fail(mottaker: Port, steg: dict[str, Any]) -> None:
    """A wrong expectation is a breach: the suite does not pass whatever it is shown."""
    case = {"navn": "plantet", "port": "mottaker", "steg": [{"send": "tilbud"}, steg]}
    with pytest.raises(Brudd, match="plantet steg 2"):
        Dialog(_borrowed(mottaker), case).play()


def _borrowed(port: Port) -> Port:
    """The same gateway, with a log that may be offered again."""
    port.__dict__["_free"] = iter(port.logs[-1:])
    return port


def test_the_address_says_what_it_is(mottaker: Port) -> None:
    """Chapter 7: the greeting for somebody who sets up a line."""
    assert greeted(mottaker) == {"protokoll": "stafettlogg-overfoering", "versjon": "1.0"}
