"""Faults put into a gateway on purpose, each of which a case of the conformance suite must find.

What is changed must be there to change: a plant whose place has moved stops the process at once.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gateway.effects.transferring import innboks, kvitteringer, skritt
from gateway.overfoering.tabell import Regel
from gateway.overfoering.tilstand import Hendelse, Side, Tilstand
from schemas.overfoering import meldinger
from schemas.overfoering.koder import Resultat


def _put(place: Any, name: str, value: Any) -> None:
    assert hasattr(place, name), name
    setattr(place, name, value)


def _table(side: Side, pair: tuple[Tilstand, Hendelse], *rules: Regel) -> None:
    changed = {**skritt.TABELLER[side], pair: rules}
    _put(skritt, "TABELLER", {**skritt.TABELLER, side: changed})


def _tier() -> None:
    """A late acceptance is not answered."""
    _table(Side.AVGIVER, (Tilstand.UTLOEPT, Hendelse.M_AKSEPT), Regel(Tilstand.UTLOEPT))


def _bytter_uten_aksept() -> None:
    """A completion is taken for an acceptance."""
    _table(Side.AVGIVER, (Tilstand.MOTTATT, Hendelse.M_TILDELING), Regel(Tilstand.AKSEPTERT))


def _aapner() -> None:
    """An offer that comes after its withdrawal opens the hand-over again."""
    _table(Side.MOTTAKER, (Tilstand.TRUKKET, Hendelse.M_TILBUD), Regel(Tilstand.TILBUDT))


def _alt_her() -> None:
    """The package alone is called everything."""
    _put(kvitteringer, "ALL_HERE", kvitteringer.ALL_HERE | {Tilstand.PAKKET})


def _teller_ikke() -> None:
    """A number may be used again."""
    _put(innboks, "_trouble", lambda *_: "")


def _godtroende() -> None:
    """Whoever signs is believed to be whom the message says."""
    inner: Callable[..., Any] = innboks.opened

    def opened(verk: Any, found: Any) -> Any:
        told = json.loads(found.fil("melding.json"))
        return inner(verk, replace(found, avsender=told["hode"]["fra"]))

    _put(innboks, "opened", opened)


def _skadet_er_greit() -> None:
    """A package is taken whatever the offer promised."""
    _put(innboks, "whole", lambda *_: "")


def _leser_alt() -> None:
    """Every major version is taken for ours."""
    _put(meldinger, "major", lambda _: 1)


def _skadet_en_gang() -> None:
    """That a package is damaged is said once, whether or not it was heard."""
    _put(kvitteringer, "_HERE", frozenset({Resultat.TATT}))


def _tror_alt() -> None:
    """A receipt of anything is taken for one of ours."""
    _put(kvitteringer, "_ours", lambda *_: True)


PLANTER: dict[str, tuple[str, str, Callable[[], None]]] = {
    "tier": ("avgiver", "avgiver-aksept-etter-fristen", _tier),
    "bytter": ("avgiver", "avgiver-nummer-brukt-to-ganger", _bytter_uten_aksept),
    "aapner": ("mottaker", "mottaker-trukket-foer-tilbudet", _aapner),
    "alt-her": ("mottaker", "mottaker-pakken-foerst", _alt_her),
    "teller-ikke": ("mottaker", "mottaker-nummer-brukt-to-ganger", _teller_ikke),
    "godtroende": ("mottaker", "mottaker-tilbaketrekking-annen-organisasjon", _godtroende),
    "skadet-er-greit": ("mottaker", "mottaker-pakke-skadd", _skadet_er_greit),
    "skadet-en-gang": ("mottaker", "mottaker-skadet-sies-igjen", _skadet_en_gang),
    "tror-alt": ("avgiver", "avgiver-kvittering-for-annet", _tror_alt),
    "leser-alt": ("mottaker", "mottaker-annen-hovedversjon", _leser_alt),
}
"""Name -> the side of the gateway, the case that must find it, and the fault."""
