"""Participants and main person of a plan.

Who only may read parts of a log, and who only is named in it, becomes no participant: here every
participant reads the whole plan (R-030, R-031). A new participant is invited, whatever the
source's status was (R-041).
"""

from typing import Any

from mappings.visma_samspill import rader, strukturer
from mappings.writing import Writing
from schemas.stafettlogg.kodeverk import Deltakerstatus, Rolle
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Hovedperson

_NO_TASK = {
    Rolle.LESETILGANG.value: "LESETILGANG_KREVER_SAMTYKKE",
    Rolle.VIRKSOMHETSLEDER.value: "INGEN_OPPGAVE",
    Rolle.KOMMUNEADMINISTRATOR.value: "INGEN_OPPGAVE",
    Rolle.SUPERBRUKER.value: "INGEN_OPPGAVE",
    Rolle.SEKRETAER.value: "INGEN_OPPGAVE",
    Rolle.UKJENT.value: "INGEN_OPPGAVE",
}
_WRITE_MAIN = rader.MAIN.writer()
_WRITE_KIND = rader.MAIN.writer("Hovedperson")
_PARTICIPANT = rader.PARTICIPANTS.template | {"version": 1}
_WRITE_BOTH = rader.PARTICIPANTS.joined(_PARTICIPANT)
_WRITE_SKIFTE = rader.ROLE_HISTORY.writer()
_TAKES_PART = Deltakerstatus.AKTIV
_NOBODY = "HENVISNING_UTEN_MOTPART"
TEMPORARY = strukturer.TEMPORARY


def write(logg: Stafettlogg, writing: Writing) -> list[dict[str, Any]]:
    """All participants; fills the writing's look-ups of persons."""
    persons: dict[str, dict[str, Any]] = {}
    writing.extra["personer"] = persons
    accounts = writing.persons
    participants: dict[Any, Any] = {None: None}
    writing.known["deltaker"] = participants
    home = writing.native
    for p in logg.personer:
        person = p.__dict__
        key = person["id"]
        persons[key] = person
        native = person["kildesystem"] is home and _follows(person, writing)
        accounts[key] = person["kilde_id"] if native else key
    found: list[tuple[dict[str, Any], str]] = []
    left: list[tuple[dict[str, Any], str]] = []
    for deltakelse in logg.deltakelser:
        d = deltakelse.__dict__
        key, rolle = d["person"], d["rolle"]
        if rolle not in _KNOWN and d["kildesystem"] is not home:
            code = _NO_TASK.get(rolle)
            if code is None and not rolle.startswith(writing.prefix):
                code = "KODE_UTEN_MOTPART"
            if code is not None:
                left.append((d, code))
                continue
        if key in persons:
            ours = d["kildesystem"] is not home or d["kilde_id"] is None
            wire_id = TEMPORARY + d["id"] if ours else d["kilde_id"]
            found.append((d, wire_id))
            if key not in participants:
                participants[key] = wire_id
        else:
            left.append((d, _NOBODY))
    for d, code in left:
        writing.manual(code, d)
        key = d["person"]
        elsewhere = key in participants or key == logg.hovedperson.person
        if not elsewhere and key in persons:
            writing.manual(code, persons[key])
    return [_participant(d, wire_id, persons[d["person"]], writing) for d, wire_id in found]


_KNOWN = frozenset(
    {
        Rolle.STAFETTHOLDER.value,
        Rolle.AKTOER.value,
        Rolle.FORESATT.value,
        Rolle.HOVEDPERSON.value,
        Rolle.KOORDINATOR.value,
    }
)


def _participant(
    values: dict[str, Any], wire_id: str, person: dict[str, Any], writing: Writing
) -> dict[str, Any]:
    record: dict[str, Any] = _WRITE_BOTH(person, values, writing)
    native = writing.native
    record["participantId"] = wire_id
    ours = person["kildesystem"] is not native
    record["personId"] = TEMPORARY + person["id"] if ours else strukturer.identity(person, writing)
    if values["kildesystem"] is not native:
        record["externalReference"] = f"d:{values['id']};p:{values['person']}"
        if values["status"] is _TAKES_PART:
            record["status"] = "invited"
    elif ours or not _follows(person, writing):
        record["externalReference"] = f"d:{values['id']};p:{values['person']}"
    shifts = values["rollehistorikk"]
    record["roleHistory"] = [_shift(s.__dict__, writing) for s in shifts] if shifts else []
    return record if values["raa"] is None else writing.restore(record, values)


def _follows(person: dict[str, Any], writing: Writing) -> bool:
    """True when a native person's id follows from the vendor's own: no reference is needed."""
    vendor = person["kilde_id"]
    return bool(vendor) and writing.ids.canonical("person", vendor) == person["id"]


def _shift(values: dict[str, Any], writing: Writing) -> dict[str, Any]:
    record = rader.ROLE_HISTORY.start()
    _WRITE_SKIFTE(values, record, writing)
    return record


def write_main(main: Hovedperson, writing: Writing) -> dict[str, Any]:
    """The main person's record."""
    person = writing.extra["personer"].get(main.person)
    record = rader.MAIN.start()
    _WRITE_KIND(main.__dict__, record, writing)
    if person is None:
        record["personId"] = f"{TEMPORARY}{main.person}"
        return record
    _WRITE_MAIN(person, record, writing)
    record["personId"] = strukturer.identity(person, writing)
    return record if person["raa"] is None else writing.restore(record, person)
