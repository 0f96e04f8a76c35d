"""Reads a multipart body strictly: parts in order, each with its name, file name, type and bytes.

It must not guess: a body that is not exactly as RFC 7578 says is refused.
"""

import re
from typing import NamedTuple

_BOUNDARY = re.compile(r'multipart/form-data; boundary="?([A-Za-z0-9\'()+_,./:=?-]{1,70})"?')
_DISPOSITION = re.compile(r'form-data; name="([^"\r\n]+)"(?:; filename="([^"\r\n]+)")?')


class NotMultipart(ValueError):
    """The body is not a multipart form."""


class Del(NamedTuple):
    """One part."""

    name: str
    filename: str
    media: str
    data: bytes


def parts(body: bytes, content_type: str) -> list[Del]:
    """The parts in their order. Raises NotMultipart."""
    match = _BOUNDARY.fullmatch(content_type)
    if match is None:
        raise NotMultipart
    mark = b"--" + match[1].encode()
    if not body.startswith(mark + b"\r\n") or not body.endswith(b"\r\n" + mark + b"--\r\n"):
        raise NotMultipart
    inner = body[len(mark) + 2 : -(len(mark) + 6)]
    return [_part(piece) for piece in inner.split(b"\r\n" + mark + b"\r\n")]


def _part(piece: bytes) -> Del:
    head, empty, data = piece.partition(b"\r\n\r\n")
    if not empty:
        raise NotMultipart
    try:
        lines = head.decode("utf-8").split("\r\n")
    except UnicodeDecodeError:
        raise NotMultipart from None
    heads = {
        name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
    }
    match = _DISPOSITION.fullmatch(heads.get("content-disposition", ""))
    if match is None or "content-type" not in heads:
        raise NotMultipart
    return Del(match[1], match[2] or "", heads["content-type"], data)
