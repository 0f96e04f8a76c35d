"""Plants archives, and a core, that believe what is said of a file; the suite must see each.

A name, a size, a checksum, an answer that came: each is taken for the content here, one at a time,
as it could be in truth, and the tests of the bytes are called. No other file knows these.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connectors.fiks_arkiv import svar
from connectors.fiks_arkiv.arkiv import FiksArkiv
from connectors.gi_arkiv import arkiv as gi
from connectors.noark5 import soek
from connectors.noark5.bestand import Bestand
from gateway.effects.archiving import delivery
from gateway.errors import GatewayError
from tests.contract import test_every_archive_bytes as suite
from tests.contract.archive_stand import Arkivstand, swapped
from tests.contract.delivering import deliveries


def _first_place(patch: pytest.MonkeyPatch) -> None:
    """Of several places the first with our checksum, which it was told, is ours."""
    patch.setattr(
        Bestand, "_ours", lambda _self, filled, empty, *_: ((filled or empty)[0], bool(filled))
    )


def _said_is_stored(patch: pytest.MonkeyPatch) -> None:
    """A place with our checksum has our bytes."""
    patch.setattr(Bestand, "_has_bytes", lambda _self, row, _fil, _place: "sjekksum" in row)


def _first_document(patch: pytest.MonkeyPatch) -> None:
    """A document with our file's name is ours."""
    patch.setattr(gi, "by_bytes", lambda told, _fil, _fetch: (list(told[:1]), []))


def _newest_form(patch: pytest.MonkeyPatch) -> None:
    """The newest form of a document is ours."""
    patch.setattr(FiksArkiv, "_ours", lambda _self, forms, _uttak: forms[0])


def _told_checksum(patch: pytest.MonkeyPatch) -> None:
    """A receipt is made of what the archive says of its files."""
    patch.setattr(
        delivery, "read_back",
        lambda _maal, uttak, found: tuple((f.nr, f.ref, f.sha256 or "") for f in found.filer),
    )  # fmt: skip


def _letter_by_letter(module: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """A key is compared as it is written."""
    return lambda patch: patch.setattr(module, "same_key", lambda told, key: told == key)


def _swapped(stand: Arkivstand, _folder: Path) -> None:
    suite.test_content_that_is_gone_or_another_is_no_receipt(stand, swapped)


def _beside(stand: Arkivstand, _folder: Path) -> None:
    suite.test_another_of_which_the_same_is_said_is_not_taken_for_ours(stand)


def _cut(stand: Arkivstand, folder: Path) -> None:
    with deliveries(folder, suite.RO) as night:
        suite.test_a_cut_between_what_is_said_and_the_bytes_is_gone_on_with(stand, night, 1)


def _beside_half(stand: Arkivstand, folder: Path) -> None:
    with deliveries(folder, suite.RO) as night:
        suite.test_another_beside_half_a_deposit_does_not_make_it_whole(stand, night)


def _capitals(stand: Arkivstand, _folder: Path) -> None:
    suite.test_a_key_told_in_capitals_is_the_same_key(stand)


@dataclass(frozen=True)
class Belief:
    """What is believed, in which archive, and what asks."""

    archive: str
    plant: Callable[[pytest.MonkeyPatch], None]
    asks: Callable[[Arkivstand, Path], None]


BELIEFS = {
    "noark5: the checksum of a place": Belief("noark5", _first_place, _beside),
    "noark5: a filled place beside ours": Belief("noark5", _first_place, _beside_half),
    "noark5: a place is its bytes": Belief("noark5", _said_is_stored, _cut),
    "noark5: a key as written": Belief("noark5", _letter_by_letter(soek), _capitals),
    "noark5: the core believes a checksum": Belief("noark5", _told_checksum, _swapped),
    "gi_arkiv: the name of a file": Belief("gi_arkiv", _first_document, _beside),
    "gi_arkiv: a filled document beside ours": Belief("gi_arkiv", _first_document, _beside_half),
    "gi_arkiv: a document is its bytes": Belief("gi_arkiv", _first_document, _cut),
    "gi_arkiv: a key as written": Belief("gi_arkiv", _letter_by_letter(gi), _capitals),
    "gi_arkiv: the core believes what is told": Belief("gi_arkiv", _told_checksum, _swapped),
    "fiks_arkiv: the newest form": Belief("fiks_arkiv", _newest_form, _beside),
    "fiks_arkiv: a key as written": Belief("fiks_arkiv", _letter_by_letter(svar), _capitals),
    "fiks_arkiv: the core believes a checksum": Belief("fiks_arkiv", _told_checksum, _swapped),
}


@pytest.fixture(params=sorted(BELIEFS))
def belief(request: pytest.FixtureRequest) -> Belief:
    """Each in turn."""
    return BELIEFS[request.param]


@pytest.fixture
def stand(belief: Belief, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Arkivstand]:
    """The archive it is about, on a folder of its own."""
    broker: Callable[[], str] = lambda: request.getfixturevalue("amqp")  # noqa: E731
    made = Arkivstand(belief.archive, tmp_path / "arkiv", broker)
    yield made
    made.close()


def test_what_believes_words_is_seen(
    belief: Belief, stand: Arkivstand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Green as it is, and red when it believes."""
    belief.asks(stand, tmp_path / "uten")
    with monkeypatch.context() as patch:
        belief.plant(patch)
        with pytest.raises((AssertionError, GatewayError)):
            belief.asks(stand, tmp_path / "med")
