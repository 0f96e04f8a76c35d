"""From one source document to what would be written: decode, judge, redact, encode, settle.

Pure: the same document, settings and answers give the same draft, so it can be made again at the
moment of commit and compared with what was signed. Both directions are here: on from where the log
came from, laid upon what the target holds; and home, restored from the agreed state so that nothing
the other system could not hold is missing.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import LocalFault
from gateway.policy import regelbrudd
from gateway.policy.context import Policyramme
from gateway.policy.redact import redact
from gateway.policy.regelbrudd import Regelbrudd
from gateway.policy.rules import Rule, judge
from gateway.policy.verdict import Verdict
from gateway.ports.mapping import Books, Decoded, Encoded, Remark, SystemMapping
from gateway.reconcile.identity import renamed
from gateway.run.rules.laying import laid
from schemas.stafettlogg.innhold import Dokument
from schemas.stafettlogg.logg import Stafettlogg

Settle = Callable[
    [
        SystemMapping,
        SystemMapping,
        Mapping[str, Any],
        Decoded,
        Encoded,
        Mapping[tuple[str, str], str],
    ],
    Books,
]
Restore = Callable[[Stafettlogg, Stafettlogg, Stafettlogg], Stafettlogg]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mappings and the two laws that join them, handed in by the wiring."""

    source: SystemMapping
    target: SystemMapping
    settle: Settle
    restore: Restore
    tenant: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What both sides held when they last agreed: it makes the way home exact, and keeps what the
    target holds of its own.

    `source` and `target` are their documents; the ids are those a system gave anew (its id to
    ours), empty as a rule.
    """

    source: bytes = field(repr=False)
    target: bytes = field(repr=False)
    source_ids: Mapping[str, str] = field(default_factory=dict, repr=False)
    target_ids: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """A source document, understood. `was` and `there` are the sides as they last agreed, where
    the log goes on from its origin: it is laid upon what stands."""

    wire: dict[str, Any] = field(repr=False)
    decoded: Decoded = field(repr=False)
    logg: Stafettlogg = field(repr=False)
    was: Stafettlogg | None = field(default=None, repr=False)
    there: Stafettlogg | None = field(default=None, repr=False)
    ids: Mapping[str, str] = field(default_factory=dict, repr=False)
    target_ids: Mapping[str, str] = field(default_factory=dict, repr=False)
    mending: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a plan or a write needs to know of one log. `body` is what the target gets."""

    logg: Stafettlogg = field(repr=False)
    sent: Stafettlogg = field(repr=False)
    verdict: Verdict
    body: bytes = field(repr=False)
    content_sha: str
    books: Books
    remarks: tuple[Remark, ...]
    breaches: tuple[Regelbrudd, ...]
    documents: tuple[Dokument, ...] = field(repr=False)


def read(pair: Pair, body: bytes, agreed: Standing | None = None, *, home: bool = False) -> Reading:
    """Wire to canonical. Towards its origin (`home`) the log is restored: the original plus what
    was edited since; the other way it comes with what it shall be laid upon.

    Raises Rejected with place and kind when the document does not hold.
    """
    wire = pair.source.parse(body)
    decoded = pair.source.decode(wire, pair.tenant)
    if agreed is None:
        return Reading(wire, decoded, decoded.logg)
    now = renamed(decoded.logg, agreed.source_ids)
    was = held(pair.source, agreed.source, pair.tenant, agreed.source_ids)
    there = held(pair.target, agreed.target, pair.tenant, agreed.target_ids)
    ids, target_ids = agreed.source_ids, agreed.target_ids
    if home:
        logg = pair.restore(was, now, there)
        return Reading(wire, decoded, logg, ids=ids, target_ids=target_ids)
    return Reading(wire, decoded, now, was, there, ids, target_ids)


def held(
    mapping: SystemMapping, body: bytes, tenant: str, ids: Mapping[str, str] | None = None
) -> Stafettlogg:
    """A system's document as a canonical log under our ids. Raises Rejected."""
    return renamed(mapping.decode(mapping.parse(body), tenant).logg, ids or {})


def draft(
    pair: Pair, reading: Reading, ramme: Policyramme, rules: tuple[Rule, ...] | None = None
) -> Draft:
    """Judge (by the rules of a move unless others are given) and write out.

    Raises LocalFault("BOKEN_BALANSERER_IKKE") if a leaf is unaccounted.
    """
    verdict = judge(reading.logg, ramme, rules)
    sent, withheld = redact(reading.logg, verdict)
    write = _Writer(pair, reading.target_ids)
    encoded = write.encoded(sent)
    books = _settled(pair, reading, encoded, withheld)
    if not books.balanced:
        raise LocalFault("BOKEN_BALANSERER_IKKE", place=reading.logg.id)
    body = pair.target.dump(encoded.wire)
    if reading.there is not None and reading.was is not None:
        was, now = write.told(reading.was), write.told(sent)
        sent = laid(pair.restore, was, now, reading.there, mending=reading.mending)
        body = pair.target.dump(write.encoded(sent).wire)
    return Draft(
        logg=reading.logg,
        sent=sent,
        verdict=verdict,
        body=body,
        content_sha=hashlib.sha256(body).hexdigest(),
        books=books,
        remarks=(*reading.decoded.remarks, *encoded.remarks),
        breaches=regelbrudd.find(sent),
        documents=sent.dokumenter,
    )


class _Writer:
    """Writes logs out for a target, under the ids it gave anew where it did; what is told of a log
    is told under ours."""

    def __init__(self, pair: Pair, ids: Mapping[str, str]) -> None:
        self._pair = pair
        self._ours = ids
        self._theirs = {ours: theirs for theirs, ours in ids.items()}

    def encoded(self, logg: Stafettlogg) -> Encoded:
        """The wire document, and its remarks."""
        pair = self._pair
        made = pair.target.encode(renamed(logg, self._theirs), pair.tenant)
        if not self._ours:
            return made
        remarks = (r._replace(entity=self._ours.get(r.entity, r.entity)) for r in made.remarks)
        return Encoded(made.wire, tuple(remarks))

    def told(self, logg: Stafettlogg) -> Stafettlogg:
        """What the target would hold of the log."""
        body = self._pair.target.dump(self.encoded(logg).wire)
        return held(self._pair.target, body, self._pair.tenant, self._ours)


def _settled(
    pair: Pair, reading: Reading, encoded: Encoded, withheld: Mapping[tuple[str, str], str]
) -> Books:
    """The books, kept under the ids the source itself uses."""
    if reading.ids:
        own = {ours: theirs for theirs, ours in reading.ids.items()}
        withheld = {(own.get(e, e), field): code for (e, field), code in withheld.items()}
        remarks = tuple(r._replace(entity=own.get(r.entity, r.entity)) for r in encoded.remarks)
        encoded = Encoded(encoded.wire, remarks)
    return pair.settle(pair.source, pair.target, reading.wire, reading.decoded, encoded, withheld)


def declared(made: Draft) -> tuple[tuple[str, str], ...]:
    """The breaches as a target is told of them: by our id and by the id it had at its source.

    A log that goes home has its native ids there; elsewhere ours. Naming both hides nothing.
    """
    native = {
        entity.id: entity.kilde_id
        for concern in made.sent.oppmerksomheter
        for entity in (
            concern,
            *concern.maal,
            *(tiltak for goal in concern.maal for tiltak in goal.tiltak),
        )
        if entity.kilde_id
    } | {note.id: note.kilde_id for note in made.sent.notater if note.kilde_id}
    ours = [(b.regel, b.entitet) for b in made.breaches]
    theirs = [(rule, native[entity]) for rule, entity in ours if entity in native]
    return tuple(dict.fromkeys([*ours, *theirs]))
