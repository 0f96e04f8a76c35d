"""Faults at byte level: refusals, resets, cuts, stalls, drips, lies about length and encoding.

It writes to the socket itself and says whether the connection may go on. It must not know the
application.
"""

import socket
import struct
import threading
import time
import zlib
from email.utils import formatdate

from connectors.sandbox.app import Response
from connectors.sandbox.faults import Rule
from connectors.sandbox.http1 import format_head

_HTML = b"<!doctype html><html><body><h1>Vedlikehold</h1></body></html>"


def refusal(rule: Rule) -> Response | None:
    """The refusal a rule answers with before anything is handled; None when it only cuts."""
    if rule.kind in {"busy429", "busy503"}:
        asked = rule.arguments.get("retry_after", 0)
        if asked == "date":
            asked = formatdate(time.time() + 1, usegmt=True)
        headers = {} if asked is None else {"retry-after": str(asked)}
        return Response.of(429 if rule.kind == "busy429" else 503, {"kode": "OPPTATT"}, headers)
    if rule.kind == "unauthorized":
        return Response.of(401, {"kode": "IKKE_INNLOGGET"})
    if rule.kind == "forbidden":
        return Response.of(403, {"kode": "MANGLER_RETTIGHET"})
    if rule.kind == "server500":
        return Response.of(500, {"kode": "TJENERFEIL"})
    return None


def reset(connection: socket.socket) -> None:
    """Close so that the other side gets RST, not FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def altered(rule: Rule, response: Response) -> Response:
    """The answer with its body spoilt; the length stays right."""
    body = response.body
    if rule.kind == "html200":
        return Response(200, _HTML, {"content-type": "text/html; charset=utf-8"})
    if rule.kind == "cut_json":
        return Response(response.status, body[: len(body) // 2], response.headers)
    if rule.kind == "wrong_encoding":
        spoilt = body.decode("utf-8", "replace").encode("latin-1", "replace")
        if spoilt.isascii():
            head, quote, tail = spoilt.rpartition(b'"')
            spoilt = head + b"\xe6" + quote + tail
        return Response(response.status, spoilt, response.headers)
    if rule.kind == "gzip_bomb":
        headers = {**response.headers, "content-encoding": "gzip"}
        return Response(response.status, _bomb(int(rule.arguments.get("megabytes", 64))), headers)
    return response


def send_badly(
    rule: Rule, connection: socket.socket, response: Response, stopping: threading.Event
) -> bool:
    """Send `response` the way `rule` says. True when the connection may be used again."""
    response = altered(rule, response)
    body = response.body
    if rule.kind == "cut_after":
        return False
    if rule.kind == "short_body":
        connection.sendall(format_head(response, len(body) + 100) + body)
        return False
    head = format_head(response, len(body))
    if rule.kind == "stall":
        connection.sendall(head + body[: len(body) // 2])
        stopping.wait(float(rule.arguments.get("seconds", 60)))
        connection.sendall(body[len(body) // 2 :])
    elif rule.kind == "drip":
        pause = float(rule.arguments.get("seconds", 0.05))
        whole = b"" if rule.arguments.get("head") else head
        connection.sendall(whole)
        for byte in (head + body)[len(whole) :]:
            connection.sendall(bytes((byte,)))
            if stopping.wait(pause):
                return False
    else:
        connection.sendall(head + body)
    return True


def _bomb(megabytes: int) -> bytes:
    press = zlib.compressobj(9, wbits=31)
    block = b" " * (1024 * 1024)
    pieces = [press.compress(b'{"a":1')]
    pieces += [press.compress(block) for _ in range(megabytes)]
    return b"".join(pieces) + press.compress(b"}") + press.flush()
