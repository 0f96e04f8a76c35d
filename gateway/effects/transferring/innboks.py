"""Take what has come: open, verify, know again, step; stored before the channel may forget it.

Order: seal and signature, then who says it to whom, then whether it was said before, then
whether it fits the chain, then the row's own table. A message is taken once; every arrival is
answered with a technical receipt. What cannot be opened is set aside and tells nothing.
"""

import base64
from dataclasses import dataclass

import sqlalchemy as sa

from gateway import log
from gateway.effects import failpoint
from gateway.effects.one_log import surprise
from gateway.effects.transferring import avviste, etterspoersler, rader, unread
from gateway.effects.transferring.avgi import unchanged
from gateway.effects.transferring.innhold import speaker
from gateway.effects.transferring.kvitteringer import alarm, fits, receipt, taken_receipt
from gateway.effects.transferring.pakking import unpack
from gateway.effects.transferring.post import INNHOLD, MELDING
from gateway.effects.transferring.rader import Lukket, Rad
from gateway.effects.transferring.rimelig import no_moment, ours
from gateway.effects.transferring.skritt import Skritt, take_in
from gateway.effects.transferring.soesken import freeze_group
from gateway.effects.transferring.underveis import not_delivered
from gateway.effects.transferring.utsagn import Lest, told_by, whole
from gateway.effects.transferring.vakthold import answers, disclosing, look
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict, GatewayError, Rejected
from gateway.ledger import owners
from gateway.ledger import transfer_tables as x
from gateway.ledger.upsert import insert_new
from gateway.overfoering.tilstand import OVERTATT, Effekt, Hendelse, Side, Tilstand, Vakt
from gateway.ports.forsegling import Aapnet
from gateway.ports.kanal import Innkommet, Kanal
from schemas.overfoering import meldinger as m
from schemas.overfoering.hode import Hode
from schemas.overfoering.koder import Innlogging, Maaltype, Meldingstype, Resultat

EVENTS = {
    Meldingstype.TILBUD: Hendelse.M_TILBUD,
    Meldingstype.PAKKE: Hendelse.M_PAKKE,
    Meldingstype.TILDELING: Hendelse.M_TILDELING,
    Meldingstype.AKSEPT: Hendelse.M_AKSEPT,
    Meldingstype.AKSEPTBEKREFTELSE: Hendelse.M_AKSEPTBEKREFTELSE,
    Meldingstype.AVVISNING: Hendelse.M_AVVISNING,
    Meldingstype.TILBAKETREKKING: Hendelse.M_TILBAKETREKKING,
    Meldingstype.UTLOEPT: Hendelse.M_UTLOEPT,
    Meldingstype.FULLFOERT: Hendelse.M_FULLFOERT,
    Meldingstype.IKKE_FORSTAATT: Hendelse.M_IKKE_FORSTAATT,
}
_MOST = 50
TRIES = 5
# What can only be said to somebody who has said something first.
_ANSWERS = {
    Meldingstype.FULLFOERT: OVERTATT,
    Meldingstype.IKKE_FORSTAATT: OVERTATT,
    Meldingstype.AKSEPTBEKREFTELSE: OVERTATT | {Tilstand.AKSEPT_AVVENTES},
}
_UNDERVEIS = frozenset({Tilstand.SENDT, Tilstand.MOTTATT, Tilstand.TILDELT})


@dataclass(slots=True)
class Tatt:
    """What a round of receiving did."""

    tatt: int = 0
    kjent: int = 0
    avvist: int = 0
    utsatt: int = 0


def receive(verk: Overfoeringsverk, kanal: Kanal, name: str = "") -> Tatt:
    """Take what waits on one channel, which we call `name`. Raises what the channel raises when
    asked, and LocalFault("KAN_IKKE_DEKRYPTERES") when nothing that came can be opened and the
    channel cannot put it by.

    Each package is acknowledged as soon as it is stored: a platform counts how often it has
    given one out in vain. What is neither taken nor refused stays for the next round.
    """
    done = Tatt()
    found = avviste.Aapnede()
    avviste.bring_back(verk, kanal)
    for one in kanal.hent(_MOST):
        if one.svarer:
            not_delivered(verk, one)
            _acknowledge(kanal, one, done)
            continue
        try:
            if not one.pakke:
                raise Rejected(avviste.CLOSED, place="pakke")
            result = _take(verk, one)
        except Rejected as error:
            if error.code == avviste.CLOSED:
                found.lukket.append(one)
                continue
            if error.code != avviste.NO_ENVELOPE:
                found.aapne.add(one.hvem)
            done.avvist += 1
            avviste.refuse(verk, kanal, one, error)
            continue
        except GatewayError as error:
            # Ours to mend (a source that is away, a row that moved): it stays on the channel.
            found.aapne.add(one.hvem)
            done.utsatt += 1
            log.get("innboks").warning("utsatt", code=error.code, place=error.place)
            continue
        except Exception as error:  # noqa: BLE001 - one message's surprise never stops the others
            found.aapne.add(one.hvem)
            done.utsatt += 1
            fault = surprise(error)
            log.get("innboks").error("utsatt", code=fault.code, place=fault.place)
            continue
        found.aapne.add(one.hvem)
        failpoint.reach("melding.tatt")
        _acknowledge(kanal, one, done)
        done.tatt += result
        done.kjent += not result
    done.avvist += avviste.settle(verk, name, kanal, found)
    return done


def _acknowledge(kanal: Kanal, one: Innkommet, done: Tatt) -> None:
    """It is stored here. Where that cannot be said now, it comes again and is known."""
    try:
        kanal.kvitter(one.ref)
    except GatewayError as error:
        done.utsatt += 1
        log.get("innboks").warning("kvitter", code=error.code, place=error.place)


def _take(verk: Overfoeringsverk, one: Innkommet) -> bool:
    """One package: True when it was taken, False when it had been taken before."""
    read = opened(verk, verk.forsegler.aapne(one.pakke))
    if read.hode.type is Meldingstype.ETTERSPOERSEL:
        return etterspoersler.take(verk, read.hode, read.innhold)
    if read.hode.type is Meldingstype.KVITTERING:
        assert isinstance(read.innhold, m.Kvittering)
        return taken_receipt(verk, read.hode, read.innhold)
    for _ in range(TRIES):
        try:
            return _step(verk, read)
        except Conflict as error:
            # Somebody else changed the row between our look and our step: look again.
            if error.code != "OVERFOERING_ENDRET":
                raise
    raise Conflict("OVERFOERING_ENDRET", place=read.hode.overfoering_id)


def opened(verk: Overfoeringsverk, found: Aapnet) -> Lest:
    """A verified package as a message to us from who signed it. Raises Rejected."""
    body = found.fil(MELDING)
    if body is None or not {f.navn for f in found.filer} <= {MELDING, INNHOLD}:
        raise Rejected("UGYLDIG_MELDING", place="filer")
    code = place = ""
    try:
        hode, innhold = m.read(body)
    except m.Ulest as error:
        code, place = error.kode, ours(error.sted)
    if code:
        raise Rejected(code, place=place)
    if wrong := no_moment(hode) or no_moment(innhold):
        raise Rejected("UGYLDIG_MELDING", place=wrong)
    if hode.fra != found.avsender or hode.til != verk.tenant:
        raise Rejected("FEIL_AVSENDER", place=hode.melding_id)
    outside = hode.fra != hode.til
    if isinstance(innhold, m.Tilbud) and outside is not (
        innhold.maaltype is Maaltype.ANNEN_KOMMUNE
    ):
        # A change within a municipality is its own to offer: it switches a log that stands there.
        raise Rejected("MAALTYPE_PASSER_IKKE", place=hode.melding_id)
    return Lest(hode, innhold, body, found.fil(INNHOLD))


def _step(verk: Overfoeringsverk, read: Lest) -> bool:
    hode = read.hode
    side = Side.MOTTAKER if hode.side == Side.AVGIVER.value else Side.AVGIVER
    rad = rader.load(verk, side, hode.overfoering_id, hode.forsoek)
    if rad is not None and rad.lukket.motpart != hode.fra:
        raise Rejected("FEIL_MOTPART", place=hode.melding_id)
    if rad is None and side is Side.AVGIVER:
        raise Rejected("UKJENT_OVERFOERING", place=hode.overfoering_id)
    found, kept = _prepared(verk, rad, read)
    try:
        fresh, new = _in_one(verk, rad, read, found, kept)
    except BaseException:
        _let_go(verk, kept, None)
        raise
    _let_go(verk, kept, new)
    if new is not None and new.tilstand is Tilstand.SPERRET and new.side is Side.AVGIVER:
        freeze_group(verk, new)
    return fresh


def _in_one(
    verk: Overfoeringsverk,
    rad: Rad | None,
    read: Lest,
    found: dict[Vakt, str],
    kept: dict[str, str],
) -> tuple[bool, Rad | None]:
    """The message and what follows from it, all or nothing: whether it is new, and the row."""
    hode = read.hode
    with verk.arkiv.database.begin() as connection:
        if rad is None:
            rad = _first(connection, verk, read)
            if not rader.insert(connection, verk, rad):
                raise Conflict("OVERFOERING_ENDRET", place=rad.id)
        known = _known(connection, verk, rad.side, hode)
        if known is not None:
            # Another process may have taken it since we looked: say what stands now.
            rad = rader.load_in(connection, verk, rad.side, rad.id, hode.forsoek) or rad
        if known == m.digest(read.body):
            receipt(connection, verk, rad, hode, Resultat.KJENT)
            return False, None
        if known is not None:
            # Other bytes under an id that is used: what they say was never taken.
            alarm(connection, verk, rad, hode.melding_id, "SEKVENS_BRUTT")
            receipt(connection, verk, rad, hode, Resultat.AVVIST, "SEKVENS_BRUTT")
            return True, None
        if trouble := _trouble(connection, verk, rad, hode):
            alarm(connection, verk, rad, hode.melding_id, trouble)
            receipt(connection, verk, rad, hode, Resultat.AVVIST, trouble)
            return True, None
        return True, _apply(connection, verk, rad, read, found, kept)


def _let_go(verk: Overfoeringsverk, kept: dict[str, str], new: Rad | None) -> None:
    """Bytes that were stored for a step which did not want them."""
    used = {new.verdi["nyttelast"], new.verdi["noekkel"]} if new else set()
    verk.arkiv.store.delete(p for p in kept.values() if p not in used)


def _prepared(
    verk: Overfoeringsverk, rad: Rad | None, read: Lest
) -> tuple[dict[Vakt, str], dict[str, str]]:
    """What the step will ask, and bytes it may keep; read and stored before the transaction."""
    kind = read.hode.type
    if isinstance(read.innhold, m.Aksept) and read.innhold.innlogging is not Innlogging.HOEY:
        # Only a strongly signed in person can take over; a receiver that asks, knows it.
        raise Rejected("FOR_SVAK_INNLOGGING", place=read.hode.overfoering_id)
    told = read.innhold
    report = told if isinstance(told, m.Fullfoert | m.IkkeForstaatt) else None
    # Before any acceptance there is none to be another than; it is refused in its turn.
    accepted = rad.verdi["aksept_id"] if rad else ""
    if report and rad and accepted and report.aksept_id != accepted:
        raise Rejected("FEIL_AKSEPT", place=rad.id)
    if report and rad and accepted and report.innhold_sha256 != rad.verdi["nyttelast_sha"]:
        # A report of something else would close our log and destroy what was handed over.
        raise Rejected("PAKKE_STEMMER_IKKE", place=rad.id)
    if kind is Meldingstype.AKSEPT and rad is not None and rad.tilstand in _UNDERVEIS:
        found = disclosing(verk, rad)
        if not any(found.values()):
            found[Vakt.UENDRET] = unchanged(rad, look(verk, rad))
        return found, {}
    if kind is Meldingstype.PAKKE:
        if read.laast is None:
            raise Rejected("UGYLDIG_MELDING", place=read.hode.melding_id)
        if rad is not None and rad.tilstand not in {Tilstand.INGEN, Tilstand.TILBUDT}:
            return {}, {}
        (payload,) = verk.arkiv.store.put([(owners.transfer(read.hode.overfoering_id), read.laast)])
        return {}, {"nyttelast": payload}
    if kind is Meldingstype.AKSEPTBEKREFTELSE and rad is not None:
        assert isinstance(read.innhold, m.Akseptbekreftelse)
        if accepted and read.innhold.aksept_id != accepted:
            raise Rejected("FEIL_AKSEPT", place=rad.id)
        if rad.tilstand is Tilstand.AKSEPT_AVVENTES:
            return _key(verk, rad, base64.b64decode(read.innhold.noekkel))
    return {}, {}


def _key(verk: Overfoeringsverk, rad: Rad, key: bytes) -> tuple[dict[Vakt, str], dict[str, str]]:
    """A key is kept only when it opens what came; and what it opens is read, before it is said
    that it has been taken over."""
    locked = verk.arkiv.store.get(rad.verdi["nyttelast"])
    try:
        verk.forsegler.laas_opp(locked, key, rad.merke)
    except Rejected as error:
        return {Vakt.NOEKKEL: error.code}, {}
    found = {Vakt.NOEKKEL: "", Vakt.FORSTAATT: ""}
    try:
        unpack(verk, rad, locked, key)
    except Rejected as error:
        found[Vakt.FORSTAATT] = unread.why(error).value
    (payload,) = verk.arkiv.store.put([(owners.transfer(rad.id), key)])
    return found, {"noekkel": payload}


def _first(connection: sa.Connection, verk: Overfoeringsverk, read: Lest) -> Rad:
    """The receiver's row, made by whatever arrives first. Raises Rejected.

    A confirmation of an acceptance nobody here remembers means that our books were set back. A
    hand-over's id is known to others in time: only the one who began it may begin an attempt.
    """
    before = rader.load_in(connection, verk, Side.MOTTAKER, read.hode.overfoering_id)
    if before is not None and before.lukket.motpart != read.hode.fra:
        raise Rejected("FEIL_MOTPART", place=read.hode.melding_id)
    if before is not None and before.tilstand in OVERTATT:
        raise Rejected("SEKVENS_BRUTT", place=before.id)
    if rader.too_many(connection, verk, read.hode.fra):
        raise Rejected("INNBOKS_FULL", place=read.hode.melding_id)
    if read.hode.type is Meldingstype.AKSEPTBEKREFTELSE:
        raise Rejected("TILBAKEFOERT", place=read.hode.overfoering_id)
    value = rader.blank(
        verk.tenant, Side.MOTTAKER, read.hode.overfoering_id, read.hode.forsoek, verk.stamp()
    )
    motpart = verk.motparter.get(read.hode.fra)
    value["kanal"] = motpart.kanal if motpart else "intern"
    value["system"] = verk.arkiv.system
    return Rad(value, Lukket(motpart=read.hode.fra))


def _known(connection: sa.Connection, verk: Overfoeringsverk, side: Side, hode: Hode) -> str | None:
    """The hash of the message that was taken under this id, or None."""
    return connection.execute(
        sa.select(x.melding.c.sha).where(
            x.melding.c.tenant == verk.tenant,
            x.melding.c.side == side.value,
            x.melding.c.retning == "inn",
            x.melding.c.melding_id == hode.melding_id,
        )
    ).scalar()


def _trouble(connection: sa.Connection, verk: Overfoeringsverk, rad: Rad, hode: Hode) -> str:
    """Somebody's books were set back: theirs (a number is used again), or ours (they have taken
    more from us than we remember sending)."""
    if hode.sett > int(rad.verdi["nr_ut"]) or rad.tilstand not in _ANSWERS.get(
        hode.type, frozenset(Tilstand)
    ):
        return "TILBAKEFOERT"
    same = connection.execute(
        sa.select(x.melding.c.melding_id).where(
            x.melding.c.tenant == verk.tenant,
            x.melding.c.side == rad.side.value,
            x.melding.c.retning == "inn",
            x.melding.c.overfoering_id == rad.id,
            x.melding.c.forsoek == rad.forsoek,
            x.melding.c.nr == hode.nr,
        )
    ).first()
    return "SEKVENS_BRUTT" if same is not None else ""


def _apply(
    connection: sa.Connection,
    verk: Overfoeringsverk,
    rad: Rad,
    read: Lest,
    found: dict[Vakt, str],
    kept: dict[str, str],
) -> Rad:
    hode = read.hode
    _store_message(connection, verk, rad, read)
    seen = rader.change(connection, verk, rad, {"nr_inn": max(rad.verdi["nr_inn"], hode.nr)})
    changes, closed = told_by(verk, rad, read, kept)
    guards = dict(found)
    if hode.type in (Meldingstype.TILBUD, Meldingstype.PAKKE):
        guards[Vakt.HEL] = whole(seen, changes, read)
    step = Skritt(
        EVENTS[hode.type],
        answers(guards),
        av="motpart",
        endringer=changes,
        lukket=closed
        | ({"uforstaatt": guards[Vakt.FORSTAATT]} if Vakt.FORSTAATT in guards else {}),
        ved={Effekt.LAAS_OPP: {"noekkel": kept["noekkel"]}} if "noekkel" in kept else {},
        fakta={"melding": hode.melding_id},
    )
    new, _ = take_in(connection, verk, seen, step, speaker(verk))
    if not fits(connection, verk, new, hode):
        # It is theirs and is taken; that their books do not hang together is a person's to see.
        new = alarm(connection, verk, new, hode.melding_id, "BEVIS_BRUTT")
    receipt(connection, verk, new, hode, Resultat.TATT)
    return new


def _store_message(connection: sa.Connection, verk: Overfoeringsverk, rad: Rad, read: Lest) -> None:
    hode = read.hode
    row = {
        "tenant": verk.tenant, "side": rad.side.value, "retning": "inn",
        "melding_id": hode.melding_id, "overfoering_id": rad.id, "forsoek": rad.forsoek,
        "type": hode.type.value, "nr": hode.nr, "sha": m.digest(read.body),
        "forrige": hode.forrige, "pakke": "", "tilstand": "tatt", "forsoekt": 0, "neste": "",
        "transport_id": "", "kode": "", "tid": hode.sendt,
    }  # fmt: skip
    if not insert_new(connection, x.melding, row):
        # Another process took the same message between our look and our step.
        raise Conflict("OVERFOERING_ENDRET", place=rad.id)
