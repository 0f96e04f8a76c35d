"""From a hint, the register's answer and what we knew, to one verdict (E-3).

A reform or a border change is never a move; a doubtful one is a proposal that says so; protection,
and everything that is not known, is a task without details.
"""

from dataclasses import dataclass
from datetime import date

from gateway.flytting.dom import (
    MANUELL,
    SANNSYNLIG,
    Aapen,
    Dom,
    Kast,
    Kastgrunn,
    Sperret,
    Trekk,
    Trekkgrunn,
)
from gateway.flytting.sammenlikning import Answer, Sak, compare
from gateway.flytting.sist import Sist, Tegn
from gateway.ports.folkeregister import Endring, Gradering, Hendelseslag, Personstand
from schemas.kommuneinndeling.liste import Kommuneliste

_STILL_THERE = frozenset(
    {
        Kastgrunn.SAMME_KOMMUNE,
        Kastgrunn.HJEMME,
        Kastgrunn.REFORM,
        Kastgrunn.FRAMTIDIG_KODE,
    }
)


@dataclass(frozen=True, slots=True)
class Ramme:
    """What every verdict of a round is measured by. `hjem` is what our own municipality is called
    today."""

    liste: Kommuneliste
    hjem: frozenset[str]
    today: date


def verdict(
    sist: Sist, tegn: Tegn, stand: Personstand | None, aapen: Aapen | None, ramme: Ramme
) -> Dom:
    """The verdict on one watched child. `stand` is None when the register does not know them."""
    if not tegn.looked_into:
        shared = Hendelseslag.DELT_BOSTED in tegn.slag
        return Kast(Kastgrunn.DELT_BOSTED if shared else Kastgrunn.UVEDKOMMENDE)
    bosted = stand.bosted if stand is not None else None
    if (
        stand is None
        or stand.gradering is not Gradering.INGEN
        or bosted is None
        or not bosted.kommune
    ):
        return _manual(sist, tegn, aapen, ramme.today)
    if aapen is not None and aapen.kode == MANUELL:
        return Kast(Kastgrunn.HOS_MENNESKE)
    sak = Sak(sist, bosted, tegn, ramme.liste, ramme.hjem, ramme.today)
    answer = compare(sak)
    return answer if aapen is None else _beside(aapen, answer, sak)


def _manual(sist: Sist, tegn: Tegn, aapen: Aapen | None, today: date) -> Dom:
    task = Sperret(Sist(today, manuell=True))
    if aapen is None:
        # Told once already: told again only when it may be about the residence.
        told = sist.manuell and not tegn.of_residence
        return Kast(Kastgrunn.HOS_MENNESKE, task.sist) if told else task
    if aapen.kode == MANUELL:
        return Kast(Kastgrunn.HOS_MENNESKE, task.sist)
    return Trekk(Trekkgrunn.MANUELL, task)


def _beside(aapen: Aapen, answer: Answer, sak: Sak) -> Dom:
    """What becomes of a proposal that is open already."""
    if sak.tegn.corrected:
        annulled = Endring.ANNULLERT in sak.tegn.endringer
        return Trekk(Trekkgrunn.ANNULLERT if annulled else Trekkgrunn.KORRIGERT, answer)
    if isinstance(answer, Kast):
        # Thrown away for what the event is, not for where the child lives: the proposal stands.
        return Trekk(Trekkgrunn.TILBAKE, answer) if answer.grunn in _STILL_THERE else answer
    same_place = sak.liste.reformed(aapen.til, sak.today) == sak.naa or aapen.til == answer.til
    if same_place and aapen.kode in {answer.kode, SANNSYNLIG}:
        return Kast(Kastgrunn.ALLEREDE_FORESLAATT)
    return Trekk(Trekkgrunn.ERSTATTET, answer)
