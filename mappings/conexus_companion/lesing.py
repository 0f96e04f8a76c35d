"""Conexus to canonical: walks the nested document and builds the log."""

from typing import Any

from mappings.conexus_companion import lesing_personer, rader, strukturer
from mappings.conexus_companion.lesing_innhold import read_concerns
from mappings.entitetsbygger import build, template
from mappings.reading import Reading
from mappings.section import Section
from schemas.stafettlogg.dialog import Moete
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.innhold import Dokument, Lysglimt, Notat
from schemas.stafettlogg.kodeverk import Kildesystem, Samtykkeform
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Lesetilgang, Virksomhet
from schemas.stafettlogg.samtykke import Samtykke
from schemas.stafettlogg.spor import Overfoering

_NATIVE = Kildesystem.CONEXUS
_LOGG = template(Stafettlogg, kildesystem=_NATIVE)
_READ_LOGG = rader.LOGG.reader()


class Liste:
    """Reads the records of one flat list: rows, id, unknown keys."""

    def __init__(self, section: Section, cls: type[Entitet], key: str, kind: str) -> None:
        self.section = section
        self.cls = cls
        self.key = key
        self.kind = kind
        self.template = template(cls, kildesystem=_NATIVE)
        self.read = section.reader()

    def values(
        self, record: dict[str, Any], reading: Reading, trace: list[tuple[dict[str, Any], str, str]]
    ) -> dict[str, Any]:
        """The values of one record; structures are the caller's."""
        values = self.template.copy()
        values["kilde_id"] = vendor = record[self.key]
        values["id"] = canonical = reading.known[self.kind][vendor]
        self.read(record, values, reading)
        trace.append((record, canonical, ""))
        return values

    def finish(self, record: dict[str, Any], values: dict[str, Any], reading: Reading) -> Any:
        """The entity, with what no row took in `raa`."""
        if reading.leftover or len(record) != len(self.section.keys):
            values["raa"] = reading.residue(record, self.section.keys)
        return build(self.cls, values)


_VIRKSOMHET = Liste(rader.VIRKSOMHETER, Virksomhet, "virksomhetId", "virksomhet")
_LESETILGANG = Liste(rader.LESETILGANGER, Lesetilgang, "lesetilgangId", "lesetilgang")
_SAMTYKKE = Liste(rader.SAMTYKKER, Samtykke, "samtykkeId", "samtykke")
_MOETE = Liste(rader.MOTER, Moete, "moteId", "mote")
_LYSGLIMT = Liste(rader.LYSGLIMT, Lysglimt, "lysglimtId", "lysglimt")
_NOTAT = Liste(rader.NOTATER, Notat, "notatId", "notat")
_DOKUMENT = Liste(rader.FILER, Dokument, "filId", "fil")
_OVERFOERING = Liste(rader.OVERFORINGER, Overfoering, "overforingId", "overforing")
_LISTER = (
    (_VIRKSOMHET, "virksomheter"),
    (_LESETILGANG, "lesetilganger"),
    (_SAMTYKKE, "samtykker"),
    (_MOETE, "moter"),
    (_LYSGLIMT, "lysglimt"),
    (_NOTAT, "notater"),
    (_DOKUMENT, "filer"),
    (_OVERFOERING, "overforinger"),
)


def read_logg(wire: dict[str, Any], reading: Reading) -> Stafettlogg:
    """The canonical log. Raises Rejected("DOBBEL_ID")."""
    values = _LOGG.copy()
    values["id"] = logg_id = strukturer.read_key(wire, reading)
    values["kilde_id"] = wire["loggId"]
    for liste, key in _LISTER:
        reading.learn(liste.kind, wire[key], liste.key)
    lesing_personer.learn(wire, reading)
    kept, reading.leftover = reading.leftover, None
    values["oppmerksomheter"] = read_concerns(wire, reading)
    lesing_personer.read(wire, values, reading, logg_id)
    values["virksomheter"] = _simple(_VIRKSOMHET, wire["virksomheter"], reading)
    values["lesetilganger"] = _readers(wire["lesetilganger"], reading)
    values["samtykker"] = _consents(wire["samtykker"], reading)
    values["moeter"] = _simple(_MOETE, wire["moter"], reading)
    values["lysglimt"] = _simple(_LYSGLIMT, wire["lysglimt"], reading)
    values["notater"] = _notes(wire["notater"], reading)
    values["dokumenter"] = _simple(_DOKUMENT, wire["filer"], reading)
    values["overfoeringer"] = _simple(_OVERFOERING, wire["overforinger"], reading)
    reading.leftover = kept
    _READ_LOGG(wire, values, reading)
    if reading.leftover or len(wire) != len(rader.LOGG.keys):
        values["raa"] = reading.residue(wire, rader.LOGG.keys)
    reading.trace["logg"] = [(wire, logg_id, "")]
    return build(Stafettlogg, values)


def _simple(liste: Liste, records: list[dict[str, Any]], reading: Reading) -> tuple[Any, ...]:
    if not records:
        return ()
    trace = reading.trace.setdefault(liste.section.name, [])
    return tuple([liste.finish(r, liste.values(r, reading, trace), reading) for r in records])


def _readers(records: list[dict[str, Any]], reading: Reading) -> tuple[Any, ...]:
    found, trace = [], reading.trace.setdefault("lesetilganger", [])
    for record in records:
        values = _LESETILGANG.values(record, reading, trace)
        values["oppmerksomheter"] = strukturer.read_concerns(record["oppmerksomheter"], reading)
        found.append(_LESETILGANG.finish(record, values, reading))
    return tuple(found)


def _consents(records: list[dict[str, Any]], reading: Reading) -> tuple[Any, ...]:
    found, trace = [], reading.trace.setdefault("samtykker", [])
    for record in records:
        values = _SAMTYKKE.values(record, reading, trace)
        strukturer.read_signatures(record, values, reading)
        values["mottakere"] = strukturer.read_receivers(record["mottakere"])
        values["oppmerksomheter"] = strukturer.read_concerns(record["oppmerksomheter"], reading)
        values["form"] = None if record["filId"] is None else Samtykkeform.PAPIR_SKANNET
        found.append(_SAMTYKKE.finish(record, values, reading))
    return tuple(found)


def _notes(records: list[dict[str, Any]], reading: Reading) -> tuple[Any, ...]:
    found, trace = [], reading.trace.setdefault("notater", [])
    for record in records:
        values = _NOTAT.values(record, reading, trace)
        values["vedlegg"] = strukturer.read_file(record["filId"], reading)
        found.append(_NOTAT.finish(record, values, reading))
    return tuple(found)
