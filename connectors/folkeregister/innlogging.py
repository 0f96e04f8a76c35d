"""Signs in with Maskinporten: a token for the register's scope, and no header besides.

The grant is made and signed as the Fiks room does it; only the claims differ. The assertion and
the token are never in an error.
"""

import time
import uuid
from typing import Any

from connectors.fiks.maskinporten import GRANT, LIFETIME, MARGIN, sign_grant
from connectors.fiks.noekler import read_certificates, read_private
from connectors.folkeregister.oppsett import SCOPE, Oppsett
from connectors.http.token import ClientCredentials
from gateway.ports.connector import ConnectorSettings


class Registertoken(ClientCredentials):
    """Give it to a Session. Raises LocalFault for a key that cannot be read."""

    def __init__(self, settings: ConnectorSettings, oppsett: Oppsett) -> None:
        super().__init__(settings, margin=MARGIN)
        self._oppsett = oppsett
        self._key = read_private(oppsett.noekkel)
        self._chain = read_certificates(oppsett.sertifikat) if oppsett.sertifikat else ()

    def _form(self) -> dict[str, str]:
        now = int(time.time())
        issuer = self._settings.token_url.rsplit("/", 1)[0] + "/"
        claims: dict[str, Any] = {
            "aud": self._oppsett.maskinporten_aud or issuer,
            "iss": self._settings.client_id,
            "scope": self._settings.scope or SCOPE,
            "iat": now,
            "exp": now + LIFETIME,
            "jti": str(uuid.uuid4()),
        }
        if self._oppsett.consumer_org:
            claims["consumer_org"] = self._oppsett.consumer_org
        signed = sign_grant(claims, self._key, kid=self._oppsett.kid, chain=self._chain)
        return {"grant_type": GRANT, "assertion": signed}
