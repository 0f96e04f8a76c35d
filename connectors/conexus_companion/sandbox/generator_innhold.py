"""Generated concerns with goals, measures and evaluations in Conexus' wire shape.

Keeps Conexus' own rules: one active measure per aktør and concern (R-071), one evaluation per
measure (R-078), guardians answer for measures in the home (R-074). This module must not invent
persons.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from connectors.conexus_companion.sandbox import generator_tekster as tekster
from connectors.conexus_companion.sandbox.generator_personer import Familie, Lag
from connectors.sandbox import synthetic, timeline
from schemas.conexus_companion.logg import Evaluering, Maal, Mote, Oppmerksomhet, Tiltak

KATEGORIER = ("SPRAAK", "MOTORIKK", "TRIVSEL", "FRAVAER", "ADFERD", "SKOLEMILJOE")
UKJENT_KATEGORI = "SOEVN"
FARGER = ("GRONN", "GRONN", "GRONN", None)
UKJENT_FARGE = "LILLA"
VIRKET = ("JA", "JA", "DELVIS", "NEI")
VEIEN_VIDERE = ("VIDEREFOR", "VIDEREFOR", "NYTT_NIVA", "AVSLUTT", None)


@dataclass(frozen=True, slots=True)
class Ramme:
    """What all parts of one log share: language, people, meetings and whether it is closed."""

    maalform: str
    familie: Familie
    lag: Lag
    moter: Sequence[Mote]
    passiv: bool
    fersk: datetime | None

    @property
    def fornavn(self) -> str:
        """The main person's first name."""
        return synthetic.given(self.familie.barn["navn"] or "")


def setning(rng: Random, valg: Sequence[str], fornavn: str) -> str:
    """One phrase with the name put in, NFC; a few end in white space, as typed text does."""
    tekst = rng.choice(valg).replace("{n}", fornavn)
    if rng.random() < 0.03:
        tekst += rng.choice((" ", "\n", "  "))
    return unicodedata.normalize("NFC", tekst)


def oppmerksomhet(rng: Random, ramme: Ramme, antall: int) -> Oppmerksomhet:
    """A concern with its goal and `antall` measures."""
    kategori = UKJENT_KATEGORI if rng.random() < 0.015 else rng.choice(KATEGORIER)
    start = timeline.after(rng, ramme.lag.start, 0, 60)
    avsluttet = ramme.passiv and rng.random() < 0.8
    tiltak = _alle_tiltak(rng, ramme, start, antall, avsluttet)
    faktorer = tekster.FAKTORER[ramme.maalform]
    return Oppmerksomhet(
        oppmerksomhetId=synthetic.identity(rng, "opp"),
        kategori=kategori if rng.random() < 0.97 else None,
        tekst=setning(rng, tekster.OPPMERKSOMHET[ramme.maalform][kategori], ramme.fornavn),
        status="AVSLUTTET" if avsluttet else "AKTIV",
        opprettholdendeFaktorer=(
            setning(rng, faktorer, ramme.fornavn) if rng.random() < 0.5 else None
        ),
        opprettet=timeline.instant(rng, start),
        opprettetAv=ramme.lag.holder,
        endret=timeline.instant(rng, start) if rng.random() < 0.3 else None,
        maal=Maal(
            kjennetegn=setning(rng, tekster.KJENNETEGN[ramme.maalform], ramme.fornavn),
            delmaal=synthetic.some(rng, tekster.DELMAAL[ramme.maalform], 0, 3),
        ),
        tiltak=tiltak,
    )


def _alle_tiltak(
    rng: Random, ramme: Ramme, start: datetime, antall: int, avsluttet: bool
) -> list[Tiltak]:
    opptatt: set[str] = set()
    alle: list[Tiltak] = []
    for nummer in range(antall):
        arena = ("TJENESTE", "HJEM", "BARN")[nummer % 3] if nummer < 3 else "TJENESTE"
        if arena == "BARN" and ramme.familie.alder < 4:
            arena = "TJENESTE"
        if arena == "HJEM" and not ramme.familie.foresatte:
            arena = "BARN"
        alle.append(_tiltak(rng, ramme, start, arena, opptatt, avsluttet))
    tjeneste = [t for t in alle if t["arena"] == "TJENESTE"]
    if len(tjeneste) > 1 and rng.random() < 0.25:
        tjeneste[1]["tekst"] = tjeneste[0]["tekst"]  # equal texts are two measures
    if len(alle) > 1 and rng.random() < 0.08:
        _feilregistrer(alle)
    return alle


def _feilregistrer(alle: list[Tiltak]) -> None:
    """R-079: the old measure stays, marked, and names its replacement."""
    feil, ny = alle[0], alle[-1]
    feil["status"], feil["erstattetAv"], feil["evaluering"] = "FEILREGISTRERT", ny["tiltakId"], None
    ny["arena"], ny["aktor"] = feil["arena"], feil["aktor"]
    ny["vistAnsvarlig"], ny["tekst"] = feil["vistAnsvarlig"], feil["tekst"]
    for annet in alle[1:-1]:
        if annet["status"] == ny["status"] == "AKTIV" and annet["aktor"] == ny["aktor"]:
            ny["status"] = "AVSLUTTET"


def _tiltak(
    rng: Random, ramme: Ramme, start: datetime, arena: str, opptatt: set[str], avsluttet: bool
) -> Tiltak:
    aktor: str | None = None
    if arena == "BARN":
        aktor = ramme.familie.barn["personId"]
    elif arena == "TJENESTE":
        aktor = rng.choice(ramme.lag.ansatte)["personId"]
    laas = aktor or "HJEM"
    evaluert = avsluttet or laas in opptatt or rng.random() < 0.4
    if not evaluert:
        opptatt.add(laas)
    opprettet = timeline.after(rng, start, 0, 20)
    if ramme.fersk is not None and not evaluert:
        opprettet = ramme.fersk - timedelta(minutes=rng.randint(5, 7 * 60))
    status = "EVALUERT" if evaluert else "AKTIV"
    if evaluert and rng.random() < 0.1:
        status = "AVSLUTTET"
    return Tiltak(
        tiltakId=synthetic.identity(rng, "til"),
        tekst=setning(rng, tekster.TILTAK[ramme.maalform][arena], ramme.fornavn),
        arena=arena,
        aktor=aktor,
        vistAnsvarlig=aktor if arena != "HJEM" else ramme.lag.holder,
        startdato=timeline.day(opprettet),
        frist=timeline.day(opprettet + timedelta(days=rng.choice((14, 21, 30, 42, 60)))),
        status=status,
        erstattetAv=None,
        opprettet=timeline.instant(rng, opprettet),
        opprettetAv=ramme.lag.holder,
        endret=timeline.instant(rng, opprettet + timedelta(hours=2)) if chance(rng) else None,
        evaluering=_evaluering(rng, ramme, opprettet) if status == "EVALUERT" else None,
    )


def chance(rng: Random) -> bool:
    """One in six."""
    return rng.random() < 1 / 6


def _evaluering(rng: Random, ramme: Ramme, opprettet: datetime) -> Evaluering:
    dato = timeline.after(rng, opprettet, 12, 60)
    farge = UKJENT_FARGE if rng.random() < 0.01 else rng.choice(FARGER)
    mote = rng.choice(ramme.moter)["moteId"] if ramme.moter and rng.random() < 0.6 else None
    return Evaluering(
        evalueringId=synthetic.identity(rng, "eva"),
        farge=farge,
        virket=rng.choice(VIRKET) if rng.random() < 0.95 else None,
        tekst=setning(rng, tekster.EVALUERING[ramme.maalform], ramme.fornavn),
        dato=timeline.day(dato),
        moteId=mote,
        familienEnig=rng.choice((True, True, True, False, None)),
        veienVidere=rng.choice(VEIEN_VIDERE),
        opprettet=timeline.instant(rng, dato),
        opprettetAv=ramme.lag.holder,
    )
