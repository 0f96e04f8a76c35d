"""Copies that stand active in a target although the ground they were moved on is gone (R-116).

A consent was withdrawn or ran out, the log is gone from where it came, or was deleted there by us
with its proof: nothing may be deleted or changed for that, so a person is told to make the copy
passive, until it is seen to be so. Reads
the target; writes nothing there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.effects import listing
from gateway.effects.one_log import of_one_log
from gateway.effects.route import Route
from gateway.effects.silence import Silence
from gateway.errors import Conflict
from gateway.plan.draft import held
from gateway.policy.rules import judge
from gateway.policy.samtykke import LOST as CONSENT
from gateway.run.agreed import Agreed, PairKey, by_loggs
from gateway.tasks.rows import Task, done, found, waiting
from schemas.stafettlogg.kodeverk import Loggstatus

_BATCH = 200
AFTER_DELETION = "KOPI_ETTER_SLETTING"
"""Opened where the log is deleted, on what was known of the copy then; asked about from then on."""
CODES = ("AKTIV_UTEN_SAMTYKKE", "AKTIV_BORTE_I_KILDEN", AFTER_DELETION)
_ENDED = frozenset({Loggstatus.PASSIV, Loggstatus.FORKASTET, Loggstatus.SLETTET})


@dataclass(slots=True)
class Standing:
    """Finds such copies on one route, and keeps the list of tasks."""

    route: Route
    _found: dict[tuple[str, str], Task] = field(default_factory=dict)
    _silence: Silence = field(init=False)

    def __post_init__(self) -> None:
        self._silence = Silence(self.route.target)

    def active(self, code: str, logg: str, ref: str) -> bool:
        """True when the copy stands and is not ended; then it is a task. One that cannot be read
        counts as active: not knowing is no reason to say nothing."""
        if not self._stands(ref):
            return False
        self._found[(code, ref)] = Task(
            code, self.route.target_name, ref, logg, self.route.source_name
        )
        return True

    def after_deletion(self) -> list[Task]:
        """The copies that still stand of what was deleted in the source."""
        route = self.route
        with route.database.look() as connection:
            open_ = waiting(connection, route.tenant, route.target_name, route.source_name)
        return [
            task for task in open_
            if task.code == AFTER_DELETION and self.active(task.code, task.logg, task.ref)
        ]  # fmt: skip

    def note(self, whole: bool) -> None:
        """Write the list. `whole` says that every log was looked at, so that what was not found
        is asked about: gone, passive or grounded again, it is done."""
        route, now = self.route, self.route.now()
        with route.database.look() as connection:
            open_ = waiting(connection, route.tenant, route.target_name, route.source_name)
        left = [t for t in open_ if t.code in CODES and (t.code, t.ref) not in self._found]
        over = [task for task in left if whole or not self._stands(task.ref)]
        if self._found or over:
            with route.database.begin() as connection:
                found(connection, route.tenant, now, self._found.values())
                done(connection, route.tenant, now, over)

    def _stands(self, ref: str) -> bool:
        try:
            document = self.route.target.document(ref)
            logg = held(self.route.pair.target, document.body, self.route.tenant)
        except Exception as error:
            own = of_one_log(error) or self._silence.of_one(error)
            if own is None:
                raise
            return not isinstance(own, Conflict)
        self._silence.heard()
        return logg.status not in _ENDED


def ungrounded(route: Route, loggs: Sequence[str]) -> list[Task]:
    """Of these logs, the copies that stand active in the target without their ground; noted as
    tasks. Only what came from the source is asked about: what went home rests on itself."""
    standing = Standing(route)
    there = listing.manifest(route.source).versions
    silence = Silence(route.source)
    pair = PairKey.of(route.source_name, route.target_name, route.tenant)
    found: list[Task] = []
    for start in range(0, len(loggs), _BATCH):
        with route.database.look() as connection:
            agreed = by_loggs(connection, pair, loggs[start : start + _BATCH])
        for one in agreed.values():
            code = _lost(route, one, there, silence) if one.origin == route.source_name else ""
            ref = one.of(route.target_name).ref
            if code and standing.active(code, one.logg, ref):
                found.append(Task(code, route.target_name, ref, one.logg, route.source_name))
    found += standing.after_deletion()
    standing.note(whole=False)
    return found


def _lost(route: Route, agreed: Agreed, there: dict[str, str], silence: Silence) -> str:
    """The code of the ground that is gone, or an empty string."""
    side = agreed.of(route.source_name)
    version = there.get(side.ref)
    if version is None:
        return "AKTIV_BORTE_I_KILDEN"
    try:
        body = (
            route.store.get(side.doc)
            if version == side.version
            else route.source.document(side.ref).body
        )
        logg = held(route.pair.source, body, route.tenant)
        verdict = judge(logg, route.ramme(logg, going_home=False))
    except Exception as error:
        if of_one_log(error) is None and silence.of_one(error) is None:
            raise
        return ""
    silence.heard()
    gone = any(found.code in CONSENT for found in verdict.holds)
    return "AKTIV_UTEN_SAMTYKKE" if gone else ""
