"""The default channel: one gateway posts sealed packages to another's address. No third party.

A 202 says that the package is stored there, sealed; nothing more. Sending the same again is
always safe, because a message is taken once.
"""

import contextlib
import dataclasses
import hashlib
import ssl
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from connectors.http.deadline import DeadlineTransport
from connectors.http.session import Session
from connectors.stafett_https.gjester import LIFE
from connectors.stafett_https.handtrykk import why_no_line
from connectors.stafett_https.innboks import Innboks, whose
from connectors.stafett_https.lytter import Lytter
from connectors.stafett_https.operasjoner import BY_NAME, EKKO, OPERATIONS, PATH
from connectors.stafett_https.profil import Profil, read_profil
from connectors.stafett_https.tls import Tillit, client_context, server_context
from gateway.errors import GatewayError, LocalFault, Rejected, Transient, UnknownOutcome
from gateway.ports.connector import ConnectorSettings
from gateway.ports.ekko import Svarer
from gateway.ports.kanal import (
    Bortlagt,
    Forsendelse,
    Innkommet,
    KanalFacts,
    Motpart,
    Transportstand,
)
from schemas.overfoering.grenser import KONVOLUTT

__all__ = ["OPERATIONS", "STIER", "TILLIT", "HttpsKanal", "open_kanal"]

_MEDIA = "application/pkcs7-mime"
_AT_ONCE = KONVOLUTT
_LARGE = 4 * 1024 * 1024
STIER = ("noekkel", "sertifikat", "innboks")
"""Options that are paths, read like every path of the configuration."""
TILLIT = "tillit"
"""The option that takes the certificates of everybody this channel goes to."""


class HttpsKanal:
    """`gateway.ports.kanal.Kanal` over HTTPS. Thread-safe; listens when its profile says so."""

    def __init__(self, settings: ConnectorSettings, profil: Profil) -> None:
        self._settings = settings
        self._profil = profil
        self._innboks = Innboks(
            profil.innboks, profil.maks_innboks, profil.maks_innboks_byte, _name_key(profil.noekkel)
        )
        self._given: set[str] = set()
        self._tillit = Tillit(profil.trusted())
        self._sessions: dict[tuple[str, str, bool], Session] = {}
        self._lock = threading.Lock()
        self._lytter: Lytter | None = None
        if profil.lytt:
            host, _, port = profil.lytt.rpartition(":")
            own = server_context(profil.noekkel, profil.sertifikat, self._tillit.of_all())
            self._lytter = _listen(host.strip("[]"), int(port), own, self._innboks, profil)

    @property
    def port(self) -> int:
        """The port listened on; 0 when this process only sends."""
        return self._lytter.port if self._lytter else 0

    def facts(self) -> KanalFacts:
        """Our own channel; there is no product behind it."""
        return KanalFacts(
            "stafettlogg gateway",
            "stafettlogg-overfoering 1",
            "https",
            True,
            self._profil.maks_pakke,
        )

    def send(self, forsendelse: Forsendelse) -> str:
        """POST the package to the counterpart's address; returns the message's own id.

        Raises Rejected("FOR_STOR_KONVOLUTT") above our limit, before anything is sent, or theirs.
        """
        place = forsendelse.melding_id
        too_large = len(forsendelse.pakke) > self._profil.maks_pakke
        if not too_large:
            session = self._session(forsendelse.mottaker, place, len(forsendelse.pakke) > _LARGE)
            too_large = self._refused(session, forsendelse.pakke, place)
        if too_large:
            raise Rejected("FOR_STOR_KONVOLUTT", place=place)
        return place

    def _refused(self, session: Session, package: bytes, place: str) -> bool:
        """Send it. True when it is larger than the other end takes."""
        try:
            session.call(
                "melding.send",
                "POST",
                PATH,
                content=package,
                headers={"content-type": _MEDIA},
                expect=frozenset({202}),
                write=True,
                raw=True,
                place=place,
            )
        except Rejected as fault:
            if fault.code != "FOR_STOR":
                raise
            return True
        return False

    def spoer_ekko(self, mottaker: Motpart, pakke: bytes) -> bytes:
        """Ask a counterpart (chapter 7.1); its sealed answer. Raises GatewayErrors, with a code
        that begins with EKKO_ where it is known what is wrong."""
        session = self._made(mottaker, "ekko", self._settings.deadline)
        try:
            with contextlib.closing(session):
                return session.call(
                    "ekko.spoer", "POST", EKKO, content=pakke, headers={"content-type": _MEDIA},
                    raw=True, single=True, place="ekko", refused=_refused_echo,
                ).content  # fmt: skip
        except (Transient, UnknownOutcome, LocalFault) as error:
            fault = error.with_traceback(None)
        code = why_no_line(self._url(mottaker, "ekko"), self._tls(mottaker))
        raise Rejected(code, place="ekko") if code else fault

    def svar_ekko(self, svarer: Svarer) -> None:
        """Who answers from now on; a process that only sends answers nobody."""
        if self._lytter is not None:
            self._lytter.echo(lambda pakke, shown: svarer(pakke, self._tillit.whose(shown)))

    def stand(self, transport_id: str) -> Transportstand:
        """There is nobody between who could know."""
        return Transportstand.UKJENT

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        """What lies in the inbox: what has not been given out before first, and not more at
        once than memory should hold."""
        found: list[Innkommet] = []
        room = _AT_ONCE
        for ref in self._next(hoeyst):
            room -= self._innboks.size(ref)
            if found and room < 0:
                break
            package = self._innboks.read(ref)
            if package is not None:
                found.append(Innkommet(ref, package, hvem=whose(ref)))
                self._given.add(ref)
        return found

    def _next(self, most: int) -> list[str]:
        """In the inbox's order. What was given out and is still here (nobody could open it, or a
        source is away) comes last, so that it never stands in front of what can be taken."""
        waiting = self._innboks.refs(self._profil.maks_innboks)
        self._given &= set(waiting)
        if self._given.issuperset(waiting):
            self._given.clear()
        return sorted(waiting, key=lambda ref: ref in self._given)[:most]

    def kvitter(self, ref: str) -> None:
        """Taken: out of the inbox."""
        self._innboks.drop(ref)

    def avvis(self, ref: str, kode: str) -> None:
        """Set aside: out of the way of what came after it."""
        self._innboks.refuse(ref)

    def legg_bort(self, ref: str, merke: str) -> bool:
        """Put by, for the day the key is there."""
        return self._innboks.put_by(ref, merke)

    def ta_frem(self, merke: str) -> int:
        """What other keys did not open waits for these."""
        return self._innboks.bring_back(merke)

    def bortlagt(self) -> Sequence[Bortlagt]:
        """By the certificate it came by, and the organisation where that is one's alone."""
        known = {
            self._innboks.who(hashlib.sha256(der).hexdigest()): owners
            for der, owners in self._tillit.owners().items()
        }
        found = []
        for who, count in sorted(self._innboks.closed().items()):
            owners = known.get(who, frozenset())
            found.append(Bortlagt(who, count, min(owners) if len(owners) == 1 else ""))
        return found

    def close(self) -> None:
        """Stop listening and close connections."""
        if self._lytter is not None:
            self._lytter.stop()
        with self._lock:
            for session in self._sessions.values():
                session.close()
            self._sessions.clear()

    def _session(self, motpart: Motpart, place: str, large: bool) -> Session:
        """A large package has the time a listener gives one; a small one is not waited for so."""
        url = self._url(motpart, place)
        with self._lock:
            # By organisation too: a supplier may answer for several at one address.
            session = self._sessions.get((motpart.orgnr, url, large))
            if session is None:
                time = max(self._settings.deadline, LIFE if large else 0.0)
                session = self._made(motpart, place, time)
                self._sessions[motpart.orgnr, url, large] = session
            return session

    def _made(self, motpart: Motpart, place: str, time: float) -> Session:
        url = self._url(motpart, place)
        own = dataclasses.replace(self._settings, base_url=url, token_url="", deadline=time)
        return Session(own, BY_NAME, transport=DeadlineTransport(tls=self._tls(motpart)))

    def _tls(self, motpart: Motpart) -> ssl.SSLContext:
        theirs = self._tillit.of(motpart.orgnr)
        return client_context(self._profil.noekkel, self._profil.sertifikat, theirs)

    def _url(self, motpart: Motpart, place: str) -> str:
        url = motpart.adresse.get("url", "").rstrip("/")
        if not url:
            raise Rejected("UKJENT_MOTTAKER", place=place)
        if not url.startswith("https://"):
            # The address is the counterpart's file's, and not the channel's in gateway.toml.
            raise LocalFault("MOTPART_IKKE_HTTPS", place=place)
        return url


def _refused_echo(status: int, _heads: Mapping[str, str], _body: bytes) -> GatewayError | None:
    code = {
        404: "EKKO_FINNES_IKKE",
        409: "EKKO_UTEN_VAAR_KRYPTERING",
        429: "EKKO_FOR_OFTE",
        503: "EKKO_SVARER_IKKE",
    }.get(status)
    return Rejected(code, place="ekko") if code else None


def _name_key(path: Path) -> bytes:
    """What names in the inbox are made with: from the channel's private key, which is elsewhere."""
    try:
        return hashlib.sha256(b"stafett-innboks\0" + path.read_bytes()).digest()
    except OSError:
        raise LocalFault("KANAL_NOEKLER_PASSER_IKKE", place="stafett_https.noekkel") from None


def _listen(host: str, port: int, tls: ssl.SSLContext, innboks: Innboks, profil: Profil) -> Lytter:
    found: Lytter | None = None
    with contextlib.suppress(OSError, OverflowError):
        found = Lytter(host, port, tls, innboks.keep, profil.maks_pakke)
    if found is None:
        raise LocalFault("PORT_OPPTATT", place="stafett_https.lytt")
    return found


def open_kanal(settings: ConnectorSettings) -> HttpsKanal:
    """The channel, listening if its options say where. Raises LocalFault."""
    return HttpsKanal(settings, read_profil(dict(settings.options)))
