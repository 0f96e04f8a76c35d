"""The channel port over SvarUt and SvarInn: a sealed package as a shipment's one document.

SvarUt is post: it tries its ways in turn, and tells how far a shipment came only when asked. The
platform opens its own seal and puts on the receiver's; ours inside it is opened by nobody. What
was not delivered is told by `stand`, never by `hent`.
"""

import re
import threading
import time
from collections.abc import Sequence

from connectors.fiks import konvolutt
from connectors.fiks.noekler import read_certificates
from connectors.http.session import Session
from connectors.keyed import same_key
from connectors.svarut.forsendelse import body
from connectors.svarut.innlogging import sign_in
from connectors.svarut.kanalprofil import Kanalprofil
from connectors.svarut.operasjoner import KANAL_BY_NAME, KANAL_OPERATIONS
from connectors.svarut.pakke import MEDIA, named, sender, shipment
from connectors.svarut.profil import read_as
from connectors.svarut.status import transport
from connectors.svarut.svarinn import SvarInn
from connectors.svarut.svarlesing import data_of, is_a, refused_with
from gateway import log
from gateway.errors import Conflict, GatewayError, Rejected
from gateway.ports.connector import ConnectorSettings
from gateway.ports.kanal import (
    PAKKENAVN,
    Forsendelse,
    Innkommet,
    Kanal,
    KanalFacts,
    Transportstand,
)
from schemas.svarut.svar import MOTTAKERSYSTEMER, OPPSLAG, SENDT, STATUSER
from schemas.svarut.svarinn import Ventende

__all__ = ["OPERATIONS", "STIER", "STILISTER", "SvarUtKanal", "open_kanal"]

OPERATIONS = KANAL_OPERATIONS
STIER = (
    "noekkel",
    "sertifikat",
    "svarut_sertifikat",
    "integrasjon_passord_fil",
    "svarinn_passord_fil",
)
"""Options that are one path, read like every path of the configuration."""
STILISTER = ("svarinn_noekler",)
"""Options that are several paths, a comma between."""

_NIL = "00000000-0000-0000-0000-000000000000"
_FRESH = 600.0
"""Seconds a receiver is believed to have its system without being asked for again."""
_SAFE = re.compile(r"[A-Za-z0-9-]{1,60}")


def open_kanal(settings: ConnectorSettings) -> Kanal:
    """The channel. Raises LocalFault for a set-up that cannot work."""
    return SvarUtKanal(settings, read_as(Kanalprofil, settings.options))


class SvarUtKanal:
    """One municipality's account and receiving system; thread-safe."""

    def __init__(self, settings: ConnectorSettings, profil: Kanalprofil) -> None:
        self._settings = settings
        self._profil = profil
        self._certificate = None
        if profil.kryptert and profil.svarut_sertifikat is not None:
            self._certificate = read_certificates(profil.svarut_sertifikat)[0]
        self._session = Session(settings, KANAL_BY_NAME, auth=sign_in(settings, profil))
        self._svarinn = SvarInn(settings, profil) if profil.svarinn_bruker else None
        self._shipments = f"/v2/kontoer/{profil.konto_id}/forsendelser"
        self._lock = threading.Lock()
        self._receivers: dict[str, float] = {}

    def close(self) -> None:
        """Close connections."""
        self._session.close()
        if self._svarinn is not None:
            self._svarinn.close()

    def facts(self) -> KanalFacts:
        """Sign-in works, both ways. Raises LocalFault("IKKE_INNLOGGET")."""
        self._ids(_NIL)
        if self._svarinn is not None:
            self._svarinn.waiting()
        return KanalFacts(
            product="KS SvarUt og SvarInn",
            contract=f"SvarUt REST v2, SvarInn v1, {self._profil.forsendelsestype}",
            environment=self._settings.base_url,
            tosidig=self._svarinn is not None,
            maks_pakke=self._profil.maks_pakke,
        )

    def send(self, forsendelse: Forsendelse) -> str:
        """Send the package, unless a shipment with its name is there and has not failed."""
        place = forsendelse.melding_id
        if len(forsendelse.pakke) > self._profil.maks_pakke:
            raise Rejected("FOR_STOR_KONVOLUTT", place=place)
        first = shipment(forsendelse, self._profil)
        known = self._still_good(self._ids(forsendelse.kopi))
        if known:
            return known
        self._check_receiver(forsendelse.mottaker.orgnr, place)
        data = forsendelse.pakke
        if self._certificate is not None:
            data = konvolutt.encrypt(data, self._certificate)
        content, kind = body(first, [(PAKKENAVN, MEDIA, data)], place)
        reply = self._session.call(
            "pakke.send",
            "POST",
            self._shipments,
            content=content,
            headers={"content-type": kind},
            write=True,
            place=place,
            check=is_a(SENDT),
            refused=refused_with(place),
        )
        return data_of(SENDT, reply)["id"]

    def stand(self, transport_id: str) -> Transportstand:
        """What the shipment's status means for its transport."""
        return self._stands([transport_id]).get(transport_id, Transportstand.UKJENT)

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        """Shipments of the agreed type that wait, with their content. Others are not touched."""
        if self._svarinn is None:
            return []
        found: list[Innkommet] = []
        fault: GatewayError | None = None
        listed = self._svarinn.waiting()
        ours = [one for one in listed.ventende if self._is_ours(one)]
        if listed.full and len(ours) < listed.antall:
            # Others' shipments stand in the way of ours, and only their own system can take them.
            log.get("svarinn").warning(
                "liste_full", system=self._settings.system, count=listed.antall - len(ours)
            )
        for waiting in ours:
            if len(found) >= hoeyst:
                break
            try:
                found.append(self._open(self._svarinn, waiting))
            except Conflict:
                continue
            except GatewayError as exc:
                fault = exc
        if fault is not None and not found:
            raise fault
        return found

    def kvitter(self, ref: str) -> None:
        """Tell SvarInn that it is stored: the shipment becomes LEST at the sender."""
        if self._svarinn is not None and _SAFE.fullmatch(ref):
            self._svarinn.accept(ref)

    def avvis(self, ref: str, kode: str) -> None:
        """Tell SvarInn that it cannot be taken in, with the code, for good."""
        if self._svarinn is not None and _SAFE.fullmatch(ref):
            self._svarinn.refuse(ref, kode)

    def _is_ours(self, waiting: Ventende) -> bool:
        told = waiting.get("forsendelseType")
        # Older replies say no type: whatever is in a system for this type alone is of it.
        return _SAFE.fullmatch(waiting["id"]) is not None and (
            told is None or told == self._profil.forsendelsestype
        )

    def _open(self, svarinn: SvarInn, waiting: Ventende) -> Innkommet:
        melding_id, word = named(waiting)
        files = waiting.get("filmetadata")
        # With several files the content is a container of them, and that is no package.
        one = files is None or len(files) == 1
        return Innkommet(
            ref=waiting["id"],
            pakke=svarinn.content(waiting["id"]) if one else b"",
            meldingstype=word,
            melding_id=melding_id,
            avsender=sender(waiting),
        )

    def _still_good(self, ids: list[str]) -> str:
        """A shipment among these that has not failed; a failed one is sent anew."""
        if not ids:
            return ""
        stands = self._stands(ids)
        good = [one for one in ids if stands.get(one) is not Transportstand.FEILET]
        return good[0] if good else ""

    def _stands(self, ids: list[str]) -> dict[str, Transportstand]:
        reply = self._session.call(
            "forsendelse.status",
            "POST",
            f"{self._shipments}/status-sok",
            json={"forsendelseIds": ids},
            check=is_a(STATUSER),
        )
        rows = data_of(STATUSER, reply)["statuser"]
        return {
            one: transport(row["status"]) for one in ids for row in rows if same_key(row["id"], one)
        }

    def _ids(self, melding_id: str) -> list[str]:
        reply = self._session.call(
            "forsendelse.finn",
            "GET",
            self._shipments,
            params={"eksternRef": melding_id},
            place=melding_id,
            check=is_a(OPPSLAG),
        )
        return data_of(OPPSLAG, reply)["forsendelseIds"]

    def _check_receiver(self, orgnr: str, place: str) -> None:
        """Digital only, and nobody to fetch it, would be a shipment that goes nowhere in silence.

        Raises Rejected("UKJENT_MOTTAKER").
        """
        profil, now = self._profil, time.monotonic()
        with self._lock:
            if now - self._receivers.get(orgnr, -_FRESH) < _FRESH:
                return
        reply = self._session.call(
            "mottakersystem.list",
            "GET",
            "/v2/mottakersystem",
            params={
                "organisasjonsnummer": orgnr,
                "forsendelseType": profil.forsendelsestype,
                "niva": str(profil.niva),
            },
            place=place,
            check=is_a(MOTTAKERSYSTEMER),
        )
        if not any(
            row["organisasjonsnummer"] == orgnr
            and row["forsendelseType"] == profil.forsendelsestype
            and row["niva"] >= profil.niva
            for row in data_of(MOTTAKERSYSTEMER, reply)["mottakersystemer"]
        ):
            raise Rejected("UKJENT_MOTTAKER", place=place)
        with self._lock:
            self._receivers[orgnr] = now
