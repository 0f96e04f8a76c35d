"""What a person wrote, where it stands, and what took it away: the oracle of the two sides.

It looks at documents from outside and shares nothing with the product.
"""

from typing import Any

FIELDS = ("text", "more", "own", "x")
"""Two fields both hold, one each has alone, and one no row knows."""


class Oracle:
    """Every sentence a person wrote that nobody has replaced, and what took one away."""

    def __init__(self) -> None:
        self.written: dict[tuple[str, str, str], str] = {}
        self.came_over: set[str] = set()
        self.named: set[tuple[str, str, str]] = set()
        self.wrong: list[str] = []
        self.lost: list[tuple[str, str, str, str]] = []
        self.promised: dict[tuple[str, str], dict[str, Any]] = {}
        self.planned: dict[str, dict[str, Any]] = {}

    def wrote(self, system: str, logg: str, where: str, text: str) -> None:
        """A person wrote this."""
        self.written[(system, logg, where)] = text

    def saw(self, system: str, logg: str, before: Any, stored: dict[str, Any]) -> None:
        """A write of ours, at the moment it lands."""
        now = contents(stored)
        for (where_system, its, where), text in list(self.written.items()):
            if its != logg:
                continue
            if where_system != system:
                if now.get(where) == text:
                    self.came_over.add(text)
                continue
            if before is None or now.get(where) == text:
                continue
            if contents(before).get(where) != text:
                continue
            del self.written[(system, logg, where)]
            if text in self.came_over:
                continue
            if (system, logg, where.partition(" ")[0]) in self.named:
                self.lost.append((system, logg, where, text))
            else:
                self.wrong.append(f"{system} {logg} {where}")


_CALLED = {
    "nivaa_tekst": "text", "om_meg": "more", "utfordring": "own", "hovedmaal": "own", "raa": "x",
}  # fmt: skip


def place(name: str) -> tuple[str, str]:
    """A place as it is named when signing (`LOGG:PLACE`): (log, what a person calls it)."""
    logg, _, what = name.partition(":")
    return logg, _CALLED.get(what.partition(".")[2], "goal")


SHARED = ("text", "more", "consent")


def promised(document: dict[str, Any]) -> dict[str, Any]:
    """What both systems can hold of a document."""
    goals = [goal["t"] for goal in document["goals"]]
    return {name: document.get(name) for name in SHARED} | {"goals": goals}


def contents(document: dict[str, Any]) -> dict[str, Any]:
    """A document place by place, without what the system gives itself."""
    found = {f: document.get(f) for f in (*FIELDS, "consent")}
    found |= {f"goal {goal['t']}": goal["t"] for goal in document["goals"]}
    return found
