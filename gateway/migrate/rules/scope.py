"""The chosen part of a source: by unit, level, status, a list of logs, or the first that are new.

A municipality moves a unit or fifty children at a time. What is chosen is part of what is signed,
and what lies outside is counted. Pure; holds ids, codes and names of units, nothing of a person.
"""

import json
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
        return not self.units or bool(_unit(logg) & {u.strip().lower() for u in self.units})

    def named(self, ref: str, logg: str) -> bool:
        """True unless a list of logs was given and this is not on it."""
        return self.logs is None or ref in self.logs or (bool(logg) and logg in self.logs)

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


def _unit(logg: Stafettlogg) -> set[str]:
    """The responsible unit, by the names it goes by."""
    for unit in logg.virksomheter:
        if unit.id == logg.ansvarlig_virksomhet:
            return {name.strip().lower() for name in (unit.navn, unit.orgnr, unit.id) if name}
    return {logg.ansvarlig_virksomhet.lower()} if logg.ansvarlig_virksomhet else set()
