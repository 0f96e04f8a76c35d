"""An archive that tells of what it was given in words of its own: for every archive, every way.

Another variant, codes as texts, other numbers and names, no reference, no checksum; addresses that
are relative or have a query, a `Location` and no body, a parser that reads a plus sign as itself.
What has our bytes under our own record is ours, and is brought in once; what cannot be recognised
stops and is told. Nothing is ever sent again because it was told otherwise. No archive is named.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.arkiv.levering import WRONG
from gateway.ports.archive import Rehearsed
from tests.contract.archive_stand import NAMES, WIRED, Arkivstand, otherwise, swapped
from tests.contract.delivering import Deliveries, deliveries
from tests.contract.test_every_archive_bytes import Between

RO = 0.2
PATIENCE = 12.0
WAYS = [(name, way) for name in NAMES for way in otherwise(name)]


@pytest.fixture(scope="module", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Making one takes longer than a deposit, and nothing here leaves this machine."""
    made = httpx.create_ssl_context(trust_env=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", lambda **_: made)
        yield


@pytest.fixture(scope="module")
def stands(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Arkivstand]]:
    """Each archive's sandbox, started once when it is asked for."""
    made: dict[str, Arkivstand] = {}
    broker: Callable[[], str] = lambda: request.getfixturevalue("amqp")  # noqa: E731

    def stand(name: str) -> Arkivstand:
        if name not in made:
            made[name] = Arkivstand(name, tmp_path_factory.mktemp(name), broker)
        return made[name]

    yield stand
    for one in made.values():
        one.close()


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Deliveries]:
    """The core's deliveries, over a ledger of the test's own."""
    with deliveries(tmp_path / "ledger", RO) as made:
        yield made


def switched(stand: Arkivstand, way: Mapping[str, Any]) -> None:
    """The archive tells in this way from now on."""
    stand.app.switch(dict(way))


def test_there_are_ways_to_try() -> None:
    """Every archive that makes things and can be read has some: an empty suite proves nothing."""
    assert {name for name, _ in WAYS} >= {n for n in WIRED if n.endswith("arkiv") or "5" in n}
    assert len(WAYS) >= 15


@pytest.mark.parametrize(("name", "way"), WAYS, ids=lambda part: part.replace(" ", "-"))
def test_what_is_told_otherwise_is_brought_in_once(
    stands: Callable[[str], Arkivstand], night: Deliveries, name: str, way: str
) -> None:
    """Told so from the beginning: archived, each file once; another process recognises it too,
    and so does everybody when it is told plainly again."""
    stand = stands(name)
    snapshot = stand.another()
    switched(stand, otherwise(name)[way])
    try:
        night.add(snapshot)
        row = night.run(stand.open(), snapshot, PATIENCE)
        assert (row["state"], row["code"], row["place"]) == ("arkivert", None, None)
        assert stand.extra(snapshot) == 0
        stand.holds(stand.open(), snapshot)
    finally:
        stand.app.switch({})
    stand.holds(stand.open(), snapshot)
    assert stand.extra(snapshot) == 0


@pytest.mark.parametrize(("name", "way"), WAYS, ids=lambda part: part.replace(" ", "-"))
def test_what_stands_is_recognised_when_it_is_told_otherwise(
    stands: Callable[[str], Arkivstand], night: Deliveries, name: str, way: str
) -> None:
    """Brought in plainly and told otherwise since: the same delivery again makes nothing, and
    another snapshot of the log goes into the same folder."""
    stand = stands(name)
    snapshot = stand.another()
    stand.settle(stand.open(), snapshot)
    switched(stand, otherwise(name)[way])
    try:
        night.add(snapshot)
        row = night.run(stand.open(), snapshot, PATIENCE)
        assert row["state"] == "arkivert", (row["code"], row["place"])
    finally:
        stand.app.switch({})
    stand.holds(stand.open(), snapshot)
    assert stand.extra(snapshot) == 0


@pytest.mark.parametrize(("name", "way"), WAYS, ids=lambda part: part.replace(" ", "-"))
def test_what_is_half_done_is_gone_on_with_or_told(
    stands: Callable[[str], Arkivstand], night: Deliveries, name: str, way: str
) -> None:
    """Cut between a place and its bytes, and told otherwise: it is gone on with, or a person is
    told what does not show. No file is ever brought in twice."""
    stand = stands(name)
    snapshot = stand.another()
    night.add(snapshot)
    stand.app.halve(1)
    archive = stand.open()
    night.turn(archive, snapshot)
    stand.app.halve(0)
    switched(stand, otherwise(name)[way])
    try:
        row = night.run(stand.open(), snapshot, PATIENCE)
        assert row["state"] in {"arkivert", "menneske", "feilet"}, row["code"]
        assert stand.count(snapshot) == (1, 1)
        assert stand.extra(snapshot) == 0
        if row["state"] == "arkivert":
            stand.holds(stand.open(), snapshot)
        else:
            assert row["code"] in {"KANSKJE_ARKIVERT", "ARKIV_MANGLER_FIL", "ARKIV_FIL_BORTE"}
    finally:
        stand.app.switch({})


@pytest.mark.parametrize(("name", "way"), WAYS, ids=lambda part: part.replace(" ", "-"))
def test_what_cannot_be_recognised_stops_and_is_told(
    stands: Callable[[str], Arkivstand], night: Deliveries, name: str, way: str
) -> None:
    """Told otherwise, and with other bytes too: nothing says that it is ours. It is never archived
    and never brought in again, by this delivery or by the next who tries."""
    stand = stands(name)
    snapshot = stand.another()
    switched(stand, otherwise(name)[way])
    try:
        night.add(snapshot)
        struck: list[int] = []

        def strike() -> None:
            # Swapped twice, they would be ours again.
            struck.extend([] if struck else [stand.app.tamper(snapshot.key, swapped)])

        changed = Between(stand.open(), strike)
        row = night.run(changed, snapshot, PATIENCE)
        assert row["state"] in {"menneske", "feilet"}, (row["state"], row["code"])
        assert row["code"] in {"KANSKJE_ARKIVERT", *WRONG}
        night.retry()
        row = night.run(stand.open(), snapshot, PATIENCE)
        assert row["state"] in {"menneske", "feilet"}
        assert stand.count(snapshot) == (1, 1)
        assert stand.extra(snapshot) == 0
        assert "arkivkvittering" not in night.kinds()
    finally:
        stand.app.switch({})


@pytest.mark.parametrize(("name", "way"), WAYS, ids=lambda part: part.replace(" ", "-"))
def test_a_check_goes_through_too(stands: Callable[[str], Arkivstand], name: str, way: str) -> None:
    """What is only another way of saying the same stops no check, and nothing is left of it."""
    stand = stands(name)
    before = stand.everything()
    switched(stand, otherwise(name)[way])
    try:
        archive = stand.open()
        assert isinstance(archive, Rehearsed)
        assert [(one.hva, one.kode) for one in archive.rehearse() if one.kode] == []
        assert archive.rehearse()
    finally:
        stand.app.switch({})
    assert stand.everything() == before
