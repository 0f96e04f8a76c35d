"""The channel port over eFormidling: an agreed message per package, through an integrasjonspunkt.

The package is the message's one file and is opened by nobody on the way. A fetched message stays
locked at the integrasjonspunkt until `kvitter` removes it, which tells the sender LEVERT: a word
about transport, and never more.
"""

import re
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from connectors.eformidling.asic import package_in
from connectors.eformidling.dokument import agreed_of, build, id_of, message_ids, sender_of
from connectors.eformidling.operasjoner import OPERATIONS
from connectors.eformidling.profil import Profil, read
from connectors.eformidling.punkt import AlreadyThere, Integrasjonspunkt, NotLocked
from gateway.errors import Conflict, GatewayError, Rejected, RemoteFault
from gateway.ports.connector import ConnectorSettings
from gateway.ports.kanal import (
    Forsendelse,
    Innkommet,
    Kanal,
    KanalFacts,
    Transportstand,
)
from schemas.eformidling.svar import Status

__all__ = ["OPERATIONS", "EFormidling", "open_kanal"]

_STATUS = "status:"
_GONE = {Status.FEIL, Status.LEVETID_UTLOPT}
_DONE = {Status.LEVERT, Status.LEST}
_FAILED = {Status.FEIL: "KANAL_SERVERFEIL", Status.LEVETID_UTLOPT: "KANAL_TIDSAVBRUDD"}
_AWAY = {Status.SENDT, Status.MOTTATT} | _DONE
_WRAPPING = 1024 * 1024
"""Bytes a container may have beside the package."""
_MOST_STATUSES = 500
_MOST_RUBBISH = 50
"""How many messages that are none are passed over before the next round."""
_SAFE_STATUS = re.compile(r"\d{1,18}")


def open_kanal(
    settings: ConnectorSettings, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Kanal:
    """The channel. Raises LocalFault for a set-up that cannot work."""
    return EFormidling(settings, read(settings.options), now)


class EFormidling:
    """One municipality's integrasjonspunkt; thread-safe."""

    def __init__(
        self, settings: ConnectorSettings, profil: Profil, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._profil = profil
        self._now = now
        self._punkt = Integrasjonspunkt(settings, profil.maks_pakke + _WRAPPING)
        self._fetching = threading.Lock()
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[float, Innkommet]] = OrderedDict()

    def close(self) -> None:
        """Close connections; what is locked is free again in five minutes."""
        self._punkt.close()

    def facts(self) -> KanalFacts:
        """What the channel is. Raises LocalFault when the integrasjonspunkt lets us not in."""
        self._punkt.statuses(str(uuid.UUID(int=0)))
        return KanalFacts(
            product="eFormidling",
            contract=f"avtalt {self._profil.identifikator}",
            environment=self._settings.base_url,
            tosidig=True,
            maks_pakke=self._profil.maks_pakke,
        )

    def send(self, forsendelse: Forsendelse) -> str:
        """Make the message, give it its file, send it; returns its id at the platform.

        The same call again goes on from where the last one stopped. A message the platform gave
        up, and a copy after one that brought no word back, has an id derived from its own.
        """
        if len(forsendelse.pakke) > self._profil.maks_pakke:
            raise Rejected("FOR_STOR_KONVOLUTT", place=forsendelse.melding_id)
        for message_id in message_ids(forsendelse.kopi):
            document = build(forsendelse, message_id, self._profil, self._now())
            try:
                self._punkt.create(document, message_id)
            except AlreadyThere:
                had = set(self._punkt.statuses(message_id))
                if had & _GONE:
                    continue
                if had & _AWAY:
                    return message_id
            self._complete(message_id, forsendelse.pakke)
            return message_id
        raise Rejected("KANAL_SERVERFEIL", place=forsendelse.melding_id)

    def _complete(self, message_id: str, package: bytes) -> None:
        """File and send, whichever of them is not done."""
        try:
            try:
                self._punkt.upload(message_id, package)
            except Rejected as exc:
                # A file that is there already; also when the refusal quotes so much of it that
                # its reason cannot be read. Whether there is a file, the sending tells.
                if exc.code != "AVVIST":
                    raise
            self._punkt.dispatch(message_id)
        except Conflict as exc:
            # Known by its id and no longer among those that wait to be sent: it has been.
            if exc.code != "BORTE":
                raise

    def stand(self, transport_id: str) -> Transportstand:
        """What the statuses so far amount to."""
        ours = _uuid(transport_id)
        had = set(self._punkt.statuses(ours)) if ours else set()
        if had & _GONE:
            return Transportstand.FEILET
        if had & _DONE:
            return Transportstand.LEVERT
        return Transportstand.UNDERVEIS if had else Transportstand.UKJENT

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        """What we hold locked, then the next ones; first of all what could not be delivered."""
        with self._fetching:
            found: list[Innkommet] = []
            faults: list[GatewayError] = []
            try:
                found += self._failures()
            except GatewayError as exc:
                # The status queue is one thing and the messages another.
                faults.append(exc)
            found += self._still_held()
            try:
                self._lock_more(found, hoeyst)
            except GatewayError as exc:
                faults.append(exc)
        # What is locked for us is given now; what hinders the rest is met next time.
        if faults and not found:
            raise faults[-1]
        return found[:hoeyst]

    def _lock_more(self, found: list[Innkommet], hoeyst: int) -> None:
        for _ in range(hoeyst + _MOST_RUBBISH):
            if len(found) >= hoeyst:
                return
            sbd = self._punkt.lock_next(self._profil.prosess)
            if sbd is None:
                return
            one = self._open(sbd)
            if one is not None and all(one.ref != other.ref for other in found):
                found.append(one)

    def kvitter(self, ref: str) -> None:
        """Remove the message (or the status); the sender is told LEVERT."""
        if ref.startswith(_STATUS):
            number = ref.removeprefix(_STATUS)
            if _SAFE_STATUS.fullmatch(number):
                self._punkt.drop_status(number)
            return
        message_id = _uuid(ref)
        if not message_id:
            return
        try:
            self._punkt.remove(message_id)
        except NotLocked:
            # The lock ran out while the package was stored: take it again, and remove.
            self._punkt.lock_next(self._profil.prosess, message_id)
            self._punkt.remove(message_id)
        with self._lock:
            self._held.pop(ref, None)

    def avvis(self, ref: str, kode: str) -> None:
        """Remove the message. The platform has no word for no: the code is the protocol's to
        tell, in a message of its own."""
        self.kvitter(ref)

    def _failures(self) -> list[Innkommet]:
        """The first message of ours the status queue says was not delivered.

        Every other status is taken off the queue: `stand` asks for them by message.
        """
        for _ in range(_MOST_STATUSES if self._profil.statuskoe == "egen" else 0):
            status = self._punkt.next_status()
            if status is None:
                return []
            kode = _FAILED.get(status["status"])  # type: ignore[call-overload]
            ours = _uuid(status["messageId"])
            if kode and ours:
                ref = f"{_STATUS}{status['id']}"
                return [Innkommet(ref=ref, pakke=b"", svarer=ours, feil=kode)]
            self._punkt.drop_status(str(status["id"]))
        return []

    def _still_held(self) -> list[Innkommet]:
        now = time.monotonic()
        with self._lock:
            for ref in [ref for ref, (until, _) in self._held.items() if until <= now]:
                # The lock has run out: the platform gives it to whoever asks first.
                del self._held[ref]
            return [one for _, one in self._held.values()]

    def _open(self, sbd: object) -> Innkommet | None:
        """A locked message with its package; None for what is no message for us to take.

        One that cannot be addressed stays locked and is passed over; one without content (a
        receipt) is removed; one the platform could not read has been removed by it. One that did
        not come through stays locked, so it does not stand in the way, and comes again.
        """
        message_id = id_of(sbd)
        if not message_id:
            return None
        try:
            container = self._punkt.pop(message_id)
        except (Conflict, NotLocked):
            return None
        except RemoteFault as exc:
            if exc.code != "FOR_STORT_SVAR":
                return None
            container = b""
        if container is None:
            self._punkt.remove(message_id)
            return None
        melding_id, word = agreed_of(sbd)
        one = Innkommet(
            ref=message_id,
            pakke=package_in(container, self._profil.maks_pakke),
            meldingstype=word,
            melding_id=melding_id,
            avsender=sender_of(sbd),
        )
        with self._lock:
            self._held[message_id] = (time.monotonic() + self._profil.laas_sekunder, one)
        return one


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""
