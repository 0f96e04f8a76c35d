"""What can be known to be wrong before somebody accepts: found while the sender is responsible.

After the switch the log is ours whatever is amiss, and a family waits while it is mended. So the
staff file, the new holder, our own system, our archives and the register are asked first. What
only the package can tell (who the child is) is asked when it opens.
"""

from gateway.effects.archiving.unopened import Unopened
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.plan.guards import check_target
from gateway.staff.staff import Staff
from schemas.overfoering.koder import Maaltype


def unknown_here(verk: Overfoeringsverk, rad: Rad, person: str, code: str) -> str:
    """Why the staff file does not know the person as holder of the unit, as well as it can be
    said; `code` where there is nothing more to say."""
    if code != "IKKE_REGISTRERT_STAFETTHOLDER" or verk.ansatt(person) is not None:
        return code
    if isinstance(verk.ansatte, Staff):
        if any(one.ref == person for one in verk.ansatte.all()):
            return "ANSATT_SLUTTET"
        if verk.ansatte.broken():
            # A line that cannot be read has no reference: it may be this person's.
            return "ANSATT_LINJE_UGYLDIG"
    if all(one.virksomhet != rad.lukket.virksomhet for one in verk.ansatte()):
        return "UKJENT_ENHET"
    return code


def no_number(verk: Overfoeringsverk, person: str) -> str:
    """`HOLDER_UTEN_NUMMER` for somebody our system could not sign in as the log's holder."""
    holder = verk.ansatt(person)
    lacks = holder is not None and verk.holder_med_nummer and not holder.numre
    return "HOLDER_UTEN_NUMMER" if lacks else ""


def cannot(verk: Overfoeringsverk, rad: Rad, person: str, *, uten_register: bool) -> str:
    """The public code of what would keep us from setting the log up, or an empty string.

    Raises what our own system raises when it does not answer.
    """
    if code := no_number(verk, person):
        return code
    if rad.verdi["maaltype"] == Maaltype.ANNEN_KOMMUNE.value:
        if code := _no_archive(verk):
            return code
        if verk.registre is None and not uten_register:
            return "REGISTER_BARE_FIL"
    size = len(verk.arkiv.store.get(rad.verdi["nyttelast"])) if rad.verdi["nyttelast"] else 0
    check_target(verk.arkiv.source.facts(), verk.tenant, size)
    return ""


def _no_archive(verk: Overfoeringsverk) -> str:
    """A log that comes here must be kept here. Raises the fault of an archive that is named and
    cannot be opened."""
    if not verk.arkiv.kommune.arkiv.maal:
        return "ARKIV_IKKE_SATT_OPP"
    for name in verk.arkiv.kommune.arkiv.maal:
        one = verk.arkiv.archives.get(name)
        if one is None:
            return "ARKIV_IKKE_KONFIGURERT"
        if isinstance(one.archive, Unopened):
            raise one.archive.fault
    return ""
