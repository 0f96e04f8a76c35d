"""A register of address protection for the demo: every synthetic person answers, a few are held.

The numbers are read from the sandbox the demo filled itself; a real municipality gets this file
from the Folkeregister through its own authority.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.ports.connector import Connector
from gateway.ports.mapping import SystemMapping
from schemas.stafettlogg.kodeverk import Adressebeskyttelse


def write(
    path: Path, source: Connector, mapping: SystemMapping, tenant: str, every: int = 67
) -> int:
    """Write the file; each `every`-th log's main person is protected. Returns how many are."""
    answers: dict[str, dict[str, str | None]] = {}
    protected = 0
    number = 0
    cursor: str | None = None
    while True:
        page = source.page(cursor)
        for entry in page.entries:
            number += 1
            logg = mapping.decode(mapping.parse(source.document(entry.ref).body), tenant).logg
            held = number % every == 0
            protected += held
            for person in logg.personer:
                grade = (
                    Adressebeskyttelse.FORTROLIG
                    if held and person.id == logg.hovedperson.person
                    else Adressebeskyttelse.INGEN
                )
                for ident in person.identifikatorer:
                    known = answers.get(ident.verdi)
                    if known is None or known["grad"] == Adressebeskyttelse.INGEN.value:
                        answers[ident.verdi] = {
                            "grad": grade.value,
                            "foedselsdato": person.foedselsdato,
                        }
        cursor = page.cursor
        if cursor is None:
            break
    until = datetime.now(UTC) + timedelta(days=7)
    path.write_text(
        json.dumps({"gyldigTil": until.isoformat(timespec="seconds"), "personer": answers}),
        encoding="utf-8",
    )
    return protected
