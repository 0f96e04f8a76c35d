"""Reads JSON answers strictly and writes JSON requests; nothing of the text is in any error.

Errors are raised outside the handlers: a JSONDecodeError carries the whole document, and must not
hang on as the context of ours.
"""

import hashlib
import json
import re
from typing import Any, NoReturn

from connectors.http.faults import Garbled
from gateway.errors import Rejected


class Doubled(ValueError):
    """A member name stands twice in one object; which of the two is meant nobody knows."""


def _refuse(_: str) -> NoReturn:
    raise ValueError


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise Doubled
    return found


_DECODER = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_once)
_SORTED = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_BOM = b"\xef\xbb\xbf"
# JSON has one kind of number (RFC 8259 6), and 2.0 is an integer (JSON Schema 2020-12, 4.2.3).
_WHOLE = re.compile(rb"\d\.0+(?![0-9])|\d[eE]")


def parse(content: bytes, content_type: str, place: str) -> Any:
    """The value of a JSON answer. Raises Garbled for other content types, encodings and cuts, and
    Garbled("DOBBELT_FELT") for a member name that stands twice in one object."""
    media, _, rest = content_type.lower().partition(";")
    media = media.strip()
    code = "UGYLDIG_SVAR"
    if media == "application/json" or (
        media.startswith("application/") and media.endswith("+json")
    ):
        charset = rest.partition("charset=")[2].split(";")[0].strip(' "')
        if charset in {"", "utf-8", "utf8"}:
            try:
                return load(content)
            except Doubled:
                code = "DOBBELT_FELT"
            except (ValueError, RecursionError):
                pass
    raise Garbled(code, place=place, digest=hashlib.sha256(content).digest())


def load(content: bytes) -> Any:
    """The value of a JSON text in UTF-8, with or without a BOM (RFC 8259 8.1); a whole number is an
    int however it is written. Raises ValueError (Doubled among them), RecursionError."""
    text = content.removeprefix(_BOM)
    found = _DECODER.decode(text.decode("utf-8", errors="strict"))
    return _whole(found) if _WHOLE.search(text) else found


def _whole(value: Any) -> Any:
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    return value


def dump(value: Any, place: str) -> bytes:
    """Compact UTF-8. Raises Rejected when a text cannot be UTF-8 (half a surrogate pair)."""
    try:
        return _ENCODER.encode(value).encode()
    except (ValueError, RecursionError):
        pass
    raise Rejected("UGYLDIG_TEKST", place=place)


def canonical(value: Any, place: str) -> bytes:
    """As `dump`, with sorted keys: the same document is always the same bytes."""
    try:
        return _SORTED.encode(value).encode()
    except (ValueError, RecursionError):
        pass
    raise Rejected("UGYLDIG_TEKST", place=place)
