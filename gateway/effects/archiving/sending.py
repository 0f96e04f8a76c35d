"""What of a delivery was sent and has not been seen: a write that cannot be repeated is sent once.

An archive says of each thing it makes that it is about to be made (`Uttak.once`); that stands in
the delivery's row before it is on the wire. The same once more is opened for by the archive itself,
by a person who has looked, or, one time, by a look after the rest in an archive that is known to
show what it takes (`showing.py`). A clear refusal is forgotten again, and so is "busy", when it has
been looked for. The row's `evidence` holds it until there is any: {"sendt": {what: when}}.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.effects.archiving import showing
from gateway.effects.archiving.verk import Verk
from gateway.effects.claim import Claim
from gateway.errors import Conflict, LocalFault, Rejected, Transient, UnknownOutcome
from gateway.ledger import archive_tables as a
from gateway.ledger.chain import Fact, append

CODE = "KANSKJE_ARKIVERT"
_KEY = "sendt"
_FOLDER = "mappe"
_REFUSED = (Rejected, Conflict, Transient, LocalFault)
"""Errors of a write that say that nothing was made; any other leaves it open."""


class Unseen(UnknownOutcome):
    """It was sent at `since` (ISO) and does not show; nothing is sent. `place` is `key:what`."""

    def __init__(self, place: str, since: str) -> None:
        super().__init__(CODE, place=place)
        self.since = since


@dataclass(frozen=True, slots=True)
class Sending:
    """The memory of one delivery, for whoever holds the claim."""

    verk: Verk
    row: dict[str, Any]
    claim: Claim

    @contextmanager
    def once(self, what: str) -> Iterator[None]:
        """Around a write that makes `what`. Raises Unseen when it was sent before."""
        self._remember(what)
        busy: Transient | None = None
        try:
            yield
        except _REFUSED as error:
            self._forget(what)
            if not isinstance(error, Transient) or error.undone:
                raise
            busy = error
        if busy is not None:
            # "Busy" is as often a proxy's word of a system behind it that did the work: rested for
            # and looked for like a lost answer, and sent again only when it does not show then.
            raise UnknownOutcome(busy.code, place=busy.place)

    def again(self, unseen: Unseen, rest: float) -> bool:
        """Open for what a look after the rest did not show, once, in an archive that is known to
        show what it takes. False where it is not, or where that has been done before."""
        what = unseen.place.partition(":")[2]
        with self.verk.database.begin() as connection:
            self.claim.hold(connection)
            rows = _of_log(connection, self.row)
            mine = next(o for o in rows if o["snapshot_id"] == self.row["snapshot_id"])
            if showing.AGAIN + what in sent_of(mine):
                return False
            if not showing.shows(connection, self.row["archive"], rest):
                return False
            said_not_there(connection, {**self.row, "place": unseen.place})
            now = self.verk.now()
            kept = {name: at for name, at in sent_of(mine).items() if name != what}
            _write(connection, self.row, {**kept, showing.AGAIN + what: now})
            body = {"uttak": self.row["snapshot_id"], "arkiv": self.row["archive"]}
            append(connection, now, [Fact("arkivnyttforsoek", logg=self.row["logg"], body=body)])
        return True

    def _remember(self, what: str) -> None:
        with self.verk.database.begin() as connection:
            self.claim.hold(connection)
            own: dict[str, str] = {}
            for row in _of_log(connection, self.row):
                sent = sent_of(row)
                mine = row["snapshot_id"] == self.row["snapshot_id"]
                if mine:
                    own = sent
                if what in sent and (mine or is_folder(what)):
                    raise Unseen(_place(self.row, what), sent[what])
            _write(connection, self.row, {**own, what: self.verk.now()})

    def _forget(self, what: str) -> None:
        with self.verk.database.begin() as connection:
            self.claim.hold(connection)
            _drop(connection, self.row, what)


def sent_of(row: dict[str, Any]) -> dict[str, str]:
    """What a delivery has sent and not been seen with: {what: when}."""
    told = json.loads(row["evidence"] or "null")
    found: dict[str, str] = told.get(_KEY, {}) if isinstance(told, dict) else {}
    return found


def is_folder(what: str) -> bool:
    """True for what all snapshots of a log share in an archive."""
    return what.partition("/")[0] == _FOLDER


def said_not_there(connection: sa.Connection, row: dict[str, Any]) -> None:
    """A person has looked for what the delivery's place names: it may be sent again."""
    what = str(row["place"] or "").partition(":")[2]
    mine = [row] if not is_folder(what) else _of_log(connection, row)
    for one in mine:
        _drop(connection, one, what)


def said_nothing_there(connection: sa.Connection, row: dict[str, Any]) -> None:
    """A person has looked for the snapshot and says that nothing of it is there."""
    for what in sent_of(row):
        for one in _of_log(connection, row) if is_folder(what) else [row]:
            _drop(connection, one, what)


def _place(row: dict[str, Any], what: str) -> str:
    """What an archivist looks for: the log's key for its folder, else the snapshot's."""
    own = row["key"] or row["snapshot_id"]
    return f"{row['logg'] if is_folder(what) else own}:{what}"


def _of_log(connection: sa.Connection, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Every delivery of the log to the archive, locked: of two that begin at once one is first."""
    rows = connection.execute(
        sa.select(a.delivery)
        .where(
            a.delivery.c.tenant == row["tenant"],
            a.delivery.c.archive == row["archive"],
            a.delivery.c.logg == row["logg"],
        )
        .order_by(a.delivery.c.snapshot_id)
        .with_for_update()
    )
    return [dict(one._mapping) for one in rows]


def _drop(connection: sa.Connection, row: dict[str, Any], what: str) -> None:
    now = next(o for o in _of_log(connection, row) if o["snapshot_id"] == row["snapshot_id"])
    sent = sent_of(now)
    if what in sent:
        _write(connection, row, {name: at for name, at in sent.items() if name != what})


def _write(connection: sa.Connection, row: dict[str, Any], sent: dict[str, str]) -> None:
    connection.execute(
        a.delivery.update()
        .where(
            a.delivery.c.snapshot_id == row["snapshot_id"],
            a.delivery.c.archive == row["archive"],
        )
        .values(evidence=json.dumps({_KEY: sent}) if sent else None)
    )
