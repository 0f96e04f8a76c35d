"""A log that has come and is not written here: it waits for a person, and we are responsible.

Protection found when the package opened (MANUELL) is the named role's to handle; the package stays
sealed, no round opens it again, and the other side is told nothing that differs (C-4). A register
that could not say (REGISTER_VET_IKKE) is asked again, until it can.
"""

from dataclasses import replace
from datetime import timedelta

from gateway.effects.archiving.verk import stamp
from gateway.effects.transferring import rader
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import role
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Rejected
from gateway.ledger.chain import Fact, append
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Side, Tilstand

HOLDT = "MANUELL"
SKRIVES = "skrives"
"""In the sealed part: the named role knows the family is protected, and has decided that the log
is written here all the same. A person's word, never the gateway's (C-4)."""


def put_off(verk: Overfoeringsverk, rad: Rad, code: str, seconds: float) -> Rad:
    """The row waits with this code; the first time it is a line in the chain."""
    values = {
        "kode": code,
        "forsoekt": int(rad.verdi["forsoekt"]) + 1,
        "neste": stamp(verk.now() + timedelta(seconds=seconds)),
    }
    with verk.arkiv.database.begin() as connection:
        new = rader.change(connection, verk, rad, values)
        if rad.verdi["kode"] != code:
            append(connection, verk.stamp(), [_fact(rad, "venter", kode=code)])
    return new


def resume(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer, *, decided: bool = False) -> Rad:
    """The named role has handled what was held: the package may be opened, and the register asked,
    once more. What is still protected is held again, unless the role has `decided` that the log
    shall be written here: that too is in the chain, as everything the role says.

    Raises Rejected: IKKE_FULLMAKT for anybody else, INGEN_VENTER for a row that is not held so.
    """
    ansatt = verk.ansatt(aktoer.ref)
    wanted = verk.arkiv.kommune.adressesperre.kontaktpunkt
    if ansatt is None or aktoer.rolle not in ansatt.roller or aktoer.rolle != wanted:
        raise Rejected("IKKE_FULLMAKT", place=rad.id)
    if not waits(rad) or rad.verdi["kode"] != HOLDT:
        raise Rejected("INGEN_VENTER", place=f"{rad.id}:{rad.tilstand.value}")
    with verk.arkiv.database.begin() as connection:
        sealed = replace(rad.lukket, vern=SKRIVES if decided else "")
        new = rader.change(connection, verk, rad, {"kode": "", "neste": verk.stamp()}, sealed)
        told = {"av": role(aktoer.rolle)} | ({"valg": SKRIVES} if decided else {})
        append(connection, verk.stamp(), [_fact(rad, "gjenopptatt", **told)])
    return new


def waits(rad: Rad) -> bool:
    """Whether the row has taken over a log that is not written here yet."""
    return (
        rad.side is Side.MOTTAKER
        and rad.tilstand is Tilstand.AKSEPTERT
        and rad.verdi["etterarbeid"] == "importer"
    )


def _fact(rad: Rad, what: str, **told: str) -> Fact:
    body = {"side": rad.side.value, "forsoek": rad.forsoek, "hendelse": what, **told}
    return Fact("overfoering", run_id=rad.id, logg=rad.verdi["logg"], body=body)
