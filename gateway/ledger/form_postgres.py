"""The parts of the PostgreSQL schema our tables stand in, as its own catalogue tells them.

What an extension brought is its own. Sequences decide nothing here, and functions nobody's trigger
calls do nothing by themselves; neither is looked at. Names of catalogues and columns:
PostgreSQL's documentation, part VII, "System Catalogs".
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from gateway.ledger import touched
from gateway.ledger.form_parts import (
    COLUMN,
    CONSTRAINT,
    FUNCTION,
    INDEX,
    KEY,
    RULE,
    RUNS,
    TABLE,
    TRIGGER,
    VIEW,
    Parts,
    plain,
)

_OURS = "(select oid from pg_namespace where nspname = current_schema())"
_EXTENSION = (
    "not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass "
    "and d.objid = c.oid and d.deptype = 'e')"
)
_TABLES = f"""
select c.relname, c.relkind::text, c.relrowsecurity or c.relforcerowsecurity,
  exists (select 1 from pg_inherits i where c.oid in (i.inhparent, i.inhrelid)),
  c.relpersistence::text
from pg_class c where c.relnamespace = {_OURS} and c.relkind in ('r', 'p', 'f', 'v', 'm')
and {_EXTENSION}"""  # noqa: S608
_COLUMNS = f"""
select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
  pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text,
  a.attcollation = y.typcollation
from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type y on y.oid = a.atttypid
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = {_OURS} and c.relkind in ('r', 'p') and a.attnum > 0
and not a.attisdropped and {_EXTENSION}"""  # noqa: S608
_CONSTRAINTS = f"""
select c.relname, k.conname, k.contype::text, (select array_agg(a.attname::text order by u.nr)
  from unnest(k.conkey) with ordinality u(num, nr)
  join pg_attribute a on a.attrelid = c.oid and a.attnum = u.num)
from pg_constraint k join pg_class c on c.oid = k.conrelid
where c.relnamespace = {_OURS} and k.contype not in ('n', 't') and {_EXTENSION}"""  # noqa: S608
_INDEXES = f"""
select c.relname, x.relname, i.indisunique, i.indisvalid and i.indisready and i.indislive,
  pg_get_expr(i.indpred, i.indrelid),
  (select array_agg(pg_get_indexdef(i.indexrelid, n, true) order by n)
   from generate_series(1, i.indnkeyatts) n), m.amname
from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
join pg_am m on m.oid = x.relam
where c.relnamespace = {_OURS} and not i.indisprimary and {_EXTENSION}"""  # noqa: S608
_TRIGGERS = f"""
select c.relname, g.tgname, g.tgenabled::text, g.tgtype, p.proname, p.pronamespace = {_OURS},
  g.tgqual is null and g.tgconstraint = 0 and g.tgattr::text = ''
from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_proc p on p.oid = g.tgfoid
where c.relnamespace = {_OURS} and not g.tgisinternal"""  # noqa: S608
_FUNCTIONS = f"""
select p.proname, p.prosrc, l.lanname, p.prosecdef, p.proconfig is null
from pg_proc p join pg_language l on l.oid = p.prolang
where p.pronamespace = {_OURS} and p.proname = any(%s)"""  # noqa: S608
_RULES = f"""
select c.relname, r.rulename from pg_rewrite r join pg_class c on c.oid = r.ev_class
where c.relnamespace = {_OURS} and r.rulename <> '_RETURN' and {_EXTENSION}"""  # noqa: S608
_GUEST = "gw_lease"
"""The workers' signs of life, which the engine makes in this schema when a worker first starts: a
wrong one costs a wait, so its columns are not looked at; what runs there is."""
_ROW_AFTER_ANY = 1 | 4 | 8 | 16
"""`tgtype` of a trigger for each row, after INSERT, DELETE and UPDATE (catalog/pg_trigger.h)."""


def stands(connection: sa.Connection) -> Parts:
    """The parts of the schema this connection works in."""
    parts = running(connection)
    for table, kind, guarded, inherits, persists in _asked(connection, _TABLES):
        if kind not in ("v", "m"):
            parts[table, TABLE, ""] = (kind, guarded, inherits, persists)
    for table, name, kind, notnull, default, *rest in _asked(connection, _COLUMNS):
        parts[table, COLUMN, name] = (kind, notnull, plain(default), *rest)
    for table, name, kind, columns in _asked(connection, _CONSTRAINTS):
        if kind == "p":
            parts[table, KEY, ""] = tuple(columns)
        else:
            parts[table, CONSTRAINT, name] = (kind,)
    for table, name, unique, whole, where, columns, method in _asked(connection, _INDEXES):
        named = tuple(plain(column) for column in columns)
        parts[table, INDEX, name] = (unique, whole, plain(where), named, method)
    names = [*touched.functions()]
    for name, body, *rest in connection.exec_driver_sql(_FUNCTIONS, (names,)).all():
        parts["", FUNCTION, name] = (body, *rest)
    return {part: told for part, told in parts.items() if part[0] != _GUEST or part[1] in RUNS}


def running(connection: sa.Connection) -> Parts:
    """Triggers, rules and views only."""
    parts: Parts = {}
    for table, name, *rest in _asked(connection, _TRIGGERS):
        parts[table, TRIGGER, name] = tuple(rest)
    for table, name in _asked(connection, _RULES):
        parts[table, RULE, name] = ()
    for table, kind, *_ in _asked(connection, _TABLES):
        if kind in ("v", "m"):
            parts[table, VIEW, ""] = ()
    return parts


def _asked(connection: sa.Connection, query: str) -> Iterable[Any]:
    return connection.exec_driver_sql(query).all()


@cache
def expected(metas: tuple[sa.MetaData, ...], versions: tuple[str, ...]) -> Parts:
    """The parts of a schema the code makes now."""
    parts: Parts = {}
    for name in versions:
        # As Alembic makes it.
        _table(sa.Table(name, sa.MetaData(), sa.Column("version_num", sa.String(32),
                                                       primary_key=True)), parts)  # fmt: skip
    for meta in metas:
        for table in meta.sorted_tables:
            _table(table, parts)
    for name, (table_name, body) in touched.functions().items():
        parts["", FUNCTION, name] = (body, "plpgsql", False, True)
        parts[table_name, TRIGGER, name] = ("O", _ROW_AFTER_ANY, name, True, True)
    return parts


def _table(table: sa.Table, parts: Parts) -> None:
    parts[table.name, TABLE, ""] = ("r", False, False, "p")
    parts[table.name, KEY, ""] = tuple(column.name for column in table.primary_key)
    for column in table.columns:
        kind = column.type.compile(postgresql.dialect()).lower()  # type: ignore[no-untyped-call]
        kind = kind.replace("varchar", "character varying")
        default = "nextval" if column is table.autoincrement_column else _default(column)
        parts[table.name, COLUMN, column.name] = (kind, not column.nullable, default, "", "", True)
    for index in table.indexes:
        where = index.dialect_options["postgresql"]["where"]
        said = "" if where is None else plain(where.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        said = said.replace(f"{table.name}.", "")
        columns = tuple(column.name for column in index.columns)
        parts[table.name, INDEX, str(index.name)] = (index.unique, True, said, columns, "btree")


def _default(column: sa.Column[Any]) -> str:
    given = column.server_default
    return plain(given.arg) if isinstance(given, sa.DefaultClause) else ""
