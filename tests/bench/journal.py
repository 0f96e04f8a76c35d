"""B3: what durability costs per log: our ledger's entries before and after, against DBOS steps.

The reference is one DBOS workflow of three steps per record, called in this process (no queue,
which is its cheapest way), on SQLite with our engine settings, in a process of its own. The steps
do nothing, and so does the effect between our intent and our receipt: what is compared is the
journal. Ours also seals what the target read back.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from gateway.effects import claim
from gateway.effects.push import BATCH
from gateway.effects.receipts import Ready, Receipts, Result
from gateway.effects.stored import step_of
from gateway.ledger import tables as t
from gateway.ledger.chain import verify
from gateway.policy.verdict import Release, Verdict
from gateway.ports.connector import Written
from gateway.reconcile.compare import Outcome
from tests.bench.measure import Line, Spent, best, timed, told
from tests.bench.pushing import ready
from tests.bench.stage import CONEXUS, RING, ROOT, SAMSPILL, Served, cpu, journey


class Bare:
    """In the place of what covers the tables and moves the anchor: nothing. For the difference."""

    @contextmanager
    def following(self, connection: sa.Connection) -> Iterator[None]:
        """Nothing is collected."""
        yield

    def cover(self, connection: sa.Connection) -> None:
        """Nothing is covered."""

    def require(self) -> None:
        """Nothing is in the way of writing."""


def our_journal(place: Path, source: Served, target: Served, *, covered: bool = True) -> Spent:
    """Intent and receipt of every log of a plan, a chunk at a time, with no wire between; with
    `covered` off, without the covers and the anchor."""
    with journey(source, target, place) as j:
        run_id = ready(j)
        with j.route.database.begin() as connection:
            rows = connection.execute(
                sa.select(t.step, t.record.c.payload)
                .join(t.record, t.record.c.ref == t.step.c.source_ref)
                .where(t.step.c.kind == "put")
            ).all()
        pairs = [(step_of(r._mapping), r.payload, j.route.store.get(r.payload)) for r in rows]
        held = claim.take(j.route.database, run_id, 1, "maaling")
        ledger = Receipts(j.route, run_id)
        if not covered:
            j.route.database.anchored = Bare()  # type: ignore[assignment]

        def work() -> tuple[int, str]:
            for start in range(0, len(pairs), BATCH):
                some = pairs[start : start + BATCH]
                begun = [
                    Ready(
                        s, None, Release(s.logg, s.content_sha, Verdict()), None,  # type: ignore[arg-type]
                        begun=False, ours=payload, agreed=None, losing=None,
                    )
                    for s, payload, _ in some
                ]  # fmt: skip
                ledger.intents(begun, 1, held)
                done = [
                    Result(
                        s, "ferdig", written=Written(s.source_ref, "1"), promised=body, base=body,
                        outcome=Outcome("settled"), ready=made,
                    )
                    for (s, _, body), made in zip(some, begun, strict=True)
                ]  # fmt: skip
                ledger.receipts(done, 1, held)
            return len(pairs), ""

        spent = timed(work)
        with j.route.database.begin() as connection:
            broken = verify(connection).broken_at is not None
            effects = connection.execute(
                sa.select(sa.func.count()).where(t.effect.c.state == "ferdig")
            ).scalar_one()
    whole = not broken and effects == spent.items
    return Spent(spent.cpu, spent.wall, spent.items, "" if whole else "the journal is not whole")


def dbos(place: Path, count: int) -> Spent:
    """The reference, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.journal", str(place), str(count)],
        capture_output=True, text=True, cwd=ROOT, timeout=120, check=True,
    )  # fmt: skip
    return Spent(**json.loads(done.stdout.splitlines()[-1]))


def speed(place: Path, count: int, repetitions: int, pushed: Spent, plain: Spent) -> list[Line]:
    """Records per second of our journal, of a whole push and of a bare program, in DBOS's."""
    ours, steps, bares = [], [], []
    with Served(CONEXUS, place / "s", fill=count) as one, Served(SAMSPILL, place / "t") as two:
        for turn in range(repetitions):
            ours.append(our_journal(place / f"ours-{turn}", one, two))
            bares.append(our_journal(place / f"bare-{turn}", one, two, covered=False))
            steps.append(dbos(place / f"dbos-{turn}", count))
    a, b = best(ours), best(steps)
    bare = best(bares)
    rate = b.items / b.cpu
    times, proved = bare.items / bare.cpu / rate, a.items / a.cpu / rate
    whole = (pushed.items / pushed.cpu) / rate
    most = (plain.items / plain.cpu) / rate
    void = next((one.proof for one in ours if one.proof), "")
    cost = a.cpu / a.items - bare.cpu / bare.items
    share = cost / (pushed.cpu / pushed.items)
    return [
        Line(
            "B3 journal", told(bare), told(b), f"{times:.1f} x", ">= 8 x", times >= 8,
            note="intent + receipt per log against a DBOS workflow of 3 empty steps per record; "
            f"with every row under the chain's key, which DBOS has nothing of, {proved:.1f} x",
            void=void,
        ),
        Line(
            "B3 keyed covers and anchor", told(a), told(bare), f"{share:+.0%} of a push",
            "<= 15 %", share <= 0.15,
            note=f"the journal with every changed row covered under the chain's key and the anchor "
            f"moved, against the same without: {cost * 1e6:.0f} CPU-us a log",
        ),
        Line(
            "B3 whole push in DBOS's", told(pushed), told(b), f"{whole:.2f} x", "",
            None,
            note=f"policy, mapping, requests and read-back against empty steps; the bare program "
            f"that only makes the requests reaches {most:.2f} x",
        ),
    ]  # fmt: skip


def main() -> None:
    """One workflow of three empty steps per record."""
    from dbos import DBOS, DBOSConfig

    from gateway.engine.durable import Sealed, open_engine

    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    engine = open_engine("", folder)

    @DBOS.step(name="one")
    def step(number: int) -> int:
        return number

    @DBOS.workflow(name="record")
    def record(number: int) -> int:
        return step(step(step(number)))

    config: DBOSConfig = {
        "name": "maaling", "application_version": "1", "executor_id": "m0",
        "serializer": Sealed(RING), "system_database_engine": engine,
        "system_database_url": engine.url.render_as_string(hide_password=False),
        "log_level": "ERROR",
    }  # fmt: skip
    DBOS(config=config)
    DBOS.launch()
    for number in range(5):
        record(number)
    wall, used = time.perf_counter(), cpu()
    done = [record(number) for number in range(count)]
    spent = {"cpu": cpu() - used, "wall": time.perf_counter() - wall, "items": len(done)}
    DBOS.destroy()
    engine.dispose()
    print(json.dumps(spent))


if __name__ == "__main__":
    main()
