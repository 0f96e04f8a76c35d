"""Follows relation keys: finds a key in `_links`, cuts a template, and makes a path of an address.

Two forms of `_links` are read: the object of version 1.1 and the older list with `rel`. An
address is opaque, but must lie on the archive's own host: a token is never sent to another one.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from gateway.errors import LocalFault, RemoteFault
from schemas.noark5.relasjoner import ROT


class Lenker:
    """Knows the host of one archive."""

    def __init__(self, hovedadresse: str) -> None:
        url = httpx.URL(hovedadresse)
        self._host = (url.scheme, url.host, url.port)
        self.opphav = str(url.copy_with(raw_path=b"")).rstrip("/")
        """Scheme, host and port: what every path is set on."""
        self.hoved = url.raw_path.decode("ascii") or "/"
        """Path of the one address that is known."""

    def path(self, href: Any, place: str) -> str:
        """The path and query of an address the archive gave, its template cut at the brace."""
        plain = href.partition("{")[0] if isinstance(href, str) else ""
        try:
            url = httpx.URL(self.opphav).join(plain) if plain else None
        except httpx.InvalidURL:
            url = None
        if url is None:
            raise RemoteFault("UGYLDIG_LENKE", place=place)
        if (url.scheme, url.host, url.port) != self._host:
            raise RemoteFault("FREMMED_LENKE", place=place)
        return url.raw_path.decode("ascii")

    def find(self, data: Mapping[str, Any], rel: str, place: str) -> str | None:
        """The path behind a relation key; None when the archive does not offer it."""
        links = data.get("_links", {})
        entry: Any = None
        if isinstance(links, dict):
            entry = links.get(rel)
        elif isinstance(links, list):
            named = [link for link in links if isinstance(link, dict) and link.get("rel") == rel]
            entry = named[0] if named else None
        if not isinstance(entry, dict):
            return None
        return self.path(entry.get("href"), place)

    def need(self, data: Mapping[str, Any], rel: str, place: str) -> str:
        """As `find`. Raises LocalFault("MANGLER_LENKE"): no right, or not supported."""
        path = self.find(data, rel, place)
        if path is None:
            raise LocalFault("MANGLER_LENKE", place=f"{place} {rel.removeprefix(ROT)}")
        return path
