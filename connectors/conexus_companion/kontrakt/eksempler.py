"""The worked example: one log from the first upload to its deletion, a call per operation.

Played in this order against an empty sandbox (tests/contract/test_worked_examples.py) it gets the
answers that stand here. Nobody in it exists: numbers have month + 80, addresses end in `.example`,
the texts say nothing of anybody. The versions are those of the sandbox, which takes a digest; they
are opaque to a client. What is played twice has an example of each time (`plays`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from connectors.sandbox.synthetic import national_id, seeded

TENANT = "899100107"
CLIENT = "stafett"
SECRET = "hemmelig"  # noqa: S105 - the sandbox's own, on this machine
KEY = "00000000-0000-4000-8000-00000000e001"
LOG = "logg-eksempel"
FILE = "fil-eksempel"
BYTES = "%PDF-1.4\n% eksempel\n%%EOF\n"
_MADE = "2026-03-02T09:00:00+01:00"
_UPDATED = "2026-03-09T12:30:00+01:00"
_NEW = "ny-logg"
_NOW = "markor-begin"


@dataclass(frozen=True, slots=True)
class Eksempel:
    """One call and its answer. A body that is a text is bytes in ISO 8859-1."""

    status: int
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    media: str = "application/json"
    answer: Any = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)


def logg(**changes: Any) -> dict[str, Any]:
    """The log of the example."""
    child, holder = _number("barn", date(2017, 5, 4)), _number("ansatt", date(1984, 2, 9))
    whole: dict[str, Any] = {
        "loggId": LOG,
        "eksternNokkel": KEY,
        "status": "AKTIV",
        "passivAarsak": None,
        "nivaa": 1,
        "opprettet": _MADE,
        "opprettetAv": "ansatt-1",
        "sistOppdatert": _UPDATED,
        "barn": {
            "personId": "barn-1",
            "fodselsnummer": child,
            "navn": "Eksempel Eksempelsen",
            "fodselsdag": "2017-05-04",
            "type": "BARN",
            "loggerInn": False,
        },
        "virksomhetId": "skole-1",
        "virksomheter": [
            {
                "virksomhetId": "skole-1",
                "navn": "Eksempel skole",
                "organisasjonsnummer": None,
                "type": "SKOLE",
                "lederPersonId": None,
            }
        ],
        "stafettholder": "ansatt-1",
        "ansatte": [
            {
                "personId": "ansatt-1",
                "fodselsnummer": holder,
                "navn": "Ansatt Eksempelsen",
                "epost": "ansatt@kommune.example",
                "mobil": None,
                "virksomhetId": "skole-1",
                "ekstern": False,
            }
        ],
        "foresatte": [
            {
                "personId": "foresatt-1",
                "fodselsnummer": None,
                "navn": "Foresatt Eksempelsen",
                "epost": "foresatt@familie.example",
                "mobil": None,
            }
        ],
        "lesetilganger": [],
        "samtykker": [_consent()],
        "oppmerksomheter": [_concern()],
        "moter": [],
        "lysglimt": [],
        "notater": [],
        "filer": [
            {
                "filId": FILE,
                "filnavn": "eksempel.pdf",
                "medietype": "application/pdf",
                "storrelse": len(BYTES),
                "sha256": digest(),
            }
        ],
        "overforinger": [],
    }
    return {**whole, **changes}


def digest() -> str:
    """SHA-256 of the example's file."""
    return hashlib.sha256(BYTES.encode("latin-1")).hexdigest()


def _number(who: str, birth: date) -> str:
    return national_id(birth, seeded("contract", who))


def _consent() -> dict[str, Any]:
    return {
        "samtykkeId": "samtykke-1",
        "gjelder": ["OPPRETTE", "DELE"],
        "skjema": "Eksempelskjema",
        "filId": FILE,
        "lastetOpp": _MADE,
        "lastetOppAv": "ansatt-1",
        "signertAv": ["foresatt-1"],
        "signertDato": "2026-03-02",
        "utloper": "2028-02-29",
        "mottakere": ["skole-1"],
        "oppmerksomheter": [],
        "trukket": None,
        "trukketAv": None,
        "erstattetAv": None,
    }


def _concern() -> dict[str, Any]:
    return {
        "oppmerksomhetId": "opp-1",
        "kategori": "TRIVSEL",
        "tekst": "Eksempeltekst",
        "status": "AKTIV",
        "opprettholdendeFaktorer": None,
        "opprettet": _MADE,
        "opprettetAv": "ansatt-1",
        "endret": None,
        "maal": {"kjennetegn": "Eksempel på kjennetegn", "delmaal": []},
        "tiltak": [
            {
                "tiltakId": "tiltak-1",
                "tekst": "Eksempel på tiltak",
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


def version(body: Mapping[str, Any]) -> str:
    """The version the sandbox gives a document."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _hit(body: Mapping[str, Any]) -> dict[str, str]:
    return {"loggId": body["loggId"], "etag": version(body)}


def _row(body: Mapping[str, Any]) -> dict[str, Any]:
    return {**_hit(body), "status": body["status"], "sistOppdatert": body["sistOppdatert"]}


def _tag(body: Mapping[str, Any]) -> dict[str, str]:
    return {"ETag": f'"{version(body)}"'}


@cache
def examples() -> Mapping[str, Eksempel]:
    """Every operation's example, in the order to play them in."""
    first, second = logg(), logg(nivaa=2)
    passive = logg(nivaa=2, status="PASSIV", passivAarsak="FLYTTET")
    # The clock of an ordinary edit is the server's own.
    edited = {**passive, "sistOppdatert": "2026-11-30T12:00:00+00:00"}
    made = logg(loggId=_NEW, eksternNokkel=None, filer=[], samtykker=[])
    made = {**made, "sistOppdatert": edited["sistOppdatert"]}
    sent = {k: v for k, v in made.items() if k != "sistOppdatert"}
    here = {"id": LOG}
    file = {**here, "filId": FILE}
    quiet = {"Varsling": "undertrykk"}
    work = f"{KEY}-1"
    form = {
        "grant_type": "client_credentials",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "tenant_id": TENANT,
    }
    token = {
        "access_token": "eksempel-token",
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "",
    }
    keep = {"bevarUkjente": "ja"}
    return {
        "token.hent": Eksempel(
            200, body=form, media="application/x-www-form-urlencoded", answer=token
        ),
        "kommune.les": Eksempel(
            200,
            answer={
                "organisasjonsnummer": TENANT,
                "produkt": "Conexus Companion",
                "kontrakt": "forslag-1",
                "miljo": "sandkasse",
                "rettigheter": ["les", "skriv", "import", "slett"],
                "antallLogger": 0,
                "ledigPlass": 5000000000,
            },
        ),
        "fil.skriv": Eksempel(
            204,
            file,
            headers={"Innhold-Sha256": digest()},
            body=BYTES,
            media="application/pdf",
        ),
        "stafettlogg.importer": Eksempel(
            201,
            query=keep,
            headers={"Idempotency-Key": work, **quiet},
            body={"logg": first, "kjenteAvvik": []},
            answer=_hit(first),
            answer_headers=_tag(first),
        ),
        "stafettlogg.finn": Eksempel(200, {"nokkel": KEY}, answer={"logger": [_hit(first)]}),
        "stafettlogg.les": Eksempel(200, here, answer=first, answer_headers=_tag(first)),
        "fil.les": Eksempel(
            200,
            file,
            media="application/pdf",
            answer=BYTES,
            answer_headers={"Innhold-Sha256": digest()},
        ),
        "stafettlogger.list": Eksempel(
            200,
            query={"storrelse": 100},
            answer={"antall": 1, "logger": [_row(first)], "nesteMarkor": None},
        ),
        "endringer.les": Eksempel(
            200,
            query={"storrelse": 100, "markor": _NOW},
            answer={"antall": 1, "logger": [_row(first)], "nesteMarkor": "markor-since"},
        ),
        "overforinger.les": Eksempel(200, here, answer={"overforinger": []}),
        "stafettlogg.oppdater": Eksempel(
            200,
            here,
            query=keep,
            headers={"If-Match": _tag(first)["ETag"], **quiet},
            body={"logg": second, "kjenteAvvik": []},
            answer=_hit(second),
            answer_headers=_tag(second),
        ),
        "stafettlogg.endre": Eksempel(
            200,
            here,
            headers={"If-Match": _tag(second)["ETag"]},
            body={"logg": passive},
            answer=_hit(edited),
            answer_headers=_tag(edited),
        ),
        "stafettlogg.slett": Eksempel(204, here, headers={"If-Match": _tag(edited)["ETag"]}),
        "stafettlogg.opprett": Eksempel(
            201,
            headers=quiet,
            body={"logg": {**sent, "sistOppdatert": None}},
            answer=_hit(made),
            answer_headers=_tag(made),
        ),
    }


def plays(name: str) -> Mapping[str, Eksempel]:
    """The examples of an operation in the order they are played, by name; a single one has none."""
    last = examples()[name]
    if name != "endringer.les":
        return {"": last}
    answer = {"antall": 0, "logger": [], "nesteMarkor": _NOW}
    return {"begin": Eksempel(200, query={"storrelse": 100}, answer=answer), "since": last}


def order() -> list[str]:
    """The worked example, call by call: an operation, and after a `/` the name of its example."""
    names = ["endringer.les/since" if one == "endringer.les" else one for one in examples()]
    names.insert(2, "endringer.les/begin")
    return names
