"""What happens when a log is written: shape, version, rules of entry, mail, ETag and the feed."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connectors.conexus_companion.sandbox.felter import Feil, read
from connectors.conexus_companion.sandbox.regler import edit_breaches, entry_breaches, undeclared
from connectors.conexus_companion.sandbox.store import Rad, Store
from connectors.sandbox.app import Request, Response
from schemas.conexus_companion.svar import INNSENDING, OPPRETTELSE


def canonical(logg: Mapping[str, Any]) -> bytes:
    """The document as stored: sorted keys, compact, UTF-8."""
    text = json.dumps(logg, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Feil(422, "UGYLDIG_TEKST") from None


def etag_of(dokument: bytes) -> str:
    """The version of a document: a digest of it."""
    return hashlib.sha256(dokument).hexdigest()[:32]


class Skriving:
    """The writing operations over one store."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def import_new(self, request: Request) -> Response:
        """POST /import/stafettlogger: a log with its whole history, ids kept when free."""
        data = self._read_import(request)
        logg = data["logg"]
        digest = hashlib.sha256(request.body).hexdigest()
        key = request.headers.get("idempotency-key", "")
        if not key:
            raise Feil(400, "MANGLER_NOKKEL")
        with self._store.writing():
            earlier = self._store.seen(key)
            if earlier is not None:
                return self._again(*earlier, digest)
            self._free(logg)
            _refuse_undeclared(logg, data["kjenteAvvik"])
            self._files_here(logg)
            return self._create(logg, key, digest, request)

    def import_over(self, request: Request, logg_id: str) -> Response:
        """PUT /import/stafettlogger/{id}: the whole log replaced, If-Match required."""
        data = self._read_import(request)
        with self._store.writing():
            old = self._matching(request, logg_id, data["logg"])
            _refuse_undeclared(data["logg"], data["kjenteAvvik"])
            self._files_here(data["logg"])
            return self._replace(old, data["logg"])

    def create(self, request: Request) -> Response:
        """POST /stafettlogger: as a user does it; the vendor gives the id and mails guardians."""
        _check_notice(request)
        logg = read(request.body, OPPRETTELSE, keep_unknown=_keep(request))["logg"]
        logg = {**logg, "loggId": str(uuid.uuid4()), "sistOppdatert": self._now().isoformat()}
        with self._store.writing():
            self._free(logg)
            _refuse_undeclared(logg, [])
            self._files_here(logg)
            return self._create(logg, None, "", request)

    def edit(self, request: Request, logg_id: str) -> Response:
        """PUT /stafettlogger/{id}: as a user does it, with the rules of editing."""
        logg = read(request.body, OPPRETTELSE, keep_unknown=_keep(request))["logg"]
        with self._store.writing():
            old = self._matching(request, logg_id, logg)
            breaches = edit_breaches(logg, json.loads(old.dokument), self._now())
            brudd = undeclared(breaches, [])
            if brudd is not None:
                raise Feil(422, brudd.regel, brudd.enheter[0])
            _refuse_undeclared(logg, [])
            self._files_here(logg)
            return self._replace(old, {**logg, "sistOppdatert": self._now().isoformat()})

    def delete(self, request: Request, logg_id: str) -> Response:
        """DELETE: passive logs only (R-157)."""
        with self._store.writing():
            old = self._matching(request, logg_id, None)
            if old.status != "PASSIV":
                raise Feil(422, "IKKE_PASSIV", logg_id)
            self._store.remove(logg_id)
            self._store.add("skrivinger")
        return Response(204)

    def put_file(self, request: Request, logg_id: str, fil_id: str) -> Response:
        """PUT a binary; it may come before the log that names it."""
        digest = hashlib.sha256(request.body).hexdigest()
        if request.headers.get("innhold-sha256") != digest:
            raise Feil(422, "FEIL_FILSUM", fil_id)
        with self._store.writing():
            self._store.put_file(logg_id, fil_id, digest, request.body)
            self._store.add("filer")
        return Response(204)

    def _read_import(self, request: Request) -> dict[str, Any]:
        _check_notice(request)
        return read(request.body, INNSENDING, keep_unknown=_keep(request))

    def _again(self, logg_id: str, before: str, digest: str) -> Response:
        standing = self._store.logg(logg_id)
        if before != digest or standing is None:
            raise Feil(409, "NOKKEL_BRUKT", logg_id)
        return _written(200, standing.logg_id, standing.etag)

    def _free(self, logg: Mapping[str, Any]) -> None:
        if self._store.logg(logg["loggId"]) is not None:
            raise Feil(409, "ID_OPPTATT", logg["loggId"])
        nokkel = logg["eksternNokkel"]
        if nokkel is not None and self._store.by_key(nokkel):
            raise Feil(409, "NOKKEL_OPPTATT", logg["loggId"])

    def _matching(self, request: Request, logg_id: str, logg: Mapping[str, Any] | None) -> Rad:
        wanted = request.headers.get("if-match")
        if wanted is None:
            raise Feil(428, "MANGLER_VERSJON", logg_id)
        old = self._store.logg(logg_id)
        if old is None:
            raise Feil(404, "BORTE", logg_id)
        if wanted != f'"{old.etag}"':
            raise Feil(412, "ENDRET", logg_id)
        if logg is None:
            return old
        if logg["loggId"] != logg_id:
            raise Feil(422, "FEIL_ID", logg_id)
        nokkel = logg["eksternNokkel"]
        if nokkel is not None and any(row.logg_id != logg_id for row in self._store.by_key(nokkel)):
            raise Feil(409, "NOKKEL_OPPTATT", logg_id)
        return old

    def _files_here(self, logg: Mapping[str, Any]) -> None:
        for fil in logg["filer"]:
            if not self._store.has_file(logg["loggId"], fil["filId"], fil["sha256"]):
                raise Feil(422, "FIL_MANGLER", fil["filId"])

    def _create(
        self, logg: dict[str, Any], key: str | None, digest: str, request: Request
    ) -> Response:
        dokument = canonical(logg)
        etag = etag_of(dokument)
        self._store.save(logg, etag, dokument)
        self._store.created(logg["loggId"], key, digest)
        self._store.add("skrivinger")
        if request.headers.get("varsling") != "undertrykk":
            # "går det umiddelbart ut en mail til foresatte".
            self._store.add("epost", len(logg["foresatte"]))
        return _written(201, logg["loggId"], etag)

    def _replace(self, old: Rad, logg: dict[str, Any]) -> Response:
        dokument = canonical(logg)
        etag = etag_of(dokument)
        self._store.add("skrivinger")
        if etag != old.etag:
            self._store.save(logg, etag, dokument)
        return _written(200, old.logg_id, etag)


def _check_notice(request: Request) -> None:
    if request.headers.get("varsling") not in {None, "undertrykk"}:
        raise Feil(400, "UGYLDIG_VARSLING")


def _keep(request: Request) -> bool:
    return request.query.get("bevarUkjente") == "ja"


def _refuse_undeclared(logg: Mapping[str, Any], declared: list[dict[str, str]]) -> None:
    brudd = undeclared(entry_breaches(logg), declared)
    if brudd is not None:
        raise Feil(422, brudd.regel, brudd.enheter[0])


def _written(status: int, logg_id: str, etag: str) -> Response:
    return Response.of(status, {"loggId": logg_id, "etag": etag}, {"etag": f'"{etag}"'})
