"""One archive's choices: where the folder lies, which codes it uses, how one logs in.

Read from `settings.options`, all text. Codes are agreed with the archive's keeper and have no
default here; there is, for one, no standard code for offentleglova § 13. This module must not
call anything.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from gateway.errors import LocalFault


def _words(value: Any) -> Any:
    return tuple(value.split()) if isinstance(value, str) else value


Kode = Annotated[str, Field(min_length=1, max_length=60)]
Koder = Annotated[tuple[Kode, ...], BeforeValidator(_words)]


class Profil(BaseModel):
    """A municipality's archive. Lists are words with a space between."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    innlogging: Literal["klient", "basic"] = "klient"
    """OAuth2 client credentials at `token_url`, or HTTP Basic with the same id and secret."""
    arkivdel: Kode
    """Title of the archive part the folders lie in."""
    klassifikasjonssystem: str = ""
    """Title of the system that has one class per child. Empty: no classes, the child is a party."""
    egne_felt: Annotated[str, Field(pattern=r"^([a-z0-9-]+-v\d+)?$")] = ""
    """Our name space in virksomhetsspesifikkeMetadata, when the keeper has registered it."""
    administrativ_enhet: str = ""
    saksansvarlig: str = ""
    saksstatus: str = ""
    journalposttype: Kode
    journalstatus: Kode
    journalstatus_ferdig: str = ""
    """Set with an update once every file is in; empty leaves the record as it was made."""
    dokumenttype: str = ""
    dokumentstatus: Kode
    hoveddokument: Kode
    vedlegg: Kode
    variant_arkiv: Kode
    variant_produksjon: Kode
    format_ukjent: str = ""
    """The archive's code for a file of a kind nobody knows here; there is no such code in PRONOM,
    and an archive that wants one of its own refuses the file without it."""
    tilgangsrestriksjon: Kode
    skjermingshjemmel: Kode
    skjerming_klasse: Koder = ()
    skjerming_mappe: Koder
    skjerming_journalpost: Koder
    skjerming_dokument: str = ""
    skjermingsvarighet: Annotated[int, Field(ge=0)] = 0
    """Years; 0 leaves it out."""
    partrolle: str = ""
    tidssone: str = "Europe/Oslo"
    del_stoerrelse: Annotated[int, Field(ge=1)] = 8 * 1024 * 1024
    """Bytes per piece when a file is larger than the archive takes in one."""
    proeve: Literal["ja", "nei"] = "nei"
    """Whether the keeper allows `archive check` to make a class, a folder, a record and a file that
    say they are a trial, and take them away again."""
    klasse_sider: Annotated[int, Field(ge=1)] = 500
    """How many pages of classes may be read when a child's class exists and is not ours."""


def read(options: Mapping[str, str]) -> Profil:
    """The profile in `options`. Raises LocalFault("UGYLDIG_PROFIL") with the name of a field."""
    place = "noark5"
    try:
        profil = Profil.model_validate(dict(options))
        if profil.klassifikasjonssystem or profil.partrolle:
            return profil
        place += ".klassifikasjonssystem|partrolle"
    except ValidationError as exc:
        found = exc.errors(include_input=False, include_url=False, include_context=False)
        place += "." + ".".join(str(part) for part in found[0]["loc"])
    raise LocalFault("UGYLDIG_PROFIL", place=place)
