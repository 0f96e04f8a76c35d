"""Conexus Companion as a sandbox: the resources of the wire contract over a folder of its own.

The contract is our proposal (`operasjoner.py`); the rules are the vendor's as the municipal guide
tells them. It must not know about faults: the chassis makes those.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from connectors.conexus_companion.contract import VERSION, openapi
from connectors.conexus_companion.sandbox.felter import Feil
from connectors.conexus_companion.sandbox.skriving import Skriving, canonical, etag_of
from connectors.conexus_companion.sandbox.store import Rad, Store
from connectors.sandbox.app import Request, Response
from connectors.sandbox.tampering import Tampering

_API = "/api/v1"
_ID = r"(?P<id>[^/]{1,80})"
_ROUTES: tuple[tuple[str, str], ...] = (
    ("kommune", f"{_API}/kommune"),
    ("listing", f"{_API}/stafettlogger"),
    ("feed", f"{_API}/endringer"),
    ("found", f"{_API}/eksterne/{_ID}"),
    ("logg", f"{_API}/stafettlogger/{_ID}"),
    ("transfers", f"{_API}/stafettlogger/{_ID}/overforinger"),
    ("binary", f"{_API}/stafettlogger/{_ID}/filer/(?P<fil>[^/]{{1,80}})"),
    ("incoming", f"{_API}/import/stafettlogger"),
    ("replacing", f"{_API}/import/stafettlogger/{_ID}"),
)
_HEADER = re.compile(r"[\x21-\x7e]+(?:[ ;][\x20-\x7e]*)?")
_COMPILED = tuple((name, re.compile(path)) for name, path in _ROUTES)
_PAGING = frozenset({"storrelse", "markor"})
_KEEPING = frozenset({"bevarUkjente"})
_QUERIES = {
    ("listing", "GET"): _PAGING,
    ("feed", "GET"): _PAGING,
    ("listing", "POST"): _KEEPING,
    ("logg", "PUT"): _KEEPING,
    ("incoming", "POST"): _KEEPING,
    ("replacing", "PUT"): _KEEPING,
}


def open_sandbox(
    folder: Path, *, tenant: str, now: Callable[[], datetime] | None = None
) -> "ConexusSandbox":
    """A sandbox over the data in `folder`, made when absent. `tenant` is nine digits."""
    return ConexusSandbox(folder, tenant, now)


class ConexusSandbox:
    """The application; give it to `connectors.sandbox.server.start`."""

    system = "conexus_companion"
    page_keys = ("logger", "nesteMarkor")
    page_path = r"^/api/v1/(stafettlogger|endringer)$"
    page_token = "markor"  # noqa: S105 - a parameter's name

    def __init__(self, folder: Path, tenant: str, now: Callable[[], datetime] | None) -> None:
        self.tenant = tenant
        self._folder = folder
        self._fixed: datetime | None = None
        self._clock = now or _utc_now
        self._store = Store(folder)
        self._writer = Skriving(self._store, self._now)

    def close(self) -> None:
        """Close the data."""
        self._store.close()

    def _now(self) -> datetime:
        return self._fixed or self._clock()

    def set_now(self, now: datetime) -> None:
        """Stop the sandbox's clock at `now`."""
        self._fixed = now

    def load(self, logg: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
        """Put in a log as the vendor's own history: no rules, no mail, not counted as written."""
        dokument = canonical(logg)
        with self._store.writing():
            for fil in logg["filer"]:
                data = files[fil["filId"]]
                self._store.put_file(logg["loggId"], fil["filId"], fil["sha256"], data)
            self._store.save(dict(logg), etag_of(dokument), dokument)

    def documents(self) -> Iterator[dict[str, Any]]:
        """Every log, oldest first."""
        after = 0
        while rows := self._store.page(after, 200):
            for row in rows:
                whole = self._store.logg(row.logg_id)
                if whole is not None:
                    yield json.loads(whole.dokument)
            after = rows[-1].nr

    def tamper(self, ref: str, how: Tampering) -> int:
        """Lose or change the content of a log's files behind its back; how many."""
        with self._store.writing():
            return self._store.tamper(ref, how)

    def spoil(self, request: Request, how: Tampering) -> None:
        """The same for the files of the log this import was about."""
        if request.path.startswith(f"{_API}/import/"):
            self.tamper(json.loads(request.body)["logg"]["loggId"], how)

    def journal(self) -> dict[str, Any]:
        """Creations per log, logs per external key, mails sent and writes."""
        return self._store.journal()

    def openapi(self) -> dict[str, Any]:
        """The contract served at /openapi.json."""
        return openapi()

    def other(self, path: str) -> str | None:
        """The path of another log than the one `path` is about, for the fault of that name."""
        match = re.fullmatch(f"{_API}/stafettlogger/{_ID}", path)
        rows = self._store.page(0, 2) if match else []
        others = [row.logg_id for row in rows if match and row.logg_id != match["id"]]
        return f"{_API}/stafettlogger/{quote(others[0], safe='')}" if others else None

    def handle(self, request: Request) -> Response:
        """Answer one request; called from many threads."""
        try:
            for name, path in _COMPILED:
                match = path.fullmatch(request.path)
                if match:
                    known = _QUERIES.get((name, request.method), frozenset())
                    keep = request.query.get("bevarUkjente", "ja")
                    if keep != "ja" or not set(request.query) <= known:
                        raise Feil(400, "UKJENT_PARAMETER")
                    return self._dispatch(name, request, match)
            raise Feil(404, "UKJENT_STI")
        except Feil as feil:
            return Response.of(feil.status, {"kode": feil.kode, "sted": feil.sted})

    def _dispatch(self, name: str, request: Request, match: re.Match[str]) -> Response:  # noqa: C901
        """A flat table of what each path offers; anything else is 405."""
        match name, request.method:
            case "kommune", "GET":
                return self._kommune(request.lag)
            case "listing", "GET":
                return self._listing(request)
            case "listing", "POST":
                return self._writer.create(request)
            case "feed", "GET":
                return self._feed(request)
            case "found", "GET":
                hits = [_hit(row) for row in self._store.by_key(match["id"], request.lag)]
                return Response.of(200, {"logger": hits})
            case "logg", "GET":
                return _document(self._there(match["id"]))
            case "logg", "PUT":
                return self._writer.edit(request, match["id"])
            case "logg", "DELETE":
                return self._writer.delete(request, match["id"])
            case "transfers", "GET":
                logg = json.loads(self._there(match["id"]).dokument)
                return Response.of(200, {"overforinger": logg["overforinger"]})
            case "binary", "GET":
                return self._binary(match["id"], match["fil"])
            case "binary", "PUT":
                return self._writer.put_file(request, match["id"], match["fil"])
            case "incoming", "POST":
                return self._writer.import_new(request)
            case "replacing", "PUT":
                return self._writer.import_over(request, match["id"])
        raise Feil(405, "UKJENT_METODE")

    def _there(self, logg_id: str) -> Rad:
        row = self._store.logg(logg_id)
        if row is None:
            raise Feil(404, "BORTE", logg_id)
        return row

    def _kommune(self, lag: float) -> Response:
        facts: dict[str, Any] = {
            "organisasjonsnummer": self.tenant,
            "produkt": "Conexus Companion",
            "kontrakt": VERSION,
            "miljo": "sandkasse",
            "rettigheter": ["les", "skriv", "import", "slett"],
            "antallLogger": self._store.count(),
            "ledigPlass": shutil.disk_usage(self._folder).free,
        }
        if lag:
            facts["synligInnenSekunder"] = lag
        return Response.of(200, facts)

    def _listing(self, request: Request) -> Response:
        size = _size(request)
        rows = self._store.page(_marker(request) or 0, size + 1, request.lag)
        more = len(rows) > size
        page = {
            "antall": self._store.count(request.lag),
            "logger": [_entry(row) for row in rows[:size]],
            "nesteMarkor": str(rows[size - 1].nr) if more else None,
        }
        return Response.of(200, page)

    def _feed(self, request: Request) -> Response:
        size = _size(request)
        after = _marker(request)
        if after is None:
            after = self._store.last_change()
        changes = self._store.changes(after, size)
        page = {
            "antall": self._store.changes_left(after),
            "logger": [self._changed(logg_id) for _, logg_id in changes],
            "nesteMarkor": str(changes[-1][0] if changes else after),
        }
        return Response.of(200, page)

    def _changed(self, logg_id: str) -> dict[str, Any]:
        row = self._store.logg(logg_id)
        if row is not None:
            return _entry(row)
        return {"loggId": logg_id, "etag": "slettet", "status": "SLETTET", "sistOppdatert": None}

    def _binary(self, logg_id: str, fil_id: str) -> Response:
        logg = json.loads(self._there(logg_id).dokument)
        for fil in logg["filer"]:
            if fil["filId"] == fil_id:
                data = self._store.file(logg_id, fil_id, fil["sha256"])
                if data is not None:
                    kind = str(fil["medietype"])
                    # A log that was loaded may say anything; a header can not.
                    media = kind if _HEADER.fullmatch(kind) else "application/octet-stream"
                    headers = {"content-type": media, "innhold-sha256": fil["sha256"]}
                    return Response(200, data, headers)
        raise Feil(404, "BORTE", fil_id)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _entry(row: Rad) -> dict[str, Any]:
    return {
        "loggId": row.logg_id,
        "etag": row.etag,
        "status": row.status,
        "sistOppdatert": row.sist_oppdatert,
    }


def _hit(row: Rad) -> dict[str, str]:
    return {"loggId": row.logg_id, "etag": row.etag}


def _document(row: Rad) -> Response:
    headers = {"content-type": "application/json; charset=utf-8", "etag": f'"{row.etag}"'}
    return Response(200, row.dokument, headers)


def _size(request: Request) -> int:
    text = request.query.get("storrelse", "100")
    if not (text.isdecimal() and len(text) < 5 and 1 <= int(text) <= 500):
        raise Feil(400, "UGYLDIG_STORRELSE")
    return int(text)


def _marker(request: Request) -> int | None:
    text = request.query.get("markor")
    if text is None:
        return None
    if not (text.isdecimal() and len(text) < 18):
        raise Feil(400, "UGYLDIG_MARKOR")
    return int(text)
