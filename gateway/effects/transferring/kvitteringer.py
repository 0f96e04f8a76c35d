"""Technical receipts: given for every arrival, and taken as the end of sending. Never acceptance.

A receipt says that a message is stored and what became of it; when offer and package are both
here and whole, it says that too, which is what takes the sender to MOTTATT.
"""

import sqlalchemy as sa

from gateway.effects.transferring import rader
from gateway.effects.transferring.innhold import speaker
from gateway.effects.transferring.post import enqueue_receipt
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import Skritt, take_in
from gateway.effects.transferring.vakthold import answers
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Rejected
from gateway.ledger import transfer_tables as x
from gateway.ledger.chain import Fact, append
from gateway.overfoering.bevis import Ledd, chain
from gateway.overfoering.tilstand import Hendelse, Side, Tilstand
from schemas.overfoering.hode import Hode
from schemas.overfoering.koder import Meldingstype, Resultat
from schemas.overfoering.meldinger import GENESIS, Kvittering

ALL_HERE = frozenset(
    {Tilstand.MOTTATT, Tilstand.TILDELT, Tilstand.AKSEPT_AVVENTES, Tilstand.AKSEPTERT,
     Tilstand.IKKE_FORSTAATT, Tilstand.FULLFOERT}
)  # fmt: skip
_REFUSALS = frozenset({"TILBAKEFOERT", "SEKVENS_BRUTT"})
_OFFER = frozenset({Meldingstype.TILBUD, Meldingstype.PAKKE})
_HERE = frozenset({Resultat.TATT, Resultat.KJENT})


def receipt(
    connection: sa.Connection,
    verk: Overfoeringsverk,
    rad: Rad,
    hode: Hode,
    resultat: Resultat,
    kode: str = "",
) -> None:
    """Say what became of a message. Of an offer or a package that was taken, and in an attempt that
    failed on them, that is `skadet` as often as they come: the first time may have been lost."""
    offer = rad.side is Side.MOTTAKER and hode.type in _OFFER and resultat in _HERE
    if offer and rad.tilstand is Tilstand.FEILET:
        resultat = Resultat.SKADET
    enqueue_receipt(
        connection,
        verk,
        rad,
        Kvittering(
            gjelder=hode.melding_id,
            gjelder_type=hode.type,
            resultat=resultat,
            alt_mottatt=offer and rad.tilstand in ALL_HERE,
            kode=kode or None,
            hode_inn=chain(links(connection, verk, rad, "inn")).hode,
        ),
    )


def links(connection: sa.Connection, verk: Overfoeringsverk, rad: Rad, retning: str) -> list[Ledd]:
    """The messages of one direction of an attempt, receipts left out."""
    rows = connection.execute(
        sa.select(x.melding).where(
            x.melding.c.tenant == verk.tenant,
            x.melding.c.side == rad.side.value,
            x.melding.c.retning == retning,
            x.melding.c.overfoering_id == rad.id,
            x.melding.c.forsoek == rad.forsoek,
            x.melding.c.nr > 0,
        )
    ).all()
    return sorted(
        (Ledd(r.nr, r.type, r.melding_id, r.sha, r.forrige, r.tid) for r in rows),
        key=lambda one: one.nr,
    )


def fits(connection: sa.Connection, verk: Overfoeringsverk, rad: Rad, hode: Hode) -> bool:
    """Whether a message that was just taken hangs together with the ones beside it, as far as those
    are here: a gap is no fault."""
    there = {one.nr: one for one in links(connection, verk, rad, "inn")}
    own, before, after = there[hode.nr], there.get(hode.nr - 1), there.get(hode.nr + 1)
    if hode.nr == 1 and own.forrige != GENESIS:
        return False
    if before is not None and own.forrige != before.sha:
        return False
    return after is None or after.forrige == own.sha


def taken_receipt(verk: Overfoeringsverk, hode: Hode, told: Kvittering) -> bool:
    """The other side has a message of ours; it is not sent again. True when that was news."""
    side = Side.MOTTAKER if hode.side == Side.AVGIVER.value else Side.AVGIVER
    with verk.arkiv.database.begin() as connection:
        rad = rader.load_in(connection, verk, side, hode.overfoering_id, hode.forsoek, lock=True)
        if rad is None or rad.lukket.motpart != hode.fra:
            raise Rejected("UKJENT_OVERFOERING", place=hode.overfoering_id)
        if hode.sett > int(rad.verdi["nr_ut"]):
            # They have taken more from us than we remember: it is our books that were set back.
            alarm(connection, verk, rad, hode.melding_id, "TILBAKEFOERT")
            return False
        if not _ours(connection, verk, rad, told):
            return False
        state = "oppgitt" if told.resultat is Resultat.AVVIST else "kvittert"
        marked = connection.execute(
            x.melding.update()
            .where(
                x.melding.c.tenant == verk.tenant,
                x.melding.c.side == side.value,
                x.melding.c.retning == "ut",
                x.melding.c.melding_id == told.gjelder,
                x.melding.c.overfoering_id == rad.id,
                x.melding.c.tilstand.in_(("venter", "sendt")),
            )
            .values(tilstand=state, kode=_code(told))
        ).rowcount
        if told.resultat is Resultat.AVVIST and marked:
            rad = alarm(connection, verk, rad, told.gjelder, _code(told))
        event = _event(rad, told)
        if event is not None:
            take_in(connection, verk, rad, Skritt(event, answers({}), av="motpart"), speaker(verk))
    return bool(marked)


def _ours(connection: sa.Connection, verk: Overfoeringsverk, rad: Rad, told: Kvittering) -> bool:
    """Whether what is receipted is a message we have said in this attempt, of that type. A receipt
    of anything else says nothing, and moves nothing."""
    return (
        connection.execute(
            sa.select(x.melding.c.melding_id).where(
                x.melding.c.tenant == verk.tenant,
                x.melding.c.side == rad.side.value,
                x.melding.c.retning == "ut",
                x.melding.c.melding_id == told.gjelder,
                x.melding.c.overfoering_id == rad.id,
                x.melding.c.forsoek == rad.forsoek,
                x.melding.c.type == told.gjelder_type.value,
            )
        ).first()
        is not None
    )


def _code(told: Kvittering) -> str:
    """Why, as far as it is a word of the protocol: what else is written there is not ours."""
    if told.resultat is not Resultat.AVVIST:
        return ""
    return told.kode if told.kode in _REFUSALS else "MELDING_AVVIST"


def _event(rad: Rad, told: Kvittering) -> Hendelse | None:
    if rad.side is not Side.AVGIVER or told.gjelder_type not in _OFFER:
        return None
    if told.resultat is Resultat.SKADET:
        return Hendelse.M_SKADET
    if told.alt_mottatt and told.resultat in _HERE and rad.tilstand is Tilstand.SENDT:
        return Hendelse.M_KVITTERT
    return None


def alarm(
    connection: sa.Connection, verk: Overfoeringsverk, rad: Rad, melding_id: str, code: str
) -> Rad:
    """A person must look; the row stays where it is."""
    new = rader.change(connection, verk, rad, {"kode": code})
    body = {"side": rad.side.value, "forsoek": rad.forsoek, "hendelse": "alarm", "kode": code,
            "melding": melding_id}  # fmt: skip
    fact = Fact("overfoering", run_id=rad.id, logg=rad.verdi["logg"], body=body)
    append(connection, verk.stamp(), [fact])
    return new
