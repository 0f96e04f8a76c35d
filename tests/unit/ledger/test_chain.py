"""The hash chain: every kind of tampering is found, and appending is one transaction."""

import pytest
import sqlalchemy as sa

from gateway.ledger import tables as t
from gateway.ledger.chain import GENESIS, Fact, append, verify


@pytest.fixture
def filled(ledger):
    """A ledger with five entries."""
    with ledger.begin() as c:
        append(c, "2026-11-21T12:00:00Z", [Fact("a", "r", f"l{n}", {"n": n}) for n in range(5)])
    return ledger


def broken_at(database):
    """Where verification first fails, or None."""
    with database.begin() as c:
        return verify(c).broken_at


def test_a_whole_chain_verifies(filled):
    """Five entries, and a head that is not the genesis."""
    with filled.begin() as c:
        proof = verify(c)
    assert (proof.entries, proof.broken_at) == (5, None)
    assert proof.head != GENESIS


@pytest.mark.parametrize("column", ["at", "run_id", "logg", "kind", "body", "prev", "hash"])
def test_a_changed_field_is_found(filled, column):
    """Changing any field of entry 3 breaks the chain there."""
    with filled.begin() as c:
        c.execute(t.entry.update().where(t.entry.c.seq == 3).values({column: "x"}))
    assert broken_at(filled) == 3


def test_a_removed_entry_is_found(filled):
    """A gap is a break at the entry after it."""
    with filled.begin() as c:
        c.execute(t.entry.delete().where(t.entry.c.seq == 3))
    assert broken_at(filled) == 4


def test_a_removed_tail_is_found(filled):
    """Cutting the end off does not fit the head."""
    with filled.begin() as c:
        c.execute(t.entry.delete().where(t.entry.c.seq == 5))
    assert broken_at(filled) == 5


def test_a_failed_transaction_leaves_no_entry(filled):
    """No entry without its effect."""
    with pytest.raises(RuntimeError), filled.begin() as c:
        append(c, "t", [Fact("lost")])
        raise RuntimeError
    with filled.begin() as c:
        assert c.execute(sa.select(sa.func.count()).select_from(t.entry)).scalar() == 5
    assert broken_at(filled) is None
