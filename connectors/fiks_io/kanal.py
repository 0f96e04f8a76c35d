"""The channel port over Fiks IO: sealed packages as they are, in and out of one account.

A package is already signed and encrypted to its receiver, so it is the message's body and is not
wrapped again. It leaves over REST and comes over AMQP, where it is the broker's until `kvitter`.
It must not open a package, and must not answer a refusal with a refusal.
"""

import dataclasses
import threading
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.fiks.katalog import Katalog
from connectors.fiks.maskinporten import Maskinporten
from connectors.fiks.meldinger import (
    KLIENTKORRELASJON,
    KLIENTMELDING,
    PLATTFORM,
    Mottatt,
    safe_id,
)
from connectors.fiks.mottak import PREFETCH
from connectors.fiks.noekler import read_certificates, read_private
from connectors.fiks.operasjoner import DOKUMENTLAGER
from connectors.fiks.oppsett import read_options
from connectors.fiks.postkasse import Postkasse
from connectors.fiks.sending import send
from connectors.fiks_io.mottakere import Mottakere, account_id
from connectors.fiks_io.operasjoner import BY_NAME, OPERATIONS, REFUSE, SEND
from connectors.fiks_io.profil import Profil
from connectors.fiks_io.typer import (
    AVVIST,
    FEILET,
    FEILKODE,
    code_of,
    failure_of,
    refused_type,
    type_of,
    word_of,
)
from connectors.http.reply import Reply
from connectors.http.session import Refused, Session
from gateway.errors import (
    Conflict,
    GatewayError,
    Rejected,
    RemoteFault,
    UnknownOutcome,
)
from gateway.ports.connector import ConnectorSettings
from gateway.ports.kanal import (
    Forsendelse,
    Innkommet,
    Kanal,
    KanalFacts,
    Motpart,
    Transportstand,
)

__all__ = ["OPERATIONS", "STIER", "FiksIo", "open_kanal"]

STIER = ("noekkel", "sertifikat")
"""Options that are paths, read like every path of the configuration."""

_ENVIRONMENTS = {"api.fiks.ks.no": "produksjon", "api.fiks.test.ks.no": "test"}
_SHORTEST = 1000
"""Milliseconds: the platform's least time to live."""
_REMEMBERED = 4096


def open_kanal(
    settings: ConnectorSettings, *, transport: httpx.BaseTransport | None = None
) -> Kanal:
    """The channel. Raises LocalFault (UGYLDIG_OPPSETT, UGYLDIG_NOEKKEL, IKKE_KRYPTERT)."""
    return FiksIo(settings, read_options(Profil, settings), transport=transport)


class FiksIo:
    """One account of one municipality; thread-safe. Receiving begins with the first `hent`."""

    def __init__(
        self,
        settings: ConnectorSettings,
        profil: Profil,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        wide = dataclasses.replace(settings, max_body=profil.maks_pakke)
        self._settings = settings
        self._profil = profil
        chain = read_certificates(profil.sertifikat)
        self._auth = Maskinporten(settings, profil, read_private(profil.noekkel), chain)
        # Only what is a package may be as large as one.
        self._content_session = Session(wide, BY_NAME, auth=self._auth, transport=transport)
        self._session = Session(settings, BY_NAME, auth=self._auth, transport=transport)
        self._katalog = Katalog(self._session)
        self._mottakere = Mottakere(self._katalog, profil)
        self._kasse = Postkasse(profil, self._broker_password)
        self._lock = threading.Lock()
        self._sent: OrderedDict[str, str] = OrderedDict()

    def close(self) -> None:
        """Stop receiving and close connections; what is held goes back to the queue."""
        self._kasse.close()
        self._content_session.close()
        self._session.close()

    def facts(self) -> KanalFacts:
        """What our account is. Raises LocalFault (UKJENT_KONTO, IKKE_INNLOGGET)."""
        self._katalog.account(self._profil.konto_id)
        host = urlsplit(self._settings.base_url).hostname or ""
        return KanalFacts(
            product="Fiks IO",
            contract=self._profil.protokollnavn,
            environment=_ENVIRONMENTS.get(host, "sandkasse"),
            tosidig=True,
            maks_pakke=self._profil.maks_pakke,
        )

    def offentlig_noekkel(self, motpart: Motpart) -> bytes:
        """The certificate of the receiver's account, PEM, as the platform publishes it.

        Beyond the port: whoever seals packages may want it. Raises Rejected("UKJENT_MOTTAKER"),
        LocalFault("KONTO_UTEN_NOEKKEL"), RemoteFault("UTLOEPT_NOEKKEL").
        """
        certificate = self._katalog.public_key(self._mottakere.account(motpart, "noekkel"))
        return certificate.public_bytes(Encoding.PEM)

    def send(self, forsendelse: Forsendelse) -> str:
        """Send the package as a message's body; returns the platform's id of the message."""
        place = safe_id(forsendelse.melding_id)
        if len(forsendelse.pakke) > self._profil.maks_pakke:
            raise Rejected("FOR_STOR_KONVOLUTT", place=place)
        meldingstype = type_of(forsendelse.meldingstype, self._profil)
        sent = send(
            self._session,
            SEND,
            avsender=self._profil.konto_id,
            mottaker=self._mottakere.account(forsendelse.mottaker, place),
            meldingstype=meldingstype,
            ttl_ms=max(forsendelse.levetid * 1000, _SHORTEST),
            headere={
                KLIENTMELDING: forsendelse.melding_id,
                KLIENTKORRELASJON: forsendelse.samtale_id,
            },
            data=forsendelse.pakke,
            write=True,
            refused=_no_such_receiver(place),
        )
        with self._lock:
            self._sent[sent.melding_id] = forsendelse.melding_id
            while len(self._sent) > _REMEMBERED:
                self._sent.popitem(last=False)
        return sent.melding_id

    def stand(self, transport_id: str) -> Transportstand:
        """UKJENT: the platform says nothing until a message has failed, and then to `hent`."""
        return Transportstand.UKJENT

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        """Messages held for us. One whose content cannot be fetched now stays for the next time."""
        found: list[Innkommet] = []
        fault: GatewayError | None = None
        # All that is held is looked through: one that cannot be read now must not hide the next.
        for message in self._kasse.waiting(PREFETCH):
            if len(found) >= hoeyst:
                break
            try:
                found.append(self._read(message))
            except GatewayError as exc:
                fault = exc
        if fault is not None and not found:
            raise fault
        return found

    def kvitter(self, ref: str) -> None:
        """Acknowledge. A message that went back to the queue is acknowledged when it returns."""
        self._kasse.settle(ref)

    def avvis(self, ref: str, kode: str) -> None:
        """Tell the sender no with a message of the protocol's, and acknowledge.

        Raises Conflict("BORTE") when the message has gone back to the queue: fetch again first.
        """
        message = self._kasse.held(ref)
        if message is None:
            raise Conflict("BORTE", place=safe_id(ref))
        if not (message.type.startswith(PLATTFORM) or self._is_refusal(message)):
            self._refuse(message, code_of(kode))
        self._kasse.settle(ref)

    def _refuse(self, message: Mottatt, kode: str) -> None:
        headere = {KLIENTMELDING: str(uuid.uuid5(uuid.NAMESPACE_OID, message.melding_id))}
        headere[FEILKODE] = kode
        given = safe_id(message.egne.get(KLIENTMELDING, ""))
        if given:
            headere[AVVIST] = given
        try:
            send(
                self._session,
                REFUSE,
                avsender=self._profil.konto_id,
                mottaker=account_id(message.avsender, REFUSE),
                meldingstype=refused_type(self._profil),
                ttl_ms=self._profil.ttl_timer * 3600 * 1000,
                headere=headere,
                data=None,
                write=True,
                svar_paa=account_id(message.melding_id, REFUSE),
            )
        except (UnknownOutcome, Rejected, Conflict):
            # It is a word about transport. Whether it came or not, this message is done with.
            return

    def _read(self, message: Mottatt) -> Innkommet:
        kode = failure_of(message.type)
        if kode or self._is_refusal(message):
            return Innkommet(
                ref=message.melding_id,
                pakke=b"",
                avsender=message.avsender,
                svarer=self._ours(message),
                feil=kode or code_of(message.egne.get(FEILKODE, "")),
            )
        return Innkommet(
            ref=message.melding_id,
            pakke=self._content(message),
            meldingstype=word_of(message.type, self._profil),
            melding_id=safe_id(message.egne.get(KLIENTMELDING, "")),
            avsender=message.avsender,
        )

    def _is_refusal(self, message: Mottatt) -> bool:
        return word_of(message.type, self._profil) == FEILET

    def _ours(self, message: Mottatt) -> str:
        """The message of ours it is about, by our own id where that is known."""
        with self._lock:
            known = self._sent.get(message.svar_til, "")
        return known or safe_id(message.egne.get(AVVIST, "")) or safe_id(message.svar_til)

    def _content(self, message: Mottatt) -> bytes:
        """The package; empty when the platform no longer has it, for that is no package either."""
        if not message.dokumentlager:
            return message.body
        place = safe_id(message.dokumentlager)
        if not place:
            return b""
        try:
            return self._content_session.call(
                DOKUMENTLAGER,
                "GET",
                f"/dokumentlager/nedlasting/{place}",
                raw=True,
                place=place,
                check=_no_page,
            ).content
        except (Conflict, Rejected):
            return b""
        except RemoteFault as exc:
            if exc.code != "FOR_STORT_SVAR":
                raise
        return b""

    def _broker_password(self) -> str:
        return f"{self._settings.client_secret} {self._auth.fresh()}"


def _no_such_receiver(place: str) -> Refused:
    # An account that was closed since it was asked for.
    def refused(status: int, headers: Mapping[str, str], body: bytes) -> GatewayError | None:
        return Rejected("UKJENT_MOTTAKER", place=place) if status == 404 else None

    return refused


def _no_page(reply: Reply) -> str | None:
    # A page somewhere on the way is not the content, and must not be refused as if it were.
    media = reply.headers.get("content-type", "").lower()
    return "UGYLDIG_SVAR" if media.startswith(("text/", "application/json")) else None
