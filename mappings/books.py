"""Double-entry accounting: every leaf of the source document in exactly one account.

The account of a leaf follows from its row: what the target does with the row's canonical field.
What the policy withheld and what the encoding remarked on move single leaves to another account.
The number of leaves is counted on the raw document, by a count that knows no row; a row that is
forgotten, or a record that a walk passed by, therefore shows as books that do not balance.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gateway.ports.mapping import Account, Books, Decoded, Encoded, Note, Sheet, SystemMapping
from mappings.booking import Fields, Ledger, Plan, Touched, line, move
from mappings.document import Counted
from mappings.leaves import count_leaves
from mappings.reading import Traced
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
    sheets: list[Sheet] = []
    above: dict[int, Ledger] = {}
    for name, records in decoded.trace.items():
        if not records:
            continue
        plan = plans[name]
        touched: Touched = []
        counts = plan.tally(records, moves, touched)
        if above:
            touched = [
                (record, moves.get(entity), moves.get(other))
                for record, entity, other in records
                if entity in moves or other in moves or id(record) in above
            ]
        if touched:
            sheets.append(plan.moved_lines(touched, above, counts))
        else:
            sheets.append(plan.found.get(counts) or plan.lines(counts))
        if counts[1]:
            sheets.append(_unknown(plan, records))
    leaves = wire.leaves if type(wire) is Counted else count_leaves(wire)
    return Books(leaves, tuple(sheets))


@lru_cache(maxsize=16)
def _plans(source: TableMapping, target: TableMapping) -> dict[str, Plan]:
    """One plan per section, parents before children."""
    return {name: Plan(s, target) for name, s in source.sections.items()}


def _unknown(plan: Plan, records: list[Traced]) -> Sheet:
    """Keys without a row are kept word for word."""
    return Sheet(
        line(plan.place("?"), Account.CARRIED, "UKJENT_FELT", count_leaves(record[key]))
        for record, _, _ in records
        for key in record.keys() - plan.section.keys
    )


def _moves(encoded: Encoded, withheld: Mapping[tuple[str, str], str]) -> Moves:
    """By entity: which fields ("" for all) end elsewhere than their row says. Policy wins."""
    moves: Moves = {}
    for kind, code, entity, field in encoded.remarks:
        ledger = move("derived" if kind is _DERIVED else "carried", code)
        fields = moves.get(entity)
        if fields is None:
            moves[entity] = {field: ledger}
        else:
            fields.setdefault(field, ledger)
    for (entity, field), code in withheld.items():
        moves.setdefault(entity, {})[field] = move("withheld", code)
    return moves
