"""One account's way in and out of the Fiks platform: send a package, wait for replies, open them.

Everything that leaves is signed and encrypted here; nothing that comes in is handed on before its
envelope, its signature, its digests and its signer have been checked. It knows no protocol.
"""

import dataclasses
import os
from collections.abc import Mapping, Sequence

import httpx

from connectors.fiks import konvolutt
from connectors.fiks.asice import Fil, Pakke, read_package, write_package
from connectors.fiks.felles import acquire, release
from connectors.fiks.katalog import Katalog
from connectors.fiks.maskinporten import Maskinporten
from connectors.fiks.meldinger import PLATTFORM, Mottatt, Sendt, safe_id
from connectors.fiks.noekler import read_certificates, read_private
from connectors.fiks.operasjoner import DOKUMENTLAGER
from connectors.fiks.oppsett import Fiksoppsett
from connectors.fiks.sending import send
from connectors.fiks.tillit import Tillit
from connectors.http.session import Session
from gateway.errors import LocalFault, Rejected, RemoteFault
from gateway.ports.connector import ConnectorSettings, Operation


class Fikskanal:
    """Thread-safe. Opening reads keys only; the consumer starts with the first question."""

    def __init__(
        self,
        settings: ConnectorSettings,
        oppsett: Fiksoppsett,
        operations: Mapping[str, Operation],
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._oppsett = oppsett
        self._key = read_private(oppsett.noekkel)
        self._chain = read_certificates(oppsett.sertifikat)
        self._own = tuple(read_private(path) for path in oppsett.private_keys())
        self._tillit = Tillit(
            read_certificates(oppsett.mottaker_signatar) if oppsett.mottaker_signatar else (),
            read_certificates(oppsett.tillit) if oppsett.tillit else (),
            oppsett.mottaker_orgnr,
        )
        wide = dataclasses.replace(settings, max_body=max(settings.max_body, oppsett.maks_pakke))
        self._auth = Maskinporten(wide, oppsett, self._key, self._chain)
        self._session = Session(wide, operations, auth=self._auth, transport=transport)
        self._password = settings.client_secret
        self.katalog = Katalog(self._session)
        # Bound once: it is what the consumer is held and let go by.
        self._held_by = self._broker_password
        self._felles = acquire(oppsett, self._held_by)

    def close(self) -> None:
        """Stop receiving and close all connections."""
        release(self._oppsett, self._held_by)
        self._session.close()

    def check_own_key(self) -> None:
        """Raises LocalFault("FEIL_NOEKKEL") unless our key opens what is sent to our account."""
        sample = os.urandom(256)
        published = self.katalog.public_key(self._oppsett.konto_id)
        try:
            same = konvolutt.decrypt(konvolutt.encrypt(sample, published), self._own) == sample
        except RemoteFault:
            same = False
        if not same:
            raise LocalFault("FEIL_NOEKKEL", place=self._oppsett.konto_id)

    def listen(self) -> None:
        """Be receiving replies. Raises Transient("KONTO_I_BRUK") and what else hinders."""
        self._felles.mottak.start()

    def send(
        self,
        operation: str,
        meldingstype: str,
        files: Sequence[Fil],
        *,
        headere: Mapping[str, str],
        ttl_ms: int,
        write: bool,
        svar_paa: str = "",
    ) -> Sendt:
        """Sign, encrypt and send `files` to the receiver. Raises only GatewayErrors.

        Rejected("FOR_STOR") above `maks_pakke`; what `send` of sending.py raises.
        """
        receiver = self._oppsett.mottaker_konto_id
        data = None
        if files:
            package = write_package(files, self._key, self._chain[0])
            if len(package) > self._oppsett.maks_pakke:
                raise Rejected("FOR_STOR", place=operation)
            data = konvolutt.encrypt(package, self.katalog.public_key(receiver))
        return send(
            self._session,
            operation,
            avsender=self._oppsett.konto_id,
            mottaker=receiver,
            meldingstype=meldingstype,
            ttl_ms=ttl_ms,
            headere=headere,
            data=data,
            write=write,
            svar_paa=svar_paa,
        )

    def reply_to(self, melding_id: str, until: float) -> Mottatt | None:
        """The next reply to a message; None at `until`, or at once when receiving has stopped.

        Only the receiver answers, and the platform on behalf of nobody; others are passed over.
        """
        while (reply := self._felles.kasse.take(melding_id, until, self._stopped)) is not None:
            if _from_platform(reply) or reply.avsender == self._oppsett.mottaker_konto_id:
                return reply
        return None

    def _stopped(self) -> bool:
        self._felles.mottak.needed()
        return not self._felles.mottak.alive

    def open(self, message: Mottatt) -> Pakke:
        """The files of a message, decrypted and verified; none when it has no payload.

        Raises RemoteFault (KAN_IKKE_DEKRYPTERES, UGYLDIG_SIGNATUR, FEIL_SIGNATAR, ...).
        """
        if _from_platform(message):
            return Pakke((), ())
        body = message.body
        if message.dokumentlager:
            body = self._download(message.dokumentlager)
        if not body:
            return Pakke((), ())
        package = read_package(konvolutt.decrypt(body, self._own), cap=4 * self._oppsett.maks_pakke)
        receiver = self.katalog.public_key(self._oppsett.mottaker_konto_id)
        if not self._tillit.accepts(package.signatarer, receiver):
            raise RemoteFault("FEIL_SIGNATAR", place=safe_id(message.melding_id))
        return package

    def _download(self, document: str) -> bytes:
        place = safe_id(document)
        if not place:
            raise RemoteFault("UGYLDIG_DOKUMENT_ID", place="dokumentlager")
        reply = self._session.call(
            DOKUMENTLAGER, "GET", f"/dokumentlager/nedlasting/{place}", raw=True, place=place
        )
        if not reply.content:
            # The body was empty because the content is here; empty here too is content lost.
            raise RemoteFault("TOMT_DOKUMENT", place=place)
        return reply.content

    def _broker_password(self) -> str:
        return f"{self._password} {self._auth.fresh()}"


def _from_platform(message: Mottatt) -> bool:
    """The platform's own word (expired, refused, given up on): its content is never needed."""
    return message.type.startswith(PLATTFORM)
