"""May this operation be called at all, and may this address be used?

An `assumed` contract runs against a sandbox on this machine only, until the municipality's
configuration says who confirmed it; a `manual` operation is never called. It must not send
anything itself.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import quote, unquote

import httpx

from gateway.errors import LocalFault, Rejected
from gateway.ports.connector import ConnectorSettings, Operation, Provenance

# Addresses end up in logs everywhere, so a person's number may not be part of one.
_ELEVEN_DIGITS = re.compile(r"(?<![0-9A-Za-z])\d{11}(?![0-9A-Za-z])")

_parsed = lru_cache(maxsize=256)(httpx.URL)
"""Reading an address costs as much as sending to it; the same few are used all the time."""


def is_loopback(url: httpx.URL) -> bool:
    """True for this machine only."""
    if url.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(url.host).is_loopback
    except ValueError:
        return False


def with_query(path: str, params: Mapping[str, str] | None) -> str:
    """A path with these in its query. What the path had there stays as it was written, but for a
    name that is given anew. A space is %20: a plus sign stands for one in forms alone (RFC 3986
    2.1 against the URL standard's form encoding), and strict servers read it as itself."""
    if not params:
        return path
    plain, _, own = path.partition("?")
    kept = [one for one in own.split("&") if one and unquote(one.partition("=")[0]) not in params]
    added = [
        f"{quote(name, safe='$')}={quote(str(value), safe='')}" for name, value in params.items()
    ]
    return f"{plain}?{'&'.join([*kept, *added])}"


class Gate:
    """Knows the operations of one system, the addresses it lives at and what is confirmed."""

    def __init__(
        self,
        settings: ConnectorSettings,
        operations: Mapping[str, Operation],
        is_sandbox: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._operations = operations
        self._is_sandbox = is_sandbox
        self._base = settings.base_url.rstrip("/")
        self._local = is_loopback(httpx.URL(settings.base_url))
        for url in (settings.base_url, settings.token_url):
            if url and httpx.URL(url).scheme != "https" and not is_loopback(httpx.URL(url)):
                raise LocalFault("IKKE_KRYPTERT", place=settings.system)

    def open(self, operation: str) -> None:
        """Raises LocalFault unless `operation` may be called. Asks `is_sandbox` last."""
        known = self._operations.get(operation)
        if known is None:
            raise LocalFault("UKJENT_OPERASJON", place=operation)
        if known.provenance is Provenance.MANUAL:
            raise LocalFault("MANUELL_OPERASJON", place=operation)
        confirmed = self._settings.confirmed
        if known.provenance is Provenance.DOCUMENTED or operation in confirmed or "*" in confirmed:
            return
        if not (self._local and self._is_sandbox()):
            raise LocalFault("UBEKREFTET_KONTRAKT", place=operation)

    def address(self, path: str, params: Mapping[str, str] | None, place: str) -> httpx.URL:
        """The full address: always below the system's own, for `path` begins with a slash.

        Raises LocalFault for a path that does not, Rejected for a person's number.
        """
        try:
            url = _parsed(self._base + with_query(path, params))
        except (httpx.InvalidURL, TypeError, ValueError):
            url = None
        if url is None or not path.startswith("/"):
            raise LocalFault("UGYLDIG_ADRESSE", place=place)
        if _ELEVEN_DIGITS.search(unquote(path)) or any(
            _ELEVEN_DIGITS.search(str(value)) for value in (params or {}).values()
        ):
            raise Rejected("NUMMER_I_ADRESSE", place=place)
        return url
