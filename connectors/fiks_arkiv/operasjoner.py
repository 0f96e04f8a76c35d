"""What is asked of an archive over Fiks Arkiv V1, and where each message is documented."""

from connectors.fiks.operasjoner import TRANSPORT
from gateway.ports.connector import Operation, Provenance

SOURCE = "ks-no/fiks-arkiv-specification (df8afce3), Schema/V1; KS: Fiks Arkiv, protocol final"

DEPOSIT = "arkivmelding.opprett"
FIND = "registrering.hent"
SEARCH = "mappe.sok"
FETCH = "dokumentfil.hent"


def _documented(name: str, meldingstype: str, effects: str = "") -> Operation:
    call = f"no.ks.fiks.arkiv.v1.{meldingstype}"
    return Operation(name, call, Provenance.DOCUMENTED, SOURCE, effects)


OPERATIONS: tuple[Operation, ...] = (
    *TRANSPORT,
    _documented(
        DEPOSIT,
        "arkivering.arkivmelding.opprett",
        "makes a folder when no folder has the key, and a record with its documents; "
        "cannot be taken back over this protocol",
    ),
    _documented(FIND, "innsyn.registrering.hent"),
    _documented(SEARCH, "innsyn.sok"),
    _documented(FETCH, "innsyn.dokumentfil.hent"),
)
BY_NAME = {operation.name: operation for operation in OPERATIONS}
