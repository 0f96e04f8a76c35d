"""Eighteen, and the sharing rests on the guardians' signatures alone: told, never decided here.

A consent the guardians gave while the main person was a child stays valid (B-01: age is counted on
the day of signing), but whoever is grown decides for themselves from the birthday on (C-1). A
person is told to ask for the adult's own. A log about somebody pregnant or unborn has the parents
of the child to come in it, not guardians of an adult (R-171).
"""

from gateway.policy.alder import ADULT, age
from gateway.policy.context import Policyramme
from gateway.policy.samtykke import born, valid_consents
from gateway.policy.verdict import Finding
from schemas import tid
from schemas.stafettlogg.kodeverk import Hovedpersontype, Samtykkeomfang, Signaturstatus
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.samtykke import Samtykke

_CHILD = frozenset({Hovedpersontype.BARN, Hovedpersontype.UNGDOM})


def of_age(logg: Stafettlogg, ramme: Policyramme) -> bool:
    """True when the main person was a child and is grown today, in Oslo; False when not known."""
    birth = born(logg, ramme)
    if birth is None or logg.hovedperson.type not in _CHILD:
        return False
    return age(birth, ramme.now.astimezone(tid.OSLO).date()) >= ADULT


def own_consents(logg: Stafettlogg, ramme: Policyramme) -> tuple[Samtykke, ...]:
    """The consents in force that the main person has signed."""
    return tuple(
        consent
        for consent in valid_consents(logg, ramme)
        if any(
            s.person == logg.hovedperson.person and s.status is Signaturstatus.SIGNERT
            for s in consent.signatarer
        )
    )


def myndig(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Tell of an adult who has signed none of the consents the sharing rests on (C-1, B-02).

    Sharing goes on after the birthday; what was signed to create the log was done with then, and
    the adult's own signature under that, or under another scope, shares nothing.
    """
    if not of_age(logg, ramme) or any(map(_shares, own_consents(logg, ramme))):
        return ()
    if not any(map(_shares, valid_consents(logg, ramme))):
        return ()  # it rests on nothing, and that holds it
    return (
        Finding("P-17", ("C-1", "B-02"), hold=False, entity=logg.hovedperson.person, note=True),
    )


def _shares(samtykke: Samtykke) -> bool:
    return Samtykkeomfang.DELE.value in samtykke.omfang
