"""What a status that is not the expected one means, in one place.

It reads at most a code from the answer's body, never a sentence.
"""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)

LONGEST_WAIT = 300.0
"""Seconds; a Retry-After beyond this is taken as this."""

_CODE = re.compile(r"[A-Z0-9_-]{2,60}")
# Eleven digits in a row could be a person's number; such a "code" is not repeated.
_NUMBER = re.compile(r"\d{9,}")


def refusal(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    write: bool,
    place: str,
    codes: frozenset[str] | None = None,
) -> GatewayError:
    """The error for an answer whose status was not expected. `codes` are those the contract
    declares: another is not repeated, for it could be made of anything.

    429 and 503 ask to come back, and a write that can be repeated is; any other 5xx says nothing of
    whether a write was done. For a write that is sent once they all leave that open (`session`).
    """
    if status == 429:
        return Transient("OPPTATT", place=place, retry_after=retry_after(headers))
    if status == 503:
        return Transient("UTILGJENGELIG", place=place, retry_after=retry_after(headers))
    if status in {401, 407}:
        return LocalFault("IKKE_INNLOGGET", place=place)
    if status == 403:
        return LocalFault("MANGLER_RETTIGHET", place=place)
    if status in {404, 410}:
        return Conflict("BORTE", place=place)
    if status in {409, 412}:
        return Conflict("ENDRET_I_MAAL", place=place)
    if status == 413:
        return Rejected("FOR_STOR", place=place)
    if status in {400, 422}:
        return Rejected(known_code(body, codes) or "AVVIST", place=place)
    return _unexpected(status, write=write, place=place)


def _unexpected(status: int, *, write: bool, place: str) -> GatewayError:
    if status >= 500 or status == 408:
        if write:
            return UnknownOutcome("UVISST_UTFALL", place=place)
        return Transient("TJENERFEIL", place=place)
    if status < 300 and write:
        # "Accepted for processing" is not "stored": read back.
        return UnknownOutcome("UVISST_UTFALL", place=place)
    if 300 <= status < 400:
        return RemoteFault("OMDIRIGERING", place=place)
    return RemoteFault("UVENTET_STATUS", place=place)


def code_in(body: bytes) -> str | None:
    """The public code in an error answer (`kode` or `code`), if it looks like one."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    code = data.get("kode", data.get("code"))
    if isinstance(code, str) and _CODE.fullmatch(code) and not _NUMBER.search(code):
        return code
    return None


def known_code(body: bytes, codes: frozenset[str] | None) -> str | None:
    """The public code in an error answer, if it is one the contract declares."""
    code = code_in(body)
    return code if codes is None or code in codes else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, 0 to LONGEST_WAIT; None when the header is absent or means nothing.

    A date is read against the answer's own `Date`, so that a skewed clock does not matter.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        then = _moment(text)
        if then is None:
            return None
        now = _moment(headers.get("date", "")) or datetime.now(UTC)
        seconds = (then - now).total_seconds()
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
