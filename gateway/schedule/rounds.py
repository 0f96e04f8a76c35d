"""Rounds that come again and again: one tick is one round, however many processes serve.

A round's name is made of the moment it was meant for and is written down before it is run; the
first process that writes it runs it. A nightly one has the local date, so the hour that comes
twice in autumn is one night. A round that died is the next one's. The scheduler says only when.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from gateway import log
from gateway.app import House
from gateway.errors import GatewayError, unexpected
from gateway.ledger import archive_tables as a
from gateway.ledger.upsert import insert_new
from gateway.schedule.tick import TickExecutor

KEPT = timedelta(days=2)
Work = Callable[[], object]


class Rounds:
    """One kind of round, `name`, of one municipality, on this process's scheduler.

    `every` is seconds; `nightly` runs at `at` local time when given.
    """

    def __init__(
        self,
        house: House,
        name: str,
        work: Work,
        every: float,
        *,
        nightly: Work | None = None,
        at: tuple[int, int] = (2, 30),
    ) -> None:
        self._house, self._name, self._work, self._every = house, name, work, every
        self._nightly, self._at = nightly, at
        self._log = log.get("rounds")
        self._scheduler = BackgroundScheduler(
            executors={"default": TickExecutor(max_workers=1)},
            job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": 3600},
            timezone=UTC,
        )

    def start(self) -> None:
        """Set the clock; the first round is now."""
        zone = ZoneInfo(self._house.settings.kommune.arkiv.natt.tidssone)
        self._scheduler.add_job(
            self.round,
            IntervalTrigger(seconds=self._every, timezone=UTC),
            id=f"{self._name}:runde",
            next_run_time=self._house.clock.now() + timedelta(seconds=0.2),
        )
        hour, minute = self._at
        self._scheduler.add_job(
            self.night,
            CronTrigger(hour=hour, minute=minute, timezone=zone),
            id=f"{self._name}:natt",
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Stop firing; a round that is under way is finished."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def round(self, tick: datetime | None = None) -> bool:
        """One round, by the first process that takes it; True when it was us."""
        at = tick or self._house.clock.now()
        kommune = self._house.settings.kommune.nummer
        return self._once(f"{self._name}:{kommune}:{at.astimezone(UTC):%y%m%d%H%M%S}", self._work)

    def night(self, tick: datetime | None = None) -> bool:
        """The night's own work, once per local date."""
        at = tick or self._house.clock.now()
        kommune = self._house.settings.kommune
        day = at.astimezone(ZoneInfo(kommune.arkiv.natt.tidssone)).date()
        return self._once(f"{self._name}n:{kommune.nummer}:{day.isoformat()}", self._tidy)

    def _tidy(self) -> None:
        if self._nightly is not None:
            self._nightly()
        old = (self._house.clock.now() - KEPT).isoformat(timespec="milliseconds")
        with self._house.database.begin() as connection:
            connection.execute(
                a.tick.delete().where(
                    a.tick.c.tenant == self._house.settings.kommune.orgnr,
                    a.tick.c.system == self._name,
                    a.tick.c.started < old,
                )
            )

    def _once(self, name: str, work: Work) -> bool:
        now = self._house.clock.now().isoformat(timespec="milliseconds")
        row = {"tick_id": name[:40], "tenant": self._house.settings.kommune.orgnr,
               "system": self._name, "started": now, "ended": now}  # fmt: skip
        try:
            with self._house.database.begin() as connection:
                if not insert_new(connection, a.tick, row):
                    return False
            self._house.require_room()
            work()
        except GatewayError as error:
            self._log.error("round", run=name, code=error.code, place=error.place)
        except Exception as error:  # noqa: BLE001 - the scheduler's thread must live on
            fault = unexpected(error)
            self._log.error("round", run=name, code=fault.code, place=fault.place)
        return True
