"""What is called, and how each contract is known. No I/O."""

from gateway.ports.connector import Operation, Provenance

_DOCS = "Skatteetaten/folkeregisteret-api-dokumentasjon, "

FEED = "hendelser.feed"
SISTE = "hendelser.siste"
HENDELSE = "hendelser.les"
BULK = "personer.bulkoppslag"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "maskinporten.token",
        "POST {token_url}",
        Provenance.DOCUMENTED,
        f"docs.digdir.no, Maskinporten; {_DOCS}Maskinporten.md",
    ),
    Operation(
        FEED,
        "GET /v1/hendelser/feed/?seq=",
        Provenance.DOCUMENTED,
        f"{_DOCS}src/konsumenttjenester/hendelsesliste.md; 406 for a pointer older than 36 months: "
        "docs/sletting-av-gamle-hendelser",
    ),
    Operation(
        SISTE,
        "GET /v1/hendelser/siste/sekvensnummer",
        Provenance.DOCUMENTED,
        f"{_DOCS}2022-04-06-Endring-Siste-Sekvensnummer.md",
    ),
    Operation(
        HENDELSE,
        "GET /v1/hendelser/{hendelsesidentifikator}",
        Provenance.DOCUMENTED,
        f"{_DOCS}src/konsumenttjenester/hendelsesliste.md",
    ),
    Operation(
        BULK,
        "POST /v1/personer/bulkoppslag/?part=",
        Provenance.DOCUMENTED,
        f"{_DOCS}src/konsumenttjenester/oppslag.md, dataminimering.md",
        "the register logs who asked about whom",
    ),
)

BY_NAME = {operation.name: operation for operation in OPERATIONS}
