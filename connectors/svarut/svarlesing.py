"""Reads SvarUt's answers: are they the shape they should be, and what does a refusal say.

Of a refusal only a code is read, never the message, which may quote what was sent.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from connectors.http.reply import Reply
from connectors.http.session import Check
from connectors.http.strictjson import parse
from gateway.errors import GatewayError, Rejected

T = TypeVar("T")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,60}")
_NUMBER = re.compile(r"\d{6,}")


def is_a(shape: TypeAdapter[Any]) -> Check:
    """A check of an answer's shape; says nothing of what the answer holds."""

    def check(reply: Reply) -> str | None:
        try:
            shape.validate_python(reply.data())
        except ValidationError:
            return "UGYLDIG_SVAR"
        return None

    return check


def data_of(shape: TypeAdapter[T], reply: Reply) -> T:
    """The answer, checked before by `is_a`."""
    return shape.validate_python(reply.data())


def refused_with(place: str) -> Callable[[int, Mapping[str, str], bytes], GatewayError | None]:
    """A refusal with SvarUt's own error code, when it looks like one; never its message."""

    def refused(status: int, headers: Mapping[str, str], data: bytes) -> GatewayError | None:
        if status not in {400, 422}:
            return None
        told: Any = None
        try:
            told = parse(data, headers.get("content-type", ""), place)
        except GatewayError:
            told = None
        code = told.get("errorCode") if isinstance(told, dict) else None
        shown = isinstance(code, str) and _CODE.fullmatch(code) and not _NUMBER.search(code)
        return Rejected("AVVIST", place=f"{place} {code}" if shown else place)

    return refused
