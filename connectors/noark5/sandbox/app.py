"""The sandbox application: the interface's resources over data in a folder of its own.

Starts with one archive part filed by class and one that is not. Every address but the main one is
opaque. It counts folders and records per key of ours, and addresses that hold a person's number.
"""

import base64
import hmac
import json
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from connectors.noark5.sandbox.bytter import Bytter
from connectors.noark5.sandbox.filer import Filer
from connectors.noark5.sandbox.lager import Enhet, Lager
from connectors.noark5.sandbox.lenking import EGEN, NY, Lenking
from connectors.noark5.sandbox.regler import (
    Avslag,
    checked,
    has_number,
    index,
    may_be_made,
    now,
    numbered,
    where,
)
from connectors.sandbox.app import Request, Response
from connectors.sandbox.lag import Fresh
from schemas.noark5 import relasjoner as rel

MEDIA = "application/vnd.noark5+json"
ROOT = "/n5/"
_MERKE = "stafettlogg "
_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SERVERS = frozenset(
    {"systemID", "opprettetDato", "opprettetAv", "journalaar", "journalsekvensnummer"}
    | {"journalpostnummer", "journaldato"}
)
_TEMPLATES: dict[str, Enhet] = {
    "journalpost": {"journalstatus": {"kode": "R"}, "journalposttype": None},
    "saksmappe": {"saksstatus": None},
}


def open_sandbox(data: Path, *, page: int = 50, secret: str = "hemmelig") -> "Noark5Sandkasse":  # noqa: S107 - a sandbox on this machine has no secrets
    """A sandbox over `data`, filled with its archive parts when it is new."""
    return Noark5Sandkasse(Lager(data), page, secret)


class Noark5Sandkasse:
    """A SandboxApp."""

    system = "noark5"

    def __init__(self, lager: Lager, page: int, secret: str) -> None:
        self._lager = lager
        self._page = page
        self._secret = secret
        self._filer = Filer(lager)
        self._lock = threading.Lock()
        self._bytter = Bytter()
        self._raced = 0
        self._numbers = 0
        if not lager.count("arkivdel"):
            self._begin()

    def close(self) -> None:
        """Close the data."""
        self._lager.close()

    def switch(self, values: Mapping[str, Any]) -> None:
        """Replace all switches (see `bytter.py`)."""
        with self._lock:
            self._bytter = Bytter.of(values)
            self._raced = 0
            self._filer.restart()

    def authenticate(self, request: Request, client: str | None) -> str | None:
        """A token of the chassis, or HTTP Basic."""
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if client is not None or kind != "Basic":
            return client
        wanted = base64.b64encode(f"stafett:{self._secret}".encode()).decode()
        return "stafett" if hmac.compare_digest(value, wanted) else None

    def tamper(self, key: str, how: Callable[[bytes], bytes | None]) -> int:
        """Change the bytes of a snapshot's files, or lose them where `how` gives None, behind the
        archive's back: all that it says of them stands. Returns of how many."""
        return self._lager.tamper(key, how)

    def halve(self, times: int) -> None:
        """The next files are described and never stored: the server dies between the two."""
        self._filer.dies = times

    def convert(self, key: str, data: bytes) -> int:
        """Another place beside every file of a snapshot, listed first, of which the same is said;
        returns how many."""
        return self._lager.convert(key, data)

    def avslutt(self, key: str) -> None:
        """Close the folder that has this key of ours, as an archivist would."""
        with self._lager.writing():
            for row in self._lager.rows(
                "saksmappe", None, ("beskrivelse", f"{_MERKE}{key}"), 0, 10
            ):
                self._lager.put(row["systemID"], {**row, "avsluttetDato": now()})

    def journal(self) -> dict[str, Any]:
        """What an outside observer counts, per key of ours."""
        return {
            "journalposter": self._tally("journalpost"),
            "mapper": self._tally("saksmappe"),
            "dokumenter": self._lager.tally("dokumentbeskrivelse", "eksternReferanse"),
            "steder": self._lager.tally_places(),
            "klasser": self._lager.count("klasse"),
            "parter": self._lager.count("part"),
            "opplastinger": self._lager.leftovers(),
            "numre_i_adresser": self._numbers,
        }

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        told = [request.path, *request.query.values(), *request.headers.values()]
        if any(map(has_number, told)):
            self._numbers += 1
        bytter = self._bytter
        document = request.path.removeprefix(ROOT)
        links = Lenking(f"http://{request.headers.get('host', '')}{ROOT}", document, bytter)
        try:
            _well_asked(request, document, bytter)
            return self._answer(request, links, bytter)
        except Avslag as exc:
            return _send(exc.status, {"feil": {"kode": exc.status, "beskrivelse": exc.why}})

    def _answer(self, request: Request, links: Lenking, bytter: Bytter) -> Response:
        match request.method, request.path.removeprefix(ROOT).split("/"):
            case "GET", [""]:
                return _send(200, {"_links": links.form(links.inngang(""))})
            case "GET", ["e", "system"]:
                return _send(200, _system(bytter))
            case "GET", ["e", name] if links.inngang(name):
                return _send(200, {"_links": links.form(links.inngang(name))})
            case "GET", ["l", kind, parent]:
                return self._list(kind, parent, request, links, bytter)
            case "GET", ["o", ident]:
                return self._give(ident, links, 200)
            case "DELETE", ["o", ident]:
                return self._delete(ident, request, bytter)
            case "PUT", ["o", ident]:
                return self._put(ident, request, links, bytter)
            case "GET", ["ny", kind, _]:
                return _send(200, {**_TEMPLATES.get(kind, {}), "_links": links.form({})})
            case "POST", ["ny", kind, parent]:
                return self._post(kind, parent, request, links, bytter)
            case (("POST" | "GET" | "HEAD"), ["fil", ident]):
                return self._fil(ident, request, links, bytter)
            case (("PUT" | "DELETE"), ["opp", session, turn]):
                return self._piece(session, turn, request, links, bytter)
        raise Avslag(404, "adresse")

    def _list(
        self, kind: str, parent: str, request: Request, links: Lenking, bytter: Bytter
    ) -> Response:
        above = None if parent == "-" else parent
        wanted = where(
            kind,
            request.query.get("$filter", ""),
            refused=bytter.nekter,
            own=not bytter.uten_egne_felt,
        )
        skip = request.query.get("$skip", "0")
        if not skip.isdecimal():
            raise Avslag(400, "$skip")
        rows = self._lager.rows(kind, above, wanted, int(skip), self._page + 1, request.lag)
        more = rows[self._page :]
        rows = rows[: self._page]
        told = {rel.SELF: f"{links.root}l/{kind}/{parent}"}
        if more:
            told[rel.NEXT] = f"{links.root}l/{kind}/{parent}?$skip={int(skip) + self._page}"
            if wanted is not None:
                told[rel.NEXT] += f"&$filter={request.query['$filter'].replace(' ', '%20')}"
        if bytter.fremmed and rows:
            told[rel.NEXT] = "https://et-annet-sted.example/liste"
        body: dict[str, Any] = {"count": len(rows), "_links": links.form(told)}
        if rows:
            body["results"] = [self._shown(kind, row, links) for row in rows]
        return _send(200, body)

    def _give(self, ident: str, links: Lenking, status: int) -> Response:
        found = self._lager.get(ident)
        if found is None:
            raise Avslag(404, "systemID")
        kind, _, etag, body = found
        shown = self._shown(kind, body, links)
        headers = {"etag": f'"{etag}"'}
        if status == 201:
            headers["location"] = links.address(f"{links.root}o/{ident}")
        return _send(status, shown, headers)

    def _shown(self, kind: str, body: Enhet, links: Lenking) -> Enhet:
        found = self._lager.get(body["systemID"])
        parent = found[1] if found else None
        classes = kind == "arkivdel" and self._lager.count(
            "klassifikasjonssystem", body["systemID"]
        )
        told = links.of(kind, body["systemID"], parent, classes=bool(classes))
        if self._bytter.store_noekler:
            text = _KEY.sub(lambda found: found[0].upper(), json.dumps(body))
            body = {**json.loads(text), "systemID": body["systemID"]}
        body = _told(body, self._bytter)
        return {**body, "_links": links.form(told)}

    def _post(
        self, kind: str, parent: str, request: Request, links: Lenking, bytter: Bytter
    ) -> Response:
        above = self._lager.get(parent)
        if above is None or kind not in NY.get(above[0], {}):
            raise Avslag(404, "ny")
        if request.headers.get("content-type") != MEDIA:
            raise Avslag(415, "Content-Type")
        body = checked(kind, _json(request))
        if bytter.formater and body.get("format", {}).get("kode", "") not in (
            *bytter.formater, *(() if kind == "dokumentobjekt" else ("",)),
        ):  # fmt: skip
            raise Avslag(400, "format")
        if above[0] == "arkivdel" and self._lager.count("klassifikasjonssystem", parent):
            raise Avslag(409, "klasse")
        with self._lager.writing():
            may_be_made(self._lager, kind, parent, body)
            times = 2 if kind == "saksmappe" and bytter.to_mapper else 1
            for _ in range(times):
                made = numbered(self._lager, kind, parent, body)
                made = self._lager.add(kind, parent, made, index(kind, made))
        return _made(self._give(made["systemID"], links, 201), bytter)

    def _put(self, ident: str, request: Request, links: Lenking, bytter: Bytter) -> Response:
        self._race(ident, bytter)
        with self._lager.writing():
            found = self._lager.get(ident)
            if found is None:
                raise Avslag(404, "systemID")
            etag, body = found[2:]
            # Older servers read a request header named ETag, newer ones If-Match: ask for both.
            if {request.headers.get("etag"), request.headers.get("if-match")} != {f'"{etag}"'}:
                raise Avslag(bytter.konflikt, "ETag")
            wanted = _json(request)
            if set(body) - set(wanted) or wanted["systemID"] != ident:
                # A PUT is the whole object; what is left out would be lost.
                raise Avslag(400, "hele objektet")
            self._lager.put(ident, {**wanted, **{k: body[k] for k in _SERVERS & set(body)}})
        return self._give(ident, links, 200)

    def _delete(self, ident: str, request: Request, bytter: Bytter) -> Response:
        """Take away a thing with nothing below it, where that is allowed."""
        if not bytter.sletter:
            raise Avslag(403, "sletting")
        with self._lager.writing():
            found = self._lager.get(ident)
            if found is None:
                raise Avslag(404, "systemID")
            if {request.headers.get("etag"), request.headers.get("if-match")} != {f'"{found[2]}"'}:
                raise Avslag(bytter.konflikt, "ETag")
            if self._lager.below(ident):
                raise Avslag(409, "det ligger noe under")
            self._lager.remove(ident)
        return Response(204)

    def _race(self, ident: str, bytter: Bytter) -> None:
        """Somebody else changes the object between the reading and the update."""
        if self._raced < bytter.endres:
            self._raced += 1
            found = self._lager.get(ident)
            if found is not None:
                with self._lager.writing():
                    self._lager.put(ident, {**found[3], "dokumentmedium": {"kode": "E"}})

    def _fil(self, ident: str, request: Request, links: Lenking, bytter: Bytter) -> Response:
        found = self._lager.get(ident)
        if found is None or found[0] != "dokumentobjekt":
            raise Avslag(404, "fil")
        if request.method != "POST":
            return self._filer.give(ident, found[3], request, bytter)
        with self._lager.writing():
            tail = self._filer.receive(ident, found[3], request, bytter)
        if tail is None:
            return _made(self._give(ident, links, 201), bytter)
        return Response(200, b"", {"location": links.address(f"{links.root}opp/{tail}")})

    def _piece(
        self, session: str, turn: str, request: Request, links: Lenking, bytter: Bytter
    ) -> Response:
        begun = self._lager.begun(session)
        if begun is None:
            raise Avslag(404, "opplasting")
        with self._lager.writing():
            if request.method == "DELETE":
                self._lager.forget(session)
                return Response(204)
            tail = self._filer.piece(session, turn, request, bytter)
        if bytter.siste_200:
            return Response(200, b"", {"range": "bytes"})
        if tail is None:
            answer = self._give(begun[0], links, 201)
            return Response(201, b"", answer.headers) if bytter.tomt_svar else answer
        where = links.address(f"{links.root}opp/{tail}")
        return Response(200, b"", {"location": where, "range": "bytes"})

    def _tally(self, kind: str) -> dict[str, int]:
        found = self._lager.tally(kind, "beskrivelse")
        return {text.removeprefix(_MERKE): count for text, count in found.items()}

    def _begin(self) -> None:
        with self._lager.writing():
            classes = self._lager.add("arkivdel", None, {"tittel": "Barnemapper"}, {})
            system = {"tittel": "Barn", "klassifikasjonstype": {"kode": "PNR"}}
            self._lager.add("klassifikasjonssystem", classes["systemID"], system, {})
            self._lager.add("arkivdel", None, {"tittel": "Elevmapper"}, {})
            for felt in ("logg", "uttak"):
                field = {"navn": f"vnd-stafett-v1:{felt}", "type": "string"}
                self._lager.add("egetfelt", None, field, {})
        self._lager.fresh = Fresh()  # what it begins with is not new


def _made(answer: Response, bytter: Bytter) -> Response:
    """The answer to what was made, as this archive gives it."""
    if bytter.ny_svar == "intet":
        return Response(bytter.ny_status)
    if bytter.tomt_svar or bytter.ny_svar == "adresse":
        return Response(bytter.ny_status, b"", answer.headers)
    return Response(bytter.ny_status, answer.body, {"content-type": MEDIA, **answer.headers})


def _well_asked(request: Request, document: str, bytter: Bytter) -> None:
    """Refuse what a strict server would. Raises Avslag(400)."""
    if bytter.streng_query and "+" in request.target.partition("?")[2]:
        raise Avslag(400, "pluss er ikke mellomrom")
    if bytter.egen_query and document and request.query.get(EGEN[0]) != EGEN[1]:
        raise Avslag(400, "adressens egen query mangler")


def _told(body: Enhet, bytter: Bytter) -> Enhet:
    """A thing as this archive tells it."""
    left_out = {"eksternReferanse"} if bytter.uten_referanse else set()
    left_out |= {"sjekksum", "filstoerrelse"} if bytter.uten_sjekksum else set()
    told = {key: value for key, value in body.items() if key not in left_out}
    if bytter.annen_variant and "variantformat" in told:
        told["variantformat"] = {"kode": {"A": "P", "P": "A"}[told["variantformat"]["kode"]]}
    if bytter.koder_som_tekst:
        told = {
            key: value["kode"] if isinstance(value, dict) and "kode" in value else value
            for key, value in told.items()
        }
    return told


def _system(bytter: Bytter) -> Enhet:
    told: Enhet = {
        "leverandoer": "Sandkasse",
        "produkt": "Noark 5-sandkasse",
        "versjon": "1",
        "versjonsdato": "2026-01-01",
        "protokollversjon": "1.1",
        "_links": {},
    }
    return told | {"bulkgrense": bytter.bulkgrense}


def _json(request: Request) -> Enhet:
    try:
        body = json.loads(request.body)
    except ValueError:
        raise Avslag(400, "json") from None
    if not isinstance(body, dict) or None in body.values() or "_links" in body:
        raise Avslag(400, "null")
    return body


def _send(status: int, data: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response.of(status, data, {"content-type": MEDIA, **(headers or {})})
