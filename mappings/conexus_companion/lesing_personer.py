"""Conexus' persons: the child, staff and guardians, each also a Deltakelse in the log.

Staff take their role from what they do in the log (D-3). Who only is named (leaders, former
holders) becomes no aktør: access is never widened by a reading (R-030).
"""

from typing import Any

from mappings.conexus_companion import rader, strukturer
from mappings.entitetsbygger import builder, template
from mappings.identitet import derived, following
from mappings.reading import Reading
from mappings.section import Read, Section
from mappings.writing import Writing
from schemas.stafettlogg.kodeverk import Kildesystem, Rolle
from schemas.stafettlogg.person import Deltakelse, Hovedperson, Person

_NATIVE = Kildesystem.CONEXUS
_PERSON = template(Person, kildesystem=_NATIVE)
_DELTAKELSE = template(Deltakelse, kildesystem=_NATIVE)
_HOVEDPERSON = template(Hovedperson)
_BUILD_PERSON, _BUILD_DELTAKELSE = builder(Person), builder(Deltakelse)
_BUILD_HOVEDPERSON = builder(Hovedperson)

_READ_BARN = rader.BARN.reader()
_READ_HOVEDPERSON = rader.BARN.reader("Hovedperson")
_READ_ANSATT = rader.ANSATTE.reader()
_READ_ENHET = rader.ANSATTE.reader("Deltakelse")
_READ_FORESATT = rader.FORESATTE.reader()
_WRITE = {"ansatte": rader.ANSATTE.writer(), "foresatte": rader.FORESATTE.writer()}

# As plain text: that is what the field holds, and an enum's `value` is a call.
_HOVEDPERSONENS, _FORESATTES = Rolle.HOVEDPERSON.value, Rolle.FORESATT.value
_LEDER, _LESER = Rolle.VIRKSOMHETSLEDER.value, Rolle.LESETILGANG.value
_AKTOER, _HOLDER, _UKJENT = Rolle.AKTOER.value, Rolle.STAFETTHOLDER.value, Rolle.UKJENT.value

ANSATT, FORESATT, HOVEDPERSON = "ansatt", "foresatt", "hovedperson"


def learn(wire: dict[str, Any], reading: Reading) -> None:
    """Know every person of the document before anything refers to one."""
    vendors = [record["personId"] for record in (*wire["ansatte"], *wire["foresatte"])]
    vendors.append(wire["barn"]["personId"])
    reading.persons.update(reading.ids.many("person", vendors))


def read(wire: dict[str, Any], values: dict[str, Any], reading: Reading, logg_id: str) -> None:
    """Fill hovedperson, personer, deltakelser and stafettholder.

    The id of a participation follows from log, person and group, the same in every system.
    """
    everyone: dict[str, Person] = {}
    taken: set[str] = set()
    participation = following("deltakelse", logg_id)
    values["hovedperson"] = _main(wire["barn"], everyone, reading)
    main = _DELTAKELSE.copy()
    main["person"] = person = reading.persons[wire["barn"]["personId"]]
    main["id"] = participation(f"{person}|{HOVEDPERSON}")
    main["rolle"] = _HOVEDPERSONENS
    main["avledet"], main["avledet_regel"] = True, "D-3"
    deltakelser = [_BUILD_DELTAKELSE(main)]
    roles = _roles(wire)
    holders: dict[str, str] = {}
    trace = reading.trace["ansatte"] = []
    for record in wire["ansatte"]:
        d = _participant(record, rader.ANSATTE, _READ_ANSATT, everyone, reading)
        vendor, person = record["personId"], d["person"]
        d["rolle"] = roles.get(vendor, _UKJENT)
        d["id"] = entity = _free(participation(f"{person}|{ANSATT}"), taken)
        holders.setdefault(vendor, entity)
        _READ_ENHET(record, d, reading)
        trace.append((record, person, entity))
        deltakelser.append(_BUILD_DELTAKELSE(d))
    trace = reading.trace["foresatte"] = []
    for record in wire["foresatte"]:
        d = _participant(record, rader.FORESATTE, _READ_FORESATT, everyone, reading)
        d["rolle"] = _FORESATTES
        d["id"] = entity = _free(participation(f"{d['person']}|{FORESATT}"), taken)
        trace.append((record, d["person"], entity))
        deltakelser.append(_BUILD_DELTAKELSE(d))
    values["personer"] = tuple(everyone.values())
    values["deltakelser"] = tuple(deltakelser)
    values["stafettholder"] = strukturer.read_holder(wire, reading, holders)


def _roles(wire: dict[str, Any]) -> dict[str | None, str]:
    roles: dict[str | None, str] = {unit["lederPersonId"]: _LEDER for unit in wire["virksomheter"]}
    for access in wire["lesetilganger"]:
        roles[access["personId"]] = _LESER
    for concern in wire["oppmerksomheter"]:
        for tiltak in concern["tiltak"]:
            roles[tiltak["aktor"]] = _AKTOER
    roles[wire["stafettholder"]] = _HOLDER
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
    everyone[person] = _BUILD_PERSON(values)
    reading.trace["barn"] = [(record, person, "")]
    return _BUILD_HOVEDPERSON(main)


def _participant(
    record: dict[str, Any],
    section: Section,
    read_rows: Read,
    everyone: dict[str, Person],
    reading: Reading,
) -> dict[str, Any]:
    """The person, once, and the values of the Deltakelse; what differs the second time is kept."""
    vendor = record["personId"]
    person = reading.persons[vendor]
    d = _DELTAKELSE.copy()
    d["person"], d["kilde_id"] = person, vendor
    if person not in everyone:
        values = _PERSON.copy()
        values["id"], values["kilde_id"] = person, vendor
        read_rows(record, values, reading)
        everyone[person] = _BUILD_PERSON(values)
    else:
        ruled = section.start()
        _WRITE[section.name](everyone[person].__dict__, ruled, Writing(_NATIVE, ""))
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
