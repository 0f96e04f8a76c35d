"""Make the log the receiver's own: open, check, write through the mapping, read back, report.

The responsibility has moved already, so nothing here may give up: what cannot be done now is
tried again, and what a person must see to first says so with a code. The write has the house's
order of effects: what stands is asked for by our key before anything is sent, a log that cannot
be made twice is sent once (`effects/creations.py`), and the report is made from what was read back.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gateway.effects import failpoint, gate
from gateway.effects.archiving.deleting import ref_of
from gateway.effects.transferring import rader
from gateway.effects.transferring.innhold import speaker
from gateway.effects.transferring.pakking import Innhold, unpack
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import Skritt, take
from gateway.effects.transferring.vakthold import answers
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict, Rejected, UnknownOutcome
from gateway.exit.creations import Creations, child_of
from gateway.exit.file_content import fetched
from gateway.ledger import archive_tables as a
from gateway.ledger import moving_tables as mv
from gateway.ledger import transfer_tables as x
from gateway.overfoering import vakter
from gateway.overfoering.mottak import Overtakelse, switch_holder, take_over
from gateway.overfoering.sammen import as_guest, merge
from gateway.overfoering.tilstand import Hendelse, Vakt
from gateway.plan.draft import Draft, declared
from gateway.policy import regelbrudd
from gateway.policy.tidspunkt import tidspunkt
from gateway.policy.verdict import Release, Verdict
from gateway.ports.connector import Document, FileRef, Order, Written
from gateway.ports.mapping import Books
from gateway.reconcile.compare import compare
from schemas.overfoering.koder import Maaltype
from schemas.overfoering.meldinger import Fullfoert, Importlinje
from schemas.stafettlogg.kodeverk import Loggstatus
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.tider import by_contract

SLAG = ("oppmerksomheter", "maal", "tiltak", "evalueringer", "notater", "lysglimt", "dokumenter",
        "samtykker", "foresatte", "referater", "meldinger")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Skrevet:
    """What stands in our system after the write."""

    ref: str
    document: Document = field(repr=False)
    avvik: int
    mangler: int


def complete(verk: Overfoeringsverk, rad: Rad) -> Rad:
    """Open, write, read back, and say so. Raises Rejected with what a person must see to."""
    if rad.verdi["maaltype"] != Maaltype.ANNEN_KOMMUNE.value:
        return _switch(verk, rad)
    locked = verk.arkiv.store.get(rad.verdi["nyttelast"])
    content = unpack(verk, rad, locked, verk.arkiv.store.get(rad.verdi["noekkel"]))
    for found in tidspunkt(content.logg, verk.ramme(content.logg)):
        # No system of ours takes such a day, and nobody here may say which day was meant.
        raise Rejected(found.code, place=found.place)
    skift = _skift(verk, rad, content.logg)
    guest = by_contract(as_guest(content.logg))
    standing = _standing(verk, guest)
    if standing is not None:
        _creations(verk).seen(guest.id, standing.ref)
    rad = _intended(verk, rad, guest, standing)
    written = _written_before(verk, take_over(guest, skift), standing)
    if written is None:
        if standing is not None:
            guest = merge(verk.arkiv.decode(standing.body), guest)
        written = _write(verk, rad, take_over(guest, skift), standing, content)
    report = _report(verk, rad, content.logg, written)
    return _done(verk, rad, content.logg.id, written, report)


def _skift(verk: Overfoeringsverk, rad: Rad, logg: Stafettlogg) -> Overtakelse:
    """Who takes over, when the log has been read: protection, nearness and another log are seen
    only now. Raises Rejected."""
    holder = verk.ansatt(rad.lukket.holder)
    if holder is None:
        raise Rejected("IKKE_REGISTRERT_STAFETTHOLDER", place=rad.id)
    # The first time the receiver can ask: the register knows the family from here on (C-4).
    code = vakter.vern(logg, verk.ramme(logg))
    if code := code or vakter.habil(holder, logg) or _another(verk, logg):
        raise Rejected(code, place=rad.id)
    return Overtakelse(
        overfoering_id=rad.id,
        maaltype=rad.verdi["maaltype"],
        kommunenummer=verk.arkiv.kommune.nummer,
        byttet=rad.lukket.byttet,
        holder=holder,
    )


def _another(verk: Overfoeringsverk, logg: Stafettlogg) -> str:
    """`LOGG_FINNES` when this child has another log here: two logs are a person's to join."""
    numbers = [
        verk.arkiv.ring.pseudonym(i.verdi)
        for p in logg.personer
        if p.id == logg.hovedperson.person
        for i in p.identifikatorer
    ]
    with verk.arkiv.database.look() as connection:
        found = connection.execute(
            sa.select(mv.watched_person.c.logg)
            .where(
                mv.watched_person.c.tenant == verk.tenant,
                mv.watched_person.c.person.in_(numbers),
                mv.watched_person.c.logg != logg.id,
            )
            .limit(1)
        ).first()
    return "LOGG_FINNES" if found is not None else ""


def _standing(verk: Overfoeringsverk, logg: Stafettlogg) -> Document | None:
    """The log as it stands here already: from an earlier try, or since the child left (A-B-A).

    A log that was first written here carries no key of ours: our own books say where it is.
    """
    source = verk.arkiv.source
    encoded = verk.arkiv.mapping.encode(logg, verk.tenant)
    found = source.find(logg.id, verk.arkiv.mapping.dump(encoded.wire))
    refs = {one.ref for one in found} | _remembered(verk, logg.id)
    standing = []
    for ref in sorted(refs):
        try:
            document = source.document(ref)
        except Conflict as error:
            if error.code != "BORTE":
                raise
            continue
        if verk.arkiv.decode(document.body).id == logg.id:
            standing.append(document)
    if len(standing) > 1:
        raise Rejected("FLERE_TREFF", place=logg.id)
    return standing[0] if standing else None


def _intended(
    verk: Overfoeringsverk, rad: Rad, guest: Stafettlogg, standing: Document | None
) -> Rad:
    """The row says which log it is about to write, before it does. Raises Rejected.

    A log that is active here, and that this hand-over has not begun to write, is another's: a
    package can never change it, whoever sent it.
    """
    if rad.verdi["logg"] == guest.id:
        return rad
    if standing is not None:
        there = verk.arkiv.decode(standing.body)
        if there.status is Loggstatus.AKTIV or not same_child(there, guest):
            raise Rejected("LOGG_FINNES", place=rad.id)
    with verk.arkiv.database.begin() as connection:
        return rader.change(connection, verk, rad, {"logg": guest.id})


def same_child(there: Stafettlogg, coming: Stafettlogg) -> bool:
    """Whether two versions of a log are about one child, as far as both of them say.

    A number may have become another (D-number); then the date of birth must be the same.
    """
    (born, numbers), (told, others) = _child(there), _child(coming)
    if not numbers or not others or numbers & others:
        return True
    return born is not None and born == told


def _child(logg: Stafettlogg) -> tuple[object, frozenset[str]]:
    person = next((p for p in logg.personer if p.id == logg.hovedperson.person), None)
    if person is None:
        return None, frozenset()
    return person.foedselsdato, frozenset(i.verdi for i in person.identifikatorer)


def _written_before(
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


def _remembered(verk: Overfoeringsverk, logg_id: str) -> set[str]:
    """Where our books say that a log stands: seen by archiving, or handed over from here."""
    found: set[str] = set()
    with verk.arkiv.database.look() as connection:
        for table in (a.seen, x.overfoering):
            found |= set(
                connection.execute(
                    sa.select(table.c.ref).where(
                        table.c.tenant == verk.tenant,
                        table.c.system == verk.arkiv.system,
                        table.c.logg == logg_id,
                        table.c.ref != "",
                    )
                ).scalars()
            )
    return found


def _write(
    verk: Overfoeringsverk,
    rad: Rad,
    made: Stafettlogg,
    standing: Document | None,
    content: Innhold | None,
) -> Skrevet:
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

    creations, child = _creations(verk), child_of(verk.arkiv.ring, made)
    if standing is None and (other := creations.blocked(child, made.id)):
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
        once=lambda: creations.begin_unless_there(source, child, made.id, rad.id),
    )
    passed = Release(made.id, digest, Verdict())
    failpoint.reach("import.foer")
    written = _sent(verk, order, passed)
    if standing is None:
        creations.seen(made.id, written.ref)
    failpoint.reach("import.skrevet")
    document = source.document(written.ref)
    if wrong := fetched(source, document).wrong:
        # The sender closes its log when it hears that ours is there: not before every byte is.
        raise UnknownOutcome("FIL_IKKE_LAGRET", place=wrong[0][0])
    expected = mapping.decode(mapping.parse(body), verk.tenant).logg
    actual = mapping.decode(mapping.parse(document.body), verk.tenant).logg
    outcome = compare(expected, actual)
    return Skrevet(written.ref, document, len(outcome.places), len(encoded.remarks))


def _creations(verk: Overfoeringsverk) -> Creations:
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


def _report(verk: Overfoeringsverk, rad: Rad, sent: Stafettlogg, written: Skrevet) -> Fullfoert:
    stands = verk.arkiv.decode(written.document.body)
    before, after = counts(sent), counts(stands)
    return Fullfoert(
        aksept_id=rad.verdi["aksept_id"],
        innhold_sha256=rad.verdi["nyttelast_sha"],
        importert=verk.stamp(),
        linjer=tuple(
            Importlinje(slag=kind, sendt=before[kind], staar=after[kind])
            for kind in SLAG
            if before[kind] or after[kind]
        ),
        avvik=written.avvik,
        mangler=written.mangler,
    )


def counts(logg: Stafettlogg) -> dict[str, int]:
    """How many of each kind a log holds."""
    goals = [m for c in logg.oppmerksomheter for m in c.maal]
    measures = [t for m in goals for t in m.tiltak]
    return {
        "oppmerksomheter": len(logg.oppmerksomheter),
        "maal": len(goals),
        "tiltak": len(measures),
        "evalueringer": sum(t.evaluering is not None for t in measures),
        "notater": len(logg.notater),
        "lysglimt": len(logg.lysglimt),
        "dokumenter": len(logg.dokumenter),
        "samtykker": len(logg.samtykker),
        "foresatte": sum(d.rolle == "foresatt" for d in logg.deltakelser),
        "referater": len(logg.referater),
        "meldinger": len(logg.meldinger),
    }


def _done(
    verk: Overfoeringsverk, rad: Rad, logg_id: str, written: Skrevet, report: Fullfoert
) -> Rad:
    whole = "" if written.avvik == 0 else "IMPORT_AVVIK"
    changes: dict[str, Any] = {
        "logg": logg_id, "ref": written.ref, "system": verk.arkiv.system, "etterarbeid": "",
    }  # fmt: skip
    step = Skritt(
        Hendelse.IMPORTERT,
        answers({Vakt.RAPPORT: whole}),
        av="gateway",
        endringer=changes,
        lukket={"rapport": report.model_dump_json(by_alias=True, exclude_none=True)},
        fakta={"avvik": report.avvik, "mangler": report.mangler},
    )
    new, taken = take(verk, rad, step, speaker(verk))
    if taken.regel is None:
        raise Rejected(taken.kode, place=rad.id)
    return new


def _switch(verk: Overfoeringsverk, rad: Rad) -> Rad:
    """Within one municipality: the log stands where it stands, and gets its new holder."""
    locked = verk.arkiv.store.get(rad.verdi["nyttelast"])
    content = unpack(verk, rad, locked, verk.arkiv.store.get(rad.verdi["noekkel"]))
    ref = ref_of(verk.arkiv, content.logg.id)
    standing, logg = verk.read_now(ref)
    skift = _skift_here(verk, rad, logg)
    made = switch_holder(logg, skift)
    if made.stafettholder != logg.stafettholder:
        written = _write(verk, rad, made, standing, None)
    else:
        written = Skrevet(ref, standing, 0, 0)
    return _done(verk, rad, logg.id, written, _report(verk, rad, logg, written))


def _skift_here(verk: Overfoeringsverk, rad: Rad, logg: Stafettlogg) -> Overtakelse:
    holder = verk.ansatt(rad.lukket.holder)
    if holder is None:
        raise Rejected("IKKE_REGISTRERT_STAFETTHOLDER", place=rad.id)
    if code := vakter.habil(holder, logg):
        raise Rejected(code, place=rad.id)
    return Overtakelse(
        rad.id, rad.verdi["maaltype"], verk.arkiv.kommune.nummer, rad.lukket.byttet, holder
    )
