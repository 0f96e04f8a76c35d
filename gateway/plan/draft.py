"""From one source document to what would be written: decode, judge, redact, encode, settle.

Pure: the same document, settings and answers give the same draft, so it can be made again at the
moment of commit and compared with what was signed. Both directions are here: forward, and home
(a reversal), where the log is first restored from the complement so that nothing the other
system could not hold is missing.
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
from gateway.policy.rules import judge
from gateway.policy.verdict import Verdict
from gateway.ports.mapping import Books, Decoded, Encoded, Remark, SystemMapping
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
class Complement:
    """What makes the way home exact: the original document, and the target's as read back."""

    ours: bytes = field(repr=False)
    base: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """A source document, understood."""

    wire: dict[str, Any] = field(repr=False)
    decoded: Decoded = field(repr=False)
    logg: Stafettlogg = field(repr=False)


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


def read(pair: Pair, body: bytes, complement: Complement | None = None) -> Reading:
    """Wire to canonical; with a complement, restored to the original plus what was edited since.

    Raises Rejected with place and kind when the document does not hold.
    """
    wire = pair.source.parse(body)
    decoded = pair.source.decode(wire, pair.tenant)
    logg = decoded.logg
    if complement is not None:
        base = pair.source.decode(pair.source.parse(complement.base), pair.tenant).logg
        ours = pair.target.decode(pair.target.parse(complement.ours), pair.tenant).logg
        logg = pair.restore(base, logg, ours)
    return Reading(wire, decoded, logg)


def draft(pair: Pair, reading: Reading, ramme: Policyramme) -> Draft:
    """Judge and write out. Raises LocalFault("BOKEN_BALANSERER_IKKE") if a leaf is unaccounted."""
    verdict = judge(reading.logg, ramme)
    sent, withheld = redact(reading.logg, verdict)
    encoded = pair.target.encode(sent, pair.tenant)
    books = pair.settle(pair.source, pair.target, reading.wire, reading.decoded, encoded, withheld)
    if not books.balanced:
        raise LocalFault("BOKEN_BALANSERER_IKKE", place=reading.logg.id)
    body = pair.target.dump(encoded.wire)
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
