"""Does the target hold what was promised? One function, for the write and for every proof of it.

A system that was emptied gives everything new ids when a log comes home. Which of ours each stands
for is found once, when the write is read back, and kept; later readings go by what was kept.
Nothing here talks to a system.
"""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from gateway.plan.draft import held
from gateway.ports.mapping import SystemMapping
from gateway.reconcile.beyond import lost
from gateway.reconcile.compare import Outcome, compare
from gateway.reconcile.identity import aligned, renamed
from gateway.run.rules.edits import edits
from schemas.stafettlogg.kodeverk import Deltakerstatus
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse

_WAITS = Deltakerstatus.INVITERT


@dataclass(frozen=True, slots=True)
class Compared:
    """The outcome, which of our entities the system's own new ids stand for, and the hashes of the
    files that were promised (None where what stands is what was promised, to the letter)."""

    outcome: Outcome
    ids: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: frozenset[str] | None = None


def compared(
    mapping: SystemMapping,
    tenant: str,
    promised: bytes,
    stored: bytes,
    ids: Mapping[str, str] | None = None,
    promised_ids: Mapping[str, str] | None = None,
) -> Compared:
    """Hold what stands against what was promised. `ids` are those kept from the write; None at
    the write itself. `promised_ids` are given when the promise is a document of the target's own.
    Raises Rejected when what stands cannot be read."""
    # Both are canonical JSON, so a target that keeps what it was given needs no reading.
    if promised == stored:
        return Compared(Outcome("settled"))
    expected = held(mapping, promised, tenant, promised_ids)
    actual = held(mapping, stored, tenant, ids)
    outcome = compare(_invited(expected, actual, ids or {}), actual)
    found = ids or {}
    if outcome.state != "settled" and ids is None:
        found = aligned(expected, actual)
        actual = renamed(actual, found)
        outcome = compare(_invited(expected, actual, found), actual) if found else outcome
    if beyond := lost(expected, actual, mapping.assigned):
        outcome = Outcome("drifted", tuple(sorted((*outcome.places, *beyond))))
    files = frozenset(d.sha256 for d in expected.dokumenter if d.sha256)
    return Compared(outcome, found, files)


def touched(
    mapping: SystemMapping, tenant: str, base: bytes, stored: bytes, ids: Mapping[str, str]
) -> Outcome:
    """Whether somebody has changed what a system holds since it was agreed on, also where all that
    was promised stands: the same question as a plan asks. Raises Rejected."""
    if base == stored:
        return Outcome("settled")
    was, now = held(mapping, base, tenant, ids), held(mapping, stored, tenant, ids)
    changed = Counter((p.kind, p.field) for p in edits(was, now, mapping.assigned))
    places = tuple((*place, "changed", count) for place, count in sorted(changed.items()))
    return Outcome("drifted" if places else "settled", places)


def _invited(expected: Stafettlogg, actual: Stafettlogg, ids: Mapping[str, str]) -> Stafettlogg:
    """What was promised, as it may stand when people sign in by themselves (R-041).

    Who was invited may be active since, from a time of their own. Who takes part anew is invited
    until they have signed in, whatever they were before: where the target gave the participation a
    new id, invited may stand where active was promised.
    """
    new = set(ids.values())
    stands = {d.id: d for d in actual.deltakelser}
    known = tuple(_as_it_may(d, stands.get(d.id), new) for d in expected.deltakelser)
    if known == expected.deltakelser:
        return expected
    return expected.model_copy(update={"deltakelser": known})


def _as_it_may(promised: Deltakelse, stands: Deltakelse | None, new: Set[str]) -> Deltakelse:
    if stands is None:
        return promised
    then, now = promised.status, stands.status
    signed_in = then is _WAITS and now is Deltakerstatus.AKTIV
    anew = then is Deltakerstatus.AKTIV and now is _WAITS and stands.id in new
    changes: dict[str, Any] = {"status": now} if signed_in or anew else {}
    if promised.fra is None and stands.fra is not None and now is Deltakerstatus.AKTIV:
        changes["fra"] = stands.fra
    return promised.model_copy(update=changes) if changes else promised
