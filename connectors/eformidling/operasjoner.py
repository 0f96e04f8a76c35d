"""What is called at the integrasjonspunkt, and how each contract is known."""

from gateway.ports.connector import Operation, Provenance

_API = "felleslosninger/efm-integrasjonspunkt (fd348ae2); docs.digdir.no, eFormidling 2 API"
_SCHEMA = "felleslosninger/docs (edc2469b), schemas/eformidling/eformidling_avtalt.schema.json"


def _operation(name: str, call: str, effects: str = "", source: str = _API) -> Operation:
    return Operation(name, call, Provenance.DOCUMENTED, source, effects)


OPERATIONS: tuple[Operation, ...] = (
    _operation("melding.opprett", "POST /api/messages/out", source=_SCHEMA),
    _operation("melding.fil", "PUT /api/messages/out/{messageId}"),
    _operation("melding.send", "POST /api/messages/out/{messageId}", "sends the message"),
    _operation("status.finn", "GET /api/statuses/{messageId}"),
    _operation("status.neste", "GET /api/statuses/peek"),
    _operation("status.fjern", "DELETE /api/statuses/{id}", "takes a status off the queue"),
    _operation("inn.neste", "GET /api/messages/in/peek", "locks the message for five minutes"),
    _operation("inn.innhold", "GET /api/messages/in/pop/{messageId}"),
    _operation(
        "inn.fjern",
        "DELETE /api/messages/in/{messageId}",
        "removes the message, and the sender is told LEVERT",
    ),
    Operation(
        "avtalt.innhold",
        "avtalt.content: meldingId and meldingstype; the package as melding.p7m",
        Provenance.ASSUMED,
        "an agreed message is what two parties agree; this is our proposal to the counterpart",
    ),
)
BY_NAME = {operation.name: operation for operation in OPERATIONS}
