"""What sets off a snapshot of a log, and the period that makes each trigger happen once (B-06).

Pure: a log, what was seen of it before, the day, and the municipality's set of triggers. The key
of a job is log + trigger + period, so the same night told twice makes nothing twice (E-1). This
module must not know of archives.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from schemas import tid
from schemas.stafettlogg.kodeverk import Loggstatus, Overfoeringsmaaltype, Samtykkestatus
from schemas.stafettlogg.logg import Stafettlogg


class Utloeser(StrEnum):
    """The triggers of B-06 (R-153, R-154, R-155)."""

    AARLIG = "aarlig"
    TJENESTEBYTTE = "tjenestebytte"
    KOMMUNEBYTTE = "kommunebytte"
    AVSLUTNING = "avslutning"
    FOER_SLETTING = "foerSletting"
    ETTER_MOETE = "etterMoete"
    SAMTYKKE_TRUKKET = "samtykkeTrukket"
    MIGRERING = "migrering"


ALLTID = frozenset({Utloeser.FOER_SLETTING, Utloeser.KOMMUNEBYTTE, Utloeser.MIGRERING})
"""Cannot be switched off: a log may never leave or go away unarchived (B-06)."""

_LONGEST = 40

STANDARD = frozenset(Utloeser) - {Utloeser.ETTER_MOETE}


@dataclass(frozen=True, slots=True)
class Sett:
    """What the gateway has seen of a log so far: the memory that turns states into events."""

    status: str = ""
    virksomhet: str = ""
    passivinger: int = 0
    tjenestebytter: int = 0
    aapninger: int = 0
    foerst_sett: date | None = None
    siste_uttak: date | None = None


@dataclass(frozen=True, slots=True)
class Utloest:
    """One reason to archive a log now. `periode` holds ids, numbers and years only."""

    utloeser: Utloeser
    periode: str


def see(logg: Stafettlogg, before: Sett, today: date) -> Sett:
    """The memory after this look: a log that became passive or changed unit is counted."""
    passive = logg.status is Loggstatus.PASSIV
    active = logg.status is Loggstatus.AKTIV
    was_active = before.status == Loggstatus.AKTIV.value
    was_passive = before.status == Loggstatus.PASSIV.value
    unit = _remembered(logg.ansvarlig_virksomhet or "")
    changed = bool(before.virksomhet and unit and unit != before.virksomhet)
    return Sett(
        status=logg.status.value,
        virksomhet=unit or before.virksomhet,
        passivinger=before.passivinger + (passive and not was_passive),
        tjenestebytter=before.tjenestebytter + changed,
        aapninger=before.aapninger + (active and not was_active),
        foerst_sett=before.foerst_sett or today,
        siste_uttak=before.siste_uttak,
    )


def _remembered(unit: str) -> str:
    """A unit as it is remembered: what is no id of ours by its hash, for a vendor's word for a unit
    the log does not hold may be anything."""
    if len(unit) <= _LONGEST and unit.isprintable():
        return unit
    return hashlib.sha256(unit.encode("utf-8", "surrogatepass")).hexdigest()[:_LONGEST]


def due(
    logg: Stafettlogg, sett: Sett, today: date, chosen: frozenset[Utloeser]
) -> tuple[Utloest, ...]:
    """Every trigger that has gone off for this log by `today`, made into a job before or not.

    `sett` is the memory after `see`. A log that waits for consent, was discarded or is deleted
    has nothing to archive.
    """
    if logg.status not in (Loggstatus.AKTIV, Loggstatus.PASSIV):
        return ()
    found: list[Utloest] = []
    if sett.passivinger:
        found.append(Utloest(Utloeser.AVSLUTNING, str(sett.passivinger)))
    if sett.tjenestebytter:
        found.append(Utloest(Utloeser.TJENESTEBYTTE, str(sett.tjenestebytter)))
    found += [
        Utloest(Utloeser.SAMTYKKE_TRUKKET, consent.id)
        for consent in logg.samtykker
        if consent.status is Samtykkestatus.TRUKKET
    ]
    found += [
        Utloest(Utloeser.KOMMUNEBYTTE, handover.id)
        for handover in logg.overfoeringer
        if handover.maaltype is Overfoeringsmaaltype.ANNEN_KOMMUNE
    ]
    held = {minutes.moete for minutes in logg.referater if minutes.moete}
    found += [
        Utloest(Utloeser.ETTER_MOETE, meeting.id)
        for meeting in logg.moeter
        if meeting.id in held or _past(meeting.dato, today)
    ]
    if logg.status is Loggstatus.AKTIV:
        found += _yearly(logg, sett, today)
    return tuple(one for one in found if one.utloeser in chosen)


def _yearly(logg: Stafettlogg, sett: Sett, today: date) -> list[Utloest]:
    """A year after the last snapshot; for a log never archived, a year after it was made."""
    made = _date(logg.opprettet)
    since = sett.siste_uttak or made
    if since is None:
        return [Utloest(Utloeser.AARLIG, str(today.year))]
    if _year_after(since) > today:
        return []
    return [Utloest(Utloeser.AARLIG, str(today.year))]


def _year_after(day: date) -> date:
    """The same day next year; 29 February becomes 28 February (E-1)."""
    year = min(day.year + 1, date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _date(text: str | None) -> date | None:
    return tid.day((text or "")[:10])


def _past(text: str | None, today: date) -> bool:
    day = _date(text)
    return day is not None and day < today
