"""The schemas of the contract file, made from the wire shapes: titles off, words and codes on.

Pure: the same every time. It must not add a shape of its own but the token's form and answers,
which no document has.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from connectors.conexus_companion.kontrakt.felter import CODES, WORDS
from schemas.conexus_companion import svar
from schemas.conexus_companion.logg import LOGG
from schemas.tid import CONTRACT_DAY, CONTRACT_INSTANT

_REF = "#/components/schemas/{model}"
_ANSWERS = frozenset(
    {"Kommune", "Liste", "Endringer", "Loggrad", "Funn", "Treff", "Feil", "Overforinger"}
)
"""Short answers: what a client does not know in them it passes over, and nothing keeps it."""


_TIMES: dict[str, Any] = {
    "Dato": {
        "type": "string",
        "format": "date",
        "pattern": CONTRACT_DAY,
        "description": "A date that exists. The pattern counts no leap years; the rule does.",
    },
    "Tid": {
        "type": "string",
        "format": "date-time",
        "pattern": CONTRACT_INSTANT,
        "description": "A moment that exists, with its offset. The form it was sent in is kept.",
    },
}
_PATTERNS = {schema["pattern"]: name for name, schema in _TIMES.items()}


def ref(name: str) -> dict[str, str]:
    """A pointer to a schema of the file."""
    return {"$ref": _REF.format(model=name)}


@cache
def schemas() -> dict[str, Any]:
    """Every schema by name."""
    adapters: dict[str, TypeAdapter[Any]] = {
        "Logg": LOGG,
        "Kommune": svar.KOMMUNE,
        "Liste": svar.LISTE,
        "Endringer": svar.ENDRINGER,
        "Funn": svar.FUNN,
        "Treff": svar.TREFF,
        "Innsending": svar.INNSENDING,
        "Opprettelse": svar.OPPRETTELSE,
        "Feil": svar.FEIL,
        "Overforinger": svar.OVERFORINGER,
    }
    found: dict[str, Any] = {}
    for name, adapter in adapters.items():
        schema = adapter.json_schema(ref_template=_REF)
        found.update(schema.pop("$defs", {}))
        found[name] = schema
    for name, schema in found.items():
        _tidy(name, schema)
    found |= _token() | _TIMES
    return dict(sorted((name, _timed(schema)) for name, schema in found.items()))


def described() -> Iterator[str]:
    """`Shape.field` of every field there is, so that words about none can be found."""
    for name, schema in schemas().items():
        for field in schema.get("properties", {}):
            yield f"{name}.{field}"


def _timed(node: Any) -> Any:
    """Every date and time by its name, so that their forms stand once."""
    if isinstance(node, list):
        return [_timed(item) for item in node]
    if not isinstance(node, dict):
        return node
    name = _PATTERNS.get(node.get("pattern", ""))
    if name is not None and "description" not in node:
        return ref(name)
    return {key: _timed(item) for key, item in node.items()}


def _tidy(name: str, schema: dict[str, Any]) -> None:
    schema.pop("title", None)
    if name in _ANSWERS:
        schema.pop("additionalProperties", None)
    for field, inner in schema.get("properties", {}).items():
        inner.pop("title", None)
        place = f"{name}.{field}"
        words = [WORDS[place]] if place in WORDS else []
        codes = CODES.get(place)
        if codes is not None:
            inner["x-codes"] = list(codes.values)
            inner["x-codes-open"] = codes.open
            kind = "Open" if codes.open else "Closed"
            words.append(f"{kind} list: {', '.join(codes.values)}.")
        if words:
            inner["description"] = " ".join(words)


def _token() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    return {
        "TokenForm": {
            "type": "object",
            "additionalProperties": False,
            "description": "OAuth 2.0 client credentials (RFC 6749, 4.4), with the municipality.",
            "required": ["client_id", "client_secret", "grant_type", "tenant_id"],
            "properties": {
                "grant_type": {"const": "client_credentials"},
                "client_id": text,
                "client_secret": text,
                "tenant_id": {
                    "type": "string",
                    "pattern": r"^\d{9}$",
                    "description": "The municipality's organisation number. The token is valid "
                    "for it alone.",
                },
                "scope": {**text, "description": "As agreed; left out when none is."},
            },
        },
        "TokenSvar": {
            "type": "object",
            "required": ["access_token", "token_type"],
            "properties": {
                "access_token": {
                    "type": "string",
                    "pattern": r"^[\x21-\x7E]+$",
                    "description": "Sent as `Authorization: Bearer <it>`.",
                },
                "token_type": {"const": "Bearer"},
                "expires_in": {
                    "type": "number",
                    "minimum": 0,
                    "description": "Seconds. Left out, the client uses the token until a 401.",
                },
                "scope": {"type": "string"},
            },
        },
        "TokenFeil": {
            "type": "object",
            "required": ["error"],
            "properties": {
                "error": {
                    "enum": [
                        "invalid_request", "invalid_client", "unsupported_grant_type",
                        "invalid_tenant",
                    ]
                }
            },
        },
    }  # fmt: skip
