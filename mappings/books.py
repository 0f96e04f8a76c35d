"""Double-entry accounting: every leaf of the source document in exactly one account.

The account of a leaf follows from its row: what the target does with the row's canonical field.
What the policy withheld, what the encoding remarked on and what a reading could only keep raw move
single leaves to another account.
The number of leaves is counted on the raw document, by a count that knows no row; a row that is
forgotten, or a record that a walk passed by, therefore shows as books that do not balance.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gateway.ports.mapping import Account, Books, Decoded, Encoded, Note, Sheet, SystemMapping
from mappings.booking import Fields, Ledger, Move, Plan, Touched, fields, line, raw
from mappings.document import Counted
from mappings.leaves import count_leaves
from mappings.reading import Trace
from mappings.table_mapping import TableMapping

Moves = dict[str, Fields]
_DERIVED = Note.DERIVED


def settle(
    source: SystemMapping,
    target: SystemMapping,
    wire: Mapping[str, Any],
    decoded: Decoded,
    encoded: Encoded,
    withheld: Mapping[tuple[str, str], str],
) -> Books:
    """The books of one log. `withheld` is (entity id, field or "") to public code."""
    if not isinstance(source, TableMapping) or not isinstance(target, TableMapping):
        raise TypeError("books are settled between mappings of rows")
    plans = _plans(source, target)
    moves = _moves(encoded, withheld)
    left = decoded.trace.left
    touched: dict[str, Touched] = {}
    for name, record, entity, other in decoded.trace:
        if entity in moves or other in moves or id(record) in left:
            one = record, moves.get(entity), moves.get(other), raw(left.get(id(record)))
            touched.setdefault(name, []).append(one)
    sheets: list[Sheet] = []
    above: dict[int, Ledger] = {}
    for name, counts in decoded.counts.items():
        plan = plans[name]
        here = _below(name, decoded.trace, moves, above) if above else touched.get(name)
        if here:
            sheets.append(plan.moved_lines(here, above, counts))
        else:
            sheets.append(plan.found[counts])
        if counts[1]:
            sheets.append(_unknown(plan, decoded.trace))
    leaves = wire.leaves if type(wire) is Counted else count_leaves(wire)
    return Books(leaves, tuple(sheets))


@lru_cache(maxsize=16)
def _plans(source: TableMapping, target: TableMapping) -> dict[str, Plan]:
    """One plan per section, parents before children."""
    return {name: Plan(s, target) for name, s in source.sections.items()}


def _below(name: str, trace: Trace, moves: Moves, above: Mapping[int, Ledger]) -> Touched:
    """The records of a section that are moved, or stand in one that is."""
    left = trace.left
    return [
        (record, moves.get(entity), moves.get(other), raw(left.get(id(record))))
        for section, record, entity, other in trace
        if section == name
        if entity in moves or other in moves or id(record) in above or id(record) in left
    ]


def _unknown(plan: Plan, trace: Trace) -> Sheet:
    """Keys without a row are kept word for word."""
    return Sheet(
        line(plan.place("?"), Account.CARRIED, "UKJENT_FELT", count_leaves(record[key]))
        for section, record, _, _ in trace
        if section == plan.section.name
        for key in record.keys() - plan.section.keys
    )


def _moves(encoded: Encoded, withheld: Mapping[tuple[str, str], str]) -> Moves:
    """By entity: which fields ("" for all) end elsewhere than their row says. Policy wins."""
    moves: Moves = {}
    several: dict[str, list[Move]] = {}
    for (entity, field), code in withheld.items():
        several.setdefault(entity, []).append((field, "withheld", code))
        moves[entity] = fields(*several[entity])
    for kind, code, entity, field in encoded.remarks:
        one = (field, "derived" if kind is _DERIVED else "carried", code)
        only = fields(one)
        if moves.setdefault(entity, only) is not only:
            several.setdefault(entity, _moved(moves[entity])).append(one)
            moves[entity] = fields(*several[entity])
    return moves


def _moved(one: Fields) -> list[Move]:
    return [(field, account.value, code) for field, (account, code) in one.items()]
