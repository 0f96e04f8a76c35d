"""Access is never widened by a move (R-030, R-031, R-033, R-040).

In a system where every participant reads the whole plan, a person who today reads only some
concerns may not become a participant, unless a valid consent covering the whole log names the
person or the unit. The person stays behind (withheld); the measure stays, without its aktør, and
the entry list tells a human to invite the person when a new consent is signed.
"""

from collections.abc import Collection, Iterable

from gateway.policy.context import Policyramme
from gateway.policy.samtykke import valid_consents
from gateway.policy.verdict import Finding
from schemas import tid
from schemas.stafettlogg.kodeverk import (
    Deltakerstatus,
    Rolle,
    Samtykkeomfang,
    Tilgangsomfang,
)
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse, Lesetilgang
from schemas.stafettlogg.samtykke import Samtykke

_WHOLE = frozenset({Rolle.STAFETTHOLDER.value, Rolle.FORESATT.value, Rolle.HOVEDPERSON.value})
_OPENS = frozenset({Samtykkeomfang.DELE.value, Samtykkeomfang.LESETILGANG.value})


def is_open(access: Lesetilgang, ramme: Policyramme, consents: Collection[str]) -> bool:
    """True within the access's own time, and while the consent it names holds (R-031, R-118). An
    end or a beginning nobody can read is no time it is open in."""
    if access.fra and ((begins := tid.moment(access.fra)) is None or begins > ramme.now):
        return False
    if access.til and ((ends := tid.moment(access.til)) is None or ends <= ramme.now):
        return False
    return access.samtykke is None or access.samtykke in consents


def readable(logg: Stafettlogg, person: str, ramme: Policyramme) -> frozenset[str]:
    """The concerns a person reads today by task or by reading access (R-030, R-031)."""
    consents = frozenset(consent.id for consent in valid_consents(logg, ramme))
    own = {
        concern.id
        for concern in logg.oppmerksomheter
        for goal in concern.maal
        if goal.ansvarlig == person or any(t.aktoer == person for t in goal.tiltak)
    }
    for access in logg.lesetilganger:
        if access.person != person or not is_open(access, ramme, consents):
            continue
        if access.omfang is Tilgangsomfang.HELE:
            own |= {concern.id for concern in logg.oppmerksomheter}
        else:
            own |= set(access.oppmerksomheter)
    return frozenset(own)


def opened_by(consents: Iterable[Samtykke]) -> frozenset[str]:
    """Names of units and persons that these open the whole log for (B-16)."""
    return frozenset(
        name
        for consent in consents
        if _OPENS & set(consent.omfang) and not consent.oppmerksomheter
        for receiver in consent.mottakere
        for name in (receiver.virksomhet, receiver.person)
        if name
    )


def tilgang(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Withhold each participant whose reading the target would widen (R-031)."""
    if ramme.going_home or not ramme.target_reads_whole_log:
        return ()
    concerns = frozenset(c.id for c in logg.oppmerksomheter)
    units = {v.id: v.navn for v in logg.virksomheter}
    names = {p.id: p.navn for p in logg.personer}
    opened = opened_by(valid_consents(logg, ramme))

    def widened(d: Deltakelse) -> bool:
        if d.kildesystem == "samspill" or d.rolle in _WHOLE:
            return False
        if d.status is Deltakerstatus.AVSLUTTET:
            return False
        unit = units.get(d.virksomhet or "")
        if (unit and unit in opened) or names.get(d.person) in opened:
            return False
        return not readable(logg, d.person, ramme) >= concerns

    return tuple(
        Finding("P-41", ("R-030", "R-031", "R-040"), hold=False, entity=d.id)
        for d in logg.deltakelser
        if widened(d)
    )
