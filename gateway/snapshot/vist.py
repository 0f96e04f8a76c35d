"""Text on its way to the page that remembers which leaves of the log it shows.

A `Vist` is an ordinary string with the places it was read from, so that the finished document can
be held against the log leaf by leaf. Nothing here knows how text is laid out.
"""

from collections.abc import Iterable
from typing import Any

Sted = tuple[str, str, str]
"""(entity kind, entity id, field path): `("Samtykke", "…", "signatarer.0.status")`."""


class Vist(str):
    """Text that shows the leaves at `steder`."""

    __slots__ = ("steder",)
    steder: tuple[Sted, ...]

    def __new__(cls, text: str, *steder: Sted) -> "Vist":
        """The text, and where it comes from."""
        made = super().__new__(cls, text)
        made.steder = steder
        return made


def join(separator: str, parts: Iterable[str]) -> Vist:
    """The parts that are not empty, with the places of them all."""
    kept = [part for part in parts if part]
    places = [sted for part in kept if isinstance(part, Vist) for sted in part.steder]
    return Vist(separator.join(kept), *places)


def same(*readings: str) -> Vist:
    """The first reading's text, with the places of them all: several leaves, one and the same."""
    places = [sted for one in readings if isinstance(one, Vist) for sted in one.steder]
    return Vist(next((one for one in readings if one), ""), *places)


def around(before: str, text: str, after: str = "") -> Vist:
    """The text with fixed words around it; empty stays empty."""
    places = text.steder if isinstance(text, Vist) else ()
    return Vist(f"{before}{text}{after}" if text else "", *places)


def texts(node: Any) -> list[str]:
    """Every string that stands as a value in a document, in reading order."""
    found: list[str] = []
    _gather(node, found)
    return found


def _gather(node: Any, found: list[str]) -> None:
    if isinstance(node, str):
        found.append(node)
    elif isinstance(node, dict):
        for value in node.values():
            _gather(value, found)
    elif isinstance(node, list | tuple):
        for value in node:
            _gather(value, found)
