"""Two birth dates are no age: the log and the register must say the same (C-6, B-01).

Who must sign follows from the age, so a date that differs leaves nobody knowing whose signatures
suffice. For a guardian it says more: the number may be somebody else's, and then it was somebody
else's protection that was answered for. A register that was not asked has not agreed. A date no
calendar has is `tidspunkt`'s to hold.
"""

from gateway.policy.context import Policyramme
from gateway.policy.verdict import Finding
from schemas import tid
from schemas.stafettlogg.logg import Stafettlogg


def foedselsdato(logg: Stafettlogg, ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold where the two differ, and where the register could not say anybody's."""
    if ramme.born is None:
        return (Finding("P-21", ("C-6",), hold=True),)
    found = []
    for person in logg.personer:
        own, told = tid.day(person.foedselsdato), ramme.born.get(person.id)
        if own is not None and told is not None and own != told:
            found.append(Finding("P-15", ("C-6", "B-01"), True, person.id, "Person.foedselsdato"))
    return tuple(found)
