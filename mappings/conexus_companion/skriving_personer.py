"""The child, staff and guardians of a Conexus document, out of persons and participations.

A participation that has ended gives no new access, so it is not written (R-030).
"""

from typing import Any

from mappings.conexus_companion import rader
from mappings.writing import Writing
from schemas.stafettlogg.kodeverk import Deltakerstatus, Rolle
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse, Person

_BARN = rader.BARN.writer()
_HOVEDPERSON = rader.BARN.writer("Hovedperson")
_ANSATT = rader.ANSATTE.writer()
_ENHET = rader.ANSATTE.writer("Deltakelse")
_FORESATT = rader.FORESATTE.writer()


def write(logg: Stafettlogg, wire: dict[str, Any], writing: Writing) -> dict[str, str]:
    """Fill barn, ansatte and foresatte; gives the person id of each participation."""
    persons = {p.id: p for p in logg.personer}
    known = writing.persons
    main = logg.hovedperson
    staff: list[Deltakelse] = []
    guardians: list[Deltakelse] = []
    people: dict[str, str] = {}
    for d in logg.deltakelser:
        native = d.kildesystem is writing.native
        person = persons.get(d.person)
        if person is None or d.rolle == Rolle.HOVEDPERSON:
            if not native and person is not None:
                writing.manual("INGEN_PLASS", d.__dict__)
            continue
        if d.status is Deltakerstatus.AVSLUTTET and not native:
            writing.manual("DELTAKELSE_AVSLUTTET", d.__dict__)
            continue
        people[d.id] = known[d.person] = writing.wire_id(person.__dict__)
        (guardians if d.rolle == Rolle.FORESATT else staff).append(d)
    child = persons.get(main.person)
    known[main.person] = writing.wire_id(child.__dict__) if child is not None else main.person
    wire["barn"] = _child(logg, child, known[main.person], writing)
    wire["ansatte"] = [_staff(d, persons[d.person], writing) for d in staff]
    wire["foresatte"] = [_guardian(d, persons[d.person], writing) for d in guardians]
    for person in logg.personer:
        if person.id not in known:
            writing.manual("DELTAKELSE_AVSLUTTET", person.__dict__)
    return people


def _child(
    logg: Stafettlogg, child: Person | None, vendor: str, writing: Writing
) -> dict[str, Any]:
    record = rader.BARN.start()
    _HOVEDPERSON(logg.hovedperson.__dict__, record, writing)
    record["personId"] = vendor
    if child is None:
        return record
    _BARN(child.__dict__, record, writing)
    for field in ("epost", "mobil"):
        if child.__dict__[field] is not None:
            writing.manual("INGEN_PLASS", child.__dict__, field)
    return record if child.raa is None else writing.restore(record, child.__dict__)


def _staff(d: Deltakelse, person: Person, writing: Writing) -> dict[str, Any]:
    record = rader.ANSATTE.start()
    _ANSATT(person.__dict__, record, writing)
    _ENHET(d.__dict__, record, writing)
    record["personId"] = writing.wire_id(person.__dict__)
    return record if d.raa is None else writing.restore(record, d.__dict__)


def _guardian(d: Deltakelse, person: Person, writing: Writing) -> dict[str, Any]:
    record = rader.FORESATTE.start()
    _FORESATT(person.__dict__, record, writing)
    record["personId"] = writing.wire_id(person.__dict__)
    return record if d.raa is None else writing.restore(record, d.__dict__)
