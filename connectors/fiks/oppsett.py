"""What a municipality's account on the Fiks platform needs, read from a connector's options.

IntegrasjonPassord is the settings' `client_secret`, the Maskinporten client its `client_id`. Keys
are paths to PEM files. This module must not hold a key, a token or an archive's codes.
"""

import ssl
import uuid
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.errors import LocalFault
from gateway.ports.connector import ConnectorSettings
from gateway.ports.paths import several


def _uuid(text: str) -> str:
    return str(uuid.UUID(text))


Uuid = Annotated[str, AfterValidator(_uuid)]
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Fiksoppsett(BaseModel):
    """Account, keys and addresses. Every value is text, as configuration gives it.

    `konto_noekler`: comma-separated PEM paths, the current one first; the older ones open what was
    encrypted before a rotation. `sertifikat` signs packages with `noekkel`, and the Maskinporten
    grant too (x5c) unless `kid` names a registered key. `mottaker_signatar` (PEM certificates) and
    `tillit` (PEM of certificate authorities, with `mottaker_orgnr`) say whose signature counts
    beside the receiver account's own key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    integrasjon_id: Uuid
    konto_id: Uuid
    mottaker_konto_id: Uuid
    amqp_url: str = "amqps://io.fiks.ks.no:5671"
    noekkel: Path
    sertifikat: Path
    konto_noekler: str = Field(min_length=1)
    kid: str = ""
    maskinporten_aud: str = ""
    consumer_org: str = ""
    mottaker_orgnr: str = Field(default="", pattern=r"^(\d{9})?$")
    mottaker_signatar: Path | None = None
    tillit: Path | None = None
    ttl_timer: int = Field(default=48, ge=1, le=24 * 14)
    maks_pakke: int = Field(default=256 * 1024 * 1024, ge=1024)

    @model_validator(mode="after")
    def _trust_is_whole(self) -> "Fiksoppsett":
        if (self.tillit is None) != (self.mottaker_orgnr == ""):
            raise ValueError("tillit and mottaker_orgnr go together")
        return self

    def private_keys(self) -> tuple[Path, ...]:
        """The account's private keys, the current one first."""
        return several(self.konto_noekler)


M = TypeVar("M", bound=Fiksoppsett)


def read_options(model: type[M], settings: ConnectorSettings) -> M:
    """The options as `model`. Raises LocalFault("UGYLDIG_OPPSETT") naming the option only."""
    try:
        return model.model_validate(dict(settings.options))
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])[:60] or "options"
    raise LocalFault("UGYLDIG_OPPSETT", place=f"{settings.system} {place}")


def tls_for(scheme: str, host: str) -> ssl.SSLContext | None:
    """How to reach a broker: TLS always, plain only on this machine.

    Raises LocalFault("IKKE_KRYPTERT") for plain AMQP to anywhere else.
    """
    if scheme == "amqps":
        return ssl.create_default_context()
    if host not in _LOOPBACK:
        raise LocalFault("IKKE_KRYPTERT", place="amqp")
    return None
