"""The connector: one municipality's logs in Conexus Companion, as documents with versions.

Every answer is held against the question (the log asked for, the shape promised) before it is
handed on. It must not know the canonical model, and must not retry a write whose outcome is
unknown: that is settled with `find`.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from connectors.conexus_companion.innsending import envelope, native_id, read_order, wanted_id
from connectors.http import rows
from connectors.http.reply import Reply
from connectors.http.session import Session
from connectors.http.strictjson import canonical, load
from connectors.http.tags import opaque
from gateway.errors import Conflict, Rejected, RemoteFault
from gateway.ports.connector import (
    ConnectorSettings,
    Document,
    Facts,
    FileRef,
    Order,
    Page,
    Written,
)
from schemas.conexus_companion.svar import FUNN, KOMMUNE, SIDE, TREFF

_LOGGER = "/api/v1/stafettlogger"
_IMPORT = "/api/v1/import/stafettlogger"
# The import keeps fields it does not know, so that a log that came from here comes back whole.
_KEEP = {"bevarUkjente": "ja"}
_QUIET = {"varsling": "undertrykk"}
_HEADER = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_JSON = {"content-type": "application/json; charset=utf-8"}


class Klient:
    """Conexus Companion behind the port; thread-safe."""

    def __init__(self, session: Session, settings: ConnectorSettings) -> None:
        self._session = session
        self._page_size = str(settings.page_size)

    def facts(self) -> Facts:
        """Raises only GatewayErrors, like every method here."""
        reply = self._session.call(
            "kommune.les", "GET", "/api/v1/kommune", check=_shaped(KOMMUNE, "UGYLDIG_FAKTA")
        )
        data = reply.data()
        return Facts(
            tenant=data["organisasjonsnummer"],
            product=data["produkt"],
            contract=data["kontrakt"],
            environment=data["miljo"],
            rights=frozenset(data["rettigheter"]),
            count=data["antallLogger"],
            free_bytes=data["ledigPlass"],
            seen_within=data.get("synligInnenSekunder"),
        )

    def page(self, cursor: str | None) -> Page:
        """The listing in the order the logs were made; `total` is the vendor's own count."""
        return self._listing("stafettlogger.list", _LOGGER, cursor)

    def changes(self, cursor: str | None) -> Page:
        """Logs changed since `cursor`; without one, an empty page with the cursor of now."""
        page = self._listing("endringer.les", "/api/v1/endringer", cursor)
        if page.cursor is None:
            raise RemoteFault("UGYLDIG_LISTE", place="endringer.les")
        return page

    def _listing(self, operation: str, path: str, cursor: str | None) -> Page:
        params = {"storrelse": self._page_size}
        if cursor is not None:
            params["markor"] = cursor
        reply = self._session.call(
            operation, "GET", path, params=params, check=_shaped(SIDE, "UGYLDIG_LISTE")
        )
        data = reply.data()
        entries = rows.entries(data["logger"], "loggId", _told_version)
        return Page(entries, data["nesteMarkor"], data["antall"])

    def document(self, ref: str) -> Document:
        """One log. Raises Conflict("BORTE"); RemoteFault("FEIL_LOGG") for another log's answer."""

        def asked_for(reply: Reply) -> str | None:
            data = reply.data()
            if not isinstance(data, dict) or data.get("loggId") != ref:
                return "FEIL_LOGG"
            return None if _version(reply) else "UGYLDIG_SVAR"

        path = f"{_LOGGER}/{_segment(ref)}"
        reply = self._session.call("stafettlogg.les", "GET", path, place=ref, check=asked_for)
        data = reply.data()
        return Document(ref, _version(reply), canonical(data, ref), _files(data, ref))

    def file(self, ref: str, file_id: str) -> bytes:
        """The bytes of one file, whole: held against the digest the answer carries, if it does."""

        def whole(reply: Reply) -> str | None:
            digest = hashlib.sha256(reply.content).hexdigest()
            claimed = reply.headers.get("innhold-sha256", digest)
            return None if digest == claimed.lower() else "FEIL_FILSUM"

        path = f"{_LOGGER}/{_segment(ref)}/filer/{_segment(file_id)}"
        return self._session.call(
            "fil.les", "GET", path, place=file_id, raw=True, check=whole
        ).content

    def find(self, key: str, body: bytes) -> tuple[Written, ...]:
        """Logs that carry `key`; else the one that stands under the id the body asks for.

        The look-up by key may lag behind a write, and a read by id does not: a log there that
        carries our key is ours. A log that comes home keeps the id and the eksternNokkel it left
        with, so it cannot carry our key; it is ours only when it holds exactly what was to be
        written.
        """
        path = f"/api/v1/eksterne/{_segment(key)}"
        reply = self._session.call(
            "stafettlogg.finn", "GET", path, place=key, check=_shaped(FUNN, "UGYLDIG_LISTE")
        )
        hits = tuple(Written(hit["loggId"], opaque(hit["etag"])) for hit in reply.data()["logger"])
        if hits:
            return hits
        wanted = wanted_id(body) or key
        try:
            standing = self.document(wanted)
        except Conflict:
            return ()
        if native_id(body, key) is None:
            ours = load(standing.body).get("eksternNokkel") == key
        else:
            ours = standing.body == canonical(load(body), wanted)
        return (Written(wanted, standing.version),) if ours else ()

    def put(self, order: Order) -> Written:
        """Files first, then the whole log. Creating what is already there creates nothing."""
        wanted = read_order(order)
        body = envelope(order)
        self._upload(order, order.ref or wanted)
        headers = {**_QUIET, **_JSON, "idempotency-key": order.idempotency_key}
        if order.ref is not None:
            headers["if-match"] = f'"{order.base_version or ""}"'
            return self._write("stafettlogg.oppdater", "PUT", order.ref, body, headers, order.key)
        try:
            return self._write("stafettlogg.importer", "POST", wanted, body, headers, order.key)
        except Conflict:
            standing = self.find(order.key, order.body)
        if len(standing) > 1:
            raise Conflict("FLERE_I_MAAL", place=order.key)
        if not standing:
            raise Rejected("ID_OPPTATT", place=order.key)
        return replace(standing[0], found=True)

    def _write(
        self,
        operation: str,
        method: str,
        ref: str,
        body: bytes,
        headers: Mapping[str, str],
        place: str,
    ) -> Written:
        path = _IMPORT if method == "POST" else f"{_IMPORT}/{_segment(ref)}"
        shaped = _shaped(TREFF, "UGYLDIG_SVAR")

        def stored(reply: Reply) -> str | None:
            if not reply.content:
                return None
            return shaped(reply) or (None if reply.data()["loggId"] == ref else "FEIL_LOGG")

        reply = self._session.call(
            operation,
            method,
            path,
            params=_KEEP,
            content=body,
            headers=headers,
            expect=frozenset({200, 201, 204}),
            write=True,
            place=place,
            check=stored,
        )
        # A creation answered with 200 was made before, and may have been edited since.
        found = method == "POST" and reply.status == 200
        version = opaque(reply.data()["etag"]) if reply.content else _version(reply)
        if not version:
            # Done, and answered without a word of the version it has now.
            version = self.document(ref).version
        return Written(ref, version, found)

    def _upload(self, order: Order, ref: str) -> None:
        """Send the files the log in the target lacks. Sending one twice changes nothing."""
        named = _files(load(order.body), ref)
        if not named:
            return
        held: dict[str, str] = {}
        if order.ref is not None:
            held = {file.file_id: file.sha256 for file in self.document(order.ref).files}
        answered = {file.sha256 for file in order.files}
        for file in named:
            there = held.get(file.file_id) == file.sha256
            if there and (file.sha256 not in answered or self._holds(ref, file)):
                continue
            data = order.read_file(file.file_id)
            if hashlib.sha256(data).hexdigest() != file.sha256:
                raise Rejected("FEIL_FILSUM", place=file.file_id)
            self._session.call(
                "fil.skriv",
                "PUT",
                f"{_LOGGER}/{_segment(ref)}/filer/{_segment(file.file_id)}",
                content=data,
                headers={"content-type": _media(file), "innhold-sha256": file.sha256},
                expect=frozenset({200, 201, 204}),
                # Of the answer nothing is needed: the content is fetched back.
                raw=True,
                place=file.file_id,
            )

    def _holds(self, ref: str, file: FileRef) -> bool:
        """Is the content there? Fetched and held against its hash: that the log names the file
        tells nothing of its bytes."""
        try:
            data = self.file(ref, file.file_id)
        except (Conflict, RemoteFault):
            return False
        return hashlib.sha256(data).hexdigest() == file.sha256

    def delete(self, ref: str, version: str) -> None:
        """Delete a passive log. Raises Conflict, Rejected("IKKE_PASSIV")."""
        self._session.call(
            "stafettlogg.slett",
            "DELETE",
            f"{_LOGGER}/{_segment(ref)}",
            headers={"if-match": f'"{version}"'},
            expect=frozenset({204}),
            write=True,
            place=ref,
        )

    def close(self) -> None:
        """Close connections."""
        self._session.close()


def _segment(value: str) -> str:
    """An id as one path segment. Raises Rejected for one that would lead elsewhere."""
    if not value or value in {".", ".."} or not value.isprintable():
        raise Rejected("UGYLDIG_ID")
    return quote(value, safe="")


def _told_version(row: Mapping[str, Any]) -> str:
    etag = row.get("etag")
    return opaque(etag) if isinstance(etag, str) else ""


def _media(file: FileRef) -> str:
    """The file's media type, if a header can say it; the log says it in any case."""
    told = file.media_type
    return told if _HEADER.fullmatch(told) else "application/octet-stream"


def _version(reply: Reply) -> str:
    return opaque(reply.headers.get("etag", ""))


def _shaped(shape: TypeAdapter[Any], code: str) -> Callable[[Reply], str | None]:
    def check(reply: Reply) -> str | None:
        try:
            shape.validate_python(reply.data())
        except ValidationError:
            return code
        return None

    return check


def _files(data: Mapping[str, Any], ref: str) -> tuple[FileRef, ...]:
    """The binaries a log names. Raises Rejected for a list that cannot be read."""
    try:
        return tuple(
            FileRef(
                str(file["filId"]), str(file["sha256"]), int(file["storrelse"]), file["medietype"]
            )
            for file in data["filer"]
        )
    except (KeyError, TypeError, ValueError):
        pass
    raise Rejected("UGYLDIG_DOKUMENT", place=ref)
