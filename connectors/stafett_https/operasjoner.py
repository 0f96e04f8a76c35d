"""What is called, and how each contract is known."""

from gateway.ports.connector import Operation, Provenance

_SPEC = "schemas/overfoering/SPESIFIKASJON.md, kapittel 7"
PATH = "/overfoering/v1/meldinger"
EKKO = "/overfoering/v1/ekko"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "melding.send",
        f"POST {PATH}",
        Provenance.DOCUMENTED,
        _SPEC,
        "hands a sealed package to another municipality's gateway",
    ),
    Operation("melding.motta", f"POST {PATH} (ours)", Provenance.DOCUMENTED, _SPEC),
    Operation(
        "ekko.spoer",
        f"POST {EKKO}",
        Provenance.DOCUMENTED,
        _SPEC,
        "asks a counterpart whether the set-up of both holds",
    ),
    Operation("ekko.svar", f"POST {EKKO} (ours)", Provenance.DOCUMENTED, _SPEC),
)

BY_NAME = {operation.name: operation for operation in OPERATIONS}
