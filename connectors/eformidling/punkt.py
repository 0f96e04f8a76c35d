"""The integrasjonspunkt's REST interface as it is called: one method per operation.

What it says is wrong stands in the class name of an exception; that alone is read of an error. It
must not hold a message or decide anything.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import TypeAdapter, ValidationError

from connectors.eformidling.operasjoner import BY_NAME
from connectors.http.reply import Reply
from connectors.http.session import Check, Session
from connectors.http.strictjson import load
from connectors.keyed import same_key
from gateway.errors import Conflict, GatewayError, Rejected
from gateway.ports.connector import ConnectorSettings
from gateway.ports.kanal import PAKKENAVN
from schemas.eformidling.sbd import Dokument
from schemas.eformidling.svar import FEIL, STATUS, STATUSSIDE, Meldingsstatus

_CONTAINERS = frozenset({"application/vnd.etsi.asic-e+zip", "application/octet-stream"})
_MAYBE = frozenset({200, 204})
_DONE = frozenset({200, 201, 204})
"""What is made, given and sent is known by an id of ours; nothing of the answers is needed."""
_UNKNOWN = ("ReceiverDoNotAccept", "ServiceRegistryLookup", "ServiceRecordNotFound")


class AlreadyThere(Rejected):
    """The platform has this message id, or this file of it, from before."""


class NotLocked(Rejected):
    """The lock on an incoming message has run out."""


class Integrasjonspunkt:
    """Calls to one integrasjonspunkt; thread-safe."""

    def __init__(self, settings: ConnectorSettings, largest: int) -> None:
        auth = None
        if settings.client_id:
            auth = httpx.BasicAuth(settings.client_id, settings.client_secret)
        self._session = Session(settings, BY_NAME, auth=auth)
        # Only a container may be as large as one.
        wide = dataclasses.replace(settings, max_body=largest)
        self._content = Session(wide, BY_NAME, auth=auth)

    def close(self) -> None:
        """Close connections."""
        self._session.close()
        self._content.close()

    def create(self, document: Dokument, message_id: str) -> None:
        """Make an outgoing message. Raises AlreadyThere, Rejected("UKJENT_MOTTAKER")."""
        self._session.call(
            "melding.opprett",
            "POST",
            "/api/messages/out",
            json=document,
            expect=_DONE,
            write=True,
            place=message_id,
            refused=_refused(message_id),
        )

    def upload(self, message_id: str, package: bytes) -> None:
        """Give the message its one file. Raises AlreadyThere, Conflict("BORTE")."""
        self._session.call(
            "melding.fil",
            "PUT",
            f"/api/messages/out/{message_id}",
            content=package,
            headers={
                "content-type": "application/octet-stream",
                "content-disposition": f'attachment; name="melding"; filename="{PAKKENAVN}"',
            },
            expect=_DONE,
            write=True,
            raw=True,
            place=message_id,
            refused=_refused(message_id),
        )

    def dispatch(self, message_id: str) -> None:
        """Send the message. Raises Conflict("BORTE") when it is already on its way."""
        self._session.call(
            "melding.send",
            "POST",
            f"/api/messages/out/{message_id}",
            expect=_DONE,
            write=True,
            raw=True,
            place=message_id,
            refused=_refused(message_id),
        )

    def statuses(self, message_id: str) -> list[str]:
        """The statuses a message has had; none for a message the platform does not know."""
        try:
            reply = self._session.call(
                "status.finn",
                "GET",
                f"/api/statuses/{message_id}",
                params={"size": "100"},
                place=message_id,
                check=_is(STATUSSIDE),
            )
        except Conflict:
            return []
        rows = STATUSSIDE.validate_python(reply.data())["content"]
        return [row["status"] for row in rows if same_key(row["messageId"], message_id)]

    def next_status(self) -> Meldingsstatus | None:
        """The head of the status queue."""
        reply = self._session.call(
            "status.neste",
            "GET",
            "/api/statuses/peek",
            expect=_MAYBE,
            check=_is(STATUS, maybe=True),
        )
        return None if reply.status == 204 else STATUS.validate_python(reply.data())

    def drop_status(self, number: str) -> None:
        """Take a status off the queue; one that is not there is no error."""
        self._gone_is_fine("status.fjern", f"/api/statuses/{number}", number)

    def lock_next(self, process: str, message_id: str = "") -> Any:
        """Lock and give the next incoming document (or the one named); None when there is none."""
        params = {"process": process, **({"messageId": message_id} if message_id else {})}
        reply = self._session.call(
            "inn.neste", "GET", "/api/messages/in/peek", params=params, expect=_MAYBE
        )
        return None if reply.status == 204 else reply.data()

    def pop(self, message_id: str) -> bytes | None:
        """The container of a locked message; None for one that has none. Raises NotLocked,
        Conflict("BORTE")."""
        reply = self._content.call(
            "inn.innhold",
            "GET",
            f"/api/messages/in/pop/{message_id}",
            expect=_MAYBE,
            raw=True,
            place=message_id,
            check=_is_container,
            refused=_refused(message_id),
        )
        return None if reply.status == 204 else reply.content

    def remove(self, message_id: str) -> None:
        """Remove a locked message; one that is not there is no error. Raises NotLocked."""
        self._gone_is_fine("inn.fjern", f"/api/messages/in/{message_id}", message_id)

    def _gone_is_fine(self, operation: str, path: str, place: str) -> None:
        # Removing twice does no harm, so it is repeated like a question.
        try:
            self._session.call(
                operation, "DELETE", path, expect=_MAYBE, raw=True, place=place,
                refused=_refused(place),
            )  # fmt: skip
        except Conflict:
            return


def _refused(place: str) -> Any:
    def refused(status: int, headers: Mapping[str, str], body: bytes) -> GatewayError | None:
        if status != 400:
            return None
        name = _exception_in(body)
        if name in {"MessageAlreadyExistsException", "DuplicateFilenameException"}:
            return AlreadyThere("AVVIST", place=place)
        if name == "MessageNotLockedException":
            return NotLocked("AVVIST", place=place)
        if name.startswith(_UNKNOWN):
            return Rejected("UKJENT_MOTTAKER", place=place)
        if "ToLarge" in name or "TooLarge" in name or "MaxFileSize" in name:
            return Rejected("FOR_STOR_KONVOLUTT", place=place)
        if name == "TimeToLiveException":
            return Rejected("KANAL_TIDSAVBRUDD", place=place)
        return Rejected("AVVIST", place=place)

    return refused


def _is_container(reply: Reply) -> str | None:
    media = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    return None if reply.status == 204 or media in _CONTAINERS else "UGYLDIG_SVAR"


def _exception_in(body: bytes) -> str:
    try:
        return FEIL.validate_python(load(body)).get("exception", "").rpartition(".")[2][:80]
    except (ValueError, RecursionError):
        return ""


def _is(shape: TypeAdapter[Any], *, maybe: bool = False) -> Check:
    def check(reply: Reply) -> str | None:
        if maybe and reply.status == 204:
            return None
        try:
            shape.validate_python(reply.data())
        except ValidationError:
            return "UGYLDIG_SVAR"
        return None

    return check
