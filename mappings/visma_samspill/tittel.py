"""Titles of at most 255 characters: cut at a word, with the whole text kept in the block."""

from typing import Final

LIMIT: Final = 255
_NONE: Final = "(uten tittel)"


def cut(whole: str | None, prefix: str = "") -> tuple[str, str | None]:
    """The title, and the whole text when the title is not the whole text."""
    if whole is None:
        return prefix + _NONE, None
    if len(prefix) + len(whole) <= LIMIT and whole != _NONE:
        return prefix + whole, None
    room = LIMIT - len(prefix) - 1
    head = whole[:room]
    if " " in head:
        head = head[: head.rindex(" ")]
    return f"{prefix}{head}…", whole


def uncut(title: str, whole: str | None, prefix: str = "") -> str | None:
    """The whole text again, unless somebody has changed the title since."""
    if whole is not None and cut(whole, prefix)[0] == prefix + title:
        return whole
    return None if title == _NONE else title
