"""SvarUt v2 as a way into an archive: sent once, followed until fetched, confirmed by a person.

SvarUt gives no bytes back, so nothing here can be a receipt. Each shipment is another one, also
with the same reference, so it is sent within the snapshot's `once`. A shipment nobody has fetched
by the deadline is a person's task; with digital delivery only, nobody else would ever say so.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography import x509

from connectors.fiks import konvolutt
from connectors.fiks.noekler import read_certificates
from connectors.http.session import Session
from connectors.keyed import same_key
from connectors.svarut.forsendelse import body, files, forsendelse
from connectors.svarut.innlogging import sign_in
from connectors.svarut.operasjoner import BY_NAME, OPERATIONS
from connectors.svarut.profil import Profil, read
from connectors.svarut.status import meaning
from connectors.svarut.svarlesing import data_of, is_a, refused_with
from connectors.titler import refuse_content
from gateway.errors import Conflict, LocalFault, Rejected, RemoteFault, Transient
from gateway.ports.archive import (
    Archive,
    ArchiveFacts,
    Funn,
    Funnetfil,
    Levering,
    Proevd,
    Svar,
    Uttak,
)
from gateway.ports.connector import ConnectorSettings
from schemas.svarut.svar import METADATA, MOTTAKERSYSTEMER, OPPSLAG, SENDT, STATUSER

__all__ = ["OPERATIONS", "open_archive"]

_PROBE = "00000000-0000-4000-8000-000000000000"


def open_archive(
    settings: ConnectorSettings, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Archive:
    """A way into one receiver's archive. Raises LocalFault for a set-up that cannot work."""
    profil = read(settings.options)
    session = Session(settings, BY_NAME, auth=sign_in(settings, profil))
    return SvarUt(session, settings, profil, now)


class SvarUt:
    """An Archive that cannot be read back; thread-safe."""

    def __init__(
        self,
        session: Session,
        settings: ConnectorSettings,
        profil: Profil,
        now: Callable[[], datetime],
    ) -> None:
        self._session = session
        self._settings = settings
        self._profil = profil
        self._now = now
        self._shipments = f"/v2/kontoer/{profil.konto_id}/forsendelser"
        self._certificate = _certificate(profil)

    def close(self) -> None:
        """Close connections."""
        self._session.close()

    def facts(self) -> ArchiveFacts:
        """Sign-in works and the receiver has a system. Raises LocalFault("INGEN_MOTTAKER")."""
        if not self._has_receiver("facts"):
            raise LocalFault("INGEN_MOTTAKER", place=f"svarut {self._profil.mottaker_orgnr}")
        return ArchiveFacts(
            product="KS SvarUt",
            contract="SvarUt REST v2",
            environment=self._settings.base_url,
            reads_back=False,
        )

    def find(self, uttak: Uttak) -> Funn | None:
        """The shipment with the snapshot's key. It holds no files: SvarUt says nothing of them."""
        refuse_content(uttak)
        found = self._ids(uttak)
        if not found:
            return None
        return Funn(mappe="", journalpost=found[0], nummer="", filer=())

    def deposit(self, uttak: Uttak, found: Funn | None) -> Svar:
        """Send the snapshot once; a shipment that is there is followed, never sent again.

        Raises Rejected("INGEN_MOTTAKER") when the receiver has no system for the agreed type.
        """
        refuse_content(uttak)
        ids = self._ids(uttak)
        if ids:
            return self.progress(uttak, ids[0])
        if found is not None:
            # It was there and is no longer seen: to send it again would be a guess.
            raise Conflict("BORTE", place=uttak.key)
        if not self._has_receiver(uttak.key):
            raise Rejected("INGEN_MOTTAKER", place=uttak.key)
        parts = files(uttak, self._seal if self._certificate is not None else None)
        content, kind = body(forsendelse(uttak, self._profil), parts, uttak.key)
        with uttak.once("forsendelse"):
            reply = self._session.call(
                "forsendelse.send",
                "POST",
                self._shipments,
                content=content,
                headers={"content-type": kind},
                write=True,
                single=True,
                place=uttak.key,
                check=is_a(SENDT),
                refused=refused_with(uttak.key),
            )
        return Svar(Levering.VENTER, ref=data_of(SENDT, reply)["id"])

    def progress(self, uttak: Uttak, ref: str) -> Svar:
        """What the shipment's status means; past the deadline, a person's task."""
        reply = self._session.call(
            "forsendelse.status",
            "POST",
            f"{self._shipments}/status-sok",
            json={"forsendelseIds": [ref]},
            place=uttak.key,
            check=is_a(STATUSER),
        )
        mine = [row for row in data_of(STATUSER, reply)["statuser"] if same_key(row["id"], ref)]
        if len(mine) != 1:
            return Svar(Levering.MENNESKE, "UKJENT_STATUS", ref)
        levering, kode = meaning(mine[0]["status"])
        if levering is Levering.VENTER and self._late(uttak, ref, mine[0]["sisteStatusEndring"]):
            return Svar(Levering.MENNESKE, "FRIST_UTLOEPT", ref)
        return Svar(levering, kode, ref)

    def fetch(self, fil: Funnetfil) -> bytes:
        """Raises Rejected("ARKIV_LESER_IKKE") always."""
        raise Rejected("ARKIV_LESER_IKKE", place=fil.ref)

    def rehearse(self) -> tuple[Proevd, ...]:
        """The search a night makes before it sends, for a key nobody has. What is sent cannot be
        taken back, so nothing is."""
        try:
            self._found(_PROBE)
        except (Conflict, LocalFault, Rejected, RemoteFault, Transient) as error:
            return (Proevd("soek_post", error.code, "forsendelse.finn"),)
        return (Proevd("soek_post", "", "forsendelse.finn"),)

    def _ids(self, uttak: Uttak) -> list[str]:
        ids = self._found(uttak.key)
        if len(ids) > 1:
            raise Conflict("FLERE_TREFF", place=uttak.key)
        return ids

    def _found(self, key: str) -> list[str]:
        reply = self._session.call(
            "forsendelse.finn",
            "GET",
            self._shipments,
            params={"eksternRef": key},
            place=key,
            check=is_a(OPPSLAG),
        )
        return sorted(set(data_of(OPPSLAG, reply)["forsendelseIds"]))

    def _has_receiver(self, place: str) -> bool:
        profil = self._profil
        reply = self._session.call(
            "mottakersystem.list",
            "GET",
            "/v2/mottakersystem",
            params={
                "organisasjonsnummer": profil.mottaker_orgnr,
                "forsendelseType": profil.forsendelsestype,
                "niva": str(profil.niva),
            },
            place=place,
            check=is_a(MOTTAKERSYSTEMER),
        )
        return any(
            row["organisasjonsnummer"] == profil.mottaker_orgnr
            and row["forsendelseType"] == profil.forsendelsestype
            and row["niva"] >= profil.niva
            for row in data_of(MOTTAKERSYSTEMER, reply)["mottakersystemer"]
        )

    def _late(self, uttak: Uttak, ref: str, changed: str) -> bool:
        """Counted from the sending, so that a status that moves back and forth does not help."""
        reply = self._session.call(
            "forsendelse.metadata",
            "GET",
            f"{self._shipments}/metadata",
            params={"eksternRef": uttak.key},
            place=uttak.key,
            check=is_a(METADATA),
        )
        rows = data_of(METADATA, reply)["forsendelser"]
        sent = _moment(next((row["dato"] for row in rows if same_key(row["id"], ref)), changed))
        limit = timedelta(hours=self._profil.frist_timer)
        # A time that cannot be read is no reason to wait for ever.
        return sent is None or self._now() - sent > limit

    def _seal(self, data: bytes) -> bytes:
        if self._certificate is None:
            raise LocalFault("SERTIFIKAT_MANGLER", place="svarut.svarut_sertifikat")
        return konvolutt.encrypt(data, self._certificate)


def _certificate(profil: Profil) -> x509.Certificate | None:
    if not profil.kryptert:
        return None
    if profil.svarut_sertifikat is None:
        raise LocalFault("SERTIFIKAT_MANGLER", place="svarut.svarut_sertifikat")
    return read_certificates(profil.svarut_sertifikat)[0]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
