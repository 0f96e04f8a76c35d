"""Plants the old belief, that metadata tells of bytes, and expects the proofs to go red.

One plant in each vendor's client, one in the core: with any of them a file without its content
passes for stored.
"""

import importlib.util
import json
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from connectors.conexus_companion import klient
from connectors.conexus_companion.klient import Klient
from connectors.http import session
from connectors.http.body import _Gzip
from connectors.visma_samspill.filling import Filling
from gateway.effects import landing
from gateway.errors import GatewayError
from gateway.exit import file_content
from gateway.exit.file_content import UNTRIED
from tests.story import test_content_proved as story
from tests.story.test_there_and_home import history
from tests.story.town import CX, SP, town

CONTRACT = Path(__file__).parent.parent / "contract"


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


SPOKEN = _load("planted_content_conftest", CONTRACT / "conftest.py")
CONTENT = _load("planted_content_suite", CONTRACT / "test_every_connector_content.py")
DIALECTS = _load("planted_dialects_suite", CONTRACT / "test_every_connector_dialects.py")


@pytest.fixture(params=SPOKEN.NAMES)
def vendor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Each vendor in turn."""
    made = SPOKEN.Vendor(request.param, tmp_path / "data")
    yield made
    made.close()


@pytest.mark.parametrize("how", ["dropped", "swapped"])
def test_a_client_that_believes_metadata_is_seen(
    vendor: Any, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the log names is left out of the upload, and the update is not whole."""
    monkeypatch.setattr(Klient, "_holds", lambda *_: True)
    monkeypatch.setattr(Filling, "_holds", lambda *_: True)
    with pytest.raises((AssertionError, GatewayError)):
        CONTENT.test_an_update_brings_the_content_of_what_it_leaves(vendor, how)


def test_a_proof_that_does_not_hash_is_seen(vendor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Content of the right length is not the right content."""
    monkeypatch.setattr(file_content, "_differs", lambda *_: "")
    with pytest.raises(AssertionError):
        CONTENT.test_content_that_is_not_ours_is_seen_by_fetching(vendor, "swapped")


def test_a_run_that_does_not_fetch_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the fetching every log is done though no file is there, and the story is red."""
    monkeypatch.setattr(landing, "fetched", lambda *_: UNTRIED)
    with town(tmp_path) as place:
        place.fill(CX, list(history("generert", CX))[:6])
        place.way = (CX, SP)  # type: ignore[attr-defined]
        place.stafett = _in_this_process(place)  # type: ignore[method-assign]
        with pytest.raises(AssertionError):
            tried: Callable[..., None] = (
                story.test_what_is_never_stored_is_a_persons_and_never_right
            )
            tried(place)


def _in_this_process(place: Any) -> Callable[..., dict[str, Any]]:
    """`stafett` here, where the plant is, and not in a process of its own."""

    def stafett(*words: str, ok: tuple[int, ...] = (0, 1)) -> dict[str, Any]:
        told = place.here(*words, "--json")
        assert told.exit_code in ok
        return dict(json.loads(told.stdout))

    return stafett


@pytest.mark.parametrize("vendor", [CX], indirect=True)
def test_a_tag_that_is_taken_as_it_stands_is_seen(
    vendor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that compares the header and not the version: where the vendor has tags, red."""
    monkeypatch.setattr(klient, "opaque", lambda header: header.strip('"'))
    with pytest.raises(AssertionError):
        DIALECTS.test_another_way_of_saying_the_same_changes_nothing(vendor, {"kind": "weak_tag"})


def test_a_member_read_once_only_is_seen(vendor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """gzip that stops at the first member: the rest is cut off, and that is red."""

    def first_only(self: _Gzip, raw: bytes, room: int) -> bytes:
        if self._member is None:
            self._member = zlib.decompressobj(wbits=31)
        return b"" if self._member.eof else self._member.decompress(raw, room)

    monkeypatch.setattr(_Gzip, "take", first_only)
    monkeypatch.setattr(_Gzip, "end", lambda _: None)
    with pytest.raises((AssertionError, GatewayError)):
        DIALECTS.test_another_way_of_saying_the_same_changes_nothing(
            vendor, {"kind": "gzip_members"}
        )


def test_a_doubled_member_that_is_read_is_seen(
    vendor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of two members in silence: red."""
    monkeypatch.setattr(session, "parse", lambda content, *_: json.loads(content))
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        DIALECTS.test_a_member_that_stands_twice_is_refused(vendor)
