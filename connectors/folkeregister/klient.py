"""The register's client: the feed from our own pointer, event documents, look-ups of many.

Numbers are in bodies only, never in an address and never in an error. The register reads a look-up
of persons as a POST; it changes nothing, so it is repeated like any other read.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from connectors.folkeregister import lesing
from connectors.folkeregister import operasjoner as op
from connectors.folkeregister.innlogging import Registertoken
from connectors.folkeregister.oppsett import read_options
from connectors.http.refusals import LONGEST_WAIT, retry_after
from connectors.http.reply import Reply
from connectors.http.session import Check, Session
from gateway.errors import Conflict, GatewayError, Transient
from gateway.ports.connector import ConnectorSettings
from gateway.ports.folkeregister import Endring, Feedside, Personstand
from schemas.folkeregister.hendelse import DOKUMENT, FEED, SISTE
from schemas.folkeregister.person import BULKOPPSLAG, Part

_BOTH = f"?part={Part.BOSTEDSADRESSE}&part={Part.ADRESSEBESKYTTELSE}"
_PROTECTION = f"?part={Part.ADRESSEBESKYTTELSE}"
_BULK = "/v1/personer/bulkoppslag/"
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{1,100}"')
_FEED_STATUSES = frozenset({200, 304})


class Registerklient:
    """A Folkeregister over HTTP. `sleep` is for tests."""

    def __init__(
        self, settings: ConnectorSettings, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        auth = Registertoken(settings, read_options(settings))
        self._session = Session(settings, op.BY_NAME, auth=auth, sleep=sleep)

    def close(self) -> None:
        """Close connections."""
        self._session.close()

    def feed(self, seq: int, etag: str) -> Feedside:
        """Events from `seq` on. Raises Conflict("PEKER_FORELDET") when `seq` is too old."""
        reply = self._session.call(
            op.FEED,
            "GET",
            "/v1/hendelser/feed/",
            params={"seq": str(seq)},
            headers={"if-none-match": etag} if etag else {},
            expect=_FEED_STATUSES,
            place="feed",
            check=_holds(FEED),
            refused=_feed_refusal,
        )
        if reply.status == 304:
            return Feedside((), etag, unchanged=True)
        given = reply.headers.get("etag", "")
        return Feedside(
            tuple(lesing.event(entry) for entry in FEED.validate_python(reply.data())),
            given if _ETAG.fullmatch(given) else "",
        )

    def newest(self) -> int:
        """The newest event's number."""
        reply = self._session.call(
            op.SISTE,
            "GET",
            "/v1/hendelser/siste/sekvensnummer",
            place="siste",
            check=_holds(SISTE),
            refused=_busy,
        )
        return SISTE.validate_python(reply.data())["sekvensnummer"]

    def changes(self, dokument: str, nummer: str) -> frozenset[Endring]:
        """What one event did to the residence; empty when it did nothing to it."""
        reply = self._session.call(
            op.HENDELSE,
            "GET",
            f"/v1/hendelser/{dokument}",
            place="hendelse",
            check=_holds(DOKUMENT),
            refused=_busy,
        )
        return lesing.changes(DOKUMENT.validate_python(reply.data()), nummer)

    def persons(self, numre: Sequence[str], *, bosted: bool) -> Mapping[str, Personstand]:
        """Number -> the person now, for those the register knows."""
        found = self._look_up(numre, bosted=bosted)
        missing = [number for number in numre if number not in found]
        if missing and found:
            # A short answer is not a person gone: those it left out are asked for by themselves.
            found |= self._look_up(missing, bosted=bosted)
        return found

    def _look_up(self, numre: Sequence[str], *, bosted: bool) -> dict[str, Personstand]:
        wanted = frozenset(numre)

        def of_those(reply: Reply) -> str | None:
            code = _holds(BULKOPPSLAG)(reply)
            if code is None and any(
                one["foedselsEllerDNummer"] not in wanted for one in reply.data()["oppslag"]
            ):
                code = "UGYLDIG_SVAR"
            return code

        reply = self._session.call(
            op.BULK,
            "POST",
            _BULK + (_BOTH if bosted else _PROTECTION),
            json={"foedselsEllerDNummer": list(numre)},
            place="oppslag",
            check=of_those,
            refused=_busy,
        )
        found: dict[str, Personstand] = {}
        for one in BULKOPPSLAG.validate_python(reply.data())["oppslag"]:
            number = one["foedselsEllerDNummer"]
            stand = lesing.person(one.get("folkeregisterperson", {}), number, bosted=bosted)
            if stand is not None and one.get("folkeregisterperson"):
                found[number] = stand
        return found


def _holds(adapter: TypeAdapter[Any]) -> Check:
    """A check that an answer has the shape it should; 304 has no body."""

    def check(reply: Reply) -> str | None:
        if reply.status == 304:
            return None
        try:
            adapter.validate_python(reply.data())
        except ValidationError:
            return "UGYLDIG_SVAR"
        return None

    return check


def _busy(status: int, headers: Mapping[str, str], _body: bytes) -> GatewayError | None:
    """429 with the register's own unit: its documentation says milliseconds, the standard seconds.

    More than the longest wait there is can only be milliseconds; less is taken as seconds, for
    waiting too long is polite.
    """
    if status != 429:
        return None
    text = headers.get("retry-after", "").strip()
    wait = retry_after(headers)
    if text.isdigit() and int(text) > LONGEST_WAIT:
        wait = min(int(text) / 1000, LONGEST_WAIT)
    return Transient("OPPTATT", place="folkeregister", retry_after=wait)


def _feed_refusal(status: int, headers: Mapping[str, str], body: bytes) -> GatewayError | None:
    """406 is how the feed says that the pointer is older than what it keeps (36 months)."""
    if status == 406:
        return Conflict("PEKER_FORELDET", place="feed")
    return _busy(status, headers, body)
