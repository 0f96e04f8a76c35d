"""What people at the receiver do: name a person, accept, say no, name another.

Until the sender has switched they see reason, unit and number of concerns; there is nothing more
here to see. Accepting is a promise that only the sender's answer ends.
"""

import uuid

from gateway.effects.transferring.foer_aksept import cannot, no_number, unknown_here
from gateway.effects.transferring.innhold import speaker
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import Skritt, must, take
from gateway.effects.transferring.soesken import freeze_group
from gateway.effects.transferring.vakthold import answers
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Rejected
from gateway.overfoering import vakter
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Hendelse, Tilstand, Vakt
from schemas.overfoering.koder import Avvisningsgrunn, Innlogging, Rettet

_AAPEN = frozenset({Tilstand.MOTTATT, Tilstand.TILDELT})


def _leader(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer) -> str:
    """Empty when the actor leads the receiving unit."""
    led = {one.ref for one in verk.leaders(rad.lukket.virksomhet)}
    return "" if aktoer.ref in led else "IKKE_FULLMAKT"


def _nobodys(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer) -> bool:
    """A unit that no staff of ours belong to has no leader: any leader may say it is not ours."""
    unknown = all(one.virksomhet != rad.lukket.virksomhet for one in verk.ansatte())
    ansatt = verk.ansatt(aktoer.ref)
    return unknown and ansatt is not None and "leder" in ansatt.roller


def assign(verk: Overfoeringsverk, rad: Rad, person: str, aktoer: Aktoer) -> Rad:
    """A leader names the person who shall take over (R-131). Raises Rejected."""
    ansatt = verk.ansatt(person)
    registered = vakter.person(ansatt, rad.lukket.virksomhet, Innlogging.HOEY.value)
    registered = registered or no_number(verk, person)
    found = {Vakt.FULLMAKT: _leader(verk, rad, aktoer), Vakt.MOTTAKER: registered}
    closed = {"person": person}
    if rad.tilstand is Tilstand.AKSEPTERT:
        closed["holder"] = person
    step = Skritt(Hendelse.TILDEL, answers(found), av=aktoer.rolle, lukket=closed)
    new, taken = take(verk, rad, step, speaker(verk))
    must(taken, rad)
    return new


def accept(
    verk: Overfoeringsverk,
    rad: Rad,
    person: str,
    innlogging: Innlogging,
    *,
    uten_register: bool = False,
) -> Rad:
    """A named person accepts, strongly signed in (R-011). `uten_register` says that the person
    knows that no register can be asked about this family when the package opens.

    Everything that can be known wrong here is found before the promise. Raises Rejected, and what
    stands in the way of asking (LocalFault, Transient, RemoteFault).
    """
    code = vakter.person(verk.ansatt(person), rad.lukket.virksomhet, innlogging.value)
    if not code and rad.lukket.person and rad.lukket.person != person:
        code = "EN_ANNEN_ER_TILDELT"
    if not code and not rad.lukket.person and rad.lukket.rettet == Rettet.LEDER.value:
        code = "IKKE_TILDELT"
    if code:
        code = unknown_here(verk, rad, person, code)
    elif rad.tilstand in _AAPEN:
        code = cannot(verk, rad, person, uten_register=uten_register)
    step = Skritt(
        Hendelse.AKSEPTER,
        answers({Vakt.PERSON: code}),
        av="stafettholder",
        endringer={"aksept_id": str(uuid.UUID(verk.arkiv.clock.new_id()))},
        lukket={"holder": person, "innlogging": innlogging.value, "akseptert": verk.stamp()},
    )
    new, taken = take(verk, rad, step, speaker(verk))
    must(taken, rad)
    return new


def reject(verk: Overfoeringsverk, rad: Rad, grunn: Avvisningsgrunn, aktoer: Aktoer) -> Rad:
    """No: the leader, or the person it was for. The sender keeps the log. Raises Rejected."""
    named = bool(rad.lukket.person) and rad.lukket.person == aktoer.ref
    code = "" if named or _nobodys(verk, rad, aktoer) else _leader(verk, rad, aktoer)
    step = Skritt(
        Hendelse.AVVIS,
        answers({Vakt.FULLMAKT: code}),
        av=aktoer.rolle,
        lukket={"grunn": grunn.value},
        fakta={"grunn": grunn.value},
    )
    new, taken = take(verk, rad, step, speaker(verk))
    must(taken, rad)
    return new


def protect(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer) -> Rad:
    """The receiver knows of something that stops it: a person says so, and it is over here.

    The sender hears a rejection like any other (C-4). Raises Rejected when it is too late.
    """
    ansatt = verk.ansatt(aktoer.ref)
    if ansatt is None:
        raise Rejected("IKKE_FULLMAKT", place=rad.id)
    step = Skritt(Hendelse.SPERR, answers({}), av=aktoer.rolle)
    new, taken = take(verk, rad, step, speaker(verk))
    must(taken, rad)
    freeze_group(verk, new)
    return new
