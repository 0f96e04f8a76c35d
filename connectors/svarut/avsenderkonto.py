"""The account shipments are sent from, and how it is signed in to: the same for every use.

Read from `settings.options`, all text. This module must not call anything.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
Uuid = Annotated[str, Field(pattern=_UUID)]


class Avsenderkonto(BaseModel):
    """One municipality's account at SvarUt."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    konto_id: Uuid
    integrasjon_id: Uuid
    """IntegrasjonPassord is the settings' `client_secret`."""
    innlogging: Literal["maskinporten", "token"] = "maskinporten"
    """`token`: the municipality's own integration platform holds the Maskinporten client, and
    gives tokens for client credentials at `token_url`."""
    integrasjon_passord_fil: Path | None = None
    """With `token`, where IntegrasjonPassord lies; `client_secret` is then the platform's."""
    noekkel: Path | None = None
    sertifikat: Path | None = None
    kid: str = ""
    maskinporten_aud: str = ""
    consumer_org: str = ""

    @model_validator(mode="after")
    def _can_sign_in(self) -> "Avsenderkonto":
        if self.innlogging == "maskinporten" and self.noekkel is None:
            raise ValueError("noekkel")
        if self.innlogging == "maskinporten" and self.sertifikat is None:
            raise ValueError("sertifikat")
        if self.innlogging == "token" and self.integrasjon_passord_fil is None:
            raise ValueError("integrasjon_passord_fil")
        return self
