"""Plants an archive client, and a core, that read too narrowly; the suites must see each.

A relative address about the host, a query thrown away, a plus sign for a space, a `Location` nobody
follows, a variant that decides; a person's files that outweigh the archive, and a look that is
forgotten. One at a time, as it once was, and the contract tests are called.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from connectors.http import gate
from connectors.noark5 import bestand
from connectors.noark5.klient import Klient
from connectors.noark5.lenker import Lenker
from gateway.effects.archiving import confirm, deleting, rechecking
from gateway.errors import GatewayError, UnknownOutcome
from tests.contract import test_every_archive_looked_at_again as looked
from tests.contract import test_every_archive_told_otherwise as told
from tests.contract.archive_stand import Arkivstand, swapped
from tests.contract.delivering import deliveries


def _about_the_host(patch: pytest.MonkeyPatch) -> None:
    """A relative address is read from the archive's root."""

    def joined(self: Lenker, href: str, _base: str) -> httpx.URL | None:
        return httpx.URL(self.opphav).join(href.partition("{")[0])

    patch.setattr(Lenker, "_joined", joined)


def _query_lost(patch: pytest.MonkeyPatch) -> None:
    """Parameters take the place of the query an address had."""
    patch.setattr(
        gate, "with_query",
        lambda path, params: f"{path.partition('?')[0]}?{urlencode(params)}".replace("+", "%20")
        if params else path,
    )  # fmt: skip


def _plus_for_space(patch: pytest.MonkeyPatch) -> None:
    """A space as forms write it."""
    patch.setattr(
        gate, "with_query",
        lambda path, params: f"{path}?{urlencode(params)}" if params else path,
    )  # fmt: skip


def _location_unread(patch: pytest.MonkeyPatch) -> None:
    """An answer without a body is a lost line."""

    def behind(_self: Klient, _location: str | None, place: str, _base: str) -> Any:
        raise UnknownOutcome("UVISST_UTFALL", place=place)

    patch.setattr(Klient, "_behind", behind)


def _variant_decides(patch: pytest.MonkeyPatch) -> None:
    """A place of another variant is nobody's."""
    whole = bestand.Bestand._ours

    def ours(
        self: Any, filled: list[Any], empty: list[Any], of_kind: list[Any], *more: Any
    ) -> tuple[Any, bool]:
        return whole(self, [row for row in filled if row in of_kind], empty, of_kind, *more)

    patch.setattr(bestand.Bestand, "_ours", ours)


def _files_outweigh(patch: pytest.MonkeyPatch) -> None:
    """What a person shows is taken, and the archive is not looked in."""
    patch.setattr(confirm, "reads", lambda _maal: False)


def _forgotten(patch: pytest.MonkeyPatch) -> None:
    """What a look has found is told, and nothing is changed by it."""
    for module in (rechecking, deleting):
        patch.setattr(module, "withdraw", lambda *_: True)


def _told_so(way: str) -> Callable[[Arkivstand, Path], None]:
    def asks(stand: Arkivstand, folder: Path) -> None:
        with deliveries(folder, told.RO) as night, pytest.MonkeyPatch.context() as patch:
            patch.setattr(told, "PATIENCE", 2.0)
            told.test_what_is_told_otherwise_is_brought_in_once(
                lambda _name: stand, night, stand.name, way
            )

    return asks


def _shown(stand: Arkivstand, folder: Path) -> None:
    with deliveries(folder, looked.RO) as night:
        looked.test_files_a_person_shows_do_not_outweigh_what_the_archive_has(
            stand, night, swapped, folder
        )


def _lost(stand: Arkivstand, folder: Path) -> None:
    with deliveries(folder, looked.RO) as night:
        looked.test_what_is_lost_after_the_receipt_is_a_task_and_is_delivered_anew(
            stand, night, swapped
        )


def _refused(stand: Arkivstand, folder: Path) -> None:
    with deliveries(folder, looked.RO) as night:
        looked.test_a_deletion_that_finds_it_lost_changes_what_is_said_of_it(stand, night, swapped)


@dataclass(frozen=True)
class Narrow:
    """What is read too narrowly, in which archive, and what asks."""

    archive: str
    plant: Callable[[pytest.MonkeyPatch], None]
    asks: Callable[[Arkivstand, Path], None]


NARROW = {
    "an address about the host": Narrow("noark5", _about_the_host, _told_so("relative lenker")),
    "a query thrown away": Narrow("noark5", _query_lost, _told_so("lenker med query")),
    "a plus sign for a space": Narrow("noark5", _plus_for_space, _told_so("streng query")),
    "a location nobody follows": Narrow("noark5", _location_unread, _told_so("bare Location")),
    "a variant that decides": Narrow("noark5", _variant_decides, _told_so("annen variant")),
    "files that outweigh the archive": Narrow("gi_arkiv", _files_outweigh, _shown),
    "a round that forgets": Narrow("gi_arkiv", _forgotten, _lost),
    "a deletion that forgets": Narrow("gi_arkiv", _forgotten, _refused),
}


@pytest.fixture(params=sorted(NARROW))
def narrow(request: pytest.FixtureRequest) -> Narrow:
    """Each in turn."""
    return NARROW[request.param]


@pytest.fixture
def stand(narrow: Narrow, tmp_path: Path) -> Iterator[Arkivstand]:
    """The archive it is about, on a folder of its own; none of them needs a broker."""
    made = Arkivstand(narrow.archive, tmp_path / "arkiv", lambda: "")
    yield made
    made.close()


def test_what_is_read_too_narrowly_is_seen(
    narrow: Narrow, stand: Arkivstand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Green as it is, and red when it is read so."""
    narrow.asks(stand, tmp_path / "uten")
    with monkeypatch.context() as patch:
        narrow.plant(patch)
        with pytest.raises((AssertionError, GatewayError, pytest.fail.Exception)):
            narrow.asks(stand, tmp_path / "med")
