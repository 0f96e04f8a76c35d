"""Deliver one snapshot to one archive: look first, then gate, intent, deposit, and read back.

The order is the law. An archive is asked what stands under our key before anything is sent, so a
line that broke after a write, or a process that died, makes nothing twice. Neither does a search
that lags: what cannot be repeated is sent once (`sending.py`), looked for as long as is configured,
and then a person's. What an archive answers moves the delivery along and is never a receipt; the
receipt is made here, from bytes fetched back whose hash is the hash of what was frozen (R-156).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gateway.arkiv.levering import Tilstand, may
from gateway.effects import failpoint, gate
from gateway.effects.archiving import showing, waits
from gateway.effects.archiving.loading import addressed, load
from gateway.effects.archiving.sending import Sending, Unseen, sent_of
from gateway.effects.archiving.verk import Arkivmaal, Verk, stamp
from gateway.effects.claim import Claim
from gateway.effects.one_log import surprise
from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    Transient,
    UnknownOutcome,
)
from gateway.ledger import archive_tables as a
from gateway.ledger.chain import Fact, append
from gateway.ledger.store import LOST
from gateway.ports.archive import Funn, LaidOut, Levering, Repeatable, Svar, Uttak
from schemas.stafettlogg.logg import Stafettlogg

SETTLE_TRIES = 4
CONFLICTS = 4
SOON = 4
"""Turns that come back as soon as the archive says."""
# Our faults that concern one snapshot; any other is the archive's set-up or the ledger's.
_OF_ONE = LOST | {"UKJENT_UTTAK"}
LONGEST = 3600.0
"""Seconds between two looks at an archive that takes its time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a delivery came. `wait` is seconds until it is worth trying again."""

    state: Tilstand
    code: str = ""
    place: str = ""
    ref: str = ""
    wait: float = 0.0
    found: Funn | None = None
    evidence: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Delivers to one archive. `pause` sleeps (seconds)."""

    verk: Verk
    maal: Arkivmaal
    pause: Callable[[float], None] = field(repr=False)

    def deliver(self, row: dict[str, Any], claim: Claim) -> Outcome:
        """One turn of one delivery, saved. Raises LocalFault and RemoteFault; the rest is state."""
        try:
            uttak, logg = addressed(load(self.verk, row["snapshot_id"]), row)
            if not isinstance(self.maal.archive, Repeatable):
                uttak = replace(uttak, once=Sending(self.verk, row, claim).once)
            outcome = self._turn(uttak, logg, row, claim)
        except Transient as error:
            # Whoever says "come back soon" every time is asked more and more seldom all the same.
            asked = error.retry_after or 0.0
            wait = (
                asked if asked and row["attempts"] < SOON else max(asked, _backoff(row["attempts"]))
            )
            outcome = Outcome(Tilstand(row["state"]), error.code, error.place, wait=wait)
        except Unseen as error:
            outcome = self._unseen(error, row, claim)
        except UnknownOutcome as error:
            # What was sent may have landed, or be landing: only a look can tell, and not too soon.
            wait = max(self.maal.ro, _backoff(row["attempts"]))
            outcome = Outcome(Tilstand.SENDES, error.code, error.place, wait=wait)
        except Conflict as error:
            outcome = _moved(error, row)
        except Rejected as error:
            outcome = Outcome(Tilstand.FEILET, _refused(error), error.place)
        except LocalFault as error:
            if error.code not in _OF_ONE:
                raise
            outcome = Outcome(Tilstand.FEILET, error.code, error.place)
        except GatewayError:
            raise
        except Exception as error:  # noqa: BLE001 - one delivery's surprise never stops the others
            fault = surprise(error)
            outcome = _moved(Conflict(fault.code, place=fault.place), row)
        outcome = self._late(row, outcome)
        save(self.verk, row, outcome, claim, self.maal.ro)
        return outcome

    def _turn(self, uttak: Uttak, logg: Stafettlogg, row: dict[str, Any], claim: Claim) -> Outcome:
        failpoint.reach("delivery.start")
        found = self.maal.archive.find(uttak)
        if whole(uttak, found):
            return self._verified(uttak, found, row)
        if row["state"] == Tilstand.VENTER.value and row["reply_ref"]:
            answer = self.maal.archive.progress(uttak, row["reply_ref"])
            if answer.levering is not Levering.LEVERT:
                return _told(answer, row)
            # It has arrived and is not shown yet: to send it once more would be a guess.
            return self._settled(uttak, row)
        passed = gate.release_snapshot(self.verk, logg, uttak)
        if isinstance(passed, gate.Refusal):
            return Outcome(Tilstand.MENNESKE, passed.code, uttak.key)
        if not uttak.hovedperson.nummer and not isinstance(self.maal.archive, LaidOut):
            # Filed under an empty number, two children would share one folder.
            return Outcome(Tilstand.MENNESKE, "BARN_UTEN_NUMMER", uttak.key)
        begin(self.verk, row, claim, self.maal.ro)
        failpoint.reach("delivery.intent")
        answer = gate.deposit(self.maal.archive, uttak, found, passed)
        failpoint.reach("delivery.sent")
        if answer.levering is not Levering.LEVERT:
            return _told(answer, row)
        return self._settled(uttak, row)

    def _settled(self, uttak: Uttak, row: dict[str, Any]) -> Outcome:
        """The archive says it has it all: look, a few times if it is slow to show."""
        for attempt in range(SETTLE_TRIES):
            found = self.maal.archive.find(uttak)
            if whole(uttak, found):
                return self._verified(uttak, found, row)
            self.pause(0.2 * 2**attempt)
        return Outcome(
            Tilstand.SENDES, "ARKIV_VISER_IKKE", uttak.key, wait=_backoff(row["attempts"])
        )

    def _verified(self, uttak: Uttak, found: Funn | None, row: dict[str, Any]) -> Outcome:
        """The receipt: every file's bytes, fetched back, have the hash they were frozen with."""
        assert found is not None
        evidence = read_back(self.maal, uttak, found)
        failpoint.reach("delivery.read")
        return Outcome(Tilstand.ARKIVERT, found=found, evidence=evidence)

    def _unseen(self, error: Unseen, row: dict[str, Any], claim: Claim) -> Outcome:
        """Sent, and not shown: rested for, and where the archive is known to show what it takes,
        sent once more; else looked for as long again, and then a person looks."""
        since = datetime.fromisoformat(error.since)
        gone = (self.verk.clock.now() - since).total_seconds()
        sending = Sending(self.verk, row, claim)
        if gone > self.maal.ro and sending.again(error, self.maal.ro):
            return Outcome(Tilstand.SENDES, error.code, error.place)
        left = 2 * self.maal.ro - gone
        if left <= 0:
            return Outcome(Tilstand.MENNESKE, error.code, error.place)
        wait = min(left, _backoff(row["attempts"]))
        return Outcome(Tilstand.SENDES, error.code, error.place, wait=wait)

    def _late(self, row: dict[str, Any], outcome: Outcome) -> Outcome:
        """Past its deadline, what still waits is a person's to look at."""
        waits = outcome.state in (Tilstand.SENDES, Tilstand.VENTER, Tilstand.PLANLAGT)
        if waits and self.verk.now() > row["deadline"]:
            return Outcome(Tilstand.MENNESKE, "ARKIV_FRIST", outcome.code, outcome.ref)
        return outcome


def whole(uttak: Uttak, found: Funn | None) -> bool:
    """True when the archive says it holds every file of the snapshot."""
    return found is not None and {f.nr for f in uttak.filer} <= {f.nr for f in found.filer}


def read_back(maal: Arkivmaal, uttak: Uttak, found: Funn) -> tuple[tuple[int, str, str], ...]:
    """(number, the archive's id, SHA-256 of what it gave back) of every file.

    Raises Rejected("ARKIV_FEIL_HASH") when the bytes are not those that were frozen, and
    Conflict("FLERE_TREFF") when one file stands there twice.
    """
    evidence = []
    for file in uttak.filer:
        there = [f for f in found.filer if f.nr == file.nr]
        if len(there) != 1:
            raise Conflict("FLERE_TREFF", place=f"{uttak.key}:{file.nr}")
        seen = hashlib.sha256(maal.archive.fetch(there[0])).hexdigest()
        if seen != file.sha256:
            raise Rejected("ARKIV_FEIL_HASH", place=f"{uttak.key}:{file.nr}")
        evidence.append((file.nr, there[0].ref, seen))
    return tuple(evidence)


def begin(verk: Verk, row: dict[str, Any], claim: Claim, rest: float) -> None:
    """The intent, in the ledger before the wire. Should this process die now, whoever goes on
    lets the archive finish what it may be writing (`rest`, seconds) before looking. What is sent
    within the intent is remembered piece by piece (`sending.py`)."""
    after = stamp(verk.clock.now() + timedelta(seconds=rest))
    with verk.database.begin() as connection:
        claim.hold(connection)
        connection.execute(
            a.delivery.update()
            .where(*_mine(row))
            .values(state=Tilstand.SENDES.value, next_try=after)
        )
        body = {"uttak": row["snapshot_id"], "arkiv": row["archive"]}
        append(connection, verk.now(), [Fact("arkivintensjon", logg=row["logg"], body=body)])
    row["state"] = Tilstand.SENDES.value


def save(
    verk: Verk, row: dict[str, Any], outcome: Outcome, claim: Claim | None, rest: float = 0.0
) -> None:
    """Move the delivery, and with a receipt say so in the chain, in one commit.

    Raises GatewayError when the state table forbids the move: then nothing is saved.
    """
    before = Tilstand(row["state"])
    if before is not outcome.state and not may(before, outcome.state):
        raise GatewayError("ULOVLIG_OVERGANG", place=f"{before.value}>{outcome.state.value}")
    now = verk.clock.now()
    values: dict[str, Any] = {
        "state": outcome.state.value,
        "code": outcome.code[:60] or None,
        "place": outcome.place[:200] or None,
        "attempts": row["attempts"] + 1,
        "next_try": stamp(now + timedelta(seconds=outcome.wait)),
        "claim": None,
        "looked_at": stamp(now) if outcome.state is Tilstand.ARKIVERT else None,
    }
    if outcome.ref:
        values["reply_ref"] = _told_id(outcome.ref, 80)
    facts = []
    if outcome.found is not None:
        values |= stands(outcome.found, outcome.evidence)
    if outcome.state is Tilstand.ARKIVERT:
        values["verified_at"] = stamp(now)
        facts.append(receipt(row, outcome, _took(verk, row, rest)))
    elif outcome.state in (Tilstand.FEILET, Tilstand.MENNESKE):
        body = {"uttak": row["snapshot_id"], "arkiv": row["archive"], "kode": outcome.code}
        facts.append(Fact("arkiv" + outcome.state.value, logg=row["logg"], body=body))
    failpoint.reach("delivery.receipt")
    with verk.database.begin() as connection:
        if claim is not None:
            claim.hold(connection)
        connection.execute(a.delivery.update().where(*_mine(row)).values(**values))
        waits.deliveries(connection, verk.tenant, stamp(now), *_mine(row))
        if facts:
            append(connection, stamp(now), facts)
    failpoint.reach("delivery.after")


def receipt(row: dict[str, Any], outcome: Outcome, took: dict[str, Any] | None = None) -> Fact:
    """The entry that says what the archive gave back: ids and hashes, never content; `took` is how
    long it was from when we sent it (`showing.py`)."""
    found = outcome.found
    body = {
        "uttak": row["snapshot_id"],
        "arkiv": row["archive"],
        "mappe": found.mappe if found else "",
        "journalpost": found.journalpost if found else "",
        "nummer": found.nummer if found else "",
        "filer": [list(one) for one in outcome.evidence],
        **(took or {}),
    }
    return Fact("arkivkvittering", logg=row["logg"], body=body)


def _took(verk: Verk, row: dict[str, Any], rest: float) -> dict[str, Any]:
    """How long it was from when the last of a delivery was sent until it was seen."""
    with verk.database.look() as connection:
        evidence = connection.execute(sa.select(a.delivery.c.evidence).where(*_mine(row))).scalar()
    sent, now = sent_of({"evidence": evidence}), verk.clock.now()
    return showing.told(sent, now, missed=showing.missed(row, sent, now, rest))


def stands(found: Funn, evidence: tuple[tuple[int, str, str], ...]) -> dict[str, Any]:
    """Where a record stands, as a delivery's row keeps it."""
    return {
        "mappe": _told_id(found.mappe, 200),
        "journalpost": _told_id(found.journalpost, 200),
        "nummer": _told_id(found.nummer, 80),
        "evidence": json.dumps([list(one) for one in evidence]),
    }


def _told_id(text: str, longest: int) -> str:
    """An id as the archive told it; PostgreSQL holds no NUL."""
    return text.replace("\x00", "")[:longest]


def _refused(error: Rejected) -> str:
    """An archive's bare no, told as an archive's: of one file where the place ends with its
    number, else of the record."""
    if error.code != "AVVIST":
        return error.code
    of_file = error.place.rpartition("/")[2].isdigit()
    return "ARKIV_AVVISER_FIL" if of_file else "ARKIV_AVVISER"


def _moved(error: Conflict, row: dict[str, Any]) -> Outcome:
    """Two under one key is a person's to settle; anything else may pass, a few times."""
    if error.code == "FLERE_TREFF":
        return Outcome(Tilstand.MENNESKE, error.code, error.place)
    if row["attempts"] >= CONFLICTS:
        return Outcome(Tilstand.FEILET, error.code, error.place)
    return Outcome(Tilstand.SENDES, error.code, error.place, wait=_backoff(row["attempts"]))


def _told(answer: Svar, row: dict[str, Any]) -> Outcome:
    state = Tilstand.VENTER if answer.levering is Levering.VENTER else Tilstand.MENNESKE
    return Outcome(state, answer.kode, ref=answer.ref, wait=_backoff(row["attempts"]))


def _backoff(attempts: int) -> float:
    return float(min(2.0 * 2 ** min(attempts, 12), LONGEST))


def _mine(row: dict[str, Any]) -> tuple[Any, ...]:
    return (a.delivery.c.snapshot_id == row["snapshot_id"], a.delivery.c.archive == row["archive"])
