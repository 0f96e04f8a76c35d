"""Conexus to canonical: walks the nested document and builds the log."""

from collections.abc import Callable
from typing import Any

from mappings.conexus_companion import lesing_personer, rader, strukturer
from mappings.conexus_companion.lesing_innhold import read_concerns
from mappings.entitetsbygger import builder, template
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
_SCANNED = Samtykkeform.PAPIR_SKANNET
_LOGG = template(Stafettlogg, kildesystem=_NATIVE)
_BUILD = builder(Stafettlogg)
_READ_LOGG = rader.LOGG.reader()

Record = dict[str, Any]


def _access(record: Record, values: Record, reading: Reading, _context: None) -> None:
    values["oppmerksomheter"] = strukturer.read_concerns(record["oppmerksomheter"], reading)


def _consent(record: Record, values: Record, reading: Reading, _context: None) -> None:
    strukturer.read_signatures(record, values, reading)
    values["mottakere"] = strukturer.read_receivers(record["mottakere"])
    values["oppmerksomheter"] = strukturer.read_concerns(record["oppmerksomheter"], reading)
    values["form"] = None if record["filId"] is None else _SCANNED


def _note(record: Record, values: Record, reading: Reading, _context: None) -> None:
    values["vedlegg"] = strukturer.read_file(record["filId"], reading)


class Liste:
    """One flat list: where it stands, which entity, its id, and its structures."""

    def __init__(
        self,
        section: Section,
        cls: type[Entitet],
        key: str,
        kind: str,
        field: str,
        more: Callable[..., None] | None = None,
    ) -> None:
        self.place, self.key, self.kind, self.field = section.place, key, kind, field
        self.read = section.entities(cls, key, kind, _NATIVE, more)


_LISTER = (
    Liste(rader.VIRKSOMHETER, Virksomhet, "virksomhetId", "virksomhet", "virksomheter"),
    Liste(
        rader.LESETILGANGER, Lesetilgang, "lesetilgangId", "lesetilgang", "lesetilganger", _access
    ),
    Liste(rader.SAMTYKKER, Samtykke, "samtykkeId", "samtykke", "samtykker", _consent),
    Liste(rader.MOTER, Moete, "moteId", "mote", "moeter"),
    Liste(rader.LYSGLIMT, Lysglimt, "lysglimtId", "lysglimt", "lysglimt"),
    Liste(rader.NOTATER, Notat, "notatId", "notat", "notater", _note),
    Liste(rader.FILER, Dokument, "filId", "fil", "dokumenter"),
    Liste(rader.OVERFORINGER, Overfoering, "overforingId", "overforing", "overfoeringer"),
)


def read_logg(wire: dict[str, Any], reading: Reading) -> Stafettlogg:
    """The canonical log. Raises Rejected("DOBBEL_ID")."""
    values = _LOGG.copy()
    values["id"] = logg_id = strukturer.read_key(wire, reading)
    values["kilde_id"] = wire["loggId"]
    for liste in _LISTER:
        reading.learn(liste.kind, wire[liste.place], liste.key)
    lesing_personer.learn(wire, reading)
    kept, reading.leftover = reading.leftover, None
    values["oppmerksomheter"] = read_concerns(wire, reading)
    lesing_personer.read(wire, values, reading, logg_id)
    for liste in _LISTER:
        records = wire[liste.place]
        values[liste.field] = liste.read(records, reading) if records else ()
    reading.leftover = kept
    _READ_LOGG(wire, values, reading)
    if reading.leftover or len(wire) != len(rader.LOGG.keys):
        values["raa"] = reading.residue(wire, rader.LOGG.keys)
    reading.trace["logg"] = [(wire, logg_id, "")]
    return _BUILD(values)
