"""A readable block of labelled lines before a free text, written so that it parses back exactly.

    Oppmerksomhet: Ella strever med lekser.
    Delmål: Ella finner frem bøkene.

    Her følger den frie teksten.

A line break inside a value continues with two spaces on the next line. People may edit the text:
a line somebody has put in between, a label said twice, or a value nobody can read is free text, and
takes nothing of the rest with it. No I/O, no codes.
"""

from collections.abc import Callable, Mapping
from typing import Final

Pairs = list[tuple[str, str]]
Readable = Callable[[str], bool]
Labels = Mapping[str, Readable]
"""The labels of a block, and whether a value of each can be read."""


def anything(_value: str) -> bool:
    """Any text is a value."""
    return True


_NONE: Final[frozenset[str]] = frozenset()


def write(lines: list[str], rest: str | None, labels: Labels) -> str | None:
    """The block and the free text; None when both are empty. A line is `label: value`."""
    if not lines:
        if rest is not None and (rest.startswith("\n\n") or parse(rest, labels)[0]):
            return f"\n\n{rest}"
        return rest
    head = "\n".join(lines)
    if head.count("\n") >= len(lines):
        head = "\n".join([line.replace("\n", "\n  ") for line in lines])
    return head if rest is None else f"{head}\n\n{rest}"


def parse(
    text: str | None, labels: Labels, many: frozenset[str] = _NONE
) -> tuple[Pairs, str | None]:
    """The pairs and the free text; no pairs when no line of the first paragraph is one. A label is
    said once, but for those in `many`."""
    if text is None:
        return [], None
    if text.startswith("\n\n"):
        return [], text[2:]
    head, separator, rest = text.partition("\n\n")
    pairs: Pairs = []
    free: list[str] = []
    said: set[str] = set()
    for line, following in _lines(head):
        label, colon, value = line.partition(": ")
        value = "\n".join((value, *following))
        known = labels.get(label) if colon else None
        if known is not None and (label in many or label not in said) and known(value):
            said.add(label)
            pairs.append((label, value))
        else:
            free += [line, *(f"  {more}" for more in following)]
    if not pairs:
        return [], text
    if not free:
        return pairs, rest if separator else None
    return pairs, "\n".join(free) + (f"\n\n{rest}" if separator else "")


def _lines(head: str) -> list[tuple[str, list[str]]]:
    """Lines with those that continue them."""
    found: list[tuple[str, list[str]]] = []
    for line in head.split("\n"):
        if found and line.startswith("  "):
            found[-1][1].append(line[2:])
        else:
            found.append((line, []))
    return found
