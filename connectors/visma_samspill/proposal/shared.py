"""What many operations have alike stands once in the file: parameters, headers, refusals.

A piece is given to `Shared` where it is used, and comes back as a pointer. The same pieces in the
same order have the same names. It must not know what a piece is about.
"""

from collections.abc import Mapping
from typing import Any


class Shared:
    """The components of one file, as they are met."""

    def __init__(self) -> None:
        self.components: dict[str, dict[str, Mapping[str, Any]]] = {}

    def put(self, kind: str, name: str, piece: Mapping[str, Any]) -> dict[str, str]:
        """A pointer to `piece`, by its name or, where another has that, with a number behind."""
        named = self.components.setdefault(kind, {})
        key, number = name, 1
        while named.setdefault(key, piece) != piece:
            number += 1
            key = f"{name}.{number}"
        return {"$ref": f"#/components/{kind}/{key}"}
