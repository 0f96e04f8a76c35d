"""The guardians of an adult do not become readers of the adult's log by a move (C-1, R-033).

Where every participant reads the whole log, a guardian goes along as a participant only if a
consent in force that the adult has given names them, or gives them reading access to all of it.
Nobody who was there is made to vanish as evidence: a guardian whose signature stands under a
consent goes along as one whose part has ended (the status is withheld); one whom nothing names is
withheld as a person.
"""

from gateway.policy.context import Policyramme
from gateway.policy.deltakere import present
from gateway.policy.myndig import of_age, own_consents
from gateway.policy.tilgang import is_open, opened_by
from gateway.policy.verdict import Finding
from schemas.stafettlogg.kodeverk import Rolle, Tilgangsomfang
from schemas.stafettlogg.logg import Stafettlogg


def voksen(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Withhold each guardian of an adult whom the adult has not let in."""
    if ramme.going_home or not ramme.target_reads_whole_log or not of_age(logg, ramme):
        return ()
    own = own_consents(logg, ramme)
    named = opened_by(own)
    given = {consent.id for consent in own}
    names = {p.id: p.navn for p in logg.personer}
    signers = {s.person for consent in logg.samtykker for s in consent.signatarer}

    def let_in(person: str) -> bool:
        if names.get(person) in named:
            return True
        return any(
            a.person == person and a.omfang is Tilgangsomfang.HELE and a.samtykke in given
            for a in logg.lesetilganger
            if is_open(a, ramme, given)
        )

    return tuple(
        Finding(
            "P-42", ("C-1", "R-033"), hold=False, entity=d.id,
            field="status" if d.person in signers else "",
        )
        for d in present(logg)
        if d.rolle == Rolle.FORESATT.value
        and d.person != logg.hovedperson.person
        and not let_in(d.person)
    )  # fmt: skip
