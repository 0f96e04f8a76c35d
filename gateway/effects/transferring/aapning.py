"""The package is opened, and the family it is about is asked for, before anything is written.

Until the sender's switch the receiver cannot know whom it is about. So this is the first time our
own register can be asked (C-4). What is found decides whether the log is written here; it is told
to nobody outside, and the responsibility is ours whatever it is (R-010).
"""

from dataclasses import dataclass, field

from gateway.effects.transferring.holdt import HOLDT, SKRIVES, waits
from gateway.effects.transferring.pakking import Innhold, unpack
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Rejected
from gateway.nettregister import numbers
from gateway.overfoering import vakter
from gateway.overfoering.vakter import household
from gateway.policy.context import Policyramme
from schemas.stafettlogg.logg import Stafettlogg

VENTER = frozenset({HOLDT, "REGISTER_VET_IKKE"})
"""Codes of a package that a person must see to before it is written; no fault of anybody's."""


def opened(verk: Overfoeringsverk, rad: Rad) -> Innhold:
    """The package in memory. Raises as `pakking.unpack`."""
    locked = verk.arkiv.store.get(rad.verdi["nyttelast"])
    return unpack(verk, rad, locked, verk.arkiv.store.get(rad.verdi["noekkel"]))


def asked(verk: Overfoeringsverk, rad: Rad, logg: Stafettlogg) -> Policyramme:
    """The frame in which the log may be written here. Raises Rejected: MANUELL where a person must
    handle it, REGISTER_VET_IKKE where nobody has been able to say; neither when the named role has
    decided that it is written (`holdt.SKRIVES`)."""
    ramme, answered = verk.ved_aapning(logg)
    if rad.lukket.vern == SKRIVES:
        return ramme
    if code := vakter.vern_hos_mottaker(logg, ramme, svarte=answered):
        raise Rejected(code, place=rad.id)
    return ramme


@dataclass(frozen=True, slots=True)
class Spoerreliste:
    """The numbers somebody must look up by hand, and how many of the household have none."""

    numre: tuple[str, ...] = field(repr=False)
    uten_nummer: int


def family_to_ask(verk: Overfoeringsverk, rad: Rad) -> Spoerreliste:
    """Whom to look up for a log that waits for the register's file. The package is opened in memory
    and nothing is kept; who is shown this is the caller's to note. Raises Rejected("INGEN_VENTER")
    for a row that waits for no answer."""
    if not waits(rad):
        raise Rejected("INGEN_VENTER", place=f"{rad.id}:{rad.tilstand.value}")
    logg = opened(verk, rad).logg
    wanted = household(logg)
    people = [numbers(person) for person in logg.personer if person.id in wanted]
    return Spoerreliste(
        tuple(dict.fromkeys(number for many in people for number in many)),
        sum(not many for many in people),
    )
