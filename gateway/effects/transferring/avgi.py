"""What people at the sender do: start, make ready, send, take back, try again.

Each is one step of the table, with its guards asked of the world as it is now. A wish that cannot
be met is told with the code of the guard that said no, and changes nothing.
"""

import json
import uuid
from typing import Any

from gateway.arkiv.innhold import content_sha
from gateway.arkiv.utloeser import Utloeser, Utloest
from gateway.effects.archiving.collect import Collected, order
from gateway.effects.archiving.deleting import ref_of
from gateway.effects.transferring import given, rader
from gateway.effects.transferring.frister import offer_deadline
from gateway.effects.transferring.innhold import speaker, unsayable
from gateway.effects.transferring.pakking import Nyttelast, pack
from gateway.effects.transferring.rader import Lukket, Rad
from gateway.effects.transferring.skritt import Skritt, must, take
from gateway.effects.transferring.soesken import freeze_group
from gateway.effects.transferring.vakthold import (
    Sett,
    answers,
    authority,
    basis,
    look,
    of_sender,
    on_paper,
    unread_time,
)
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Rejected
from gateway.ledger import owners
from gateway.ledger.chain import Fact, append
from gateway.overfoering import vakter
from gateway.overfoering.grunnlag import Aktoer, Grunnlag
from gateway.overfoering.tilstand import Effekt, Hendelse, Side, Tilstand, Vakt
from gateway.overfoering.utvalg import select
from gateway.policy.tidspunkt import UKJENT
from gateway.ports.connector import Entry
from schemas.overfoering.koder import Maaltype

INTERN = "intern"
"""The channel within one municipality: the same messages, never on a line."""
MANUELL = "manuell"
"""A person carries the papers; a signed receipt is the acceptance (R-133, R-134)."""


def start(
    verk: Overfoeringsverk,
    logg_id: str,
    valgt: Grunnlag,
    aktoer: Aktoer,
    *,
    kanal: str = "",
    gruppe: str = "",
) -> Rad:
    """A draft, and the snapshot of the log ordered. Nothing leaves. Raises Rejected, Conflict."""
    if wrong := unsayable(valgt, gruppe):
        raise Rejected("UGYLDIG_VERDI", place=wrong)
    ref = ref_of(verk.arkiv, logg_id)
    _, logg = verk.read_now(ref)
    if code := vakter.first(
        [
            authority(verk, logg, aktoer),
            basis(logg, valgt, verk.ramme(logg), on_paper(verk, kanal or _channel(verk, valgt))),
            _receiver(verk, valgt, kanal),
            given.known(verk, logg, valgt, aktoer),
        ]
    ):
        raise Rejected(code, place=(code == UKJENT and unread_time(logg)) or logg_id)
    own = str(uuid.UUID(verk.arkiv.clock.new_id()))
    rad = _draft(verk, own, 1, logg_id, ref, valgt, aktoer, kanal or _channel(verk, valgt), gruppe)
    with verk.arkiv.database.begin() as connection:
        rader.insert(connection, verk, rad)
        rader.open_for(connection, verk, rad)
        body = {
            "side": "avgiver", "forsoek": 1, "hendelse": "start", "til": "UTKAST",
            "maaltype": valgt.maaltype.value, "begrunnelse": valgt.begrunnelse.value,
            "antall": len(valgt.utvalg), "av": aktoer.rolle, "samtykke": valgt.samtykke,
            "paaVegneAv": "ja" if aktoer.paa_vegne_av else "",
        }  # fmt: skip
        told = {name: value for name, value in body.items() if value}
        append(connection, verk.stamp(), [Fact("overfoering", run_id=own, logg=logg_id, body=told)])
    order_snapshot(verk, rad)
    return rad


def _channel(verk: Overfoeringsverk, valgt: Grunnlag) -> str:
    if valgt.mottaker == verk.tenant:
        return INTERN
    motpart = verk.motparter.get(valgt.mottaker)
    return motpart.kanal if motpart else ""


def _receiver(verk: Overfoeringsverk, valgt: Grunnlag, kanal: str) -> str:
    """Is the receiver of the kind the target says, and known, unless a person carries it?"""
    same = valgt.mottaker == verk.tenant
    if same and kanal == MANUELL:
        # Papers name nobody in the log: it would stand here with nobody responsible.
        return "MAALTYPE_PASSER_IKKE"
    if same is (valgt.maaltype is Maaltype.ANNEN_KOMMUNE):
        return "MAALTYPE_PASSER_IKKE"
    return "" if kanal == MANUELL else verk.knows(valgt.mottaker)


def _draft(
    verk: Overfoeringsverk,
    own: str,
    forsoek: int,
    logg_id: str,
    ref: str,
    valgt: Grunnlag,
    aktoer: Aktoer,
    kanal: str,
    gruppe: str,
) -> Rad:
    value = rader.blank(verk.tenant, Side.AVGIVER, own, forsoek, verk.stamp())
    chosen = {"oppmerksomheter": list(valgt.utvalg), "tillegg": [t.value for t in valgt.tillegg]}
    value |= {
        "tilstand": Tilstand.UTKAST.value, "logg": logg_id, "system": verk.arkiv.system,
        "ref": ref, "maaltype": valgt.maaltype.value, "begrunnelse": valgt.begrunnelse.value,
        "kanal": kanal, "antall": len(valgt.utvalg), "utvalg": json.dumps(chosen),
        "samtykke": valgt.samtykke, "gruppe": gruppe,
    }  # fmt: skip
    began = verk.ansatt(aktoer.ref)
    return Rad(
        value,
        Lukket(
            motpart=valgt.mottaker,
            virksomhet=valgt.enhet.orgnr,
            virksomhet_navn=valgt.enhet.navn,
            rettet=valgt.rettet.value,
            person=valgt.person,
            lest_av=valgt.lest_av,
            informert=valgt.informert,
            hoert=valgt.hoert,
            ord=valgt.ord,
            startet_av=aktoer.ref,
            enhet=began.virksomhet if began is not None else "",
            rolle=aktoer.rolle,
            paa_vegne_av=aktoer.paa_vegne_av,
        ),
    )


def order_snapshot(verk: Overfoeringsverk, rad: Rad) -> None:
    """The whole log, as it stands now, on its way to the archive (B-06, R-153)."""
    puller = verk.arkiv.puller()
    ref = rad.verdi["ref"]
    document = verk.arkiv.source.document(ref)
    puller.save([puller.take(Entry(ref, document.version))])
    annen = rad.verdi["maaltype"] == Maaltype.ANNEN_KOMMUNE.value
    why = Utloeser.KOMMUNEBYTTE if annen else Utloeser.TJENESTEBYTTE
    period = f"{rad.id}:{document.version}"[-40:]
    order(verk.arkiv, [ref], Utloest(why, period), Collected())


def ready(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer) -> Rad:
    """Make ready: consent, protection, receiver and archive are asked (E-2, KLAR)."""
    sett = look(verk, rad)
    found = of_sender(verk, rad, sett, aktoer)
    if rad.verdi["kanal"] == MANUELL:
        found[Vakt.MOTTAKER] = ""
    if found[Vakt.ARKIVERT]:
        order_snapshot(verk, rad)
    step = Skritt(Hendelse.KLARGJOER, answers(found), av=aktoer.rolle)
    new, taken = take(verk, rad, step, speaker(verk))
    must(taken, rad)
    if new.tilstand is Tilstand.SPERRET:
        freeze_group(verk, new)
    return new


def send(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer) -> Rad:
    """Offer and package on their way, made ready first if need be. Raises Rejected."""
    if rad.tilstand in {Tilstand.UTKAST, Tilstand.SAMTYKKE_AVVENTES}:
        rad = ready(verk, rad, aktoer)
        if rad.tilstand is not Tilstand.KLAR:
            return rad
    sett = look(verk, rad)
    found = of_sender(verk, rad, sett, aktoer)
    if rad.verdi["kanal"] == MANUELL:
        found[Vakt.MOTTAKER] = ""
        return _send_by_hand(verk, rad, found, aktoer)
    nyttelast = None
    made: dict[str, Any] = {}
    closed: dict[str, str] = {}
    if rad.tilstand is Tilstand.KLAR and not any(found.values()):
        nyttelast = pack(verk, rad, sett)
        (key,) = verk.arkiv.store.put([(owners.transfer(rad.id), nyttelast.noekkel)])
        made = sending(nyttelast, key)
        closed = {"tilbudsfrist": offer_deadline(verk), "grunnlag": _evidence(rad, sett)}
    ved = {Effekt.LAG_NYTTELAST: made}
    step = Skritt(Hendelse.SEND, answers(found), av=aktoer.rolle, lukket=closed, ved=ved)
    kept = False
    try:
        new, taken = take(verk, rad, step, speaker(verk, nyttelast))
        kept = bool(made) and new.verdi["noekkel"] == made["noekkel"]
    finally:
        # A key to what was not sent is of no use to anybody, whatever stopped it.
        if made and not kept:
            verk.arkiv.store.delete([made["noekkel"]])
    must(taken, rad)
    if new.tilstand is Tilstand.SPERRET:
        freeze_group(verk, new)
    return new


def sending(nyttelast: Nyttelast, key: str) -> dict[str, Any]:
    """What the row keeps of a package that goes: the key's place, and what was in it by hash."""
    return {
        "noekkel": key,
        "nyttelast_sha": nyttelast.sha256,
        "content_sha": content_sha(nyttelast.utvalg.logg),
        "antall": len(nyttelast.utvalg.logg.oppmerksomheter),
    }


def _evidence(rad: Rad, sett: Sett) -> str:
    consent = next((s for s in sett.logg.samtykker if s.id == rad.verdi["samtykke"]), None)
    file = consent.fil if consent else None
    sha = next((d.sha256 for d in sett.logg.dokumenter if d.id == file), None)
    return json.dumps({"bevis": sha or ""})


def _send_by_hand(verk: Overfoeringsverk, rad: Rad, found: dict[Vakt, str], aktoer: Aktoer) -> Rad:
    """The same guards; a person carries the papers, so nothing is put on a channel."""
    closed = {"tilbudsfrist": offer_deadline(verk)}
    step = Skritt(
        Hendelse.SEND, answers(found), av=aktoer.rolle, lukket=closed, fakta={"kanal": MANUELL}
    )
    new, taken = take(verk, rad, step, speaker(verk))
    must(taken, rad)
    return new


def withdraw(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer, *, familien: bool = False) -> Rad:
    """Take it back: the sender's wish, or the family's. Always possible before the switch."""
    ansatt = verk.ansatt(aktoer.ref)
    if ansatt is None or aktoer.rolle not in ansatt.roller:
        raise Rejected("IKKE_FULLMAKT", place=rad.id)
    event = Hendelse.SAMTYKKE_TRUKKET if familien else Hendelse.TREKK
    step = Skritt(event, answers({}), av=aktoer.rolle)
    new, taken = take(verk, rad, step, speaker(verk))
    must(taken, rad)
    return new


def hold(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer) -> Rad:
    """A person knows that this must be handled by hand: nothing more of it goes (C-4)."""
    if verk.ansatt(aktoer.ref) is None:
        raise Rejected("IKKE_FULLMAKT", place=rad.id)
    step = Skritt(Hendelse.SPERR, answers({}), av=aktoer.rolle)
    new, taken = take(verk, rad, step, speaker(verk))
    must(taken, rad)
    freeze_group(verk, new)
    return new


AGAIN = frozenset({Tilstand.UTLOEPT, Tilstand.FEILET, Tilstand.SPERRET})


def again(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer, *, loest: bool = False) -> Rad:
    """A new attempt of the same hand-over, from a draft (E-2). What is SPERRET needs the role
    that handles what is held (`loest`). Raises Rejected, Conflict."""
    if rad.tilstand not in AGAIN or (rad.tilstand is Tilstand.SPERRET and not loest):
        code = "MANUELL" if rad.tilstand is Tilstand.SPERRET else "IKKE_NYTT_FORSOEK"
        raise Rejected(code, place=f"{rad.id}:{rad.tilstand.value}")
    ansatt = verk.ansatt(aktoer.ref)
    own_role = aktoer.rolle == verk.arkiv.kommune.adressesperre.kontaktpunkt
    # A role that is only claimed starts nothing again, least of all what is held.
    has_role = ansatt is not None and aktoer.rolle in ansatt.roller
    if not has_role or (rad.tilstand is Tilstand.SPERRET and not own_role):
        raise Rejected("IKKE_FULLMAKT", place=rad.id)
    new = _draft(
        verk, rad.id, rad.forsoek + 1, rad.verdi["logg"], rad.verdi["ref"], rad.grunnlag(),
        aktoer, rad.verdi["kanal"], rad.verdi["gruppe"],
    )  # fmt: skip
    with verk.arkiv.database.begin() as connection:
        if not rader.insert(connection, verk, new):
            raise Rejected("IKKE_NYTT_FORSOEK", place=rad.id)
        rader.open_for(connection, verk, new)
        body = {"side": "avgiver", "forsoek": new.forsoek, "hendelse": "nyttForsoek",
                "til": "UTKAST", "av": aktoer.rolle}  # fmt: skip
        fact = Fact("overfoering", run_id=rad.id, logg=rad.verdi["logg"], body=body)
        append(connection, verk.stamp(), [fact])
    return new


def unchanged(rad: Rad, sett: Sett) -> str:
    """Whether what was sent is still what stands."""
    chosen = select(sett.logg, rad.grunnlag().utvalg, rad.grunnlag().tillegg)
    return "" if content_sha(chosen.logg) == rad.verdi["content_sha"] else "INNHOLD_ENDRET"
