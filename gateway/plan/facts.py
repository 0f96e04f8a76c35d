"""What a step remembers of its draft: books by place, remarks, breaches, findings and notes.

Places, codes and counts only, so that a plan can be printed, sent by e-mail and signed.
"""

from collections import Counter
from typing import Any

from gateway.plan.draft import Draft
from gateway.policy.verdict import Verdict
from gateway.ports.mapping import Account
from schemas.stafettlogg.identifikator import is_orgnr
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
            if not f.note
        ],
        "notes": notes_of(made.verdict),
        "remarks": [[r.kind.value, r.code, r.entity, r.field] for r in made.remarks],
        "breaches": [[b.regel, b.entitet] for b in made.breaches],
        "bytes": len(made.body),
        "files": len(made.documents),
        "unit": unit_of(made.logg),
    }  # fmt: skip


def unit_of(logg: Stafettlogg) -> str:
    """The organisation number of the unit that is responsible, or an empty string: what stands in
    the field may be anything, and anything but an organisation number stays in the log."""
    unit = next((v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet), None)
    told = (unit.orgnr or "") if unit is not None else ""
    return told if is_orgnr(told) else ""


def notes_of(verdict: Verdict) -> list[list[Any]]:
    """What is told of a log and neither holds nor withholds: [code, rules, entity, field]."""
    return [[f.code, list(f.rules), f.entity, f.field] for f in verdict.notes]


def noted(facts: dict[str, Any]) -> set[str]:
    """The codes of the notes of one step's facts, each once; a plan made before notes has none."""
    return {code for code, _rules, _entity, _field in facts.get("notes", ())}


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
