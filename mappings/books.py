"""Double-entry accounting: every leaf of the source document in exactly one account.

The account of a leaf follows from its row: what the target does with the row's canonical field.
What the policy withheld and what the encoding remarked on move single leaves to another account.
The number of leaves is counted on the raw document, by a count that knows no row; a row that is
forgotten, or a record that a walk passed by, therefore shows as books that do not balance.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from gateway.ports.mapping import Account, BookLine, Books, Decoded, Encoded, Note, SystemMapping
from mappings.leaves import count_leaves
from mappings.reading import Traced
from mappings.section import Section
from mappings.table_mapping import TableMapping

Ledger = tuple[Account, str]
Lines = list[BookLine]
Fields = dict[str, Ledger]
Entry = tuple[str, str, Ledger]
Key = tuple[str, Account, str]
Change = tuple[Key, Key]

_NOTES = {
    Note.DERIVED: Account.DERIVED,
    Note.MANUAL: Account.CARRIED,
    Note.PLACEHOLDER: Account.CARRIED,
}

line = lru_cache(maxsize=16384)(BookLine)
"""A frozen line is made once and used again."""


class Plan:
    """How the leaves of one section are booked towards one target."""

    def __init__(self, section: Section, source: TableMapping, target: TableMapping) -> None:
        self.section = section
        self.scalars: list[tuple[str, str, Ledger]] = []
        self.lists: list[tuple[str, str, Ledger]] = []
        accounts = target.accounts
        for key, canonical, _codec in section.fields():
            if not key:
                continue
            ledger = accounts[canonical]
            entry = (key, canonical, ledger)
            if key in section.children or _is_list(section, key):
                self.lists.append(entry)
            else:
                self.scalars.append(entry)
        for key, code in section.own.items():
            ledger = (Account.CARRIED, code)
            (self.lists if _is_list(section, key) else self.scalars).append((key, "", ledger))
        self._cache: dict[int, tuple[BookLine, ...]] = {}
        self._named: dict[str, tuple[Entry, ...]] = {}
        for entry in (*self.scalars, *self.lists):
            _, _, field = entry[1].partition(".")
            self._named[field] = (*self._named.get(field, ()), entry)
        self._listed = frozenset(key for key, _, _ in self.lists)
        self._whole: dict[tuple[str, Ledger], tuple[Change, ...]] = {}

    def place(self, key: str) -> str:
        """The wire path of a key."""
        return f"{self.section.place}.{key}" if self.section.place else key

    def scalar_lines(self, count: int) -> tuple[BookLine, ...]:
        """The lines of all scalar keys of `count` records."""
        found = self._cache.get(count)
        if found is None:
            found = tuple(
                line(self.place(key), account, code, count)
                for key, _canonical, (account, code) in self.scalars
            )
            if len(self._cache) < 512:
                self._cache[count] = found
        return found

    def list_lines(self, records: list[Traced], lines: Lines) -> None:
        """One line for each list key that has leaves of its own; filled children count theirs."""
        children = self.section.children
        for key, _canonical, (account, code) in self.lists:
            own = 0
            for traced in records:
                value = traced[0][key]
                if not value:
                    own += 1
                elif key not in children:
                    own += len(value)
            if own:
                lines.append(line(self.place(key), account, code, own))

    def whole(self, kind: str, moved: Ledger) -> tuple[Change, ...]:
        """The changes when all scalar leaves of one kind in a record move together."""
        found = self._whole.get((kind, moved))
        if found is None:
            found = self._whole[(kind, moved)] = tuple(
                ((self.place(key), *ledger), (self.place(key), *moved))
                for key, canonical, ledger in self.scalars
                if canonical.partition(".")[0] == kind and ledger != moved and _may(ledger, moved)
            )
        return found

    def entries(
        self, record: dict[str, Any], fields: Iterable[str] | None
    ) -> Iterator[tuple[str, str, Ledger, int]]:
        """Own leaves of one record as (key, canonical, ledger, count); of some, or of all."""
        if fields is None:
            chosen: Iterable[Entry] = (*self.scalars, *self.lists)
        else:
            chosen = [entry for field in fields for entry in self._named.get(field, ())]
        for key, canonical, ledger in chosen:
            own = 1
            if key in self._listed and (value := record[key]):
                own = 0 if key in self.section.children else len(value)
            if own:
                yield key, canonical, ledger, own


def _is_list(section: Section, key: str) -> bool:
    return str(section.wire.__annotations__[key]).startswith("list[")


@lru_cache(maxsize=16)
def _plans(source: TableMapping, target: TableMapping) -> dict[str, Plan]:
    return {name: Plan(s, source, target) for name, s in source.sections.items()}


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
    lines: Lines = []
    for name, records in decoded.trace.items():
        plan = plans[name]
        if not records:
            continue
        lines += plan.scalar_lines(len(records))
        if plan.lists:
            plan.list_lines(records, lines)
        width = len(plan.section.keys)
        for traced in records:
            if len(traced[0]) != width:
                _unknown(plan, traced[0], lines)
    moves = _moves(encoded, withheld)
    if moves:
        lines = _moved(plans, decoded.trace, moves, lines)
    return Books(count_leaves(wire), tuple(lines))


def _unknown(plan: Plan, record: dict[str, Any], lines: Lines) -> None:
    """Keys without a row are kept word for word."""
    for key in record.keys() - plan.section.keys:
        lines.append(
            line(plan.place("?"), Account.CARRIED, "UKJENT_FELT", count_leaves(record[key]))
        )


def _moves(
    encoded: Encoded, withheld: Mapping[tuple[str, str], str]
) -> dict[str, dict[str, Ledger]]:
    """By entity: which fields ("" for all) end elsewhere than their row says. Policy wins."""
    moves: dict[str, dict[str, Ledger]] = {}
    for remark in encoded.remarks:
        fields = moves.setdefault(remark.entity, {})
        fields.setdefault(remark.field, (_NOTES[remark.kind], remark.code))
    for (entity, field), code in withheld.items():
        moves.setdefault(entity, {})[field] = (Account.WITHHELD, code)
    return moves


def _moved(
    plans: dict[str, Plan],
    trace: dict[str, list[Traced]],
    moves: dict[str, dict[str, Ledger]],
    lines: Lines,
) -> Lines:
    """The lines after the moves; whole entities take their children with them."""
    changes: dict[tuple[str, Account, str], int] = {}
    whole: dict[int, Ledger] = {}
    for name, records in trace.items():
        plan = plans[name]
        second = plan.section.second
        for record, entity, other in records:
            above = whole.get(id(record)) if whole else None
            if above is None and entity not in moves and other not in moves:
                continue
            mine, theirs = moves.get(entity), moves.get(other) if other else None
            if above is None and second and not plan.lists and _simple(mine) and _simple(theirs):
                _together(plan, mine, theirs, changes)
                continue
            _book(plan, record, (above, mine, theirs, second), changes, whole)
    if not changes:
        return lines
    totals: dict[tuple[str, Account, str], int] = {}
    places = {place for place, _account, _code in changes}
    same = [booked for booked in lines if booked.place not in places]
    for booked in lines:
        if booked.place not in places:
            continue
        key = (booked.place, booked.account, booked.code)
        totals[key] = totals.get(key, 0) + booked.count
    for key, change in changes.items():
        totals[key] = totals.get(key, 0) + change
    return same + [line(*key, count) for key, count in totals.items() if count]


def _simple(fields: Fields | None) -> bool:
    """True for no move, or for one of the whole entity."""
    return fields is None or (len(fields) == 1 and "" in fields)


def _together(
    plan: Plan, mine: Fields | None, theirs: Fields | None, changes: dict[Key, int]
) -> None:
    for kind, fields in ((plan.section.entity, mine), (plan.section.second, theirs)):
        for old, new in plan.whole(kind, fields[""]) if fields else ():
            changes[old] = changes.get(old, 0) - 1
            changes[new] = changes.get(new, 0) + 1


Sides = tuple[Ledger | None, Fields | None, Fields | None, str]


def _book(
    plan: Plan,
    record: dict[str, Any],
    sides: Sides,
    changes: dict[tuple[str, Account, str], int],
    whole: dict[int, Ledger],
) -> None:
    above, mine, theirs, second = sides
    section = plan.section
    fields_only = above is None and not section.within
    wanted: set[str] | None = {*(mine or ()), *(theirs or ())}
    if not fields_only or (wanted is not None and "" in wanted):
        wanted = None
    for key, canonical, ledger, count in plan.entries(record, wanted):
        kind, _, field = canonical.partition(".")
        fields = theirs if second and kind == second else mine
        moved = above
        if moved is None and fields is not None:
            moved = fields.get(field) or fields.get("") or None
            if moved is None and section.within:
                moved = fields.get(section.within.partition(".")[2])
        if moved is None or moved == ledger or not _may(ledger, moved):
            continue
        place = plan.place(key)
        changes[(place, *ledger)] = changes.get((place, *ledger), 0) - count
        changes[(place, *moved)] = changes.get((place, *moved), 0) + count
    entire = above or (mine or {}).get("")
    if entire is not None:
        for key in section.children:
            value = record[key]
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, dict):
                    whole[id(child)] = entire


def _may(ledger: Ledger, moved: Ledger) -> bool:
    """What has no place is carried whatever is remarked; only the policy takes it further."""
    return ledger[0] is not Account.CARRIED or moved[0] is Account.WITHHELD
