"""What a municipality's access to the register needs, read from the connector's options.

Keys are paths to PEM files. This module must not hold a key or a token.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.errors import LocalFault
from gateway.ports.connector import ConnectorSettings

SCOPE = "folkeregister:deling/offentligmedhjemmel"
"""Residence and protection are confidential: the right that has a legal basis is needed."""


class Oppsett(BaseModel):
    """Keys and names for Maskinporten. Every value is text, as configuration gives it.

    `sertifikat` signs the grant (x5c) unless `kid` names a registered key. `consumer_org` is the
    municipality when a supplier acts for it by delegation in Altinn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    noekkel: Path
    sertifikat: Path | None = None
    kid: str = ""
    maskinporten_aud: str = ""
    consumer_org: str = Field(default="", pattern=r"^(\d{9})?$")


def read_options(settings: ConnectorSettings) -> Oppsett:
    """The options. Raises LocalFault("UGYLDIG_OPPSETT") naming the option only."""
    try:
        made = Oppsett.model_validate(dict(settings.options))
        place = "" if made.kid or made.sertifikat else "kid"
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])[:60] or "options"
    if place:
        raise LocalFault("UGYLDIG_OPPSETT", place=f"{settings.system} {place}")
    return made
