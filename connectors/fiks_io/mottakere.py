"""Which account a counterpart has: the directory's word checked, or the catalogue's answer.

Answers are believed for ten minutes. It must not decide whom to trust with what.
"""

import threading
import time
import uuid

from connectors.fiks.katalog import FRESH, Katalog
from connectors.fiks_io.profil import Profil
from gateway.errors import LocalFault, Rejected, Transient
from gateway.ports.kanal import Motpart


class Mottakere:
    """Look-ups of receivers; thread-safe."""

    def __init__(self, katalog: Katalog, profil: Profil) -> None:
        self._katalog = katalog
        self._profil = profil
        self._lock = threading.Lock()
        self._known: dict[str, float] = {}

    def account(self, motpart: Motpart, place: str) -> str:
        """The account's id. Raises Rejected("UKJENT_MOTTAKER"), Transient("MOTTAKER_STENGT")."""
        given = motpart.adresse.get("konto_id", "")
        if given:
            return self._checked(account_id(given, place), place)
        konto = self._katalog.find(
            motpart.orgnr, self._profil.protokollnavn, self._profil.sikkerhetsniva
        )
        if konto is None:
            raise Rejected("UKJENT_MOTTAKER", place=place)
        if not konto.mottaker:
            raise Transient("MOTTAKER_STENGT", place=place)
        return konto.konto_id

    def _checked(self, konto_id: str, place: str) -> str:
        """Asked for before a message: the answer to a message does not tell one refusal from
        another."""
        now = time.monotonic()
        with self._lock:
            if now - self._known.get(konto_id, -FRESH) < FRESH:
                return konto_id
        try:
            konto = self._katalog.account(konto_id)
        except LocalFault as exc:
            if exc.code != "UKJENT_KONTO":
                raise
            konto = None
        if konto is None:
            raise Rejected("UKJENT_MOTTAKER", place=place)
        if not konto.mottaker:
            raise Transient("MOTTAKER_STENGT", place=place)
        with self._lock:
            self._known[konto_id] = now
        return konto_id


def account_id(text: str, place: str) -> str:
    """`text` as the platform writes an account's id. Raises Rejected("UKJENT_MOTTAKER")."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        pass
    raise Rejected("UKJENT_MOTTAKER", place=place)
