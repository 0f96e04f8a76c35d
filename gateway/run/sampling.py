"""A sample of a run for people to look at in the target: a stated random draw, and the risky ones.

Counting proves that leaves arrived, not that a person finds them. Who looked at which log and what
they said is kept, each word beside those before it; a next wave can be made to wait for it. The
rule: `feil` holds the wave until somebody says `rettet` of that log, and a `riktig` said after a
`feil` stands beside it and opens nothing. Nothing here reads a log's content.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gateway.effects.stored import step_of
from gateway.errors import Rejected
from gateway.ledger import owners
from gateway.ledger import tables as t
from gateway.ledger.access import Access, Shown
from gateway.ledger.chain import Fact, append
from gateway.ledger.database import Database
from gateway.ledger.store import PayloadStore
from gateway.ledger.upsert import insert_new
from gateway.plan.facts import accounts
from gateway.plan.step import Step
from gateway.staff.member import Acting
from gateway.tasks import of_runs

RANDOM, CARRIED, PLACEHOLDERS, BREACHES = "tilfeldig", "mest_baaret", "plassholdere", "regelbrudd"
RIGHT, WRONG, MENDED = "riktig", "feil", "rettet"
_NOTES = b"stafett-notes-1\n"
"""What several sealed words begin with; a note that does not is one word, as it was given."""
_RISKY = 3
"""How many of each kind of risk are drawn."""


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said of a log they had looked at, and when."""

    by: str
    at: str
    says: str


@dataclass(frozen=True, slots=True)
class Note:
    """A word of somebody's own, opened; never shown but to whoever asks for it."""

    logg: str
    by: str
    at: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One log of a sample. `why` are the reasons it was drawn; `looked_by`, `looked_at` and `says`
    are what was said first, empty until somebody has looked. `words` are all that was said, in
    order: nothing replaces what was said before."""

    nr: int
    logg: str
    target_ref: str
    why: tuple[str, ...]
    looked_by: str
    looked_at: str
    says: str
    seed: str
    words: tuple[Word, ...] = ()

    @property
    def right(self) -> bool:
        """True when it was seen and right, and every wrong is said to be put right."""
        said = [word.says for word in self.words]
        if WRONG not in said:
            return RIGHT in said
        last = max(n for n, says in enumerate(said) if says == WRONG)
        return MENDED in said[last + 1 :]

    @property
    def wrong(self) -> bool:
        """True when somebody has found it wrong and nobody has said since that it is put right."""
        return bool(self.words) and not self.right


def draw(database: Database, run_id: str, size: int, seed: str, at: str) -> list[Drawn]:
    """Draw the run's sample, or give the one that was drawn: a sample is drawn once.

    `size` logs at random by `seed` (whoever has the seed draws the same), and the riskiest by
    what was carried, placeholders and breaches. Raises Rejected when the run wrote nothing.
    """
    if standing := of_run(database, run_id):
        return standing
    written = _written(database, run_id)
    if not written:
        raise Rejected("INGEN_AA_TREKKE_BLANT", place=run_id)
    chosen = _chosen([step for step, _ in written], size, seed)
    refs = {step.nr: ref for step, ref in written}
    with database.begin() as connection:
        body = {"size": size, "seed": seed, "of": len(written), "drawn": len(chosen)}
        append(connection, at, [Fact("proeve", run_id, body=body)])
        for step, why in chosen:
            insert_new(
                connection,
                t.sample,
                {"run_id": run_id, "logg": step.logg, "nr": step.nr, "target_ref": refs[step.nr],
                 "why": json.dumps(why), "seed": seed, "looked_by": None, "looked_at": None,
                 "says": None, "note": None},
            )  # fmt: skip
        state(connection, run_id, at)
    return of_run(database, run_id)


def state(connection: sa.Connection, run_id: str, at: str) -> None:
    """State whether the drawn sample of a run waits; in the caller's transaction."""
    of_runs.sample(connection, run_id, _left(_drawn(connection, run_id)), at)


def of_run(database: Database, run_id: str) -> list[Drawn]:
    """The sample of a run, in the plan's order; empty when none was drawn."""
    with database.look() as connection:
        return _drawn(connection, run_id)


def _drawn(connection: sa.Connection, run_id: str) -> list[Drawn]:
    rows = connection.execute(
        sa.select(t.sample).where(t.sample.c.run_id == run_id).order_by(t.sample.c.nr)
    ).all()
    said = _words(connection, run_id)
    return [_made(row, said.get(row.logg, ())) for row in rows]


def _words(connection: sa.Connection, run_id: str) -> dict[str, tuple[Word, ...]]:
    """Log -> all that was said of it, in order, from the chain: what stands there stays."""
    found: dict[str, tuple[Word, ...]] = {}
    for row in connection.execute(
        sa.select(t.entry.c.logg, t.entry.c.at, t.entry.c.body)
        .where(t.entry.c.run_id == run_id, t.entry.c.kind == "sett")
        .order_by(t.entry.c.seq)
    ):
        body = json.loads(row.body)
        found[row.logg] = (*found.get(row.logg, ()), Word(body["by"], row.at, body["says"]))
    return found


def looked(
    database: Database,
    store: PayloadStore,
    run_id: str,
    logg: str,
    *,
    by: Acting,
    says: str,
    note: str,
    at: str,
) -> Drawn:
    """Keep who looked at a log and what they said, beside what was said before; a word of their own
    is sealed.

    Raises Rejected for a log that is not in the sample, for an answer that is none of the three,
    and for `rettet` where nothing was found wrong.
    """
    if says not in (RIGHT, WRONG, MENDED):
        raise Rejected("UGYLDIG_PROEVESVAR", place=run_id)
    found = [d for d in of_run(database, run_id) if d.logg.startswith(logg)] if logg else []
    if len(found) != 1:
        raise Rejected("IKKE_I_PROEVEN", place=run_id)
    (one,) = found
    if says == MENDED and not one.wrong:
        raise Rejected("INGENTING_ER_FEIL", place=run_id)
    mine = t.sample.c.run_id == run_id, t.sample.c.logg == one.logg
    kept = notes(database, store, run_id, one.logg)
    changes: dict[str, Any] = {}
    if not one.says:
        changes |= {"looked_by": by.ref, "looked_at": at, "says": says}
    if note:
        told = [[n.by, n.at, n.text] for n in (*kept, Note(one.logg, by.ref, at, note))]
        changes["note"] = store.put([(owners.log(one.logg), _NOTES + json.dumps(told).encode())])[0]
    with database.begin() as connection:
        if changes:
            connection.execute(t.sample.update().where(*mine).values(**changes))
        append(connection, at, [Fact("sett", run_id, one.logg, {"by": by.ref, "says": says})])
        state(connection, run_id, at)
    return next(d for d in of_run(database, run_id) if d.logg == one.logg)


def notes(database: Database, store: PayloadStore, run_id: str, logg: str = "") -> list[Note]:
    """What was said in words of one log, or of every log of the sample, in order."""
    where = [t.sample.c.run_id == run_id, t.sample.c.note.is_not(None)]
    where += [t.sample.c.logg == logg] if logg else []
    with database.look() as connection:
        rows = connection.execute(sa.select(t.sample).where(*where).order_by(t.sample.c.nr)).all()
    found: list[Note] = []
    for row in rows:
        sealed = store.get(row.note)
        if sealed.startswith(_NOTES):
            told = json.loads(sealed.removeprefix(_NOTES))
            found += [Note(row.logg, by, at, text) for by, at, text in told]
        else:
            found.append(Note(row.logg, row.looked_by or "", row.looked_at or "", sealed.decode()))
    return found


def read_notes(database: Database, store: PayloadStore, run_id: str, access: Access) -> list[Note]:
    """Every note of the sample, for somebody whose access is written."""
    access.covers(Shown.PROEVE, run_id)
    return notes(database, store, run_id)


def note_of(database: Database, store: PayloadStore, run_id: str, logg: str) -> str:
    """What was said last in words about one log; empty when nothing was."""
    found = notes(database, store, run_id, logg) if logg else []
    return found[-1].text if found else ""


def unseen(database: Database, run_id: str) -> str:
    """What still keeps the next wave waiting, in counts; empty when all was seen and right, or
    said to be put right."""
    return _left(of_run(database, run_id))


def _left(drawn: list[Drawn]) -> str:
    if not drawn:
        return "0/0"
    right = sum(one.right for one in drawn)
    return "" if right == len(drawn) else f"{right}/{len(drawn)}"


def _chosen(steps: list[Step], size: int, seed: str) -> list[tuple[Step, list[str]]]:
    """The drawn steps with why, in the plan's order."""
    why: dict[int, list[str]] = {}
    lottery = sorted(steps, key=lambda s: hashlib.sha256(f"{seed}:{s.logg}".encode()).digest())
    for step in lottery[:size]:
        why.setdefault(step.nr, []).append(RANDOM)
    for name, weight in (
        (CARRIED, lambda s: accounts(s.facts)["carried"]),
        (PLACEHOLDERS, lambda s: sum(r[0] == "placeholder" for r in s.facts.get("remarks", ()))),
        (BREACHES, lambda s: len(s.facts.get("breaches", ()))),
    ):
        weights = Counter({step.nr: weight(step) for step in steps})
        heaviest = sorted(weights.items(), key=lambda one: (-one[1], one[0]))[:_RISKY]
        for nr, much in heaviest:
            if much:
                why.setdefault(nr, []).append(name)
    return [(step, why[step.nr]) for step in steps if step.nr in why]


def _written(database: Database, run_id: str) -> list[tuple[Step, str]]:
    with database.look() as connection:
        rows = connection.execute(
            sa.select(t.step, t.effect.c.target_ref.label("written"))
            .join(t.run, t.run.c.plan_id == t.step.c.plan_id)
            .join(
                t.effect,
                sa.and_(t.effect.c.run_id == t.run.c.run_id, t.effect.c.nr == t.step.c.nr),
            )
            .where(t.run.c.run_id == run_id, t.effect.c.state == "ferdig")
            .order_by(t.step.c.nr)
        ).all()
    return [(step_of(row._mapping), str(row.written)) for row in rows]


def _made(row: sa.Row[Any], words: tuple[Word, ...]) -> Drawn:
    # A row may have had its first word written over before each word was kept: the chain has it.
    first = words[0] if words else Word(row.looked_by or "", row.looked_at or "", row.says or "")
    return Drawn(
        row.nr, row.logg, row.target_ref, tuple(json.loads(row.why)), first.by, first.at,
        first.says, row.seed, words,
    )  # fmt: skip
