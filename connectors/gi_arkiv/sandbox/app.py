"""The sandbox application: the two services of GI Arkiv over data in a folder of its own.

Every body is validated against `schemas/gi_arkiv/` on its way in. The same external key may be
used again, as in real archives; the journal counts how often. It must not delete anything.
"""

import base64
import hmac
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from connectors.gi_arkiv.sandbox.bytter import Bytter
from connectors.gi_arkiv.sandbox.lager import Lager, Rad
from connectors.gi_arkiv.sandbox.svar import (
    Avslag,
    envelope,
    fault,
    given,
    renamed,
    with_bytes,
    without_file,
    written,
)
from connectors.gi_arkiv.soap import password_digest
from connectors.gi_arkiv.tre import Element, Unparsable, content, make, name, parse, text
from connectors.sandbox.app import Request, Response
from schemas.gi_arkiv.navnerom import INNSYN, OPPDATERING, SOAP, WSS_DIGEST, WSSE, WSU, XSD

OPPDATERING_STI = "/ArkivOppdateringService.svc/ArkivOppdateringService"
INNSYN_STI = "/ArkivInnsynService.svc/ArkivInnsynService"
_XML = {"content-type": "text/xml; charset=utf-8"}
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{11}(?![0-9A-Za-z])")
_TOLD_KEY = re.compile(rb"(<(?:\w+:)?noekkel>)([^<]*)")
_CLOSED = "A"
_KEY = ("kje:referanseEksternNoekkel", "kje:noekkel")


def open_sandbox(data: Path, *, secret: str = "hemmelig") -> "GiSandkasse":  # noqa: S107 - a sandbox on this machine has no secrets
    """A sandbox over `data`. Signs in `stafett` in all three ways."""
    return GiSandkasse(Lager(data), secret)


class GiSandkasse:
    """A SandboxApp."""

    system = "gi_arkiv"

    def __init__(self, lager: Lager, secret: str) -> None:
        self._lager = lager
        self._secret = secret
        self._schema = etree.XMLSchema(etree.parse(str(XSD)))
        self._lock = threading.Lock()
        self._bytter = Bytter()
        self._struck = 0
        self._dies = 0
        self._numbers = 0

    def close(self) -> None:
        """Close the data."""
        self._lager.close()

    def switch(self, values: Mapping[str, Any]) -> None:
        """Replace all switches (see `bytter.py`)."""
        with self._lock:
            self._bytter = Bytter.of(values)
            self._struck = 0

    def authenticate(self, request: Request, _client: str | None) -> str | None:
        """Basic, the header `apikey`, or an envelope that signs in by itself."""
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        basic = base64.b64encode(f"stafett:{self._secret}".encode()).decode()
        if kind == "Basic":
            return "stafett" if hmac.compare_digest(value, basic) else None
        if "apikey" in request.headers:
            right = hmac.compare_digest(request.headers["apikey"], self._secret)
            return "stafett" if right else None
        return "wsse" if WSSE.encode() in request.body else None

    def tamper(self, key: str, how: Callable[[bytes], bytes | None]) -> int:
        """Change the bytes of a snapshot's files, or lose them where `how` gives None, behind the
        archive's back: all that it says of them stands. Returns of how many."""
        return self._lager.tamper(key, how)

    def halve(self, times: int) -> None:
        """The next documents are stored without their bytes: the server dies between the two."""
        self._dies = times

    def convert(self, key: str, data: bytes) -> int:
        """Another document beside every one of a snapshot, listed first, of which the same is
        said; returns how many."""
        return self._lager.convert(key, data)

    def avslutt(self, key: str) -> None:
        """Close the folders that have this key, as an archivist would."""
        with self._lager.writing():
            for rad in self._lager.keyed("mappe", key):
                mappe = etree.fromstring(rad.xml)
                status = mappe.find(f"{name('kje', 'saksstatus')}/{name('kod', 'kodeverdi')}")
                if status is not None:
                    status.text = _CLOSED
                self._lager.change(rad.ident, etree.tostring(mappe))

    def journal(self) -> dict[str, Any]:
        """What an outside observer counts, per external key."""
        return {
            "journalposter": self._lager.tally("journalpost"),
            "mapper": self._lager.tally("mappe"),
            "dokumenter": self._lager.tally("dokument"),
            "numre_i_adresser": self._numbers,
        }

    def handle(self, request: Request) -> Response:
        """Answer one call."""
        told = [request.path, *request.query.values(), *request.headers.values()]
        if any(map(_NUMBER.search, told)):
            self._numbers += 1
        bytter = self._bytter
        quoted = request.body.decode("utf-8", "replace")
        try:
            body, cut = self._read(request)
            answer = self._answer(body, cut, bytter, request.lag)
            sent = envelope(answer, dtd=bytter.dtd)
            if bytter.store_noekler:
                sent = _TOLD_KEY.sub(lambda found: found[1] + found[2].upper(), sent)
            return Response(200, written(sent, bytter.form), _XML)
        except Avslag as exc:
            status = 200 if bytter.feil_med_200 else 500
            return Response(status, envelope(fault(exc.kind, exc.code, quoted)), _XML)

    def _read(self, request: Request) -> tuple[Element, list[bytes]]:
        services = {OPPDATERING_STI: OPPDATERING, INNSYN_STI: INNSYN}
        if request.method != "POST" or request.path not in services:
            raise Avslag("Client", "")
        try:
            root, cut = parse(request.body)
        except Unparsable:
            raise Avslag("Client", "") from None
        if request.client == "wsse":
            self._signed_in(root)
        body = root.find(f"{{{SOAP}}}Body")
        if root.tag != f"{{{SOAP}}}Envelope" or body is None or len(body) != 1:
            raise Avslag("Client", "")
        called = etree.QName(body[0])
        action = f'"{services[request.path]}/#{called.localname}"'
        if (
            called.namespace != services[request.path]
            or request.headers.get("soapaction") != action
        ):
            raise Avslag("Client", "")
        with self._lock:
            valid = self._schema.validate(body[0])
        if not valid:
            raise Avslag("ValidationFault", "GI-001")
        return body[0], cut

    def _signed_in(self, root: Element) -> None:
        token = root.find(f"{{{SOAP}}}Header/{{{WSSE}}}Security/{{{WSSE}}}UsernameToken")
        if token is None:
            raise Avslag("InvalidSecurity", "")
        password = token.find(f"{{{WSSE}}}Password")
        wanted = self._secret
        if password is not None and password.get("Type") == WSS_DIGEST:
            nonce = content((token.findtext(f"{{{WSSE}}}Nonce") or "").encode()) or b""
            created = token.findtext(f"{{{WSU}}}Created") or ""
            wanted = password_digest(nonce, created, self._secret)
        right = token.findtext(f"{{{WSSE}}}Username") == "stafett"
        given_password = (password.text or "") if password is not None else ""
        if not (hmac.compare_digest(given_password, wanted) and right):
            raise Avslag("FailedAuthentication", "")

    def _answer(self, body: Element, cut: list[bytes], bytter: Bytter, lag: float) -> Element:
        called = etree.QName(body).localname
        changing = called.startswith("Ny")
        striking = changing and bytter.feil and self._struck < bytter.ganger
        if striking:
            self._struck += 1
        if striking and not bytter.utfoert:
            raise Avslag(bytter.feil, "GI-500")
        match called:
            case "NySaksmappe":
                made = self._ny_saksmappe(body[0], bytter)
            case "NyJournalpost":
                made = self._ny_journalpost(body[0])
            case "NyDokument":
                made = self._ny_dokument(body[0], cut)
            case _:
                return self._reading(called, body, bytter, lag)
        if striking:
            raise Avslag(bytter.feil, "GI-500")
        if bytter.tomt_svar:
            return make("upd", f"{called}Response")
        return make("upd", f"{called}Response", made)

    def _reading(self, called: str, body: Element, bytter: Bytter, lag: float) -> Element:
        response = f"{called}Response"
        if called == "HentFil":
            return make("inn", response, self._fil(text(body[0], "kje:id"), bytter))
        key = text(body[0], "kje:eksternnoekkel", "kje:noekkel")
        if called == "FinnSaksmapperGittNoekkel":
            folders = self._lager.keyed("mappe", key, lag)
            found = [given("mappe", r, r, ("kje", "liste")) for r in folders]
        elif called == "FinnJournalposterGittNoekkel":
            posts = self._lager.keyed("journalpost", key, lag)
            found = [given("journalpost", r, self._sak(r), ("kje", "liste")) for r in posts]
        else:
            found = self._dokumenter(text(body[0], "kje:systemID", "kje:id"), bytter, lag)
        if not found and not bytter.tom_liste:
            raise Avslag("FinderFault", "GI-404")
        return make("inn", response, make("inn", "return", *found))

    def _dokumenter(self, post: str, bytter: Bytter, lag: float) -> list[Element]:
        rows = self._lager.under("dokument", post, lag)
        shown = [given("dokument", row, None, ("dok", "liste")) for row in rows]
        if bytter.annet_navn:
            shown = [renamed(one) for one in shown]
        return [without_file(one, name_too=bytter.uten_fil) for one in shown]

    def _fil(self, ident: str, bytter: Bytter) -> Element:
        rad, data = self._lager.get("dokument", ident), self._lager.bytes_of(ident)
        if rad is None or data is None:
            raise Avslag("FinderFault", "GI-404")
        if bytter.skader and data:
            data = bytes((data[0] ^ 1,)) + data[1:]
        return with_bytes(rad, data)

    def _ny_saksmappe(self, mappe: Element, bytter: Bytter) -> Element:
        key = _required(mappe, *_KEY)
        with self._lager.writing():
            for _ in range(2 if bytter.to_mapper else 1):
                rad = self._lager.add("mappe", None, key, etree.tostring(mappe))
        return given("mappe", rad, rad, ("upd", "return"))

    def _ny_journalpost(self, post: Element) -> Element:
        key = _required(post, *_KEY)
        sak = _required(post, "kje:referanseSakSystemID", "kje:systemID", "kje:id")
        with self._lager.writing():
            mappe = self._lager.get("mappe", sak)
            if mappe is None:
                raise Avslag("ValidationFault", "GI-010")
            status = text(etree.fromstring(mappe.xml), "kje:saksstatus", "kod:kodeverdi")
            if status == _CLOSED:
                raise Avslag("ApplicationFault", "GI-011")
            rad = self._lager.add("journalpost", sak, key, etree.tostring(post))
        return given("journalpost", rad, mappe, ("upd", "return"))

    def _ny_dokument(self, dokument: Element, cut: list[bytes]) -> Element:
        post = _required(dokument, "dok:referanseJournalpostSystemID")
        data = content(cut[0]) if len(cut) == 1 else None
        if not data:
            raise Avslag("ValidationFault", "GI-020")
        with self._lager.writing():
            above = self._lager.get("journalpost", post)
            if above is None:
                raise Avslag("ValidationFault", "GI-021")
            key = text(etree.fromstring(above.xml), *_KEY)
            number = _required(dokument, "dok:dokumentnummer")
            rad = self._lager.add("dokument", post, f"{key}/{number}", etree.tostring(dokument))
            if self._dies <= 0:
                self._lager.store(rad.ident, data)
        if self._dies > 0:
            self._dies -= 1
            raise Avslag("SystemFault", "GI-500")
        return without_file(given("dokument", rad, None, ("upd", "return")), name_too=False)

    def _sak(self, post: Rad) -> Rad | None:
        return self._lager.get("mappe", post.parent or "")


def _required(element: Element, *path: str) -> str:
    value = text(element, *path)
    if not value:
        raise Avslag("ValidationFault", "GI-002")
    return value
