"""A run from signature to closing: begin, state, chunks left, and the end that must add up.

States: kjoerer, pauset, avbrutt, stoppet (our fault or theirs), and the three ends: ferdig,
avvik (finished, something for a person to do) and ufullstendig (the source could not be closed
against, so nobody may call it finished).
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gateway.effects import failpoint, freshness, listing
from gateway.effects.route import Route
from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.database import Database
from gateway.ledger.upsert import upsert
from gateway.plan.step import StepKind
from gateway.run import sampling, signer, signing, under
from gateway.run.rows import plan_in, plan_row, run_row
from gateway.tasks import of_runs

BACK = "hent"
"""The kind of a plan that brings a sealed version back into the system it stood in."""
ENDED = frozenset({"ferdig", "avvik", "ufullstendig", "avbrutt"})
WAITING = frozenset({"pauset", "stoppet"})


def begin(route: Route, plan_id: str) -> tuple[str, list[int]]:
    """Start a run of a signed plan: the manifest is taken again, so that what moved is seen.

    Returns the run id and the chunks to push. Raises LocalFault when the plan is not signed, and
    Rejected when it has been run, was signed under other settings or by somebody who may not sign
    any more, or waits for a sample nobody has looked at.
    """
    row = plan_row(route.database, plan_id)
    signing.check(route.database, row)
    under.same(route.database, row, route.under)
    signer.require(route.staff, row)
    if row["waits_for"] and (left := sampling.unseen(route.database, row["waits_for"])):
        raise Rejected("PROEVE_IKKE_SETT", place=f"{row['waits_for']}: {left}")
    run_id = f"run-{route.clock.now():%Y%m%d}-{route.clock.new_id()[:8]}"
    cursor, now = None, {}
    if row["kind"] != BACK:
        # The cursor first, then the manifest: what changes in between is seen by both.
        cursor = freshness.now(route.source)
        now = listing.manifest(route.source).versions
    route.puller().keep_manifest(run_id, "start", now)
    with route.database.begin() as connection:
        body: dict[str, Any] = {"plan": plan_id, "hash": row["signed_hash"], "listed": len(now)}
        body |= {under.KEY: dict(route.under)} if route.under else {}
        body |= {"approval": row["approval"], "by": row["signed_by"], "role": row["signed_role"]}
        # The entry locks the chain, so two that begin at once are one after the other.
        append(connection, route.now(), [Fact("begin", run_id, body=body)])
        before = connection.execute(
            sa.select(t.run.c.run_id).where(t.run.c.plan_id == plan_id)
        ).scalar()
        if before is not None:
            raise Rejected("PLAN_ER_KJOERT", place=before)
        if plan_in(connection, plan_id)["approval"] != row["approval"]:
            # Somebody signed anew since it was checked: what would begin is another approval's.
            raise Rejected("PLAN_SIGNERT_PAA_NYTT", place=plan_id)
        _alone(connection, row["source"], row["target"])
        connection.execute(
            t.run.insert(),
            {
                "run_id": run_id,
                "plan_id": plan_id,
                "state": "kjoerer",
                "started": route.now(),
                "cursor": cursor,
                "approval": row["approval"],
            },
        )
        of_runs.begun(connection, row, run_id, route.now(), signing.overwrites(row))
    return run_id, chunks(route.database, plan_id)


def _alone(connection: sa.Connection, source: str, target: str) -> None:
    """Raise LocalFault("KJOERING_PAAGAAR") while another run is writing to this target, or from it
    to this source.

    Two runs could both ask for a log, both hear no, and both make it; and two that go against each
    other would each agree on what the other is changing.
    """
    same = t.plan.c.target == target
    against = sa.and_(t.plan.c.target == source, t.plan.c.source == target)
    other = connection.execute(
        sa.select(t.run.c.run_id)
        .join(t.plan, t.plan.c.plan_id == t.run.c.plan_id)
        .where(sa.or_(same, against), t.run.c.state.in_(["kjoerer", "pauset"]))
        .limit(1)
    ).scalar()
    if other is not None:
        raise LocalFault("KJOERING_PAAGAAR", place=other)


def chunks(database: Database, plan_id: str) -> list[int]:
    """The chunks of a plan that have something to push."""
    plan = plan_row(database, plan_id)
    with database.begin() as connection:
        return list(
            connection.execute(
                sa.select(t.step.c.chunk)
                .where(t.step.c.plan_id == plan_id, signing.goes(plan))
                .distinct()
                .order_by(t.step.c.chunk)
            ).scalars()
        )


def chunks_left(database: Database, run_id: str, plan_id: str) -> list[int]:
    """Chunks not yet reported done."""
    with database.begin() as connection:
        done = set(
            connection.execute(
                sa.select(t.chunk_done.c.chunk).where(t.chunk_done.c.run_id == run_id)
            ).scalars()
        )
    return [chunk for chunk in chunks(database, plan_id) if chunk not in done]


def chunk_finished(database: Database, run_id: str, chunk: int) -> None:
    """Remember that a chunk is done; safe to say twice."""
    with database.begin() as connection:
        upsert(connection, t.chunk_done, {"run_id": run_id, "chunk": chunk})


def refs_to_send(database: Database, plan_id: str) -> list[str]:
    """The source's ids of the logs a plan will send."""
    plan = plan_row(database, plan_id)
    with database.begin() as connection:
        return list(
            connection.execute(
                sa.select(t.step.c.source_ref)
                .where(t.step.c.plan_id == plan_id, signing.goes(plan))
                .order_by(t.step.c.nr)
            ).scalars()
        )


def set_state(
    database: Database, run_id: str, state: str, at: str, reason: str = "", kind: str = ""
) -> None:
    """Move a run to a state; an ended run never moves again. `kind` is the error's that stopped
    it: whose side was wrong is asked of the run afterwards too."""
    with database.begin() as connection:
        now = connection.execute(
            sa.select(t.run.c.state).where(t.run.c.run_id == run_id).with_for_update()
        ).scalar()
        if now is None:
            raise LocalFault("UKJENT_KJOERING", place=run_id[:40])
        if now in ENDED or now == state:
            return
        connection.execute(
            t.run.update()
            .where(t.run.c.run_id == run_id)
            .values(
                state=state,
                reason=reason or None,
                summary=json.dumps({"kind": kind}) if kind else None,
            )
        )
        append(connection, at, [Fact("state", run_id, body={"state": state, "reason": reason})])
        of_runs.run_state(connection, run_id, state, reason, at)


def go_on(database: Database, run_id: str, at: str) -> None:
    """Let a paused or stopped run go again, as a new attempt, in one commit: under an attempt
    whose work has ended the engine would do nothing, for ever."""
    with database.begin() as connection:
        changed = connection.execute(
            t.run.update()
            .where(t.run.c.run_id == run_id, t.run.c.state.in_(WAITING))
            .values(state="kjoerer", reason=None, summary=None, attempt=t.run.c.attempt + 1)
        ).rowcount
        if changed:
            body = {"state": "kjoerer", "reason": ""}
            append(connection, at, [Fact("state", run_id, body=body)])
            of_runs.run_state(connection, run_id, "kjoerer", "", at)


def close(route: Route, run_id: str) -> dict[str, Any]:
    """Close a run against its source. Safe to do twice; returns the summary."""
    row = run_row(route.database, run_id)
    if row["state"] in ENDED:
        return dict(json.loads(row["summary"] or "{}"))
    failpoint.reach("close.before")
    reason = ""
    after: dict[str, str] | None = None
    plan = plan_row(route.database, row["plan_id"])
    try:
        # What is brought back came from our own copies: there is no source to close against.
        after = listing.manifest(route.source).versions if plan["kind"] != BACK else None
    except LocalFault:
        raise
    except GatewayError as fault:
        reason = fault.code
    if after is not None:
        route.puller().keep_manifest(run_id, "etter", after)
    summary = _summary(route.database, run_id, plan, after)
    state = _end_state(summary, reason)
    with route.database.begin() as connection:
        connection.execute(
            t.run.update()
            .where(t.run.c.run_id == run_id)
            .values(
                state=state, reason=reason or None, ended=route.now(), summary=json.dumps(summary)
            )
        )
        body = {"state": state, "reason": reason, "counts": summary["effects"]}
        append(connection, route.now(), [Fact("close", run_id, body=body)])
        of_runs.run_state(connection, run_id, state, reason, route.now())
        of_runs.proved(connection, route.tenant, route.now())
    failpoint.reach("close.after")
    return summary


def _end_state(summary: dict[str, Any], reason: str) -> str:
    if reason or summary["unaccounted"] or summary["effects"].get("intensjon"):
        return "ufullstendig"
    clean = set(summary["effects"]) <= {"ferdig"} and not summary["outcomes"].get("drifted")
    source = summary["source"]
    quiet = not (source["new"] or source["changed"] or source["gone"])
    kinds = summary["kinds"]
    left = ("park", "clash", "hold", "task")
    done = not any(kinds.get(kind) for kind in left) and not summary["left_out"]
    return "ferdig" if clean and quiet and done else "avvik"


def _counted(
    connection: sa.Connection, column: sa.Column[Any], *where: sa.ColumnElement[bool]
) -> dict[str, int]:
    rows = connection.execute(sa.select(column, sa.func.count()).where(*where).group_by(column))
    return {str(row[0]): int(row[1]) for row in rows}


def effects(database: Database, run_id: str) -> dict[str, int]:
    """How many logs the run left in each state."""
    with database.look() as connection:
        return _counted(connection, t.effect.c.state, t.effect.c.run_id == run_id)


def _summary(
    database: Database, run_id: str, plan: Mapping[str, Any], after: dict[str, str] | None
) -> dict[str, Any]:
    """Every log of the source in exactly one place; `unaccounted` must be zero.

    `left_out` are overwrites nobody named. `source` holds the chosen part against the source as
    it is listed now, and counts what lies outside it.
    """
    plan_id = str(plan["plan_id"])
    of_run, of_plan = t.effect.c.run_id == run_id, t.step.c.plan_id == plan_id
    with database.begin() as connection:
        effects = _counted(connection, t.effect.c.state, of_run)
        outcomes = _counted(connection, t.effect.c.outcome, of_run, t.effect.c.outcome.is_not(None))
        kinds = _counted(connection, t.step.c.kind, of_plan)
        planned = {
            str(row.source_ref): str(row.source_version)
            for row in connection.execute(
                sa.select(t.step.c.source_ref, t.step.c.source_version).where(of_plan)
            )
        }
        listed = set(
            connection.execute(
                sa.select(t.manifest.c.ref).where(
                    t.manifest.c.owner == plan_id, t.manifest.c.phase == "foer"
                )
            ).scalars()
        )
    chosen = planned.keys() & listed
    source = {"listed": len(listed), "chosen": len(chosen), "outside": len(listed - chosen),
              "new": 0, "changed": 0, "gone": 0}  # fmt: skip
    if after is not None:
        moved = [ref for ref in chosen if after.get(ref, planned[ref]) != planned[ref]]
        source |= {
            "after": len(after),
            "new": len(after.keys() - listed),
            "gone": len(chosen - after.keys()),
            "changed": len(moved),
        }
    written = kinds.get(StepKind.PUT.value, 0) + len(signing.overwrites(plan))
    return {
        "kinds": kinds, "effects": effects, "outcomes": outcomes, "source": source,
        "left_out": kinds.get(StepKind.OVERWRITE.value, 0) - len(signing.overwrites(plan)),
        "unaccounted": written - sum(effects.values()),
    }  # fmt: skip
