"""Named places where a test may kill the process, so that every boundary is tried on purpose.

The names are a closed list that a test walks; a boundary without a name here does not exist.
In production the variable is not set and `reach` is one dictionary look-up.
"""

import os

NAMES = (
    "batch.start",
    "intent.before",
    "intent.after",
    "write.before",
    "write.after",
    "readback.after",
    "effect.after",
    "receipt.before",
    "receipt.after",
    "chunk.after",
    "close.before",
    "close.after",
)
ARCHIVE = (
    "freeze.before",
    "freeze.after",
    "delivery.start",
    "delivery.intent",
    "delivery.sent",
    "delivery.read",
    "delivery.receipt",
    "delivery.after",
    "delete.intent",
    "delete.sent",
)
"""The boundaries of an archive night; walked by a test of their own."""

MOVES = ("moves.page", "moves.after", "moves.reconciled")
"""The boundaries of a round of move hints; walked by a test of their own."""

TRANSFERS = (
    "overfoering.steg",
    "overfoering.foer",
    "melding.foer",
    "melding.sendt",
    "melding.tatt",
    "import.foer",
    "import.skrevet",
    "steng.foer",
    "steng.skrevet",
)
"""The boundaries of a hand-over, at either side; walked by a test of their own."""


_wanted: dict[str, int] = {}
if os.environ.get("STAFETT_FAILPOINT"):
    _name, _, _nth = os.environ["STAFETT_FAILPOINT"].partition(":")
    _wanted[_name] = int(_nth or 1)


def reach(name: str) -> None:
    """Die here, as kill -9 would, when this is the place and the time that was asked for."""
    left = _wanted.get(name)
    if left is None:
        return
    _wanted[name] = left - 1
    if left == 1:
        os._exit(137)
