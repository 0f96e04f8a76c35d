"""How far the consents in force reach: only another unit than the log's, or only some concerns.

Told, not decided: the form may say in words what the system has no field for, and somebody must
read it. A unit is named by its name letter by letter ("Barnehage A" is not "Barnehage A avd. 2"),
by its number, or by the id its system or we have for it.
"""

from gateway.policy.context import Policyramme
from gateway.policy.deltakere import responsible_unit
from gateway.policy.samtykke import NEEDED, valid_consents
from gateway.policy.verdict import Finding
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.samtykke import Samtykke


def rekkevidde(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Tell of consents that name another unit (R-040, B-16) or leave a concern out (R-119)."""
    used = [s for s in valid_consents(logg, ramme) if NEEDED & set(s.omfang)]
    elsewhere = {s.id for scope in NEEDED for s in _of_another_unit(scope, used, logg)}
    findings = [
        Finding("P-18", ("R-040", "B-16"), hold=False, entity=s.id, note=True)
        for s in used
        if s.id in elsewhere
    ]
    concerns = {concern.id for concern in logg.oppmerksomheter}
    partial = {s.id for scope in NEEDED for s in _partial(scope, used, concerns)}
    findings += [
        Finding("P-19", ("R-119",), hold=False, entity=s.id, note=True)
        for s in used
        if s.id in partial
    ]
    return tuple(findings)


def _of_another_unit(scope: str, used: list[Samtykke], logg: Stafettlogg) -> list[Samtykke]:
    """Those for a scope that name units, where none of all for it names the one that has the
    log."""
    ours = responsible_unit(logg)
    unit = next((v for v in logg.virksomheter if v.id == ours), None)
    if unit is None:
        return []
    known = {_plain(text) for text in (unit.navn, unit.orgnr, unit.kilde_id, unit.id) if text}
    mine = [s for s in used if scope in s.omfang]
    names = {s.id: {_plain(m.virksomhet) for m in s.mottakere if m.virksomhet} for s in mine}
    if any(known & named for named in names.values()):
        return []
    return [s for s in mine if names[s.id]]


def _partial(scope: str, used: list[Samtykke], concerns: set[str]) -> list[Samtykke]:
    """Those for a scope that name some concerns, where all of them leave one out."""
    mine = [s for s in used if scope in s.omfang]
    if any(not s.oppmerksomheter for s in mine):
        return []
    reached = {concern for s in mine for concern in s.oppmerksomheter}
    return mine if concerns - reached else []


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
