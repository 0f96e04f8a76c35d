"""No option is given with nothing in it: a script's empty variable is not the same as not to ask.

It is looked for in what was typed, before any command reads it: an empty text reads there as an
option nobody gave, and what it was to hold would be gone in silence.
"""

from typing import TYPE_CHECKING

from typer.core import TyperGroup

from gateway.cli.console import tell
from gateway.cli.exits import USAGE
from gateway.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOLD_ELSEWHERE = frozenset({"--by"})
"""Who acts is asked for where it is needed, and told of there."""


def empty(typed: "Sequence[str]") -> str:
    """The first option that was given with nothing in it, or nothing."""
    for own, after in zip(typed, (*typed[1:], None), strict=True):
        if own == "--":
            break
        name, equals, value = own.partition("=")
        given = not value if equals else after == ""
        if name.startswith("--") and given and name not in _TOLD_ELSEWHERE:
            return name
    return ""


class Filled(TyperGroup):
    """The commands, when what was typed has no empty option."""

    def parse_args(self, ctx, args):  # type: ignore[no-untyped-def]
        """Read what was typed. Leaves with 2 and TOMT_VALG."""
        if name := empty(args):
            tell(Rejected("TOMT_VALG", place=name), as_json="--json" in args)
            raise SystemExit(USAGE)
        return super().parse_args(ctx, args)
