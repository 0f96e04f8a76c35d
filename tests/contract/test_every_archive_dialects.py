"""The archive port when the archive, or a proxy before it, speaks HTTP as the world speaks it.

A weakened or suffixed entity tag, gzip in pieces or under its other names, a BOM, 2.0 for 2, a 201
with an address and no body, 409 for 412, a token that does not say how long it lives: none of it
may stop a night, lose a byte or make anything twice. A member name that stands twice in one object
is refused. No archive is named here.
"""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from gateway.errors import GatewayError, RemoteFault
from gateway.ports.archive import Archive, Uttak
from tests.contract.archive_stand import WIRED, Arkivstand, Memory

# What an archive gives back of a file is its content, in no dialect of anybody's.
ANY = r"^[A-Z]+ /(?!_sandbox)"
TALK = r"^[A-Z]+ /(?!_sandbox|n5/fil/|.*/fil/)"
READ = r"^GET /(?!_sandbox|n5/fil/|.*/fil/)"
SAYING_THE_SAME = (
    {"kind": "weak_tag", "match": ANY},
    {"kind": "suffixed_tag", "match": ANY},
    {"kind": "gzip_members", "match": ANY},
    {"kind": "gzip_named", "mode": "GZIP", "match": ANY},
    {"kind": "gzip_named", "mode": "x-gzip", "match": ANY},
    {"kind": "bom", "match": TALK},
    {"kind": "whole_floats", "match": TALK},
    {"kind": "stale409", "match": ANY},
    {"kind": "token_life", "mode": "absent", "match": "(?i)token"},
    {"kind": "token_life", "mode": "null", "match": "(?i)token"},
    {"kind": "token_life", "mode": "text", "match": "(?i)token"},
)


def _name(rule: dict[str, Any]) -> str:
    return "-".join(str(part) for key, part in rule.items() if key != "match")


@pytest.fixture(scope="module", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Making one takes longer than a deposit, and nothing here leaves this machine."""
    made = httpx.create_ssl_context(trust_env=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", lambda **_: made)
        yield


@pytest.fixture(scope="module", params=WIRED)
def stand(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Arkivstand]:
    """Each archive that is called, in turn; its sandbox is started once."""
    broker: Callable[[], str] = lambda: request.getfixturevalue("amqp")  # noqa: E731
    made = Arkivstand(request.param, tmp_path_factory.mktemp(request.param), broker)
    yield made
    made.close()


def once(stand: Arkivstand, archive: Archive, snapshot: Uttak, tries: int = 8) -> None:
    """Brought in as the core does, and there once, every byte."""
    stand.settle(archive, snapshot, tries)
    stand.holds(archive, snapshot)
    assert stand.extra(snapshot) == 0


@pytest.mark.parametrize("rule", SAYING_THE_SAME, ids=_name)
def test_another_way_of_saying_the_same_changes_nothing(
    stand: Arkivstand, rule: dict[str, Any]
) -> None:
    """Brought in, found and read back; and found plainly by another, as if it was said plainly."""
    memory = Memory()
    snapshot = dataclasses.replace(stand.another(), once=memory.once)
    with stand.fault(**rule, times=0):
        archive = stand.open()
        assert archive.facts().product
        once(stand, archive, snapshot, tries=1)
    stand.holds(stand.open(), snapshot)


def test_a_write_that_is_answered_by_an_address_alone_is_done(stand: Arkivstand) -> None:
    """201 with a Location and no body, for every write: looked for, and never sent again."""
    memory = Memory()
    snapshot = dataclasses.replace(stand.another(), once=memory.once)
    with stand.fault(kind="empty_created", match=stand.writing, times=0):
        once(stand, stand.open(), snapshot, tries=40)


def test_a_member_that_stands_twice_is_refused(stand: Arkivstand) -> None:
    """Which of the two is meant nobody knows. Once is a slip of the line's; always is the archive's
    fault, and then nothing is made of what it said."""
    snapshot, archive = stand.another(), stand.open()
    stand.settle(archive, snapshot)
    with stand.fault(kind="doubled_member", match=READ, times=0):
        before = stand.everything()
        try:
            stand.open().find(snapshot)
        except GatewayError as error:
            assert type(error) is RemoteFault
            assert error.code == "DOBBELT_FELT"
        else:
            struck = stand.running.journal()["faults"][0]["struck"]
            assert not struck, "an answer with two of one name was believed"
        assert stand.everything() == before
    with stand.fault(kind="doubled_member", match=READ, times=1):
        stand.holds(stand.open(), snapshot)
