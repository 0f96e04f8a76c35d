"""The named pairs of functions where Conexus' shape and the canonical shape differ."""

from typing import Any

from mappings.entitetsbygger import builder, template
from mappings.identitet import is_uuid
from mappings.reading import Reading
from mappings.writing import Writing
from schemas.stafettlogg.innhold import Evaluering
from schemas.stafettlogg.kodeverk import Samtykkestatus, Signaturstatus, Tiltaksarena, Tiltakstatus
from schemas.stafettlogg.samtykke import Mottaker, Signatar
from schemas.tid import oslo_day

Around = tuple[str | None, dict[str, Evaluering]]
"""What a measure needs of its log: the holder, and the evaluations by the vendor's measure id."""

_SIGNED = frozenset({Samtykkestatus.GYLDIG, Samtykkestatus.TRUKKET, Samtykkestatus.ERSTATTET})
_SIGNER, _RECEIVER = builder(Signatar), builder(Mottaker)
_SIGNATURE = template(Signatar, status=Signaturstatus.SIGNERT)
# By name once: to ask the enum for a member is a call.
_WITHDRAWN, _REPLACED = Samtykkestatus.TRUKKET, Samtykkestatus.ERSTATTET
_VALID, _DRAFT = Samtykkestatus.GYLDIG, Samtykkestatus.UTKAST
_ERRONEOUS = Tiltakstatus.FEILREGISTRERT
_HOME = "HJEM"
_BREAK = ":\n"


def read_id(reading: Reading, kind: str, value: str) -> str:
    """A vendor id as a canonical one."""
    return reading.ids.canonical(kind, value)


def write_id(writing: Writing, entity: dict[str, Any]) -> str:
    """The id to write: the vendor's own where it came from there."""
    return writing.wire_id(entity)


def read_key(wire: dict[str, Any], reading: Reading) -> str:
    """The log's identity: our key when the log carries one, else made from the vendor's id."""
    key = wire["eksternNokkel"]
    if key is not None:
        if is_uuid(key):
            if key == wire["loggId"]:
                reading.leave("eksternNokkel", None, key)
            return str(key)
        reading.leave("eksternNokkel", None, key, "ANNET_SYSTEMS_NOKKEL")
    return reading.ids.canonical("logg", wire["loggId"])


def write_key(entity: dict[str, Any], wire: dict[str, Any], writing: Writing, own: str) -> None:
    """`own` is what Conexus' id alone would give; our key is written when it is not that."""
    wire["loggId"] = writing.wire_id(entity)
    wire["eksternNokkel"] = None if own == entity["id"] else entity["id"]


def read_holder(wire: dict[str, Any], reading: Reading) -> str | None:
    """A placeholder for a holder who is not among the staff."""
    holder = wire["stafettholder"]
    return None if holder is None else f"{reading.system}:{holder}"


def write_holder(entity: dict[str, Any], writing: Writing, persons: dict[str, str]) -> str | None:
    """The holder's person id from the holder's Deltakelse."""
    holder = entity["stafettholder"]
    if holder is None:
        return None
    found = persons.get(holder)
    if found is None and holder.startswith(writing.prefix):
        return str(holder[len(writing.prefix) :])
    if found is None:
        writing.placeholder("HENVISNING_UTEN_MOTPART", entity, "stafettholder")
    return found


def read_concerns(value: list[str], reading: Reading) -> tuple[str, ...]:
    """References to concerns; a concern split for Conexus (D-2) is one concern again."""
    if not value:
        return ()
    seen: dict[str, str] = {}
    found: list[str] = []
    for wire_id in value:
        concern = reading.refer("oppmerksomhet", wire_id) or ""
        if seen.setdefault(concern, wire_id) == wire_id:
            found.append(concern)
    return tuple(found)


def write_concerns(
    value: tuple[str, ...], writing: Writing, entity: dict[str, Any], field: str
) -> list[str]:
    """References to concerns; one that was split gives one reference for each part."""
    split: dict[str, list[str]] = writing.extra["concerns"]
    found: list[str] = []
    for concern in value:
        if concern in split:
            found += split[concern]
        else:
            one = writing.refer("oppmerksomhet", concern, entity, field)
            found += [one] if one is not None else []
    return found


def read_signatures(record: dict[str, Any], values: dict[str, Any], reading: Reading) -> None:
    """Signers, first day and status of an uploaded form: withdrawn, replaced, valid or a draft."""
    signers, known, found = record["signertAv"], reading.persons, []
    for signer in signers:
        signature = _SIGNATURE.copy()
        signature["person"] = known.get(signer) or reading.person(signer)
        found.append(_SIGNER(signature))
    values["signatarer"] = tuple(found)
    values["gyldig_fra"] = signed = record["signertDato"]
    successor = record["erstattetAv"]
    if record["trukket"] is not None:
        values["status"] = _WITHDRAWN
    elif successor is not None:
        values["status"] = _REPLACED
    elif signers or signed is not None:
        values["status"] = _VALID
    else:
        values["status"] = _DRAFT
    if successor is not None:
        reading.leave("erstattetAv", None, successor, "INGEN_PLASS")


def write_signatures(entity: dict[str, Any], record: dict[str, Any], writing: Writing) -> None:
    """An uploaded form is a signed form: a consent that is not fully signed shows no signature."""
    native = entity["kildesystem"] is writing.native
    signed = [s for s in entity["signatarer"] if s.status is Signaturstatus.SIGNERT]
    date, successor = entity["gyldig_fra"], None
    if not native:
        successor = _successor(entity, writing)
        replaced = entity["status"] is Samtykkestatus.ERSTATTET
        if entity["status"] not in _SIGNED or (replaced and successor is None):
            writing.manual("SAMTYKKE_IKKE_FULLFOERT", entity, "status")
            if entity["signatarer"]:
                writing.manual("SAMTYKKE_IKKE_FULLFOERT", entity, "signatarer")
            if date is not None:
                writing.manual("SAMTYKKE_IKKE_FULLFOERT", entity, "gyldig_fra")
            signed, date, successor = [], None, None
        elif len(signed) != len(entity["signatarer"]):
            writing.manual("SAMTYKKE_IKKE_FULLFOERT", entity, "signatarer")
        days = [day for s in signed if (day := oslo_day(s.tid)) is not None]
        if date is None and days:
            date = max(days).isoformat()
            writing.derived("SIST_SIGNERT", entity, "gyldig_fra")
    persons = [_person(s.person, writing, entity, "signatarer") for s in signed]
    record["signertAv"] = [p for p in persons if p is not None]
    record["signertDato"] = date
    record["erstattetAv"] = successor


def _successor(entity: dict[str, Any], writing: Writing) -> str | None:
    if entity["status"] is not Samtykkestatus.ERSTATTET:
        return None
    later = False
    for consent in writing.extra["samtykker"]:
        if later and consent.status is Samtykkestatus.GYLDIG:
            return writing.wire_id(consent.__dict__)
        later = later or consent.id == entity["id"]
    return None


def _person(value: str, writing: Writing, entity: dict[str, Any], field: str) -> str | None:
    found = writing.persons.get(value)
    if found is None and value.startswith(writing.prefix):
        return value[len(writing.prefix) :]
    if found is None:
        writing.placeholder("HENVISNING_UTEN_MOTPART", entity, field)
    return found


def read_receivers(value: list[str]) -> tuple[Mottaker, ...]:
    """Services by name."""
    return tuple([_RECEIVER({"virksomhet": v, "person": None, "rolle": None}) for v in value])


def write_receivers(entity: dict[str, Any], writing: Writing) -> list[str]:
    """The service, else the person, of each receiver."""
    names: list[str] = []
    for receiver in entity["mottakere"]:
        if receiver.virksomhet is None:
            writing.derived("SOM_NAVN", entity, "mottakere")
        names.append(
            receiver.virksomhet if receiver.virksomhet is not None else receiver.person or ""
        )
    return names


def read_measure(
    record: dict[str, Any], values: dict[str, Any], reading: Reading, around: Around
) -> None:
    """What of a measure needs a look around: its text, its evaluation, and whom the screen shows.

    One text, parted again where the two-part text is ours. What the screen shows, the holder for
    a measure in the home and else the aktør (R-074), is kept only when it is not that.
    """
    holder, evaluations = around
    text = record["tekst"]
    if text is not None and _BREAK in text and is_uuid(record["tiltakId"]):
        values["tittel"], _, values["beskrivelse"] = text.partition(_BREAK)
    else:
        values["tittel"] = text
    shown, ruled = record["vistAnsvarlig"], holder if record["arena"] == _HOME else record["aktor"]
    if shown != ruled:
        reading.leave("vistAnsvarlig", ruled, shown, "INGEN_PLASS")
    values["feilregistrert"] = values["status"] is _ERRONEOUS
    if record["evaluering"] is not None:
        values["evaluering"] = evaluations[record["tiltakId"]]


def write_text(entity: dict[str, Any], writing: Writing) -> str | None:
    """Title and description in one text (D-1)."""
    title, description = entity["tittel"], entity["beskrivelse"]
    if description is None:
        if title is not None and _BREAK in title and entity["kildesystem"] is not writing.native:
            writing.derived("TITTEL_OG_BESKRIVELSE", entity, "tittel")
            writing.derived("TITTEL_OG_BESKRIVELSE", entity, "beskrivelse")
        return title if title is None else str(title)
    if title is None or _BREAK in title or not is_uuid(writing.wire_id(entity)):
        writing.derived("TITTEL_OG_BESKRIVELSE", entity, "tittel")
        writing.derived("TITTEL_OG_BESKRIVELSE", entity, "beskrivelse")
    return f"{title or ''}{_BREAK}{description}"


def write_shown(entity: dict[str, Any], record: dict[str, Any], holder: str | None) -> None:
    """Show as the vendor's own screen does."""
    home = entity["arena"] is Tiltaksarena.HJEM
    record["vistAnsvarlig"] = holder if home else record["aktor"]


def _suffix(part: int, parts: int) -> str:
    return f" (mål {part} av {parts})"


def read_part(text: str | None, part: int, parts: int) -> str | None:
    """The concern's text without the part number we added."""
    if parts == 1 or text is None:
        return text
    return text.removesuffix(_suffix(part, parts))


def write_part(text: str | None, part: int, parts: int) -> str | None:
    """The concern's text with its part number when the concern has several goals (D-2)."""
    return text if parts == 1 or text is None else text + _suffix(part, parts)


def read_file(value: str | None, reading: Reading) -> tuple[str, ...]:
    """One attachment."""
    found = reading.refer("fil", value)
    return () if found is None else (found,)


def write_file(
    value: tuple[str, ...], writing: Writing, entity: dict[str, Any], field: str
) -> str | None:
    """The first attachment; a note takes one."""
    if not value:
        return None
    if len(value) > 1:
        writing.manual("FLERE_VEDLEGG", entity, field)
    return writing.refer("fil", value[0], entity, field)
