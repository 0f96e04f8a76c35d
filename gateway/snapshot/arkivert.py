"""How one attachment of the log was archived: which files of the snapshot it became."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arkivert:
    """One attachment. `sha256` and `size` are the original's; `filer` are names in the snapshot.

    `code` is empty when an archive form exists, else the public code of what a human must decide.
    """

    dokument: str
    sha256: str
    size: int
    filer: tuple[str, ...]
    code: str = ""
    converted: bool = False
