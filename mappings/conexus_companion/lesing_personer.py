"""Conexus' persons: the child, staff and guardians, each also a Deltakelse in the log.

Staff take their role from what they do in the log (D-3). Who only is named (leaders, former
holders) becomes no aktør: access is never widened by a reading (R-030).
"""

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
    roles = _roles(wire)
    for group in _GROUPS:
        records = wire[group.section.place]
        if records:
            deltakelser += group.read(records, reading, everyone, participation, roles)
    values["personer"] = tuple(everyone.values())
    values["deltakelser"] = tuple(deltakelser)
    values["stafettholder"] = _holder(wire, deltakelser, reading)


class Group:
    """A list of persons who take part: its section, and the role of those in it (none: staff)."""

    def __init__(self, section: Section, name: str, rolle: str | None) -> None:
        self.section, self.name = section, name
        self._write = section.writer()
        follows = f"values['rolle'] = context.get(vendor, {_UKJENT!r})"
        self.read = section.pairs(
            "personId",
            (_PERSON, _DELTAKELSE | {"rolle": rolle}),
            (Person, Deltakelse),
            self._again,
            f"|{name}",
            follows if rolle is None else "pass",
        )

    def _again(
        self,
        record: dict[str, Any],
        person: Person,
        found: list[Deltakelse],
        wanted: str,
        reading: Reading,
    ) -> str:
        """What a second record of a person says otherwise is kept."""
        ruled = self.section.start()
        self._write(person.__dict__, ruled, Writing(_NATIVE, ""))
        for key in self.section.keys - {"personId", "virksomhetId"}:
            if ruled[key] != record[key]:
                reading.leave(key, ruled[key], record[key], "PERSON_TO_GANGER")
        return _free(wanted, {other.id for other in found})


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
    reading.trace.append(("barn", record, person, ""))
    reading.counts["barn"] = 1, len(record) != len(rader.BARN.keys)
    return _BUILD_HOVEDPERSON(main)


def _holder(wire: dict[str, Any], deltakelser: list[Deltakelse], reading: Reading) -> str | None:
    """The first Deltakelse as staff of the person who holds the log."""
    vendor = wire["stafettholder"]
    for d in deltakelser[1 : len(wire["ansatte"]) + 1]:
        if d.kilde_id == vendor:
            return d.id
    return strukturer.read_holder(wire, reading)


def _free(wanted: str, taken: set[str]) -> str:
    """The same person twice in one list is two participations."""
    while wanted in taken:
        wanted = derived(wanted, "igjen")
    return wanted


_GROUPS = (Group(rader.ANSATTE, ANSATT, None), Group(rader.FORESATTE, FORESATT, _FORESATTES))
