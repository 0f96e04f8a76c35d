"""A stand-alone server for the Visma Samspill proposal, written from its OpenAPI file alone.

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
from datetime import UTC, datetime
from email.message import Message
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import isfinite
from typing import Any
from urllib.parse import parse_qsl, unquote

Json = dict[str, Any]
MAX_BODY = 64 * 1024 * 1024
MAX_PAGE = 25
TOKEN_LIFE = 3600.0
RIGHTS = ["read", "write", "import", "delete"]
LEAD, GUARDIAN, PROVIDER = "role-planansvarleg", "role-foresatt", "role-tenesteytar"

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
NAME_RE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}")
MATCH_RE = re.compile(r'"([0-9]+)"')

# What a client may write. "?" lets null through, "[" is a list of, "@" is another shape, and
# ">" refers to a resource of that part. `own` members are the server's.
SHAPE_TEXTS = {
    "plan": "externalReference:ref? shortName:text? planTemplate:str? unitName:text?"
    " affiliationId:str? status:plan mainPerson:@person description:text? initiator:text?"
    " photoDocumentId:>documents? lifeAreas:[str subjectPlans:[@subject createdAt:time?"
    " createdBy:str? updatedAt:time?",
    "person": "personId:id nationalId:str? name:text? kind:str willLogIn:bool?",
    "subject": "subjectPlanId:id title:text? type:str? reference:str?",
    "participants": "externalReference:ref? nationalId:str? name:text? email:str? mobile:str?"
    " roleId:str unitName:text? status:member accessUntil:date? untilPlanDeleted:bool"
    " invitedAt:time? activatedAt:time? roleHistory:[@role",
    "role": "roleId:str since:time? until:time?",
    "documents": "externalReference:ref? title:text? fileName:text mediaType:str size:count"
    " sha256:sha category:str? uploadedAt:time? uploadedBy:str?",
    "consents": "externalReference:ref? template:text? text:text? status:str signers:[@signer"
    " listedParticipants:[@listed evidenceDocumentId:>documents? sentAt:time?"
    " withdrawnAt:time? withdrawnBy:str? createdAt:time? createdBy:str?",
    "signer": "participantId:>participants status:str signedAt:time? method:str?",
    "listed": "name:text? unitName:text? roleId:str?",
    "goals": "externalReference:ref? title:title description:text? dueDate:date?"
    " responsibleParticipantId:>participants? lifeAreaId:str? goalTemplateId:str? setting:str?"
    " state:str createdAt:time? createdBy:str? updatedAt:time?",
    "activities": "externalReference:ref? goalId:>goals title:title description:text?"
    " when:text? responsibleParticipantIds:[>participants activityTemplateId:str? state:str"
    " comments:[@comment createdAt:time? createdBy:str? updatedAt:time?",
    "comment": "commentId:id externalReference:ref? authorParticipantId:>participants? at:time?"
    " text:text?",
    "calendar": "externalReference:ref? title:text? kind:str startsAt:time? endsAt:time?"
    " location:text? participantIds:[>participants",
    "messages": "externalReference:ref? kind:str templateId:str? subject:text? body:text?"
    " childsView:text? senderParticipantId:>participants?"
    " recipientParticipantIds:[>participants sentAt:time? calendarEventId:>calendar?"
    " attachmentDocumentIds:[>documents",
    "form": "organisationNumber:org planTypeId:some mainPerson:@named planLead:@named",
    "form+": "participants:[@joined affiliationId:str?",
    "named": "name:some nationalId:nin",
    "joined": "name:some nationalId:nin roleId:some",
}
SHAPES = {
    name: dict(pair.split(":") for pair in text.split()) for name, text in SHAPE_TEXTS.items()
}
ID_NAMES = {
    "participants": "participantId", "documents": "documentId", "consents": "consentId",
    "goals": "goalId", "activities": "activityId", "calendar": "eventId",
    "messages": "messageId",
}
OWN = {
    "plan": {"planId", "planTypeId", "organisationNumber", "version"},
    **{part: {name, "version"} for part, name in ID_NAMES.items()},
}
OWN["participants"].add("personId")
HISTORY = {
    "createdAt", "createdBy", "updatedAt", "uploadedAt", "uploadedBy", "sentAt", "withdrawnAt",
    "withdrawnBy", "invitedAt", "activatedAt", "roleHistory",
}
TASKS = ("responsibleParticipantId", "responsibleParticipantIds", "recipientParticipantIds")
LISTS: dict[str, list[tuple[str, str, str, str]]] = {
    "planTypes": [
        ("pt-stafettlogg", "Relay log", "Stafettlogg", "Stafettlogg"),
        ("pt-ip", "Individual plan", "Individuell plan", "Individuell plan"),
    ],
    "roles": [
        (LEAD, "Plan lead", "Planansvarlig", "Planansvarleg"),
        (GUARDIAN, "Guardian", "Foresatt/verge", "Føresett/verje"),
        (PROVIDER, "Service provider", "Tjenesteyter", "Tenesteytar"),
        ("role-deltakar", "Participant", "Deltaker", "Deltakar"),
        ("role-planeigar", "Plan owner", "Planeier", "Planeigar"),
        ("role-koordinator", "Coordinator", "Koordinator", "Koordinator"),
    ],
    "affiliations": [
        ("aff-skule", "School", "Skole", "Skule"),
        ("aff-barnehage", "Kindergarten", "Barnehage", "Barnehage"),
        ("aff-helse", "Health clinic", "Helsestasjon", "Helsestasjon"),
    ],
}
KNOWN = {name: {row[0] for row in rows} for name, rows in LISTS.items()}


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


@dataclass
class Reply:
    """One answer."""

    status: int
    body: bytes = b""
    media: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Plan:
    """A plan: its own fields, its parts in their order, its bytes, and whose work stands."""

    own: Json
    ordinal: int
    parts: dict[str, list[Json]]
    bytes_of: dict[str, bytes] = field(default_factory=dict)
    content_version: int = 1
    change_id: str | None = None
    change_base: int = 0

    def consented(self) -> bool:
        """Say whether a consent is in force."""
        return any(one["status"] == "valid" for one in self.parts["consents"])

    def ids(self, part: str) -> set[str]:
        """The ids of a part."""
        return {one[ID_NAMES[part]] for one in self.parts[part]}


@dataclass
class Head:
    """What the X- headers of a write say."""

    imported: bool
    quiet: bool
    change: str | None
    keep: bool


@dataclass
class Look:
    """How a body is looked at, and the references found in it."""

    keep: bool
    missing: str
    refs: list[tuple[str, str, str]] = field(default_factory=list)


def whole(value: Any) -> bool:
    """JSON Schema's integer: 1.0 is one too, true is none."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def text_to(low: int, high: float) -> Callable[[Any], bool]:
    """A test of a text's length."""
    return lambda v: isinstance(v, str) and low <= len(v) <= high


def formed(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    """A test of a text's form; a date has to exist."""

    def test(value: Any) -> bool:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            return False
        return pattern is SHA_RE or value[5:10] != "02-29" or isleap(int(value[:4]))

    return test


TESTS: dict[str, Callable[[Any], bool]] = {
    "str": text_to(0, float("inf")), "some": text_to(1, float("inf")), "id": text_to(1, 80),
    "text": text_to(0, 200_000), "title": text_to(0, 255), "ref": text_to(0, 120),
    "bool": lambda v: isinstance(v, bool), "count": lambda v: whole(v) and v >= 0,
    "sha": formed(SHA_RE), "date": formed(DATE_RE), "time": formed(TIME_RE),
    "org": lambda v: isinstance(v, str) and re.fullmatch(r"[0-9]{9}", v) is not None,
    "nin": lambda v: isinstance(v, str),
    "plan": lambda v: v in ("awaitingConsent", "active", "inactive"),
    "member": lambda v: v in ("invited", "active", "ended"),
}


def check_text(value: Any, place: str) -> None:
    """Refuse half surrogate pairs, which cannot be UTF-8."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise RefusalError(422, "INVALID_FIELD", place) from None
    elif isinstance(value, list):
        for item in value:
            check_text(item, place)
    elif isinstance(value, dict):
        for name, item in value.items():
            check_text(name, place)
            check_text(item, place)


def check(value: Any, spec: str, place: str, look: Look) -> None:
    """Hold a value against its shape, and gather its references."""
    if spec.startswith("["):
        if not isinstance(value, list):
            raise RefusalError(422, "INVALID_FIELD", place)
        for item in value:
            check(item, spec[1:], place, look)
        return
    bare = spec.rstrip("?")
    if value is None and bare != spec:
        return
    if bare.startswith("@"):
        if not isinstance(value, dict):
            raise RefusalError(422, "INVALID_FIELD", place)
        check_object(value, SHAPES[bare[1:]], set(SHAPES[bare[1:]]), place, look)
    elif bare.startswith(">"):
        if not TESTS["id" if bare == spec else "str"](value):
            raise RefusalError(422, "INVALID_FIELD", place)
        look.refs.append((bare[1:], value, place))
    elif not TESTS[bare](value):
        raise RefusalError(422, "INVALID_FIELD", place)


def check_object(value: Json, shape: dict[str, str], needed: set[str], place: str,
                 look: Look) -> None:
    """Hold an object against a shape of which some members are needed."""
    for name in value:
        if name not in shape and not look.keep:
            raise RefusalError(422, "UNKNOWN_FIELD", name if NAME_RE.fullmatch(name) else place)
        check_text(value[name], name if name in shape else place)
        check_text(name, place)
    for name, spec in shape.items():
        if name in value:
            check(value[name], spec, name, look)
        elif name in needed:
            raise RefusalError(422, look.missing, name)


def control_digits(number: str) -> bool:
    """Say whether eleven digits have the right control digits."""
    if not re.fullmatch(r"[0-9]{11}", number):
        return False
    digits = [int(one) for one in number]
    first, second = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
    return all(
        sum(a * b for a, b in zip(digits, weights, strict=False)) % 11 == 0
        for weights in (first, second)
    )


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


def read_json(request: Request) -> Json:
    """Read the body as a JSON object in UTF-8."""
    media = [part.strip().lower() for part in request.headers.get("Content-Type", "").split(";")]
    sets = [part[8:].strip('"') for part in media[1:] if part.startswith("charset=")]
    if media[0] != "application/json" or any(one != "utf-8" for one in sets):
        raise RefusalError(415, "NOT_JSON")
    try:
        body = json.loads(request.body.decode("utf-8"), object_pairs_hook=once,
                          parse_float=finite, parse_constant=finite)
    except (ValueError, RecursionError):
        raise RefusalError(400, "INVALID_JSON") from None
    if not isinstance(body, dict):
        raise RefusalError(400, "INVALID_JSON")
    return body


def as_json(status: int, value: Any) -> Reply:
    """Answer a value as JSON."""
    return Reply(status, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def now_text() -> str:
    """The time now, as this product writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "+00:00"


def new_id(kind: str) -> str:
    """An id that is never used again."""
    return "-".join([kind, *(secrets.token_hex(2) for _ in range(5))])


class App:
    """The whole product: its store and its operations."""

    def __init__(self, tenant: str, client_id: str, secret: str, within: float | None) -> None:
        self.tenant, self.client_id, self.secret = tenant, client_id, secret
        self.within = within
        self.lock = threading.Lock()
        self.seal = secrets.token_bytes(32)
        self.tokens: dict[str, float] = {}
        self.plans: dict[str, Plan] = {}
        self.persons: dict[str, str] = {}
        self.newest: dict[str, tuple[int, Json]] = {}
        self.ticks = self.made = self.mails = 0
        plan = "/content/v1/plans/*"
        self.routes: dict[str, dict[str, Callable[[Request], Reply]]] = {
            "/connect/token": {"POST": self.token}, "/_count": {"GET": self.count},
            "/_dump": {"GET": self.dump}, "/external/v1/plans": {"POST": self.plan_create},
            "/content/v1/tenant": {"GET": self.tenant_read},
            "/content/v1/plans": {"GET": self.plan_list},
            "/content/v1/changes": {"GET": self.feed},
            "/content/v1/plans/search": {"POST": self.search},
            plan: {"GET": self.plan_read, "PATCH": self.plan_update, "DELETE": self.plan_delete},
            plan + "/documents/*/content": {
                "GET": self.content_read, "PUT": self.content_write,
            },
        }
        for name in LISTS:
            self.routes[f"/external/v1/{name}"] = {"GET": partial(self.named_list, name)}
        for part in ID_NAMES:
            self.routes[f"{plan}/{part}"] = {
                "GET": partial(self.part_list, part), "POST": partial(self.part_create, part),
            }
            self.routes[f"{plan}/{part}/order"] = {"PUT": partial(self.part_order, part)}
            self.routes[f"{plan}/{part}/*"] = {
                "PATCH": partial(self.part_update, part),
                "DELETE": partial(self.part_delete, part),
            }
        self.open_to_all = ("/connect/token", "/_count", "/_dump")

    # Requests

    def answer(self, request: Request) -> Reply:
        """Answer one request; the lock makes each a whole."""
        try:
            with self.lock:
                return self.dispatch(request)
        except RefusalError as no:
            return as_json(no.status, {"code": no.code, "place": no.place})
        except RecursionError:
            return as_json(400, {"code": "INVALID_JSON", "place": ""})

    def dispatch(self, request: Request) -> Reply:
        """Find the operation, look at the token, and run it."""
        segments = request.segments = [unquote(one) for one in request.segments]
        for pattern, methods in self.routes.items():
            parts = pattern.split("/")[1:]
            if len(parts) == len(segments) and all(
                part == have or (part == "*" and have)
                for part, have in zip(parts, segments, strict=True)
            ):
                if request.method not in methods:
                    raise RefusalError(405, "METHOD_NOT_ALLOWED")
                kind, _, token = request.headers.get("Authorization", "").partition(" ")
                good = self.tokens.get(token, 0.0) > time.monotonic()
                if pattern not in self.open_to_all and not (kind.lower() == "bearer" and good):
                    return Reply(401)
                return methods[request.method](request)
        raise RefusalError(404, "NOT_FOUND")

    def token(self, request: Request) -> Reply:
        """token.fetch."""
        media = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
        bad = as_json(400, {"error": "invalid_request"})
        try:
            pairs = parse_qsl(request.body.decode("ascii"), keep_blank_values=True,
                              strict_parsing=True, errors="strict")
        except ValueError:
            return bad
        form = dict(pairs)
        needed = {"grant_type", "client_id", "client_secret", "tenant_id"}
        if (
            media != "application/x-www-form-urlencoded" or len(form) != len(pairs)
            or not needed <= set(form) <= needed | {"scope"} or not all(form.values())
            or not TESTS["org"](form["tenant_id"])
        ):
            return bad
        if form["grant_type"] != "client_credentials":
            return as_json(400, {"error": "unsupported_grant_type"})
        same = hmac.compare_digest(form["client_secret"].encode(), self.secret.encode())
        if form["client_id"] != self.client_id or not same:
            return as_json(401, {"error": "invalid_client"})
        if form["tenant_id"] != self.tenant:
            return as_json(400, {"error": "invalid_tenant"})
        token = secrets.token_urlsafe(48)
        self.tokens[token] = time.monotonic() + TOKEN_LIFE
        return as_json(200, {"access_token": token, "token_type": "Bearer"})

    @staticmethod
    def head(request: Request, *also: str) -> Head:
        """Read the X- headers of a write that are declared with it."""
        declared = {"X-Import": "historical", "X-Notify": "none", "X-Keep-Unknown": "yes"}
        for name in ("X-Import", "X-Notify", *also):
            if request.headers.get(name, declared[name]) != declared[name]:
                raise RefusalError(400, "INVALID_HEADER", name)
        change = request.headers.get("X-Change-Id")
        if change is not None and not re.fullmatch(r"[\x21-\x7e]{1,200}", change):
            raise RefusalError(400, "INVALID_HEADER", "X-Change-Id")
        imported = "X-Import" in request.headers
        keep = imported and "X-Keep-Unknown" in request.headers
        return Head(imported, "X-Notify" in request.headers, change, keep)

    def query(self, request: Request, known: set[str]) -> dict[str, str]:
        """Take the query parameters the operation has, each once."""
        try:
            pairs = parse_qsl(request.query, keep_blank_values=True, errors="strict")
        except ValueError:
            raise RefusalError(400, "INVALID_QUERY") from None
        found: dict[str, str] = {}
        for name, value in pairs:
            if name not in known or name in found:
                raise RefusalError(400, "INVALID_QUERY", name if name in known else "")
            found[name] = value
        return found

    # Cursors

    def seal_up(self, kind: str, number: int) -> str:
        """Seal a position as an opaque text without eleven digits in a row."""
        for salt in range(256):
            plain = json.dumps([kind, number, salt]).encode()
            mark = hmac.digest(self.seal, plain, "sha256")[:18]
            text = base64.b64encode(mark + plain).decode()
            if not re.search(r"[0-9]{11}", text):
                return text
        raise AssertionError("no cursor")

    def unseal(self, kind: str, text: str) -> int:
        """Open a token of this kind."""
        try:
            raw = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise RefusalError(400, "INVALID_QUERY", "pageToken") from None
        good = hmac.compare_digest(raw[:18], hmac.digest(self.seal, raw[18:], "sha256")[:18])
        content = json.loads(raw[18:]) if good else ["", 0, 0]
        if content[0] != kind:
            raise RefusalError(400, "INVALID_QUERY", "pageToken")
        return int(content[1])

    def paging(self, request: Request) -> tuple[int, str | None]:
        """How many rows a page may have, and the token that was sent."""
        params = self.query(request, {"pageSize", "pageToken"})
        size = params.get("pageSize", "100")
        if not re.fullmatch(r"[1-9][0-9]{0,3}", size) or int(size) > 1000:
            raise RefusalError(400, "INVALID_QUERY", "pageSize")
        return min(int(size), MAX_PAGE), params.get("pageToken")

    # Lists, tenant, listing, feed, search

    def named_list(self, name: str, request: Request) -> Reply:
        """planTypes.list, roles.list and affiliations.list."""
        params = self.query(request, {"language", "organisationNumber"})
        languages = ("EN", "NB", "NN")
        if params.get("language") not in languages:
            raise RefusalError(400, "INVALID_QUERY", "language")
        if not TESTS["org"](params.get("organisationNumber")):
            raise RefusalError(400, "INVALID_QUERY", "organisationNumber")
        if params["organisationNumber"] != self.tenant:
            raise RefusalError(403, "WRONG_ORGANISATION", "organisationNumber")
        column = 1 + languages.index(params["language"])
        return as_json(200, [{"id": row[0], "name": row[column]} for row in LISTS[name]])

    def tenant_read(self, _: Request) -> Reply:
        """tenant.read."""
        body: Json = {
            "organisationNumber": self.tenant, "product": "Visma Flyt Samspill",
            "contract": "content/v1", "environment": "test", "rights": RIGHTS,
            "planCount": len(self.plans),
        }
        if self.within is not None:
            body["visibleWithinSeconds"] = self.within
        return as_json(200, body)

    @staticmethod
    def row(plan: Plan) -> Json:
        """A plan in a listing."""
        return {"planId": plan.own["planId"], "contentVersion": plan.content_version,
                "status": plan.own["status"]}

    def plan_list(self, request: Request) -> Reply:
        """plan.list."""
        size, asked = self.paging(request)
        after = -1 if asked is None else self.unseal("plans", asked)
        left = [plan for plan in self.plans.values() if plan.ordinal > after]
        more = self.seal_up("plans", left[size - 1].ordinal) if len(left) > size else None
        rows = [self.row(plan) for plan in left[:size]]
        return as_json(
            200, {"totalCount": len(self.plans), "plans": rows, "nextPageToken": more}
        )

    def feed(self, request: Request) -> Reply:
        """change.list."""
        size, asked = self.paging(request)
        after = self.ticks if asked is None else self.unseal("feed", asked)
        page = sorted((x for x in self.newest.values() if x[0] > after), key=lambda x: x[0])
        page = page[:size]
        more = self.seal_up("feed", page[-1][0] if page else after) if page or not asked else asked
        rows = [row for _, row in page]
        return as_json(200, {"totalCount": len(rows), "plans": rows, "nextPageToken": more})

    def search(self, request: Request) -> Reply:
        """plan.search."""
        body = read_json(request)
        texts = all(TESTS["some"](value) for value in body.values())
        number = body.get("mainPersonNationalId", "0" * 11)
        if not texts or not re.fullmatch(r"[0-9]{11}", number) or set(body) not in (
            {"externalReference"}, {"mainPersonNationalId", "planTypeId"}
        ):
            raise RefusalError(422, "INVALID_BODY")
        found = []
        for plan in self.plans.values():
            own = plan.own
            has = {**own, "mainPersonNationalId": own["mainPerson"]["nationalId"]}
            if all(has[name] == value for name, value in body.items()):
                row = {"contentVersion": plan.content_version}
                names = ("planId", "externalReference", "createdBy")
                found.append(row | {name: own[name] for name in names})
        return as_json(200, {"plans": found})

    # Plans

    def person(self, number: str | None) -> str:
        """The account of a person: one for each number."""
        if number is None:
            return new_id("pn")
        return self.persons.setdefault(number, new_id("pn"))

    def plan_create(self, request: Request) -> Reply:
        """plan.create."""
        if request.headers.get("X-Notify", "none") != "none":
            raise RefusalError(400, "INVALID_HEADER", "X-Notify")
        quiet = "X-Notify" in request.headers
        body = read_json(request)
        shape = SHAPES["form"] | SHAPES["form+"]
        check_object(body, shape, set(SHAPES["form"]), "", Look(False, "MISSING_FIELD"))
        joined = [{**body["planLead"], "roleId": LEAD}, *body.get("participants", [])]
        if body["organisationNumber"] != self.tenant:
            raise RefusalError(403, "WRONG_ORGANISATION", "organisationNumber")
        if body["planTypeId"] not in KNOWN["planTypes"]:
            raise RefusalError(422, "UNKNOWN_PLAN_TYPE", "planTypeId")
        if body.get("affiliationId") not in {None, *KNOWN["affiliations"]}:
            raise RefusalError(422, "UNKNOWN_AFFILIATION", "affiliationId")
        for one in [body["mainPerson"], *joined]:
            if not control_digits(one["nationalId"]):
                raise RefusalError(422, "INVALID_NATIONAL_ID", "nationalId")
            if one.get("roleId", LEAD) not in KNOWN["roles"]:
                raise RefusalError(422, "UNKNOWN_ROLE", "roleId")
        if any(one["roleId"] != GUARDIAN for one in joined[1:]):
            raise RefusalError(409, "CONSENT_REQUIRED", "participants")
        now, plan_id, main = now_text(), new_id("vp"), body["mainPerson"]
        own = dict.fromkeys(SHAPES["plan"]) | {
            "planId": plan_id, "planTypeId": body["planTypeId"], "status": "awaitingConsent",
            "organisationNumber": self.tenant, "affiliationId": body.get("affiliationId"),
            "mainPerson": {
                "personId": self.person(main["nationalId"]), **main, "kind": "child",
                "willLogIn": None,
            },
            "lifeAreas": [], "subjectPlans": [], "createdAt": now, "createdBy": self.client_id,
            "version": 1,
        }
        people = [
            dict.fromkeys(SHAPES["participants"]) | {
                "participantId": new_id("pt"), "personId": self.person(one["nationalId"]), **one,
                "status": "invited", "untilPlanDeleted": True, "invitedAt": now, "version": 1,
                "roleHistory": [{"roleId": one["roleId"], "since": now, "until": None}],
            }
            for one in joined
        ]
        parts: dict[str, list[Json]] = {part: [] for part in ID_NAMES}
        plan = Plan(own, self.made, parts | {"participants": people})
        self.plans[plan_id] = plan
        self.made += 1
        self.mails += 0 if quiet else len(people)
        self.tell(self.row(plan))
        return as_json(200, {"status": "OK"})

    def tell(self, row: Json) -> None:
        """Note the newest change of a plan."""
        self.ticks += 1
        self.newest[row["planId"]] = (self.ticks, row)

    def plan(self, request: Request) -> Plan:
        """The plan in the address."""
        plan = self.plans.get(request.segments[3])
        if plan is None:
            raise RefusalError(404, "NOT_FOUND")
        return plan

    @staticmethod
    def match(request: Request, version: int) -> None:
        """Hold `If-Match` against the version that stands."""
        named = MATCH_RE.fullmatch(request.headers.get("If-Match", "").strip())
        if named is None:
            raise RefusalError(428, "IF_MATCH_REQUIRED", "If-Match")
        if named[1] != str(version):
            raise RefusalError(412, "VERSION_CONFLICT", "If-Match")

    @staticmethod
    def about(plan: Plan, reply: Reply) -> Reply:
        """Add what every answer about a plan carries."""
        reply.headers["Content-Version"] = str(plan.content_version)
        if plan.change_id is not None:
            reply.headers["X-Change-Id"] = plan.change_id
            reply.headers["X-Change-Base"] = str(plan.change_base)
        return reply

    def written(self, plan: Plan, head: Head, reply: Reply) -> Reply:
        """Count a write, note whose work it is, and tell the feed."""
        if head.change is None or head.change != plan.change_id:
            plan.change_id, plan.change_base = head.change, plan.content_version
        plan.content_version += 1
        self.tell(self.row(plan))
        return self.about(plan, reply)

    def plan_read(self, request: Request) -> Reply:
        """plan.read."""
        plan = self.plan(request)
        return self.about(plan, as_json(200, plan.own))

    def plan_update(self, request: Request) -> Reply:
        """plan.update."""
        head, plan = self.head(request, "X-Keep-Unknown"), self.plan(request)
        self.match(request, plan.own["version"])
        body = self.body(request, "plan", head, plan, None)
        own = plan.own
        status = body.get("status", own["status"])
        if status == "awaitingConsent" != own["status"] and not head.imported:
            raise RefusalError(409, "STATUS_NOT_ALLOWED", "status")
        if status == "active" != own["status"] and not plan.consented():
            raise RefusalError(409, "CONSENT_REQUIRED", "status")
        if body.get("affiliationId") not in {None, *KNOWN["affiliations"]}:
            raise RefusalError(422, "UNKNOWN_AFFILIATION", "affiliationId")
        if "mainPerson" in body:
            if body["mainPerson"]["nationalId"] != own["mainPerson"]["nationalId"]:
                raise RefusalError(422, "MAIN_PERSON_FIXED", "mainPerson")
            body["mainPerson"]["personId"] = own["mainPerson"]["personId"]
        if not head.imported:
            body["updatedAt"] = now_text()
        plan.own = own | body | {"version": own["version"] + 1}
        return self.written(plan, head, as_json(200, plan.own))

    def plan_delete(self, request: Request) -> Reply:
        """plan.delete."""
        plan = self.plan(request)
        self.match(request, plan.content_version)
        if plan.own["status"] != "inactive":
            raise RefusalError(409, "PLAN_ACTIVE")
        del self.plans[plan.own["planId"]]
        self.tell(self.row(plan) | {"status": "deleted"})
        return Reply(204)

    # Parts

    def body(self, request: Request, shape: str, head: Head, plan: Plan,
             needed: set[str] | None) -> Json:
        """The members that were sent, in their shape, with references that stand.

        Without an import what the server writes itself has to be null or empty, and is left out.
        """
        body = read_json(request)
        if needed is None and not body:
            raise RefusalError(422, "INVALID_FIELD")
        for name in OWN[shape] & set(body):
            raise RefusalError(422, "UNKNOWN_FIELD", name)
        missing = "INVALID_FIELD" if needed is None else "MISSING_FIELD"
        look = Look(head.keep, missing)
        check_object(body, SHAPES[shape], needed or set(), "", look)
        if not head.imported:
            for name in HISTORY & set(SHAPES[shape]) & set(body):
                if body[name]:
                    raise RefusalError(422, "HISTORY_NEEDS_IMPORT", name)
                del body[name]
        if shape != "plan":
            self.allowed(request, shape, head, plan, body)
        for part, value, place in look.refs:
            if value not in plan.ids(part):
                raise RefusalError(422, "UNKNOWN_REFERENCE", place)
        return body

    def allowed(self, request: Request, part: str, head: Head, plan: Plan, body: Json) -> None:
        """The rules of consent and of inactive plans."""
        if plan.own["status"] == "inactive":
            if not head.imported:
                raise RefusalError(409, "PLAN_INACTIVE")
            return
        if plan.consented() or part == "consents":
            return
        if head.imported and part in ("participants", "documents"):
            return
        roles = {body.get("roleId", LEAD)}
        if request.method == "PATCH":
            roles.add(self.resource(request, part, plan).get("roleId", LEAD))
        if part != "participants" or not roles <= {LEAD, GUARDIAN}:
            raise RefusalError(409, "CONSENT_REQUIRED")

    @staticmethod
    def resource(request: Request, part: str, plan: Plan) -> Json:
        """The resource in the address."""
        for one in plan.parts[part]:
            if one[ID_NAMES[part]] == request.segments[5]:
                return one
        raise RefusalError(404, "NOT_FOUND")

    def part_list(self, part: str, request: Request) -> Reply:
        """part.list.*"""
        size, asked = self.paging(request)
        plan = self.plan(request)
        kind = f"{plan.own['planId']}/{part}"
        start = 0 if asked is None else self.unseal(kind, asked)
        rows = plan.parts[part]
        more = self.seal_up(kind, start + size) if len(rows) > start + size else None
        return self.about(plan, as_json(200, {
            "planId": plan.own["planId"], "totalCount": len(rows),
            "items": rows[start:start + size], "nextPageToken": more,
        }))

    def part_create(self, part: str, request: Request) -> Reply:
        """part.create.*"""
        head, plan = self.head(request, "X-Keep-Unknown"), self.plan(request)
        body = self.body(request, part, head, plan, set(SHAPES[part]))
        if not head.imported:
            now = now_text()
            filled: Json = dict.fromkeys(HISTORY & set(SHAPES[part]))
            for name in ("createdAt", "uploadedAt", "invitedAt"):
                if name in filled:
                    filled[name] = now
            for name in ("createdBy", "uploadedBy"):
                if name in filled:
                    filled[name] = self.client_id
            if part == "messages":
                filled["sentAt"] = now
            body = filled | body
        made = {ID_NAMES[part]: new_id(part[:2]), **body, "version": 1}
        self.apply(part, plan, head, None, made)
        plan.parts[part].append(made)
        if not head.quiet:
            self.mails += {"participants": 1}.get(part, 0)
            self.mails += len(made.get("recipientParticipantIds", []))
        return self.written(plan, head, as_json(201, made))

    def part_update(self, part: str, request: Request) -> Reply:
        """part.update.*"""
        head, plan = self.head(request, "X-Keep-Unknown"), self.plan(request)
        old = self.resource(request, part, plan)
        self.match(request, old["version"])
        body = self.body(request, part, head, plan, None)
        if not head.imported and "updatedAt" in old:
            body["updatedAt"] = now_text()
        new = old | body | {"version": old["version"] + 1}
        self.apply(part, plan, head, old, new)
        plan.parts[part] = [new if one is old else one for one in plan.parts[part]]
        return self.written(plan, head, as_json(200, new))

    def apply(self, part: str, plan: Plan, head: Head, old: Json | None, new: Json) -> None:
        """The rules of a part; nothing is changed before the last refusal."""
        if not head.imported:
            before = set(self.tasks(old or {}))
            active = {one["participantId"] for one in plan.parts["participants"]
                      if one["status"] == "active"}
            if set(self.tasks(new)) - before - active:
                raise RefusalError(422, "PARTICIPANT_NOT_ACTIVE")
        if part == "participants":
            self.apply_participant(plan, head, old, new)
        elif part == "consents":
            self.apply_consent(head, old, new)
        elif part == "activities":
            known = {one["commentId"] for one in (old or {}).get("comments", [])}
            kept = [one["commentId"] for one in new["comments"] if one["commentId"] in known]
            if len(kept) != len(set(kept)):
                raise RefusalError(422, "INVALID_FIELD", "commentId")
            new["comments"] = [
                one if one["commentId"] in known else one | {"commentId": new_id("co")}
                for one in new["comments"]
            ]
        elif part == "documents" and old is not None and any(
            old[name] != new[name] for name in ("sha256", "size")
        ):
            plan.bytes_of.pop(old["documentId"], None)

    @staticmethod
    def tasks(resource: Json) -> Iterator[str]:
        """Whom a resource makes responsible or writes to."""
        for name in TASKS:
            value = resource.get(name) or []
            yield from [value] if isinstance(value, str) else value

    def apply_participant(self, plan: Plan, head: Head, old: Json | None, new: Json) -> None:
        """Roles, the one lead, the status and the account."""
        was = old["roleId"] if old else None
        role = new["roleId"]
        if role not in KNOWN["roles"]:
            raise RefusalError(422, "UNKNOWN_ROLE", "roleId")
        if was == LEAD != role:
            raise RefusalError(409, "LEAD_REQUIRED", "roleId")
        if new["status"] != "ended":
            new["status"] = "active" if old and old["status"] == "active" else "invited"
        if not old or new["nationalId"] != old["nationalId"]:
            new["personId"] = self.person(new["nationalId"])
        if role != was and not head.imported:
            new["roleHistory"] = self.turned(old["roleHistory"] if old else [], role)
        if role == LEAD != was:
            for number, one in enumerate(plan.parts["participants"]):
                if one["roleId"] == LEAD:
                    less = one | {"roleId": PROVIDER, "version": one["version"] + 1}
                    if not head.imported:
                        less["roleHistory"] = self.turned(one["roleHistory"], PROVIDER)
                    plan.parts["participants"][number] = less

    @staticmethod
    def turned(history: list[Json], role: str) -> list[Json]:
        """End the current interval and begin another."""
        now = now_text()
        ended = [one | {"until": now} if one["until"] is None else one for one in history]
        return [*ended, {"roleId": role, "since": now, "until": None}]

    def apply_consent(self, head: Head, old: Json | None, new: Json) -> None:
        """How a consent becomes valid, and when it was sent and withdrawn."""
        changed = old is None or old["status"] != new["status"]
        if head.imported and new["status"] == "valid":
            if any(one["status"] != "signed" for one in new["signers"]):
                raise RefusalError(422, "CONSENT_NOT_SIGNED", "signers")
            if new["evidenceDocumentId"] is None and not new["text"]:
                raise RefusalError(422, "CONSENT_WITHOUT_EVIDENCE", "evidenceDocumentId")
        elif changed and new["status"] == "valid":
            raise RefusalError(422, "CONSENT_NEEDS_SIGNING", "status")
        if changed and not head.imported and new["status"] == "sent":
            new["sentAt"] = now_text()
            self.mails += 0 if head.quiet else len(new["signers"])
        if changed and not head.imported and new["status"] == "withdrawn":
            new["withdrawnAt"], new["withdrawnBy"] = now_text(), self.client_id

    def part_delete(self, part: str, request: Request) -> Reply:
        """part.delete.*"""
        head, plan = self.head(request), self.plan(request)
        old = self.resource(request, part, plan)
        self.match(request, old["version"])
        if old.get("roleId") == LEAD:
            raise RefusalError(409, "LEAD_REQUIRED")
        look = Look(True, "INVALID_FIELD")
        for shape, rows in {**plan.parts, "plan": [plan.own]}.items():
            for one in rows:
                check_object(one, SHAPES[shape], set(), "", look)
        if (part, old[ID_NAMES[part]]) in {ref[:2] for ref in look.refs}:
            raise RefusalError(409, "IN_USE")
        plan.parts[part].remove(old)
        plan.bytes_of.pop(request.segments[5], None)
        return self.written(plan, head, Reply(204))

    def part_order(self, part: str, request: Request) -> Reply:
        """part.order.*"""
        head, plan = self.head(request), self.plan(request)
        body = read_json(request)
        if set(body) != {"ids"}:
            raise RefusalError(422, "INVALID_BODY")
        ids = body["ids"]
        if not isinstance(ids, list) or not all(TESTS["some"](one) for one in ids):
            raise RefusalError(422, "INVALID_FIELD", "ids")
        if len(ids) != len(set(ids)):
            raise RefusalError(422, "INVALID_FIELD", "ids")
        if set(ids) != plan.ids(part):
            raise RefusalError(409, "NOT_THE_SAME_SET", "ids")
        plan.parts[part].sort(key=lambda one: ids.index(one[ID_NAMES[part]]))
        return self.written(plan, head, as_json(200, {"ids": ids}))

    def content_read(self, request: Request) -> Reply:
        """content.read."""
        plan = self.plan(request)
        document = self.resource(request, "documents", plan)
        content = plan.bytes_of.get(document["documentId"])
        if content is None:
            raise RefusalError(404, "NO_CONTENT")
        return self.about(plan, Reply(200, content, "application/octet-stream"))

    def content_write(self, request: Request) -> Reply:
        """content.write."""
        head, plan = self.head(request), self.plan(request)
        document = self.resource(request, "documents", plan)
        digest = hashlib.sha256(request.body).hexdigest()
        if digest != document["sha256"] or len(request.body) != document["size"]:
            raise RefusalError(422, "HASH_MISMATCH")
        plan.bytes_of[document["documentId"]] = request.body
        body = {"documentId": document["documentId"]}
        return self.written(plan, head, as_json(200, body))

    # For tests

    def count(self, _: Request) -> Reply:
        """Count the store."""
        plans = self.plans.values()
        return as_json(200, {
            "logs": len(plans), "files": sum(len(plan.bytes_of) for plan in plans),
            "files_named": sum(len(plan.parts["documents"]) for plan in plans),
            "mails": self.mails, "made": self.made,
        })

    def dump(self, _: Request) -> Reply:
        """Give out the whole store."""
        return as_json(200, {"plans": [
            {
                "plan": plan.own, "contentVersion": plan.content_version,
                "changeId": plan.change_id, "parts": plan.parts,
                "files": {n: base64.b64encode(b).decode() for n, b in plan.bytes_of.items()},
            }
            for plan in self.plans.values()
        ]})


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
