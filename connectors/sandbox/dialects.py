"""Answers as honest systems and the proxies before them give them, and one no system may give.

Weak and suffixed entity tags (RFC 9110 8.8.3; Apache's mod_deflate adds `-gzip`), gzip of several
members (RFC 1952 2.2) and under its other names (RFC 9110 8.4.1.3), a BOM before JSON, whole
numbers as 2.0 (JSON has one kind of number), an empty 201 with a Location, 409 for a stale version.
The one that is refused is a member name that stands twice in an object (RFC 8259 4: what a reader
makes of it is not known). It must not touch the application's data.
"""

import gzip
import json
from itertools import pairwise
from typing import Any

from connectors.sandbox.app import Request, Response
from connectors.sandbox.faults import Rule

_BOM = b"\xef\xbb\xbf"
_WRITES = frozenset({"POST", "PUT", "PATCH"})


def spoken(rule: Rule, request: Request, response: Response) -> Response:
    """The answer in the dialect of `rule`; unchanged where it has nothing to be said otherwise."""
    match rule.kind:
        case "weak_tag" | "suffixed_tag":
            return _tagged(rule.kind, response)
        case "gzip_members" | "gzip_named":
            return _pressed(rule, response)
        case "stale409":
            return _stale(response)
        case "token_life":
            return _lived(rule, response)
        case "empty_created":
            return _emptied(request, response)
    if response.status >= 300 or not _is_json(response):
        return response
    return Response(response.status, _JSON[rule.kind](response.body), response.headers)


def _tagged(kind: str, response: Response) -> Response:
    tag = response.headers.get("etag")
    if tag is None:
        return response
    other = f"W/{tag}" if kind == "weak_tag" else f'{tag.rstrip(chr(34))}-gzip"'
    return Response(response.status, response.body, {**response.headers, "etag": other})


def _pressed(rule: Rule, response: Response) -> Response:
    body = response.body
    if not body:
        return response
    named = rule.kind == "gzip_named"
    cuts = [0, len(body)] if named else [0, len(body) // 3, 2 * len(body) // 3, len(body)]
    whole = b"".join(gzip.compress(body[a:b]) for a, b in pairwise(cuts))
    name = str(rule.arguments.get("mode", "GZIP")) if named else "gzip"
    return Response(response.status, whole, {**response.headers, "content-encoding": name})


def _lived(rule: Rule, response: Response) -> Response:
    """A token answer that does not say how long, says null, or says it in words."""
    data = json.loads(response.body)
    if isinstance(data, dict) and data.pop("expires_in", None) is not None:
        mode = rule.arguments.get("mode", "absent")
        if mode != "absent":
            data["expires_in"] = None if mode == "null" else "3600 seconds"
    return Response(response.status, json.dumps(data).encode(), response.headers)


def _stale(response: Response) -> Response:
    if response.status != 412:
        return response
    return Response(409, response.body, response.headers)


def _emptied(request: Request, response: Response) -> Response:
    """What was made has an address, and the answer no more than that."""
    if request.method not in _WRITES or response.status not in (200, 201):
        return response
    made = _id_of(response)
    place = f"{request.path}/{made}" if made and response.status == 201 else request.path
    headers = {k: v for k, v in response.headers.items() if k != "content-type"}
    return Response(201, b"", {"location": place, **headers})


def _id_of(response: Response) -> str:
    """The first member whose name ends as an id's does; what is made stands first under its own."""
    data = json.loads(response.body) if _is_json(response) else None
    if not isinstance(data, dict):
        return ""
    return next((str(value) for key, value in data.items() if key.lower().endswith("id")), "")


def _doubled(body: bytes) -> bytes:
    """The first member of the outermost object once more, first, with another value."""
    data = json.loads(body)
    if not isinstance(data, dict) or not data:
        return body
    name = json.dumps(next(iter(data)), ensure_ascii=False).encode()
    return b"{" + name + b":null," + body.lstrip()[1:]


def _floats(body: bytes) -> bytes:
    return json.dumps(_as_floats(json.loads(body)), ensure_ascii=False).encode()


def _as_floats(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, list):
        return [_as_floats(one) for one in value]
    if isinstance(value, dict):
        return {key: _as_floats(one) for key, one in value.items()}
    return value


def _is_json(response: Response) -> bool:
    return "json" in response.headers.get("content-type", "") and bool(response.body)


_JSON = {"bom": lambda body: _BOM + body, "doubled_member": _doubled, "whole_floats": _floats}
