"""What is called, how it is found, and how each contract is known.

An address is never written down: the `call` names the relation key that leads there. This table
must be the one that README, `stafett systems` and the gate read.
"""

from gateway.ports.connector import Operation, Provenance

_SPEC = "Noark 5 tjenestegrensesnitt 1.1 (arkivverket/noark5-tjenestegrensesnitt-standard)"


def _operation(name: str, call: str, chapter: str, effects: str = "") -> Operation:
    return Operation(name, call, Provenance.DOCUMENTED, f"{_SPEC}, {chapter}", effects)


OPERATIONS: tuple[Operation, ...] = (
    _operation("inngang.les", "GET hovedadressen", "6.1"),
    _operation("system.les", "GET admin/system/", "7.2.4"),
    _operation("egetfelt.list", "GET metadata/virksomhetsspesifikkeMetadata/", "7.2.3"),
    _operation("arkivdel.list", "GET arkivstruktur/arkivdel/", "7.2.1"),
    _operation("klassifikasjonssystem.list", "GET arkivstruktur/klassifikasjonssystem/", "7.2.1"),
    _operation("klasse.list", "GET arkivstruktur/klasse/", "7.2.1"),
    _operation("klasse.ny", "POST arkivstruktur/ny-klasse/", "6.1, 7.2.1", "makes a class"),
    _operation("saksmappe.list", "GET sakarkiv/saksmappe/", "7.2.2"),
    _operation("saksmappe.les", "GET arkivstruktur/mappe/", "7.2.1"),
    _operation("saksmappe.ny", "POST sakarkiv/ny-saksmappe/", "6.1, 7.2.2", "makes a folder"),
    _operation("part.list", "GET arkivstruktur/part/", "7.2.1"),
    _operation("part.ny", "POST arkivstruktur/ny-partperson/", "6.1, 7.2.1", "makes a party"),
    _operation("journalpost.list", "GET sakarkiv/journalpost/", "7.2.2"),
    _operation("journalpost.les", "GET self", "6.1"),
    _operation("journalpost.ny", "POST sakarkiv/ny-journalpost/", "6.1, 7.2.2", "makes a record"),
    _operation("journalpost.endre", "PUT self", "6.1", "changes a record's status"),
    _operation("dokumentbeskrivelse.list", "GET arkivstruktur/dokumentbeskrivelse/", "7.2.1"),
    _operation(
        "dokumentbeskrivelse.ny",
        "POST arkivstruktur/ny-dokumentbeskrivelse/",
        "6.1, 7.2.1",
        "makes a document",
    ),
    _operation("dokumentobjekt.list", "GET arkivstruktur/dokumentobjekt/", "7.2.1"),
    _operation(
        "dokumentobjekt.ny",
        "POST arkivstruktur/ny-dokumentobjekt/",
        "6.1, 7.2.1",
        "makes a place for a file",
    ),
    _operation("fil.les", "GET arkivstruktur/fil/", "6.1"),
    _operation("fil.ny", "POST arkivstruktur/fil/", "6.1", "stores a file"),
    _operation("fil.del", "PUT Location of the last answer", "6.1", "stores a piece of a file"),
    _operation("fil.avbryt", "DELETE Location of the last answer", "6.1", "throws pieces away"),
    _operation("proeve.slett", "DELETE self", "6.1", "takes away what a trial made"),
)

BY_NAME = {operation.name: operation for operation in OPERATIONS}
