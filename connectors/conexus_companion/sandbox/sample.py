"""One ordinary log as an order for the contract suite; invented and small.

It must not hold anything of a real person.
"""

import hashlib
import json
from typing import Any

from schemas.conexus_companion.logg import Logg

_MADE = "2026-03-02T09:00:00+01:00"


def sample_order(key: str, text: str) -> tuple[bytes, dict[str, bytes]]:
    """(wire JSON, {file id: bytes}) of a new log with `key`; `text` stands in a measure."""
    data = b"%PDF-1.4\n% proeve " + key.encode() + b"\n%%EOF\n"
    logg = _logg(key, text, data)
    body = json.dumps(logg, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return body.encode(), {f"fil-{key}": data}


def _logg(key: str, text: str, data: bytes) -> Logg:
    logg: Any = {
        "loggId": f"logg-{key}",
        "eksternNokkel": key,
        "status": "AKTIV",
        "passivAarsak": None,
        "nivaa": 1,
        "opprettet": _MADE,
        "opprettetAv": "ansatt-1",
        "sistOppdatert": "2026-03-09T12:30:00+01:00",
        "barn": {
            "personId": f"barn-{key}",
            "fodselsnummer": None,
            "navn": "Proeve Proevesen",
            "fodselsdag": "2017-05-04",
            "type": "BARN",
            "loggerInn": False,
        },
        "virksomhetId": "skole-1",
        "virksomheter": [
            {
                "virksomhetId": "skole-1",
                "navn": "Liten skole",
                "organisasjonsnummer": None,
                "type": "SKOLE",
                "lederPersonId": None,
            }
        ],
        "stafettholder": "ansatt-1",
        "ansatte": [
            {
                "personId": "ansatt-1",
                "fodselsnummer": None,
                "navn": "Laerer Laerersen",
                "epost": None,
                "mobil": None,
                "virksomhetId": "skole-1",
                "ekstern": False,
            }
        ],
        "foresatte": [
            {
                "personId": f"foresatt-{key}",
                "fodselsnummer": None,
                "navn": "Foresatt Proevesen",
                "epost": None,
                "mobil": None,
            }
        ],
        "lesetilganger": [],
        "samtykker": [],
        "oppmerksomheter": [_concern(key, text)],
        "moter": [],
        "lysglimt": [],
        "notater": [
            {
                "notatId": f"notat-{key}",
                "tekst": text,
                "dato": _MADE,
                "forfatter": "ansatt-1",
                "oppmerksomhetId": None,
                "filId": f"fil-{key}",
            }
        ],
        "filer": [
            {
                "filId": f"fil-{key}",
                "filnavn": "vedlegg.pdf",
                "medietype": "application/pdf",
                "storrelse": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        ],
        "overforinger": [],
    }
    found: Logg = logg
    return found


def _concern(key: str, text: str) -> dict[str, Any]:
    return {
        "oppmerksomhetId": f"opp-{key}",
        "kategori": "TRIVSEL",
        "tekst": text,
        "status": "AKTIV",
        "opprettholdendeFaktorer": None,
        "opprettet": _MADE,
        "opprettetAv": "ansatt-1",
        "endret": None,
        "maal": {"kjennetegn": "Kommer på skolen hver dag", "delmaal": []},
        "tiltak": [
            {
                "tiltakId": f"tiltak-{key}",
                "tekst": text,
                "arena": "TJENESTE",
                "aktor": "ansatt-1",
                "vistAnsvarlig": "ansatt-1",
                "startdato": "2026-03-02",
                "frist": "2026-03-23",
                "status": "AKTIV",
                "erstattetAv": None,
                "opprettet": _MADE,
                "opprettetAv": "ansatt-1",
                "endret": None,
                "evaluering": None,
            }
        ],
    }
