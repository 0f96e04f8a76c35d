"""Parameters, headers and the answers that every operation has, as pieces of the contract file."""

from collections.abc import Mapping
from typing import Any

from connectors.conexus_companion.kontrakt.skjemaer import ref

_TEXT = {"type": "string"}
_SHA = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_TAG = {"type": "string", "pattern": '^"[^"]{1,200}"$'}
_WAIT = {
    "description": "Seconds (or an HTTP date) before the call may be made again.",
    "schema": _TEXT,
}

PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "id": {
        "in": "path",
        "description": "The log's `loggId`, percent-encoded as one path segment.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 80},
    },
    "nokkel": {
        "in": "path",
        "description": "The external key, percent-encoded as one path segment.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 80},
    },
    "filId": {
        "in": "path",
        "description": "The file's `filId`, percent-encoded as one path segment.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 80},
    },
    "storrelse": {
        "in": "query",
        "description": "How many logs on a page, at most. A page may hold fewer, and more pages "
        "may follow all the same.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 500, "default": 100},
    },
    "markor": {
        "in": "query",
        "description": "`nesteMarkor` of an earlier page, as it was given. Opaque to the client.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 500},
    },
    "bevarUkjente": {
        "in": "query",
        "description": "With `ja` members of the log that this contract does not know are stored "
        "and given back; without it they are refused (`UKJENT_FELT`). Another value is refused "
        "(`UKJENT_PARAMETER`).",
        "schema": {"enum": ["ja"]},
    },
    "Idempotency-Key": {
        "in": "header",
        "description": "The sender's name of this one piece of work, kept for at least 30 days. "
        "At `stafettlogg.importer` the same key with the same body answers 200 and makes "
        "nothing; with another body it answers 409. At `stafettlogg.oppdater`, where `If-Match` "
        "already tells a repetition, it is sent and may be passed over.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    },
    "Varsling": {
        "in": "header",
        "description": "With `undertrykk` nobody is notified. Without it the product mails as "
        "it does for its users, the guardians when a log is made (R-103). The gateway always sends "
        "it.",
        "schema": {"enum": ["undertrykk"]},
    },
    "If-Match": {
        "in": "header",
        "description": "The `ETag` of the version that was read, in quotes. Compared whole; "
        "anything else (`*`, a weak tag, no quotes) is another version.",
        "schema": _TAG,
    },
    "Innhold-Sha256": {
        "in": "header",
        "description": "SHA-256 of the bytes sent, lower-case hex.",
        "schema": _SHA,
    },
}

HEADERS: Mapping[str, Mapping[str, Any]] = {
    "ETag": {
        "description": "The log's version, in quotes: another one after every change of the log, "
        "and never the same for two contents. A weak tag (`W/`) is read as the same version.",
        "schema": {"type": "string", "pattern": '^(W/)?"[^"]{1,200}"$'},
    },
    "Location": {
        "description": "Where the log stands. An empty 201 that has this and `ETag` is accepted "
        "as well.",
        "schema": _TEXT,
    },
    "Innhold-Sha256": {
        "description": "SHA-256 of the bytes in this answer. May be left out; the client counts "
        "for itself.",
        "schema": _SHA,
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
    404: "It is not there.",
    409: "It clashes with something that stands.",
    412: "Another version stands than the one in `If-Match`. Nothing was changed.",
    422: "The request was read, and breaks the contract or a rule. Nothing was changed.",
    428: "`If-Match` is missing.",
}

_UNREAD: Mapping[str, Any] = {"*/*": {"schema": {}}}

RESPONSES: Mapping[str, Mapping[str, Any]] = {
    "IkkeInnlogget": {
        "description": "The token is missing, has run out or was revoked. The client fetches one "
        "new token and asks once more. The body is not read.",
        "headers": {"WWW-Authenticate": {"schema": _TEXT}},
        "content": _UNREAD,
    },
    "MangleRettighet": {
        "description": "The token is good and may not do this. The client stops. The body is not "
        "read.",
        "content": _UNREAD,
    },
    "ForStor": {
        "description": "The body is larger than is taken. Nothing was changed. The body of the "
        "answer is not read.",
        "content": _UNREAD,
    },
    "Opptatt": {
        "description": "Too many calls; nothing was done. The client waits as long as "
        "`Retry-After` says (at most five minutes at a time) and asks again.",
        "headers": {"Retry-After": _WAIT},
        "content": _UNREAD,
    },
    "Tjenerfeil": {
        "description": "A fault. For a read the client asks again. For a write it takes nothing "
        "for granted, and reads what stands.",
        "content": _UNREAD,
    },
    "Utilgjengelig": {
        "description": "Closed for a while; nothing was done. As 429.",
        "headers": {"Retry-After": _WAIT},
        "content": _UNREAD,
    },
}

COMMON: Mapping[int, str] = {
    401: "IkkeInnlogget",
    403: "MangleRettighet",
    429: "Opptatt",
    500: "Tjenerfeil",
    503: "Utilgjengelig",
}
"""What every call may be answered, in short."""


def refused(status: int, codes: str) -> dict[str, Any]:
    """An error answer with the codes it may carry."""
    schema = {"allOf": [ref("Feil"), {"properties": {"kode": {"enum": codes.split()}}}]}
    return {"description": SAID[status], "content": {"application/json": {"schema": schema}}}
