"""Seal the engine's own rows anew by the ring's first key.

What the engine keeps of a piece of work (ids and numbers) is sealed by `durable.Sealed`, as text
in columns of its own tables. They are found by what they begin with, so that a table the engine
gets in a newer version is not passed over. It looks at nothing it opens.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from gateway.engine.durable import Sealed
from gateway.ledger.keys import KeyRing


def reseal(engine: sa.Engine, ring: KeyRing) -> int:
    """Seal all that an older key of the ring sealed. Returns how many values there were."""
    sealer, count = Sealed(ring), 0
    for column in _columns(engine):
        for kid in list(ring.keys)[1:]:
            count += _column(engine, column, kid, sealer)
    return count


def _columns(engine: sa.Engine) -> Iterator[sa.Column[str]]:
    found = sa.inspect(engine)
    # In PostgreSQL the engine has a schema of its own; in SQLite a file.
    schema = None if engine.dialect.name == "sqlite" else "dbos"
    if schema is not None and schema not in found.get_schema_names():
        return
    for name in found.get_table_names(schema):
        table = sa.Table(name, sa.MetaData(), schema=schema, autoload_with=engine)
        yield from (c for c in table.columns if isinstance(c.type, sa.Text | sa.String))


def _begins(column: sa.Column[str], kid: str) -> sa.ColumnElement[bool]:
    return sa.func.substr(column, 1, len(kid) + 1) == kid + "."


def _column(engine: sa.Engine, column: sa.Column[str], kid: str, sealer: Sealed) -> int:
    with engine.connect() as connection:
        query = sa.select(column).where(_begins(column, kid)).distinct()
        values = [str(one) for one in connection.execute(query).scalars()]
    count = 0
    for value in values:
        again = sealer.again(value)
        if again:
            with engine.begin() as connection:
                made = sa.update(column.table).where(column == value).values({column.name: again})
                count += connection.execute(made).rowcount
    return count
