"""One archive's profile: the codes it wants, and how it classifies a child's folder.

Codes are agreed per archive and have no defaults here where archives are known to differ: three
public clients use three different klassifikasjonssystemID for a person. It must not hold a value
about a child.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from pydantic import Field, field_validator

from connectors.fiks.oppsett import Fiksoppsett, read_options
from gateway.ports.connector import ConnectorSettings

_PERSONAL = ("{nummer}", "{navn}", "{foedselsdato}")
_KNOWN = {"nummer", "navn", "foedselsdato", "enhet", "fagsystem"}
_FIELD = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Klasserad:
    """One klassifikasjon of the folder, with `{...}` fields still in it."""

    system: str
    klasse: str
    tittel: str
    skjermet: bool


class Profil(Fiksoppsett):
    """Account and codes of one archive.

    `klassifikasjoner`: one row per line, `system | klasse | tittel | skjermet`, the last two
    optional; fields are {nummer}, {navn}, {foedselsdato}, {enhet} and {fagsystem}. A row with a
    personal field must be shielded. `formater`: `PRONOM=code` per line for archives that do not
    take PRONOM. `regel`: KS' elevmappe rule or the archive's own, when the archive has one.
    `utgave`: raise it when the archive has been put right and must look again at a message it has
    answered no to; until then it may repeat its old answer.
    """

    system: str = Field(min_length=1)
    fagsystem: str = Field(min_length=1)
    regel: str = ""
    klassifikasjoner: str = Field(min_length=1)
    tilgangsrestriksjon: str = Field(min_length=1)
    skjermingshjemmel: str = Field(min_length=1)
    journalposttype: str = Field(min_length=1)
    journalstatus: str = Field(min_length=1)
    dokumentstatus: str = Field(min_length=1)
    dokumenttype: str = ""
    dokumentmedium: str = ""
    partrolle: str = Field(min_length=1)
    hoveddokument: str = "H"
    vedlegg: str = "V"
    arkivdel: str = ""
    saksstatus: str = ""
    administrativ_enhet: str = ""
    saksansvarlig: str = ""
    mappetype: str = Field(default="ja", pattern=r"^(ja|nei)$")
    formater: str = ""
    utgave: str = Field(default="1", pattern=r"^[0-9]{1,4}$")

    @field_validator("klassifikasjoner")
    @classmethod
    def _rows_are_whole(cls, text: str) -> str:
        for row in _rows(text):
            whole = f"{row.system}{row.klasse}{row.tittel}"
            if not row.system or not row.klasse or set(_FIELD.findall(whole)) - _KNOWN:
                raise ValueError("klassifikasjoner")
            if any(name in whole for name in _PERSONAL) and not row.skjermet:
                raise ValueError("a row with a personal field must be skjermet")
        if not _rows(text):
            raise ValueError("klassifikasjoner")
        return text

    @field_validator("formater")
    @classmethod
    def _formats_are_pairs(cls, text: str) -> str:
        _pairs(text)
        return text

    @cached_property
    def rader(self) -> tuple[Klasserad, ...]:
        """The classification rows, in their order."""
        return _rows(self.klassifikasjoner)

    def format_of(self, pronom: str) -> str:
        """The archive's code for a PRONOM format; PRONOM itself where none is agreed. A file of no
        known kind has no PRONOM code, and is `ukjent` there."""
        return _pairs(self.formater).get(pronom or _UNKNOWN, pronom)


_UNKNOWN = "ukjent"


def _rows(text: str) -> tuple[Klasserad, ...]:
    rows: list[Klasserad] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        parts = [part.strip() for part in line.split("|")]
        if not 2 <= len(parts) <= 4 or (len(parts) == 4 and parts[3] not in {"", "skjermet"}):
            raise ValueError("klassifikasjoner")
        system, klasse, tittel, shield = (*parts, "", "")[:4]
        rows.append(Klasserad(system, klasse, tittel, shield == "skjermet"))
    return tuple(rows)


def _pairs(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        pronom, equals, code = (part.strip() for part in line.partition("="))
        if not equals or not pronom or not code:
            raise ValueError("formater")
        pairs[pronom] = code
    return pairs


def read_profile(settings: ConnectorSettings) -> Profil:
    """The profile from a connector's options. Raises LocalFault("UGYLDIG_OPPSETT")."""
    return read_options(Profil, settings)
