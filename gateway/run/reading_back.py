"""Does the target hold what was promised? One function, for the write and for every proof of it.

A system that was emptied gives everything new ids when a log comes home. Which of ours each stands
for is found once, when the write is read back, and kept; later readings go by what was kept.
Nothing here talks to a system.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.plan.draft import held
from gateway.ports.mapping import SystemMapping
from gateway.reconcile.compare import Outcome, compare
from gateway.reconcile.identity import aligned, renamed
from schemas.stafettlogg.kodeverk import Deltakerstatus
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Compared:
    """The outcome, and which of our entities the system's own new ids stand for."""

    outcome: Outcome
    ids: Mapping[str, str] = field(default_factory=dict, repr=False)


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
    if outcome.state == "settled" or ids is not None:
        return Compared(outcome, ids or {})
    found = aligned(expected, actual)
    if not found:
        return Compared(outcome)
    known = renamed(actual, found)
    return Compared(compare(_invited(expected, known, found), known), found)


def _invited(expected: Stafettlogg, actual: Stafettlogg, ids: Mapping[str, str]) -> Stafettlogg:
    """Who takes part anew is invited until they have signed in, whatever they were before (R-041):
    a participation the target gave a new id may be invited where an active one was promised."""
    new = set(ids.values())
    waits = {
        d.id for d in actual.deltakelser if d.status is Deltakerstatus.INVITERT and d.id in new
    }
    if not waits:
        return expected
    return expected.model_copy(
        update={
            "deltakelser": tuple(
                d.model_copy(update={"status": Deltakerstatus.INVITERT})
                if d.id in waits and d.status is Deltakerstatus.AKTIV
                else d
                for d in expected.deltakelser
            )
        }
    )
