"""The chosen part of a source, from the words of a command: a list of ids, units, levels, statuses.

What is chosen is kept in clear in the ledger and is part of what is signed, so nothing gets this
far that may be a person's number, or is no id. A refusal names the line, never what stands there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.cli import textfile
from gateway.errors import Rejected
from gateway.migrate.rules.scope import Scope
from schemas.stafettlogg.identifikator import holds_number
from schemas.stafettlogg.kodeverk import Loggstatus

LEVELS = (1, 2, 3)
"""The levels a log may have (D-1)."""
STATUSES = tuple(status.value for status in Loggstatus)
"""The statuses a log may have."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=~@-]{0,79}")
_COMMENT = re.compile(r"(?:^|\s+)#.*")
_MOST = 20
"""Most line numbers that are named at once."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The scope, and the line of the file that each of its ids stood on."""

    scope: Scope
    lines: tuple[int, ...] = ()


def chosen(
    units: Sequence[str],
    levels: Sequence[int],
    statuses: Sequence[str],
    logs: Path | None,
    first: int | None,
) -> Chosen:
    """The chosen part. Raises Rejected for a level or a status nobody can have, for what may be a
    person's number, and for a list that cannot be read or holds no id."""
    given = tuple(status.upper() for status in statuses)
    if wrong := [n for n, status in enumerate(given, 1) if status not in STATUSES]:
        raise Rejected("UKJENT_LOGGSTATUS", place=f"--status nr. {numbered(wrong)}")
    if wrong := [n for n, level in enumerate(levels, 1) if level not in LEVELS]:
        raise Rejected("UKJENT_NIVAA", place=f"--level nr. {numbered(wrong)}")
    if wrong := [n for n, unit in enumerate(units, 1) if holds_number(unit)]:
        raise Rejected("PERSONNUMMER_I_UTVALGET", place=f"--unit nr. {numbered(wrong)}")
    listed = _listed(logs) if logs is not None else None
    names = None if listed is None else tuple(name for _, name in listed)
    scope = Scope(tuple(units), tuple(levels), given, names, first)
    return Chosen(scope, tuple(line for line, _ in listed or ()))


def numbered(numbers: Sequence[int]) -> str:
    """Numbers as they are told; of very many, the first and how many more."""
    told = ", ".join(str(number) for number in numbers[:_MOST])
    more = len(numbers) - _MOST
    return f"{told} (+{more})" if more > 0 else told


def _listed(path: Path) -> list[tuple[int, str]]:
    """(line, id) of a list: one id on a line, blank lines are nothing. `#` begins a comment, first
    on a line or after blank space.

    Lines are counted as an editor does: a file may end them in either way.
    """
    text = textfile.read(path, "--logs").replace("\r\n", "\n").replace("\r", "\n")
    lines = [(n, line.strip()) for n, line in enumerate(text.split("\n"), 1)]
    lines = [(n, _COMMENT.sub("", line)) for n, line in lines]
    lines = [(n, line) for n, line in lines if line]
    if not lines:
        raise Rejected("TOM_LISTE", place="--logs")
    if wrong := [n for n, line in lines if holds_number(line)]:
        raise Rejected("PERSONNUMMER_I_UTVALGET", place=f"--logs linje {numbered(wrong)}")
    if wrong := [n for n, line in lines if not _ID.fullmatch(line)]:
        raise Rejected("LISTE_UTEN_ID", place=f"--logs linje {numbered(wrong)}")
    return lines
