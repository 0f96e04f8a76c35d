"""Kill -9 at named boundaries and at random, on SQLite and on PostgreSQL with two workers.

Nothing is lost, nothing is created twice (the sandbox counts), the books balance, the chain is
whole, and no plaintext is left on disk. STAFETT_FULL=1 runs the long form.
"""

import os
import random
import signal
import time

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from gateway import app
from gateway.effects import failpoint
from gateway.settings.load import load
from tests.story import waiting_oracle
from tests.story.town import CX, SP, Town, town

FULL = bool(os.environ.get("STAFETT_FULL"))


def finish(place: Town, run_id: str, allowed: int) -> dict:
    """Resume until the run has ended, then hold it against the outside."""
    for _ in range(5):
        told = place.stafett("resume", run_id)
        if told["state"] in ("ferdig", "avvik"):
            break
    check(place, told, allowed)
    return told


def check(place: Town, told: dict, allowed: int) -> None:
    """Everything allowed arrived once; the ledger proves itself; nothing readable on disk."""
    assert told["state"] in ("ferdig", "avvik"), told
    assert (told["done"], told["parked"], told["begun"]) == (allowed, 0, 0), told
    assert place.doubles(SP) == 0
    states = place.stafett("reconcile", told["run_id"])["states"]
    assert states == {"settled": allowed}
    assert place.stafett("verify")["broken_at"] is None
    house = app.open_house(load(place.config))
    with house.database.look() as connection:
        # What waits for a person is what the ledger says it is, wherever a worker died.
        assert waiting_oracle.told(connection) == waiting_oracle.recount(connection)
    house.close()
    report = place.stafett("report", told["run_id"])
    assert report["state"] in ("ferdig", "avvik")
    for path, data in place.on_disk():
        for canary in CANARIES:
            assert canary not in data, path.name
    for table, text in place.in_tables():
        for canary in CANARIES:
            assert canary.decode() not in text, table
            assert canary.hex() not in text, table


CANARIES = (b"kanari-setning", b"Kanarifugl Nordmann")


def filled(place: Town, count: int) -> tuple[str, int]:
    """Fill, plan and sign; the plan's id and how many logs may move."""

    def marked():
        for wire, files in generate(11, count):
            wire["barn"]["navn"] = "Kanarifugl Nordmann"
            for concern in wire["oppmerksomheter"]:
                concern["tekst"] = f"kanari-setning {concern['tekst']}"
            yield wire, files

    place.fill(CX, marked())
    plan_id = place.plan()
    return plan_id, place.stafett("show", plan_id)["summary"]["kinds"]["put"]


def newest(place: Town) -> str:
    """The newest run's id; a worker killed before it began a run has none yet."""
    for _ in range(100):
        told = place.stafett("status", ok=(0, 1, 3, 5))
        if told.get("run_id"):
            return str(told["run_id"])
        time.sleep(0.1)
    raise AssertionError("no run began")


NAMES = (
    failpoint.NAMES if FULL else ("intent.after", "write.after", "receipt.after", "close.before")
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"] if FULL else ["sqlite"])
def test_killed_at_a_named_boundary(tmp_path, request, name, database):
    """The worker dies there; `stafett resume` finishes exactly once."""
    address = request.getfixturevalue("postgres") if database == "postgresql" else ""
    with town(tmp_path, database=address) as place:
        plan_id, allowed = filled(place, 24)
        dead = place.spawn("migrate", plan_id, STAFETT_FAILPOINT=f"{name}:1")
        assert dead.wait(60) == 137
        finish(place, newest(place), allowed)


def test_killed_at_random_moments_on_sqlite(tmp_path):
    """One worker, killed again and again."""
    kills, logs = (100, 500) if FULL else (2, 40)
    with town(tmp_path, chunk=25) as place:
        plan_id, allowed = filled(place, logs)
        rng = random.Random(3)
        process = place.spawn("migrate", plan_id)
        newest(place)
        for _ in range(kills):
            time.sleep(rng.uniform(0.9, 1.8))
            process.send_signal(signal.SIGKILL)
            process.wait(10)
            process = place.spawn("resume", newest(place))
        process.wait(240)
        finish(place, newest(place), allowed)


def test_killed_at_random_moments_on_postgresql_with_two_workers(tmp_path, postgres):
    """Two workers on one database; either may be killed, the other takes over."""
    kills, logs = (100, 500) if FULL else (2, 40)
    with town(tmp_path, database=postgres, chunk=10) as place:
        plan_id, allowed = filled(place, logs)
        run_id = place.stafett("migrate", plan_id, "--detach")["run"]
        rng = random.Random(4)

        def worker(slot: str):
            return place.spawn("worker", "--slot", slot, "--lease", "3")

        workers = {slot: worker(slot) for slot in ("a", "b")}
        try:
            for _ in range(kills):
                time.sleep(rng.uniform(0.9, 1.8))
                slot = rng.choice("ab")
                workers[slot].send_signal(signal.SIGKILL)
                workers[slot].wait(10)
                workers[slot] = worker(slot)
            until = time.monotonic() + 240
            while time.monotonic() < until:
                told = place.stafett("status", run_id, ok=(0, 1, 3, 5))
                if told["state"] in ("ferdig", "avvik", "stoppet", "ufullstendig"):
                    break
                time.sleep(0.5)
        finally:
            for process in workers.values():
                process.terminate()
                process.wait(20)
        check(place, told, allowed)
