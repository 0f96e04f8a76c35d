"""What each operation takes and answers: one row per operation, the parts' by a rule.

An operation of a part stands once for each part, as `part.create.goals`, so that each has its own
body. The sandbox is held against this by traffic (tests/contract/traffic.py). Codes of a status
stand in one text with spaces between.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.visma_samspill.parts import PARTS, Part
from connectors.visma_samspill.proposal.shapes import SHAPE

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Done:
    """An answer that says it was done. `schema` is empty for one without a body."""

    said: str
    schema: str = ""
    media: str = JSON
    headers: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """One operation. Names are keys of `pieces.PARAMETERS` and of `pieces.HEADERS`."""

    status: int
    done: Done
    query: tuple[str, ...] = ()
    required_query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    body: str = ""
    media: str = JSON
    errors: Mapping[int, str] = field(default_factory=dict)
    secured: bool = True


_PAGING = ("pageSize", "pageToken")
_QUERY = {400: "INVALID_QUERY"}
_GONE = {404: "NOT_FOUND"}
_VERSION = {412: "VERSION_CONFLICT", 428: "IF_MATCH_REQUIRED"}
_SENT = {400: "INVALID_HEADER INVALID_JSON", 415: "NOT_JSON"}
_HEADER = {400: "INVALID_HEADER"}
_STANDS = ("Content-Version",)
_WORK = ("X-Change-Id", "X-Change-Base")
_IMPORT = ("X-Import", "X-Notify", "X-Change-Id")
_KEEPING = (*_IMPORT, "X-Keep-Unknown")
_FIELDS = "UNKNOWN_FIELD INVALID_FIELD HISTORY_NEEDS_IMPORT"


def _about(said: str, schema: str = "", *more: str, media: str = JSON) -> Done:
    """An answer about a plan: it says at which content version it stands."""
    return Done(said, schema, media, _STANDS, (*_WORK, *more))


def _list(name: str) -> Declared:
    return Declared(
        200,
        Done(f"The {name}, in the language asked for.", "List"),
        required_query=("language", "organisationNumber"),
        errors={400: "INVALID_QUERY", 403: "WRONG_ORGANISATION"},
    )


WHOLE: Mapping[str, Declared] = {
    "token.fetch": Declared(
        200,
        Done("A token.", "TokenAnswer", optional=("Cache-Control",)),
        body="TokenForm",
        media=FORM,
        secured=False,
    ),
    "tenant.read": Declared(200, Done("The municipality and what the token may do.", "Tenant")),
    "planTypes.list": _list("plan types"),
    "roles.list": _list("roles"),
    "affiliations.list": _list("affiliations"),
    "plan.list": Declared(
        200, Done("A page of the listing.", "PlanPage"), query=_PAGING, errors=_QUERY
    ),
    "change.list": Declared(
        200, Done("A page of the change feed.", "PlanPage"), query=_PAGING, errors=_QUERY
    ),
    "plan.search": Declared(
        200,
        Done("The plans that fit; none is an empty list.", "FoundPlans"),
        body="Search",
        errors={400: "INVALID_JSON", 415: "NOT_JSON", 422: "INVALID_BODY"},
    ),
    "plan.create": Declared(
        200,
        Done("A plan was made. Its id is not told; it is found by search.", "FormAnswer"),
        optional=("X-Notify",),
        body="Form",
        errors={
            **_SENT,
            403: "WRONG_ORGANISATION",
            409: "CONSENT_REQUIRED",
            422: "UNKNOWN_FIELD MISSING_FIELD INVALID_FIELD UNKNOWN_PLAN_TYPE "
            "UNKNOWN_AFFILIATION UNKNOWN_ROLE INVALID_NATIONAL_ID",
        },
    ),
    "plan.read": Declared(200, _about("The plan's own fields.", "Plan"), errors=_GONE),
    "plan.update": Declared(
        200,
        _about("The plan's own fields as they are now.", "Plan"),
        headers=("If-Match",),
        optional=_KEEPING,
        body="PlanChange",
        errors={
            **_SENT,
            **_GONE,
            409: "CONSENT_REQUIRED STATUS_NOT_ALLOWED",
            422: f"{_FIELDS} MAIN_PERSON_FIXED UNKNOWN_AFFILIATION UNKNOWN_REFERENCE",
            **_VERSION,
        },
    ),
    "plan.delete": Declared(
        204,
        Done("The plan and all its parts are gone."),
        headers=("If-Match",),
        errors={**_GONE, 409: "PLAN_ACTIVE", **_VERSION},
    ),
    "content.read": Declared(
        200,
        _about("The bytes, exactly as they were put.", "bytes", media=BYTES),
        errors={404: "NOT_FOUND NO_CONTENT"},
    ),
    "content.write": Declared(
        200,
        _about("The bytes are stored.", "StoredContent"),
        optional=_IMPORT,
        body="bytes",
        media=BYTES,
        errors={**_HEADER, **_GONE, 422: "HASH_MISMATCH"},
    ),
}

_NEW = {
    "participants": "UNKNOWN_ROLE",
    "documents": "",
    "consents": "UNKNOWN_REFERENCE CONSENT_NEEDS_SIGNING CONSENT_NOT_SIGNED "
    "CONSENT_WITHOUT_EVIDENCE",
    "goals": "UNKNOWN_REFERENCE PARTICIPANT_NOT_ACTIVE",
    "activities": "UNKNOWN_REFERENCE PARTICIPANT_NOT_ACTIVE",
    "calendar": "UNKNOWN_REFERENCE",
    "messages": "UNKNOWN_REFERENCE PARTICIPANT_NOT_ACTIVE",
}
_USED = ("participants", "documents", "goals", "calendar")
"""Parts another resource may refer to."""


def _gate(part: Part, more: str = "") -> str:
    return f"PLAN_INACTIVE {'' if part.name == 'consents' else 'CONSENT_REQUIRED'} {more}"


def of_part(kind: str, part: Part) -> Declared:
    """What `part.<kind>.<part>` takes and answers."""
    shape = SHAPE[part.name]
    lead = "LEAD_REQUIRED" if part.name == "participants" else ""
    if kind == "list":
        return Declared(
            200,
            _about(f"A page of the plan's {part.name}, in their order.", f"{shape}Page"),
            query=_PAGING,
            errors={**_QUERY, **_GONE},
        )
    if kind == "create":
        return Declared(
            201,
            _about("It was made; as it stands, with its id.", shape, "Location"),
            optional=_KEEPING,
            body=f"New{shape}",
            errors={
                **_SENT,
                **_GONE,
                409: _gate(part),
                422: f"{_FIELDS} MISSING_FIELD {_NEW[part.name]}",
            },
        )
    if kind == "update":
        return Declared(
            200,
            _about("It was changed; as it stands.", shape),
            headers=("If-Match",),
            optional=_KEEPING,
            body=f"{shape}Change",
            errors={
                **_SENT, **_GONE, 409: _gate(part, lead), 422: f"{_FIELDS} {_NEW[part.name]}",
                **_VERSION,
            },
        )  # fmt: skip
    if kind == "delete":
        clash = f"{'IN_USE' if part.name in _USED else ''} {lead}".strip()
        return Declared(
            204,
            _about("It is gone."),
            headers=("If-Match",),
            optional=_IMPORT,
            errors={**_HEADER, **_GONE, **({409: clash} if clash else {}), **_VERSION},
        )
    return Declared(
        200,
        _about("The part stands in this order.", "Ids"),
        optional=_IMPORT,
        body="Ids",
        errors={**_SENT, **_GONE, 409: "NOT_THE_SAME_SET", 422: "INVALID_BODY INVALID_FIELD"},
    )


KINDS = ("create", "list", "update", "order", "delete")
DECLARED: Mapping[str, Declared] = {
    **WHOLE,
    **{f"part.{kind}.{part.name}": of_part(kind, part) for part in PARTS for kind in KINDS},
}
