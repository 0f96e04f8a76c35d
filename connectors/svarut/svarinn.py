"""SvarInn v1 as it is called: a list that waits, the content of one, and two ways to be done.

Basic authentication, as the receiving system. Content comes encrypted to that system's key by the
platform. It must not decide which shipments are ours.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pydantic import ValidationError

from connectors.fiks import konvolutt
from connectors.fiks.noekler import read_private
from connectors.http.reply import Reply
from connectors.http.session import Session
from connectors.svarut.innlogging import secret_in
from connectors.svarut.kanalprofil import Kanalprofil
from connectors.svarut.operasjoner import KANAL_BY_NAME
from connectors.svarut.svarlesing import data_of, is_a
from gateway.errors import Conflict, RemoteFault
from gateway.ports.connector import ConnectorSettings
from schemas.svarut.svarinn import LISTE, VENTENDE, Ventende

_TAKEN = frozenset({200, 201, 204})
"""What is told needs no answer but that it was heard."""
MOST = 200
"""How many shipments one answer lists (KS, SvarInn v1); there is no page after it."""
_WRAPPING = 1024 * 1024
"""Bytes an envelope may have beside what is in it."""


def _no_page(reply: Reply) -> str | None:
    # A page somewhere on the way is not the content, and must not be refused as if it were.
    media = reply.headers.get("content-type", "").lower()
    return "UGYLDIG_SVAR" if media.startswith(("text/", "application/json")) else None


@dataclass(frozen=True, slots=True)
class Liste:
    """An answer of the list: the shipments that can be read, oldest first, and how many entries it
    had of the `MOST` it can have. Behind a full one there may be more, and nobody says so."""

    ventende: tuple[Ventende, ...]
    antall: int

    @property
    def full(self) -> bool:
        """True when there may be more."""
        return self.antall >= MOST


class SvarInn:
    """One receiving system; thread-safe."""

    def __init__(self, settings: ConnectorSettings, profil: Kanalprofil) -> None:
        secret = secret_in(profil.svarinn_passord_fil, "svarinn_passord_fil")
        auth = httpx.BasicAuth(profil.svarinn_bruker, secret)
        there = dataclasses.replace(settings, base_url=profil.svarinn_url, token_url="")
        wide = dataclasses.replace(there, max_body=profil.maks_pakke + _WRAPPING)
        self._keys: Sequence[RSAPrivateKey] = [read_private(p) for p in profil.private_keys()]
        self._session = Session(there, KANAL_BY_NAME, auth=auth)
        # Only content may be as large as a package.
        self._content = Session(wide, KANAL_BY_NAME, auth=auth)

    def close(self) -> None:
        """Close connections."""
        self._session.close()
        self._content.close()

    def waiting(self) -> Liste:
        """What waits. An entry that cannot be read is left where it is."""
        reply = self._session.call(
            "svarinn.liste", "GET", "/svarinn/mottaker/hentNyeForsendelser", check=is_a(LISTE)
        )
        found: list[Ventende] = []
        listed = data_of(LISTE, reply)
        for entry in listed:
            try:
                found.append(VENTENDE.validate_python(entry))
            except ValidationError:
                continue
        found.sort(key=lambda one: one.get("date") or 0)
        return Liste(tuple(found), len(listed))

    def content(self, ident: str) -> bytes:
        """What the shipment holds, opened with our key; empty when it cannot be opened.

        Raises Conflict("BORTE") when it is not there any more.
        """
        try:
            sealed = self._content.call(
                "svarinn.innhold",
                "GET",
                f"/svarinn/forsendelse/{ident}",
                raw=True,
                place=ident,
                check=_no_page,
            ).content
        except RemoteFault as exc:
            if exc.code != "FOR_STORT_SVAR":
                raise
            return b""
        try:
            return konvolutt.decrypt(sealed, self._keys)
        except RemoteFault:
            return b""

    def accept(self, ident: str) -> None:
        """The shipment is stored here; one that is not there is no error."""
        # To say it twice does no harm, so it is repeated like a question.
        self._post("svarinn.kvitter", f"/svarinn/kvitterMottak/forsendelse/{ident}", ident, None)

    def refuse(self, ident: str, kode: str) -> None:
        """The shipment cannot be taken in, for good."""
        told = {"feilmelding": kode, "permanent": True}
        self._post("svarinn.feilet", f"/svarinn/mottakFeilet/forsendelse/{ident}", ident, told)

    def _post(self, operation: str, path: str, place: str, told: object) -> None:
        try:
            self._session.call(
                operation, "POST", path, json=told, expect=_TAKEN, raw=True, place=place
            )
        except Conflict:
            return
