"""Open the ledger's database: SQLite by default, PostgreSQL by one setting, same tables.

SQLite runs with WAL and `synchronous=FULL`, because the ledger is the truth after a crash.
What a database says no with becomes a GatewayError here (`dbfault.py`); nothing else may
translate it.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

from gateway.errors import LocalFault
from gateway.ledger import dbfault
from gateway.ledger.anchor import AnchorFile
from gateway.ledger.anchored import Anchored
from gateway.ledger.cover import ChainKey, bind, ends
from gateway.ledger.opened_file import OpenedFile

_LOOKS = "stafett_looks"
_TURN = 10.0
LOST, PAYLOADS_LOST = "HOVEDBOK_MANGLER", "NYTTELASTFIL_MANGLER"


def _sqlite(file: OpenedFile) -> sa.Engine:
    path = file.path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = sa.create_engine(f"sqlite:///{path}", pool_size=8, max_overflow=8)

    @event.listens_for(engine, "do_connect")
    def _made(*_args: object) -> None:
        # One that has been here and is gone is told of, and none is made in its place.
        file.check()
        for_owner_only(path)

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN IMMEDIATE is ours, below
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        file.opened()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        looks = connection.get_execution_options().get(_LOOKS)
        connection.exec_driver_sql("BEGIN" if looks else "BEGIN IMMEDIATE")

    return engine


def for_owner_only(path: Path) -> None:
    """Make a database's file for its owner only, before anything is written there; SQLite gives
    its journal the same mode. What is there keeps what it has, and is never opened here: to close
    a file lets go of every lock this process has on it, SQLite's own too (sqlite.org/howtocorrupt,
    2.2)."""
    with suppress(OSError):  # there already, or the database says what is wrong
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _postgres(url: str) -> sa.Engine:
    made = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(
        made,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "application_name": "stafett"},
    )

    leave_when_out(engine)
    return engine


def leave_when_out(engine: sa.Engine) -> None:
    """Make a pool let go of connections that lead to a server that is out, or reads only now."""

    @event.listens_for(engine, "handle_error")
    def _outage(context: sa.engine.ExceptionContext) -> None:
        if dbfault.is_outage(context.original_exception):
            context.is_disconnect = True


class Database:
    """Two engines: `main` for ids, codes and hashes, `bulk` for sealed payloads.

    On PostgreSQL they are one. `url` is empty for SQLite in `folder`, where the anchor stands too
    unless it has a place of its own.
    """

    def __init__(self, url: str, folder: Path, anchor: Path | None = None) -> None:
        self.url = url
        self.folder = folder
        self.sqlite = not url
        self._file = OpenedFile(folder / "ledger.db", LOST)
        self._bulk_file = OpenedFile(folder / "payload.db", PAYLOADS_LOST)
        try:
            if self.sqlite:
                self.main = _sqlite(self._file)
                self.bulk = _sqlite(self._bulk_file)
            else:
                self.main = self.bulk = _postgres(url)
        except OSError:
            raise LocalFault("DATAMAPPE_UTILGJENGELIG") from None
        self.key = ChainKey()
        event.listen(self.main, "connect", lambda _raw, record: bind(record.info, self.key))
        self.anchored = Anchored(AnchorFile(anchor or folder / "anker"), self.key, self.look)
        self._main_turn = threading.RLock() if self.sqlite else None
        self._bulk_turn = threading.RLock() if self.sqlite else None
        self._looks = self.main.execution_options(**{_LOOKS: True})
        self._looks_bulk = self.bulk.execution_options(**{_LOOKS: True})

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A transaction on the main database; database errors become GatewayErrors.

        What it changed is covered as its last act, and the anchor follows when it has committed.
        Raises LocalFault when the ledger is not what its anchor says, or its file is not the one
        that was opened: then nothing is changed.
        """
        self._file.check()
        with (
            translated(),
            self._turn(self._main_turn),
            self.main.connect() as connection,
            self.anchored.following(connection),
            connection.begin(),
        ):
            yield connection
            self.anchored.cover(connection)

    @contextmanager
    def begin_bulk(self) -> Iterator[sa.Connection]:
        """A transaction on the payload database. Raises as `begin`; nothing covers what is changed
        here, so what may not be written is not begun."""
        self._bulk_file.check()
        self.anchored.require()
        with translated(), self._turn(self._bulk_turn), self.bulk.begin() as connection:
            yield connection

    @contextmanager
    def _turn(self, lock: "threading.RLock | None") -> Iterator[None]:
        """One writer of this process at a time: SQLite's own waiting sleeps, and sleeps longer
        than the other's commit takes. Who waits too long goes on to that waiting."""
        held = lock is not None and lock.acquire(timeout=_TURN)
        try:
            yield
        finally:
            if lock is not None and held:
                lock.release()

    @contextmanager
    def look(self) -> Iterator[sa.Connection]:
        """As `begin`, to read only: it takes no lock, so it never waits for one who writes."""
        self._file.check()
        with translated(), self._looks.begin() as connection:
            yield connection

    @contextmanager
    def look_still(self) -> Iterator[sa.Connection]:
        """As `look`, with everything as it was at one moment however many questions are asked."""
        self._file.check()
        still = {} if self.sqlite else {"isolation_level": "REPEATABLE READ"}
        with translated(), self._looks.execution_options(**still).begin() as connection:
            yield connection

    @contextmanager
    def look_bulk(self) -> Iterator[sa.Connection]:
        """As `begin_bulk`, to read only."""
        self._bulk_file.check()
        with translated(), self._looks_bulk.begin() as connection:
            yield connection

    def anchor_line(self) -> str:
        """Where the ledger now ends, for a document: whoever has it can ask for it again."""
        with self.look() as connection:
            return str(ends(connection))

    def close(self) -> None:
        """Close every connection."""
        self.main.dispose()
        self.bulk.dispose()
        self._file.closed()
        self._bulk_file.closed()


@contextmanager
def translated() -> Iterator[None]:
    """Database errors as GatewayErrors: statements and parameters never reach a message."""
    try:
        yield
    except (sa.exc.StatementError, sa.exc.TimeoutError) as error:
        raise dbfault.meaning(error) from None
