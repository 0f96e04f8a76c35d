"""Reads a request: its address as steps, its JSON body, its paging and its import headers.

It must not know the data at rest.
"""

import json
import re
from datetime import datetime
from typing import Any, NoReturn

from connectors.sandbox.app import Request
from connectors.visma_samspill.sandbox.rules import Mode
from connectors.visma_samspill.sandbox.shapes import Refusal

PAGE_SIZE = 100
PAGE_MOST = 1000
_ETAG = re.compile(r'"(\d+)"')
_CHANGE_ID = re.compile(r"[\x21-\x7e]{1,200}")


def steps(path: str) -> tuple[str, ...]:
    """The parts of an address. Raises Refusal(404) for one that is not ours."""
    found = tuple(path.strip("/").split("/"))
    if "" in found:
        raise Refusal(404, "NOT_FOUND")
    return found


def body(request: Request) -> dict[str, Any]:
    """The JSON object sent. Raises Refusal(400 or 415)."""
    media = request.headers.get("content-type", "").partition(";")[0].strip()
    if media != "application/json":
        raise Refusal(415, "NOT_JSON")
    try:
        text = request.body.decode("utf-8")
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
        if b"\\u" in request.body:
            # Half a surrogate pair is a text that cannot be UTF-8.
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise Refusal(400, "INVALID_JSON")
    return data


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError
    return found


def _refuse(_: str) -> NoReturn:
    raise ValueError


def mode(request: Request, now: datetime) -> Mode:
    """How the request is meant. Raises Refusal(400) for a header we do not understand."""
    headers = request.headers
    given = headers.get("x-import")
    if given not in (None, "historical"):
        raise Refusal(400, "INVALID_HEADER", "X-Import")
    if headers.get("x-notify") not in (None, "none"):
        raise Refusal(400, "INVALID_HEADER", "X-Notify")
    if headers.get("x-keep-unknown") not in (None, "yes"):
        raise Refusal(400, "INVALID_HEADER", "X-Keep-Unknown")
    change_id = headers.get("x-change-id")
    if change_id is not None and not _CHANGE_ID.fullmatch(change_id):
        raise Refusal(400, "INVALID_HEADER", "X-Change-Id")
    historical = given == "historical"
    return Mode(
        client=request.client,
        now=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        historical=historical,
        keep_unknown=historical and headers.get("x-keep-unknown") == "yes",
        silent=headers.get("x-notify") == "none",
        change_id=change_id,
    )


def page(request: Request) -> tuple[int, int]:
    """(after, size) of a listing. Raises Refusal(400)."""
    unknown = set(request.query) - {"pageSize", "pageToken"}
    try:
        after = int(request.query.get("pageToken") or 0)
        size = int(request.query.get("pageSize") or PAGE_SIZE)
    except ValueError:
        after, size = -1, 0
    if unknown or after < 0 or not 1 <= size <= PAGE_MOST:
        raise Refusal(400, "INVALID_QUERY")
    return after, size


def check_version(request: Request, version: int, place: str) -> None:
    """The version the client read is the one that stands. Raises Refusal(428 or 412)."""
    match = _ETAG.fullmatch(request.headers.get("if-match", ""))
    if match is None:
        raise Refusal(428, "IF_MATCH_REQUIRED", place)
    if int(match.group(1)) != version:
        raise Refusal(412, "VERSION_CONFLICT", place)
