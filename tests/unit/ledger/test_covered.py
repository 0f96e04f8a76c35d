"""Every table of the ledger is either covered by the keyed chain or left out for a reason."""

import pytest

from gateway.ledger import tables as t
from gateway.ledger.covered import LEFT_OUT, OWNED_BY, shape_of, shapes


def test_every_table_is_in_one_of_the_two_lists():
    """None is forgotten, none is in both."""
    assert set(OWNED_BY) | set(LEFT_OUT) == set(t.meta.tables)
    assert not set(OWNED_BY) & set(LEFT_OUT)
    assert all(len(reason) > 20 for reason in LEFT_OUT.values())


@pytest.mark.parametrize("table", sorted(OWNED_BY))
def test_whose_a_row_is_stands_in_its_key(table):
    """A row that is gone has an owner too, so it is of the key or the table itself."""
    keys = [column.name for column in t.meta.tables[table].primary_key]
    assert OWNED_BY[table] in (*keys, "")
    shape = shapes()[table]
    assert shape.owner_of(keys) == (OWNED_BY[table] or table)


def test_an_owner_outside_the_key_is_refused():
    """Planted: a table whose owner is another column cannot be set up."""
    with pytest.raises(ValueError, match="not in tuple"):
        shape_of("gw_plan", ["plan_id", "kind"], ["kind"])
