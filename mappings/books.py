"""Double-entry accounting: every leaf of the source document in exactly one account.

The account of a leaf follows from its row: what the target does with the row's canonical field.
What the policy withheld and what the encoding remarked on move single leaves to another account.
The number of leaves is counted on the raw document, by a count that knows no row; a row that is
forgotten, or a record that a walk passed by, therefore shows as books that do not balance.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gateway.ports.mapping import Account, BookLine, Books, Decoded, Encoded, Note, SystemMapping
from mappings.booking import Fields, Ledger, Plan, line, move
from mappings.document import Counted
from mappings.leaves import count_leaves
from mappings.reading import Traced
from mappings.table_mapping import TableMapping

Lines = list[BookLine]
Moves = dict[str, Fields]


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
    lines: Lines = []
    above: dict[int, Ledger] = {}
    for name, records in decoded.trace.items():
        if not records:
            continue
        plan = plans[name]
        touched: list[Traced] = []
        counts = plan.tally(records, moves, touched)
        if above:
            touched = [t for t in records if t[1] in moves or t[2] in moves or id(t[0]) in above]
        if touched:
            moved = [(t[0], moves.get(t[1]), moves.get(t[2])) for t in touched]
            lines += plan.moved_lines(moved, above, counts)
        else:
            lines += plan.found.get(counts) or plan.lines(counts)
        if counts[1]:
            for traced in records:
                _unknown(plan, traced[0], lines)
    leaves = wire.leaves if type(wire) is Counted else count_leaves(wire)
    return Books(leaves, tuple(lines))


@lru_cache(maxsize=16)
def _plans(source: TableMapping, target: TableMapping) -> dict[str, Plan]:
    """One plan per section, parents before children."""
    return {name: Plan(s, target) for name, s in source.sections.items()}


def _unknown(plan: Plan, record: dict[str, Any], lines: Lines) -> None:
    """Keys without a row are kept word for word."""
    for key in record.keys() - plan.section.keys:
        count = count_leaves(record[key])
        lines.append(line(plan.place("?"), Account.CARRIED, "UKJENT_FELT", count))


def _moves(encoded: Encoded, withheld: Mapping[tuple[str, str], str]) -> Moves:
    """By entity: which fields ("" for all) end elsewhere than their row says. Policy wins."""
    moves: Moves = {}
    for remark in encoded.remarks:
        derived = remark.kind is Note.DERIVED
        ledger = move("derived" if derived else "carried", remark.code)
        fields = moves.get(remark.entity)
        if fields is None:
            moves[remark.entity] = {remark.field: ledger}
        else:
            fields.setdefault(remark.field, ledger)
    for (entity, field), code in withheld.items():
        moves.setdefault(entity, {})[field] = move("withheld", code)
    return moves
