"""The rules of a migration, in order. One file each; this list is the only place they meet."""

from collections.abc import Callable

from gateway.policy.adressebeskyttelse import adressebeskyttelse, known_protection
from gateway.policy.ansatte import ansatte
from gateway.policy.context import Policyramme
from gateway.policy.foedselsdato import foedselsdato
from gateway.policy.habilitet import habilitet
from gateway.policy.holder import holder
from gateway.policy.identifikator import identifikator
from gateway.policy.minimering import minimering
from gateway.policy.myndig import myndig
from gateway.policy.nivaa import nivaa
from gateway.policy.plantype import plantype
from gateway.policy.redigeringsvindu import redigeringsvindu
from gateway.policy.rekkevidde import rekkevidde
from gateway.policy.samtykke import samtykke
from gateway.policy.tidspunkt import tidspunkt
from gateway.policy.tilgang import tilgang
from gateway.policy.ubesvart import ubesvart
from gateway.policy.verdict import Finding, Verdict
from gateway.policy.voksen import voksen
from schemas.stafettlogg.logg import Stafettlogg

Rule = Callable[[Stafettlogg, Policyramme], tuple[Finding, ...]]

RULES: tuple[Rule, ...] = (
    adressebeskyttelse,
    identifikator,
    plantype,
    holder,
    tidspunkt,
    foedselsdato,
    samtykke,
    redigeringsvindu,
    tilgang,
    voksen,
    minimering,
    myndig,
    rekkevidde,
    ubesvart,
    habilitet,
    nivaa,
    ansatte,
)
"""First what may hold, then what is withheld, then what is only told."""

ARCHIVE_RULES: tuple[Rule, ...] = (adressebeskyttelse, identifikator)
"""What may stop a snapshot on its way to the municipality's own archive. Keeping it is a duty of
law that no consent lifts (C-2); a protected family is archived by a person (C-4). What no calendar
has is archived as it was written."""

PERSON_RULES: tuple[Rule, ...] = (adressebeskyttelse, identifikator, foedselsdato, samtykke)
"""What may stop a log that a person is to carry into another tool: sharing asks for consent."""

BACK_RULES: tuple[Rule, ...] = (known_protection, identifikator)
"""What may stop a version that is brought back into the very system it stood in. Nobody new reads
it there, and a consent that was withdrawn must not keep what was lost from being put right."""


def judge(logg: Stafettlogg, ramme: Policyramme, rules: tuple[Rule, ...] | None = None) -> Verdict:
    """Ask every rule. Protection comes first, so that its code is the one that shows."""
    chosen = RULES if rules is None else rules
    return Verdict(tuple(finding for rule in chosen for finding in rule(logg, ramme)))
