"""Commands that run, watch, stop and resume.

What a run has done is told from the ledger, so any process may ask; whether somebody is at work on
it is told from the workers' own signs of life, never guessed from its state.
"""

import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from gateway import app
from gateway.app import House
from gateway.cli import exits
from gateway.cli.console import Speaker, addressed, console
from gateway.cli.doubting import refuse, telling
from gateway.cli.exits import INCOMPLETE, LOCAL, OK, OTHERWISE_WRITTEN, REMOTE, TO_DO, USAGE
from gateway.cli.opening import house, route, speaker
from gateway.cli.planning import end
from gateway.cli.ran import counts
from gateway.effects import runs
from gateway.effects.planning import Planner
from gateway.effects.progress import Progress, newest, progress
from gateway.engine import leases
from gateway.errors import LocalFault, Rejected
from gateway.ledger import tables as t
from gateway.ledger import trust
from gateway.run import signer, under
from gateway.run.rows import plan_row, run_of, run_row
from gateway.tasks.counted import OTHERWISE, counted
from gateway.tasks.unseen import Unseen, unseen
from gateway.texts.catalogue import Catalogue

if TYPE_CHECKING:
    from gateway.engine.worker import Worker

_OSLO = ZoneInfo("Europe/Oslo")
_POLL = 0.2
_AGAIN = 15.0
_STILL = 10.0
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
        refuse(trust.of_plan(opened.database, plan_id))
        row = plan_row(opened.database, plan_id)
        if (before := run_of(opened.database, plan_id)) is not None:
            _again(opened, before, slot, told)
        if not row["signed_hash"]:
            # Before anything is frozen for the archive, and no fault of ours: somebody must sign.
            raise Rejected("PLAN_IKKE_SIGNERT", place=plan_id)
        now_under = app.under(opened.settings, row["source"], row["target"])
        under.same(opened.database, row, now_under)
        signer.require(app.open_staff(opened), row)
        # Before anything is frozen and before the plan is a run: then the same command goes again.
        opened.require_room()
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
    refuse(trust.of_run(opened.database, run_id))
    row = run_row(opened.database, run_id)
    told.give(run=run_id, again=True)
    if row["state"] in runs.ENDED:
        told.say(f"Planen er utført av {run_id}, og utføres ikke en gang til.")
        told.end(_tell_end(opened, progress(opened.database, run_id, opened.clock.now()), told))
    told.say(f"Planen er i gang som {run_id}; fortsetter den.")
    _tell_changed(opened, row, told)
    if row["state"] in runs.WAITING:
        now = opened.clock.now().isoformat(timespec="milliseconds")
        runs.go_on(opened.database, run_id, now)
    told.end(_work_until_done(opened, run_id, slot, told))


def _archive_first(opened: House, plan: dict[str, Any], slot: str, told: Speaker) -> None:
    """B-06: what is about to leave is frozen first, and on its way to the archive. A log that
    cannot be frozen is held by the gate; the others go."""
    from gateway.cli import archiving

    refs = runs.refs_to_send(opened.database, str(plan["plan_id"]))
    told.say(
        f"{len(refs)} logger fryses for arkivet før de flyttes (B-06). De leveres for seg:"
        " se «stafett waiting» og «stafett archive show --waiting» for det som ikke kommer fram."
    )
    plan_id = str(plan["plan_id"])
    counts = archiving.migration(opened, str(plan["source"]), plan_id, refs, slot, told)
    told.give(snapshots=counts)
    told.say("  " + ", ".join(f"{n} {name}" for name, n in sorted(counts.items())))


def _plan_home(opened: House, back: str, told: Speaker) -> None:
    refuse(trust.of_run(opened.database, back))
    run = run_row(opened.database, back)
    plan = plan_row(opened.database, run["plan_id"])
    with route(opened, plan["target"], plan["source"]) as way:
        plan_id = Planner(way, "tilbake", back).build()
    told.say("Dette fører loggene hjem.")
    end(opened, plan_id, told)


def _work_until_done(opened: House, run_id: str, slot: str, told: Speaker) -> int:
    from gateway.cli import interrupt
    from gateway.engine import collecting

    command = f"stafett resume {run_id}"
    with interrupt.working(opened, slot, told, command, run_id) as worker:
        collecting.settle()
        worker.submit(run_id)
        at = _watch(opened, run_id, told, worker)
    return _tell_end(opened, at, told)


def _watch(opened: House, run_id: str, told: Speaker, worker: "Worker | None" = None) -> Progress:
    """Live progress until the run is no longer running. Unless it is this process' own `worker`
    that works on it, also until nobody does. Raises what the worker cannot say in the ledger."""
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    with Bar(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[of]}"),
        TextColumn("{task.fields[rate]} logger/s"), TimeRemainingColumn(),
        TextColumn("parkert {task.fields[parked]}"), TextColumn("{task.fields[waits]}"),
        disable=told.as_json, console=console(),
    ) as bar:  # fmt: skip
        task = bar.add_task(run_id, total=None, rate="-", parked=0, of="-", waits="")
        stirred = _Stirred(opened, run_id, worker)
        while True:
            at = progress(opened.database, run_id, opened.clock.now())
            stirred.look(at)
            bar.update(
                task, total=at.total or None, completed=_settled(at), rate=f"{at.rate:.1f}",
                parked=at.parked, of=of_total(at), waits=told_waits(opened, at, told),
            )  # fmt: skip
            if at.state != "kjoerer" or not (worker or at_work(opened)):
                return at
            time.sleep(_POLL)


class _Stirred:
    """Sees that a worker's run goes on: what the engine let fall (a piece whose end it could not
    note) is given to it again when nothing has happened for a while."""

    def __init__(self, opened: House, run_id: str, worker: "Worker | None") -> None:
        self._opened = opened
        self._run = run_id
        self._worker = worker
        self._at = 0
        self._since = opened.clock.monotonic()

    def look(self, at: Progress) -> None:
        """Raise what has halted the worker. Nothing for ten seconds: ask for what is left."""
        if self._worker is None:
            return
        self._worker.check()
        now = self._opened.clock.monotonic()
        if _settled(at) != self._at or at.state != "kjoerer":
            self._at, self._since = _settled(at), now
        elif now - self._since >= _STILL:
            self._since = now
            self._worker.submit(self._run)


def waits_for_target(opened: House, at: Progress) -> tuple[str, Unseen] | None:
    """The target, how many logs wait for it to show what was made, and until when at the longest;
    None when none does. By the configuration: no system is asked for this."""
    if at.state != "kjoerer" or not at.begun:
        return None
    target = str(plan_row(opened.database, at.plan_id)["target"])
    config = opened.settings.gateway.systems.get(target)
    patience = config.seen_within if config else 0.0
    found = unseen(opened.database, at.run_id, opened.clock.now(), patience)
    return (target, found) if found else None


def told_waits(opened: House, at: Progress, told: Speaker) -> str:
    """The same in a line; empty when none waits."""
    waits = waits_for_target(opened, at)
    if waits is None:
        return ""
    target, found = waits
    said = Catalogue(told.language).label("venter_paa_maalet")
    until = f"{found.until.astimezone(_OSLO):%H.%M.%S}"
    return said.format(count=found.count, system=target, until=until)


def _settled(at: Progress) -> int:
    return at.done + at.otherwise + at.parked + at.held + at.moved


def of_total(at: Progress) -> str:
    """How far, as a person reads it; a dash when there is nothing to write."""
    return f"{_settled(at)}/{at.total}" if at.total else "-"


def at_work(opened: House) -> bool:
    """True when a worker of this municipality has said that it lives within its lease."""
    heard = leases.heard(opened)
    return heard is not None and heard <= leases.LEASE


def _tell_end(opened: House, at: Progress, told: Speaker) -> int:
    texts = Catalogue(told.language)
    became = counted(opened.database, at.run_id)
    told.give(**{name: getattr(at, name) for name in Progress.__slots__}, logs=became)
    told.give(drifted=became[OTHERWISE], held=became["holdt"])  # the plan's holds too, as it says
    told.say(f"{at.run_id}: {texts.label('state_' + at.state)} - {counts(became)}")
    if at.reason:
        text = texts.code(at.reason)
        told.say(f"{at.reason}: {text.what}\n  Gjør dette: {addressed(text.do, at.run_id)}")
    if at.moved:
        told.say(texts.label("flyttet_means"))
    told.say(f"Rapport: stafett report {at.run_id}")
    if at.state == "stoppet" and at.reason in exits.CODES:
        return exits.CODES[at.reason]
    if at.state == "stoppet" and at.kind not in ("", LocalFault.kind):
        return REMOTE
    if at.state == "avvik" and became[OTHERWISE]:
        text = texts.code("LEST_TILBAKE_ANNERLEDES")
        told.say(f"LEST_TILBAKE_ANNERLEDES: {text.what}\n  Gjør dette: {text.do}")
        return OTHERWISE_WRITTEN
    return _CODES.get(at.state, OK)


def status(run_id: str, watch: bool, config: Path | None, kommune: str, as_json: bool) -> None:
    """One run's progress; the newest if none is named. A run that nobody works on is told so."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        chosen = run_id or newest(opened.database)
        if chosen is None:
            told.say("Ingen kjøringer ennå.")
            told.give(run=None)
            told.end(OK)
        with telling(told, trust.of_run(opened.database, chosen)):
            _status(opened, chosen, watch, told)


def _status(opened: House, chosen: str, watch: bool, told: Speaker) -> NoReturn:
    at = (
        _watch(opened, chosen, told)
        if watch
        else progress(opened.database, chosen, opened.clock.now())
    )
    left = "" if at.seconds_left is None else f", omtrent {at.seconds_left:.0f} s igjen"
    if at.total:
        told.say(f"{_settled(at)} av {at.total} logger, {at.rate:.1f} i sekundet{left}")
    else:
        told.say("Ingen logger å skrive.")
    if waits := waits_for_target(opened, at):
        until = waits[1].until.isoformat(timespec="seconds")
        told.give(unseen=waits[1].count, unseen_until=until)
        told.say(told_waits(opened, at, told))
    code = _tell_end(opened, at, told)
    told.end(max(code, _alive(opened, at, told)) if at.state == "kjoerer" else code)


def _alive(opened: House, at: Progress, told: Speaker) -> int:
    """Say whether anybody is at work. A killed process says nothing more, so it is known by its
    silence; who lives may also take over what another left."""
    heard = leases.heard(opened)
    alive = heard is not None and heard <= leases.LEASE
    told.give(working=alive, heard=None if heard is None else round(heard))
    text = Catalogue(told.language).code("INGEN_ARBEIDER")
    if alive:
        told.say(f"Siste livstegn fra en arbeider: for {heard:.0f} sekunder siden.")
        return OK
    since = "" if heard is None else f" Siste livstegn: for {heard:.0f} sekunder siden."
    told.say(f"{text.what}{since}\n  Gjør dette: {addressed(text.do, at.run_id)}")
    return TO_DO


def resume(run_id: str, slot: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """Go on with a run."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        refuse(trust.of_run(opened.database, run_id))
        row = run_row(opened.database, run_id)
        if row["state"] not in runs.ENDED:
            _tell_changed(opened, row, told)
        if row["state"] in runs.WAITING:
            now = opened.clock.now().isoformat(timespec="milliseconds")
            runs.go_on(opened.database, run_id, now)
        elif row["state"] != "kjoerer":
            told.end(_tell_end(opened, progress(opened.database, run_id, opened.clock.now()), told))
        told.end(_work_until_done(opened, run_id, slot, told))


def _tell_changed(opened: House, run: dict[str, Any], told: Speaker) -> None:
    """Say which settings are not what the run has been carried out under, and write it down; and
    say of a signer who may not sign any more."""
    plan = plan_row(opened.database, run["plan_id"])
    now = app.under(opened.settings, plan["source"], plan["target"])
    at = opened.clock.now().isoformat(timespec="milliseconds")
    names = under.goes_on(opened.database, run["run_id"], now, at)
    told.give(changed_settings=names)
    if names:
        text = Catalogue(told.language).code("RAMME_ENDRET_UNDERVEIS")
        told.say(f"{text.what} {', '.join(names)}\n  Gjør dette: {text.do}")
    out = signer.is_out(app.open_staff(opened), plan)
    told.give(signer_out=out)
    if out:
        text = Catalogue(told.language).code("SIGNATAR_UTE_UNDERVEIS")
        told.say(f"SIGNATAR_UTE_UNDERVEIS: {text.what}\n  Gjør dette: {text.do}")


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
            leases.forget(opened, slot)


def _running(opened: House) -> list[str]:
    with opened.database.begin() as connection:
        return list(
            connection.execute(
                sa.select(t.run.c.run_id).where(t.run.c.state == "kjoerer")
            ).scalars()
        )
