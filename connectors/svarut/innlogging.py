"""Signs in to the Fiks platform: a Maskinporten token, IntegrasjonId and IntegrasjonPassord.

Two ways to the token, the same three headers. Secrets are in headers only, never in an error.
"""

from collections.abc import Generator
from pathlib import Path

import httpx

from connectors.fiks.maskinporten import Maskinporten
from connectors.fiks.noekler import read_certificates, read_private
from connectors.fiks.oppsett import Fiksoppsett
from connectors.http.token import ClientCredentials
from connectors.svarut.avsenderkonto import Avsenderkonto
from gateway.errors import LocalFault
from gateway.ports.connector import ConnectorSettings


class Plattformtoken(ClientCredentials):
    """A token from the municipality's own integration platform, with the platform's headers."""

    def __init__(self, settings: ConnectorSettings, profil: Avsenderkonto, passord: str) -> None:
        super().__init__(settings)
        self._heads = {"IntegrasjonId": profil.integrasjon_id, "IntegrasjonPassord": passord}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Token, IntegrasjonId and IntegrasjonPassord on a request."""
        request.headers["Authorization"] = f"Bearer {self.token()}"
        request.headers.update(self._heads)
        yield request


def sign_in(settings: ConnectorSettings, profil: Avsenderkonto) -> ClientCredentials:
    """What puts the three headers on a request. Raises LocalFault for a key that cannot be read."""
    if profil.innlogging == "token":
        return Plattformtoken(
            settings, profil, secret_in(profil.integrasjon_passord_fil, "integrasjon_passord_fil")
        )
    if profil.noekkel is None or profil.sertifikat is None:
        raise LocalFault("UGYLDIG_PROFIL", place="svarut.noekkel")
    oppsett = Fiksoppsett(
        integrasjon_id=profil.integrasjon_id,
        konto_id=profil.konto_id,
        # SvarUt has no receiving account and no account key; the platform's model wants them.
        mottaker_konto_id=profil.konto_id,
        konto_noekler=str(profil.noekkel),
        noekkel=profil.noekkel,
        sertifikat=profil.sertifikat,
        kid=profil.kid,
        maskinporten_aud=profil.maskinporten_aud,
        consumer_org=profil.consumer_org,
    )
    chain = read_certificates(profil.sertifikat)
    return Maskinporten(settings, oppsett, read_private(profil.noekkel), chain)


def secret_in(path: Path | None, option: str) -> str:
    """A secret from the file an option names. Raises LocalFault("HEMMELIGHET_MANGLER")."""
    secret = ""
    if path is not None:
        try:
            secret = path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            secret = ""
    if not secret:
        raise LocalFault("HEMMELIGHET_MANGLER", place=f"svarut.{option}")
    return secret
