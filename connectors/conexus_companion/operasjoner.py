"""Every operation of Conexus Companion with how its contract is known; the one table of it.

README.md shows the same table and a test compares them. Nothing here may send anything.
"""

from gateway.ports.connector import Operation, Provenance

_REASON = "no public interface documented; our proposal"


def _assumed(name: str, call: str, effects: str = "") -> Operation:
    return Operation(name, call, Provenance.ASSUMED, _REASON, effects)


def _manual(name: str, call: str, source: str, effects: str = "") -> Operation:
    return Operation(name, call, Provenance.MANUAL, source, effects)


OPERATIONS: tuple[Operation, ...] = (
    _assumed("kommune.les", "GET /api/v1/kommune"),
    _assumed("stafettlogger.list", "GET /api/v1/stafettlogger"),
    _assumed("endringer.les", "GET /api/v1/endringer"),
    _assumed("stafettlogg.les", "GET /api/v1/stafettlogger/{id}"),
    _assumed("stafettlogg.finn", "GET /api/v1/eksterne/{nokkel}"),
    _assumed(
        "stafettlogg.importer",
        "POST /api/v1/import/stafettlogger",
        "a new log with its history; no mail when suppressed",
    ),
    _assumed(
        "stafettlogg.oppdater",
        "PUT /api/v1/import/stafettlogger/{id}",
        "the whole log replaced; no mail when suppressed",
    ),
    _assumed("stafettlogg.opprett", "POST /api/v1/stafettlogger", "mails the guardians (R-103)"),
    _assumed("stafettlogg.endre", "PUT /api/v1/stafettlogger/{id}", "the log edited as by a user"),
    _assumed("fil.les", "GET /api/v1/stafettlogger/{id}/filer/{filId}"),
    _assumed("fil.skriv", "PUT /api/v1/stafettlogger/{id}/filer/{filId}", "a binary stored"),
    _assumed("overforinger.les", "GET /api/v1/stafettlogger/{id}/overforinger"),
    _assumed("stafettlogg.slett", "DELETE /api/v1/stafettlogger/{id}", "a passive log deleted"),
    _manual(
        "lesemodus.sett",
        "the vendor's support sets the municipality to read only before the switch",
        "no such function is described for users; asked for in writing",
        "nobody can edit",
    ),
    _manual(
        "sletting.godkjenn",
        "the unit leader approves deletion of a passive, archived log",
        "municipal guide: only the leader, only passive logs (R-157)",
        "a log may be deleted",
    ),
    _manual(
        "eksport.pdf",
        "Eksport / Arkiver in the log, saved as PDF by the holder",
        "municipal guide: PDF yearly, on change of service, closing and deletion (R-153)",
    ),
    _manual(
        "overforing.eksporter",
        "Overfør stafettlogg: Eksporter to another municipality, accepted by the receiver",
        "municipal guide: transfer of a log (R-133)",
        "responsibility passes when accepted",
    ),
)

BY_NAME: dict[str, Operation] = {operation.name: operation for operation in OPERATIONS}
