"""A fresh SQLite ledger per test."""

import pytest

from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare


@pytest.fixture
def ring() -> KeyRing:
    """One key."""
    return KeyRing({"k1": b"1" * 32})


@pytest.fixture
def ledger(tmp_path, ring):
    """A prepared ledger."""
    database = Database("", tmp_path)
    prepare(database, ring)
    yield database
    database.close()
