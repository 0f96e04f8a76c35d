"""The chosen part of a source: by unit, level, status, a list of logs, or the first that are new.

A municipality moves a unit or fifty children at a time. What is chosen is part of what is signed,
and what lies outside is counted. Pure; holds ids, codes and names of units, nothing of a person.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Scope:
    """What is chosen; everything by default. The parts hold together: all must say yes.

    `logs` are the source's refs or our ids (None: any). `first` counts logs that have not been
    moved before, in the source's order (None: all).
    """

    units: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    logs: tuple[str, ...] | None = None
    first: int | None = None

    @property
    def all(self) -> bool:
        """True when everything is chosen."""
        return self == Scope()

    @property
    def by_content(self) -> bool:
        """True when a log must be read to know whether it is chosen."""
        return bool(self.units or self.levels or self.statuses)

    def chosen(self, logg: Stafettlogg) -> bool:
        """True when unit, level and status are among those asked for. A level nobody has set is
        no level, so it is never among those asked for."""
        if self.levels and logg.nivaa not in self.levels:
            return False
        if self.statuses and logg.status.value not in self.statuses:
            return False
        return not self.units or bool(unit_names(logg) & {_folded(unit) for unit in self.units})

    def named(self, ref: str, logg: str) -> bool:
        """True unless a list of logs was given and this is not on it."""
        return self.logs is None or ref in self.logs or (bool(logg) and logg in self.logs)

    def unanswered(self, answered: Collection[str]) -> tuple[int, ...]:
        """Positions (from 1) in the list of the names that nothing answered to. `answered` are the
        source's refs and our ids of what it holds."""
        known = set(answered)
        return tuple(n for n, name in enumerate(self.logs or (), 1) if name not in known)

    def unknown_units(self, names: Collection[str]) -> tuple[int, ...]:
        """Positions (from 1) of the units that no log belongs to. `names` are the source's units,
        by every name (see `unit_names`)."""
        known = set(names)
        return tuple(n for n, unit in enumerate(self.units, 1) if _folded(unit) not in known)

    def text(self) -> str | None:
        """As it is kept and signed; None for everything."""
        return None if self.all else json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @staticmethod
    def of(text: str | None) -> "Scope":
        """From what was kept."""
        if not text:
            return Scope()
        data: dict[str, Any] = json.loads(text)
        listed = data["logs"]
        return Scope(
            tuple(data["units"]),
            tuple(data["levels"]),
            tuple(data["statuses"]),
            None if listed is None else tuple(listed),
            data["first"],
        )


def unit_names(logg: Stafettlogg) -> set[str]:
    """The responsible unit, by the names it goes by, as they are compared."""
    for unit in logg.virksomheter:
        if unit.id == logg.ansvarlig_virksomhet:
            return {_folded(name) for name in (unit.navn, unit.orgnr, unit.id) if name}
    return {_folded(logg.ansvarlig_virksomhet)} if logg.ansvarlig_virksomhet else set()


def _folded(name: str) -> str:
    return name.strip().lower()
