"""What of a record the model has no place for: kept beside the entity as canonical JSON (`raa`),
and put back on the way home.

Shape: a key without a row under its own name, and four marks:

    "#": {list: [id key, [ids]]}    the order of a list that the model gives in another order
    "@": {list: [row, …]}           what rows without an id could not hold (see `tied`)
    "~": {key: [ruled, raw]}        the raw value, written again while the rule still gives `ruled`
    "?": {key: value}               keys without a row that are called as one of the marks

Pure; knows no vendor.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Record = dict[str, Any]
Kept = dict[str, Any]

canonical = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
"""Raises ValueError for a number that is none (`NaN`, `1e400`): no JSON holds it."""
_MARKS = frozenset("#@~?")


def of(record: Record, keys: frozenset[str], raw: Mapping[str, Sequence[Any]] | None) -> Kept:
    """Keys without a row, and raw values: what a record itself leaves."""
    kept: Kept = {}
    if len(record) != len(keys):
        kept = {key: record[key] for key in record if key not in keys}
        marks = kept.keys() & _MARKS
        if marks:
            kept["?"] = {key: kept.pop(key) for key in sorted(marks)}
    if raw:
        kept["~"] = {key: [ruled, value] for key, (ruled, value, _) in raw.items()}
    return kept


def tied(
    records: Sequence[Record], own: Mapping[int, Kept], keys: frozenset[str], named: Sequence[str]
) -> list[Kept]:
    """What rows without an id leave, each tied to its row by what the row says.

    `own` is by index. `says` is the row as the rules write it; `twin` its place among the `twins`
    that say the same; `named` the keys it is known by alone, when the rest of it is edited.
    """
    says = [_says(record, own.get(index, {}), keys) for index, record in enumerate(records)]
    found = []
    for index, kept in own.items():
        twins = [place for place, said in enumerate(says) if said == says[index]]
        name = [says[index][key] for key in named]
        same = [said for said in says if [said[key] for key in named] == name]
        found.append(
            {
                "says": says[index],
                "own": kept,
                "twin": twins.index(index),
                "twins": len(twins),
                "named": [] if None in name or len(same) > 1 else list(named),
            }
        )
    return found


def _says(record: Record, own: Kept, keys: frozenset[str]) -> Record:
    says = {key: record[key] for key in keys}
    says.update({key: ruled for key, (ruled, _) in own.get("~", {}).items()})
    return says


def put_back(record: Record, kept: Kept) -> Record:
    """The record with what was kept of it, its keys sorted. `kept` is used up."""
    for key, (name, order) in kept.pop("#", {}).items():
        record[key] = ordered(record[key], name, order)
    for key, rows in kept.pop("@", {}).items():
        record[key] = _with_rows(record[key], rows)
    for key, (ruled, raw) in kept.pop("~", {}).items():
        if record[key] == ruled:
            record[key] = raw
    record.update(kept.pop("?", {}))
    record.update(kept)
    return dict(sorted(record.items()))


def ordered(records: list[Record], name: str, order: Sequence[str]) -> list[Record]:
    """The records in the order kept; one that is new stays behind the one it stands behind."""
    place = {wire_id: index for index, wire_id in enumerate(order)}
    ranks, rank = [], -1
    for record in records:
        rank = place.get(record[name], rank)
        ranks.append(rank)
    return [records[i] for i in sorted(range(len(records)), key=ranks.__getitem__)]


def _with_rows(records: list[Record], rows: list[Kept]) -> list[Record]:
    """The rows with what was kept of each; what finds no row of its own is left in our copy."""
    found = list(records)
    for row in rows:
        place = _row(records, row)
        if place is not None:
            found[place] = put_back(dict(records[place]), row["own"])
    return found


def _row(records: list[Record], row: Kept) -> int | None:
    """The place of the row that says the same, else of the one so named; None when in doubt.

    Of twins the place among them tells which, but only as long as there are as many as there were.
    """
    twins = [place for place, record in enumerate(records) if record == row["says"]]
    if twins:
        return twins[row["twin"]] if len(twins) == row["twins"] else None
    named = row["named"]
    same = [
        place
        for place, record in enumerate(records)
        if named and all(record[key] == row["says"][key] for key in named)
    ]
    return same[0] if len(same) == 1 else None
