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
from schemas.stafettlogg.person import Deltakelse, Person

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
_WRITE_PERSON = rader.PARTICIPANTS.writer()
_WRITE_DELTAKELSE = rader.PARTICIPANTS.writer("Deltakelse")
_WRITE_SKIFTE = rader.ROLE_HISTORY.writer()
_NOBODY = "HENVISNING_UTEN_MOTPART"


def write(logg: Stafettlogg, writing: Writing) -> list[dict[str, Any]]:
    """All participants; fills the writing's look-ups of persons."""
    persons = {p.id: p for p in logg.personer}
    accounts = writing.persons
    participants: dict[Any, Any] = {None: None}
    writing.known["deltaker"] = participants
    canonical, home = writing.extra["ids"].canonical, writing.native
    accounts.update(zip(persons, persons, strict=True))
    for p in logg.personer:
        if p.kildesystem is home and p.kilde_id and canonical("person", p.kilde_id) == p.id:
            accounts[p.id] = p.kilde_id
    written: list[Deltakelse] = []
    left: list[tuple[Deltakelse, str]] = []
    for d in logg.deltakelser:
        code = None
        if d.rolle not in _KNOWN and d.kildesystem is not home:
            code = _NO_TASK.get(d.rolle)
            if code is None and not d.rolle.startswith(writing.prefix):
                code = "KODE_UTEN_MOTPART"
        if code is None and d.person in persons:
            written.append(d)
            participants.setdefault(d.person, strukturer.identity(d.__dict__, writing))
        else:
            left.append((d, code or _NOBODY))
    for d, code in left:
        writing.manual(code, d.__dict__)
        person = persons.get(d.person)
        elsewhere = d.person in participants or d.person == logg.hovedperson.person
        if person is not None and not elsewhere:
            writing.manual(code, person.__dict__)
    return [_participant(d, persons[d.person], writing) for d in written]


_KNOWN = frozenset(
    {
        Rolle.STAFETTHOLDER.value,
        Rolle.AKTOER.value,
        Rolle.FORESATT.value,
        Rolle.HOVEDPERSON.value,
        Rolle.KOORDINATOR.value,
    }
)


def _participant(d: Deltakelse, person: Person, writing: Writing) -> dict[str, Any]:
    values = d.__dict__
    record = _PARTICIPANT.copy()
    _WRITE_PERSON(person.__dict__, record, writing)
    _WRITE_DELTAKELSE(values, record, writing)
    record["participantId"] = strukturer.identity(values, writing)
    record["personId"] = strukturer.identity(person.__dict__, writing)
    native = values["kildesystem"] is writing.native
    if not (native and _is_native(person, writing)):
        record["externalReference"] = f"d:{values['id']};p:{values['person']}"
    if not native and values["status"] is Deltakerstatus.AKTIV:
        record["status"] = "invited"
    shifts = values["rollehistorikk"]
    record["roleHistory"] = [_shift(s.__dict__, writing) for s in shifts] if shifts else []
    if values["raa"] is not None:
        return writing.restore(record, values)
    return record


def _is_native(person: Person, writing: Writing) -> bool:
    """True when ids follow from the vendor's own, so that no reference of ours is needed."""
    if person.kildesystem is not writing.native or person.kilde_id is None:
        return False
    return bool(writing.extra["ids"].canonical("person", person.kilde_id) == person.id)


def _shift(values: dict[str, Any], writing: Writing) -> dict[str, Any]:
    record = rader.ROLE_HISTORY.start()
    _WRITE_SKIFTE(values, record, writing)
    return record


def write_main(values: dict[str, Any], writing: Writing) -> dict[str, Any]:
    """The main person's record."""
    main = values["hovedperson"]
    person = next((p for p in values["personer"] if p.id == main.person), None)
    record = rader.MAIN.start()
    _WRITE_KIND(main.__dict__, record, writing)
    if person is None:
        record["personId"] = f"{strukturer.TEMPORARY}{main.person}"
        return record
    _WRITE_MAIN(person.__dict__, record, writing)
    record["personId"] = strukturer.identity(person.__dict__, writing)
    return record if person.raa is None else writing.restore(record, person.__dict__)
