"""What a worker does with a chunk: open the run's route, push, and close when nothing is left.

Routes are opened once per run and process. The worker knows the engine only by `Engine`'s
methods, and vendors not at all.
"""

import threading
import time
from collections import defaultdict
from typing import Any

from gateway import app, log, places
from gateway.app import House
from gateway.effects import claim, failpoint, runs
from gateway.effects.archiving.verk import Verk
from gateway.effects.push import Pusher
from gateway.effects.route import Route
from gateway.engine import archiving
from gateway.engine.durable import Engine
from gateway.engine.patience import patiently
from gateway.errors import GatewayError, LocalFault, unexpected
from gateway.ledger import room
from gateway.run.rows import plan_row, run_row


class Worker:
    """One worker process. `slot` must be stable across restarts and distinct per process."""

    def __init__(self, house: House, slot: str = "w0") -> None:
        self._house = house
        self._slot = slot
        self._engine = Engine(
            house.settings.gateway.database,
            places.data_folder(house.settings),
            house.ring,
            house.settings.kommune.orgnr,
        )
        self._routes: dict[str, Route] = {}
        self._works: dict[str, Verk] = {}
        self._lock = threading.Lock()
        self._chunks: dict[tuple[str, int], threading.Lock] = defaultdict(threading.Lock)
        self._halted: GatewayError | None = None
        self._log = log.get("worker")

    def start(self, lease: float = 15.0) -> None:
        """Begin taking chunks; what a killed predecessor left is taken first."""
        workers = self._house.settings.gateway.workers
        self._engine.start(
            self._slot, self._push, self._close, workers, lease, lane=self._lane, night=self._night
        )

    def check(self) -> None:
        """Raise what has made it impossible to go on and to say so in the ledger: no room, or a
        ledger that is gone. Whoever waits for the work asks this; nobody else would hear."""
        if self._halted is not None:
            raise self._halted
        self._engine.check()
        # What the engine cannot note in its own tables it says to nobody.
        room.require(self._house.database.folder, room.LEAST)

    def stop(self) -> None:
        """Stop and close every route."""
        self._engine.stop()
        for route in self._routes.values():
            route.source.close()
            route.target.close()
        for verk in self._works.values():
            app.close_verk(verk.source, verk.archives)

    def submit(self, run_id: str) -> None:
        """Enqueue everything a run has left; safe to do again."""
        row = run_row(self._house.database, run_id)
        left = runs.chunks_left(self._house.database, run_id, row["plan_id"])
        for chunk in left:
            self._engine.submit_chunk(run_id, chunk, row["attempt"])
        if not left:
            self._engine.submit_close(run_id, row["attempt"])

    # -- archiving ----------------------------------------------------------------------------
    @property
    def lanes(self) -> int:
        """How many lanes a tick has."""
        return self._house.settings.gateway.workers

    def submit_tick(self, tick_id: str) -> None:
        """Set the lanes of a tick going; safe to do again."""
        for lane in range(self.lanes):
            self._engine.submit_lane(tick_id, lane)

    def submit_night(self, tick_id: str, system: str) -> None:
        """A night of the calendar: look, then work. One tick is one run."""
        self._engine.submit_night(tick_id, system)

    def tick_alive(self, tick_id: str) -> bool:
        """True while a lane waits or runs."""
        return self._engine.lanes_alive(tick_id, self.lanes)

    def works(self, system: str) -> Verk:
        """The archive works of one source, opened once per process."""
        with self._lock:
            if system not in self._works:
                self._works[system] = app.open_verk(self._house, system)
            return self._works[system]

    def _night(self, tick_id: str, system: str) -> str:
        try:
            self._house.require_room()
            archiving.find_due(self._house, self.works(system), tick_id, spread=True)
        except GatewayError as error:
            return self._tick_stopped(tick_id, error)
        except Exception as error:  # noqa: BLE001 - the engine would log and keep its text
            return self._tick_stopped(tick_id, unexpected(error))
        return "ferdig"

    def _lane(self, tick_id: str, lane: int) -> str:
        try:
            self._house.require_room()
            verk = self.works(archiving.system_of(self._house, tick_id))
            return archiving.work_lane(self._house, verk, tick_id, lane)
        except claim.Fenced:
            return "overtatt"
        except GatewayError as error:
            return self._tick_stopped(tick_id, error)
        except Exception as error:  # noqa: BLE001 - the engine would log and keep its text
            return self._tick_stopped(tick_id, unexpected(error))

    def _tick_stopped(self, tick_id: str, error: GatewayError) -> str:
        self._log.error("tick", run=tick_id, code=error.code, kind=error.kind, place=error.place)
        try:
            archiving.stopped(self._house, tick_id, error.code)
        except LocalFault as fault:
            self._halted = fault
        return "stoppet"

    def _route(self, plan: dict[str, Any]) -> Route:
        name = f"{plan['source']}>{plan['target']}"
        with self._lock:
            if name not in self._routes:
                self._routes[name] = app.open_route(
                    self._house, plan["source"], plan["target"], back=plan["kind"] == runs.BACK
                )
            return self._routes[name]

    def _push(self, run_id: str, chunk: int, attempt: int) -> str:
        """One attempt at a chunk, and one at a time: a claim is asked for at each commit, and
        between two of them lies a whole log, which two would fill at once."""
        with self._lock:
            alone = self._chunks[(run_id, chunk)]
        with alone:
            return self._push_alone(run_id, chunk, attempt)

    def _push_alone(self, run_id: str, chunk: int, attempt: int) -> str:
        database = self._house.database
        row = run_row(database, run_id)
        if row["state"] in runs.ENDED:
            return str(row["state"])
        if attempt < row["attempt"]:
            return "overtatt"  # it lay in the queue when the run was paused; a later one has it
        plan = plan_row(database, row["plan_id"])

        def carried() -> str:
            self._house.require_room()
            held = claim.take(database, run_id, chunk, self._house.clock.new_id())
            pusher = Pusher(self._route(plan), run_id, plan, cursor=row["cursor"], pause=time.sleep)
            return pusher.chunk(chunk, held)

        try:
            state = patiently(carried, time.sleep)
        except claim.Fenced:
            return "overtatt"
        except GatewayError as error:
            return self._stopped(run_id, chunk, error)
        except Exception as error:  # noqa: BLE001 - the engine would log and keep its text
            return self._stopped(run_id, chunk, unexpected(error))
        if state != "ferdig":
            return state
        runs.chunk_finished(database, run_id, chunk)
        failpoint.reach("chunk.after")
        if not runs.chunks_left(database, run_id, row["plan_id"]):
            self._engine.submit_close(run_id, attempt)
        return state

    def _stopped(self, run_id: str, chunk: int, error: GatewayError) -> str:
        self._log.error(
            "chunk", run=run_id, chunk=chunk, code=error.code, kind=error.kind, place=error.place
        )
        self._stop_run(run_id, error)
        return "stoppet"

    def _stop_run(self, run_id: str, error: GatewayError) -> None:
        now = self._house.clock.now().isoformat(timespec="milliseconds")
        try:
            runs.set_state(self._house.database, run_id, "stoppet", now, error.code, error.kind)
        except LocalFault as fault:
            self._halted = fault

    def _close(self, run_id: str) -> str:
        database = self._house.database
        row = run_row(database, run_id)
        if runs.chunks_left(database, run_id, row["plan_id"]):
            return "venter"
        plan = plan_row(database, row["plan_id"])
        try:
            patiently(lambda: runs.close(self._route(plan), run_id), time.sleep)
        except GatewayError as error:
            return self._stopped(run_id, 0, error)
        except Exception as error:  # noqa: BLE001 - the engine would log and keep its text
            return self._stopped(run_id, 0, unexpected(error))
        return str(run_row(database, run_id)["state"])
