"""Logging set-up: JSON lines with ids and codes only.

Libraries leak by default: httpx logs full URLs at INFO, structlog renders local variables of a
traceback. Both are switched off here, and a last filter masks anything that looks like a person's
number. This module must not be the only guard: nothing personal should reach it.
"""

import logging
import re
import sys
import threading
from collections.abc import MutableMapping
from typing import Any

import structlog

from schemas.nummer import is_somebodys_number

_NUMBER = re.compile(r"(?<!\d)\d{11}(?!\d)")
_ALLOWED = frozenset(
    {"event", "level", "timestamp", "run", "plan", "step", "logg", "system", "code", "place",
     "kind", "chunk", "count", "attempt", "seconds", "phase", "state", "worker"}
)  # fmt: skip


def mask(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the fields that are ids, codes and counts; mask every eleven-digit number, and the
    whole of a value with a person's number in groups."""
    kept = {key: value for key, value in event.items() if key in _ALLOWED}
    return {key: _masked(v) if isinstance(v, str) else v for key, v in kept.items()}


def _masked(value: str) -> str:
    masked = _NUMBER.sub("***", value)
    return "***" if is_somebodys_number(masked) else masked


class Tamed(logging.Handler):
    """What a library says becomes where it said it and the kind of error it met: never its words,
    which may quote what it was given."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line of ours."""
        met = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
        place = f"{record.module}:{record.lineno}"
        log = structlog.get_logger(record.name)
        log.log(record.levelno, "library", code=met.__name__ if met else "", place=place)


def _of_thread(args: threading.ExceptHookArgs) -> None:
    """A thread that ended in an error of its own: its kind, never its words."""
    structlog.get_logger("thread").error("ended", code=args.exc_type.__name__)


def set_up(level: str = "WARNING") -> None:
    """Configure structlog and quiet the libraries. Safe to call more than once."""
    for name in ("httpx", "httpcore", "sqlalchemy", "alembic", "dbos", "urllib3", "asyncio"):
        library = logging.getLogger(name)
        library.setLevel(logging.WARNING)
        if not any(isinstance(one, Tamed) for one in library.handlers):
            library.handlers[:] = [Tamed()]
    threading.excepthook = _of_thread
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            mask,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(level.upper(), logging.WARNING)
        ),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def get(name: str) -> Any:
    """A logger; `name` is the module's noun."""
    return structlog.get_logger(name)
