"""A fresh ledger for tasks."""

import pytest

from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare


@pytest.fixture
def ledger(tmp_path):
    """A prepared ledger."""
    database = Database("", tmp_path)
    prepare(database, KeyRing({"k1": b"1" * 32}))
    yield database
    database.close()
