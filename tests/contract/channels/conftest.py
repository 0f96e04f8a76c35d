"""Each channel in turn, its platform started once, two channels open for each test."""

import logging
from collections.abc import Callable, Iterator

import httpx
import pytest

from gateway.ports.kanal import Kanal
from tests.contract.channels.stand import NOBODY, ORGNR, STANDS, A, B, Kanalstand, stand_of


@pytest.fixture(scope="session", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Making one takes longer than a message, and nothing here leaves this machine."""
    made = httpx.create_ssl_context(trust_env=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", lambda **_: made)
        yield


@pytest.fixture(scope="session", params=STANDS)
def platform(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kanalstand]:
    """The channel's platform; its keys are slow to make, so it is started once."""
    broker: Callable[[], str] = lambda: request.getfixturevalue("amqp")  # noqa: E731
    folder = tmp_path_factory.mktemp(request.param)
    made = stand_of(request.param)(folder, broker)
    yield made
    made.close()


@pytest.fixture
def stand(platform: Kanalstand, caplog: pytest.LogCaptureFixture) -> Iterator[Kanalstand]:
    """The platform with empty boxes and no faults; nobody's number in the log afterwards."""
    platform.calm()
    platform.shut()
    platform.drain(A)
    platform.drain(B)
    platform.seen.clear()
    yield platform
    platform.calm()
    platform.shut()
    refuse_numbers(caplog.get_records("setup") + caplog.get_records("call"))


def refuse_numbers(records: list[logging.LogRecord]) -> None:
    """Fails when a log record names one of the organisations."""
    for record in records:
        said = record.getMessage() + str(record.exc_info or "")
        assert not any(number in said for number in (*ORGNR.values(), NOBODY))


@pytest.fixture
def a(stand: Kanalstand) -> Kanal:
    """The sender's channel."""
    return stand.open(A)


@pytest.fixture
def b(stand: Kanalstand) -> Kanal:
    """The receiver's channel."""
    return stand.open(B)
