"""The plan that brings what lost in a log back into the system it stood in.

One step, read and signed like any other: the places that were written over, laid on what stands
there now. What has been written in those very places since is a place of the step's own, as
everywhere. Nothing is sent here.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gateway.effects import listing, runs
from gateway.effects.route import Route
from gateway.effects.stored import row_of
from gateway.errors import Conflict
from gateway.ledger import owners
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.plan.draft import Draft, draft, held
from gateway.plan.facts import facts_of
from gateway.plan.step import PlanHash, Step, StepKind
from gateway.plan.tally import Tally
from gateway.policy.rules import BACK_RULES
from gateway.ports.connector import Document
from gateway.reconcile.identity import aligned, renamed
from gateway.run import signing
from gateway.run.making import Maker
from gateway.run.rows import DONE, written_in
from gateway.run.rules.edits import edits, losing, standing
from gateway.run.rules.picking import put_back
from gateway.run.versions import Version
from gateway.tasks import of_runs


def plan_back(route: Route, version: Version) -> str:
    """Make the plan; `route` goes from the system to itself. Returns its id."""
    plan_id = f"plan-{route.clock.now():%Y%m%d}-{route.clock.new_id()[:8]}"
    now = _where(route, version)
    then = _then(route, version)
    ids = _ids(route, version, now)
    body = _laid(route, version, now, ids)
    reading = Maker(route, runs.BACK).reading(body, None, home=True)
    made = draft(route.pair, reading, route.ramme(reading.logg, going_home=True), BACK_RULES)
    over = _over(route, now, then, made, ids) if now else []
    step = _step(route, version, body, made, now, over)
    (laid,) = route.store.put([(owners.log(version.logg), body)])
    row: dict[str, Any] = {
        "plan_id": plan_id, "kind": runs.BACK, "source": route.source_name,
        "target": route.target_name, "tenant": route.tenant, "of_run": version.run_id,
        "created": route.now(), "scope": None, "waits_for": None, "laid": laid,
    }  # fmt: skip
    plan_hash, tally = PlanHash(signing.header(row)), Tally()
    plan_hash.add(step)
    tally.add(step)
    there = listing.manifest(route.target).versions
    route.puller().keep_manifest(plan_id, "maal", there)
    with route.database.begin() as connection:
        connection.execute(
            t.plan.insert(),
            row | {"state": "klar", "hash": plan_hash.hex(),
                   "summary": json.dumps(tally.summary(1, 1, 0.0))},
        )  # fmt: skip
        connection.execute(t.step.insert(), [row_of(plan_id, step)])
        facts = {"state": "klar", "hash": plan_hash.hex(), "version": version.version_id}
        append(connection, route.now(), [Fact("plan", plan_id, body=facts)])
        of_runs.plan_ready(connection, plan_id, route.now())
    return plan_id


def _laid(route: Route, version: Version, now: Document | None, ids: Mapping[str, str]) -> bytes:
    """The document to write: the places that lost, on what stands there now, or where the log is
    gone on what we last knew to stand. It is the whole version where nothing is known, or where not
    every such place has anything to be laid on."""
    body = route.store.get(version.payload)
    last = now.body if now is not None else _last(route, version.logg)
    if last is None:
        return body
    mapping, tenant = route.pair.target, route.tenant
    kept = held(mapping, body, tenant)
    wanted = put_back(held(mapping, last, tenant, ids), kept, version.places)
    left = {place.name for place in edits(wanted, kept, mapping.assigned)}
    if any(place in left or place.partition(".")[0] in left for place in version.places):
        return body
    own = {ours: its for its, ours in ids.items()}
    return mapping.dump(mapping.encode(renamed(wanted, own), tenant).wire)


def _last(route: Route, logg: str) -> bytes | None:
    """What stood there when a run of ours last had to do with the log; None when none had."""
    with route.database.look() as connection:
        wrote = connection.execute(_wrote(route, logg).limit(1)).first()
    return None if wrote is None else route.store.get(wrote.base)


def _ids(route: Route, version: Version, now: Document | None) -> dict[str, str]:
    """What the system calls by new ids since it was emptied: its id to the one it had then."""
    if now is None or now.ref == version.ref:
        return {}
    mapping, tenant = route.pair.target, route.tenant
    kept = held(mapping, route.store.get(version.payload), tenant)
    return aligned(kept, held(mapping, now.body, tenant))


def _step(
    route: Route,
    version: Version,
    body: bytes,
    made: Draft,
    now: Document | None,
    over: list[str],
) -> Step:
    facts: Mapping[str, Any] = facts_of(made) | ({"over": over} if over else {})
    kind = StepKind.OVERWRITE if over else StepKind.PUT
    code = "ENDRET_SIDEN" if over else ""
    if made.verdict.held:
        kind, code = StepKind.HOLD, made.verdict.code
    return Step(
        nr=1, chunk=1, kind=kind, logg=version.logg, source_ref=version.version_id,
        source_version=version.version, source_sha=hashlib.sha256(body).hexdigest(),
        content_sha=made.content_sha, target_ref=now.ref if now else None,
        base_version=now.version if now else None, generation=_generation(route, version.logg),
        code=code, facts=dict(facts),
    )  # fmt: skip


def _where(route: Route, version: Version) -> Document | None:
    """What stands of the log now; None where it is gone."""
    now = _standing(route, version.ref, version.logg)
    if now is None and (later := _last_ref(route, version.logg)):
        # The system was emptied since, and a later run of ours made the log anew there.
        now = _standing(route, later, version.logg)
    return now


def _standing(route: Route, ref: str, logg: str) -> Document | None:
    """What stands at `ref`, if it is this log; a system that was set up anew may give a ref to
    another child."""
    try:
        found = route.target.document(ref)
    except Conflict as error:
        if error.code != "BORTE":
            raise
        return None
    return found if held(route.pair.target, found.body, route.tenant).id == logg else None


def _wrote(route: Route, logg: str) -> sa.Select[Any]:
    """What our runs wrote of the log there, newest first: ref, run, and the document as agreed."""
    return (
        sa.select(t.effect.c.target_ref, t.effect.c.run_id, t.effect.c.base)
        .select_from(DONE)
        .where(
            *written_in(route.target_name, route.tenant),
            t.effect.c.logg == logg,
            t.effect.c.state == "ferdig",
            t.effect.c.base.is_not(None),
        )
        .order_by(t.run.c.started.desc())
    )


def _last_ref(route: Route, logg: str) -> str:
    with route.database.look() as connection:
        return str(connection.execute(_wrote(route, logg).limit(1)).scalar() or "")


def _then(route: Route, version: Version) -> bytes | None:
    """What stood when the version had been written over; None when that run did not come so far."""
    with route.database.look() as connection:
        wrote = connection.execute(
            _wrote(route, version.logg).where(t.effect.c.run_id == version.run_id)
        ).first()
    return None if wrote is None else route.store.get(wrote.base)


def _over(
    route: Route, now: Document, then: bytes | None, made: Draft, ids: Mapping[str, str]
) -> list[str]:
    """What has been written there since the version lost, by whomever, and this would write over.

    A later write of ours may carry words a person wrote after; so what is asked about is all that
    has changed since the very run that wrote over the version.
    """
    mapping = route.pair.target
    stands = held(mapping, now.body, route.tenant, ids)
    written = held(mapping, made.body, route.tenant, ids)
    if then is None:
        places = standing(stands, written, mapping.assigned)
    else:
        was = held(mapping, then, route.tenant)
        places = losing(was, stands, written, mapping.assigned)
    return [place.name for place in places]


def _generation(route: Route, logg: str) -> int:
    """One more than any before it, so that the same words brought back twice are two writes."""
    with route.database.look() as connection:
        most = connection.execute(
            sa.select(sa.func.max(t.step.c.generation)).where(t.step.c.logg == logg)
        ).scalar()
    return int(most or 0) + 1
