"""Samspill's main person and participants as persons and participations."""

from typing import Any

from mappings.entitetsbygger import builder, template
from mappings.identitet import derived, is_uuid
from mappings.reading import Reading
from mappings.visma_samspill import henvisninger, koder, rader, referanse, strukturer
from mappings.writing import Writing
from schemas.stafettlogg.kodeverk import Deltakerstatus, Kildesystem, Rolle
from schemas.stafettlogg.person import Deltakelse, Hovedperson, Person, Rolleskifte
from schemas.stafettlogg.spor import Holderperiode

_NATIVE = Kildesystem.SAMSPILL
_PERSON = template(Person, kildesystem=_NATIVE)
_DELTAKELSE = template(Deltakelse, kildesystem=_NATIVE)
_HOVEDPERSON, _SKIFTE = template(Hovedperson), template(Rolleskifte)
_BUILD_PERSON, _BUILD_DELTAKELSE = builder(Person), builder(Deltakelse)
_BUILD_HOVEDPERSON, _BUILD_ROLLESKIFTE = builder(Hovedperson), builder(Rolleskifte)
_READ_MAIN = rader.MAIN.reader()
_READ_KIND = rader.MAIN.reader("Hovedperson")
_READ_PERSON = rader.PARTICIPANTS.reader()
_READ_DELTAKELSE = rader.PARTICIPANTS.reader("Deltakelse")
_READ_SKIFTE = rader.ROLE_HISTORY.reader()
_WRITE_PERSON = rader.PARTICIPANTS.writer()
_GROUPS = {koder.GUARDIAN: "foresatt", koder.OWNER: "hovedperson"}


def learn(bundle: dict[str, Any], reading: Reading) -> None:
    """Know every account and participant before anything refers to one."""
    by_participant: dict[Any, Any] = {None: None}
    again: dict[Any, Any] = {}
    first: dict[Any, Any] = {}
    reading.known["deltaker"] = by_participant
    reading.known[henvisninger.DOUBLE], reading.known[henvisninger.FIRST] = again, first
    main = bundle["plan"]["mainPerson"]["personId"]
    ours = bundle["plan"]["externalReference"] is not None
    persons = reading.persons
    for record in bundle["participants"]:
        reference = referanse.parse(record["externalReference"])
        vendor = record["personId"]
        person = reference["p"][0] if "p" in reference else _account(vendor, reading)
        persons.setdefault(vendor, person)
        participant = record["participantId"]
        before = first.setdefault(person, participant)
        (by_participant if before == participant else again)[participant] = person
        if ours and record["roleId"] == koder.OWNER and "p" in reference:
            persons.setdefault(main, person)
    reading.alone(bundle["participants"], "participantId")
    if main not in persons:
        persons[main] = _account(main, reading)
    reading.known[henvisninger.ACCOUNT] = _named_by_us(reading) if ours else {}


def _named_by_us(reading: Reading) -> dict[Any, Any]:
    """Accounts of persons whose id is ours and does not follow from the account. Such a person is
    written by our id; an author who is told by the account is therefore looked up apart."""
    persons, canonical = reading.persons, reading.ids.canonical
    apart = {
        vendor: person
        for vendor, person in persons.items()
        if vendor is not None and canonical("person", vendor) != person
    }
    for vendor in apart:
        del persons[vendor]
    return apart


def _account(vendor: str, reading: Reading) -> str:
    bare = vendor.removeprefix(strukturer.TEMPORARY)
    return bare if is_uuid(bare) else reading.ids.canonical("person", vendor)


def read(bundle: dict[str, Any], values: dict[str, Any], reading: Reading, logg_id: str) -> None:
    """Fill hovedperson, personer, deltakelser, stafettholder and its history."""
    everyone: dict[str, Person] = {}
    values["hovedperson"] = _main(bundle["plan"]["mainPerson"], everyone, reading)
    taken: set[str] = set()
    deltakelser: list[Deltakelse] = []
    periods: list[Holderperiode] = []
    for record in bundle["participants"]:
        d = _participant(record, everyone, reading, logg_id, taken)
        deltakelser.append(d)
        if d.rolle == Rolle.STAFETTHOLDER and d.status is not Deltakerstatus.AVSLUTTET:
            values["stafettholder"] = values["stafettholder"] or d.id
        periods += [
            Holderperiode(person=d.person, virksomhet=d.virksomhet, fra=s.fra, til=s.til)
            for s in d.rollehistorikk
            if s.rolle == Rolle.STAFETTHOLDER
        ]
    values["personer"] = tuple(everyone.values())
    values["deltakelser"] = tuple(deltakelser)
    values["stafettholder_historikk"] = tuple(periods)


def _main(record: dict[str, Any], everyone: dict[str, Person], reading: Reading) -> Hovedperson:
    main = _HOVEDPERSON.copy()
    vendor = record["personId"]
    person = reading.persons.get(vendor) or reading.known[henvisninger.ACCOUNT][vendor]
    main["person"] = person
    values = _PERSON.copy()
    values["id"], values["kilde_id"] = person, vendor
    _READ_MAIN(record, values, reading)
    _READ_KIND(record, main, reading)
    if reading.leftover or len(record) != len(rader.MAIN.keys):
        values["raa"] = reading.residue(record, rader.MAIN.keys)
    everyone[person] = _BUILD_PERSON(values)
    reading.trace.append(("mainPerson", record, person, ""))
    return _BUILD_HOVEDPERSON(main)


def _participant(
    record: dict[str, Any],
    everyone: dict[str, Person],
    reading: Reading,
    logg_id: str,
    taken: set[str],
) -> Deltakelse:
    vendor = record["participantId"]
    known, again = reading.known["deltaker"], reading.known[henvisninger.DOUBLE]
    person = known[vendor] if vendor in known else again[vendor]
    before = everyone.get(person)
    if before is None:
        values = _PERSON.copy()
        values["id"], values["kilde_id"] = person, record["personId"]
        _READ_PERSON(record, values, reading)
        everyone[person] = _BUILD_PERSON(values)
    elif (
        before.epost is None
        and before.mobil is None
        and len(everyone)
        and _is_main(before, everyone)
    ):
        everyone[person] = before.model_copy(
            update={"epost": record["email"], "mobil": record["mobile"]}
        )
        _differs(record, everyone[person], reading)
    else:
        _differs(record, before, reading)
    d = _DELTAKELSE.copy()
    d["kilde_id"], d["person"] = vendor, person
    group = _GROUPS.get(record["roleId"], "ansatt")
    d["id"] = _identity(record, ("deltakelse", logg_id, person, group), taken, reading)
    _READ_DELTAKELSE(record, d, reading)
    strukturer.read_version(record, reading)
    d["rollehistorikk"] = _history(record["roleHistory"], d["id"], reading)
    if reading.leftover or reading.inner or len(record) != len(rader.PARTICIPANTS.keys):
        d["raa"] = reading.residue(record, rader.PARTICIPANTS.keys)
    reading.trace.append(("participants", record, person, d["id"]))
    return _BUILD_DELTAKELSE(d)


def _is_main(person: Person, everyone: dict[str, Person]) -> bool:
    return next(iter(everyone)) == person.id


def _differs(record: dict[str, Any], person: Person, reading: Reading) -> None:
    """A person has one name and one number here; what differs the second time is kept."""
    ruled = rader.PARTICIPANTS.start()
    _WRITE_PERSON(person.__dict__, ruled, _blank())
    ruled["personId"] = person.kilde_id
    for key in ("nationalId", "name", "email", "mobile", "personId"):
        if ruled[key] != record[key]:
            reading.leave(key, ruled[key], record[key], "PERSON_TO_GANGER")


def _blank() -> Writing:
    """A writing that knows nobody; only rows of a person are written with it."""
    return Writing(_NATIVE, "")


def _identity(
    record: dict[str, Any], parts: tuple[str, ...], taken: set[str], reading: Reading
) -> str:
    """Our id from the reference, else the id that follows from log, person and role."""
    names = referanse.parse(record["externalReference"])
    if "d" in names:
        taken.add(names["d"][0])
        return names["d"][0]
    if record["externalReference"] is not None:
        reading.leave("externalReference", None, record["externalReference"], strukturer.FOREIGN)
    natural = derived(*parts)
    while natural in taken:
        natural = derived(natural, "igjen")
    taken.add(natural)
    return natural


def _history(
    records: list[dict[str, Any]], owner: str, reading: Reading
) -> tuple[Rolleskifte, ...]:
    if not records:
        return ()
    keys = rader.ROLE_HISTORY.keys
    outer, reading.leftover = reading.leftover, None
    found, own = [], {}
    for index, record in enumerate(records):
        values = _SKIFTE.copy()
        _READ_SKIFTE(record, values, reading)
        if reading.leftover or len(record) != len(keys):
            own[index] = reading.residue_of(record, keys)
        reading.trace.append(("roleHistory", record, owner, ""))
        found.append(_BUILD_ROLLESKIFTE(values))
    if own:
        reading.leave_rows("roleHistory", records, own, keys, rader.ROLE_HISTORY.named)
    reading.leftover = outer
    return tuple(found)
