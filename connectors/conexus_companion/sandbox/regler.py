"""The vendor's rules of entry, as the municipal guide describes them; pure functions.

A breach is a rule id and the entities it concerns. Newer versions of the product may have dropped
some of them (a municipality reports that measures can be changed afterwards), so an import may
declare a breach and pass. Nothing here repairs anything.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

ANGREFRIST = timedelta(hours=8)
_CONTENT = ("oppmerksomheter", "moter", "lysglimt", "notater")
Wire = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Brudd:
    """`enheter`: the entity to show, then the others a declaration may name instead."""

    regel: str
    enheter: tuple[str, ...]


def entry_breaches(logg: Wire) -> Iterator[Brudd]:
    """Breaches that a log has by itself: R-003, R-071, R-076, R-091."""
    log_id = logg["loggId"]
    if logg["status"] == "OPPRETTET" and any(logg[part] for part in _CONTENT):
        yield Brudd("R-003", (log_id,))  # no content before consent
    for oppmerksomhet in logg["oppmerksomheter"]:
        yield from _in_concern(oppmerksomhet, log_id)
    media = {fil["filId"]: fil["medietype"] for fil in logg["filer"]}
    for notat in logg["notater"]:
        if notat["filId"] is not None and media.get(notat["filId"]) != "application/pdf":
            yield Brudd("R-091", (notat["notatId"], notat["filId"], log_id))


def _in_concern(oppmerksomhet: Wire, log_id: str) -> Iterator[Brudd]:
    concern = oppmerksomhet["oppmerksomhetId"]
    if not oppmerksomhet["tiltak"]:
        yield Brudd("R-076", (concern, log_id))
    active: dict[str, list[str]] = defaultdict(list)
    for tiltak in oppmerksomhet["tiltak"]:
        # Without an aktør (often HJEM) nobody knows whether it is the same one.
        if tiltak["status"] == "AKTIV" and tiltak["aktor"] is not None:
            active[tiltak["aktor"]].append(tiltak["tiltakId"])
    for ids in active.values():
        if len(ids) > 1:
            yield Brudd("R-071", (*ids, concern, log_id))


def edit_breaches(new: Wire, old: Wire, now: datetime) -> Iterator[Brudd]:
    """Breaches by an ordinary edit: goal with the concern (R-076), 8 hours (R-077), R-078."""
    known = {concern["oppmerksomhetId"] for concern in old["oppmerksomheter"]}
    for concern in new["oppmerksomheter"]:
        goal = concern["maal"]
        if concern["oppmerksomhetId"] not in known and not (goal["kjennetegn"] or goal["delmaal"]):
            yield Brudd("R-076", (concern["oppmerksomhetId"],))
    before = {tiltak["tiltakId"]: tiltak for tiltak in _measures(old)}
    after = {tiltak["tiltakId"]: tiltak for tiltak in _measures(new)}
    for tiltak_id, tiltak in before.items():
        now_is = after.get(tiltak_id)
        if tiltak["evaluering"] is not None and (
            now_is is None or now_is["evaluering"] != tiltak["evaluering"]
        ):
            yield Brudd("R-078", (tiltak_id,))
        if _locked(tiltak, now) and (now_is is None or now_is["tekst"] != tiltak["tekst"]):
            yield Brudd("R-077", (tiltak_id,))


def undeclared(breaches: Iterator[Brudd], declared: list[dict[str, str]]) -> Brudd | None:
    """The first breach that no declaration (rule and one of its entities) covers."""
    known = {(avvik["regel"], avvik["enhet"]) for avvik in declared}
    for brudd in breaches:
        if not any((brudd.regel, enhet) in known for enhet in brudd.enheter):
            return brudd
    return None


def _locked(tiltak: Wire, now: datetime) -> bool:
    made = tiltak["opprettet"]
    return made is not None and datetime.fromisoformat(made) + ANGREFRIST <= now


def _measures(logg: Wire) -> Iterator[Wire]:
    for concern in logg["oppmerksomheter"]:
        yield from concern["tiltak"]
