"""Get a step ready: re-read, re-judge and build its order, or say why it does not go.

Everything a write needs is looked up here, in the ledger and, for what a person wrote and a signed
step writes over, in the target. Nothing is written; the gate is asked again each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gateway.effects import gate, runs
from gateway.effects.files import Files, held
from gateway.effects.freshness import Freshness
from gateway.effects.one_log import of_one_log, shown
from gateway.effects.receipts import Ready, Result
from gateway.effects.records import records
from gateway.effects.route import Route
from gateway.errors import Conflict
from gateway.exit.creations import Creations, child_of
from gateway.ledger import tables as t
from gateway.plan.draft import Draft, declared
from gateway.plan.step import Step
from gateway.policy.rules import BACK_RULES
from gateway.ports.connector import Order
from gateway.run.agreed import Agreed, PairKey, by_ref
from gateway.run.making import Maker
from gateway.run.versions import Losing, as_records, version_id
from schemas.stafettlogg.logg import Stafettlogg

_LISTED = sa.select(t.manifest.c.ref, t.manifest.c.version).where(
    t.manifest.c.owner == sa.bindparam("run"),
    t.manifest.c.phase == "start",
    t.manifest.c.ref.in_(sa.bindparam("refs", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Source rows, versions listed when the run began, files and opened payloads, for some
    steps."""

    rows: dict[str, dict[str, Any]]
    agreed: dict[str, Agreed]
    listed: dict[str, str]
    files: dict[str, dict[str, str]]
    opened: dict[str, bytes] = field(repr=False)


class Preparer:
    """Gets the steps of one run ready."""

    def __init__(
        self,
        route: Route,
        run_id: str,
        plan: Mapping[str, Any],
        fresh: Freshness,
        creations: Creations,
    ) -> None:
        self._route = route
        self._run = run_id
        self._back = plan["kind"] == runs.BACK
        self._laid: str | None = plan["laid"]
        self._fresh = fresh
        self._maker = Maker(route, str(plan["kind"]))
        self._pair = PairKey.of(route.source_name, route.target_name, route.tenant)
        self._creations = creations
        self.sent = False
        """Whether a creation that cannot be repeated has been begun by these orders."""

    def seen(self, steps: list[Step]) -> Seen:
        """What the ledger has of these steps' sources, read in one go."""
        refs = [step.source_ref for step in steps]
        new = {step.source_ref for step in steps if step.target_ref is None}
        with self._route.database.look() as connection:
            if self._back:
                rows = as_records(connection, self._route.store, refs, self._laid)
            else:
                rows = records(self._route, refs, connection)
            agreed = by_ref(connection, self._pair, self._route.source_name, refs)
            versions = connection.execute(_LISTED, {"run": self._run, "refs": refs})
            listed = {ref: str(version) for ref, version in versions}
            files, small = held(connection, self._route.source_name, refs, new)
        wanted = [row["payload"] for row in rows.values() if row["payload"]]
        opened = self._route.store.get_many([*wanted, *small])
        return Seen(rows, agreed, listed, files, opened)

    def prepare(self, step: Step, seen: Seen, *, begun: bool) -> Ready | Result:
        """Re-read, re-judge and build the order; or the reason it does not go, whatever is wrong
        with the log. Raises what is not this log's alone."""
        try:
            return self._prepared(step, seen, begun=begun)
        except Exception as error:
            own = of_one_log(error)
            if own is None:
                raise
            state = "flyttet" if isinstance(own, Conflict) else "parkert"
            return Result(step, state, own.code, shown(own.place, step.source_ref), own.kind)

    def _prepared(self, step: Step, seen: Seen, *, begun: bool) -> Ready | Result:
        row = seen.rows.get(step.source_ref)
        if row is None or row["sha"] != step.source_sha or self._moved(step, seen):
            return Result(step, "flyttet", "KILDE_FLYTTET")
        agreed = seen.agreed.get(step.source_ref)
        home = self._maker.home(agreed)
        reading = self._maker.reading(
            seen.opened[row["payload"]],
            agreed,
            home=home,
            promised=step.facts.get("promised"),
            mends=bool(step.facts.get("mends")),
        )
        rules = BACK_RULES if self._back else None
        answer = gate.release(self._route, reading, step, home=home, rules=rules)
        losing = None if begun else self._losing(step)
        if isinstance(answer, gate.Refusal):
            state = "flyttet" if answer.code == "INNHOLD_ENDRET" else "holdt"
            return Result(step, state, answer.code)
        made, passed = answer
        return Ready(
            step, made, passed, self._order(step, made, seen), begun, row["payload"], agreed, losing
        )

    def _losing(self, step: Step) -> Losing | None:
        """What a person wrote in the target and this step writes over, or what it leaves nothing
        of, exactly as it stands now, with its files. Raises Conflict when it is another than the
        one that was planned on."""
        places = tuple(sorted({*step.over, *step.facts.get("takes", ())}))
        if not places:
            return None
        ref = step.target_ref or ""
        document = self._route.target.document(ref)
        if document.version != step.base_version:
            raise Conflict("ENDRET_I_MAAL", place=ref)
        files = self._route.puller_of_target().files(document)
        return Losing(version_id(self._run, step.nr), document, files, places)

    def _order(self, step: Step, made: Draft, seen: Seen) -> Order:
        files = Files(self._route, step, made, seen.files.get(step.source_ref, {}), seen.opened)
        return Order(
            key=made.logg.id,
            idempotency_key=step.idempotency_key,
            body=made.body,
            read_file=files.read,
            files=files.refs(),
            ref=step.target_ref,
            base_version=step.base_version,
            known_violations=declared(made),
            once=lambda: self._begin(made.logg),
        )

    def _begin(self, logg: Stafettlogg) -> None:
        self.sent = True
        child = child_of(self._route.ring, logg)
        self._creations.begin_unless_there(self._route.target, child, logg.id, self._run)

    def _moved(self, step: Step, seen: Seen) -> bool:
        """True when the source listed another version at the start of the run, or since."""
        if self._back:
            return False
        if self._fresh.moved(step.source_ref):
            return True
        return seen.listed.get(step.source_ref) != step.source_version
