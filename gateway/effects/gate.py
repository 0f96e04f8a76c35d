"""The one exit gate: every byte towards a target or an archive passes here.

Only here is a connector's `put` or an archive's `deposit` called.

The verdict is asked again at the moment of commit and at every retry, with the clock and the
register's answers of that moment (a consent may be withdrawn, a protection may arrive, between
plan and commit). What was signed and what is about to go must have the same hash.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from gateway.arkiv.innhold import content_sha
from gateway.effects.archiving import where
from gateway.effects.archiving.dropping import drop
from gateway.effects.archiving.receivers import Varselmottaker
from gateway.effects.archiving.verk import Verk
from gateway.effects.route import Route
from gateway.plan.draft import Draft, Reading, draft
from gateway.plan.step import Step
from gateway.policy.adressebeskyttelse import adressebeskyttelse
from gateway.policy.context import Policyramme
from gateway.policy.rules import ARCHIVE_RULES, PERSON_RULES, Rule, judge
from gateway.policy.tidspunkt import tidspunkt
from gateway.policy.verdict import Release
from gateway.ports.archive import Archive, Funn, Svar, Uttak
from gateway.ports.connector import Connector, Order, Written
from gateway.ports.kanal import Forsendelse, Kanal
from schemas.nummer import is_somebodys_number, without_separators
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Refusal:
    """The gate says no: a public code, or `INNHOLD_ENDRET` when it is not what was signed."""

    code: str


def release(
    route: Route,
    reading: Reading,
    step: Step,
    *,
    home: bool,
    rules: tuple[Rule, ...] | None = None,
) -> tuple[Draft, Release] | Refusal:
    """Judge now. A release names exactly the content it lets through."""
    made = draft(route.pair, reading, route.ramme(reading.logg, going_home=home), rules)
    if made.verdict.held:
        return Refusal(made.verdict.code)
    if made.content_sha != step.content_sha:
        return Refusal("INNHOLD_ENDRET")
    if route.limits.snapshot_first and not home and not frozen(route, made.logg):
        return Refusal("UTTAK_MANGLER")
    return made, Release(made.logg.id, made.content_sha, made.verdict)


def frozen(route: Route, logg: Stafettlogg) -> bool:
    """True when this very content is frozen, on its way to the archive."""
    return where.frozen(route.database, route.tenant, logg.id, content_sha(logg))


def send(route: Route, order: Order, passed: Release) -> Written:
    """Write to the target. Raises ValueError if the release is for anything else than the order."""
    if passed.logg_id != order.key or not order.idempotency_key.endswith(passed.content_sha[:32]):
        raise ValueError("the release does not belong to this order")
    return route.target.put(order)


@dataclass(frozen=True, slots=True)
class SnapshotRelease:
    """What the gate lets through to an archive: one snapshot, by its key and its hashes."""

    key: str
    hashes: tuple[str, ...]


def release_snapshot(verk: Verk, logg: Stafettlogg, uttak: Uttak) -> SnapshotRelease | Refusal:
    """Judge a snapshot now, with the register's answers of this moment (C-4, C-6)."""
    verdict = judge(logg, verk.ramme(logg), ARCHIVE_RULES)
    if verdict.held:
        return Refusal(verdict.code)
    return SnapshotRelease(uttak.key, tuple(file.sha256 for file in uttak.filer))


def deposit(archive: Archive, uttak: Uttak, found: Funn | None, passed: SnapshotRelease) -> Svar:
    """Bring a snapshot to an archive. Raises ValueError if the release is for anything else."""
    hashes = tuple(file.sha256 for file in uttak.filer)
    if passed.key != uttak.key or passed.hashes != hashes:
        raise ValueError("the release does not belong to this snapshot")
    return archive.deposit(uttak, found)


def erase(verk: Verk, ref: str, version: str, snapshot_id: str) -> None:
    """Delete one log at its source, at exactly the version that is archived. Raises Conflict.

    Only `archiving.deleting` calls this, after every guard has answered (R-156, R-157).
    """
    if not snapshot_id:
        raise ValueError("a log without a snapshot is never deleted")
    verk.source.delete(ref, version)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice to one receiver: what may be read by all who reach the folder, and the line with
    the child's number, which goes only where it can be sealed."""

    name: str
    text: str = field(repr=False)
    number: str = field(default="", repr=False)


def notify(verk: Verk, logg: Stafettlogg, to: Varselmottaker, notice: Notice) -> str:
    """Put a notice where one of the municipality's own systems fetches it (R-008).

    With a certificate the whole of it is sealed to that receiver; without, the number stays here.
    Returns the public code when the verdict says no: then nobody is told. Raises LocalFault, and
    ValueError for a number of anybody, in the log or not, where it would stand in the clear.
    """
    clear = notice.name if to.konvolutt is not None else f"{notice.name}\n{notice.text}"
    own = {i.verdi for p in logg.personer for i in p.identifikatorer}
    if any(is_number(line, own) for line in clear.splitlines()):
        raise ValueError("a number in the clear")
    verdict = judge(logg, verk.ramme(logg), ARCHIVE_RULES)
    if verdict.held:
        return verdict.code
    if to.konvolutt is None:
        drop(to.mappe, f"{notice.name}.txt", notice.text.encode())
    else:
        whole = (notice.text + notice.number).encode()
        drop(to.mappe, f"{notice.name}.p7m", to.konvolutt.lukk(whole))
    return ""


def is_number(text: str, own: Collection[str]) -> bool:
    """True when a line or an id is, or holds, what must not stand in the clear: a number of `own`,
    right or wrong, or anybody's (R-102), however it is grouped."""
    plain = without_separators(text)
    return is_somebodys_number(text) or any(
        n and (n in text or (len(n) > 10 and n in plain)) for n in own
    )  # a short id may be found across a date


@dataclass(frozen=True, slots=True)
class Transport:
    """What the gate lets out on a channel: one sealed message of one hand-over.

    The rows' own guards were asked in the step that made the message. What discloses is asked
    again by `release_message`, with the answers of that moment.
    """

    melding_id: str
    overfoering_id: str


def release_message(forsendelse: Forsendelse, may: Callable[[], bool] | None) -> Transport | None:
    """Ask now; None when the answer is no. `may` is None for what discloses nothing: an answer, a
    withdrawal, a receipt, a request that names no child."""
    if may is not None and not may():
        return None
    return Transport(forsendelse.melding_id, forsendelse.samtale_id)


def dispatch(kanal: Kanal, forsendelse: Forsendelse, passed: Transport) -> str:
    """Hand one sealed message to a channel. Raises ValueError if it is another one."""
    if (passed.melding_id, passed.overfoering_id) != (
        forsendelse.melding_id,
        forsendelse.samtale_id,
    ):
        raise ValueError("the release does not belong to this message")
    return kanal.send(forsendelse)


TAKEN_HOME: tuple[Rule, ...] = (adressebeskyttelse, tidspunkt)
"""What may stop a log that was handed over to us from being written in our own system: a family
that is protected, or that nobody has been able to ask about, and days no system takes. Consent was
the sender's to judge, before the switch; the responsibility is ours whatever it is now (R-010)."""

DECIDED_HOME: tuple[Rule, ...] = (tidspunkt,)
"""The same, when the named role has decided that a protected family's log is written here: who
answers for the child must have its log, and a person has said who shall see it (C-4, R-010)."""

SETTLED_HOME: tuple[Rule, ...] = ()
"""What may stop a log of ours from being closed, or given its new holder, when the responsibility
has moved: nothing. It adds nothing about anybody to a log that stands there, and to leave it open
would leave it with people who are no longer to read it (R-042)."""


def release_home(
    key: str, body: bytes, judged: Stafettlogg, ramme: Policyramme, rules: tuple[Rule, ...]
) -> Release | Refusal:
    """Judge now what a hand-over writes in the municipality's own system, as it ends.

    `body` is what is written as the log `key`. `judged` is what is new in it: for a log that comes,
    the part that came, for what stood here before is the municipality's own already. The verdict
    says what `rules` found, and with `SETTLED_HOME` that nothing was asked.
    """
    verdict = judge(judged, ramme, rules)
    if verdict.held:
        return Refusal(verdict.code)
    return Release(key, hashlib.sha256(body).hexdigest(), verdict)


def settle_at_home(source: Connector, order: Order, passed: Release) -> Written:
    """Write a log in the municipality's own system as a hand-over ends: made, or closed.

    Raises ValueError if the release is for anything else than the order.
    """
    if passed.logg_id != order.key or not order.idempotency_key.endswith(passed.content_sha[:32]):
        raise ValueError("the release does not belong to this order")
    return source.put(order)


def release_to_person(verk: Verk, logg: Stafettlogg) -> str:
    """The public code that holds a log from being laid out for another tool, or an empty string."""
    return judge(logg, verk.ramme(logg), PERSON_RULES).code
