"""Answers an echo (chapter 7.1): opens it, and says what is wrong to the organisation whose line it
came by. It must not keep anything, log anything, or answer more often than it may."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from gateway.errors import GatewayError
from gateway.ports.ekko import Ekkosvar
from gateway.ports.forsegling import Forsegler, Pakkefil
from schemas.overfoering.ekko import EKKO, GANGER, SEKUNDER, SKJEVT, Ekko, Ekkokode, read, write
from schemas.tid import moment

_MEDIA = "application/json"


class Ekkosvarer:
    """For one organisation. Thread-safe; `now` and `monotonic` are injected for tests."""

    def __init__(
        self,
        forsegler: Forsegler,
        orgnr: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._forsegler, self._orgnr = forsegler, orgnr
        self._now, self._monotonic = now, monotonic
        self._lock = threading.Lock()
        self._asked: defaultdict[frozenset[str], deque[float]] = defaultdict(deque)

    def svar(self, pakke: bytes, linje: frozenset[str]) -> Ekkosvar:
        """The answer. `linje` are the organisations whose certificate the line was set up with:
        one, several that share a supplier's, or none."""
        if not linje:
            return Ekkosvar(404)  # whose it is, nobody has said: then there is no echo here
        if wait := self._wait(linje):
            return Ekkosvar(429, vent=wait)
        asked, code, sender = self._judged(pakke, linje)
        told = Ekko(
            fra=self._orgnr,
            til=sender,
            sendt=self._now().isoformat(timespec="milliseconds"),
            ord=asked.ord if asked else None,
            kode=code,
        )
        try:
            return Ekkosvar(
                200, self._forsegler.pakk([Pakkefil(EKKO, _MEDIA, write(told))], sender)
            )
        except GatewayError as error:
            theirs = error.code in {"MOTPART_UTEN_KRYPTERING", "UKJENT_MOTPART"}
            return Ekkosvar(409 if theirs else 503)

    def _wait(self, linje: frozenset[str]) -> float:
        """Seconds until this counterpart may ask again; 0 when it may now."""
        now = self._monotonic()
        with self._lock:
            times = self._asked[linje]
            while times and times[0] <= now - SEKUNDER:
                times.popleft()
            if len(times) >= GANGER:
                return times[0] + SEKUNDER - now
            times.append(now)
            return 0.0

    def _judged(
        self, pakke: bytes, linje: frozenset[str]
    ) -> tuple[Ekko | None, Ekkokode | None, str]:
        """What was asked, what is wrong with it, and whom the answer is for."""
        sender = min(linje)
        try:
            found = self._forsegler.aapne(pakke)
        except GatewayError as error:
            unknown = error.code == "FEIL_SIGNATAR"
            return None, Ekkokode.UKJENT_SIGNATAR if unknown else Ekkokode.AAPNES_IKKE, sender
        if found.avsender not in linje:
            return None, Ekkokode.ANNEN_SIGNATAR, sender
        sender = found.avsender
        asked = read(found.fil(EKKO) or b"") if len(found.filer) == 1 else None
        if asked is None or asked.ord is None or asked.kode is not None:
            return None, Ekkokode.UGYLDIG, sender
        return asked, self._wrong(asked, sender), sender

    def _wrong(self, asked: Ekko, sender: str) -> Ekkokode | None:
        if asked.fra != sender:
            return Ekkokode.FEIL_AVSENDER
        if asked.til != self._orgnr:
            return Ekkokode.FEIL_MOTTAKER
        when = moment(asked.sendt)
        if when is None:
            return Ekkokode.UGYLDIG
        return Ekkokode.KLOKKE if abs(when - self._now()) > timedelta(seconds=SKJEVT) else None
