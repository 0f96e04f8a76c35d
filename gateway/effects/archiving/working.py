"""The worker's loop over a tick: claim what is due, freeze, deliver, until nothing is left now.

A claim is the tick's and the lane's, so that a lane which died is gone on with by whoever takes
the lane over, and two living lanes never hold the same delivery. What waits for an archive is
left with its next moment; a lane waits itself only a little while.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gateway.arkiv.levering import OPEN, Tilstand
from gateway.effects import claim as claims
from gateway.effects.archiving import pace, stopped, waits
from gateway.effects.archiving.delivery import Deliverer
from gateway.effects.archiving.freezing import freeze_job
from gateway.effects.archiving.unopened import Unopened
from gateway.effects.archiving.verk import Verk, stamp
from gateway.effects.one_log import of_one_log
from gateway.errors import GatewayError, LocalFault, RemoteFault, Transient
from gateway.ledger import archive_tables as a
from gateway.ledger.chain import Fact, append

TAKE = 6
PATIENCE = 25.0
"""Seconds ahead a lane is willing to wait for the next delivery that is due."""

_ANSWERED = frozenset({Tilstand.ARKIVERT, Tilstand.VENTER, Tilstand.MENNESKE})
"""How a delivery stands when its archive has answered as it should."""

_TAKING = 7215
"""PostgreSQL's lock while deliveries are claimed."""

CLOSED_FOR = 600.0
"""Seconds an archive that answers wrongly is left alone."""

FREEZE_TRIES = 3
# Faults of the one log that was to be frozen; any other of ours stops the tick.
_OF_ONE_LOG = frozenset({"VEDLEGG_STEMMER_IKKE", "UTTAK_UFULLSTENDIG", "PDF_FEIL"})


def _own(error: Exception) -> GatewayError | None:
    """A fault of the one log that was to be frozen; None for what stops the tick."""
    if isinstance(error, LocalFault) and error.code in _OF_ONE_LOG:
        return error
    return error if isinstance(error, Transient) else of_one_log(error)


@dataclass(slots=True)
class Lane:
    """One of a tick's parallel workers."""

    verk: Verk
    tick_id: str
    number: int
    pause: Callable[[float], None] = field(default=time.sleep, repr=False)
    patience: float = PATIENCE
    _fault: LocalFault | None = field(default=None, init=False)
    _was_stopped: set[str] = field(default_factory=set, init=False)

    def run(self) -> str:
        """Work until nothing is due. Raises LocalFault; `overtatt` when another took the lane.

        A wrong set-up of one archive is raised last, when the other archives have had theirs.
        """
        self._was_stopped = set(stopped.stopped(self.verk.database, self.verk.tenant))
        self._go({name for name in self._was_stopped if name not in self.verk.archives})
        for maal in self.verk.archives.values():
            if isinstance(maal.archive, Unopened):
                self._fault = maal.archive.fault
                stopped.stop(self.verk, maal.name, self._fault)
        token = self.verk.clock.new_id()
        held = claims.take(self.verk.database, self.tick_id, self.number, token)
        while True:
            worked = self._freeze(held) + self._deliver(held)
            if worked:
                continue
            wait = self._until_next()
            if wait is None:
                if self._fault is not None:
                    raise self._fault
                return "ferdig"
            self.pause(wait)

    @property
    def _mark(self) -> str:
        return f"{self.tick_id}:{self.number}"

    # -- freezing -----------------------------------------------------------------------------
    def _freeze(self, held: claims.Claim) -> int:
        rows = self._take(a.job, ("planlagt",))
        for row in rows:
            try:
                freeze_job(self.verk, row, held)
            except Exception as error:
                own = _own(error)
                if own is None:
                    raise
                self._not_frozen(row, own.code, own.place, held)
        return len(rows)

    def _not_frozen(self, row: dict[str, Any], code: str, place: str, held: claims.Claim) -> None:
        last = row["attempts"] + 1 >= FREEZE_TRIES
        at = self.verk.clock.now() + timedelta(seconds=5)
        with self.verk.database.begin() as connection:
            held.hold(connection)
            connection.execute(
                a.job.update()
                .where(a.job.c.job_id == row["job_id"])
                .values(
                    state="feilet" if last else "planlagt",
                    attempts=row["attempts"] + 1,
                    code=code,
                    place=place[:200] or None,
                    next_try=stamp(at),
                    claim=None,
                )
            )
            if last:
                own = a.job.c.job_id == row["job_id"]
                waits.jobs(connection, self.verk.tenant, self.verk.now(), own)

    # -- delivering ---------------------------------------------------------------------------
    def _deliver(self, held: claims.Claim) -> int:
        rows = self._take(a.delivery, tuple(state.value for state in OPEN))
        closed: set[str] = set()
        for row in rows:
            if row["archive"] in closed:
                continue  # put off with the first of them, and no longer this lane's
            maal = self.verk.archives.get(row["archive"])
            if maal is None:
                closed.add(row["archive"])
                self._put_off(row, "ARKIV_IKKE_KONFIGURERT", CLOSED_FOR, held)
                continue
            wait = pace.reserve(
                self.verk.database, maal.name, maal.per_minutt, self.verk.clock.now()
            )
            if wait > 0:
                self.pause(wait)
            try:
                outcome = Deliverer(self.verk, maal, self.pause).deliver(row, held)
            except claims.Fenced:
                raise
            except (RemoteFault, LocalFault) as error:
                # A wrong answer or a wrong set-up is this archive's alone; the others go on.
                closed.add(maal.name)
                self._put_off(row, error.code, CLOSED_FOR, held)
                stopped.stop(self.verk, maal.name, error)
                self._was_stopped.add(maal.name)
                if isinstance(error, LocalFault):
                    self._fault = error
                continue
            answered = outcome.state in _ANSWERED and outcome.code != "ARKIV_FRIST"
            if answered and maal.name in self._was_stopped:
                self._go({maal.name})
        return len(rows)

    def _go(self, archives: set[str]) -> None:
        """These are stopped no more."""
        stopped.goes(self.verk.database, self.verk.tenant, self.verk.now(), archives)
        self._was_stopped -= archives

    def _put_off(self, row: dict[str, Any], code: str, seconds: float, held: claims.Claim) -> None:
        """An archive that cannot be used now keeps its queue; nothing of it is lost.

        What is past its deadline is a person's: an archive that never answers must be told of.
        """
        at = stamp(self.verk.clock.now() + timedelta(seconds=seconds))
        mine = sa.and_(
            a.delivery.c.archive == row["archive"],
            a.delivery.c.tenant == self.verk.tenant,
            a.delivery.c.state.in_([state.value for state in OPEN]),
            sa.or_(a.delivery.c.claim.is_(None), a.delivery.c.claim == self._mark),
        )
        late = sa.and_(mine, a.delivery.c.deadline < self.verk.now())
        with self.verk.database.begin() as connection:
            held.hold(connection)
            facts = [
                Fact("arkivmenneske", logg=one.logg,
                     body={"uttak": one.snapshot_id, "arkiv": one.archive, "kode": "ARKIV_FRIST"})
                for one in connection.execute(sa.select(a.delivery).where(late))
            ]  # fmt: skip
            person = {"state": Tilstand.MENNESKE.value, "code": "ARKIV_FRIST", "place": code}
            connection.execute(a.delivery.update().where(late).values(**person, claim=None))
            connection.execute(
                a.delivery.update().where(mine).values(next_try=at, code=code, claim=None)
            )
            archive = a.delivery.c.archive == row["archive"]
            if facts:
                fallen = a.delivery.c.code == "ARKIV_FRIST"
                waits.deliveries(connection, self.verk.tenant, self.verk.now(), archive, fallen)
            if facts:
                append(connection, self.verk.now(), facts)

    # -- claims -------------------------------------------------------------------------------
    def _take(self, table: sa.Table, states: tuple[str, ...]) -> list[dict[str, Any]]:
        """Claim a few due rows of this source; rows this lane already holds come first."""
        mine = [table.c.state.in_(states), *self._ours(table)]
        taken: list[dict[str, Any]] = []
        folders: set[tuple[str, str]] = set()
        free = sa.or_(table.c.claim.is_(None), table.c.claim == self._mark)
        keys = list(table.primary_key)
        with self.verk.database.begin() as connection:
            if table is a.delivery and not self.verk.database.sqlite:
                # Two lanes that look at once would not see each other's claims.
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TAKING)))
            rows = connection.execute(
                sa.select(table)
                .where(*mine, free, table.c.next_try <= self.verk.now())
                .order_by(table.c.claim.is_(None), table.c.next_try, *keys)
                .limit(TAKE)
                .with_for_update(skip_locked=True)
            ).all()
            for row in (dict(row._mapping) for row in rows):
                if table is a.delivery:
                    folder = (row["archive"], row["logg"])
                    if folder in folders:
                        continue
                    folders.add(folder)
                connection.execute(
                    table.update()
                    .where(*(key == row[key.name] for key in keys))
                    .values(claim=self._mark)
                )
                taken.append(row)
        return taken

    def _ours(self, table: sa.Table) -> list[sa.ColumnElement[bool]]:
        """A job is frozen from its own source; a delivery needs none, but its folder to itself."""
        ours = [table.c.tenant == self.verk.tenant]
        if table is a.job:
            ours.append(table.c.system == self.verk.system)
        else:
            ours.append(~_folder_busy(table, self._mark))
        return ours

    def _until_next(self) -> float | None:
        """Seconds to the next thing due within this lane's patience; None when there is none."""
        now = self.verk.clock.now()
        horizon = stamp(now + timedelta(seconds=self.patience))
        with self.verk.database.begin() as connection:
            times = [
                connection.execute(
                    sa.select(sa.func.min(table.c.next_try)).where(
                        *self._ours(table),
                        table.c.state.in_(states),
                        table.c.claim.is_(None),
                        table.c.next_try <= horizon,
                    )
                ).scalar()
                for table, states in (
                    (a.job, ("planlagt",)),
                    (a.delivery, tuple(state.value for state in OPEN)),
                )
            ]
        known = [one for one in times if one]
        if not known:
            return None
        return max(0.05, (datetime.fromisoformat(min(known)) - now).total_seconds())


def _folder_busy(table: sa.Table, mark: str) -> sa.ColumnElement[bool]:
    """Another snapshot of the same log is on its way into the same archive.

    Both would look for the log's folder, find none, and make one each. A delivery whose outcome is
    not known may still be making it, so one that has not begun waits for that to be settled.
    """
    other = table.alias()
    return (
        sa.select(other.c.snapshot_id)
        .where(
            other.c.tenant == table.c.tenant,
            other.c.archive == table.c.archive,
            other.c.logg == table.c.logg,
            other.c.snapshot_id != table.c.snapshot_id,
            sa.or_(
                sa.and_(other.c.claim.is_not(None), other.c.claim != mark),
                sa.and_(other.c.state == "sendes", table.c.state == "planlagt"),
            ),
        )
        .exists()
    )


def release_claims(verk: Verk, tick_id: str) -> None:
    """Let go of what a finished tick still holds (a lane that was stopped by a fault)."""
    with verk.database.begin() as connection:
        for table in (a.job, a.delivery):
            connection.execute(
                table.update().where(table.c.claim.like(f"{tick_id}:%")).values(claim=None)
            )
