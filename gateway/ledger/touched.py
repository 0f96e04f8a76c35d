"""Which covered rows a transaction of ours changed: the database tells, no writer has to.

On SQLite every connection of ours has temporary triggers that call back into this process; on
PostgreSQL ordinary triggers write to a temporary table that only our connections have. A change
made past us, by whatever other program, is told to nobody and so is never taken for ours. Only
keys are collected here; the rows are read when the transaction is about to end.
"""

import hashlib
import json
from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from gateway.ledger.anchor import Anchor
from gateway.ledger.covered import Key, Shape, shapes

_INFO = "stafett_touched"
_NAMED = "gw_touch"


class Touched:
    """What one connection's transaction has changed so far."""

    def __init__(self) -> None:
        self.rows: dict[str, set[Key]] = defaultdict(set)
        self.at = ""
        """When the newest entry of it happened; empty without one."""
        self.end: Anchor | None = None
        """Where the covers end when it has committed."""

    def add(self, table: str, *key: Any) -> None:
        """A row was made, changed or taken away. Called by SQLite, from the trigger."""
        self.rows[table].add(key)

    def clear(self) -> None:
        """A new transaction begins."""
        self.rows.clear()
        self.at = ""
        self.end = None


def watch(connection: sa.Connection) -> Touched:
    """Begin to collect, before the transaction has begun."""
    info = connection.info
    if _INFO not in info:
        made = Touched()
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(
                f"create temporary table if not exists {_NAMED}ed (tab text, pk text) "
                "on commit delete rows"
            )
            connection.commit()
        else:
            raw: Any = connection.connection.driver_connection
            raw.create_function("stafett_touch", -1, made.add)
            for one in shapes().values():
                for statement in _of_sqlite(one):
                    raw.execute(statement)
        info[_INFO] = made
    touched: Touched = info[_INFO]
    touched.clear()
    return touched


def of(connection: sa.Connection) -> Touched | None:
    """What this connection collects; None where nobody began to."""
    found = connection.info.get(_INFO)
    return found if isinstance(found, Touched) else None


def collected(connection: sa.Connection, touched: Touched) -> dict[str, set[Key]]:
    """The keys that were changed, by table, before the transaction ends."""
    if connection.dialect.name == "postgresql":
        found = connection.exec_driver_sql(f"select distinct tab, pk from {_NAMED}ed")  # noqa: S608
        for table, key in found.all():
            touched.add(table, *json.loads(key))
    return touched.rows


def _of_sqlite(shape: Shape) -> list[str]:
    new = ", ".join(f"NEW.{name}" for name in shape.key)
    old = ", ".join(f"OLD.{name}" for name in shape.key)
    moved = " or ".join(f"NEW.{name} is not OLD.{name}" for name in shape.key)
    table = shape.table
    also = f"select stafett_touch('{table}', {old}) where {moved};"
    return [
        f"create temp trigger {table}_{word[:3]} after {word} on main.{table} begin "
        f"select stafett_touch('{table}', {key}); {more} end"
        for word, key, more in (("insert", new, ""), ("update", new, also), ("delete", old, ""))
    ]


def functions() -> dict[str, tuple[str, str]]:
    """PostgreSQL's functions of ours by name, each with its table and its body. A table's trigger
    has its function's name."""
    made = {}
    for one in shapes().values():
        new, old = (", ".join(f"{row}.{column}" for column in one.key) for row in ("new", "old"))
        put = f"insert into pg_temp.{_NAMED}ed values ('{one.table}', jsonb_build_array(%s)::text)"  # noqa: S608
        body = (
            f" begin if to_regclass('pg_temp.{_NAMED}ed') is not null then "
            f"if tg_op <> 'DELETE' then {put % new}; end if; "
            f"if tg_op = 'DELETE' or (tg_op = 'UPDATE' and ({old}) is distinct from ({new})) "
            f"then {put % old}; end if; end if; return null; end "
        )
        made[f"{_NAMED}_{one.table}"] = (one.table, body)
    return made


def _of_postgres() -> list[str]:
    """Statements that make the triggers anew; one function a table, for its key."""
    made = []
    for name, (table, body) in functions().items():
        made += [
            f"create or replace function {name}() returns trigger language plpgsql as $${body}$$",
            f"drop trigger if exists {name} on {table}",
            f"create trigger {name} after insert or update or delete on {table} "
            f"for each row execute function {name}()",
        ]
    return made


def install(connection: sa.Connection) -> None:
    """PostgreSQL: make the triggers, unless those of this code stand. In a transaction."""
    if connection.dialect.name != "postgresql":
        return
    statements = _of_postgres()
    wanted = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    stands = connection.exec_driver_sql(
        f"select obj_description(to_regproc('{_NAMED}_gw_setting'), 'pg_proc')"
    ).scalar()
    if stands == wanted:
        return
    for statement in statements:
        connection.exec_driver_sql(statement.replace("%", "%%"))
    connection.exec_driver_sql(f"comment on function {_NAMED}_gw_setting() is '{wanted}'")
