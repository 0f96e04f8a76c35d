"""Reads a body in pieces, decompressing no further than the size cap and no longer than allowed.

It must not hand on a body that is shorter than promised.
"""

import zlib
from collections.abc import Callable
from typing import cast

import httpx

from connectors.http.faults import Garbled, Unreadable
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
        piece = inflate.take(raw, cap - size + 1) if inflate else raw
        size += len(piece)
        if size > cap:
            raise RemoteFault("FOR_STORT_SVAR", place=place)
        pieces.append(piece)
        if clock() > until:
            raise Transient("TIDSAVBRUDD", place=place)
    if inflate:
        inflate.end()
    return b"".join(pieces)


def _inflater(encoding: str, place: str) -> "_Gzip | None":
    # Only gzip is asked for, so only gzip is read; names are without case (RFC 9110 8.4.1.3).
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return None
    if name not in {"gzip", "x-gzip"}:
        raise Garbled("UGYLDIG_SVAR", place=place)
    return _Gzip(place)


class _Gzip:
    """Unpacks one body of one or more gzip members (RFC 1952 2.2), no further than asked."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._member: zlib._Decompress | None = None
        self._read = False

    def take(self, raw: bytes, room: int) -> bytes:
        """What `raw` unpacks to, at most `room` bytes and a piece more. Raises Garbled."""
        pieces: list[bytes] = []
        left = max(room, 1)
        while raw and left > 0:
            if self._member is None:
                # Zeros after the last member are padding (gzip(1)), and the end of it.
                if self._read and not raw.strip(b"\0"):
                    break
                self._member = zlib.decompressobj(wbits=31)
            piece = self._unpack(self._member, raw, left)
            pieces.append(piece)
            left -= len(piece)
            if self._member.eof:
                raw, self._member, self._read = self._member.unused_data, None, True
            else:
                raw = self._member.unconsumed_tail if left <= 0 else b""
        return b"".join(pieces)

    def end(self) -> None:
        """The body ends here. Raises Unreadable when a member is cut off."""
        if self._member is not None:
            raise Unreadable("UGYLDIG_SVAR", place=self._place)

    def _unpack(self, member: "zlib._Decompress", raw: bytes, room: int) -> bytes:
        fault: GatewayError
        try:
            return member.decompress(raw, room)
        except zlib.error:
            fault = Garbled("UGYLDIG_SVAR", place=self._place)
        raise fault
