"""Read every log of a run back from the target and hold it against what that run was to write.

Answers `settled`, `drifted` (places, not values), `missing`, `unread` (the target gives no answer
about it that can be read: its code), `partial` (refused half way, or begun and not done with),
`superseded` (a later run of ours has written it since, and that stands), `passive` (ended by a
person, as a task asked for), `erased` (deleted with its archive receipt) or `extra`. The content of
every file is fetched and held against its hash, unless that is asked not to be. What a run did is
taken from its own effects, which no later run changes. Read-only at both ends; streams, so it
costs the same memory for any number of logs.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from gateway.effects import listing
from gateway.effects.one_log import of_one_log, shown
from gateway.effects.route import Route
from gateway.effects.silence import Silence
from gateway.effects.under_way import goes_on, made_there, open_creations, where
from gateway.errors import Conflict, GatewayError
from gateway.exit.file_content import UNTRIED, Fetched, fetched
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ports.connector import Document
from gateway.reconcile.compare import Outcome
from gateway.run.agreed import PairKey, by_loggs, ids_of
from gateway.run.reading_back import compared, touched
from gateway.run.rows import DONE, PLANNED, run_row, written_in
from gateway.tasks import of_runs
from gateway.tasks.reconciled import newest, still_lost
from gateway.tasks.rows import asked

RIGHT = frozenset({"settled", "superseded", "passive", "erased"})
"""The answers that ask nothing of anybody."""
MOST = 1000
"""How many findings, and how many logs with lost files, the books name; the rest are counted."""
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """What reconciliation found about one log. `promised` is the payload of what was to stand,
    where no later run has had to do with the log; `content` what fetching its files back gave;
    `code` why the log or a file of it could not be read, and then its files were not all tried.
    `mends` is what to type where a run has it under way: a repair has nothing to do with it."""

    logg: str
    target_ref: str
    state: str
    places: tuple[tuple[str, str, str, int], ...] = ()
    source_ref: str = ""
    promised: str | None = None
    content: Fetched = UNTRIED
    code: str = ""
    mends: str = ""


@dataclass(slots=True)
class _Books:
    """What one reconciliation leaves in the ledger: counts, and what is not right by its ids."""

    counts: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(
        default_factory=lambda: Counter({"right": 0, "wrong": 0, "untried": 0})
    )
    findings: list[tuple[Any, ...]] = field(default_factory=list)
    left_out: int = 0
    lost: dict[str, None] = field(default_factory=dict)
    more_lost: int = 0

    def add(self, found: Finding, lost_before: Collection[str]) -> None:
        """Count one. Files that were lost and could not be asked for now are lost still."""
        self.counts[found.state] += 1
        self.files.update(
            right=found.content.right, wrong=len(found.content.wrong), untried=bool(found.code)
        )
        if found.content.wrong or (found.code and found.logg in lost_before):
            if len(self.lost) < MOST:
                self.lost[found.logg] = None
            else:
                self.more_lost += 1
        if found.state in RIGHT:
            return
        if len(self.findings) < MOST:
            row = (found.logg, found.target_ref, found.state, found.places, found.mends)
            self.findings.append(row)
        else:
            self.left_out += 1

    def body(self, *, files: bool) -> dict[str, Any]:
        """As the ledger keeps it."""
        told: dict[str, Any] = {
            "counts": dict(self.counts), "files": dict(self.files) if files else None,
            "findings": self.findings, "left_out": self.left_out,
        }  # fmt: skip
        return told | ({"lost": [*self.lost], "more_lost": self.more_lost} if files else {})


@dataclass(frozen=True, slots=True)
class _Did:
    """What a run did with one log: where it stands, and the payloads of what was promised and of
    the ids the target gave anew. `native` says that the promise is the target's own document;
    `base` is the document as it was agreed on, where nobody had been there."""

    logg: str
    source_ref: str
    target_ref: str
    promised: str | None
    ids: str | None
    began: str
    native: bool = False
    base: str | None = None


def reconcile(route: Route, run_id: str, *, files: bool = True) -> Iterator[Finding]:
    """One finding per log of the run, and one per log in the target that nobody planned. Without
    `files` no content is fetched, and the books say that it was not tried."""
    run = run_row(route.database, run_id)
    there = listing.manifest(route.target).versions
    with route.database.look() as connection:
        _, before = newest(connection, run_id)
        lost_before = still_lost(connection, run_id, before)[0] if files else ()
    books = _Books()
    known: set[str] = set()
    for found in examined(route, run_id, there, files=files):
        known.add(found.target_ref)
        books.add(found, lost_before)
        yield found
    for found in _under_way(route, there, known, files=files):
        known.add(found.target_ref)
        books.add(found, lost_before)
        yield found
    for found in _extra(route, run["plan_id"], there, known):
        books.add(found, lost_before)
        yield found
    with route.database.begin() as connection:
        append(connection, route.now(), [Fact("reconcile", run_id, body=books.body(files=files))])
        of_runs.proved(connection, route.tenant, route.now(), run_id)


def examined(
    route: Route, run_id: str, there: Collection[str], *, files: bool = True
) -> Iterator[Finding]:
    """One finding for each log the run wrote, whole or in part. `there` are the target's refs.
    Raises GatewayError when the system, and not one log of it, gives no answer."""
    silence = Silence(route.target)
    for batch in _did(route, run_id):
        later = _later(route, run_id, [one.logg for one in batch])
        with route.database.look() as connection:
            refs = [one.target_ref for one in batch]
            ours_to_end = asked(connection, route.tenant, route.target_name, refs)
        for one in batch:
            newest = later.get(one.logg)
            found = _one(route, newest or one, there, silence, files=files)
            if found.state == "drifted" and found.target_ref in ours_to_end and _ended(found):
                found = replace(found, state="passive", places=())
            if newest is not None:
                state = "superseded" if found.state == "settled" else found.state
                found = replace(found, state=state, promised=None)
            yield replace(found, source_ref=one.source_ref)
    yield from _partial(route, run_id, silence, files=files)


def _one(
    route: Route, did: _Did, there: Collection[str], silence: Silence, *, files: bool
) -> Finding:
    if did.promised is None:
        return Finding(did.logg, did.target_ref, "erased")
    bare = Finding(did.logg, did.target_ref, "missing", promised=did.promised)
    if did.target_ref not in there:
        return bare
    try:
        document = route.target.document(did.target_ref)
        ids = ids_of(route.store, did.ids)
        mapping, tenant = route.pair.target, route.tenant
        held = compared(
            mapping, tenant, route.store.get(did.promised), document.body, ids,
            ids if did.native else {},
        )  # fmt: skip
        found = held.outcome
        if found.state == "settled" and did.base:
            found = touched(mapping, tenant, route.store.get(did.base), document.body, ids)
    except Exception as error:
        own = _own(error, silence)
        if own is None:
            raise
        return bare if isinstance(own, Conflict) else _unread(bare, own)
    bare = replace(bare, state=found.state, places=found.places)
    if not files:
        return _heard(bare, silence)
    return _with_files(route, bare, document, silence, held.files)


def _with_files(
    route: Route,
    bare: Finding,
    document: Document,
    silence: Silence,
    promised: frozenset[str] | None = None,
) -> Finding:
    """The finding with what fetching its files back gave. `promised` as for `fetched`."""
    try:
        content = fetched(route.target, document, promised)
    except Exception as error:
        own = _own(error, silence)
        if own is None:
            raise
        return _unread(bare, own)
    told = content.told(Outcome(bare.state, bare.places))
    state = bare.state if bare.state == "partial" else told.state
    return _heard(replace(bare, state=state, places=told.places, content=content), silence)


def _heard(found: Finding, silence: Silence) -> Finding:
    silence.heard()
    return found


def _own(error: Exception, silence: Silence) -> GatewayError | None:
    """The fault as one log's own; None when it is the system's, or ours."""
    own = of_one_log(error)
    if own is None:
        return silence.of_one(error)
    silence.heard()
    return own


def _unread(bare: Finding, own: GatewayError) -> Finding:
    """What could not be read is no drift: nobody knows. What was compared before stands."""
    place = ("dokument", shown(own.place, bare.target_ref), own.code, 1)
    state = bare.state if bare.state == "drifted" else "unread"
    return replace(bare, state=state, places=(*bare.places, place), code=own.code)


def _ended(found: Finding) -> bool:
    """True when what differs is only that the log has ended."""
    return {(kind, field) for kind, field, _change, _count in found.places} <= _ENDING


_ENDING = frozenset({("Stafettlogg", "status"), ("Stafettlogg", "status_aarsak")})
_DID = (
    t.run.c.started, t.effect.c.nr, t.effect.c.logg, t.effect.c.target_ref, t.effect.c.sent,
    t.effect.c.code, t.effect.c.base, t.effect.c.ids, t.step.c.source_ref,
)  # fmt: skip


def _did(route: Route, run_id: str) -> Iterator[list[_Did]]:
    """What the run wrote and read back, in the plan's order."""
    last = 0
    while True:
        with route.database.look() as connection:
            rows = connection.execute(
                sa.select(*_DID)
                .select_from(PLANNED)
                .where(
                    t.effect.c.run_id == run_id,
                    t.effect.c.state == "ferdig",
                    t.effect.c.nr > last,
                )
                .order_by(t.effect.c.nr)
                .limit(_BATCH)
            ).all()
        if not rows:
            return
        last = rows[-1].nr
        yield [_made(row) for row in rows]


def _later(route: Route, run_id: str, loggs: list[str]) -> dict[str, _Did]:
    """Log -> what the newest later run left of it in the same target: by a write there, or by
    agreeing on what people wrote there."""
    pair = PairKey.of(route.source_name, route.target_name, route.tenant)
    with route.database.look() as connection:
        began = connection.execute(
            sa.select(t.run.c.started).where(t.run.c.run_id == run_id)
        ).scalar_one()
        rows = connection.execute(
            sa.select(*_DID)
            .select_from(PLANNED)
            .where(
                *written_in(route.target_name, route.tenant),
                t.effect.c.logg.in_(loggs),
                t.effect.c.state == "ferdig",
                t.run.c.started > began,
            )
            .order_by(t.run.c.started)
        ).all()
        agreed = by_loggs(connection, pair, loggs)
        runs_of = {one.run_id for one in agreed.values()}
        started = dict(
            connection.execute(
                sa.select(t.run.c.run_id, t.run.c.started).where(t.run.c.run_id.in_(runs_of))
            ).all()
        )
    found = {row.logg: _made(row) for row in rows}
    for logg, one in agreed.items():
        at = str(started.get(one.run_id, ""))
        if at > began and (logg not in found or at > found[logg].began):
            side = one.of(route.target_name)
            found[logg] = _Did(logg, "", side.ref, side.doc, side.ids, at, native=True,
                                base=side.doc if side.version else None)  # fmt: skip
    return found


def _made(row: Any) -> _Did:
    return _Did(
        row.logg, row.source_ref, row.target_ref or "", row.sent or row.base, row.ids, row.started,
        base=None if row.code else row.base,
    )  # fmt: skip


def _partial(route: Route, run_id: str, silence: Silence, *, files: bool) -> Iterator[Finding]:
    """Logs a refused write left something of, unless a later run made them whole. Their files are
    asked for as well."""
    with route.database.look() as connection:
        rows = connection.execute(
            sa.select(t.effect.c.logg, t.effect.c.target_ref, t.step.c.source_ref)
            .select_from(PLANNED)
            .where(
                t.effect.c.run_id == run_id,
                t.effect.c.state.in_(["parkert", "flyttet"]),
                t.effect.c.target_ref.is_not(None),
            )
            .order_by(t.effect.c.nr)
        ).all()
    later = _later(route, run_id, [row.logg for row in rows])
    for row in rows:
        if row.logg not in later:
            bare = Finding(row.logg, row.target_ref, "partial", source_ref=row.source_ref)
            yield _half(route, bare, silence) if files else bare


def _half(route: Route, bare: Finding, silence: Silence) -> Finding:
    """What stands of a log nobody was done with, with its files."""
    try:
        document = route.target.document(bare.target_ref)
    except Exception as error:
        own = _own(error, silence)
        if own is None:
            raise
        return bare if isinstance(own, Conflict) else _unread(bare, own)
    return _with_files(route, bare, document, silence)


def _under_way(
    route: Route, there: Collection[str], known: Collection[str], *, files: bool
) -> Iterator[Finding]:
    """Logs a run began to make and is not done with: half of one may stand there, and is ours."""
    silence = Silence(route.target)
    with route.database.look() as connection:
        rows = open_creations(connection, route)
    for row in rows:
        try:
            ref = row.ref or where(route, row)
        except Exception as error:
            if _own(error, silence) is None:
                raise
            continue
        if ref in there and ref not in known:
            bare = Finding(
                row.logg, ref, "partial", source_ref=row.source_ref, mends=goes_on(route, row)
            )
            yield _half(route, bare, silence) if files else bare


def _extra(
    route: Route, plan_id: str, there: dict[str, str], known: Collection[str]
) -> Iterator[Finding]:
    with route.database.look() as connection:
        before = set(
            connection.execute(
                sa.select(t.manifest.c.ref).where(
                    t.manifest.c.owner == plan_id, t.manifest.c.phase == "maal"
                )
            ).scalars()
        )
        ours = set(
            connection.execute(
                sa.select(t.effect.c.target_ref)
                .select_from(DONE)
                .where(
                    *written_in(route.target_name, route.tenant),
                    t.effect.c.target_ref.is_not(None),
                )
            ).scalars()
        ) | made_there(connection, route)
    for ref in sorted(there.keys() - before - ours - set(known)):
        yield Finding("", ref, "extra")
