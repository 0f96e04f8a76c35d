"""Insert a row or take its place, in one statement, on either database.

Two workers may write the same row at the same instant; a look first and an insert after would
stop one of them.
"""

from typing import Any

import sqlalchemy as sa


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
