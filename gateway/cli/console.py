"""How the command line speaks: one place for tables, JSON, errors and exit codes.

Exit codes: 0 done; 1 finished, something for a person to do; 2 wrong use, or a wish that cannot be
met as things stand; 3 our side is wrong (configuration, key, disk); 4 a system answers wrongly or
not at all; 5 incomplete, may not be called finished; 6 the proof does not hold; 7 written, but read
back different; 141 whoever read the output has gone, as shells count it (`exits.py`). Nothing here
reads the ledger.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

from gateway.cli.exits import BROKEN, LOCAL, OK, exit_code
from gateway.errors import GatewayError, unexpected
from schemas.stafettlogg.identifikator import holds_number

if TYPE_CHECKING:
    from rich.console import Console

UNREAD = 141
"""The exit code of a command whose output nobody reads any more (128 and SIGPIPE)."""
_ID = re.compile(r"(?:plan|run)-\d{8}-[0-9a-f]{8}")
_P = ParamSpec("_P")
_R = TypeVar("_R")


class Speaker:
    """Writes to the terminal; with `as_json` one JSON document and nothing else on stdout."""

    def __init__(self, *, as_json: bool, language: str = "nb") -> None:
        self.as_json = as_json
        self.language = language
        self._document: dict[str, Any] = {}
        self.doubted = False
        """What is told is not as it was proved: whatever else it comes to, that is how it ends."""
        self.first: Callable[[], None] | None = None
        """What must be said before anything else is, once."""

    def say(self, text: str = "") -> None:
        """A line for a person; silent with `--json`."""
        self._begin()
        if not self.as_json:
            print(text)

    def give(self, **facts: Any) -> None:
        """Facts for a program; silent without `--json`."""
        self._begin()
        self._document |= facts

    def _begin(self) -> None:
        if self.first is not None:
            first, self.first = self.first, None
            first()

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
        name: str,
        words: Sequence[Sequence[Any]] | None = None,
        heads: Sequence[str] | None = None,
    ) -> None:
        """A table for a person, a list of objects under `name` for a program. `words` are the rows
        as a person reads them, where codes of ours stand in `rows`, and `heads` the columns."""
        self.give(**{name: [dict(zip(columns, row, strict=True)) for row in rows]})
        if self.as_json:
            return
        from rich.table import Table

        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns if heads is None else heads:
            table.add_column(column, overflow="fold")
        for row in rows if words is None else words:
            table.add_row(*("" if cell is None else str(cell) for cell in row))
        # A ref or a place is a system's own text: brackets in it are brackets, not markup.
        wide = None if sys.stdout.isatty() else 200
        console(wide).print(table)

    def end(self, code: int = OK) -> NoReturn:
        """Print the JSON document, if asked for, and leave with the exit code; with that of a proof
        that does not hold, when what was told is not as it was proved."""
        self._begin()
        if self.as_json:
            print(json.dumps(self._document, ensure_ascii=False, indent=1, default=str))
        raise SystemExit(BROKEN if self.doubted else code)


def console(width: int | None = None) -> "Console":
    """Where tables are written. Rich would end the process itself when nobody reads it."""
    from rich.console import Console

    class Ours(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Ours(width=width, markup=False)


def unread() -> NoReturn:
    """Leave quietly: whoever read the output (`head`, `less`) has what it wanted."""
    # What is left in the buffer would be tried again when the process ends.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(UNREAD)


def guarded(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """A command whose GatewayErrors become a sentence, a next action and an exit code."""

    @wraps(command)
    def inner(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return command(*args, **kwargs)
        except GatewayError as error:
            tell(error, as_json=bool(kwargs.get("as_json")))
            raise SystemExit(exit_code(error)) from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        except BrokenPipeError:
            unread()
        except Exception as error:  # noqa: BLE001 - the last door: its text may quote a log
            fault = unexpected(error)
            tell(fault, as_json=bool(kwargs.get("as_json")))
            raise SystemExit(LOCAL) from None

    return inner


def tell(error: GatewayError, *, as_json: bool) -> None:
    """What happened and what to do next, from the catalogue of texts. A place that may hold a
    person's number, as a path somebody typed may, is told to nobody."""
    from gateway.texts.catalogue import Catalogue

    text = Catalogue("nb").code(error.code)
    place = "" if holds_number(error.place) else error.place
    if as_json:
        told = {"code": error.code, "kind": error.kind, "place": place}
        told |= {"what": text.what, "do": addressed(text.do, place)}
        print(json.dumps({"error": told}, ensure_ascii=False))
        return
    where = f" [{place}]" if place else ""
    do = addressed(text.do, place)
    print(f"{error.code}{where}: {text.what}\n  Gjør dette: {do}", file=sys.stderr)


def addressed(text: str, place: str) -> str:
    """A text with the plan or the run it is about in the place of the word for one, so that its
    commands can be used as they stand."""
    if not _ID.fullmatch(place):
        return text
    word = r"\bPLAN\b" if place.startswith("plan-") else r"\b(?:KJØRING|KØYRING|RUN)\b"
    return re.sub(word, place, text)


def config_folder(given: Path | None) -> Path:
    """The configuration folder: the option, else `STAFETT_CONFIG`, else `config/`."""
    return given or Path(os.environ.get("STAFETT_CONFIG", "config"))
