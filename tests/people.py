"""People of the tests: who acts, and a staff file with those the stories name."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gateway.ledger.access import Access, Ground, Shown, note
from gateway.staff.member import Acting
from gateway.staff.roles import Act

UNIT = "899101103"
FOLK: dict[str, tuple[str, ...]] = {
    "IT": ("it_leder",),
    "leder": ("leder", "stafettholder"),
    "Rektor": ("leder",),
    "arkivar": ("arkivar",),
    "fag": ("fagansvarlig",),
    "ombud": ("personvernombud",),
    "leser": ("lesetilgang",),
}
"""Reference -> roles, of the staff of every town a story plays in."""


def acting(ref: str = "IT", act: Act = Act.SIGN, rolle: str = "it_leder") -> Acting:
    """Somebody who was asked for and may."""
    return Acting(ref, rolle, act)


def seen(house: Any, hva: Shown, own: str, by: str = "leder") -> Access:
    """The entry that somebody is shown something; `house` has a `database`."""
    who = acting(by, Act.SEE_LOG, "leder")
    return note(house.database, "2026-11-01T00:00:00Z", who, hva, own, Ground.ARKIVPLIKT)


def line(ref: str, roles: Iterable[str], **more: Any) -> dict[str, Any]:
    """A line of a staff file."""
    return {"ref": ref, "virksomhet": UNIT, "virksomhetNavn": "Solbakken skole",
            "roller": list(roles), "navn": f"{ref} Oppdiktet", **more}  # fmt: skip


def staff_file(path: Path, lines: Iterable[dict[str, Any]] | None = None) -> Path:
    """Write a staff file: those of `FOLK`, or these lines."""
    told = [line(ref, roles) for ref, roles in FOLK.items()] if lines is None else list(lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"ansatte": told}, ensure_ascii=False), encoding="utf-8")
    return path
