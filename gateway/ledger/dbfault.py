"""What a database's no means: its code is read, and never a word of its message.

A message quotes the value it is about and is told in the server's own language, so a value called
`full` is no full disk. PostgreSQL says SQLSTATE (its documentation, appendix A), SQLite a result
code (sqlite.org/rescode.html); what has no code was said by nobody, for there was no connection.
This module must not ask a database.
"""

import sqlite3

import sqlalchemy as sa

from gateway.errors import GatewayError, LocalFault, Transient

_PLACE = "ledger"

# SQLSTATE, a whole one or its class of two characters.
_PASSES = frozenset(
    {
        "08",  # the connection
        "40",  # deadlock, serialisation, a conflict with recovery on a standby
        "25006",  # read only: a standby, or the old primary after a failover
        "25P03",  # an idle transaction's time is out
        "25P04",  # a transaction's time is out
        "53000",
        "53200",  # the server's memory
        "53300",  # too many connections
        "55P03",  # a lock was not given in time
        "57014",  # cancelled, by a statement's time or by an operator
        "57P01",  # going down
        "57P02",  # went down
        "57P03",  # coming up
        "57P05",  # an idle session's time is out
    }
)
_FULL = frozenset({"53100"})
_DAMAGED = frozenset({"XX001", "XX002"})

# After these the connection is not the one to try again on, nor are its siblings in the pool.
_GONE = frozenset({"08", "25006", "25P03", "25P04", "57P01", "57P02", "57P03", "57P05"})

# SQLite's primary codes; the extended ones have theirs in the low eight bits.
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_NO_RIGHT = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def meaning(error: sa.exc.SQLAlchemyError) -> GatewayError:
    """The gateway's error for one of SQLAlchemy's; the driver's own is its `orig`."""
    if isinstance(error, sa.exc.TimeoutError):
        return Transient("DATABASE_OPPTATT", place=_PLACE)  # the pool had none to give
    orig = getattr(error, "orig", None)
    if isinstance(orig, sqlite3.Error):
        return _of_sqlite(orig)
    state = getattr(orig, "sqlstate", None)
    if (
        is_outage(orig)
        or _within(state, _PASSES)
        or getattr(error, "connection_invalidated", False)
    ):
        return Transient("DATABASE_OPPTATT", place=_PLACE)
    if _within(state, _FULL):
        return LocalFault("DISK_FULL", place=_PLACE)
    if _within(state, _DAMAGED):
        return LocalFault("LEDGER_SKADET", place=_PLACE)
    return LocalFault("DATABASE_FEIL", place=state or type(orig or error).__name__)


def is_outage(orig: object) -> bool:
    """True when PostgreSQL's connection is of no more use, or never was one.

    A driver's OperationalError without SQLSTATE is the client library's own: no server said it.
    """
    if isinstance(orig, sqlite3.Error):
        return False
    state = getattr(orig, "sqlstate", None)
    if state is None:
        return any(kind.__name__ == "OperationalError" for kind in type(orig).__mro__)
    return _within(state, _GONE)


def _within(state: str | None, codes: frozenset[str]) -> bool:
    return state is not None and (state in codes or state[:2] in codes)


def _of_sqlite(orig: sqlite3.Error) -> GatewayError:
    code = getattr(orig, "sqlite_errorcode", None)
    if code is None:  # the module's own: wrong use
        return LocalFault("DATABASE_FEIL", place=type(orig).__name__)
    primary = code & 0xFF
    if primary in _BUSY:
        return Transient("DATABASE_OPPTATT", place=_PLACE)
    # The shared index beside the log cannot grow: the same full disk, told another way.
    if primary == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_SHMSIZE:
        return LocalFault("DISK_FULL", place=_PLACE)
    if primary in _NO_RIGHT:
        return LocalFault("DATAMAPPE_UTILGJENGELIG", place=_PLACE)
    if primary in _BROKEN or code == sqlite3.SQLITE_IOERR_CORRUPTFS:
        return LocalFault("LEDGER_SKADET", place=_PLACE)
    return LocalFault("DATABASE_FEIL", place=str(getattr(orig, "sqlite_errorname", code)))
