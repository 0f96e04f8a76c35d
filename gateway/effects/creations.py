"""Which creations were sent and have not been seen: a write that cannot be repeated is sent once.

A form without an idempotency key may have made a log although no answer came, and "not found" is
not "did not land". The row is in the ledger before the form is on the wire, and nothing but a
sight of the log, or a person's word, opens for another.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gateway.clock import Clock
from gateway.errors import LocalFault, UnknownOutcome
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.upsert import upsert
from schemas.stafettlogg.logg import Stafettlogg

SENT, SEEN, RELEASED = "sendt", "funnet", "frigitt"


@dataclass(frozen=True, slots=True)
class Creations:
    """The memory of one target for one municipality."""

    database: Database
    clock: Clock
    target: str
    tenant: str

    def begin(self, child: str, logg: str, run_id: str, where: str = "") -> None:
        """Note that a creation is about to be sent. Raises UnknownOutcome("KANSKJE_OPPRETTET")
        when one for this child was sent before and has not been seen."""
        now = self._now()
        with self.database.begin() as connection:
            # The entry locks the chain, so two that begin at once are one after the other.
            body = {"system": self.target, "state": SENT}
            append(connection, now, [Fact("oppretting", run_id, logg, body)])
            state = connection.execute(
                sa.select(t.creation.c.state).where(*self._mine(), t.creation.c.child == child)
            ).scalar()
            if state == SENT:
                raise UnknownOutcome("KANSKJE_OPPRETTET", place=logg)
            upsert(
                connection,
                t.creation,
                {"target": self.target, "tenant": self.tenant, "child": child, "logg": logg,
                 "run_id": run_id, "state": SENT, "sent_at": now, "ref": where or None,
                 "said_by": None},
            )  # fmt: skip

    def seen(self, logg: str, ref: str) -> None:
        """The log was seen in the target."""
        with self.database.begin() as connection:
            connection.execute(
                t.creation.update()
                .where(*self._mine(), t.creation.c.logg == logg, t.creation.c.state == SENT)
                .values(state=SEEN, ref=ref)
            )

    def waiting(self, logg: str) -> datetime | None:
        """When the log's creation was sent, if it has not been seen since."""
        with self.database.look() as connection:
            at = connection.execute(
                sa.select(t.creation.c.sent_at).where(
                    *self._mine(), t.creation.c.logg == logg, t.creation.c.state == SENT
                )
            ).scalar()
        return datetime.fromisoformat(at) if at else None

    def blocked(self, child: str, logg: str) -> str:
        """The log of this child whose creation keeps another from being sent; or ""."""
        with self.database.look() as connection:
            found = connection.execute(
                sa.select(t.creation.c.logg).where(
                    *self._mine(),
                    t.creation.c.child == child,
                    t.creation.c.state == SENT,
                    t.creation.c.logg != logg,
                )
            ).scalar()
        return str(found or "")

    def said(self, logg: str, by: str, ref: str | None) -> None:
        """A person says that it stands at `ref`, or (None) that it is not there.

        Raises LocalFault("INGEN_OPPRETTING_VENTER").
        """
        state = SEEN if ref else RELEASED
        with self.database.begin() as connection:
            changed = connection.execute(
                t.creation.update()
                .where(*self._mine(), t.creation.c.logg == logg, t.creation.c.state == SENT)
                .values(state=state, ref=ref, said_by=by)
            ).rowcount
            if not changed:
                raise LocalFault("INGEN_OPPRETTING_VENTER", place=logg[:40])
            body = {"system": self.target, "state": state, "by": by, "ref": ref or ""}
            append(connection, self._now(), [Fact("oppretting", logg=logg, body=body)])

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

    def _mine(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (t.creation.c.target == self.target, t.creation.c.tenant == self.tenant)

    def _now(self) -> str:
        return self.clock.now().isoformat(timespec="milliseconds")


def child_of(ring: KeyRing, logg: Stafettlogg) -> str:
    """The child a log is about, as a keyed pseudonym: by its number where there is one."""
    person = logg.hovedperson.person
    numbers = [i.verdi for p in logg.personer if p.id == person for i in p.identifikatorer]
    return ring.pseudonym(numbers[0] if numbers else person)[:40]
