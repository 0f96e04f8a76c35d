"""Only what the log needs: the photo stays behind unless the municipality says otherwise (B-28)."""

from gateway.policy.context import Policyramme
from gateway.policy.verdict import Finding
from schemas.stafettlogg.logg import Stafettlogg


def minimering(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Withhold the photo (R-086) and, where so configured, the presentation (B-28)."""
    if ramme.going_home:
        return ()
    findings: list[Finding] = []
    if logg.bilde and not ramme.minimering.med_bilde:
        # A reference to nothing is what the vendor wrote, and no entity of the log.
        if any(logg.bilde == document.id for document in logg.dokumenter):
            findings.append(Finding("P-50", ("R-086", "B-28"), hold=False, entity=logg.bilde))
        findings.append(
            Finding("P-50", ("R-086", "B-28"), hold=False, entity=logg.id, field="bilde")
        )
    if logg.om_meg and not ramme.minimering.med_presentasjon:
        findings.append(Finding("P-51", ("B-28",), hold=False, entity=logg.id, field="om_meg"))
    return tuple(findings)
