"""How the leaves of one section are booked towards one target: the plan behind the books."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from gateway.ports.mapping import Account, BookLine, Sheet
from mappings.reading import Left
from mappings.section import Section
from mappings.table_mapping import TableMapping

Ledger = tuple[Account, str]


Move = tuple[str, str, str]
"""Field ("" for all), account and code."""


class Fields(dict[str, Ledger]):
    """Where fields ("" for all) of an entity end. One for each content, kept: `id` names it."""


Entry = tuple[str, str, str, Ledger]
Touched = list[tuple[dict[str, Any], Fields | None, Fields | None, Fields | None]]
"""Records with what moves of their first entity, of their second, and of their keys that are kept
raw: a raw value stands nowhere in the target, whatever its row says.
"""

Counts = tuple[int, ...]
_MOST = 4096

line = lru_cache(maxsize=16384)(BookLine)
"""A frozen line is made once and used again."""


@cache
def ledger(account: str, code: str) -> Ledger:
    """The one ledger of an account and a code."""
    return Account(account), code


@cache
def fields(*moved: Move) -> Fields:
    """The one `Fields` of these moves, of which the first of a field holds."""
    found = Fields()
    for field, account, code in moved:
        found.setdefault(field, ledger(account, code))
    return found


@cache
def raw(left: Left | None) -> Fields | None:
    """The one `Fields`, by wire key, of what a record left raw."""
    return None if left is None else Fields({key: ledger("carried", why) for key, why in left})


class Found(dict[Counts, Sheet]):
    """Sheets by what was counted, made when first asked for."""

    def __init__(self, make: Callable[[Counts], Sheet]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, counts: Counts) -> Sheet:
        """The sheet, kept while there is room."""
        found = self._make(counts)
        if len(self) < _MOST:
            self[counts] = found
        return found


class Plan:
    """`scalars` are keys with one leaf in each record, `lists` those with as many as they hold."""

    def __init__(self, section: Section, target: TableMapping) -> None:
        self.section = section
        self.scalars: list[Entry] = []
        self.lists: list[Entry] = []
        ledgers = [(key, name, target.accounts[name]) for key, name, _ in section.fields() if key]
        ledgers += [(key, ".", (Account.CARRIED, code)) for key, code in section.own.items()]
        listed = dict(section.lists)
        for key, canonical, ledger in ledgers:
            kind, _, field = canonical.partition(".")
            entry = (key, kind, field, ledger)
            (self.lists if key in listed else self.scalars).append(entry)
        self._within = section.within.partition(".")[2]
        self.found = Found(self.lines)
        self._patterns: dict[Any, Sheet] = {}
        self._list_fields = frozenset(entry[2] for entry in self.lists)
        self._listed = frozenset(entry[0] for entry in self.lists)
        self._ledgers = {entry[0]: entry[3] for entry in (*self.scalars, *self.lists)}
        self._reach = {id(None): 0}
        self._chosen: dict[tuple[str, str], tuple[Entry, ...]] = {}

    def place(self, key: str) -> str:
        """The wire path of a key."""
        return f"{self.section.place}.{key}" if self.section.place else key

    def lines(self, counts: Counts) -> Sheet:
        """The lines when every leaf ends where its row says. `counts` is what `tally` gave."""
        if not counts[0]:
            return Sheet(())
        own = zip(self.lists, counts[2:], strict=True)
        scalars = [line(self.place(key), *ledger, counts[0]) for key, _, _, ledger in self.scalars]
        lists = [line(self.place(key), *ledger, n) for (key, _, _, ledger), n in own if n]
        return Sheet(scalars + lists)

    def own(self, key: str, value: Any) -> int:
        """The leaves of a list key that no child section counts."""
        if not value:
            return 1
        return 0 if key in self.section.children else len(value)

    def moved_lines(self, touched: Touched, above: dict[int, Ledger], counts: Counts) -> Sheet:
        """The lines when leaves of some records end elsewhere than their row says."""
        pattern = None if above else self._pattern(touched, counts)
        if pattern is None:
            return self._booked(touched, above, counts)
        found = self._patterns.get(pattern)
        if found is None:
            found = self._booked(touched, above, counts)
            if len(self._patterns) < _MOST:
                self._patterns[pattern] = found
        return found

    def _pattern(self, touched: Touched, counts: Counts) -> Any:
        """What the lines follow from; None when records below are moved with the one above."""
        key: list[Any] = [counts]
        reach, listed = self._reach, self._listed
        for record, mine, theirs, kept in touched:
            one, other = id(mine), id(theirs)
            key += (one, other, id(kept))
            if one not in reach:
                reach[one] = self._reached(mine or {})
            if other not in reach:
                reach[other] = self._reached(theirs or {})
            far = reach[one] | reach[other]
            if kept is not None and not listed.isdisjoint(kept):
                far |= 1
            if far & 2:
                return None
            if far:
                key += [self.own(entry[0], record[entry[0]]) for entry in self.lists]
        return tuple(key)

    def _reached(self, fields: Mapping[str, Ledger]) -> int:
        """0 for moves of single leaves, 1 for those of lists, 2 for those of records below."""
        if "" in fields:
            return 2 if self.section.children else int(bool(self.lists))
        return int(not self._list_fields.isdisjoint(fields))

    def _booked(self, touched: Touched, above: dict[int, Ledger], counts: Counts) -> Sheet:
        booked = {key: counts[0] for key, _, _, _ in self.scalars}
        for (key, _, _, _), own in zip(self.lists, counts[2:], strict=True):
            booked[key] = own
        moved: dict[str, dict[int, tuple[Ledger, int]]] = {}
        for record, mine, theirs, kept in touched:
            for key, ledger, own in self._moves(record, mine, theirs, kept, above.get(id(record))):
                booked[key] -= own
                under = moved.setdefault(key, {})
                under[id(ledger)] = (ledger, under.get(id(ledger), (ledger, 0))[1] + own)
            whole = above.get(id(record)) or (mine.get("") if mine else None)
            if whole is not None and self.section.children:
                self._pass_down(record, whole, above)
        lines = [
            line(self.place(key), account, code, booked[key])
            for key, _, _, (account, code) in (*self.scalars, *self.lists)
            if booked.get(key)
        ]
        for key, ledgers in moved.items():
            lines += [line(self.place(key), *ledger, n) for ledger, n in ledgers.values()]
        return Sheet(lines)

    def _moves(
        self,
        record: dict[str, Any],
        mine: Fields | None,
        theirs: Fields | None,
        kept: Fields | None,
        above: Ledger | None,
    ) -> list[tuple[str, Ledger, int]]:
        """(key, new ledger, leaves) of one record. A field's own move wins over the entity's."""
        chosen: dict[str, tuple[Ledger, Ledger]] = {}
        second = self.section.second
        if above is not None:
            chosen = {key: (ledger, above) for key, _, _, ledger in (*self.scalars, *self.lists)}
        for kind, fields in ((second and theirs and second, theirs), ("", mine)):
            for field, new in sorted((fields or {}).items()):
                for key, _, _, old in self._entries(kind or "", field):
                    if above is None or new[0] is Account.WITHHELD:
                        chosen[key] = (old, new)
        for key, new in (kept or {}).items() if above is None else ():
            if key not in chosen or chosen[key][1][0] is not Account.WITHHELD:
                chosen[key] = (self._ledgers[key], new)
        return [
            (key, new, own)
            for key, (old, new) in chosen.items()
            if _may(old, new) and (own := self._count(key, record[key]))
        ]

    def _count(self, key: str, value: Any) -> int:
        return self.own(key, value) if isinstance(value, (list, dict)) or key in self._listed else 1

    def _entries(self, kind: str, field: str) -> tuple[Entry, ...]:
        """The entries of a field ("" for all) of the second entity (named) or of the first."""
        found = self._chosen.get((kind, field))
        if found is None:
            second = self.section.second
            found = self._chosen[(kind, field)] = tuple(
                entry
                for entry in (*self.scalars, *self.lists)
                if (entry[1] == second) is bool(kind) or not second
                if field in ("", entry[2]) or (field == self._within and field)
            )
        return found

    def _pass_down(self, record: dict[str, Any], whole: Ledger, above: dict[int, Ledger]) -> None:
        for key in self.section.children:
            value = record[key]
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, dict):
                    above[id(child)] = whole


def _may(old: Ledger, new: Ledger) -> bool:
    """What has no place is carried whatever is remarked; only the policy takes it further."""
    return old != new and (old[0] is not Account.CARRIED or new[0] is Account.WITHHELD)
