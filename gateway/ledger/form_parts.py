"""What a database's form is told in: parts by table, kind and name, each with what it is."""

import re
from collections.abc import Mapping
from typing import Any

TABLE, COLUMN, KEY, INDEX, CONSTRAINT = "table", "column", "key", "index", "constraint"
TRIGGER, VIEW, RULE, FUNCTION, PRAGMA = "trigger", "view", "rule", "function", "pragma"
RUNS = (TRIGGER, VIEW, RULE)
"""Kinds that do something of their own, or stand in a table's place."""

Part = tuple[str, str, str]
"""A table, a kind and a name: ("gw_run", "column", "state"). No table for what is of none."""
Parts = dict[Part, tuple[Any, ...]]

_CAST = re.compile(r"::[a-z ]+(\(\d+\))?(\[\])?")


def names_of(parts: Mapping[Part, object]) -> set[str]:
    """The tables there are."""
    return {table for table, kind, _ in parts if kind == TABLE}


def plain(expression: object) -> str:
    """A default or a condition without its database's own spelling: `'0'`, `(0)` and
    `'0'::character varying` are one."""
    if expression is None:
        return ""
    text = _CAST.sub("", str(expression).lower())
    if text.startswith("nextval("):
        return "nextval"
    text = re.sub(r"""["'`()\[\]]""", " ", text)
    return {"false": "0", "true": "1"}.get(" ".join(text.split()), " ".join(text.split()))
