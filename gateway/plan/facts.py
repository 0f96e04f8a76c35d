"""What a step remembers of its draft: the books by place, remarks, breaches and withheld codes.

Places, codes and counts only, so that a plan can be printed, sent by e-mail and signed.
"""

from collections import Counter
from typing import Any

from gateway.plan.draft import Draft
from gateway.ports.mapping import Account
from schemas.stafettlogg.logg import Stafettlogg


def facts_of(made: Draft) -> dict[str, Any]:
    """JSON-ready facts. `books` is [place, account, code, count] for every line."""
    return {
        "leaves": made.books.leaves,
        "books": [
            [line.place, line.account.value, line.code, line.count] for line in made.books.lines
        ],
        "findings": [
            [f.code, list(f.rules), f.hold, f.entity, f.field,
             f.until.isoformat() if f.until else ""]
            for f in made.verdict.findings
        ],
        "remarks": [[r.kind.value, r.code, r.entity, r.field] for r in made.remarks],
        "breaches": [[b.regel, b.entitet] for b in made.breaches],
        "bytes": len(made.body),
        "files": len(made.documents),
        "unit": unit_of(made.logg),
    }  # fmt: skip


def unit_of(logg: Stafettlogg) -> str:
    """The organisation number of the unit that is responsible, or an empty string."""
    unit = next((v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet), None)
    return (unit.orgnr or "") if unit is not None else ""


def accounts(facts: dict[str, Any]) -> Counter[str]:
    """Leaves per account of one step's facts."""
    count: Counter[str] = Counter()
    for _place, account, _code, leaves in facts.get("books", ()):
        count[account] += leaves
    return count


def losses(facts: dict[str, Any]) -> list[list[Any]]:
    """The book lines a person must read: what the target does not get."""
    shown = {Account.CARRIED.value, Account.WITHHELD.value, Account.LOST.value}
    return [line for line in facts.get("books", ()) if line[1] in shown]
