"""Uploads and downloads: whole or in pieces, always compared with what was promised.

Source: Noark 5 tjenestegrensesnitt 1.1, chapter 6. A file cannot be overwritten. It must not know
how a request came.
"""

import hashlib
import re

from connectors.noark5.sandbox.bytter import Bytter
from connectors.noark5.sandbox.lager import Enhet, Lager
from connectors.noark5.sandbox.regler import Avslag
from connectors.sandbox.app import Request, Response

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class Filer:
    """The files of one sandbox."""

    def __init__(self, lager: Lager) -> None:
        self._lager = lager
        self._refused = 0
        self.dies = 0
        """How many times the server dies before it has stored what came."""

    def restart(self) -> None:
        """Begin counting refusals anew."""
        self._refused = 0

    def receive(self, ident: str, objekt: Enhet, request: Request, bytter: Bytter) -> str | None:
        """A POST to `fil/`: stores the bytes, or begins an upload and gives its address' tail."""
        if self._lager.bytes_of(ident) is not None:
            raise Avslag(409, "filen finnes")
        media = request.headers.get("x-upload-content-type")
        if media is not None and not request.body:
            size = request.headers.get("x-upload-content-length", "")
            if not size.isdecimal() or int(size) != objekt["filstoerrelse"]:
                raise Avslag(400, "X-Upload-Content-Length")
            return f"{self._lager.begin(ident, media, int(size))}/0"
        if bytter.bulkgrense and len(request.body) > bytter.bulkgrense:
            raise Avslag(403, "bulkgrense")
        kind = request.headers.get("content-type", "")
        self._store(ident, objekt, request.body, kind, bytter, 400)
        return None

    def piece(self, session: str, turn: str, request: Request, bytter: Bytter) -> str | None:
        """A PUT of one piece: the next address' tail, or None when the file is whole."""
        begun = self._lager.begun(session)
        if begun is None or (turn != str(begun[3]) and not bytter.siste_200):
            # An address is good for one piece.
            raise Avslag(404, "opplasting")
        ident, media, size, _, so_far = begun
        match = _RANGE.fullmatch(request.headers.get("content-range", ""))
        if match is None:
            raise Avslag(422, "Content-Range")
        start, end, total = map(int, match.groups())
        right = start == len(so_far) and end - start + 1 == len(request.body) and total == size
        if not right or (bytter.bulkgrense and len(request.body) > bytter.bulkgrense):
            raise Avslag(422, "Content-Range")
        data = so_far + request.body
        if len(data) < size:
            self._lager.grow(session, data)
            return f"{session}/{begun[3] + 1}"
        found = self._lager.get(ident)
        if found is None:
            raise Avslag(404, "dokumentobjekt")
        self._store(ident, found[3], data, media, bytter, 422)
        self._lager.forget(session)
        return None

    def give(self, ident: str, objekt: Enhet, request: Request, bytter: Bytter) -> Response:
        """A GET or HEAD of `fil/`."""
        if request.method == "HEAD" and bytter.uten_head:
            raise Avslag(405, "HEAD")
        accept = request.headers.get("accept", "*/*")
        if "*/*" not in accept and objekt["mimeType"] not in accept:
            raise Avslag(406, "Accept")
        data = self._lager.bytes_of(ident)
        if data is None:
            raise Avslag(404, "fil")
        if bytter.skader and data:
            data = bytes((data[0] ^ 1,)) + data[1:]
        return Response(200, data, {"content-type": str(objekt["mimeType"])})

    def _store(
        self, ident: str, objekt: Enhet, data: bytes, media: str, bytter: Bytter, status: int
    ) -> None:
        if self.dies > 0:
            self.dies -= 1
            raise Avslag(500, "doede")
        digest = hashlib.sha256(data).hexdigest()
        promised = (objekt["filstoerrelse"], objekt["sjekksum"], objekt["mimeType"])
        if (len(data), digest, media) != promised:
            raise Avslag(status, "sjekksum")
        if self._refused < bytter.avviser:
            self._refused += 1
            raise Avslag(status, "sjekksum")
        self._lager.store(ident, data)
