"""A stand-alone server for the Conexus Companion proposal, written from its OpenAPI file alone.

Everything is held in memory behind one lock. Only the standard library is used.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
import signal
import threading
import time
from calendar import isleap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import isfinite
from typing import Any
from urllib.parse import parse_qsl, unquote

MAX_BODY = 64 * 1024 * 1024
MAX_PAGE = 25
MAX_TEXT = 200_000
TOKEN_LIFE = 3600.0
STRAY_LIFE = 86_400.0
RIGHTS = ["les", "skriv", "import", "slett"]

DATE = (
    r"(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-"
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))"
)
DATE_RE = re.compile(DATE)
TIME_RE = re.compile(
    DATE + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
)
SHA_RE = re.compile(r"[0-9a-f]{64}")
RULE_RE = re.compile(r"[A-Z]-[0-9]{2,3}")
NAME_RE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}")
HEADER_RE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")

# The shapes. A trailing "?" lets null through, "[" is a list of, "@" is another shape.
SHAPE_TEXTS = {
    "Logg":
    "loggId:id eksternNokkel:str? status:status passivAarsak:str? nivaa:level?"
    " opprettet:time? opprettetAv:str? sistOppdatert:time? barn:@Barn virksomhetId:str?"
    " virksomheter:[@Virksomhet stafettholder:str? ansatte:[@Ansatt foresatte:[@Foresatt"
    " lesetilganger:[@Lesetilgang samtykker:[@Samtykke oppmerksomheter:[@Oppmerksomhet"
    " moter:[@Mote lysglimt:[@Lysglimt notater:[@Notat filer:[@Fil overforinger:[@Overforing",
    "Barn": "personId:id fodselsnummer:str? navn:text? fodselsdag:date? type:str loggerInn:bool?",
    "Virksomhet":
    "virksomhetId:id navn:text? organisasjonsnummer:str? type:str? lederPersonId:str?",
    "Ansatt":
    "personId:id fodselsnummer:str? navn:text? epost:str? mobil:str? virksomhetId:str?"
    " ekstern:bool?",
    "Foresatt": "personId:id fodselsnummer:str? navn:text? epost:str? mobil:str?",
    "Lesetilgang":
    "lesetilgangId:id personId:id omfang:str oppmerksomheter:[id samtykkeId:str? fra:time?"
    " til:time?",
    "Samtykke":
    "samtykkeId:id gjelder:[str skjema:text? filId:str? lastetOpp:time? lastetOppAv:str?"
    " signertAv:[id signertDato:date? utloper:date? mottakere:[str oppmerksomheter:[id"
    " trukket:time? trukketAv:str? erstattetAv:str?",
    "Oppmerksomhet":
    "oppmerksomhetId:id kategori:str? tekst:text? status:str opprettholdendeFaktorer:text?"
    " opprettet:time? opprettetAv:str? endret:time? maal:@Maal tiltak:[@Tiltak",
    "Maal": "kjennetegn:text? delmaal:[text",
    "Tiltak":
    "tiltakId:id tekst:text? arena:str? aktor:str? vistAnsvarlig:str? startdato:date?"
    " frist:date? status:str erstattetAv:str? opprettet:time? opprettetAv:str? endret:time?"
    " evaluering:@Evaluering?",
    "Evaluering":
    "evalueringId:id farge:str? virket:str? tekst:text? dato:date? moteId:str?"
    " familienEnig:bool? veienVidere:str? opprettet:time? opprettetAv:str?",
    "Mote": "moteId:id tittel:text? dato:time? type:str? form:str? deltakere:[id",
    "Lysglimt": "lysglimtId:id forfatter:str? forfatterRolle:str? tid:time? tekst:text?",
    "Notat": "notatId:id tekst:text? dato:time? forfatter:str? oppmerksomhetId:str? filId:str?",
    "Fil": "filId:id filnavn:text medietype:str storrelse:count sha256:sha",
    "Overforing":
    "overforingId:id type:str begrunnelse:text? fraPersonId:str? fraVirksomhetId:str?"
    " tilPersonId:str? tilVirksomhetId:str? sendt:time? akseptert:time?",
}
SHAPES = {
    name: dict(pair.split(":") for pair in text.split()) for name, text in SHAPE_TEXTS.items()
}
UNIQUE = {
    "oppmerksomheter": "oppmerksomhetId", "moter": "moteId", "lysglimt": "lysglimtId",
    "notater": "notatId", "filer": "filId", "samtykker": "samtykkeId",
    "lesetilganger": "lesetilgangId", "overforinger": "overforingId",
}
CONTENT = ("oppmerksomheter", "moter", "lysglimt", "notater")
Json = dict[str, Any]


class RefusalError(Exception):
    """A refusal with a public code and a place."""

    def __init__(self, status: int, code: str, place: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.place = status, code, place


@dataclass
class Request:
    """One request, its path split and decoded."""

    method: str
    segments: list[str]
    query: str
    headers: Message
    body: bytes
    params: dict[str, str] = field(default_factory=dict)


@dataclass
class Reply:
    """One answer."""

    status: int
    body: bytes = b""
    media: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Log:
    """A stored log: the document, its version, its place in the listing, and its bytes."""

    doc: Json
    etag: str
    ordinal: int
    uid: str
    files: dict[str, bytes] = field(default_factory=dict)


def as_json(status: int, value: Any, **headers: str) -> Reply:
    """Answer a value as JSON."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def once(pairs: list[tuple[str, Any]]) -> Json:
    """Build an object, each member once."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a member stands twice")
    return made


def finite(text: str) -> float:
    """Read a number that a float can hold; NaN and the infinities are no JSON."""
    number = float(text)
    if not isfinite(number):
        raise ValueError("no number")
    return number


def read_json(request: Request) -> Any:
    """Read the body as JSON in UTF-8."""
    media = [part.strip().lower() for part in request.headers.get("Content-Type", "").split(";")]
    charset_ok = all(
        part.split("=", 1)[1].strip('"') == "utf-8" for part in media[1:]
        if part.startswith("charset=")
    )
    try:
        if media[0] != "application/json" or not charset_ok:
            raise ValueError("media type")
        return json.loads(
            request.body.decode("utf-8"), object_pairs_hook=once, parse_float=finite,
            parse_constant=finite,
        )
    except (ValueError, RecursionError):
        raise RefusalError(400, "UGYLDIG_JSON") from None


def step(place: str, name: str | int) -> str:
    """One step down; a strange name is not repeated."""
    if isinstance(name, str) and not NAME_RE.fullmatch(name):
        return place
    return f"{place}.{name}" if place else str(name)


def check_text(value: Any, place: str = "") -> None:
    """Refuse half surrogate pairs anywhere, names of members with them."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise RefusalError(422, "UGYLDIG_TEKST", place) from None
    elif isinstance(value, list):
        for number, item in enumerate(value):
            check_text(item, step(place, number))
    elif isinstance(value, dict):
        for name, item in value.items():
            check_text(name, place)
            check_text(item, step(place, name))


def is_whole(value: Any) -> bool:
    """JSON Schema's integer: 1.0 is one too, true is none."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def real_day(text: str) -> bool:
    """Refuse 29 February in a year without one; the pattern has seen to the rest."""
    return text[5:10] != "02-29" or isleap(int(text[:4]))


TESTS: dict[str, Callable[[Any], bool]] = {
    "str": lambda v: isinstance(v, str),
    "text": lambda v: isinstance(v, str) and len(v) <= MAX_TEXT,
    "id": lambda v: isinstance(v, str) and 1 <= len(v) <= 80,
    "sha": lambda v: isinstance(v, str) and SHA_RE.fullmatch(v) is not None,
    "bool": lambda v: isinstance(v, bool),
    "count": lambda v: is_whole(v) and v >= 0,
    "level": lambda v: is_whole(v) and 1 <= v <= 3,
    "status": lambda v: v in ("OPPRETTET", "AKTIV", "PASSIV"),
    "date": lambda v: isinstance(v, str) and DATE_RE.fullmatch(v) is not None and real_day(v),
    "time": lambda v: isinstance(v, str) and TIME_RE.fullmatch(v) is not None and real_day(v),
}


def check(value: Any, spec: str, place: str, keep: bool) -> None:
    """Hold a value against its shape."""
    if spec.startswith("["):
        if not isinstance(value, list):
            raise RefusalError(422, "UGYLDIG_DOKUMENT", place)
        for number, item in enumerate(value):
            check(item, spec[1:], step(place, number), keep)
        return
    if spec.endswith("?"):
        if value is None:
            return
        spec = spec[:-1]
    if not spec.startswith("@"):
        if not TESTS[spec](value):
            raise RefusalError(422, "UGYLDIG_DOKUMENT", place)
        return
    shape = SHAPES[spec[1:]]
    if not isinstance(value, dict):
        raise RefusalError(422, "UGYLDIG_DOKUMENT", place)
    for name in value:
        if name not in shape and not keep:
            raise RefusalError(422, "UKJENT_FELT", step(place, name))
    for name, inner in shape.items():
        if name not in value:
            raise RefusalError(422, "UGYLDIG_DOKUMENT", step(place, name))
        check(value[name], inner, step(place, name), keep)


def measures(doc: Json) -> Iterator[tuple[str, Json]]:
    """All measures of a log, each with its place."""
    for number, concern in enumerate(doc["oppmerksomheter"]):
        for index, measure in enumerate(concern["tiltak"]):
            yield f"logg.oppmerksomheter.{number}.tiltak.{index}", measure


def check_unique(doc: Json) -> None:
    """The ids that are unique in a log stand once each."""
    found = {(name, i): item[key] for name, key in UNIQUE.items()
             for i, item in enumerate(doc[name])}
    seen: set[tuple[str, str]] = set()
    for (name, number), value in found.items():
        if (name, value) in seen:
            raise RefusalError(422, "DUPLISERT_ID", f"logg.{name}.{number}")
        seen.add((name, value))
    for place, measure in measures(doc):
        if ("tiltak", measure["tiltakId"]) in seen:
            raise RefusalError(422, "DUPLISERT_ID", place)
        seen.add(("tiltak", measure["tiltakId"]))


def breaches(doc: Json) -> Iterator[tuple[str, str, set[str]]]:
    """Rules of entry that are broken: the rule, the place, and the ids it may be declared by."""
    whole = doc["loggId"]
    for number, concern in enumerate(doc["oppmerksomheter"]):
        place = f"logg.oppmerksomheter.{number}"
        units = {whole, concern["oppmerksomhetId"]}
        units |= {measure["tiltakId"] for measure in concern["tiltak"]}
        if not concern["tiltak"]:
            yield "R-076", place, units
        acting: set[str] = set()
        for measure in concern["tiltak"]:
            if measure["status"] == "AKTIV" and measure["aktor"] is not None:
                if measure["aktor"] in acting:
                    yield "R-071", place, units
                acting.add(measure["aktor"])
        if doc["status"] == "OPPRETTET":
            yield "R-003", place, units
    if doc["status"] == "OPPRETTET":
        for name in CONTENT[1:]:
            for number, item in enumerate(doc[name]):
                yield "R-003", f"logg.{name}.{number}", {whole, item[UNIQUE[name]]}
    types = {item["filId"]: item["medietype"] for item in doc["filer"]}
    for number, note in enumerate(doc["notater"]):
        kind = types.get(note["filId"], "application/pdf")
        if kind.split(";")[0].strip().lower() != "application/pdf":
            yield "R-091", f"logg.notater.{number}", {whole, note["notatId"], note["filId"]}


def check_editing(old: Json, new: Json) -> None:
    """The rules of ordinary editing: R-076 (goal), R-077 and R-078."""
    known = {concern["oppmerksomhetId"] for concern in old["oppmerksomheter"]}
    for number, concern in enumerate(new["oppmerksomheter"]):
        sign = (concern["maal"]["kjennetegn"] or "").strip()
        if concern["oppmerksomhetId"] not in known and not sign:
            raise RefusalError(422, "R-076", f"logg.oppmerksomheter.{number}.maal")
    now = datetime.now(UTC)
    sent = {measure["tiltakId"]: (place, measure) for place, measure in measures(new)}
    for _, before in measures(old):
        place, after = sent.get(before["tiltakId"], ("logg.oppmerksomheter", None))
        kept = after is not None and after["evaluering"] == before["evaluering"]
        if before["evaluering"] is not None and not kept:
            raise RefusalError(422, "R-078", place)
        if after is not None and after["tekst"] != before["tekst"]:
            made = before["opprettet"]
            if made is None or now - datetime.fromisoformat(made) >= timedelta(hours=8):
                raise RefusalError(422, "R-077", f"{place}.tekst")


class App:
    """The whole product: its store and its operations."""

    def __init__(self, tenant: str, client_id: str, secret: str, within: float | None) -> None:
        self.tenant, self.client_id, self.secret = tenant, client_id, secret
        self.within = within
        self.lock = threading.Lock()
        self.seal = secrets.token_bytes(32)
        self.tokens: dict[str, float] = {}
        self.logs: dict[str, Log] = {}
        self.keys: dict[str, tuple[bytes, str, str]] = {}
        self.strays: dict[tuple[str, str], dict[str, tuple[bytes, float]]] = {}
        self.newest: dict[str, tuple[int, Json]] = {}
        self.ticks = self.made = self.mails = 0
        one, log = "/api/v1/stafettlogger", "/api/v1/stafettlogger/*"
        self.routes: dict[str, dict[str, Callable[[Request], Reply]]] = {
            "/connect/token": {"POST": self.token},
            "/api/v1/kommune": {"GET": self.tenant_read},
            one: {"GET": self.listing, "POST": self.create},
            "/api/v1/endringer": {"GET": self.feed},
            log: {"GET": self.read, "PUT": self.edit, "DELETE": self.delete},
            "/api/v1/eksterne/*": {"GET": self.find},
            "/api/v1/import/stafettlogger": {"POST": self.import_log},
            "/api/v1/import/stafettlogger/*": {"PUT": self.replace},
            log + "/filer/*": {"GET": self.file_read, "PUT": self.file_write},
            log + "/overforinger": {"GET": self.handovers},
            "/_count": {"GET": self.count}, "/_dump": {"GET": self.dump},
        }
        self.open_to_all = {self.token, self.count, self.dump}
        paging = {"storrelse", "markor"}
        self.params = {
            self.listing: paging, self.feed: paging, self.create: {"bevarUkjente"},
            self.edit: {"bevarUkjente"}, self.import_log: {"bevarUkjente"},
            self.replace: {"bevarUkjente"},
        }

    # Requests

    def answer(self, request: Request) -> Reply:
        """Answer one request; the lock makes each a whole."""
        try:
            with self.lock:
                return self.dispatch(request)
        except RefusalError as no:
            return as_json(no.status, {"kode": no.code, "sted": no.place})
        except RecursionError:
            return as_json(400, {"kode": "UGYLDIG_JSON", "sted": ""})

    def dispatch(self, request: Request) -> Reply:
        """Find the operation, look at the token and the query, and run it."""
        segments = request.segments
        for pattern, methods in self.routes.items():
            parts = pattern.split("/")[1:]
            if len(parts) == len(segments) and all(
                part == have if part != "*" else have != ""
                for part, have in zip(parts, segments, strict=True)
            ):
                operation = methods.get(request.method)
                if operation is None:
                    raise RefusalError(405, "UKJENT_METODE")
                break
        else:
            raise RefusalError(404, "UKJENT_STI")
        if operation not in self.open_to_all and not self.signed_in(request):
            return Reply(401)
        request.segments = [unquote(part, errors="replace") for part in segments]
        if operation not in (self.count, self.dump):
            self.read_params(request, operation)
        return operation(request)

    def signed_in(self, request: Request) -> bool:
        """Say whether the bearer token is one that was given out and still good."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and self.tokens.get(token, 0.0) > time.monotonic()

    def read_params(self, request: Request, operation: Callable[[Request], Reply]) -> None:
        """Take the query parameters the operation has, each once."""
        known = self.params.get(operation, set())
        try:
            pairs = parse_qsl(request.query, keep_blank_values=True, errors="strict")
        except ValueError:
            raise RefusalError(400, "UKJENT_PARAMETER") from None
        for name, value in pairs:
            wrong = name == "bevarUkjente" and value != "ja"
            if name not in known or name in request.params or wrong:
                raise RefusalError(400, "UKJENT_PARAMETER", name if name in known else "")
            request.params[name] = value

    def token(self, request: Request) -> Reply:
        """token.hent."""
        media = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
        try:
            pairs = parse_qsl(
                request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True,
                errors="strict",
            )
        except ValueError:
            return as_json(400, {"error": "invalid_request"})
        form = dict(pairs)
        needed = {"grant_type", "client_id", "client_secret", "tenant_id"}
        if (
            media != "application/x-www-form-urlencoded" or len(form) != len(pairs)
            or not needed <= set(form) <= needed | {"scope"} or not all(form.values())
        ):
            return as_json(400, {"error": "invalid_request"})
        if form["grant_type"] != "client_credentials":
            return as_json(400, {"error": "unsupported_grant_type"})
        if not re.fullmatch(r"[0-9]{9}", form["tenant_id"]):
            return as_json(400, {"error": "invalid_request"})
        same = hmac.compare_digest(form["client_secret"].encode(), self.secret.encode())
        if form["client_id"] != self.client_id or not same:
            return as_json(401, {"error": "invalid_client"})
        if form["tenant_id"] != self.tenant:
            return as_json(400, {"error": "invalid_tenant"})
        token = secrets.token_urlsafe(48)
        self.tokens[token] = time.monotonic() + TOKEN_LIFE
        return as_json(200, {"access_token": token, "token_type": "Bearer"})

    # Cursors and versions

    def cursor(self, kind: str, number: int) -> str:
        """Seal a position as an opaque text without eleven digits in a row."""
        for salt in range(256):
            plain = f"{kind}{number}.{salt}".encode()
            mark = hmac.digest(self.seal, plain, "sha256")[:18]
            text = base64.b64encode(mark + plain).decode()
            if not re.search(r"[0-9]{11}", text):
                return text
        raise AssertionError("no cursor")

    def position(self, kind: str, text: str) -> int:
        """Open a cursor of this kind."""
        try:
            raw = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise RefusalError(400, "UGYLDIG_MARKOR") from None
        mark, plain = raw[:18], raw[18:]
        good = hmac.compare_digest(mark, hmac.digest(self.seal, plain, "sha256")[:18])
        if not good or not plain.startswith(kind.encode()):
            raise RefusalError(400, "UGYLDIG_MARKOR")
        return int(plain[1:].split(b".")[0])

    def paging(self, request: Request) -> int:
        """How many rows a page may have."""
        size = request.params.get("storrelse", "100")
        if not re.fullmatch(r"[1-9][0-9]{0,2}", size) or int(size) > 500:
            raise RefusalError(400, "UGYLDIG_STORRELSE")
        return min(int(size), MAX_PAGE)

    @staticmethod
    def row(log: Log) -> Json:
        """A log in a listing."""
        doc = log.doc
        return {
            "loggId": doc["loggId"], "etag": log.etag, "status": doc["status"],
            "sistOppdatert": doc["sistOppdatert"],
        }

    @staticmethod
    def receipt(status: int, log: Log) -> Reply:
        """Where a log stands and its version."""
        body = {"loggId": log.doc["loggId"], "etag": log.etag}
        return as_json(status, body, ETag=f'"{log.etag}"')

    def standing(self, request: Request, index: int = 3) -> Log:
        """The log in the address."""
        log = self.logs.get(request.segments[index])
        if log is None:
            raise RefusalError(404, "BORTE")
        return log

    @staticmethod
    def match(request: Request, log: Log) -> None:
        """Hold `If-Match` against the version that stands."""
        named = request.headers.get("If-Match", "").strip()
        if not named:
            raise RefusalError(428, "MANGLER_VERSJON")
        if named != f'"{log.etag}"':
            raise RefusalError(412, "ENDRET")

    @staticmethod
    def quiet(request: Request) -> bool:
        """Say whether notices are suppressed."""
        value = request.headers.get("Varsling")
        if value not in (None, "undertrykk"):
            raise RefusalError(400, "UGYLDIG_VARSLING")
        return value is not None

    # Reading

    def tenant_read(self, _: Request) -> Reply:
        """kommune.les."""
        body: Json = {
            "organisasjonsnummer": self.tenant, "produkt": "Conexus Companion",
            "kontrakt": "forslag-1", "miljo": "test", "rettigheter": RIGHTS,
            "antallLogger": len(self.logs), "ledigPlass": None,
        }
        if self.within is not None:
            body["synligInnenSekunder"] = self.within
        return as_json(200, body)

    def listing(self, request: Request) -> Reply:
        """stafettlogger.list."""
        size = self.paging(request)
        after = -1
        if "markor" in request.params:
            after = self.position("L", request.params["markor"])
        left = sorted(
            (log for log in self.logs.values() if log.ordinal > after), key=lambda x: x.ordinal
        )
        page = left[:size]
        more = self.cursor("L", page[-1].ordinal) if len(left) > size else None
        rows = [self.row(log) for log in page]
        return as_json(200, {"antall": len(self.logs), "logger": rows, "nesteMarkor": more})

    def feed(self, request: Request) -> Reply:
        """endringer.les."""
        size = self.paging(request)
        asked = request.params.get("markor")
        if asked is None:
            now = self.cursor("F", self.ticks)
            return as_json(200, {"antall": 0, "logger": [], "nesteMarkor": now})
        after = self.position("F", asked)
        left = sorted((x for x in self.newest.values() if x[0] > after), key=lambda x: x[0])
        page = left[:size]
        more = self.cursor("F", page[-1][0]) if page else asked
        rows = [row for _, row in page]
        return as_json(200, {"antall": len(left), "logger": rows, "nesteMarkor": more})

    def read(self, request: Request) -> Reply:
        """stafettlogg.les."""
        log = self.standing(request)
        return as_json(200, log.doc, ETag=f'"{log.etag}"')

    def find(self, request: Request) -> Reply:
        """stafettlogg.finn."""
        found = [log for log in self.logs.values()
                 if log.doc["eksternNokkel"] == request.segments[3]]
        rows = [{"loggId": log.doc["loggId"], "etag": log.etag} for log in found]
        return as_json(200, {"logger": rows})

    def handovers(self, request: Request) -> Reply:
        """overforinger.les."""
        return as_json(200, {"overforinger": self.standing(request).doc["overforinger"]})

    def file_read(self, request: Request) -> Reply:
        """fil.les."""
        log = self.standing(request)
        for item in log.doc["filer"]:
            if item["filId"] == request.segments[5]:
                media = item["medietype"]
                if not HEADER_RE.fullmatch(media):
                    media = "application/octet-stream"
                return Reply(200, log.files[item["filId"]], media)
        raise RefusalError(404, "BORTE")

    # Writing

    def file_write(self, request: Request) -> Reply:
        """fil.skriv."""
        _, _, _, log_id, _, file_id = request.segments
        if len(log_id) > 80 or len(file_id) > 80:
            raise RefusalError(404, "UKJENT_STI")
        digest = hashlib.sha256(request.body).hexdigest()
        if request.headers.get("Innhold-Sha256", "").strip() != digest:
            raise RefusalError(422, "FEIL_FILSUM")
        limit = time.monotonic() - STRAY_LIFE
        self.strays = {
            where: kept for where, held in self.strays.items()
            if (kept := {sha: one for sha, one in held.items() if one[1] > limit})
        }
        held = self.strays.setdefault((log_id, file_id), {})
        held[digest] = (request.body, time.monotonic())
        return Reply(204)

    def document(self, request: Request, imported: bool) -> tuple[Json, list[Json], bytes]:
        """The log that was sent, in the contract's shape, and what is declared with it."""
        body = read_json(request)
        check_text(body)
        names = {"logg", "kjenteAvvik"} if imported else {"logg"}
        if not isinstance(body, dict):
            raise RefusalError(422, "UGYLDIG_DOKUMENT")
        for name in sorted(set(body) ^ names):
            raise RefusalError(422, "UGYLDIG_DOKUMENT", step("", name))
        check(body["logg"], "@Logg", "logg", "bevarUkjente" in request.params)
        declared = body.get("kjenteAvvik", [])
        if not isinstance(declared, list):
            raise RefusalError(422, "UGYLDIG_DOKUMENT", "kjenteAvvik")
        for number, item in enumerate(declared):
            if not (
                isinstance(item, dict) and set(item) == {"regel", "enhet"}
                and isinstance(item["regel"], str) and RULE_RE.fullmatch(item["regel"])
                and TESTS["id"](item["enhet"])
            ):
                raise RefusalError(422, "UGYLDIG_DOKUMENT", f"kjenteAvvik.{number}")
        check_unique(body["logg"])
        return body["logg"], declared, hashlib.sha256(request.body).digest()

    def check_key(self, doc: Json, own: Log | None) -> None:
        """The sender's key is free, or this log's own."""
        key = doc["eksternNokkel"]
        for log in self.logs.values():
            if log is not own and key is not None and log.doc["eksternNokkel"] == key:
                raise RefusalError(409, "NOKKEL_OPPTATT")

    def gather(self, doc: Json, old: Log | None) -> dict[str, bytes]:
        """The bytes of every file the log names."""
        gathered: dict[str, bytes] = {}
        for number, item in enumerate(doc["filer"]):
            name, sha = item["filId"], item["sha256"]
            held = self.strays.get((doc["loggId"], name), {}).get(sha)
            content = held[0] if held else (old.files.get(name) if old else None)
            if content is None or hashlib.sha256(content).hexdigest() != sha:
                raise RefusalError(422, "FIL_MANGLER", f"logg.filer.{number}")
            if len(content) != item["storrelse"]:
                raise RefusalError(422, "UGYLDIG_DOKUMENT", f"logg.filer.{number}.storrelse")
            gathered[name] = content
        return gathered

    @staticmethod
    def check_rules(doc: Json, declared: list[Json]) -> None:
        """The rules of entry; a breach passes when it is declared."""
        told = {(item["regel"], item["enhet"]) for item in declared}
        for rule, place, units in breaches(doc):
            if not any((rule, unit) in told for unit in units):
                raise RefusalError(422, rule, place)

    def store(self, doc: Json, files: dict[str, bytes], old: Log | None) -> Log:
        """Keep a log, drop what it no longer names, and tell the feed."""
        etag = secrets.token_hex(48)
        ordinal = old.ordinal if old else self.made
        uid = old.uid if old else secrets.token_hex(8)
        log = Log(doc, etag, ordinal, uid, files)
        self.made += old is None
        self.logs[doc["loggId"]] = log
        for item in doc["filer"]:
            held = self.strays.get((doc["loggId"], item["filId"]), {})
            held.pop(item["sha256"], None)
        self.tell(self.row(log))
        return log

    def tell(self, row: Json) -> None:
        """Note the newest change of a log."""
        self.ticks += 1
        self.newest[row["loggId"]] = (self.ticks, row)

    def mail(self, doc: Json, quiet: bool) -> None:
        """Mail the guardians that have an address."""
        if not quiet:
            self.mails += sum(1 for one in doc["foresatte"] if one["epost"])

    def create(self, request: Request) -> Reply:
        """stafettlogg.opprett."""
        quiet = self.quiet(request)
        doc, _, _ = self.document(request, False)
        doc["loggId"] = "-".join(["sl", *(secrets.token_hex(2) for _ in range(5))])
        doc["sistOppdatert"] = now_text()
        self.check_key(doc, None)
        files = self.gather(doc, None)
        self.check_rules(doc, [])
        log = self.store(doc, files, None)
        self.mail(doc, quiet)
        return self.receipt(201, log)

    def import_log(self, request: Request) -> Reply:
        """stafettlogg.importer."""
        key = request.headers.get("Idempotency-Key", "").strip()
        if not 1 <= len(key) <= 200:
            raise RefusalError(400, "MANGLER_NOKKEL")
        quiet = self.quiet(request)
        if key in self.keys:
            digest, log_id, uid = self.keys[key]
            log = self.logs.get(log_id)
            same = digest == hashlib.sha256(request.body).digest()
            if not same or log is None or log.uid != uid:
                raise RefusalError(409, "NOKKEL_BRUKT")
            return self.receipt(200, log)
        doc, declared, digest = self.document(request, True)
        if doc["loggId"] in self.logs:
            raise RefusalError(409, "ID_OPPTATT")
        self.check_key(doc, None)
        files = self.gather(doc, None)
        self.check_rules(doc, declared)
        log = self.store(doc, files, None)
        self.keys[key] = (digest, doc["loggId"], log.uid)
        self.mail(doc, quiet)
        return self.receipt(201, log)

    def replace(self, request: Request) -> Reply:
        """stafettlogg.oppdater."""
        self.quiet(request)
        old = self.standing(request, 4)
        return self.put(request, old, True)

    def edit(self, request: Request) -> Reply:
        """stafettlogg.endre."""
        return self.put(request, self.standing(request), False)

    def put(self, request: Request, old: Log, imported: bool) -> Reply:
        """Replace a whole log, with history or as a user does."""
        self.match(request, old)
        doc, declared, _ = self.document(request, imported)
        if doc["loggId"] != old.doc["loggId"]:
            raise RefusalError(422, "FEIL_ID", "logg.loggId")
        self.check_key(doc, old)
        files = self.gather(doc, old)
        self.check_rules(doc, declared)
        if not imported:
            check_editing(old.doc, doc)
            doc["sistOppdatert"] = now_text()
        return self.receipt(200, self.store(doc, files, old))

    def delete(self, request: Request) -> Reply:
        """stafettlogg.slett."""
        log = self.standing(request)
        self.match(request, log)
        if log.doc["status"] != "PASSIV":
            raise RefusalError(422, "IKKE_PASSIV")
        log_id = log.doc["loggId"]
        del self.logs[log_id]
        self.strays = {where: one for where, one in self.strays.items() if where[0] != log_id}
        row = {"loggId": log_id, "etag": "gone", "status": "SLETTET", "sistOppdatert": None}
        self.tell(row)
        return Reply(204)

    # For tests

    def count(self, _: Request) -> Reply:
        """Count the store."""
        logs = self.logs.values()
        return as_json(200, {
            "logs": len(logs), "files": sum(len(log.files) for log in logs),
            "files_named": sum(len(log.doc["filer"]) for log in logs),
            "mails": self.mails, "made": self.made,
        })

    def dump(self, _: Request) -> Reply:
        """Give out the whole store."""
        logs = [
            {
                "log": log.doc, "etag": log.etag,
                "files": {n: base64.b64encode(b).decode() for n, b in log.files.items()},
            }
            for log in sorted(self.logs.values(), key=lambda x: x.ordinal)
        ]
        strays = [
            {"loggId": where[0], "filId": where[1], "sha256": sha,
             "content": base64.b64encode(one[0]).decode()}
            for where, held in self.strays.items() for sha, one in held.items()
        ]
        return as_json(200, {"logs": logs, "strays": strays})


def now_text() -> str:
    """The time now, as this product writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "+00:00"


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with kept connections."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    app: App

    def __getattr__(self, name: str) -> Any:
        """Serve every method alike."""
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""

    def serve(self) -> None:
        """Read one request whole, and answer it."""
        body = self.read_body()
        if body is None:
            self.close_connection = True
            self.send(Reply(413))
            return
        path, _, query = self.path.partition("?")
        segments = path.split("/")[1:]
        try:
            reply = self.app.answer(Request(self.command, segments, query, self.headers, body))
        except Exception as fault:  # a fault of ours is a 500, and the connection lives
            print("fault", type(fault).__name__, flush=True)
            reply = Reply(500)
        self.send(reply)

    def read_body(self) -> bytes | None:
        """The bytes of the body; None when they are too many or not told."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            parts: list[bytes] = []
            while True:
                text = self.rfile.readline(100).split(b";")[0].strip()
                size = int(text, 16) if re.fullmatch(rb"[0-9A-Fa-f]{1,8}", text) else -1
                if size < 0 or size + sum(map(len, parts)) > MAX_BODY:
                    return None
                if size == 0:
                    while self.rfile.readline(8192).strip():
                        pass
                    return b"".join(parts)
                parts.append(self.rfile.read(size))
                self.rfile.readline(10)
        length = self.headers.get("Content-Length", "0").strip()
        if not re.fullmatch(r"[0-9]{1,12}", length):
            return None
        if int(length) > MAX_BODY:
            for _ in range(min(int(length) >> 16, 4096)):  # let the sender finish, within reason
                self.rfile.read(1 << 16)
            return None
        return self.rfile.read(int(length))

    def send(self, reply: Reply) -> None:
        """Write one answer in one piece."""
        lines = [f"HTTP/1.1 {reply.status} {self.responses.get(reply.status, ('',))[0]}"]
        if reply.status != 204:
            lines.append(f"Content-Length: {len(reply.body)}")
        if reply.body or reply.status == 200:
            lines.append(f"Content-Type: {reply.media}")
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.wfile.write(head + (b"" if self.command == "HEAD" else reply.body))


class Server(ThreadingHTTPServer):
    """A server that takes many connections at once."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tenant", required=True)
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--client-secret", required=True)
    parser.add_argument("--visible-within", type=float, default=None)
    args = parser.parse_args()
    Handler.app = App(args.tenant, args.client_id, args.client_secret, args.visible_within)
    server = Server(("127.0.0.1", args.port), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    main()
