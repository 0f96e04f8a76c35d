"""One archive's choices: addresses, sign-in, codes, and where the child stands.

Read from `settings.options`, all text. Codes are agreed with the archive's keeper and have no
default here. This module must not call anything.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.errors import LocalFault

Kode = Annotated[str, Field(min_length=1, max_length=100)]
Sti = Annotated[str, Field(pattern=r"^/[A-Za-z0-9_./-]*$")]


class Profil(BaseModel):
    """A municipality's archive."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    innlogging: Literal["basic", "wsse", "apikey"]
    """HTTP Basic, a WS-Security UsernameToken in the envelope, or the header `apikey`."""
    wsse_passord: Literal["tekst", "digest"] = "tekst"
    oppdatering_sti: Sti = "/ArkivOppdateringService.svc/ArkivOppdateringService"
    innsyn_sti: Sti = "/ArkivInnsynService.svc/ArkivInnsynService"
    fagsystem: Kode
    """Our name in every external key; the archive's keeper registers it."""
    barnet: Literal["klasse", "sakspart"]
    """Where the child stands: as a shielded class of the folder, or as its shielded party."""
    klassifikasjonssystem: str = ""
    sakspartrolle: str = ""
    personidentifikatortype: str = ""
    mappetype: str = ""
    arkivdel: Kode
    journalenhet: str = ""
    administrativ_enhet: Kode
    saksansvarlig: Kode
    """Initials. A wrong one after a change of head makes archiving fail, so it is set by post."""
    saksstatus: Kode
    saksstatus_avsluttet: str = ""
    """The status a closed folder has, so that it is told before anything is sent."""
    tilgangsgruppe: str = ""
    skjermet_tittel: bool = True
    tilgangsrestriksjon: Kode
    skjermingshjemmel: Kode
    journalposttype: Kode
    journalstatus: Kode
    dokumenttype: str = ""
    dokumentstatus: Kode
    hoveddokument: Kode
    vedlegg: Kode
    variant_arkiv: Kode
    variant_produksjon: Kode
    format_pdf: Kode
    format_annet: Kode
    """What the archive calls a PDF/A, and everything else."""
    tidssone: str = "Europe/Oslo"


def read(options: Mapping[str, str]) -> Profil:
    """The profile in `options`. Raises LocalFault("UGYLDIG_PROFIL") with the name of a field."""
    place = "gi_arkiv"
    try:
        profil = Profil.model_validate(dict(options))
        needed = {"klasse": "klassifikasjonssystem", "sakspart": "sakspartrolle"}[profil.barnet]
        if getattr(profil, needed):
            return profil
        place += f".{needed}"
    except ValidationError as exc:
        found = exc.errors(include_input=False, include_url=False, include_context=False)
        place += "." + ".".join(str(part) for part in found[0]["loc"])
    raise LocalFault("UGYLDIG_PROFIL", place=place)
