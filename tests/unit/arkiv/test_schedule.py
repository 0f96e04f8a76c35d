"""When a night begins, what it is called, and that it happens once."""

import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from gateway.schedule.nights import Nights
from gateway.schedule.tick import TickExecutor, night_name, round_name
from gateway.settings.models import Kommune, Natt

OSLO = "Europe/Oslo"


def test_the_night_the_clock_is_turned_back_is_one_night():
    """02:30 comes twice on 25 October 2026; the name is the same both times."""
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert first.astimezone(ZoneInfo(OSLO)).hour == second.astimezone(ZoneInfo(OSLO)).hour == 2
    assert night_name("9901", "s", first, OSLO) == night_name("9901", "s", second, OSLO)


def test_a_name_holds_a_place_and_a_day_and_fits():
    """Ids and times only, at most 40 characters, different for different nights and minutes."""
    at = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
    names = {
        night_name("9901", "conexus_companion", at + timedelta(days=n), OSLO) for n in range(50)
    } | {round_name("9901", "conexus_companion", at + timedelta(minutes=n)) for n in range(50)}
    assert len(names) == 100
    assert max(map(len, names)) <= 40


def nights(fra: str) -> Nights:
    """Nights of a municipality that begins at `fra`; nothing of it is started."""
    kommune = Kommune(nummer="9901", navn="Øvingsvik", orgnr="899100107")
    arkiv = kommune.arkiv.model_copy(update={"natt": Natt(fra=fra), "kilder": ("s",)})
    kommune = kommune.model_copy(update={"arkiv": arkiv})
    house = SimpleNamespace(settings=SimpleNamespace(kommune=kommune), clock=None, database=None)
    return Nights(house, None)


@pytest.mark.parametrize(
    ("now", "day"),
    [("2026-11-21T22:30", 21), ("2026-11-22T03:00", 21), ("2026-11-22T21:59", 21),
     ("2026-11-22T22:00", 22)],
)  # fmt: skip
def test_the_latest_night_is_the_one_that_has_begun(now, day):
    """After midnight it is still the night of the day before: a missed night is taken as itself."""
    at = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(OSLO))
    began = nights("22:00").latest(at).astimezone(ZoneInfo(OSLO))
    assert (began.day, began.hour) == (day, 22)


def test_a_job_hears_the_moment_it_was_meant_for():
    """Not the moment it ran: two processes that fire late say the same name."""
    heard: list[datetime] = []
    done = threading.Event()

    def job(_system: str, tick: datetime | None = None) -> None:
        assert tick is not None
        heard.append(tick)
        done.set()

    meant = datetime.now(UTC) - timedelta(seconds=30)
    scheduler = BackgroundScheduler(
        executors={"default": TickExecutor(1)}, job_defaults={"misfire_grace_time": 3600},
        timezone=UTC,
    )  # fmt: skip
    scheduler.add_job(job, DateTrigger(meant), args=["s"])
    scheduler.start()
    assert done.wait(10)
    # Stopped in the middle of its round, the scheduler's own thread may fall over.
    until = time.monotonic() + 10
    while scheduler.get_jobs() and time.monotonic() < until:
        time.sleep(0.01)
    scheduler.shutdown(wait=True)
    assert heard == [meant]


def test_a_night_has_its_hours_also_when_the_clock_is_turned():
    """22:00 to 05:00 is seven hours, eight when the clock is turned back, six when forward."""
    from gateway.effects.archiving.verk import night

    def hours(month: int, day: int) -> float:
        at = datetime(2026, month, day, 23, 0, tzinfo=ZoneInfo(OSLO))
        begin, end = night(at, "22:00", "05:00", OSLO)
        return (end - begin).total_seconds() / 3600

    assert (hours(11, 21), hours(10, 24), hours(3, 28)) == (7, 8, 6)
    begin, end = night(datetime(2026, 11, 22, 12, 0, tzinfo=UTC), "01:00", "05:00", OSLO)
    assert (begin.hour, end.hour) == (0, 4)
