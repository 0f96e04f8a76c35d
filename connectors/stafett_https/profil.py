"""The options of the channel, checked when it is opened."""

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.errors import LocalFault
from gateway.ports.paths import several
from schemas.overfoering.grenser import KONVOLUTT

_OWNED = re.compile(r"(\d{9})=(.+)")


class Profil(BaseModel):
    """`[kanaler.NAME.options]`. Paths are PEM files; `tillit` is who may connect, and to whom: the
    gateway writes it as lines of `orgnr=path`.

    `lytt` is `host:port`, empty in a process that only sends. `innboks` is the folder in which
    what came is kept, sealed as it came, until it has been taken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    noekkel: Path
    sertifikat: Path
    innboks: Path
    lytt: str = Field(default="", pattern=r"^$|^[A-Za-z0-9.:\[\]-]+:\d{1,5}$")
    tillit: str = ""
    maks_pakke: int = Field(
        default=KONVOLUTT, ge=1024, description="bytes of an envelope on the wire"
    )
    maks_innboks: int = Field(default=10_000, ge=1, description="packages kept at most")
    maks_innboks_byte: int = Field(
        default=4 * 1024 * 1024 * 1024, ge=1024, description="bytes kept at most"
    )

    def trusted(self) -> tuple[tuple[str, Path], ...]:
        """(orgnr, PEM file) of everybody we exchange packages with; a path alone is anybody's."""
        told = ((_OWNED.fullmatch(str(one)), one) for one in several(self.tillit))
        return tuple((m[1], Path(m[2])) if m else ("", one) for m, one in told)


def read_profil(options: object) -> Profil:
    """The profile. Raises LocalFault("UGYLDIG_PROFIL") with the option's name."""
    place = ""
    try:
        return Profil.model_validate(options)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
    raise LocalFault("UGYLDIG_PROFIL", place=f"stafett_https.{place}")
