"""What stands where: the inbox, one hand-over, its timeline, and its proof. Read only.

The timeline and the proof hold ids, states, roles, codes, times and hashes. Who the counterpart
is, is opened for the one who asks about one hand-over that is not held, and for nobody else.
"""

import json
from typing import Any

import sqlalchemy as sa

from gateway.effects.transferring import rader
from gateway.effects.transferring.kvitteringer import links
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.ledger import tables as t
from gateway.ledger import transfer_tables as x
from gateway.overfoering.ansvar import claims
from gateway.overfoering.bevis import Bevis, Ledd
from gateway.overfoering.tilstand import AVBRUTT, ENDT, Side, Tilstand

_ENDED = tuple(one.value for one in ENDT)


def rows(verk: Overfoeringsverk, side: Side | None = None, *, alle: bool = False) -> list[Rad]:
    """Hand-overs of this municipality, the newest attempt of each; open ones unless `alle`."""
    wanted = [x.overfoering.c.tenant == verk.tenant]
    if side is not None:
        wanted.append(x.overfoering.c.side == side.value)
    with verk.arkiv.database.look() as connection:
        found = connection.execute(
            sa.select(x.overfoering)
            .where(*wanted)
            .order_by(x.overfoering.c.opprettet, x.overfoering.c.forsoek)
        ).all()
    newest = {(row.side, row.overfoering_id): row for row in found}
    return [
        rader.opened(verk.arkiv.ring, row)
        for row in newest.values()
        if alle or row.tilstand not in _ENDED or row.etterarbeid or row.tilstand == "SPERRET"
    ]


def summary(rad: Rad) -> dict[str, Any]:
    """One line of a list: what a person may see who sees the list."""
    offered = rad.side is Side.MOTTAKER
    return {
        "overfoering": rad.id,
        "side": rad.side.value,
        "forsoek": rad.forsoek,
        "tilstand": rad.tilstand.value,
        "ansvarlig": holder(rad),
        "logg": rad.verdi["logg"],
        "begrunnelse": rad.verdi["begrunnelse"],
        "antall": rad.verdi["antall"],
        "virksomhet": rad.lukket.virksomhet if offered else "",
        "frist": rad.verdi["frist"],
        "kode": rad.verdi["kode"],
    }


def holder(rad: Rad) -> str:
    """Who is responsible, as this side may say it: `oss`, `den andre`, or, for a promise the
    sender has not answered, `oss når bekreftet`. Nobody reads that it is nobody."""
    if rad.tilstand is Tilstand.AKSEPT_AVVENTES:
        return "oss når bekreftet"
    return "oss" if claims(rad.side, rad.tilstand) else "den andre"


KOE, GAATT, LEVERT, OPPGITT = "koe", "gaatt", "levert", "oppgitt"
"""How far what we said has come: in the queue here, handed to the line, receipted by the other
side, or given up. None of them is an acceptance."""


def said(verk: Overfoeringsverk, rad: Rad) -> str:
    """How far the messages of an attempt have come, told by the one that is least far; empty when
    nothing was said."""
    with verk.arkiv.database.look() as connection:
        found = set(
            connection.execute(
                sa.select(x.melding.c.tilstand).where(
                    x.melding.c.tenant == verk.tenant,
                    x.melding.c.side == rad.side.value,
                    x.melding.c.retning == "ut",
                    x.melding.c.overfoering_id == rad.id,
                    x.melding.c.forsoek == rad.forsoek,
                    x.melding.c.nr > 0,
                )
            ).scalars()
        )
    for state, word in (("oppgitt", OPPGITT), ("venter", KOE), ("sendt", GAATT)):
        if state in found:
            return word
    return LEVERT if found else ""


def counterpart(verk: Overfoeringsverk, rad: Rad) -> str:
    """The other organisation's name, for a person who looks at one hand-over; hidden when held."""
    if rad.tilstand is Tilstand.SPERRET or rad.verdi["kode"] == "MANUELL":
        return ""
    if rad.tilstand in AVBRUTT and any(
        one.get("til") == Tilstand.SPERRET.value for one in timeline(verk, rad.id)
    ):
        return ""  # that it was closed afterwards does not undo why it was held
    if rad.lukket.motpart == verk.tenant:
        return verk.arkiv.kommune.navn
    motpart = verk.motparter.get(rad.lukket.motpart)
    return motpart.navn if motpart else ""


def timeline(verk: Overfoeringsverk, own: str) -> list[dict[str, Any]]:
    """Everything that has happened to a hand-over here, in the order of the chain."""
    with verk.arkiv.database.look() as connection:
        found = connection.execute(
            sa.select(t.entry.c.seq, t.entry.c.at, t.entry.c.body)
            .where(t.entry.c.kind == "overfoering", t.entry.c.run_id == own)
            .order_by(t.entry.c.seq)
        ).all()
    return [{"nr": row.seq, "tid": row.at} | json.loads(row.body) for row in found]


def proof(verk: Overfoeringsverk, rad: Rad) -> Bevis:
    """Both directions of an attempt, as this side holds them."""
    with verk.arkiv.database.look() as connection:
        out = tuple(links(connection, verk, rad, "ut"))
        into = tuple(links(connection, verk, rad, "inn"))
    sender = rad.side is Side.AVGIVER
    return Bevis(
        overfoering_id=rad.id,
        forsoek=rad.forsoek,
        tilstand=rad.tilstand.value,
        aksept_id=rad.verdi["aksept_id"],
        fra_avgiver=out if sender else into,
        fra_mottaker=into if sender else out,
        lest_fra=next((str(one["kilde"]) for one in timeline(verk, rad.id) if "kilde" in one), ""),
    )


def to_json(bevis: Bevis, anker: str = "") -> str:
    """A proof as a file that the other side can be shown, with the anchor of the ledger it is
    from."""

    def plain(one: Ledd) -> dict[str, Any]:
        return {"nr": one.nr, "type": one.type, "meldingId": one.melding_id, "sha256": one.sha,
                "forrige": one.forrige, "sendt": one.tid}  # fmt: skip

    told = {
        "protokoll": "stafettlogg-overfoering",
        "overfoeringId": bevis.overfoering_id,
        "forsoek": bevis.forsoek,
        "tilstand": bevis.tilstand,
        "akseptId": bevis.aksept_id,
        "fraAvgiver": [plain(one) for one in bevis.fra_avgiver],
        "fraMottaker": [plain(one) for one in bevis.fra_mottaker],
    }
    if bevis.lest_fra:
        told["lestFra"] = bevis.lest_fra
    if anker:
        told["anker"] = anker
    return json.dumps(told, indent=1, sort_keys=True) + "\n"


def from_json(text: str) -> Bevis:
    """A proof from a file. Raises ValueError when it is none."""
    try:
        told = json.loads(text)

        def side(name: str) -> tuple[Ledd, ...]:
            return tuple(
                Ledd(int(one["nr"]), str(one["type"]), str(one["meldingId"]), str(one["sha256"]),
                     str(one["forrige"]), str(one["sendt"]))
                for one in told[name]
            )  # fmt: skip

        return Bevis(
            str(told["overfoeringId"]), int(told["forsoek"]), str(told["tilstand"]),
            str(told["akseptId"]), side("fraAvgiver"), side("fraMottaker"),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError):
        raise ValueError from None
