"""What is called, and how each contract is known."""

from gateway.ports.connector import Operation, Provenance

_OPENAPI = "ks-no/fiks-svarut-klient (a822596), openapi/"


def _operation(name: str, call: str, source: str, effects: str = "") -> Operation:
    return Operation(name, call, Provenance.DOCUMENTED, source, effects)


OPERATIONS: tuple[Operation, ...] = (
    _operation(
        "mottakersystem.list", "GET /v2/mottakersystem", f"{_OPENAPI}mottakersystem-api-v2.json"
    ),
    _operation(
        "forsendelse.finn",
        "GET /v2/kontoer/{kontoId}/forsendelser",
        f"{_OPENAPI}forsendelse-eksternref-api-v2.json",
    ),
    _operation(
        "forsendelse.metadata",
        "GET /v2/kontoer/{kontoId}/forsendelser/metadata",
        f"{_OPENAPI}forsendelse-eksternref-api-v2.json",
    ),
    _operation(
        "forsendelse.send",
        "POST /v2/kontoer/{kontoId}/forsendelser",
        f"{_OPENAPI}forsendelse-send-api-v2.json; the parts from developers.fiks.ks.no, "
        "SvarUt restv2",
        "sends the snapshot to the receiver",
    ),
    _operation(
        "forsendelse.status",
        "POST /v2/kontoer/{kontoId}/forsendelser/status-sok",
        f"{_OPENAPI}forsendelse-status-api-v2.json",
    ),
    Operation(
        "arkiv.bekreft",
        "The archivist looks in the child's folder and confirms with the archive's id",
        Provenance.MANUAL,
        "SvarUt gives no bytes back, and fetched is not archived",
    ),
)

BY_NAME = {operation.name: operation for operation in OPERATIONS}

_SVARINN = "KS, SvarInn v1 (mottaksservice REST); ks-no/svarut-sak-mottak (08106e79)"

KANAL_OPERATIONS: tuple[Operation, ...] = (
    BY_NAME["mottakersystem.list"],
    BY_NAME["forsendelse.finn"],
    BY_NAME["forsendelse.status"],
    Operation(
        "pakke.send",
        "POST /v2/kontoer/{kontoId}/forsendelser",
        Provenance.ASSUMED,
        f"the call is documented ({_OPENAPI}forsendelse-send-api-v2.json); the type of shipment "
        "and the pairs meldingId and meldingstype are our proposal, for two parties to agree on",
        "sends a sealed package to the receiver's SvarInn system",
    ),
    _operation("svarinn.liste", "GET /svarinn/mottaker/hentNyeForsendelser", _SVARINN),
    _operation("svarinn.innhold", "GET /svarinn/forsendelse/{id}", _SVARINN),
    _operation(
        "svarinn.kvitter",
        "POST /svarinn/kvitterMottak/forsendelse/{id}",
        _SVARINN,
        "the shipment becomes LEST, and is not offered again",
    ),
    _operation(
        "svarinn.feilet",
        "POST /svarinn/mottakFeilet/forsendelse/{id}",
        _SVARINN,
        "the shipment is refused for good",
    ),
)
"""What the channel between municipalities calls."""

KANAL_BY_NAME = {operation.name: operation for operation in KANAL_OPERATIONS}
