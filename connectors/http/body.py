"""Reads a body in pieces, decompressing no further than the size cap and no longer than allowed.

It must not hand on a body that is shorter than promised.
"""

import zlib
from collections.abc import Callable
from typing import cast

import httpx

from connectors.http.faults import Unreadable
from gateway.errors import GatewayError, RemoteFault, Transient


def read_body(
    response: httpx.Response, *, cap: int, clock: Callable[[], float], until: float, place: str
) -> bytes:
    """The whole body, at most `cap` bytes decompressed.

    Raises RemoteFault("FOR_STORT_SVAR"), Unreadable, Transient("TIDSAVBRUDD") when `until`
    (by `clock`) is passed, and httpx's own errors.
    """
    if response.is_stream_consumed:
        # A transport of a test's own hands over whole answers, already unpacked.
        if len(response.content) > cap:
            raise RemoteFault("FOR_STORT_SVAR", place=place)
        return response.content
    inflate = _inflater(response.headers.get("content-encoding", ""), place)
    pieces: list[bytes] = []
    size = 0
    for raw in cast(httpx.SyncByteStream, response.stream):
        piece = _inflate(inflate, raw, cap - size + 1, place) if inflate else raw
        size += len(piece)
        if size > cap:
            raise RemoteFault("FOR_STORT_SVAR", place=place)
        pieces.append(piece)
        if clock() > until:
            raise Transient("TIDSAVBRUDD", place=place)
    if inflate and not inflate.eof:
        raise Unreadable("UGYLDIG_SVAR", place=place)
    return b"".join(pieces)


def _inflater(encoding: str, place: str) -> "zlib._Decompress | None":
    # Only gzip is asked for, so only gzip is read.
    if encoding in {"", "identity"}:
        return None
    if encoding != "gzip":
        raise Unreadable("UGYLDIG_SVAR", place=place)
    return zlib.decompressobj(wbits=31)


def _inflate(inflate: "zlib._Decompress", raw: bytes, room: int, place: str) -> bytes:
    fault: GatewayError
    try:
        return inflate.decompress(raw, max(room, 1))
    except zlib.error:
        fault = Unreadable("UGYLDIG_SVAR", place=place)
    raise fault
