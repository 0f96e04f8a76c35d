"""The durable engine (DBOS 3.4), and the only file that knows it.

The unit of work is a chunk: a checkpoint costs milliseconds, so the engine makes chunks durable
and the ledger makes logs exactly-once within them. Arguments are ids and numbers, sealed at rest.
Traps closed here: default serialisation is pickle (replaced by a raiser), executor ids must be
stable and distinct, versions are pinned by hand and enqueueing is version-less, a dead worker's
runs are taken over by a lease loop, SQLite older than 3.42 lacks a clock function under
Python 3.12, closing it under work in progress makes that work's end a trace on the terminal. This
module must not know what a chunk does.
"""

import base64
import json
import logging
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dbos._serialization as _serialization
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from dbos import DBOS, DBOSClient, DBOSConfig, Serializer
from dbos import _dbos as _instance
from sqlalchemy import event

from gateway import log
from gateway.ledger.database import for_owner_only, leave_when_out, translated
from gateway.ledger.keys import KeyRing
from gateway.ledger.opened_file import OpenedFile

VERSION = "gw-1"
QUEUE = "chunks"
_ALIVE = frozenset({"PENDING", "ENQUEUED", "DELAYED"})
_MOST_IDS = 50
_PATIENCE = 60.0
"""Seconds that work in progress is waited for when a worker stops."""
_LOOK = 0.05
Work = Callable[[str, int, int], str]
Close = Callable[[str], str]
Lane = Callable[[str, int], str]
Night = Callable[[str, str], str]
_work: dict[str, Any] = {}


def _refuse(*_args: object) -> Any:
    raise TypeError("pickled payloads are refused")


for _name in ("serialize", "deserialize"):
    setattr(_serialization.DefaultSerializer, _name, _refuse)


class Sealed(Serializer):
    """AES-256-GCM over JSON; the first key seals, every key opens. Exceptions keep their type."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def name(self) -> str:
        """The format's name, stored beside each row."""
        return "gw_aesgcm_v1"

    def serialize(self, data: Any) -> str:
        """Sealed JSON. An exception is kept as its type and its text, which holds codes only."""
        if isinstance(data, BaseException):
            data = {"__error__": type(data).__name__, "text": str(data)}
        return self._seal(json.dumps(data, default=_plain, separators=(",", ":")).encode())

    def _seal(self, plain: bytes) -> str:
        kid = self._ring.first
        nonce = os.urandom(12)
        sealed = AESGCM(self._ring.keys[kid]).encrypt(nonce, plain, kid.encode())
        return kid + "." + base64.b64encode(nonce + sealed).decode()

    def _open(self, serialized: str) -> bytes:
        kid, body = serialized.split(".", 1)
        raw = base64.b64decode(body)
        return AESGCM(self._ring.keys[kid]).decrypt(raw[:12], raw[12:], kid.encode())

    def again(self, serialized: str) -> str:
        """The same, sealed by the first key; empty for a text that only begins like one of ours."""
        try:
            return self._seal(self._open(serialized))
        except (InvalidTag, ValueError):
            return ""

    def deserialize(self, serialized: str) -> Any:
        """The opposite of `serialize`."""
        data = json.loads(self._open(serialized))
        if isinstance(data, dict) and "__error__" in data:
            return RuntimeError(f"{data['__error__']}: {data['text']}")
        return data


def _plain(value: object) -> object:
    if isinstance(value, BaseException):
        return {"__error__": type(value).__name__, "text": str(value)}
    return str(value)


def open_engine(url: str, folder: Path) -> sa.Engine:
    """Our own database engine for DBOS, never a bare address."""
    if url:
        engine = sa.create_engine(
            sa.make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=20,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10, "application_name": "stafett-engine"},
        )
        leave_when_out(engine)
        return engine
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for_owner_only(folder / "engine.db")
    engine = sa.create_engine(f"sqlite:///{folder / 'engine.db'}", pool_size=20, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        if sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42):
            connection.create_function("unixepoch", 1, lambda _m: time.time())
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


@DBOS.step(name="push_step")
def _push_step(run_id: str, chunk: int, attempt: int) -> str:
    return str(_work["push"](run_id, chunk, attempt))


@DBOS.step(name="close_step")
def _close_step(run_id: str) -> str:
    return str(_work["close"](run_id))


@DBOS.step(name="lane_step")
def _lane_step(tick_id: str, lane: int) -> str:
    return str(_work["lane"](tick_id, lane))


@DBOS.workflow(name="archive_lane")
def archive_lane(tick_id: str, lane: int) -> str:
    """Work one lane of an archive tick until nothing is due."""
    return _lane_step(tick_id, lane)


@DBOS.step(name="night_step")
def _night_step(tick_id: str, system: str) -> str:
    return str(_work["night"](tick_id, system))


@DBOS.workflow(name="archive_night")
def archive_night(tick_id: str, system: str) -> str:
    """Find what is due this night, and set the lanes going."""
    return _night_step(tick_id, system)


@DBOS.workflow(name="push_chunk")
def push_chunk(run_id: str, chunk: int, attempt: int) -> str:
    """Push one chunk; the step is the unit that is repeated after a crash."""
    return _push_step(run_id, chunk, attempt)


@DBOS.workflow(name="close_run")
def close_run(run_id: str) -> str:
    """Close one run."""
    return _close_step(run_id)


class Engine:
    """One process's part of the durable engine. `slot` is stable and distinct per process.

    Municipalities may share a database: each (`tenant`, an organisation number) has a queue of its
    own and takes over only its own dead workers, so that nobody works with another's settings.
    """

    def __init__(self, url: str, folder: Path, ring: KeyRing, tenant: str) -> None:
        self._tenant = tenant
        self._queue = f"{QUEUE}-{tenant}"
        self._database = open_engine(url, folder)
        self._file = None if url else OpenedFile(folder / "engine.db", "JOBBFIL_MANGLER")
        self._sealed = Sealed(ring)
        self._client: DBOSClient | None = None
        self._stop = threading.Event()
        self._leases: threading.Thread | None = None
        self._log = log.get("engine")

    def start(
        self,
        slot: str,
        push: Work,
        close: Close,
        workers: int,
        lease: float = 15.0,
        *,
        lane: Lane | None = None,
        night: Night | None = None,
    ) -> None:
        """Launch a worker. `push(run, chunk, attempt)`, `close(run)`, `lane(tick, number)` and
        `night(tick, system)` do the work."""
        _work.update(push=push, close=close, lane=lane, night=night)
        config: DBOSConfig = {
            "name": "stafett",
            "application_version": VERSION,
            "executor_id": f"{self._tenant}:{slot}",
            "serializer": self._sealed,
            "system_database_engine": self._database,
            "system_database_url": self._database.url.render_as_string(hide_password=False),
            "log_level": "ERROR",
            "notification_listener_polling_interval_sec": 0.2,
        }
        with translated():
            DBOS(config=config)
            DBOS.launch()
            DBOS.register_queue(
                self._queue, worker_concurrency=workers, polling_interval_sec=0.1,
                on_conflict="always_update",
            )  # fmt: skip
            self._client = DBOSClient(
                system_database_engine=self._database,
                system_database_url=self._database.url.render_as_string(hide_password=False),
                serializer=self._sealed,
            )
        if self._file is not None:
            self._file.opened()
        self._leases = threading.Thread(
            target=self._beat, args=(f"{self._tenant}:{slot}", lease), daemon=True
        )
        self._leases.start()

    def check(self) -> None:
        """Raise LocalFault("JOBBFIL_MANGLER") when the engine's own file is taken away: it would go
        on writing where nobody reads."""
        if self._file is not None:
            self._file.check()

    def submit_chunk(self, run_id: str, chunk: int, attempt: int) -> None:
        """Enqueue one chunk; the same attempt twice is one workflow."""
        self._enqueue("push_chunk", f"push:{run_id}:{chunk}:{attempt}", run_id, chunk, attempt)

    def submit_close(self, run_id: str, attempt: int) -> None:
        """Enqueue the closing of a run."""
        self._enqueue("close_run", f"close:{run_id}:{attempt}", run_id)

    def submit_lane(self, tick_id: str, lane: int) -> None:
        """Enqueue one lane of an archive tick."""
        self._enqueue("archive_lane", f"lane:{tick_id}:{lane}", tick_id, lane)

    def submit_night(self, tick_id: str, system: str) -> None:
        """Enqueue a night; while one waits or runs, a second call does nothing."""
        self._enqueue("archive_night", f"night:{tick_id}", tick_id, system)

    def lanes_alive(self, tick_id: str, lanes: int) -> bool:
        """True while a lane of this tick waits or runs, under any of its ids."""
        if self._client is None:
            raise RuntimeError("the engine is not started")
        ids = [
            f"lane:{tick_id}:{lane}" + (f":{again}" if again else "")
            for lane in range(lanes)
            for again in range(_MOST_IDS)
        ]
        with translated():
            there = self._client.list_workflows(workflow_ids=ids, load_input=False)
        return any(one.status in _ALIVE for one in there)

    def _enqueue(self, name: str, workflow_id: str, *args: Any) -> None:
        """Enqueue under an id that is not spent. What waits or runs is left alone; what ended
        while its work was not done (an error, a take-over whose heir died) goes on under the
        next id."""
        if self._client is None:
            raise RuntimeError("the engine is not started")
        for number in range(_MOST_IDS):
            own = f"{workflow_id}:{number}" if number else workflow_id
            with translated():
                there = self._client.list_workflows(workflow_ids=[own], load_input=False)
                if not there:
                    options: Any = {
                        "queue_name": self._queue, "workflow_name": name, "workflow_id": own,
                    }  # fmt: skip
                    self._client.enqueue(options, *args)
                    return
            if there[0].status in _ALIVE:
                return
        self._log.error("enqueue", kind=name, count=_MOST_IDS)

    def _beat(self, slot: str, lease: float) -> None:
        """Say that we live, and take over the runs of those who stopped saying so."""
        sqlite = self._database.dialect.name == "sqlite"
        now = (
            "(julianday('now')-2440587.5)*86400.0"
            if sqlite
            else "extract(epoch from clock_timestamp())"
        )
        make = (
            "create table if not exists gw_lease"
            "(executor_id varchar(80) primary key, seen double precision not null)"
        )
        upsert = (
            f"insert into gw_lease values(:e,{now})"
            f" on conflict(executor_id) do update set seen={now}"
        )
        stale = (
            f"select executor_id from gw_lease where seen < {now}-{lease}"  # noqa: S608
            " and executor_id like :own"
        )
        own, made = f"{self._tenant}:%", False
        while not self._stop.is_set():
            try:
                with self._database.begin() as connection:
                    if not made:
                        connection.execute(sa.text(make))
                        made = True
                    connection.execute(sa.text(upsert), {"e": slot})
                    dead = list(connection.execute(sa.text(stale), {"own": own}).scalars())
                if dead:
                    DBOS._recover_pending_workflows(dead)
            except sa.exc.SQLAlchemyError as error:
                self._log.error("lease", code=type(error).__name__, worker=slot)
            self._stop.wait(lease / 3)

    def stop(self) -> None:
        """Stop taking work, let what is in progress end, and close. What takes too long for that
        is recovered by the next start."""
        self._stop.set()
        _drain(_PATIENCE)
        if self._leases is not None:
            self._leases.join(timeout=5)
        if self._client is not None:
            self._client.destroy()
        DBOS.destroy()
        self._database.dispose()


def _drain(patience: float) -> None:
    """Take no more work, and wait for what is in progress: it notes its end in the engine, which
    must be open then. What is not done in time ends unheard, for nobody can mend it."""
    engine = _instance._dbos_global_instance
    if engine is None:
        return
    for event_ in engine.background_thread_stop_events:
        event_.set()
    until = time.monotonic() + patience
    while engine._active_workflows_set.activeList():
        if time.monotonic() >= until:
            logging.getLogger("dbos").setLevel(logging.CRITICAL + 1)
            return
        time.sleep(_LOOK)
