"""Parameters, headers and the answers that every operation has, as pieces of the contract file."""

from collections.abc import Mapping
from typing import Any

from connectors.visma_samspill.proposal.shapes import ref

_TEXT = {"type": "string"}
_ID = {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,80}$"}
_CHANGE = {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"}
_COUNT = {"type": "string", "pattern": r"^\d+$"}
_WAIT = {
    "description": "Seconds (or an HTTP date) before the call may be made again.",
    "schema": _TEXT,
}

PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "planId": {"in": "path", "description": "The plan.", "schema": _ID},
    "id": {"in": "path", "description": "The resource's own id.", "schema": _ID},
    "pageSize": {
        "in": "query",
        "description": "How many on a page, at most. A page may hold fewer, and more pages may "
        "follow all the same.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
    },
    "pageToken": {
        "in": "query",
        "description": "`nextPageToken` of an earlier page, as it was given. Opaque to the client.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 500},
    },
    "language": {
        "in": "query",
        "description": "The language of the names.",
        "schema": {"enum": ["EN", "NB", "NN"]},
    },
    "organisationNumber": {
        "in": "query",
        "description": "The municipality; the token's own.",
        "schema": {"type": "string", "pattern": r"^\d{9}$"},
    },
    "If-Match": {
        "in": "header",
        "description": "The version that was read, in quotes. Which one is told with the "
        "operation.",
        "schema": {"type": "string", "pattern": r'^"\d+"$'},
    },
    "X-Import": {
        "in": "header",
        "description": "With `historical` the write carries history: see the guide.",
        "schema": {"enum": ["historical"]},
    },
    "X-Notify": {
        "in": "header",
        "description": "With `none` nobody is mailed; without it the product mails as it does for "
        "its users. The gateway always sends it.",
        "schema": {"enum": ["none"]},
    },
    "X-Keep-Unknown": {
        "in": "header",
        "description": "With `yes`, beside `X-Import: historical`, members this contract does not "
        "know are stored and given back; without it they are refused (UNKNOWN_FIELD).",
        "schema": {"enum": ["yes"]},
    },
    "X-Change-Id": {
        "in": "header",
        "description": "The sender's name of the piece of work this write belongs to.",
        "schema": _CHANGE,
    },
}

HEADERS: Mapping[str, Mapping[str, Any]] = {
    "Content-Version": {
        "description": "The plan's content version when this answer was made, after a write: "
        "after it. Grows by one with every write to the plan, a part or a content. On a refusal it "
        "is not read.",
        "schema": _COUNT,
    },
    "X-Change-Id": {
        "description": "The work the last write to the plan belonged to; absent when it named "
        "none, or when the product does not keep it.",
        "schema": _CHANGE,
    },
    "X-Change-Base": {
        "description": "The content version at which that work began: before its first write, and "
        "since then nobody else has written.",
        "schema": _COUNT,
    },
    "Location": {
        "description": "Where it stands; the last step is its id. An empty 201 that has this is "
        "accepted as well.",
        "schema": _TEXT,
    },
    "Cache-Control": {"description": "`no-store`.", "schema": _TEXT},
}

FORM_REFUSED = (
    "The form cannot be used (invalid_request, unsupported_grant_type), or the client has nothing "
    "to do with this municipality (invalid_tenant)."
)
CLIENT_REFUSED = "The client or its secret is not known (invalid_client)."

SAID: Mapping[int, str] = {
    400: "The request cannot be read.",
    403: "The token is valid for another municipality.",
    404: "It is not there.",
    409: "A rule of the product says no. Nothing was changed.",
    412: "Another version stands than the one in `If-Match`. Nothing was changed.",
    415: "The body is not `application/json`.",
    422: "The request was read, and breaks the contract or a rule. Nothing was changed.",
    428: "`If-Match` is missing.",
}

_UNREAD: Mapping[str, Any] = {"*/*": {"schema": {}}}

RESPONSES: Mapping[str, Mapping[str, Any]] = {
    "Unauthorized": {
        "description": "The token is missing, has run out or was revoked. The client fetches one "
        "new token and asks once more. The body is not read.",
        "headers": {"WWW-Authenticate": {"schema": _TEXT}},
        "content": _UNREAD,
    },
    "Forbidden": {
        "description": "The token is good and may not do this. The client stops. The body is not "
        "read.",
        "content": _UNREAD,
    },
    "TooLarge": {
        "description": "The body is larger than is taken. Nothing was changed. The body of the "
        "answer is not read.",
        "content": _UNREAD,
    },
    "Busy": {
        "description": "Too many calls; nothing was done. The client waits as long as "
        "`Retry-After` says (at most five minutes at a time) and asks again, but never for "
        "`plan.create`.",
        "headers": {"Retry-After": _WAIT},
        "content": _UNREAD,
    },
    "Fault": {
        "description": "A fault. For a read the client asks again. For a write it takes nothing "
        "for granted, and reads what stands.",
        "content": _UNREAD,
    },
    "Unavailable": {
        "description": "Closed for a while; nothing was done. As 429.",
        "headers": {"Retry-After": _WAIT},
        "content": _UNREAD,
    },
}

COMMON: Mapping[int, str] = {
    401: "Unauthorized",
    403: "Forbidden",
    429: "Busy",
    500: "Fault",
    503: "Unavailable",
}
"""What every call may be answered, in short."""


def refused(status: int, codes: str) -> dict[str, Any]:
    """An error answer with the codes it may carry."""
    schema = {"allOf": [ref("Error"), {"properties": {"code": {"enum": codes.split()}}}]}
    return {"description": SAID[status], "content": {"application/json": {"schema": schema}}}
