"""Write a log in our own system as a hand-over ends, once, and read back what stands.

The house's order of effects: what stands is asked for by our key before anything is sent, a log
that cannot be made twice is sent once (`exit/creations.py`), and what is told is what was read
back. Which log it is and who takes it over is `importering`'s to know.
"""

import hashlib
from dataclasses import dataclass, field

from gateway.effects import failpoint, gate
from gateway.effects.transferring.pakking import Innhold
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Rejected, UnknownOutcome
from gateway.exit.creations import Creations, child_of
from gateway.exit.file_content import fetched
from gateway.plan.draft import Draft, declared
from gateway.policy import regelbrudd
from gateway.policy.context import Policyramme
from gateway.policy.rules import Rule
from gateway.policy.verdict import Release, Verdict
from gateway.ports.connector import Document, FileRef, Order, Written
from gateway.ports.mapping import Books
from gateway.reconcile.compare import compare
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Skrevet:
    """What stands in our system after the write."""

    ref: str
    document: Document = field(repr=False)
    avvik: int
    mangler: int


@dataclass(frozen=True, slots=True)
class Ny:
    """What comes into our system with a write, the frame it is judged in, and the rules that may
    stop it (`gate.TAKEN_HOME`, `gate.SETTLED_HOME`). `innhold` is the package, where one came."""

    logg: Stafettlogg = field(repr=False)
    ramme: Policyramme = field(repr=False)
    regler: tuple[Rule, ...]
    innhold: Innhold | None = field(default=None, repr=False)


def written_before(
    verk: Overfoeringsverk, made: Stafettlogg, standing: Document | None
) -> Skrevet | None:
    """What an earlier try of ours left, when it is whole: then nothing is written again."""
    if standing is None:
        return None
    mapping = verk.arkiv.mapping
    encoded = mapping.encode(made, verk.tenant)
    expected = mapping.decode(mapping.parse(mapping.dump(encoded.wire)), verk.tenant).logg
    actual = mapping.decode(mapping.parse(standing.body), verk.tenant).logg
    if compare(expected, actual).places or fetched(verk.arkiv.source, standing).wrong:
        return None
    return Skrevet(standing.ref, standing, 0, len(encoded.remarks))


def write(
    verk: Overfoeringsverk, rad: Rad, made: Stafettlogg, standing: Document | None, ny: Ny
) -> Skrevet:
    """Write `made` and read it back. Raises Rejected with the gate's code, and what the source
    raises; nothing has been written then, or a later try finds it."""
    content = ny.innhold
    mapping, source = verk.arkiv.mapping, verk.arkiv.source
    encoded = mapping.encode(made, verk.tenant)
    body = mapping.dump(encoded.wire)
    digest = hashlib.sha256(body).hexdigest()
    documents = made.dokumenter if content is not None else ()

    def read_file(file_id: str) -> bytes:
        sha = next(
            (d.sha256 for d in documents if file_id in (d.sha256, d.kilde_id, d.id, f"tmp:{d.id}")),
            None,
        )
        found = content.by_sha(sha) if content is not None and sha else None
        if found is None:
            raise Rejected("VEDLEGG_MANGLER", place=rad.id)
        return found

    made_before, child = creations(verk), child_of(verk.arkiv.ring, made)
    if standing is None and (other := made_before.blocked(child, made.id)):
        # What shows of this child now may be the other log's.
        raise UnknownOutcome("KANSKJE_OPPRETTET", place=other)
    order = Order(
        key=made.id,
        idempotency_key=f"{made.id}:{rad.forsoek}:{digest[:32]}",
        body=body,
        read_file=read_file,
        files=tuple(
            FileRef(d.sha256 or "", d.sha256 or "", d.stoerrelse or 0, d.medietype or "")
            for d in documents
        ),
        ref=standing.ref if standing else None,
        base_version=standing.version if standing else None,
        known_violations=known_breaches(made),
        once=lambda: made_before.begin_unless_there(source, child, made.id, rad.id),
    )
    passed = gate.release_home(made.id, body, ny.logg, ny.ramme, ny.regler)
    if isinstance(passed, gate.Refusal):
        # To the rows protection has one word, whichever rule found it (C-4).
        raise Rejected("MANUELL" if passed.code == "P-20" else passed.code, place=rad.id)
    failpoint.reach("import.foer")
    written = _sent(verk, order, passed)
    if standing is None:
        made_before.seen(made.id, written.ref)
    failpoint.reach("import.skrevet")
    document = source.document(written.ref)
    if wrong := fetched(source, document).wrong:
        # The sender closes its log when it hears that ours is there: not before every byte is.
        raise UnknownOutcome("FIL_IKKE_LAGRET", place=wrong[0][0])
    expected = mapping.decode(mapping.parse(body), verk.tenant).logg
    actual = mapping.decode(mapping.parse(document.body), verk.tenant).logg
    outcome = compare(expected, actual)
    return Skrevet(written.ref, document, len(outcome.places), len(encoded.remarks))


def creations(verk: Overfoeringsverk) -> Creations:
    """What has been made in our own system and not been seen."""
    return Creations(verk.arkiv.database, verk.arkiv.clock, verk.arkiv.system, verk.tenant)


def _sent(verk: Overfoeringsverk, order: Order, passed: Release) -> Written:
    """Write once; a lost answer is settled by asking for our key, never by sending again."""
    try:
        return gate.settle_at_home(verk.arkiv.source, order, passed)
    except UnknownOutcome:
        if order.ref is not None:
            raise
        found = verk.arkiv.source.find(order.key, order.body)
        if len(found) != 1:
            raise
        return found[0]


def known_breaches(made: Stafettlogg) -> tuple[tuple[str, str], ...]:
    """History that breaks a rule of entry, declared with the write so that nothing is hidden."""
    empty = Books(0, ())
    breaches = regelbrudd.find(made)
    told = Draft(made, made, Verdict(), b"", "", empty, (), breaches, ())
    return declared(told)
