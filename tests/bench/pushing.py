"""B3: carrying out a signed plan, against a bare program that makes exactly the same requests.

The requests of one push are recorded below httpx. The sandbox deals its ids from a seed, so the
bare program sends the recorded requests again, byte for byte in the same order, to a fresh
sandbox, and must get the same status each time. It reads nothing, decides nothing and keeps
nothing.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from connectors.http.deadline import DeadlineTransport
from gateway.effects import claim, runs
from gateway.effects.planning import Planner
from gateway.effects.push import Pusher
from gateway.run import signing
from gateway.run.rows import plan_row, run_row
from tests.bench.measure import Line, Spent, best, fastest, timed, told
from tests.bench.stage import Journey, Served, journey, token
from tests.people import acting

_OURS = frozenset({"authorization", "host", "connection", "user-agent", "content-length"})


@dataclass(frozen=True)
class Sent:
    """One recorded request and the status it got."""

    at_target: bool
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int


class Recorder:
    """Sits below httpx while one push runs. Token calls are left out."""

    def __init__(self, target: str) -> None:
        self.sent: list[Sent] = []
        self._target = target

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Record inside the block."""
        inner = DeadlineTransport.handle_request

        def handle(transport: DeadlineTransport, request: httpx.Request) -> httpx.Response:
            answer = inner(transport, request)
            if not request.url.path.startswith(("/connect/", "/_sandbox/")):
                self._note(request, answer.status_code)
            return answer

        DeadlineTransport.handle_request = handle  # type: ignore[method-assign,assignment]
        try:
            yield
        finally:
            DeadlineTransport.handle_request = inner  # type: ignore[method-assign]

    def _note(self, request: httpx.Request, status: int) -> None:
        heads = {k: v for k, v in request.headers.items() if k not in _OURS}
        self.sent.append(
            Sent(
                str(request.url).startswith(self._target), request.method,
                request.url.raw_path.decode(), heads, request.read(), status,
            )
        )  # fmt: skip


def ready(j: Journey) -> str:
    """Pull, plan, sign and begin; returns the run."""
    plan_id = Planner(j.route).build()
    signing.sign(j.route.database, plan_id, acting(), j.route.now())
    return runs.begin(j.route, plan_id)[0]


CHUNK = 16
"""Logs per chunk; small, so that a small set has chunks enough for every worker."""

WORKERS = 2
"""Chunks at once, as one worker process of the product has by default."""


def push(j: Journey, run_id: str, workers: int = WORKERS) -> tuple[int, str]:
    """Every chunk of the run, `workers` at a time."""
    database = j.route.database
    run = run_row(database, run_id)
    plan = plan_row(database, run["plan_id"])

    def one(chunk: int) -> None:
        held = claim.take(database, run_id, chunk, j.route.clock.new_id())
        pusher = Pusher(j.route, run_id, plan, cursor=run["cursor"], pause=time.sleep)
        if pusher.chunk(chunk, held) == "ferdig":
            runs.chunk_finished(database, run_id, chunk)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, runs.chunks(database, run["plan_id"])))
    return 0, ""


def landed(j: Journey, run_id: str) -> tuple[int, str]:
    """How many logs landed and were read back as promised; what went wrong, if anything."""
    summary = runs.close(j.route, run_id)
    wrong = summary["outcomes"].get("drifted", 0) + summary["unaccounted"]
    return summary["effects"].get("ferdig", 0), "not as promised" if wrong else ""


def one_push(place: Path, source: Served, target: str, recorder: bool = False) -> "Pushed":
    """A fresh target and ledger; only the push itself is measured."""
    with (
        Served(target, place / "target", ids=11) as there,
        journey(source, there, place / "ledger", chunk=CHUNK) as j,
    ):
        run_id = ready(j)
        record = Recorder(there.url)
        if recorder:
            with record.listening():
                spent = timed(lambda: push(j, run_id, workers=1))
        else:
            spent = timed(lambda: push(j, run_id))
        items, wrong = landed(j, run_id)
        journal = there.journal()
        doubled = [n for n in journal["eksternNokkel"].values() if n != 1]
        wrong = wrong or ("created twice" if doubled else "")
    return Pushed(Spent(spent.cpu, spent.wall, items, wrong), record.sent)


@dataclass(frozen=True)
class Pushed:
    """One push and, when recorded, what it sent."""

    spent: Spent
    sent: list[Sent]


def bare(place: Path, source: Served, target: str, sent: list[Sent], items: int) -> Spent:
    """The same requests from a program that does nothing else."""
    with Served(target, place / "target", ids=11) as there:
        servers = (source, there)
        urls = [served.url for served in servers]
        auth = [{"authorization": f"Bearer {token(served)}"} for served in servers]
        other = 0

        def work() -> tuple[int, str]:
            nonlocal other
            with httpx.Client(trust_env=False) as client:
                for one in sent:
                    answer = client.request(
                        one.method, urls[one.at_target] + one.path, content=one.body or None,
                        headers={**one.headers, **auth[one.at_target]},
                    )  # fmt: skip
                    other += answer.status_code != one.status
            return items, ""

        spent = timed(work)
    wrong = f"{other} other answers" if other else ""
    return Spent(spent.cpu, spent.wall, items, wrong)


def speed(
    place: Path, source: str, target: str, count: int, repetitions: int
) -> tuple[list[Line], Spent, Spent]:
    """Rate of the push as a share of the bare program's, by CPU and by wall."""
    ours: list[Spent] = []
    plain: list[Spent] = []
    with Served(source, place / "source", fill=count, seed=3) as served:
        first = one_push(place / "record", served, target, recorder=True)
        items = first.spent.items
        for turn in range(repetitions):
            ours.append(one_push(place / f"ours-{turn}", served, target).spent)
            plain.append(bare(place / f"bare-{turn}", served, target, first.sent, items))
    a, b = best(ours), best(plain)
    wrong = next((one.proof for one in ours + plain if one.proof), "")
    if not wrong and ({one.items for one in ours} != {items} or not items):
        wrong = "not the same logs each time"
    by_cpu, by_wall = b.cpu / a.cpu, fastest(plain) / fastest(ours)
    each = len(first.sent) / max(items, 1)
    made = Line(
        f"B3 push to {target}", told(a), told(b), f"{by_wall:.0%} of the rate", ">= 50 %",
        by_wall >= 0.5,
        note=f"{items} logs, {each:.0f} requests each, sent again byte for byte to a sandbox "
        f"that deals the same ids, one at a time; ours {WORKERS} chunks at once, as a worker "
        f"does; by CPU {by_cpu:.0%}",
        void=wrong,
    )  # fmt: skip
    return [made], a, b
