"""A municipality's nights: look once at the local hour it chose, deliver in rounds until morning,
and read some older receipts back once more.

After downtime the night that was missed is taken at once; nothing else is repeated. The scheduler
says only when; the engine makes each name one run.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from gateway import log
from gateway.app import House
from gateway.arkiv.levering import OPEN
from gateway.effects.archiving import rechecking
from gateway.effects.archiving.verk import night as begun
from gateway.effects.archiving.verk import stamp
from gateway.engine import archiving
from gateway.engine.worker import Worker
from gateway.errors import GatewayError
from gateway.ledger import archive_tables as a
from gateway.ledger.upsert import insert_new
from gateway.schedule.tick import TickExecutor, look_name, night_name, round_name

ROUND_MINUTES = 5
FIRST = 10.0
"""Seconds from start to the first round: time for the look at a missed night."""
LOOK = "arkivsyn"
"""What a night's look at older receipts is written down as."""
KEPT = timedelta(days=2)
_OPEN = tuple(state.value for state in OPEN)


class Nights:
    """The archive jobs of one municipality on this process's scheduler."""

    def __init__(self, house: House, worker: Worker, minutes: float = ROUND_MINUTES) -> None:
        self._house = house
        self._worker = worker
        self._minutes = minutes
        self._log = log.get("nights")
        self._scheduler = BackgroundScheduler(
            executors={"default": TickExecutor(max_workers=4)},
            job_defaults={"coalesce": True, "max_instances": 3, "misfire_grace_time": 3600},
            timezone=UTC,
        )

    def start(self) -> None:
        """Set the clock, and take last night if it was missed."""
        natt = self._house.settings.kommune.arkiv.natt
        begin = time.fromisoformat(natt.fra)
        for system in self._systems():
            self._scheduler.add_job(
                self.night,
                CronTrigger(hour=begin.hour, minute=begin.minute, timezone=ZoneInfo(natt.tidssone)),
                args=[system],
                id=f"natt:{system}",
            )
            self._scheduler.add_job(
                self.round,
                IntervalTrigger(minutes=self._minutes, timezone=UTC),
                args=[system],
                id=f"runde:{system}",
                next_run_time=self._house.clock.now() + timedelta(seconds=FIRST),
            )
            self._scheduler.add_job(
                self.recheck,
                CronTrigger(hour=begin.hour, minute=begin.minute, timezone=ZoneInfo(natt.tidssone)),
                args=[system],
                id=f"syn:{system}",
            )
            self.night(system, tick=self.latest(self._house.clock.now()))
        self._scheduler.start()

    def stop(self) -> None:
        """Stop firing; what was fired is the engine's."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _systems(self) -> tuple[str, ...]:
        return self._house.settings.kommune.arkiv.kilder

    def latest(self, now: datetime) -> datetime:
        """The beginning of the latest night that has begun."""
        natt = self._house.settings.kommune.arkiv.natt
        return begun(now, natt.fra, natt.til, natt.tidssone)[0]

    def night(self, system: str, tick: datetime | None = None) -> str:
        """One look at the source for the night that began at `tick`; returns its name.

        A night whose look did not succeed (a source that was away) is looked at again.
        """
        kommune = self._house.settings.kommune
        at = tick or self._house.clock.now()
        name = night_name(kommune.nummer, system, at, kommune.arkiv.natt.tidssone)
        self._begin(system, name)
        if not archiving.looked(self._house, name):
            self._worker.submit_night(name, system)
        return name

    def round(self, system: str, tick: datetime | None = None) -> str:
        """Deliver what is due now, if anything is; returns the round's name, or nothing."""
        self.night(system, tick=self.latest(self._house.clock.now()))
        self._close_ended(system)
        if not self._anything():
            return ""
        at = tick or self._house.clock.now()
        name = round_name(self._house.settings.kommune.nummer, system, at)
        if self._begin(system, name):
            self._worker.submit_tick(name)
        return name

    def recheck(self, system: str, tick: datetime | None = None) -> bool:
        """Look at some receipts again, once a night whoever is first; True when it was us."""
        kommune = self._house.settings.kommune
        at = tick or self._house.clock.now()
        zone = ZoneInfo(kommune.arkiv.natt.tidssone)
        now = stamp(self._house.clock.now())
        row = {
            "tick_id": look_name(kommune.nummer, system, at, kommune.arkiv.natt.tidssone),
            "tenant": kommune.orgnr, "system": LOOK, "started": now, "ended": now,
        }  # fmt: skip
        old = a.tick.c.started < stamp(at.astimezone(zone) - KEPT)
        mine = a.tick.c.tenant == kommune.orgnr, a.tick.c.system == LOOK
        try:
            with self._house.database.begin() as connection:
                connection.execute(a.tick.delete().where(*mine, old))
                if not insert_new(connection, a.tick, row):
                    return False
            told = rechecking.recheck(self._worker.works(system))
        except GatewayError as error:
            self._log.error("recheck", code=error.code, kind=error.kind, place=error.place)
            return True
        for archive, code in told.stopped.items():
            self._log.error("recheck", code=code, place=archive)
        self._log.info("recheck", count=told.looked)
        return True

    def _begin(self, system: str, name: str) -> bool:
        """Write the tick down; False when another process was first, or the source is away."""
        try:
            return archiving.open_tick(self._house, self._worker.works(system), name)
        except GatewayError as error:
            self._log.error("tick", run=name, code=error.code, kind=error.kind, place=error.place)
            return False

    def _anything(self) -> bool:
        tenant = self._house.settings.kommune.orgnr
        now = self._house.clock.now().isoformat(timespec="milliseconds")
        with self._house.database.begin() as connection:
            for table, states in ((a.job, ("planlagt",)), (a.delivery, _OPEN)):
                found = connection.execute(
                    sa.select(sa.literal(1))
                    .where(
                        table.c.tenant == tenant,
                        table.c.state.in_(states),
                        table.c.next_try <= now,
                        table.c.claim.is_(None),
                    )
                    .limit(1)
                ).first()
                if found is not None:
                    return True
        return False

    def _close_ended(self, system: str) -> None:
        """Close the ticks whose lanes have ended, so that nothing stays claimed."""
        for name in archiving.open_ticks(self._house, system):
            if not self._worker.tick_alive(name):
                archiving.close_tick(self._house, self._worker.works(system), name)
