"""What is called, on which service, and how each contract is known.

The standard itself is not open on the net in 2026; what is known comes from an open client that
runs against such archives today, so each operation names it.
"""

from gateway.ports.connector import Operation, Provenance

_SOURCE = (
    "GeoIntegrasjon Arkiv 1.1 (2012-01-31), as generated and used by "
    "FINTLabs/fint-geointegrasjon-adapter (b033b8a)"
)


def _operation(name: str, call: str, effects: str = "") -> Operation:
    return Operation(name, call, Provenance.DOCUMENTED, _SOURCE, effects)


OPERATIONS: tuple[Operation, ...] = (
    _operation("saksmappe.finn", "SOAP ArkivInnsyn FinnSaksmapperGittNoekkel"),
    _operation("journalpost.finn", "SOAP ArkivInnsyn FinnJournalposterGittNoekkel"),
    _operation("dokument.finn", "SOAP ArkivInnsyn FinnDokumenterGittJournalpostnoekkel"),
    _operation("fil.hent", "SOAP ArkivInnsyn HentFil"),
    _operation("saksmappe.ny", "SOAP ArkivOppdatering NySaksmappe", "makes a folder"),
    _operation("journalpost.ny", "SOAP ArkivOppdatering NyJournalpost", "makes a record"),
    _operation(
        "dokument.ny", "SOAP ArkivOppdatering NyDokument", "stores a document with its file"
    ),
)

BY_NAME = {operation.name: operation for operation in OPERATIONS}
"""There is no call that deletes a folder, a record or a document, so none is listed."""


def soap_name(operation: str) -> str:
    """The SOAP operation's own name."""
    return BY_NAME[operation].call.rsplit(" ", 1)[1]
