"""When a person set the anchor anew, and which history that gave up.

Whoever puts an older copy of the ledger into use gives up what came after it. The entry says by
whom, what the anchor file said before, and which anchor lines were held against it; a line of what
was given up is known by that, and is no newer ledger that somebody should look for.
"""

import json
from dataclasses import dataclass

import sqlalchemy as sa

from gateway.ledger import tables as t
from gateway.ledger.anchor import Anchor, found_in

KIND = "anker"


@dataclass(frozen=True, slots=True)
class Anew:
    """One time it was: the entry, when, by whom, the link it was made in, and the last link of
    what was given up (0 where nothing was)."""

    entry: int
    at: str
    by: str
    link: int
    given_up: int

    def gave_up(self, line: Anchor) -> bool:
        """True for a line of the history that was given up."""
        return self.link <= line.link <= self.given_up


def every(connection: sa.Connection) -> list[Anew]:
    """Each time the anchor was set anew, the oldest first."""
    link = (
        sa.select(sa.func.min(t.cover.c.seq))
        .where(t.cover.c.entry_seq >= t.entry.c.seq)
        .scalar_subquery()
    )
    asked = sa.select(t.entry.c.seq, t.entry.c.at, t.entry.c.body, link.label("link"))
    rows = connection.execute(asked.where(t.entry.c.kind == KIND).order_by(t.entry.c.seq)).all()
    return [_made(row.seq, row.at, row.body, row.link or 0) for row in rows]


def _made(entry: int, at: str, body: str, link: int) -> Anew:
    said = json.loads(body)
    lines = [*found_in(str(said.get("foer", "")))]
    lines += [one for line in said.get("oppgitt", ()) for one in found_in(str(line))]
    last = max((one.link for one in lines), default=0)
    return Anew(entry, at, str(said.get("av", "")), link, last if last >= link else 0)
