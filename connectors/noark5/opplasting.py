"""Sends one file's bytes to its place: whole when small, in pieces above the archive's limit.

Source: Noark 5 tjenestegrensesnitt 1.1, chapter 6, upload of files. The server compares with what
the dokumentobjekt promised and refuses what differs. It must not send bytes that are not those of
the snapshot, and leaves no pieces behind after a refusal.
"""

import hashlib

from connectors.http.reply import Reply
from connectors.noark5.klient import MEDIA, Klient
from connectors.noark5.profil import Profil
from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ports.archive import Uttak, Uttaksfil
from schemas.noark5 import relasjoner as rel

BULKGRENSE = 157_286_400
"""Bytes in one upload when the archive names no limit (version 1.1)."""

_ANSWERS = frozenset({200, 201, 202, 204, 400, 409, 422})


class Opplasting:
    """Uploads to one archive."""

    def __init__(self, klient: Klient, profil: Profil) -> None:
        self._klient = klient
        self._piece = profil.del_stoerrelse

    def send(self, uttak: Uttak, fil: Uttaksfil, path: str) -> None:
        """Store the bytes of `fil` behind a `fil/` address.

        Raises LocalFault("FIL_STEMMER_IKKE") before anything is sent, Rejected("FIL_AVVIST") when
        the archive says that they are not what was promised.
        """
        data = uttak.read_file(fil.nr)
        place = f"{uttak.key}/{fil.nr}"
        if len(data) != fil.size or hashlib.sha256(data).hexdigest() != fil.sha256:
            raise LocalFault("FIL_STEMMER_IKKE", place=place)
        if len(data) <= self._limit():
            reply = self._klient.call(
                "fil.ny", "POST", path, content=data,
                headers={"accept": MEDIA, "content-type": fil.media_type},
                expect=_ANSWERS, write=True, single=True, place=place, raw=True,
            )  # fmt: skip
            _accepted(reply, place, last=False)
            return
        self._in_pieces(data, fil, path, place)

    def _limit(self) -> int:
        limit = self._klient.inngang(rel.SYSTEM).get("bulkgrense", BULKGRENSE)
        if type(limit) is not int or limit < 0:
            return BULKGRENSE
        # Zero is the specification's word for "no limit".
        return limit or 2**62

    def _in_pieces(self, data: bytes, fil: Uttaksfil, path: str, place: str) -> None:
        begun = self._klient.call(
            "fil.ny", "POST", path, content=b"",
            headers={
                "accept": MEDIA,
                "x-upload-content-type": fil.media_type,
                "x-upload-content-length": str(len(data)),
            },
            expect=_ANSWERS, write=True, place=place, raw=True,
        )  # fmt: skip
        _accepted(begun, place, last=False)
        where = self._klient.lenker.path(begun.headers.get("location"), place, path)
        size = min(self._piece, self._limit())
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            last = start + len(piece) == len(data)
            reply = self._klient.call(
                "fil.del", "PUT", where, content=piece,
                headers={
                    "accept": MEDIA,
                    "content-type": fil.media_type,
                    "content-range": f"bytes {start}-{start + len(piece) - 1}/{len(data)}",
                },
                expect=_ANSWERS, write=True, place=place, raw=True,
            )  # fmt: skip
            if reply.status in {400, 409, 422}:
                self._forget(where, place)
            _accepted(reply, place, last=last)
            told = reply.headers.get("location")
            if not last and told:
                # Each answer gives the next piece's address; where none is given, it is the same.
                where = self._klient.lenker.path(told, place, where)

    def _forget(self, where: str, place: str) -> None:
        """The client shall throw away what a refused upload left behind."""
        gone = frozenset({200, 204, 404, 410})
        try:
            self._klient.call(
                "fil.avbryt", "DELETE", where, expect=gone, write=True, place=place, raw=True
            )
        except GatewayError:
            # The refusal is what must be told; leftovers are the archive's to expire.
            return


def _accepted(reply: Reply, place: str, *, last: bool) -> None:
    if reply.status in {400, 409, 422}:
        raise Rejected("FIL_AVVIST", place=place)
    if last and reply.status != 201 and reply.headers.get("location"):
        # It waits for more, and there is no more. That it has it all is seen by reading back.
        raise Rejected("FIL_AVVIST", place=place)
