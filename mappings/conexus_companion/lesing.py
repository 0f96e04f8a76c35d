"""Conexus to canonical: walks the nested document and builds the log."""

from collections.abc import Callable
from operator import itemgetter
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
_READ_LOGG, _COUNT_LOGG = rader.LOGG.reader(), rader.LOGG.tally()

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
_KINDS, _KEYS = [liste.kind for liste in _LISTER], [liste.key for liste in _LISTER]
_FIELDS, _READERS = [liste.field for liste in _LISTER], [liste.read for liste in _LISTER]
_RECORDS = itemgetter(*(liste.place for liste in _LISTER))


def _learn(wire: Record, reading: Reading) -> list[Record]:
    """Know every id before anything refers to one. Gives the measures of all concerns."""
    concerns = wire["oppmerksomheter"]
    measures: list[Record] = []
    for concern in concerns:
        measures += concern["tiltak"]
    evaluations = [t["evaluering"] for t in measures if t["evaluering"] is not None]
    persons = [*wire["ansatte"], *wire["foresatte"], wire["barn"]]
    reading.learn(
        (
            *zip(_KINDS, _RECORDS(wire), _KEYS, strict=True),
            ("person", persons, "personId"),
            ("oppmerksomhet", concerns, "oppmerksomhetId"),
            ("tiltak", measures, "tiltakId"),
            ("evaluering", evaluations, "evalueringId"),
        )
    )
    reading.persons = reading.known["person"]
    return measures


def read_logg(wire: dict[str, Any], reading: Reading) -> Stafettlogg:
    """The canonical log. Raises Rejected("DOBBEL_ID")."""
    values = _LOGG.copy()
    values["id"] = logg_id = strukturer.read_key(wire, reading)
    values["kilde_id"] = wire["loggId"]
    measures = _learn(wire, reading)
    kept, reading.leftover = reading.leftover, None
    values["oppmerksomheter"] = read_concerns(wire, measures, reading)
    lesing_personer.read(wire, values, reading, logg_id)
    for field, read, records in zip(_FIELDS, _READERS, _RECORDS(wire), strict=True):
        if records:
            values[field] = read(records, reading)
    reading.leftover = kept
    _READ_LOGG(wire, values, reading)
    if reading.leftover or len(wire) != len(rader.LOGG.keys):
        values["raa"] = reading.residue(wire, rader.LOGG.keys)
    reading.trace.append(("logg", wire, logg_id, ""))
    reading.counts["logg"] = _COUNT_LOGG((wire,))
    return _BUILD(values)
