"""Which tables the keyed chain covers, whose each row is, and why the others are left out.

The one place that says it; a test holds every table of `meta` to it. Whose a row is (its owner) is
a column of its primary key, so that a row that is gone has one too, and so that what is read of a
run can be held to the chain without reading the rest. A table without such a column is its own
owner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from gateway.ledger import (  # noqa: F401 - their tables join `meta`
    archive_tables,
    moving_tables,
    transfer_tables,
)
from gateway.ledger import tables as t

OWNED_BY: dict[str, str] = {
    "gw_setting": "",
    "gw_plan": "plan_id",
    "gw_approval": "plan_id",
    "gw_manifest": "owner",
    "gw_record": "system",
    "gw_file": "system",
    "gw_step": "plan_id",
    "gw_run": "run_id",
    "gw_effect": "run_id",
    "gw_chunk_done": "run_id",
    "gw_agreed": "one",
    "gw_version": "",
    "gw_creation": "target",
    "gw_sample": "run_id",
    "gw_task": "tenant",
    "gw_waiting": "tenant",
    "gw_seen": "system",
    "gw_snapshot": "snapshot_id",
    "gw_snapshot_file": "snapshot_id",
    "gw_archive_job": "",
    "gw_delivery": "snapshot_id",
    "gw_tick": "",
    "gw_tombstone": "system",
    "gw_notice": "",
    "gw_move_pointer": "tenant",
    "gw_watched": "system",
    "gw_watched_person": "system",
    "gw_move_case": "",
    "gw_overfoering": "overfoering_id",
    "gw_overfoering_aapen": "tenant",
    "gw_overfoeringsmelding": "tenant",
    "gw_overfoering_kjent": "system",
    "gw_etterspoersel": "tenant",
}
"""Each covered table, and the column of its primary key that says whose a row is, or nothing."""

LEFT_OUT: dict[str, str] = {
    "gw_entry": "the chain itself: every entry carries its own keyed hash",
    "gw_cover": "the covers themselves: every link carries its own",
    "gw_head": "where both end; held to the last entry and the last link",
    "gw_claim": "which worker has a chunk in hand; a wrong one costs a wait and decides nothing",
    "gw_orphan": "a note of sealed bytes nothing points at; asked again before anything goes",
    "gw_pace": "when an archive may be called again; a wrong one costs a wait",
}
"""Each table that is not covered, and why it need not be."""

Key = tuple[Any, ...]
"""A primary key's values, in the table's order."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A covered table as its rows are read: all its columns by name, and where its key is."""

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    owner: int
    """Where in the key its owner stands; -1 for a table that is its own."""

    def owner_of(self, key: Sequence[Any]) -> str:
        """Whose the row with this key is."""
        return self.table if self.owner < 0 else str(key[self.owner])


def shape_of(table: str, columns: Sequence[str], key: Sequence[str]) -> Shape:
    """A table's shape from its columns and its key, as the code or a database has them."""
    owner = OWNED_BY[table]
    return Shape(
        table, tuple(sorted(columns)), tuple(key), tuple(key).index(owner) if owner else -1
    )


@cache
def shapes() -> dict[str, Shape]:
    """Every covered table as the code has it."""
    return {
        name: shape_of(
            name,
            [column.name for column in t.meta.tables[name].columns],
            [column.name for column in t.meta.tables[name].primary_key],
        )
        for name in OWNED_BY
    }


def standing(connection: sa.Connection) -> dict[str, Shape]:
    """Every covered table as this database has it, which may be older than the code."""
    found = sa.inspect(connection)
    there = set(found.get_table_names())
    return {
        name: shape_of(
            name,
            [column["name"] for column in found.get_columns(name)],
            found.get_pk_constraint(name)["constrained_columns"],
        )
        for name in OWNED_BY
        if name in there
    }
