"""What of a record's files the archive holds, and where the next step goes on.

A document whose place exists and whose bytes do not is half done; only bytes count as held. It
must not write.
"""

from dataclasses import dataclass, field
from typing import Any

from connectors.noark5.innhold import filreferanse, variant
from connectors.noark5.klient import Klient
from connectors.noark5.profil import Profil
from gateway.errors import Conflict
from gateway.ports.archive import Funnetfil, Uttak, Uttaksfil
from schemas.noark5 import relasjoner as rel

Objekt = dict[str, Any]
_NO_BYTES = frozenset({204, 404, 410})


@dataclass(frozen=True, slots=True)
class Stand:
    """How far one file has come: its document, its place, and whether bytes are there."""

    fil: Uttaksfil
    dokument: Objekt | None = field(default=None, repr=False)
    objekt: Objekt | None = field(default=None, repr=False)
    lagret: bool = False


class Bestand:
    """Reads documents and places of one archive."""

    def __init__(self, klient: Klient, profil: Profil) -> None:
        self._klient = klient
        self._profil = profil

    def stand(self, post: Objekt, uttak: Uttak) -> list[Stand]:
        """Where each file of the snapshot stands under the record."""
        path = self._klient.lenker.need(post, rel.DOKUMENTBESKRIVELSE, uttak.key)
        documents = list(self._klient.liste("dokumentbeskrivelse.list", path, uttak.key))
        return [self._stand_of(fil, documents, uttak) for fil in uttak.filer]

    def _stand_of(self, fil: Uttaksfil, documents: list[Objekt], uttak: Uttak) -> Stand:
        own = filreferanse(uttak.key, fil.nr)
        mine = [row for row in documents if row.get("eksternReferanse") == own]
        if len(mine) > 1:
            raise Conflict("FLERE_TREFF", place=own)
        if not mine:
            return Stand(fil)
        path = self._klient.lenker.need(mine[0], rel.DOKUMENTOBJEKT, own)
        places = [
            row
            for row in self._klient.liste("dokumentobjekt.list", path, own)
            if _code(row.get("variantformat")) == variant(fil, self._profil)
        ]
        places.sort(key=lambda row: row.get("sjekksum") != fil.sha256)
        empty: Objekt | None = None
        for row in places:
            if self._has_bytes(row, own):
                return Stand(fil, mine[0], row, lagret=True)
            if row.get("sjekksum") in {fil.sha256, None}:
                empty = row
        return Stand(fil, mine[0], empty)

    def _has_bytes(self, row: Objekt, place: str) -> bool:
        path = self._klient.lenker.find(row, rel.FIL, place)
        if path is None:
            return False
        expect = frozenset({200, 405, 501}) | _NO_BYTES
        reply = self._klient.call("fil.les", "HEAD", path, expect=expect, place=place, raw=True)
        if reply.status in {405, 501}:
            # Not every server answers HEAD; then the bytes are the answer.
            expect = frozenset({200}) | _NO_BYTES
            reply = self._klient.call("fil.les", "GET", path, expect=expect, place=place, raw=True)
        return reply.status == 200


def funnetfil(stand: Stand) -> Funnetfil | None:
    """The file as the archive says it holds it; None when it does not."""
    if not stand.lagret or stand.objekt is None:
        return None
    digest, size = stand.objekt.get("sjekksum"), stand.objekt.get("filstoerrelse")
    return Funnetfil(
        nr=stand.fil.nr,
        ref=str(stand.objekt["systemID"]),
        sha256=digest if isinstance(digest, str) else None,
        size=size if type(size) is int else None,
    )


def _code(value: Any) -> str:
    return str(value.get("kode", "")) if isinstance(value, dict) else ""
