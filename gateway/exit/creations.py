"""Which creations were sent and have not been seen: a write that cannot be repeated is sent once.

A form without an idempotency key may have made a log although no answer came, and "not found" is
not "did not land". The row is in the ledger before the form is on the wire, and nothing but a
sight of the log, or a person's word, opens for another. It must not know what a form is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gateway.clock import Clock
from gateway.errors import Conflict, LocalFault, UnknownOutcome
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.upsert import upsert
from gateway.ports.connector import Connector
from gateway.staff.member import Acting
from gateway.tasks import book
from gateway.tasks.book import Waiting
from gateway.tasks.kinds import Kind
from schemas.stafettlogg.kodeverk import Identtype
from schemas.stafettlogg.logg import Stafettlogg

SENT, REFUSED, SEEN, RELEASED = "sendt", "avvist", "funnet", "frigitt"

_OPEN = sa.or_(
    t.creation.c.state.in_([SENT, REFUSED]),
    sa.and_(t.creation.c.state == SEEN, t.creation.c.said_by.is_not(None)),
)
"""Not seen in the target yet, whether or not a person has said where it stands."""

_TO_SAY = sa.or_(_OPEN, t.creation.c.state == RELEASED)
"""What a person may say something of: also what they said was not there, until it is sent again."""

# What says who a child is, the surest first; a vendor's own number of somebody says nothing here.
_NUMBERS = (Identtype.FNR, Identtype.DNR, Identtype.SYNTETISK)


@dataclass(frozen=True, slots=True)
class Creations:
    """The memory of one target for one municipality."""

    database: Database
    clock: Clock
    target: str
    tenant: str
    patience: Callable[[], float] = lambda: 120.0
    """Seconds after which what the target answered that it did not do, and does not show, may be
    sent again. What was answered otherwise, or not at all, never is without a sight or a word."""

    def begin(self, child: str, logg: str, run_id: str, where: str = "") -> None:
        """Note that a creation is about to be sent; `where` is where it will stand, if known.

        Raises UnknownOutcome("KANSKJE_OPPRETTET") when one of this child, or of this log, was sent
        before and has not been seen, or when a person has said where the log stands. Of two that
        begin at once, one goes.
        """
        now = self._now()
        with self.database.begin() as connection:
            # The entry locks the chain, so two that begin at once are one after the other.
            body = {"system": self.target, "state": SENT}
            append(connection, now, [Fact("oppretting", run_id, logg, body)])
            # A child that has got its number since has another pseudonym, and the same log.
            same = sa.or_(t.creation.c.child == child, t.creation.c.logg == logg)
            waits = sa.select(t.creation.c.state, t.creation.c.sent_at).where(
                *self._mine(), same, _OPEN
            )
            if not all(self._is_over(*row) for row in connection.execute(waits).all()):
                raise UnknownOutcome("KANSKJE_OPPRETTET", place=logg)
            mine = sa.select(t.creation.c.logg).where(*self._mine(), t.creation.c.child == child)
            for before in connection.execute(mine).scalars().all():
                self._settled(connection, before)  # its row is this one's from now on
            upsert(
                connection,
                t.creation,
                {"target": self.target, "tenant": self.tenant, "child": child, "logg": logg,
                 "run_id": run_id, "state": SENT, "sent_at": now, "ref": where or None,
                 "said_by": None},
            )  # fmt: skip
            self._waits(connection, logg, now)

    def begin_unless_there(self, target: Connector, child: str, logg: str, run_id: str) -> None:
        """As `begin`, when what was seen or pointed at before is gone from the target.

        Raises UnknownOutcome("STAAR_DER_FRA_FOER") when it still stands, whatever a search says.
        """
        ref = self.found_at(logg)
        if ref:
            try:
                target.document(ref)
            except Conflict as error:
                if error.code != "BORTE":
                    raise
            else:
                raise UnknownOutcome("STAAR_DER_FRA_FOER", place=ref)
        self.begin(child, logg, run_id)

    def refused(self, logg: str) -> None:
        """The target refused it as wrong, or was never reached. It is asked all the same for as
        long as what it makes may take to show. "Busy" is no such answer, and does not come here.
        """
        with self.database.begin() as connection:
            connection.execute(
                t.creation.update()
                .where(*self._mine(), t.creation.c.logg == logg, t.creation.c.state == SENT)
                .values(state=REFUSED)
            )
            self._settled(connection, logg)

    def may_go_again(self, logg: str) -> bool:
        """True when the target said that it did nothing, and has been asked for long enough."""
        with self.database.look() as connection:
            at = connection.execute(
                sa.select(t.creation.c.sent_at).where(
                    *self._mine(), t.creation.c.logg == logg, t.creation.c.state == REFUSED
                )
            ).scalar()
        return at is not None and self._is_over(REFUSED, at)

    def _is_over(self, state: str, at: str) -> bool:
        """True for what the target said that it did not do, and has been asked for long enough."""
        waited = self.clock.now() - datetime.fromisoformat(at)
        return state == REFUSED and waited.total_seconds() >= self.patience()

    def seen(self, logg: str, ref: str) -> None:
        """The log was seen in the target. Nothing when no creation of it was waiting."""
        with self.database.begin() as connection:
            connection.execute(
                t.creation.update()
                .where(*self._mine(), t.creation.c.logg == logg, _OPEN)
                .values(state=SEEN, ref=ref, said_by=None)
            )
            self._settled(connection, logg)

    def seen_all(self, connection: sa.Connection, refs: Mapping[str, str]) -> None:
        """As `seen` for many logs, in the caller's transaction: with the receipts they belong to.
        Most have no creation that waits, which is one look."""
        open_ = sa.select(t.creation.c.logg).where(
            *self._mine(), t.creation.c.logg.in_(list(refs)), _OPEN
        )
        for logg in connection.execute(open_).scalars().all():
            connection.execute(
                t.creation.update()
                .where(*self._mine(), t.creation.c.logg == logg, _OPEN)
                .values(state=SEEN, ref=refs[logg], said_by=None)
            )
            self._settled(connection, logg)

    def child(self, logg: str) -> str:
        """The child (`child_of`) of the log whose creation waits. Raises
        LocalFault("INGEN_OPPRETTING_VENTER")."""
        with self.database.look() as connection:
            found = connection.execute(
                sa.select(t.creation.c.child).where(
                    *self._mine(), t.creation.c.logg == logg, _TO_SAY
                )
            ).scalar()
        if found is None:
            raise LocalFault("INGEN_OPPRETTING_VENTER", place=logg[:40])
        return str(found)

    def waiting(self, logg: str) -> datetime | None:
        """When the log's creation was sent, if it has not been seen since."""
        with self.database.look() as connection:
            at = connection.execute(
                sa.select(t.creation.c.sent_at).where(
                    *self._mine(),
                    t.creation.c.logg == logg,
                    t.creation.c.state.in_([SENT, REFUSED]),
                )
            ).scalar()
        return datetime.fromisoformat(at) if at else None

    def any_waits(self) -> bool:
        """True when some creation was sent and has not been seen: most targets have none, ever."""
        with self.database.look() as connection:
            found = connection.execute(
                sa.select(t.creation.c.logg)
                .where(*self._mine(), t.creation.c.state.in_([SENT, REFUSED]))
                .limit(1)
            ).scalar()
        return found is not None

    def blocked(self, child: str, logg: str) -> str:
        """The log of this child whose creation keeps another from being sent; or ""."""
        with self.database.look() as connection:
            found = connection.execute(
                sa.select(t.creation.c.logg).where(
                    *self._mine(),
                    t.creation.c.child == child,
                    t.creation.c.state.in_([SENT, REFUSED]),
                    t.creation.c.logg != logg,
                )
            ).scalar()
        return str(found or "")

    def seen_of(self, children: Sequence[str], logg: str) -> tuple[str, ...]:
        """Where other logs of a child, by any of its pseudonyms, were seen after being made."""
        with self.database.look() as connection:
            found = connection.execute(
                sa.select(t.creation.c.ref).where(
                    *self._mine(),
                    t.creation.c.child.in_(list(children)),
                    t.creation.c.state == SEEN,
                    t.creation.c.logg != logg,
                    t.creation.c.ref.is_not(None),
                )
            ).scalars()
            return tuple(sorted(str(ref) for ref in found))

    def said(self, logg: str, by: Acting, ref: str | None) -> None:
        """A person says that it stands at `ref`, or (None) that it is not there; who said where it
        stands may be wrong, and somebody may say so until it has been seen.

        Raises LocalFault("INGEN_OPPRETTING_VENTER").
        """
        state = SEEN if ref else RELEASED
        with self.database.begin() as connection:
            changed = connection.execute(
                t.creation.update()
                .where(*self._mine(), t.creation.c.logg == logg, _TO_SAY)
                .values(state=state, ref=ref, said_by=by.ref)
            ).rowcount
            if not changed:
                raise LocalFault("INGEN_OPPRETTING_VENTER", place=logg[:40])
            body = {"system": self.target, "state": state, "by": by.ref, "ref": ref or ""}
            append(connection, self._now(), [Fact("oppretting", logg=logg, body=body)])
            self._settled(connection, logg)

    def found_at(self, logg: str) -> str:
        """Where the log was seen after its creation; or ""."""
        with self.database.look() as connection:
            found = connection.execute(
                sa.select(t.creation.c.ref).where(
                    *self._mine(), t.creation.c.logg == logg, t.creation.c.state == SEEN
                )
            ).scalar()
        return str(found or "")

    def pointed_at(self, logg: str) -> str:
        """Where a person said that the log stands; or ""."""
        with self.database.look() as connection:
            found = connection.execute(
                sa.select(t.creation.c.ref).where(
                    *self._mine(),
                    t.creation.c.logg == logg,
                    t.creation.c.state == SEEN,
                    t.creation.c.said_by.is_not(None),
                )
            ).scalar()
        return str(found or "")

    def state(self, connection: sa.Connection) -> None:
        """State what was sent and not seen as what waits, each from when it was sent; in the
        caller's transaction."""
        rows = connection.execute(
            sa.select(t.creation.c.logg, t.creation.c.sent_at).where(
                *self._mine(), t.creation.c.state == SENT
            )
        ).all()
        for row in rows:
            self._waits(connection, row.logg, row.sent_at)

    def _waits(self, connection: sa.Connection, logg: str, at: str) -> None:
        """A person is asked when the target should have shown it, and not before."""
        opens = datetime.fromisoformat(at) + timedelta(seconds=self.patience())
        said = Waiting(
            Kind.CREATION, "KANSKJE_OPPRETTET",
            f"stafett created {self.target} {logg} --by HVEM --at REF", place=self.target,
            opens=opens.isoformat(timespec="milliseconds"),
        )  # fmt: skip
        book.state_one(connection, self.tenant, self._owner, at, logg, said)

    def _settled(self, connection: sa.Connection, logg: str) -> None:
        book.state_one(connection, self.tenant, self._owner, self._now(), logg)

    @property
    def _owner(self) -> str:
        return f"oppretting:{self.target}"

    def _mine(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (t.creation.c.target == self.target, t.creation.c.tenant == self.tenant)

    def _now(self) -> str:
        return self.clock.now().isoformat(timespec="milliseconds")


def child_of(ring: KeyRing, logg: Stafettlogg) -> str:
    """The child a log is about, as a keyed pseudonym: by its number where there is one."""
    person = logg.hovedperson.person
    numbers = sorted(
        (_NUMBERS.index(i.type), i.verdi)
        for p in logg.personer
        if p.id == person
        for i in p.identifikatorer
        if i.type in _NUMBERS
    )
    return of_number(ring, numbers[0][1] if numbers else person)


def of_number(ring: KeyRing, number: str) -> str:
    """The keyed pseudonym a child is found by, of one number: the one formula there is."""
    return ring.pseudonym(number)[:40]
