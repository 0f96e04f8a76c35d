"""What a plan and its run leave to people, as rows of the list: plans to sign, logs that stopped.

Stated when a plan becomes ready and when a receipt is written, in those transactions. The newest
word about a log is the one that counts; a plan of a part says nothing of the others. Reads the
room's own steps, and decides nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gateway.effects.stored import step_of
from gateway.ledger import tables as t
from gateway.plan.step import WRITES, Step, StepKind
from gateway.run.rows import plan_in
from gateway.tasks import book
from gateway.tasks.book import Waiting
from gateway.tasks.kinds import Kind
from gateway.tasks.reconciled import plan_of, reconciled, remedies
from gateway.tasks.remedies import About, commands

_LEFT = frozenset({StepKind.PARK, StepKind.CLASH, StepKind.OVERWRITE, StepKind.HOLD})
_BATCH = 400
_PROVED = "avstemt"
_BACK = "hent"
_SILENT = 120.0
"""Seconds after which a run nobody has been heard of may be a person's to go on with."""
NOBODY_AT_WORK = "INGEN_ARBEIDER"
"""The code of a run that goes by its state. Whoever lists it asks whether a worker lives."""


def plan_ready(connection: sa.Connection, plan_id: str, at: str) -> None:
    """A plan is ready: it waits to be signed, and each of its logs that stopped for what stopped
    it. What an earlier plan the same way said of these logs is over."""
    plan = plan_in(connection, plan_id)
    tenant, owner = str(plan["tenant"]), book.way(plan["source"], plan["target"])
    book.state(connection, tenant, owner, at, dict.fromkeys(_over(connection, plan, owner), ()))
    last = 0
    while True:
        rows = connection.execute(
            sa.select(t.step)
            .where(
                t.step.c.plan_id == plan_id,
                t.step.c.kind.in_([kind.value for kind in _LEFT]),
                t.step.c.nr > last,
            )
            .order_by(t.step.c.nr)
            .limit(_BATCH)
        ).all()
        if not rows:
            break
        last = rows[-1].nr
        steps = [step_of(row._mapping) for row in rows]
        book.state(connection, tenant, owner, at, _of_steps(plan, steps))
    _replaces(connection, plan, at)
    writes = sa.select(t.step.c.nr).where(
        t.step.c.plan_id == plan_id, t.step.c.kind.in_(list(WRITES))
    )
    if connection.execute(writes.limit(1)).first() is not None:
        to_sign(connection, plan, at)


def _over(connection: sa.Connection, plan: Mapping[str, Any], owner: str) -> list[str]:
    """What waits the same way of logs this plan lets go: its steps say nothing waits any more. A
    plan of the whole source says it of those too that the source lists no more."""
    whole = plan["kind"] == "frem" and not plan["scope"]
    mine = sa.select(t.step.c.source_ref).where(t.step.c.plan_id == plan["plan_id"])
    left = [kind.value for kind in _LEFT]
    stays = t.waiting.c.item.not_in(mine.where(t.step.c.kind.in_(left)))
    going = t.waiting.c.item.in_(mine.where(t.step.c.kind.not_in([*left, StepKind.TASK.value])))
    found = connection.execute(
        sa.select(t.waiting.c.item)
        .where(
            t.waiting.c.tenant == plan["tenant"],
            t.waiting.c.owner == owner,
            stays if whole else going,
        )
        .distinct()
    ).scalars()
    return [str(item) for item in found]


def not_ready(connection: sa.Connection, plan_id: str, state: str, at: str) -> None:
    """A plan ended without becoming ready. Where there is nothing to do, no plan of that part
    waits; where it could not be made, the one before it still does."""
    if state == "tom":
        _replaces(connection, plan_in(connection, plan_id), at)


def _of_steps(plan: Mapping[str, Any], steps: Iterable[Step]) -> dict[str, list[Waiting]]:
    found: dict[str, list[Waiting]] = {}
    for step in steps:
        if step.kind is StepKind.TASK:
            continue  # what stands active without its ground has a list of its own
        waits = found.setdefault(step.source_ref, [])
        if step.kind in _LEFT and not _time_alone(step):
            waits.append(_waiting(plan, step, step.code, step.place))
    return found


def _time_alone(step: Step) -> bool:
    """True when every hold is one that time removes: then nobody is asked for anything."""
    holds = [one for one in step.facts.get("findings", ()) if one[2]]
    return step.kind is StepKind.HOLD and bool(holds) and all(one[5] for one in holds)


def _waiting(
    plan: Mapping[str, Any], step: Step, code: str, place: str, *, ran: bool = False
) -> Waiting:
    about = About(
        code, plan["source"], plan["target"], step.logg, place, str(plan["plan_id"]),
        over=step.over, ran=ran,
    )  # fmt: skip
    again = f"stafett plan {plan['source']} {plan['target']}"
    # To look at a log settles nothing: what was wrong is put right, and the next plan takes it.
    typed = [one for one in commands(about) if not one.startswith("stafett show ")]
    return Waiting(
        Kind.LOGG, code or "LOGG_VENTER", typed[0] if typed else again,
        place=place, unit=str(step.facts.get("unit", "")),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one step of a run: the effect's state, code and place, and where the log
    stands in the target (empty when nobody knows)."""

    step: Step
    state: str
    code: str = ""
    place: str = ""
    ref: str = ""


def settled(
    connection: sa.Connection, plan: Mapping[str, Any], at: str, results: Iterable[Became]
) -> None:
    """What became of steps of a run. Written and read back, a log waits for nobody, neither way
    between the two; set aside, for a person. What may have been made has a list of its own."""
    found: dict[str, list[Waiting]] = {}
    home: dict[str, list[Waiting]] = {}
    for one in results:
        if one.state == "intensjon":
            continue
        over = one.state == "ferdig" or one.code == "KANSKJE_OPPRETTET"
        said = [] if over else [_waiting(plan, one.step, one.code, one.place, ran=True)]
        found[one.step.source_ref] = said
        if one.state == "ferdig" and one.ref:
            home[one.ref] = []
    tenant, source, target = str(plan["tenant"]), str(plan["source"]), str(plan["target"])
    book.state(connection, tenant, book.way(source, target), at, found)
    if source != target:
        book.state(connection, tenant, book.way(target, source), at, home)


def to_sign(connection: sa.Connection, plan: Mapping[str, Any], at: str) -> None:
    """A plan waits for a signature."""
    said = Waiting(
        Kind.PLAN, "PLAN_VENTER", f"stafett sign {plan['plan_id']} --by HVEM",
        place=str(plan["plan_id"]),
    )  # fmt: skip
    _of_plan(connection, plan, at, said)


def to_run(
    connection: sa.Connection, plan: Mapping[str, Any], at: str, named: Sequence[int]
) -> None:
    """A signed plan waits to be carried out. Of what it would write over, the steps whose places
    are all `named` wait for nobody else; the others are still a person's."""
    _overwrites(connection, plan, at, named, ran=False)
    said = Waiting(
        Kind.PLAN, "PLAN_SIGNERT", f"stafett migrate {plan['plan_id']}", place=str(plan["plan_id"])
    )
    _of_plan(connection, plan, at, said)


def _overwrites(
    connection: sa.Connection, plan: Mapping[str, Any], at: str, named: Sequence[int], *, ran: bool
) -> None:
    rows = connection.execute(
        sa.select(t.step).where(
            t.step.c.plan_id == plan["plan_id"], t.step.c.kind == StepKind.OVERWRITE.value
        )
    ).all()
    found = {
        step.source_ref: [] if step.nr in named else
        [_waiting(plan, step, step.code, step.place, ran=ran)]
        for step in (step_of(row._mapping) for row in rows)
    }  # fmt: skip
    owner = book.way(plan["source"], plan["target"])
    book.state(connection, str(plan["tenant"]), owner, at, found)


def begun(
    connection: sa.Connection, plan: Mapping[str, Any], run_id: str, at: str, named: Sequence[int]
) -> None:
    """A run of the plan has begun: the plan waits no more. What was not named is named in a new
    plan, for one is signed for one run."""
    _of_plan(connection, plan, at)
    _overwrites(connection, plan, at, named, ran=True)
    run_state(connection, run_id, "kjoerer", "", at)


def dropped(connection: sa.Connection, plan: Mapping[str, Any], at: str) -> None:
    """Somebody has dropped a plan: it waits no more."""
    _of_plan(connection, plan, at)


def _replaces(connection: sa.Connection, plan: Mapping[str, Any], at: str) -> None:
    """A plan takes the place of those of the same part, the same way: what they would do, this one
    says anew. A plan of another part stands."""
    part = ("kind", "scope", "of_run")
    owner, tenant = _plans(plan), str(plan["tenant"])
    listed = connection.execute(
        sa.select(t.waiting.c.item).where(t.waiting.c.tenant == tenant, t.waiting.c.owner == owner)
    ).scalars()
    same = [
        str(item)
        for item in listed.all()
        if (before := plan_in(connection, str(item)))["plan_id"] != plan["plan_id"]
        and plan["kind"] != _BACK
        and all(before[name] == plan[name] for name in part)
    ]
    book.state(connection, tenant, owner, at, dict.fromkeys(same, ()))


def _plans(plan: Mapping[str, Any]) -> str:
    return f"plan:{plan['source']}>{plan['target']}"


def _of_plan(connection: sa.Connection, plan: Mapping[str, Any], at: str, *said: Waiting) -> None:
    book.state_one(connection, str(plan["tenant"]), _plans(plan), at, str(plan["plan_id"]), *said)


def run_state(connection: sa.Connection, run_id: str, state: str, reason: str, at: str) -> None:
    """A run that stopped or was paused waits for somebody to go on with it. One that goes does so
    too when nobody has been heard of it for a while: a killed process says nothing more."""
    tenant = str(plan_of(connection, run_id).tenant)
    code = {"stoppet": reason or "KJOERING_STOPPET", "pauset": "KJOERING_PAUSET"}.get(state, "")
    opens = ""
    if state == "kjoerer":
        code = NOBODY_AT_WORK
        silent = datetime.fromisoformat(at) + timedelta(seconds=_SILENT)
        opens = silent.isoformat(timespec="milliseconds")
    said = Waiting(Kind.RUN, code, f"stafett resume {run_id}", place=run_id, opens=opens)
    book.state_one(connection, tenant, "kjoering", at, run_id, *([said] if code else []))


def heard(connection: sa.Connection, tenant: str, run_id: str, at: str) -> None:
    """A worker has written something of a run: it is nobody's to go on with yet."""
    silent = datetime.fromisoformat(at) + timedelta(seconds=_SILENT)
    connection.execute(
        t.waiting.update()
        .where(
            t.waiting.c.tenant == tenant,
            t.waiting.c.owner == "kjoering",
            t.waiting.c.item == run_id,
            t.waiting.c.code == NOBODY_AT_WORK,
        )
        .values(opens=silent.isoformat(timespec="milliseconds"))
    )


def proved(connection: sa.Connection, tenant: str, at: str, run_id: str = "") -> None:
    """What reading back found at fault and nobody has put right since: asked again, of what is on
    the list and of the run that was read back just now, whenever a run or a reconciliation ends."""
    listed = connection.execute(
        sa.select(t.waiting.c.item).where(
            t.waiting.c.tenant == tenant, t.waiting.c.owner == _PROVED
        )
    ).scalars()
    found: dict[str, list[Waiting]] = {}
    for one in sorted({*map(str, listed), *([run_id] if run_id else [])}):
        known = reconciled(connection, one)
        found[one] = []
        if known is not None and known.loggs:
            typed = remedies(one, plan_of(connection, one), known)
            command = typed[0] if typed else f"stafett reconcile {one}"
            place = f"{one}: {known.loggs}"
            found[one].append(Waiting(Kind.RECONCILED, "AVSTEMMING_AVVIK", command, place=place))
    book.state(connection, tenant, _PROVED, at, found)


def sample(connection: sa.Connection, run_id: str, left: str, at: str) -> None:
    """A drawn sample waits until all of it was seen and right; `left` is empty then."""
    tenant = str(plan_of(connection, run_id).tenant)
    said = Waiting(
        Kind.SAMPLE, "PROEVE_VENTER", f"stafett sample {run_id}", place=f"{run_id}: {left}"
    )
    book.state_one(connection, tenant, "proeve", at, run_id, *([said] if left else []))
