"""HTTP/1.1 on a socket, as little of it as a sandbox needs: parse a request, format an answer.

Strict: a request it cannot read is a BadRequest, never a guess. It must not know about resources
or faults.
"""

import time
from email.utils import formatdate
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import parse_qsl, unquote

from connectors.sandbox.app import Request, Response

_LINE = 16 * 1024
_HEADERS = 100
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class BadRequest(Exception):
    """The bytes are not a request we read; `status` is what to answer before closing."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def read_request(
    stream: BinaryIO, body_cap: int, repeats: frozenset[str] = frozenset()
) -> Request | None:
    """The next request, or None when the other side has closed. Raises BadRequest.

    A name of `repeats` may stand more than once in the query; its values come with commas between.
    """
    line = stream.readline(_LINE)
    if not line:
        return None
    method, target = _request_line(line)
    headers = _headers(stream)
    if method not in _METHODS:
        raise BadRequest(501)
    path, _, query_text = target.partition("?")
    try:
        pairs = parse_qsl(query_text, keep_blank_values=True, strict_parsing=bool(query_text))
        path = unquote(path, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise BadRequest(400) from None
    query: dict[str, str] = {}
    for name, value in pairs:
        if name in query and name not in repeats:
            raise BadRequest(400)
        query[name] = f"{query[name]},{value}" if name in query else value
    body = _body(stream, headers, body_cap)
    return Request(method, path, query, headers, body, target=target)


def _request_line(line: bytes) -> tuple[str, str]:
    try:
        method, target, version = line.decode("ascii").rstrip("\r\n").split(" ")
    except ValueError:
        raise BadRequest(400) from None
    if version != "HTTP/1.1" or not target.startswith("/"):
        raise BadRequest(400)
    return method, target


def _headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(_HEADERS):
        line = stream.readline(_LINE)
        if line in {b"\r\n", b"\n"}:
            return headers
        name, colon, value = line.decode("latin-1").partition(":")
        name = name.lower()
        if not colon or not line.endswith(b"\n") or name in headers or name.strip() != name:
            raise BadRequest(400)
        headers[name] = value.strip()
    raise BadRequest(431)


def _body(stream: BinaryIO, headers: dict[str, str], cap: int) -> bytes:
    if "transfer-encoding" in headers:
        raise BadRequest(411)
    text = headers.get("content-length", "0")
    if not text.isdecimal() or len(text) > 15:
        raise BadRequest(400)
    length = int(text)
    if length > cap:
        raise BadRequest(413)
    body = stream.read(length) if length else b""
    if len(body) != length:
        raise BadRequest(400)
    return body


def format_head(response: Response, length: int, *, close: bool = False) -> bytes:
    """Status line and headers; `length` is what Content-Length shall claim."""
    lines = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Ukjent')}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    lines.append(f"date: {_today()}")
    if response.status != 204:
        lines.append(f"content-length: {length}")
    if close:
        lines.append("connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


_date = (0, "")


def _today() -> str:
    global _date
    second = int(time.time())
    if _date[0] != second:
        _date = (second, formatdate(second, usegmt=True))
    return _date[1]
