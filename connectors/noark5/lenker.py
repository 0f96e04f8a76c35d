"""Follows relation keys: finds a key in `_links`, cuts a template, and makes a path of an address.

Two forms of `_links` are read: the object of version 1.1 and the older list with `rel`. An
address is opaque, but must lie on the archive's own host: a token is never sent to another one. A
relative one is about the document it stood in (RFC 3986 5.1), so it is made whole as soon as that
document is read, while it is known where it was.
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

    def anchored(self, data: Any, base: str) -> Any:
        """A document as it was read at the path `base`, every address in its `_links`, and in those
        of the entries of a list, made whole; its templates are cut."""
        if not isinstance(data, dict):
            return data
        made = dict(data)
        if "_links" in data:
            made["_links"] = self._whole(data["_links"], base)
        results = data.get("results")
        if isinstance(results, list):
            made["results"] = [
                {**row, "_links": self._whole(row["_links"], base)}
                if isinstance(row, dict) and "_links" in row
                else row
                for row in results
            ]
        return made

    def _whole(self, links: Any, base: str) -> Any:
        if isinstance(links, dict):
            return {key: self._entry(entry, base) for key, entry in links.items()}
        return [self._entry(one, base) for one in links] if isinstance(links, list) else links

    def _entry(self, entry: Any, base: str) -> Any:
        if not isinstance(entry, dict) or not isinstance(entry.get("href"), str):
            return entry
        url = self._joined(entry["href"], base)
        return entry if url is None else {**entry, "href": str(url)}

    def _joined(self, href: str, base: str) -> httpx.URL | None:
        """The address, read at the path `base`; None when it is none."""
        plain = href.partition("{")[0]
        try:
            return httpx.URL(self.opphav + base).join(plain) if plain else None
        except httpx.InvalidURL:
            return None

    def path(self, href: Any, place: str, base: str = "/") -> str:
        """The path and query of an address the archive gave, its template cut at the brace;
        `base` is the path of what it stood in."""
        url = self._joined(href, base) if isinstance(href, str) else None
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
