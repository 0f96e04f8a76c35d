"""Conexus' persons: the child, staff and guardians, each also a Deltakelse in the log.

Staff take their role from what they do in the log (D-3). Who only is named (leaders, former
holders) becomes no aktør: access is never widened by a reading (R-030).
"""

from collections.abc import Callable
from typing import Any

from mappings.conexus_companion import rader, strukturer
from mappings.entitetsbygger import builder, template
from mappings.identitet import derived, following
from mappings.reading import Reading
from mappings.section import Section
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

# As plain text: that is what the field holds, and an enum's `value` is a call.
_HOVEDPERSONENS, _FORESATTES = Rolle.HOVEDPERSON.value, Rolle.FORESATT.value
_LEDER, _LESER = Rolle.VIRKSOMHETSLEDER.value, Rolle.LESETILGANG.value
_AKTOER, _HOLDER, _UKJENT = Rolle.AKTOER.value, Rolle.STAFETTHOLDER.value, Rolle.UKJENT.value

ANSATT, FORESATT, HOVEDPERSON = "ansatt", "foresatt", "hovedperson"


def learn(wire: dict[str, Any], reading: Reading) -> None:
    """Know every person of the document before anything refers to one."""
    vendors = [record["personId"] for record in wire["ansatte"]]
    vendors += [record["personId"] for record in wire["foresatte"]]
    vendors.append(wire["barn"]["personId"])
    reading.persons.update(reading.ids.many("person", vendors))


def read(wire: dict[str, Any], values: dict[str, Any], reading: Reading, logg_id: str) -> None:
    """Fill hovedperson, personer, deltakelser and stafettholder.

    The id of a participation follows from log, person and group, the same in every system.
    """
    everyone: dict[str, Person] = {}
    participation = following("deltakelse", logg_id)
    values["hovedperson"] = _main(wire["barn"], everyone, reading)
    main = _DELTAKELSE.copy()
    main["person"] = person = reading.persons[wire["barn"]["personId"]]
    main["id"] = participation(f"{person}|{HOVEDPERSON}")
    main["rolle"] = _HOVEDPERSONENS
    main["avledet"], main["avledet_regel"] = True, "D-3"
    deltakelser = [_BUILD_DELTAKELSE(main)]
    holders: dict[str, str] = {}
    roles = _roles(wire)
    for group in _GROUPS:
        records = wire[group.place]
        if records:
            group.read(records, reading, everyone, participation, roles, holders, deltakelser)
    values["personer"] = tuple(everyone.values())
    values["deltakelser"] = tuple(deltakelser)
    values["stafettholder"] = strukturer.read_holder(wire, reading, holders)


class Group:
    """A list of persons who take part: its section, and the role of those in it (none: staff)."""

    def __init__(self, section: Section, name: str, rolle: str | None) -> None:
        self.section, self.place, self.name, self.rolle = section, section.place, name, rolle
        self._read = section.reader()
        self._read_unit = section.reader("Deltakelse") if rolle is None else None
        self._write = section.writer()

    def read(
        self,
        records: list[dict[str, Any]],
        reading: Reading,
        everyone: dict[str, Person],
        participation: Callable[[str], str],
        roles: dict[str | None, str],
        holders: dict[str, str],
        deltakelser: list[Deltakelse],
    ) -> None:
        """Each person, once, and a Deltakelse for each record. One loop: it runs for everybody."""
        persons, read, read_unit = reading.persons, self._read, self._read_unit
        suffix, rolle, width, before = (
            f"|{self.name}", self.rolle, len(self.section.keys), len(deltakelser),
        )  # fmt: skip
        trace = reading.trace[self.section.name] = []
        for record in records:
            vendor = record["personId"]
            d = _DELTAKELSE.copy()
            d["kilde_id"] = vendor
            d["person"] = person = persons[vendor]
            d["id"] = entity = participation(person + suffix)
            if person in everyone:
                taken = {other.id for other in deltakelser[before:]}
                d["id"] = entity = _free(entity, taken)
                self._again(record, everyone[person], reading)
            else:
                values = _PERSON.copy()
                values["id"], values["kilde_id"] = person, vendor
                read(record, values, reading)
                everyone[person] = _BUILD_PERSON(values)
            if reading.leftover or len(record) != width:
                d["raa"] = reading.residue(record, self.section.keys)
            if read_unit is None:
                d["rolle"] = rolle
            else:
                d["rolle"] = roles.get(vendor, _UKJENT)
                holders.setdefault(vendor, entity)
                read_unit(record, d, reading)
            trace.append((record, person, entity))
            deltakelser.append(_BUILD_DELTAKELSE(d))

    def _again(self, record: dict[str, Any], person: Person, reading: Reading) -> None:
        """What a second record of a person says otherwise is kept."""
        ruled = self.section.start()
        self._write(person.__dict__, ruled, Writing(_NATIVE, ""))
        for key in self.section.keys - {"personId", "virksomhetId"}:
            if ruled[key] != record[key]:
                reading.leave(key, ruled[key], record[key])


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


def _free(wanted: str, taken: set[str]) -> str:
    """The same person twice in one list is two participations."""
    while wanted in taken:
        wanted = derived(wanted, "igjen")
    return wanted


_GROUPS = (Group(rader.ANSATTE, ANSATT, None), Group(rader.FORESATTE, FORESATT, _FORESATTES))
