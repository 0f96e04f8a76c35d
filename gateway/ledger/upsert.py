"""Insert a row or take its place, in one statement, on either database.

Two workers may write the same row at the same instant; a look first and an insert after would
stop one of them.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa


@cache
def _replacing(dialect: str, table: sa.Table) -> Any:
    """The statement that inserts whole rows, or puts them in the place of those with their key."""
    make: Any
    # Imported here: a command that writes nothing should not wait for either.
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as make
    else:
        from sqlalchemy.dialects.sqlite import insert as make
    statement = make(table)
    keys = [column.name for column in table.primary_key]
    rest = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys}
    if not rest:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


def put_all(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert whole rows, each with every column, or replace those that have their keys."""
    connection.execute(_replacing(connection.dialect.name, table), rows)


def upsert(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> None:
    """Insert `row`, or replace the values of the row with its primary key."""
    make: Any
    # Imported here: a command that writes nothing should not wait for either.
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as make
    else:
        from sqlalchemy.dialects.sqlite import insert as make
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in row.items() if name not in keys}
    statement = make(table).values(row)
    if rest:
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))
    else:
        connection.execute(statement.on_conflict_do_nothing(index_elements=keys))


def insert_new(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> bool:
    """Insert `row` if no row has its primary key. True when it was inserted, by us and now."""
    make: Any
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as make
    else:
        from sqlalchemy.dialects.sqlite import insert as make
    keys = [column.name for column in table.primary_key]
    statement = make(table).values(row).on_conflict_do_nothing(index_elements=keys)
    return bool(connection.execute(statement).rowcount)
