"""The form of the ledger's databases, held against what the code makes.

Tables, columns, keys and indexes, and that nothing else stands there: what a trigger, a view or a
rule does is done in our own transactions and would be covered as ours. It is held by its parts and
never by its text, for a ledger that was brought forward has another text than one made today.
How each database tells its parts stands in `form_sqlite.py` and `form_postgres.py`. Names that are
not ours are never repeated. Nothing here reads a row of ours, and nothing is changed.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from gateway.ledger import form_postgres, form_sqlite
from gateway.ledger import tables as t
from gateway.ledger.form_parts import RUNS, TABLE, Parts, names_of
from gateway.ledger.replay import Wrong

CHANGED, DAMAGED = "HOVEDBOK_FORM_ENDRET", "LEDGER_SKADET"
LEDGER, PAYLOAD = "ledger", "payload"
_MADE_OF = {LEDGER: (t.meta,), PAYLOAD: (t.payload_meta,)}


def version_table(branch: str) -> str:
    """The table that says which revision a database stands at."""
    return f"gw_version_{branch}"


def _branches(connection: sa.Connection, branch: str) -> tuple[str, ...]:
    # On PostgreSQL both stand in one schema.
    return (branch,) if connection.dialect.name == "sqlite" else (LEDGER, PAYLOAD)


def _expected(connection: sa.Connection, branch: str) -> Parts:
    some = _branches(connection, branch)
    metas = tuple(meta for name in some for meta in _MADE_OF[name])
    versions = tuple(version_table(name) for name in some)
    if connection.dialect.name == "sqlite":
        return form_sqlite.expected(metas, versions)
    return form_postgres.expected(metas, versions)


def wrong(connection: sa.Connection, branch: str) -> Iterator[Wrong]:
    """Every part of this connection's database that is not what the code makes of `branch`, or of
    both where both stand there; and whether the file hangs together."""
    sqlite = connection.dialect.name == "sqlite"
    stands = form_sqlite.stands(connection) if sqlite else form_postgres.stands(connection)
    yield from _compared(_expected(connection, branch), stands, branch)
    if sqlite and form_sqlite.damaged(connection):
        yield Wrong(DAMAGED, f"{branch}.db")


def _compared(made: Parts, stands: Parts, branch: str) -> Iterator[Wrong]:
    ours, there = names_of(made), names_of(stands)
    told: set[tuple[str, tuple[str, ...]]] = set()
    for part in sorted(made.keys() | stands.keys()):
        table, kind, name = part
        if made.get(part) == stands.get(part):
            continue
        if kind not in (TABLE, *RUNS) and (table in ours) is not (table in there):
            continue  # the whole table has come or gone, and is told of as that
        key = [kind, name] if name and part in made else [kind]
        told.add((table if table in ours else branch, tuple(key)))
    for where, told_as in sorted(told):
        yield Wrong(CHANGED, where, told_as)


def strange(connection: sa.Connection, branch: str) -> Wrong | None:
    """What runs in our transactions and is not ours, or is shown in a table's place: the first
    trigger, view or rule; None as a rule. Cheap."""
    if connection.dialect.name == "sqlite":
        found = form_sqlite.running(connection)
    else:
        found = form_postgres.running(connection)
    if not found:
        return None
    made = _expected(connection, branch)
    # What should be there and is not is the whole comparison's to tell.
    found |= {part: told for part, told in made.items() if part[1] not in RUNS}
    made = {part: told for part, told in made.items() if part in found}
    return next(_compared(made, found, branch), None)


def missing(connection: sa.Connection, branch: str) -> Wrong | None:
    """The first table of ours that is not there, in a database at the newest revision."""
    there = set(sa.inspect(connection).get_table_names())
    for meta in _MADE_OF[branch]:
        for name in sorted(meta.tables):
            if name not in there:
                return Wrong(CHANGED, name, (TABLE,))
    return None
