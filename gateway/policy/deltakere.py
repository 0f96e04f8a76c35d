"""Who takes part now, and as what: family, staff, or somebody else who reads.

Who has left takes no part. A role nobody knows, held by somebody of a unit, is staff: what is asked
of staff is then asked of them too.
"""

from collections.abc import Iterator

from schemas.stafettlogg.kodeverk import Deltakerstatus, Rolle
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse

FAMILY = frozenset({Rolle.FORESATT.value, Rolle.HOVEDPERSON.value})
STAFF = frozenset({r.value for r in Rolle} - FAMILY - {Rolle.LESETILGANG.value, Rolle.UKJENT.value})
"""Roles nobody has but as staff."""


def present(logg: Stafettlogg) -> Iterator[Deltakelse]:
    """Every participation that has not ended, in order."""
    return (d for d in logg.deltakelser if d.status is not Deltakerstatus.AVSLUTTET)


def guardians(logg: Stafettlogg) -> frozenset[str]:
    """Person ids of the guardians that have not left the log."""
    return frozenset(d.person for d in present(logg) if d.rolle == Rolle.FORESATT.value)


def staff(logg: Stafettlogg) -> tuple[Deltakelse, ...]:
    """The participations of staff that have not ended (R-036)."""
    return tuple(
        d
        for d in present(logg)
        if d.rolle not in FAMILY and (d.rolle in STAFF or d.virksomhet is not None)
    )


def responsible_unit(logg: Stafettlogg) -> str:
    """The id of the unit that has the log, else of the holder's; empty when nobody says."""
    if logg.ansvarlig_virksomhet:
        return logg.ansvarlig_virksomhet
    holder = next((d for d in logg.deltakelser if d.id == logg.stafettholder), None)
    return (holder.virksomhet or "") if holder is not None else ""
