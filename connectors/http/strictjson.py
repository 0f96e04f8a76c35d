"""Reads JSON answers strictly and writes JSON requests; nothing of the text is in any error.

Errors are raised outside the handlers: a JSONDecodeError carries the whole document, and must not
hang on as the context of ours.
"""

import json
from typing import Any, NoReturn

from pydantic_core import from_json

from connectors.http.faults import Unreadable
from gateway.errors import Rejected


def _refuse(_: str) -> NoReturn:
    raise ValueError


_DECODER = json.JSONDecoder(parse_constant=_refuse)
_SORTED = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def parse(content: bytes, content_type: str, place: str) -> Any:
    """The value of a JSON answer. Raises Unreadable for other content types, encodings and cuts."""
    media, _, rest = content_type.lower().partition(";")
    media = media.strip()
    if media == "application/json" or (
        media.startswith("application/") and media.endswith("+json")
    ):
        charset = rest.partition("charset=")[2].split(";")[0].strip(' "')
        if charset in {"", "utf-8", "utf8"}:
            try:
                return load(content)
            except (ValueError, RecursionError):
                pass
    raise Unreadable("UGYLDIG_SVAR", place=place)


def load(content: bytes) -> Any:
    """The value of a JSON text in UTF-8. Raises ValueError, RecursionError."""
    try:
        return from_json(content, allow_inf_nan=False)
    except ValueError:
        # The fast reader refuses deep nesting and half a surrogate pair, which are for others to
        # judge; the library's own has the last word.
        return _DECODER.decode(content.decode("utf-8", errors="strict"))


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
