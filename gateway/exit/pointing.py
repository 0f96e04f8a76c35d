"""Is what a person points at the log whose creation was sent? Asked of the target, before it is
believed: from then on plans go by what stands there. Reads; writes nothing.
"""

from gateway.errors import Conflict, Rejected
from gateway.exit.creations import child_of
from gateway.ledger.keys import KeyRing
from gateway.plan.draft import held
from gateway.ports.connector import Connector
from gateway.ports.mapping import SystemMapping


def is_about(
    target: Connector, mapping: SystemMapping, ring: KeyRing, tenant: str, child: str, ref: str
) -> None:
    """Raise Rejected unless a log of this child (`child_of`) stands at `ref`: STAAR_IKKE_DER when
    nothing does, ANNET_BARN when it is about somebody else or does not say whom."""
    try:
        document = target.document(ref)
    except Conflict as error:
        if error.code != "BORTE":
            raise
        raise Rejected("STAAR_IKKE_DER", place=ref[:80]) from None
    if child_of(ring, held(mapping, document.body, tenant)) != child:
        raise Rejected("ANNET_BARN", place=ref[:80])
