"""Show a run: what became of each log, under the hash that was signed.

A run is told by what it did, not by what its plan would do. Codes and ids only.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gateway.app import House
from gateway.cli.console import Speaker
from gateway.effects.progress import progress
from gateway.ledger import tables as t
from gateway.run.rows import plan_row, run_row
from gateway.tasks.counted import OTHERWISE, counted
from gateway.tasks.parked import Parked, parked
from gateway.texts.catalogue import Catalogue

_MOST = 20
"""Most commands that are told of one code."""


def show_run(opened: House, run_id: str, told: Speaker) -> None:
    """The run's state and counts, who signed what, and every log of it."""
    texts = Catalogue(told.language)
    at = progress(opened.database, run_id, opened.clock.now())
    run = run_row(opened.database, run_id)
    plan = plan_row(opened.database, run["plan_id"])
    told.give(run=run_id, plan=plan["plan_id"], state=at.state, hash=plan["signed_hash"])
    told.give(plan_hash=plan["hash"], started=run["started"], ended=run["ended"] or "")
    told.say(f"{run_id}: {plan['source']} -> {plan['target']}, {texts.label('state_' + at.state)}")
    told.say(f"Plan {plan['plan_id']}, signert av {plan['signed_by']} {plan['signed_at']}")
    told.say(f"Signert hash {plan['signed_hash']}")
    told.say(f"Begynt {run['started']}" + (f", ferdig {run['ended']}" if run["ended"] else ""))
    became = counted(opened.database, run_id)
    told.say(counts(became))
    told.give(
        **{name: getattr(at, name) for name in ("total", "done", "otherwise", "parked", "moved")}
    )
    told.give(logs=became, held=became["holdt"])
    rows = _rows(opened, run_id, plan["plan_id"])
    told.say()
    told.table(
        ("steg", "hva", "tilstand", "logg", "i målet", "kode"),
        rows,
        "steps",
        [(nr, texts.label(f"short_{kind}"), _state(texts, kind, state), *rest)
         for nr, kind, state, *rest in rows],
    )  # fmt: skip
    told.give(remedies=remedies(parked(opened.database, run_id), texts, told))


def counts(became: Mapping[str, int]) -> str:
    """What became of the logs (`counted`), in one line. What was read back otherwise than it was
    promised is in no other number than its own."""
    otherwise = became[OTHERWISE]
    aside = f", {otherwise} skrevet, men lest tilbake annerledes" if otherwise else ""
    return (
        f"{became['ferdig']} skrevet og lest tilbake{aside}, {became['parkert']} parkert, "
        f"{became['holdt']} holdt, {became['flyttet']} endret underveis"
    )


def remedies(rows: list[Parked], texts: Catalogue, told: Speaker) -> dict[str, list[str]]:
    """Say, code by code, what the logs that still wait mean and what to type for each. Returns
    log (or its ref in the source) -> commands."""
    left = [row for row in rows if not row.solved_by]
    for code in sorted({row.code for row in left}):
        text = texts.code(code)
        told.say(f"\n{code}: {text.what}\n  Gjør dette: {text.do}")
        typed = [one for row in left if row.code == code for one in row.commands]
        for one in told_of(typed):
            told.say(f"  {one}")
        if any(row.over for row in left if row.code == code):
            told.say(f"  {texts.label('signer_anew')}")
    return {row.logg or row.ref: list(row.commands) for row in left}


def told_of(typed: list[str]) -> list[str]:
    """Commands as they are told after a table: each once, and of very many the first. To show a
    log again solves nothing, and is left to the reader."""
    each = [one for one in dict.fromkeys(typed) if not one.startswith("stafett show ")]
    more = len(each) - _MOST
    return each if more <= 0 else [*each[:_MOST], f"(og {more} til; se alle med --json)"]


def word(texts: Catalogue, state: str) -> str:
    """What became of a log, in words: the state of an effect, or the kind of a step that has
    none."""
    return texts.labels().get(f"short_{state}") or texts.label(state)


def _state(texts: Catalogue, kind: str, state: str) -> str:
    if state:
        return word(texts, state)
    return texts.label("ikke_begynt") if kind == "put" else ""


def _rows(opened: House, run_id: str, plan_id: str) -> list[tuple[Any, ...]]:
    """(step, kind, state, log, target ref, code) of every step of the run's plan."""
    with opened.database.look() as connection:
        found = connection.execute(
            sa.select(
                t.step.c.nr, t.step.c.kind, t.effect.c.state, t.step.c.logg,
                sa.func.coalesce(t.effect.c.target_ref, t.step.c.target_ref),
                sa.func.coalesce(t.effect.c.code, t.step.c.code),
            )
            .outerjoin(
                t.effect, sa.and_(t.effect.c.run_id == run_id, t.effect.c.nr == t.step.c.nr)
            )
            .where(t.step.c.plan_id == plan_id)
            .order_by(t.step.c.nr)
        ).all()  # fmt: skip
    return [
        (nr, kind, state or "", logg[:8], ref or "", code or "")
        for nr, kind, state, logg, ref, code in found
    ]
