"""What the channel asks of Fiks IO, and how each part of the contract is known."""

from connectors.fiks.operasjoner import OPPSLAG, TRANSPORT
from gateway.ports.connector import Operation, Provenance

SEND = "overfoering.send"
REFUSE = "overfoering.feilet"

_PROPOSAL = (
    "our proposal, after ks-no/fiks-io-bekymringsmelding-protokoll (364c1fff): two accounts talk "
    "only when KS has registered a protocol of this name and version for both (fiks@ksdigital.no)"
)

OPERATIONS: tuple[Operation, ...] = (
    *TRANSPORT,
    OPPSLAG,
    Operation(
        SEND,
        "no.<owner>.stafettlogg.<word>.v1",
        Provenance.ASSUMED,
        _PROPOSAL,
        "puts a sealed package in the receiver's queue; a second send is a second message",
    ),
    Operation(
        REFUSE,
        "no.<owner>.stafettlogg.feilet.v1",
        Provenance.ASSUMED,
        _PROPOSAL,
        "tells the sender that a package could not be taken in",
    ),
)
BY_NAME = {operation.name: operation for operation in OPERATIONS}
