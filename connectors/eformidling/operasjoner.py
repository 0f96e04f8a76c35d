"""What is called at the integrasjonspunkt, and how each contract is known."""

from gateway.ports.connector import Operation, Provenance

_API = "felleslosninger/efm-integrasjonspunkt (fd348ae2); docs.digdir.no, eFormidling 2 API"
_SCHEMA = "felleslosninger/docs (edc2469b), schemas/eformidling/eformidling_avtalt.schema.json"


def _operation(name: str, call: str, effects: str = "") -> Operation:
    return Operation(name, call, Provenance.DOCUMENTED, _API, effects)


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "melding.opprett",
        "POST /api/messages/out",
        Provenance.ASSUMED,
        f"the call is documented ({_SCHEMA}); what stands in avtalt.content (meldingId, "
        "meldingstype) and the file name melding.p7m is our proposal, for two parties to agree on",
        "makes an outgoing message",
    ),
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
)
BY_NAME = {operation.name: operation for operation in OPERATIONS}
