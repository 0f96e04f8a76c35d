"""Our gateway keeps the protocol: every case of the conformance suite, over real HTTPS.

The gateway under test is processes with configuration on disk; the suite is the other
municipality. Two gateways are started, one for each side of a hand-over, and shared by the cases,
of which several are played at once: each is a conversation of its own.
"""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from schemas.overfoering.koder import VERSJON, Meldingstype
from tests.contract.overfoering.dialog import Brudd, Dialog
from tests.contract.overfoering.porten import Port, greeted

FOLDER = Path(__file__).parents[3] / "schemas" / "overfoering" / "samsvar"
CASES: list[dict[str, Any]] = [
    case
    for path in sorted(FOLDER.glob("*.json"))
    if path.name != "eksempler.json"
    for case in json.loads(path.read_text(encoding="utf-8"))["proever"]
]
AT_ONCE = 6
STEPS = {name.removeprefix("_") for name in vars(Dialog) if not name.startswith("__")}


FULL = os.environ.get("STAFETT_FULL") == "1"


def _of(rolle: str) -> list[dict[str, Any]]:
    return [case for case in CASES if case["port"] == rolle]


def _played(rolle: str) -> list[dict[str, Any]]:
    """All of them with STAFETT_FULL=1; otherwise every third, the good way among them."""
    found = _of(rolle)
    return found if FULL else found[::3]


class Spilt:
    """The chosen cases of one side, played several at once: a conversation is mostly waiting."""

    def __init__(self, folder: Path, rolle: str, names: set[str]) -> None:
        chosen = [case for case in _of(rolle) if case["navn"] in names]
        self.port = Port(folder, rolle, len(chosen) + 2)
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._played = {
            case["navn"]: self._pool.submit(Dialog(self.port, case).play) for case in chosen
        }

    def result(self, case: dict[str, Any]) -> None:
        """Raises what the case found."""
        self._played[case["navn"]].result(900)

    def stop(self) -> None:
        """Wait for the rest, and stop the gateway."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.port.stop()


def _spilt(request: pytest.FixtureRequest, folder: Path, rolle: str) -> Iterator[Spilt]:
    names = {
        item.callspec.params["case"]["navn"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.path == request.path
        and hasattr(item, "callspec")
        and "case" in item.callspec.params
    }
    played = Spilt(folder, rolle, names)
    yield played
    played.stop()


@pytest.fixture(scope="module")
def avgiver(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Spilt]:
    """A gateway that hands over."""
    yield from _spilt(request, tmp_path_factory.mktemp("avgiver"), "avgiver")


@pytest.fixture(scope="module")
def mottaker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Spilt]:
    """A gateway that takes over."""
    yield from _spilt(request, tmp_path_factory.mktemp("mottaker"), "mottaker")


def test_the_cases_are_whole() -> None:
    """Names once, known steps, both languages; each type is said, heard and doubled somewhere."""
    names = [case["navn"] for case in CASES]
    assert len(set(names)) == len(names) >= 50
    for case in CASES:
        assert set(case) - {"pakke"} == {"navn", "viser", "kapittel", "port", "steg"}
        assert set(case["viser"]) == {"nb", "en"}
        assert {next(iter(steg)) for steg in case["steg"]} <= STEPS
    said = [steg for case in CASES for steg in case["steg"]]
    types = {kind.value for kind in Meldingstype}
    assert {steg["send"] for steg in said if "send" in steg} == types
    heard = {steg["vent"] for steg in said if "vent" in steg} | {"kvittering"}
    assert heard == types - {"etterspoersel"}
    doubled = {steg["igjen"] for steg in said if "igjen" in steg}
    assert doubled >= types - {"kvittering"}


@pytest.mark.parametrize("case", _played("avgiver"), ids=lambda one: one["navn"])
def test_as_sender(avgiver: Spilt, case: dict[str, Any]) -> None:
    """The case, with our gateway as the one who hands over."""
    avgiver.result(case)


@pytest.mark.parametrize("case", _played("mottaker"), ids=lambda one: one["navn"])
def test_as_receiver(mottaker: Spilt, case: dict[str, Any]) -> None:
    """The case, with our gateway as the one who takes over."""
    mottaker.result(case)


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
def test_a_case_can_fail(mottaker: Spilt, steg: dict[str, Any]) -> None:
    """A wrong expectation is a breach: the suite does not pass whatever it is shown."""
    case = {"navn": "plantet", "port": "mottaker", "steg": [{"send": "tilbud"}, steg]}
    with pytest.raises(Brudd, match="plantet steg 2"):
        Dialog(_borrowed(mottaker.port), case).play()


def _borrowed(port: Port) -> Port:
    """The same gateway, with a log that may be offered again."""
    port.__dict__["_free"] = iter(port.logs[-1:])
    return port


def test_the_address_says_what_it_is(mottaker: Spilt) -> None:
    """Chapter 7: the greeting for somebody who sets up a line."""
    assert greeted(mottaker.port) == {"protokoll": "stafettlogg-overfoering", "versjon": VERSJON}
