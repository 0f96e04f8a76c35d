"""A tick knows the moment it was meant for, so that one tick is one run in all processes.

APScheduler 3 does not pass the scheduled time to a job; this executor does. A job fired by two
processes gives the same name twice, and the engine runs it once. A name made of the local date
runs once on the night the clock is turned back, when 02:30 comes twice.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor


class TickExecutor(ThreadPoolExecutor):  # type: ignore[misc]
    """Calls `job.func(*args, tick=<the scheduled instant, UTC>)`."""

    def _do_submit_job(self, job: Any, run_times: Sequence[datetime]) -> None:
        def work() -> None:
            for at in run_times:
                job.func(*job.args, tick=at.astimezone(UTC))

        def done(future: Any) -> None:
            error = future.exception()
            if error is not None:
                self._run_job_error(job.id, error, error.__traceback__)
            else:
                self._run_job_success(job.id, [])

        self._pool.submit(work).add_done_callback(done)


def night_name(kommune: str, system: str, tick: datetime, zone: str) -> str:
    """The name of a night: municipality, system and the local date it began (at most 40 signs)."""
    day = tick.astimezone(ZoneInfo(zone)).date()
    return f"natt:{kommune}:{day.isoformat()}:{system}"[:40]


def round_name(kommune: str, system: str, tick: datetime) -> str:
    """The name of a round between: municipality, system and the minute, UTC."""
    return f"r:{kommune}:{tick.astimezone(UTC):%y%m%d%H%M}:{system}"[:40]


def look_name(kommune: str, system: str, tick: datetime, zone: str) -> str:
    """The name of a night's look at older receipts, by the local date (at most 40 signs)."""
    day = tick.astimezone(ZoneInfo(zone)).date()
    return f"syn:{kommune}:{day.isoformat()}:{system}"[:40]
