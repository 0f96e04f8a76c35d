"""Every exception the HTTP library can raise, and what it means here, in one table.

A test proves that the table names every class httpx exports. Nothing of the foreign exception is
kept: its text may quote a header line or a body.
"""

from enum import Enum

import httpx

from gateway.errors import GatewayError, LocalFault, RemoteFault, Transient, UnknownOutcome


class Unreadable(Transient):
    """An answer that cannot be what was asked for. Again, and at last a RemoteFault."""


class Garbled(Unreadable):
    """A whole answer came, and what it says cannot be what was asked for: this one document's
    fault, never the system's illness. `digest` is of its bytes: the same ones twice are not asked
    for a third time."""

    def __init__(self, code: str, *, place: str, digest: bytes = b"") -> None:
        super().__init__(code, place=place)
        self.digest = digest


class Unsure(UnknownOutcome):
    """A write whose answer came whole and cannot be understood: the system itself is well."""


class Meaning(Enum):
    """What is known when the exception is raised."""

    NOT_SENT = "nothing left this side"
    SILENT = "sent, and no answer in time"
    BROKEN = "sent, and the line broke"
    UNREADABLE = "an answer came and cannot be read"
    OURS = "the call is wrong"
    THEIRS = "the system breaks its contract"


MEANINGS: dict[type[Exception], Meaning] = {
    httpx.HTTPError: Meaning.BROKEN,
    httpx.RequestError: Meaning.BROKEN,
    httpx.TransportError: Meaning.BROKEN,
    httpx.TimeoutException: Meaning.SILENT,
    httpx.ConnectTimeout: Meaning.NOT_SENT,
    httpx.ReadTimeout: Meaning.SILENT,
    httpx.WriteTimeout: Meaning.SILENT,
    httpx.PoolTimeout: Meaning.NOT_SENT,
    httpx.NetworkError: Meaning.BROKEN,
    httpx.ConnectError: Meaning.NOT_SENT,
    httpx.ReadError: Meaning.BROKEN,
    httpx.WriteError: Meaning.BROKEN,
    httpx.CloseError: Meaning.BROKEN,
    httpx.ProxyError: Meaning.NOT_SENT,
    httpx.UnsupportedProtocol: Meaning.OURS,
    httpx.ProtocolError: Meaning.BROKEN,
    httpx.LocalProtocolError: Meaning.OURS,
    httpx.RemoteProtocolError: Meaning.BROKEN,
    httpx.DecodingError: Meaning.UNREADABLE,
    httpx.TooManyRedirects: Meaning.THEIRS,
    httpx.HTTPStatusError: Meaning.THEIRS,
    httpx.InvalidURL: Meaning.OURS,
    httpx.CookieConflict: Meaning.OURS,
    httpx.StreamError: Meaning.OURS,
    httpx.StreamConsumed: Meaning.OURS,
    httpx.StreamClosed: Meaning.OURS,
    httpx.ResponseNotRead: Meaning.OURS,
    httpx.RequestNotRead: Meaning.OURS,
    # Outside httpx's own family: a header that is not ASCII, an address the socket refuses.
    ValueError: Meaning.OURS,
    TypeError: Meaning.OURS,
    OSError: Meaning.BROKEN,
}

FOREIGN: tuple[type[Exception], ...] = tuple(MEANINGS)


def meaning(exc: Exception) -> Meaning:
    """The nearest class in the table; a newcomer counts as a broken line, the careful reading."""
    for kind in type(exc).__mro__:
        if kind in MEANINGS:
            return MEANINGS[kind]
    return Meaning.BROKEN


def translate(exc: Exception, *, write: bool, answered: bool, place: str) -> GatewayError:
    """The gateway's error for a foreign one. `answered`: the status line had come."""
    known = meaning(exc)
    if answered and isinstance(exc, httpx.RemoteProtocolError):
        known = Meaning.UNREADABLE  # a body shorter than its Content-Length
    if write and answered:
        return UnknownOutcome("UVISST_UTFALL", place=place)
    if known is Meaning.OURS:
        return LocalFault("UGYLDIG_KALL", place=place)
    if known is Meaning.THEIRS:
        return RemoteFault("UGYLDIG_SVAR", place=place)
    if known is Meaning.NOT_SENT:
        return Transient("INGEN_FORBINDELSE", place=place)
    if write:
        return UnknownOutcome("UVISST_UTFALL", place=place)
    if known is Meaning.UNREADABLE:
        return Unreadable("UGYLDIG_SVAR", place=place)
    return Transient("TIDSAVBRUDD" if known is Meaning.SILENT else "LINJEN_BRUTT", place=place)
