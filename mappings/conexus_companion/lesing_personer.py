"""Conexus' persons: the child, staff and guardians, each also a Deltakelse in the log.

Staff take their role from what they do in the log (D-3). Who only is named (leaders, former
holders) becomes no aktør: access is never widened by a reading (R-030).
"""

from typing import Any

from mappings.conexus_companion import rader, strukturer
from mappings.entitetsbygger import build, template
from mappings.identitet import derived
from mappings.reading import Reading
from mappings.writing import Writing
from schemas.stafettlogg.kodeverk import Kildesystem, Rolle
from schemas.stafettlogg.person import Deltakelse, Hovedperson, Person

_NATIVE = Kildesystem.CONEXUS
_PERSON = template(Person, kildesystem=_NATIVE)
_DELTAKELSE = template(Deltakelse, kildesystem=_NATIVE)
_HOVEDPERSON = template(Hovedperson)

_READ_BARN = rader.BARN.reader()
_READ_HOVEDPERSON = rader.BARN.reader("Hovedperson")
_READ_ANSATT = rader.ANSATTE.reader()
_READ_ENHET = rader.ANSATTE.reader("Deltakelse")
_READ_FORESATT = rader.FORESATTE.reader()
_WRITE = {"ansatte": rader.ANSATTE.writer(), "foresatte": rader.FORESATTE.writer()}

ANSATT, FORESATT, HOVEDPERSON = "ansatt", "foresatt", "hovedperson"


def participation(logg_id: str, person: str, group: str) -> str:
    """The id of a person's participation; the same in every system (no vendor id needed)."""
    return derived("deltakelse", logg_id, person, group)


def learn(wire: dict[str, Any], reading: Reading) -> None:
    """Know every person of the document before anything refers to one."""
    canonical, persons = reading.ids.canonical, reading.persons
    for record in (wire["barn"], *wire["ansatte"], *wire["foresatte"]):
        vendor = record["personId"]
        persons[vendor] = canonical("person", vendor)


def read(wire: dict[str, Any], values: dict[str, Any], reading: Reading, logg_id: str) -> None:
    """Fill hovedperson, personer, deltakelser and stafettholder."""
    everyone: dict[str, Person] = {}
    taken: set[str] = set()
    values["hovedperson"] = _main(wire["barn"], everyone, reading)
    main = _DELTAKELSE.copy()
    main["person"] = person = reading.persons[wire["barn"]["personId"]]
    main["id"] = participation(logg_id, person, HOVEDPERSON)
    main["rolle"] = Rolle.HOVEDPERSON.value
    main["avledet"], main["avledet_regel"] = True, "D-3"
    deltakelser = [build(Deltakelse, main)]
    roles = _roles(wire)
    holders: dict[str, str] = {}
    trace = reading.trace.setdefault("ansatte", [])
    for record in wire["ansatte"]:
        d = _participant(record, "ansatte", everyone, reading)
        vendor = record["personId"]
        d["rolle"] = roles.get(vendor) or Rolle.UKJENT.value
        d["id"] = _free(participation(logg_id, d["person"], ANSATT), taken)
        holders.setdefault(vendor, d["id"])
        _READ_ENHET(record, d, reading)
        trace.append((record, d["person"], d["id"]))
        deltakelser.append(build(Deltakelse, d))
    trace = reading.trace.setdefault("foresatte", [])
    for record in wire["foresatte"]:
        d = _participant(record, "foresatte", everyone, reading)
        d["rolle"] = Rolle.FORESATT.value
        d["id"] = _free(participation(logg_id, d["person"], FORESATT), taken)
        trace.append((record, d["person"], d["id"]))
        deltakelser.append(build(Deltakelse, d))
    values["personer"] = tuple(everyone.values())
    values["deltakelser"] = tuple(deltakelser)
    values["stafettholder"] = strukturer.read_holder(wire, reading, holders)


def _roles(wire: dict[str, Any]) -> dict[str | None, str]:
    roles: dict[str | None, str] = {
        unit["lederPersonId"]: Rolle.VIRKSOMHETSLEDER.value for unit in wire["virksomheter"]
    }
    for access in wire["lesetilganger"]:
        roles[access["personId"]] = Rolle.LESETILGANG.value
    for concern in wire["oppmerksomheter"]:
        for tiltak in concern["tiltak"]:
            roles[tiltak["aktor"]] = Rolle.AKTOER.value
    roles[wire["stafettholder"]] = Rolle.STAFETTHOLDER.value
    return roles


def _main(record: dict[str, Any], everyone: dict[str, Person], reading: Reading) -> Hovedperson:
    main = _HOVEDPERSON.copy()
    main["person"] = person = reading.persons[record["personId"]]
    values = _PERSON.copy()
    values["id"], values["kilde_id"] = person, record["personId"]
    _READ_BARN(record, values, reading)
    _READ_HOVEDPERSON(record, main, reading)
    if reading.leftover or len(record) != len(rader.BARN.keys):
        values["raa"] = reading.residue(record, rader.BARN.keys)
    everyone[person] = build(Person, values)
    reading.trace["barn"] = [(record, person, "")]
    return build(Hovedperson, main)


def _participant(
    record: dict[str, Any], name: str, everyone: dict[str, Person], reading: Reading
) -> dict[str, Any]:
    """The person, once, and the values of the Deltakelse; what differs the second time is kept."""
    section, read_rows = (
        (rader.ANSATTE, _READ_ANSATT) if name == "ansatte" else (rader.FORESATTE, _READ_FORESATT)
    )
    person = reading.persons[record["personId"]]
    d = _DELTAKELSE.copy()
    d["person"], d["kilde_id"] = person, record["personId"]
    before = everyone.get(person)
    if before is None:
        values = _PERSON.copy()
        values["id"], values["kilde_id"] = person, record["personId"]
        read_rows(record, values, reading)
        everyone[person] = build(Person, values)
    else:
        ruled = section.start()
        _WRITE[name](before.__dict__, ruled, Writing(_NATIVE, ""))
        for key in section.keys - {"personId", "virksomhetId"}:
            if ruled[key] != record[key]:
                reading.leave(key, ruled[key], record[key])
    if reading.leftover or len(record) != len(section.keys):
        d["raa"] = reading.residue(record, section.keys)
    return d


def _free(wanted: str, taken: set[str]) -> str:
    """The same person twice in one list is two participations."""
    while wanted in taken:
        wanted = derived(wanted, "igjen")
    taken.add(wanted)
    return wanted
