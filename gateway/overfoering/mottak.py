"""The log as the receiver makes it its own: new holder, new unit, the old ones as history. Pure.

The log keeps its id (R-002). The sender's people end with the switch; the family keeps what it
had (R-034). Nothing is invented: what the package does not say, the log does not get.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from gateway.staff.member import Ansatt
from schemas.stafettlogg.identifikator import kind_of
from schemas.stafettlogg.kodeverk import (
    Deltakerstatus,
    Kildesystem,
    Loggstatus,
    Overfoeringsmaaltype,
    Rolle,
)
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import (
    Deltakelse,
    Identifikator,
    Person,
    Rolleskifte,
    Virksomhet,
)
from schemas.stafettlogg.spor import Holderperiode, Overfoering

_SPACE = uuid.UUID("2f9a7a64-6e0f-4a53-8f59-6a1d8f0b2c11")


@dataclass(frozen=True, slots=True)
class Overtakelse:
    """What is known of the switch. `byttet` is ISO text."""

    overfoering_id: str
    maaltype: str
    kommunenummer: str
    byttet: str
    holder: Ansatt = field(repr=False)


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_SPACE, "\x1f".join(parts)))


def take_over(logg: Stafettlogg, skift: Overtakelse) -> Stafettlogg:
    """The same log with its new relay holder. The same switch gives the same ids."""
    ansatt = skift.holder
    unit_id = _id("virksomhet", ansatt.virksomhet)
    person_id = _id("person", skift.overfoering_id, ansatt.ref)
    part_id = _id("deltakelse", skift.overfoering_id, ansatt.ref)
    own = {"kildesystem": Kildesystem.GATEWAY, "opprettet": skift.byttet}
    unit = Virksomhet(id=unit_id, orgnr=ansatt.virksomhet, navn=ansatt.virksomhet_navn, **own)
    # A system that signs people in by number must be told it; the staff file's first counts.
    numbers = tuple(
        Identifikator(type=kind_of(number), verdi=number) for number in ansatt.numre[:1]
    )
    person = Person(
        id=person_id, navn=ansatt.navn, epost=ansatt.epost or None, identifikatorer=numbers, **own
    )
    part = Deltakelse(
        id=part_id,
        person=person_id,
        rolle=Rolle.STAFETTHOLDER.value,
        virksomhet=unit_id,
        status=Deltakerstatus.AKTIV,
        fra=skift.byttet,
        **own,
    )
    before = next((d.person for d in logg.deltakelser if d.id == logg.stafettholder), None)
    history = Overfoering(
        id=skift.overfoering_id,
        maaltype=Overfoeringsmaaltype(skift.maaltype),
        fra_person=before,
        fra_virksomhet=logg.ansvarlig_virksomhet,
        mottaker_person=person_id,
        mottaker_virksomhet=unit_id,
        oppmerksomheter=tuple(c.id for c in logg.oppmerksomheter),
        kanal="elektronisk",
        status="FULLFOERT",
        akseptert=skift.byttet,
        **own,
    )
    changes: dict[str, Any] = {
        "status": Loggstatus.AKTIV,
        "status_aarsak": None,
        "personer": (*_others(logg.personer, person_id), person),
        "virksomheter": (*_others(logg.virksomheter, unit_id), unit),
        "deltakelser": (
            *(
                _former(_ended(d, skift.byttet), skift.byttet)
                for d in _others(logg.deltakelser, part_id)
            ),
            part,
        ),
        "stafettholder": part_id,
        "stafettholder_historikk": _history(logg, before, person_id, unit_id, skift),
        "ansvarlig_virksomhet": unit_id,
        "ansvarlig_kommune": skift.kommunenummer,
        "overfoeringer": (*_others(logg.overfoeringer, skift.overfoering_id), history),
    }
    return logg.model_copy(update=changes)


def _others(there: tuple[Any, ...], own: str) -> tuple[Any, ...]:
    return tuple(one for one in there if one.id != own)


_FAMILIE = frozenset({Rolle.FORESATT.value, Rolle.HOVEDPERSON.value})


def _ended(part: Deltakelse, at: str) -> Deltakelse:
    if part.rolle in _FAMILIE:
        return part
    return part.model_copy(
        update={
            "status": Deltakerstatus.AVSLUTTET,
            "til": part.til or at,
            "tilgang_til": part.tilgang_til or at[:10],
            "til_plan_slettes": False,
        }
    )


def _former(part: Deltakelse, at: str) -> Deltakelse:
    """Who held the log before is in its history, and is not its holder any more (R-137)."""
    if part.rolle != Rolle.STAFETTHOLDER.value:
        return part
    shift = Rolleskifte(rolle=Rolle.STAFETTHOLDER.value, fra=part.fra, til=part.til or at)
    return part.model_copy(
        update={"rolle": Rolle.AKTOER.value, "rollehistorikk": (*part.rollehistorikk, shift)}
    )


def _history(
    logg: Stafettlogg, before: str | None, person: str, unit: str, skift: Overtakelse
) -> tuple[Holderperiode, ...]:
    """The chain of holders without a gap: the last period ends where the new one begins (R-010)."""
    own = [h for h in logg.stafettholder_historikk if h.overfoering_id != skift.overfoering_id]
    open_ones = [h for h in own if h.til is None]
    closed = [h if h.til else h.model_copy(update={"til": skift.byttet}) for h in own]
    if not open_ones and before:
        last = max((h.til for h in own if h.til), default=None)
        closed.append(
            Holderperiode(
                person=before, virksomhet=logg.ansvarlig_virksomhet, fra=last, til=skift.byttet
            )
        )
    new = Holderperiode(
        person=person, virksomhet=unit, fra=skift.byttet, overfoering_id=skift.overfoering_id
    )
    return (*closed, new)


def hand_out(logg: Stafettlogg, byttet: str, *, access: bool = True) -> Stafettlogg:
    """The sender's log afterwards: passive, with its own people's access ended (R-042).

    Without `access` the participants are left as they are, for a person to end.
    """
    if not access:
        closed = {"status": Loggstatus.PASSIV, "status_aarsak": "overfoert"}
        return logg.model_copy(update=closed)
    return logg.model_copy(
        update={
            "status": Loggstatus.PASSIV,
            "status_aarsak": "overfoert",
            "deltakelser": tuple(_ended(d, byttet) for d in logg.deltakelser),
        }
    )


def switch_holder(logg: Stafettlogg, skift: Overtakelse) -> Stafettlogg:
    """Within one municipality the log stands where it stands; only who holds it changes.

    The other participants keep what they have: their tasks are the same (R-030).
    """
    before = logg.stafettholder
    made = take_over(logg, skift)
    kept = {d.id: d for d in logg.deltakelser}
    parts = tuple(d if d.id == before or d.id not in kept else kept[d.id] for d in made.deltakelser)
    return made.model_copy(update={"deltakelser": parts})
