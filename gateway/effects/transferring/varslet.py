"""Who has been told: a leader has seen where a row stands, and the family's letter is written.

A rule of the table says that somebody must be told, and the row remembers it until it has been
done. Here it is taken away again, each with a line in the chain. Nothing moves by it.
"""

from gateway.effects.transferring import rader
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import SKREVET, SKRIVES, role
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.effects.transferring.waits import SETT, told_by_code
from gateway.errors import Rejected
from gateway.ledger.chain import Fact, append
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Side


def seen(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer) -> Rad:
    """A leader says that they have seen it. What a later step tells replaces it.

    Raises Rejected("IKKE_FULLMAKT") for anybody else, Rejected("INGENTING_NYTT") when there was
    nothing to see, and Conflict when the row has moved since: then there is something new to see.
    """
    if not _may_see(verk, rad, aktoer):
        raise Rejected("IKKE_FULLMAKT", place=rad.id)
    by_code = told_by_code(rad)
    if rad.verdi["varsle"] == SETT or not (rad.verdi["varsle"] or by_code):
        raise Rejected("INGENTING_NYTT", place=rad.id)
    return _noted(verk, rad, "varsle", SETT if by_code else "", "sett", aktoer)


def written(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer) -> Rad:
    """The letter to the family has been written out for a person to give; again does no harm.

    Raises Rejected("INGEN_BREV") for a hand-over that has not come to its good end.
    """
    if rad.verdi["brev"] == SKREVET:
        return rad
    if rad.verdi["brev"] != SKRIVES:
        raise Rejected("INGEN_BREV", place=rad.id)
    return _noted(verk, rad, "brev", SKREVET, "brevSkrevet", aktoer)


def _may_see(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer) -> bool:
    """A leader of the receiving unit; where we send, a leader of the unit it was started in. A
    unit that nobody of ours is in has no leader, and any leader will do. What is held is also the
    named role's to see."""
    ansatt = verk.ansatt(aktoer.ref)
    if ansatt is None or aktoer.rolle not in ansatt.roller:
        return False
    if (
        rad.verdi["kode"] == "MANUELL"
        and aktoer.rolle == verk.arkiv.kommune.adressesperre.kontaktpunkt
    ):
        return True
    if aktoer.rolle != "leder":
        return False
    unit = unit_of(verk, rad)
    return ansatt.virksomhet == unit or not verk.leaders(unit)


def unit_of(verk: Overfoeringsverk, rad: Rad) -> str:
    """Our unit in a hand-over: the one it is to come to, or the one it was started in."""
    if rad.side is Side.MOTTAKER:
        return rad.lukket.virksomhet
    if rad.lukket.enhet:
        return rad.lukket.enhet
    began = verk.ansatt(rad.lukket.startet_av)
    return began.virksomhet if began is not None else ""


def _noted(
    verk: Overfoeringsverk, rad: Rad, column: str, value: str, what: str, aktoer: Aktoer
) -> Rad:
    body = {"side": rad.side.value, "forsoek": rad.forsoek, "hendelse": what,
            "av": role(aktoer.rolle)}  # fmt: skip
    with verk.arkiv.database.begin() as connection:
        new = rader.change(connection, verk, rad, {column: value})
        fact = Fact("overfoering", run_id=rad.id, logg=rad.verdi["logg"], body=body)
        append(connection, verk.stamp(), [fact])
    return new
