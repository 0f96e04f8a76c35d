"""Staff in the log who are not in the municipality's staff file: one note of the log (R-036).

Who they are is for whoever keeps the file to find; the note names nobody. Where the file cannot be
read nobody is known, and that is said in place of it: it is the file that needs a person.
"""

from gateway.policy.context import Policyramme
from gateway.policy.deltakere import staff
from gateway.policy.verdict import Finding
from schemas.stafettlogg.logg import Stafettlogg


def ansatte(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Tell that somebody who takes part as staff is not registered (R-036)."""
    if not ramme.staff_read:
        return (Finding("P-45", ("R-036",), hold=False, note=True),)
    if ramme.registered is None or {d.person for d in staff(logg)} <= ramme.registered:
        return ()
    return (Finding("P-44", ("R-036",), hold=False, note=True),)
