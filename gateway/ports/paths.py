"""Several paths in one option: a line each, so that a comma may stand in a name; and, as written by
people where no name has one, with commas between. Paths only; nothing here opens a file."""

from collections.abc import Iterable
from pathlib import Path


def joined(paths: Iterable[Path]) -> str:
    """The paths as an option, a line each."""
    return "".join(f"{path}\n" for path in paths)


def several(text: str) -> tuple[Path, ...]:
    """The paths of an option: its lines when it has more than one or ends with one, else what
    stands between its commas."""
    parts = text.splitlines() if "\n" in text else text.split(",")
    return tuple(Path(part.strip()) for part in parts if part.strip())
