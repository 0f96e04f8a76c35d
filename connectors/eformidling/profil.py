"""One municipality's way through its integrasjonspunkt.

Read from `settings.options`, all text. It must not hold anything about a counterpart.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.errors import LocalFault

Urn = Annotated[str, Field(pattern=r"^[a-z][a-z0-9:._-]{2,150}$")]


class Profil(BaseModel):
    """Who we are, and the process the two municipalities have agreed on.

    The integrasjonspunkt's user and password, where it asks for them, are the settings'
    `client_id` and `client_secret`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    orgnr: Annotated[str, Field(pattern=r"^\d{9}$")]
    """Our own number, as the integrasjonspunkt has it."""
    prosess: Urn = "urn:no:difi:profile:avtalt:avtalt:ver1.0"
    standard: Urn = "urn:no:difi:avtalt:xsd::avtalt"
    identifikator: Urn = "no.kommune.stafettlogg.v1"
    """What the parties call what they have agreed (`avtalt.identifier`)."""
    statuskoe: Literal["egen", "delt"] = "egen"
    """`delt`: another system reads the status queue of this integrasjonspunkt. It is then left
    alone, and what was not delivered is told by `stand` only."""
    laas_sekunder: Annotated[int, Field(ge=30, le=3600)] = 270
    """How long a fetched message is believed to be locked for us: the integrasjonspunkt has five
    minutes, unless it is configured otherwise."""
    maks_pakke: Annotated[int, Field(ge=1024, le=1024 * 1024 * 1024)] = 1024 * 1024 * 1024


def read(options: Mapping[str, str]) -> Profil:
    """The profile in `options`. Raises LocalFault("UGYLDIG_PROFIL") with the name of a field."""
    place = "eformidling"
    try:
        return Profil.model_validate(dict(options))
    except ValidationError as exc:
        found = exc.errors(include_input=False, include_url=False, include_context=False)
        place += "." + ".".join(str(part) for part in found[0]["loc"])[:60]
    raise LocalFault("UGYLDIG_PROFIL", place=place)
