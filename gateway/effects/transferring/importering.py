"""Make the log the receiver's own: open, ask, write through the mapping, read back, report.

The responsibility has moved already, so nothing here may give up: what cannot be done now is
tried again, and what a person must see to first says so with a code. Which log it is, whose child
and who takes over is decided here; the write itself is `nedskriving`'s.
"""

from typing import Any

from gateway.effects import gate
from gateway.effects.archiving import where
from gateway.effects.archiving.deleting import ref_of
from gateway.effects.transferring import aapning, barnet, rader
from gateway.effects.transferring.holdt import SKRIVES
from gateway.effects.transferring.importrapport import report
from gateway.effects.transferring.innhold import speaker
from gateway.effects.transferring.nedskriving import (
    Ny,
    Skrevet,
    creations,
    write,
    written_before,
)
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import Skritt, take
from gateway.effects.transferring.unread import NEWER, NEWER_DAYS
from gateway.effects.transferring.vakthold import answers
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict, Rejected
from gateway.overfoering import vakter
from gateway.overfoering.mottak import Overtakelse, switch_holder, take_over
from gateway.overfoering.sammen import as_guest, merge
from gateway.overfoering.tilstand import Hendelse, Vakt
from gateway.policy.context import Policyramme
from gateway.policy.redact import redact
from gateway.policy.tidspunkt import tidspunkt
from gateway.policy.verdict import Verdict
from gateway.policy.voksen import voksen
from gateway.ports.connector import Document
from schemas.overfoering.koder import Maaltype
from schemas.overfoering.meldinger import Fullfoert
from schemas.stafettlogg.kodeverk import Loggstatus
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.tider import by_contract


def complete(verk: Overfoeringsverk, rad: Rad) -> Rad:
    """Open, ask, write, read back, and say so. Raises Rejected with what a person must see to."""
    if rad.verdi["maaltype"] != Maaltype.ANNEN_KOMMUNE.value:
        return _switch(verk, rad)
    content = aapning.opened(verk, rad)
    # Protection comes first: what is said of such a log is a code and nothing of what is in it.
    ramme = aapning.asked(verk, rad, content.logg)
    for found in tidspunkt(content.logg, ramme):
        # No system of ours takes such a day, and nobody here may say which day was meant.
        raise Rejected(found.code, place=found.place)
    skift = _skift(verk, rad, content.logg)
    guest = readers(by_contract(as_guest(content.logg)), ramme)
    standing = _standing(verk, guest)
    if standing is not None:
        creations(verk).seen(guest.id, standing.ref)
    rad = _intended(verk, rad, guest, standing)
    written = written_before(verk, take_over(guest, skift), standing)
    if written is None:
        decided = rad.lukket.vern == SKRIVES
        ny = Ny(guest, ramme, gate.DECIDED_HOME if decided else gate.TAKEN_HOME, content)
        if standing is not None:
            guest = merge(verk.arkiv.decode(standing.body), guest)
        written = write(verk, rad, take_over(guest, skift), standing, ny)
    told = report(verk, rad, content.logg, written, len(content.ukjent))
    return _done(verk, rad, content.logg.id, written, told, unknown=len(content.ukjent))


def readers(guest: Stafettlogg, ramme: Policyramme) -> Stafettlogg:
    """The log without the guardians an adult has not let in: they do not become readers here by a
    hand-over any more than by a migration (`policy.voksen`)."""
    return redact(guest, Verdict(voksen(guest, ramme)))[0]


def _skift(verk: Overfoeringsverk, rad: Rad, logg: Stafettlogg) -> Overtakelse:
    """Who takes over, when the log has been read: nearness and another log of the child are seen
    only now. Raises Rejected, and what stands in the way of asking."""
    holder = verk.ansatt(rad.lukket.holder)
    if holder is None:
        raise Rejected("IKKE_REGISTRERT_STAFETTHOLDER", place=rad.id)
    if code := vakter.habil(holder, logg):
        raise Rejected(code, place=rad.id)
    if barnet.another(verk, logg):
        # Two logs of one child are a person's to join.
        raise Rejected("LOGG_FINNES", place=rad.id)
    return Overtakelse(
        overfoering_id=rad.id,
        maaltype=rad.verdi["maaltype"],
        kommunenummer=verk.arkiv.kommune.nummer,
        byttet=rad.lukket.byttet,
        holder=holder,
    )


def _standing(verk: Overfoeringsverk, logg: Stafettlogg) -> Document | None:
    """The log as it stands here already: from an earlier try, or since the child left (A-B-A).

    A log that was first written here carries no key of ours: our own books say where it is.
    """
    source = verk.arkiv.source
    encoded = verk.arkiv.mapping.encode(logg, verk.tenant)
    found = source.find(logg.id, verk.arkiv.mapping.dump(encoded.wire))
    refs = {one.ref for one in found} | where.refs_of(verk.arkiv, logg.id)
    refs |= rader.refs_of(verk, logg.id)
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


def _done(
    verk: Overfoeringsverk,
    rad: Rad,
    logg_id: str,
    written: Skrevet,
    told: Fullfoert,
    *,
    unknown: int = 0,
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
        lukket={"rapport": told.model_dump_json(by_alias=True, exclude_none=True)},
        fakta={"avvik": told.avvik, "mangler": told.mangler, "ukjent": unknown},
        kode=NEWER if unknown else "",
        dager=NEWER_DAYS if unknown else 0,
    )
    new, taken = take(verk, rad, step, speaker(verk))
    if taken.regel is None:
        raise Rejected(taken.kode, place=rad.id)
    return new


def _switch(verk: Overfoeringsverk, rad: Rad) -> Rad:
    """Within one municipality: the log stands where it stands, and gets its new holder."""
    content = aapning.opened(verk, rad)
    ref = ref_of(verk.arkiv, content.logg.id)
    standing, logg = verk.read_now(ref)
    skift = _skift_here(verk, rad, logg)
    made = switch_holder(logg, skift)
    if made.stafettholder != logg.stafettholder:
        ny = Ny(logg, verk.arkiv.frame, gate.SETTLED_HOME)
        written = write(verk, rad, made, standing, ny)
    else:
        written = Skrevet(ref, standing, 0, 0)
    return _done(verk, rad, logg.id, written, report(verk, rad, logg, written))


def _skift_here(verk: Overfoeringsverk, rad: Rad, logg: Stafettlogg) -> Overtakelse:
    holder = verk.ansatt(rad.lukket.holder)
    if holder is None:
        raise Rejected("IKKE_REGISTRERT_STAFETTHOLDER", place=rad.id)
    if code := vakter.habil(holder, logg):
        raise Rejected(code, place=rad.id)
    return Overtakelse(
        rad.id, rad.verdi["maaltype"], verk.arkiv.kommune.nummer, rad.lukket.byttet, holder
    )
