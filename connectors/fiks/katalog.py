"""The platform's catalogue: is an account open, and which key is a message to it encrypted with.

Keys are kept for ten minutes, as the official clients do, and a key that has ended is refused. It
must not decide whom to trust.
"""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509

from connectors.fiks.operasjoner import KATALOG, LOOKUP
from connectors.http.reply import Reply
from connectors.http.session import Session
from gateway.errors import Conflict, LocalFault, RemoteFault

FRESH = 600.0
"""Seconds a key is used without being asked for again."""
_KONTOER = "/fiks-io/katalog/api/v1/kontoer/"
_LOOKUP = "/fiks-io/katalog/api/v1/lookup"


@dataclass(frozen=True, slots=True)
class Konto:
    """An account: its owner's name, and whether messages may be sent to it now."""

    konto_id: str
    eier: str = field(repr=False)
    mottaker: bool


class Katalog:
    """Look-ups through one session; thread-safe, one question per key."""

    def __init__(self, session: Session, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, tuple[float, x509.Certificate]] = {}
        self._found: dict[tuple[str, str, int], tuple[float, Konto]] = {}

    def account(self, konto_id: str) -> Konto:
        """The account. Raises LocalFault("UKJENT_KONTO") when the platform has none."""
        data = self._get(konto_id, "", _no_account, "UKJENT_KONTO").data()
        return Konto(konto_id, data["fiksOrgNavn"], data["status"]["gyldigMottaker"] is True)

    def find(self, orgnr: str, protokoll: str, niva: int) -> Konto | None:
        """The account an organisation takes messages of a protocol on; None when it has none.

        The organisation's number stands in the address: the platform has no other way.
        """
        asked = (orgnr, protokoll, niva)
        with self._lock:
            known = self._found.get(asked)
            if known is not None and self._clock() - known[0] < FRESH:
                return known[1]
            try:
                data = self._session.call(
                    LOOKUP,
                    "GET",
                    _LOOKUP,
                    params={
                        "identifikator": f"ORG_NO.{orgnr}",
                        "meldingProtokoll": protokoll,
                        "sikkerhetsniva": str(niva),
                    },
                    place="oppslag",
                    check=_no_hit,
                ).data()
            except Conflict:
                return None
            open_now = data["status"]["gyldigMottaker"] is True
            konto = Konto(str(uuid.UUID(data["kontoId"])), data["fiksOrgNavn"], open_now)
            self._found[asked] = (self._clock(), konto)
            return konto

    def public_key(self, konto_id: str) -> x509.Certificate:
        """The certificate to encrypt with.

        Raises LocalFault("KONTO_UTEN_NOEKKEL") or RemoteFault("UTLOEPT_NOEKKEL").
        """
        with self._lock:
            known = self._keys.get(konto_id)
            if known is not None and self._clock() - known[0] < FRESH:
                return known[1]
            reply = self._get(konto_id, "/offentligNokkel", _no_key, "KONTO_UTEN_NOEKKEL")
            certificate = _certificate(reply.data()["nokkel"], konto_id)
            self._keys[konto_id] = (self._clock(), certificate)
            return certificate

    def _get(
        self, konto_id: str, rest: str, check: Callable[[Reply], str | None], missing: str
    ) -> Reply:
        try:
            return self._session.call(
                KATALOG, "GET", f"{_KONTOER}{konto_id}{rest}", place=konto_id, check=check
            )
        except Conflict:
            fault = LocalFault(missing, place=konto_id)
        raise fault


def _no_account(reply: Reply) -> str | None:
    data = reply.data()
    good = (
        isinstance(data, dict)
        and isinstance(data.get("fiksOrgNavn"), str)
        and isinstance(data.get("status"), dict)
        and isinstance(data["status"].get("gyldigMottaker"), bool)
    )
    return None if good else "UGYLDIG_SVAR"


def _no_hit(reply: Reply) -> str | None:
    fault = _no_account(reply)
    if fault is not None:
        return fault
    try:
        uuid.UUID(reply.data()["kontoId"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return "UGYLDIG_SVAR"
    return None


def _no_key(reply: Reply) -> str | None:
    data = reply.data()
    good = isinstance(data, dict) and isinstance(data.get("nokkel"), str)
    return None if good else "UGYLDIG_SVAR"


def _certificate(pem: str, konto_id: str) -> x509.Certificate:
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        certificate = None
    if certificate is None:
        raise RemoteFault("UGYLDIG_NOEKKEL", place=konto_id)
    if certificate.not_valid_after_utc <= datetime.now(UTC):
        raise RemoteFault("UTLOEPT_NOEKKEL", place=konto_id)
    return certificate
