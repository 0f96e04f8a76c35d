"""The `_links` of every kind, as opaque addresses: nobody can guess one from another.

Lists are templated; `gamle` gives the older form, a list with `rel`. It must not read data.
"""

import posixpath
from typing import Any

from connectors.noark5.sandbox.bytter import Bytter
from schemas.noark5 import relasjoner as rel

TEMPLATE = "{?$filter&$orderby&$top&$skip&$search}"
BARN: dict[str, dict[str, str]] = {
    "arkivdel": {"klassifikasjonssystem": rel.KLASSIFIKASJONSSYSTEM, "saksmappe": rel.MAPPE},
    "klassifikasjonssystem": {"klasse": rel.KLASSE},
    "klasse": {"saksmappe": rel.MAPPE},
    "saksmappe": {"journalpost": rel.REGISTRERING, "part": rel.PART},
    "journalpost": {"dokumentbeskrivelse": rel.DOKUMENTBESKRIVELSE},
    "dokumentbeskrivelse": {"dokumentobjekt": rel.DOKUMENTOBJEKT},
}
"""Below each kind: the listings, by relation key."""
NY: dict[str, dict[str, str]] = {
    "arkivdel": {"saksmappe": rel.NY_SAKSMAPPE},
    "klassifikasjonssystem": {"klasse": rel.NY_KLASSE},
    "klasse": {"saksmappe": rel.NY_SAKSMAPPE},
    "saksmappe": {"journalpost": rel.NY_JOURNALPOST, "part": rel.NY_PARTPERSON},
    "journalpost": {"dokumentbeskrivelse": rel.NY_DOKUMENTBESKRIVELSE},
    "dokumentbeskrivelse": {"dokumentobjekt": rel.NY_DOKUMENTOBJEKT},
}
"""Below each kind: what may be made."""
OVER = {
    "journalpost": rel.MAPPE,
    "dokumentbeskrivelse": rel.REGISTRERING,
    "dokumentobjekt": rel.DOKUMENTBESKRIVELSE,
}
"""Above each kind: the one it belongs to."""
_TYPE = {
    "saksmappe": rel.SAKSMAPPE,
    "journalpost": rel.JOURNALPOST,
    "dokumentbeskrivelse": rel.DOKUMENTBESKRIVELSE,
    "dokumentobjekt": rel.DOKUMENTOBJEKT,
    "klasse": rel.KLASSE,
    "arkivdel": rel.ARKIVDEL,
    "klassifikasjonssystem": rel.KLASSIFIKASJONSSYSTEM,
    "part": rel.PART,
}
ROOT_LISTS = {
    "arkivdel": rel.ARKIVDEL,
    "dokumentbeskrivelse": rel.DOKUMENTBESKRIVELSE,
    "dokumentobjekt": rel.DOKUMENTOBJEKT,
    "klasse": rel.KLASSE,
    "journalpost": rel.REGISTRERING,
    "saksmappe": rel.MAPPE,
}
"""Listings of everything, behind arkivstruktur/."""


EGEN = ("arkiv", "1")
"""The query every address has where it has one of its own."""


class Lenking:
    """Makes addresses below `root`, as they stand in the answer to a request for `document`."""

    def __init__(self, root: str, document: str, bytter: Bytter) -> None:
        self.root = root
        self._document = document
        self._bytter = bytter
        self._gamle = bytter.gamle_lenker

    def address(self, href: str) -> str:
        """An address as this archive writes it."""
        plain, brace, template = href.partition("{")
        if self._bytter.egen_query:
            own = "=".join(EGEN)
            plain += f"&{own}" if "?" in plain else f"?{own}"
            template = template.replace("?", "&", 1)
        if self._bytter.relative and plain.startswith(self.root):
            path, mark, query = plain.removeprefix(self.root).partition("?")
            folder = posixpath.dirname(self._document)
            path = posixpath.relpath(path or ".", folder or ".") + ("/" if not path else "")
            plain = path + mark + query
        return plain + brace + template

    def form(self, links: dict[str, str]) -> Any:
        """The addresses in the form this archive uses."""
        entries = {
            key: {
                "href": self.address(href), **({"templated": True} if TEMPLATE in href else {}),
            }
            for key, href in links.items()
            if key.rstrip("/").rpartition("/")[2] not in self._bytter.uten_lenke
        }  # fmt: skip
        if self._gamle:
            return [{"rel": key, **entry} for key, entry in entries.items()]
        return entries

    def of(self, kind: str, ident: str, parent: str | None, *, classes: bool) -> dict[str, str]:
        """Addresses of one thing; `classes`: its archive part is filed by class."""
        links = {rel.SELF: f"{self.root}o/{ident}"}
        if kind in _TYPE:
            links[_TYPE[kind]] = links[rel.SELF]
        for child, key in BARN.get(kind, {}).items():
            links[key] = f"{self.root}l/{child}/{ident}{TEMPLATE}"
        for child, key in NY.get(kind, {}).items():
            if not (kind == "arkivdel" and classes):
                links[key] = f"{self.root}ny/{child}/{ident}"
        if kind in OVER and parent:
            links[OVER[kind]] = f"{self.root}o/{parent}"
        if kind == "dokumentobjekt":
            links[rel.FIL] = f"{self.root}fil/{ident}"
        return links

    def inngang(self, name: str) -> dict[str, str]:
        """Addresses of an entry."""
        listing = f"{self.root}l/{{}}/-{TEMPLATE}"
        match name:
            case "":
                keys = (rel.ARKIVSTRUKTUR, rel.SAKARKIV, rel.METADATA, rel.SYSTEM)
                return {key: f"{self.root}e/{key.split('/')[-2]}" for key in keys}
            case "arkivstruktur":
                return {key: listing.replace("{}", kind) for kind, key in ROOT_LISTS.items()}
            case "sakarkiv":
                return {
                    rel.SAKSMAPPE: listing.replace("{}", "saksmappe"),
                    rel.JOURNALPOST: listing.replace("{}", "journalpost"),
                }
            case "metadata":
                return {
                    rel.EGNE_FELT: listing.replace("{}", "egetfelt"),
                    rel.NY_EGNE_FELT: f"{self.root}ny/egetfelt/-",
                }
        return {}
