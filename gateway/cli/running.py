"""Commands that run, watch, stop and resume."""

import signal
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy as sa

from gateway.app import House
from gateway.cli.console import INCOMPLETE, LOCAL, OK, REMOTE, TO_DO, USAGE, Speaker
from gateway.cli.opening import house, route, speaker
from gateway.cli.planning import end, summarise
from gateway.effects import runs
from gateway.effects.planning import Planner
from gateway.effects.progress import Progress, newest, progress
from gateway.errors import LocalFault, Rejected
from gateway.ledger import tables as t
from gateway.plan.step import StepKind
from gateway.run import signing
from gateway.run.rows import plan_row, run_of, run_row
from gateway.texts.catalogue import Catalogue

_POLL = 0.2
_AGAIN = 15.0
_CODES = {"ferdig": OK, "avvik": TO_DO, "ufullstendig": INCOMPLETE, "stoppet": LOCAL}


def migrate(
    plan_id: str,
    back: str,
    slot: str,
    detach: bool,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """Carry out a signed plan, or make the plan that takes a run's logs home."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        if back:
            _plan_home(opened, back, told)
        if not plan_id:
            told.say("Oppgi en plan, eller --back KJØRING.")
            told.end(USAGE)
        row = plan_row(opened.database, plan_id)
        if (before := run_of(opened.database, plan_id)) is not None:
            _again(opened, before, slot, told)
        if row["kind"] == "frem" and opened.settings.kommune.arkiv.maal:
            _archive_first(opened, row, slot, told)
        itself = row["kind"] == runs.BACK
        with route(opened, row["source"], row["target"], back=itself) as way:
            run_id, _chunks = runs.begin(way, plan_id)
        told.give(run=run_id)
        told.say(
            f"{run_id} er i gang. Avbryt trygt med Ctrl-C; fortsett med: stafett resume {run_id}"
        )
        if detach:
            told.end(OK)
        told.end(_work_until_done(opened, run_id, slot, told))


def _again(opened: House, run_id: str, slot: str, told: Speaker) -> NoReturn:
    """A plan runs once: go on with its run, or say that it has been run and how it ended."""
    row = run_row(opened.database, run_id)
    told.give(run=run_id, again=True)
    if row["state"] in runs.ENDED:
        told.say(f"Planen er utført av {run_id}, og utføres ikke en gang til.")
        told.end(_tell_end(progress(opened.database, run_id, opened.clock.now()), told))
    told.say(f"Planen er i gang som {run_id}; fortsetter den.")
    if row["state"] in runs.WAITING:
        now = opened.clock.now().isoformat(timespec="milliseconds")
        runs.go_on(opened.database, run_id, now)
    told.end(_work_until_done(opened, run_id, slot, told))


def _archive_first(opened: House, plan: dict[str, Any], slot: str, told: Speaker) -> None:
    """B-06: what is about to leave is frozen first, and on its way to the archive. A log that
    cannot be frozen is held by the gate; the others go."""
    from gateway.cli import archiving

    refs = runs.refs_to_send(opened.database, str(plan["plan_id"]))
    told.say(f"{len(refs)} logger fryses og leveres til arkivet før de flyttes (B-06).")
    counts = archiving.migration(opened, str(plan["source"]), str(plan["plan_id"]), refs, slot)
    told.give(snapshots=counts)
    told.say("  " + ", ".join(f"{n} {name}" for name, n in sorted(counts.items())))


def _plan_home(opened: House, back: str, told: Speaker) -> None:
    run = run_row(opened.database, back)
    plan = plan_row(opened.database, run["plan_id"])
    with route(opened, plan["target"], plan["source"]) as way:
        plan_id = Planner(way, "tilbake", back).build()
    told.say("Dette fører loggene hjem.")
    end(opened, plan_id, told)


def _work_until_done(opened: House, run_id: str, slot: str, told: Speaker) -> int:
    from gateway.engine import collecting
    from gateway.engine.worker import Worker

    worker = Worker(opened, slot)
    collecting.settle()
    worker.start()
    try:
        worker.submit(run_id)
        at = _watch(opened, run_id, told)
    finally:
        worker.stop()
    return _tell_end(at, told)


def _watch(opened: House, run_id: str, told: Speaker) -> Progress:
    """Live progress until the run is no longer running."""
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    with Bar(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TextColumn("{task.fields[rate]} logger/s"), TimeRemainingColumn(),
        TextColumn("parkert {task.fields[parked]}"), disable=told.as_json,
    ) as bar:  # fmt: skip
        task = bar.add_task(run_id, total=None, rate="-", parked=0)
        while True:
            at = progress(opened.database, run_id, opened.clock.now())
            settled = at.done + at.parked + at.held + at.moved
            bar.update(
                task, total=at.total, completed=settled, rate=f"{at.rate:.1f}", parked=at.parked
            )
            if at.state != "kjoerer":
                return at
            time.sleep(_POLL)


def _tell_end(at: Progress, told: Speaker) -> int:
    texts = Catalogue(told.language)
    told.give(**{name: getattr(at, name) for name in Progress.__slots__})
    told.say(
        f"{at.run_id}: {texts.label('state_' + at.state)}"
        f" - {at.done} skrevet og lest tilbake, {at.parked} parkert, {at.held} holdt, "
        f"{at.moved} flyttet seg"
    )
    if at.reason:
        text = texts.code(at.reason)
        told.say(f"{at.reason}: {text.what}\n  Gjør dette: {text.do}")
    told.say(f"Rapport: stafett report {at.run_id}")
    if at.state == "stoppet" and at.kind not in ("", LocalFault.kind):
        return REMOTE
    return _CODES.get(at.state, OK)


def status(run_id: str, watch: bool, config: Path | None, kommune: str, as_json: bool) -> None:
    """One run's progress; the newest if none is named."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        chosen = run_id or newest(opened.database)
        if chosen is None:
            told.say("Ingen kjøringer ennå.")
            told.give(run=None)
            told.end(OK)
        at = (
            _watch(opened, chosen, told)
            if watch
            else progress(opened.database, chosen, opened.clock.now())
        )
        left = "" if at.seconds_left is None else f", omtrent {at.seconds_left:.0f} s igjen"
        settled = at.done + at.parked + at.held + at.moved
        told.say(f"{settled} av {at.total} logger, {at.rate:.1f} i sekundet{left}")
        told.end(_tell_end(at, told))


def resume(run_id: str, slot: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """Go on with a run."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        row = run_row(opened.database, run_id)
        if row["state"] in runs.WAITING:
            now = opened.clock.now().isoformat(timespec="milliseconds")
            runs.go_on(opened.database, run_id, now)
        elif row["state"] != "kjoerer":
            told.end(_tell_end(progress(opened.database, run_id, opened.clock.now()), told))
        told.end(_work_until_done(opened, run_id, slot, told))


def set_state(run_id: str, state: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """Pause or cancel."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        now = opened.clock.now().isoformat(timespec="milliseconds")
        runs.set_state(opened.database, run_id, state, now)
        at = progress(opened.database, run_id, opened.clock.now())
        told.give(run=run_id, state=at.state)
        told.say(f"{run_id}: {Catalogue(told.language).label('state_' + at.state)}")
        told.end(OK)


def work(slot: str, lease: float, config: Path | None, kommune: str) -> None:
    """Be a worker until told to stop; runs that wait are enqueued as they appear."""
    from gateway.engine import collecting
    from gateway.engine.worker import Worker

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with house(config, kommune) as opened:
        worker = Worker(opened, slot)
        collecting.settle()
        worker.start(lease)
        asked: dict[str, float] = {}
        try:
            while not stopped.wait(_POLL * 5):
                for run_id in _running(opened):
                    # Asking costs a look-up per chunk left; new runs at once, others now and then.
                    now = opened.clock.monotonic()
                    if now - asked.get(run_id, -_AGAIN) >= _AGAIN:
                        asked[run_id] = now
                        worker.submit(run_id)
        finally:
            worker.stop()


def _running(opened: House) -> list[str]:
    with opened.database.begin() as connection:
        return list(
            connection.execute(
                sa.select(t.run.c.run_id).where(t.run.c.state == "kjoerer")
            ).scalars()
        )


def parked(run_id: str, retry: bool, config: Path | None, kommune: str, as_json: bool) -> None:
    """What could not go, by place and kind; `retry` plans just those again."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        chosen = run_id or newest(opened.database)
        if chosen is None:
            raise LocalFault("UKJENT_KJOERING")
        rows = list_parked(opened, chosen)
        texts = Catalogue(told.language)
        told.table(
            ("logg", "ref", "hva", "kode", "sted", "betyr", "gjør dette"),
            [(logg[:8], ref, state, code, place, texts.code(code).what, texts.code(code).do)
             for logg, ref, state, code, place in rows],
            "parked",
        )  # fmt: skip
        if not rows:
            told.say("Ingenting er parkert.")
        elif retry:
            plan = plan_row(opened.database, run_row(opened.database, chosen)["plan_id"])
            if plan["kind"] == runs.BACK:
                raise Rejected("FEIL_VEI", place=chosen)
            with route(opened, plan["source"], plan["target"]) as way:
                refs = frozenset(ref for _l, ref, _s, _c, _p in rows)
                # The same kind of plan again: a log on its way home would else be made anew there.
                plan_id = Planner(way, plan["kind"], plan["of_run"]).build(only=refs)
            summarise(opened, plan_id, told)
            told.say(f"\nGodkjenn: stafett sign {plan_id} --by NAVN")
        told.end(TO_DO if rows else OK)


def list_parked(opened: House, run_id: str) -> list[tuple[str, str, str, str, str]]:
    """(log, source ref, state, code, place) of everything a person must look at."""
    plan_id = run_row(opened.database, run_id)["plan_id"]
    goes = signing.overwrites(plan_row(opened.database, plan_id))
    left = sa.and_(t.step.c.kind == StepKind.OVERWRITE.value, t.step.c.nr.not_in(goes))
    with opened.database.begin() as connection:
        effects = connection.execute(
            sa.select(
                t.effect.c.logg, t.step.c.source_ref, t.effect.c.state, t.effect.c.code,
                t.effect.c.place,
            )
            .join(t.step, sa.and_(t.step.c.plan_id == plan_id, t.step.c.nr == t.effect.c.nr))
            .where(
                t.effect.c.run_id == run_id,
                t.effect.c.state.in_(["parkert", "holdt", "flyttet"]),
            )
            .order_by(t.effect.c.nr)
        ).all()  # fmt: skip
        planned = connection.execute(
            sa.select(
                t.step.c.logg, t.step.c.source_ref, t.step.c.kind, t.step.c.code, t.step.c.place
            )
            .where(
                t.step.c.plan_id == plan_id,
                sa.or_(t.step.c.kind.in_(["park", "clash", "task"]), left),
            )
            .order_by(t.step.c.nr)
        ).all()
    return [
        (row[0] or "", row[1], row[2], row[3] or "", row[4] or "") for row in (*planned, *effects)
    ]
