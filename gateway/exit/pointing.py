"""Is what a person points at the log whose creation was sent? Asked of the target, before it is
believed: from then on plans go by what stands there. Reads; writes nothing.
"""

from gateway.errors import Conflict, Rejected
from gateway.exit.creations import child_of
from gateway.ledger.keys import KeyRing
from gateway.plan.draft import held
from gateway.ports.connector import Connector
from gateway.ports.mapping import SystemMapping
from schemas.stafettlogg.kodeverk import Plantype

_OTHERS = frozenset(kind.value for kind in Plantype) - {Plantype.STAFETTLOGG.value}


def is_about(
    target: Connector, mapping: SystemMapping, ring: KeyRing, tenant: str, child: str, ref: str
) -> Rejected | None:
    """Why it is not: STAAR_IKKE_DER when nothing stands at `ref`, ANNET_BARN when it is about
    somebody else or does not say whom, IKKE_STAFETTLOGG when it is another kind of plan."""
    try:
        document = target.document(ref)
    except Conflict as error:
        if error.code != "BORTE":
            raise
        return Rejected("STAAR_IKKE_DER", place=ref[:80])
    logg = held(mapping, document.body, tenant)
    if child_of(ring, logg) != child:
        return Rejected("ANNET_BARN", place=ref[:80])
    # A municipality may have a plan type of its own for it; one we know as another is another.
    if logg.plantype in _OTHERS:
        return Rejected("IKKE_STAFETTLOGG", place=ref[:80])
    return None
