"""One municipality's way through SvarUt and SvarInn to other municipalities.

Read from `settings.options`, all text. It must not hold anything about a counterpart.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from connectors.svarut.avsenderkonto import Avsenderkonto
from gateway.ports.paths import several


class Kanalprofil(Avsenderkonto):
    """The sending account, and the receiving system at SvarInn.

    Without `svarinn_bruker` nothing is received: the channel is then one-way.
    """

    avgivende_system: Annotated[str, Field(min_length=1, max_length=100)] = "Stafettlogg-gateway"
    forsendelsestype: Annotated[
        str, Field(max_length=100, pattern=r"^[a-zA-ZæøåÆØÅ0-9]+(\.[a-zA-ZæøåÆØÅ0-9]+)*$")
    ] = "Stafettlogg.Overfoering"
    """Agreed between the municipalities: the receiver's SvarInn system fetches this type, and
    nothing else."""
    niva: Annotated[int, Field(ge=3, le=4)] = 4
    kryptert: bool = True
    """The package, sealed to the receiver already, is sealed to the platform besides; then level 4
    can be asked for."""
    svarut_sertifikat: Path | None = None
    svarinn_url: Annotated[str, Field(pattern=r"^https?://")] = "https://svarut.ks.no/tjenester"
    svarinn_bruker: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.@-]{0,100}$")] = ""
    svarinn_passord_fil: Path | None = None
    svarinn_noekler: str = ""
    """PEM paths, comma-separated, the current key first: what the platform encrypts to."""
    maks_pakke: Annotated[int, Field(ge=1024, le=1024 * 1024 * 1024)] = 300 * 1024 * 1024

    @model_validator(mode="after")
    def _keys_are_there(self) -> "Kanalprofil":
        if self.kryptert and self.svarut_sertifikat is None:
            raise ValueError("svarut_sertifikat")
        if self.svarinn_bruker and not self.private_keys():
            raise ValueError("svarinn_noekler")
        if self.svarinn_bruker and self.svarinn_passord_fil is None:
            raise ValueError("svarinn_passord_fil")
        return self

    def private_keys(self) -> tuple[Path, ...]:
        """The receiving system's private keys, the current one first."""
        return several(self.svarinn_noekler)
