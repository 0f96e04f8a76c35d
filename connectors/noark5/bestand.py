"""What of a record's files the archive holds, and where the next step goes on.

A document whose place exists and whose bytes do not is half done; only bytes count as held. It
must not write.
"""

from dataclasses import dataclass, field
from typing import Any

from connectors.by_bytes import by_bytes
from connectors.keyed import same_key
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
        mine = [row for row in documents if same_key(str(row.get("eksternReferanse")), own)]
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
        # What is said of a place decides who is asked first and may be filled, never who is ours.
        places.sort(key=lambda row: not _promised(row, fil))
        filled = [row for row in places if self._has_bytes(row, own)]
        empty = [row for row in places if row not in filled and _promised(row, fil, unsaid=True)]
        objekt, lagret = self._ours(filled, empty, fil, own)
        return Stand(fil, mine[0], objekt, lagret=lagret)

    def _ours(
        self, filled: list[Objekt], empty: list[Objekt], fil: Uttaksfil, place: str
    ) -> tuple[Objekt | None, bool]:
        """Of several places the one whose bytes are ours, else one of ours that waits for them;
        and whether it is filled. A single one with bytes is told of as it is: whoever reads it back
        sees whether it is ours."""
        if len(filled) == 1 and not empty:
            return filled[0], True
        by_ref = {str(row["systemID"]): row for row in filled}
        told = [Funnetfil(nr=fil.nr, ref=ref) for ref in by_ref]
        ours, others = by_bytes(told, fil, lambda one: self._bytes(by_ref[one.ref], place))
        if not ours and empty:
            return empty[-1], False
        held = [*ours, *others]
        return (by_ref[held[0].ref], True) if held else (None, False)

    def _bytes(self, row: Objekt, place: str) -> bytes | None:
        path = self._klient.lenker.find(row, rel.FIL, place)
        if path is None:
            return None
        expect = frozenset({200}) | _NO_BYTES
        reply = self._klient.call("fil.les", "GET", path, expect=expect, place=place, raw=True)
        return reply.content if reply.status == 200 else None

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


def _promised(row: Objekt, fil: Uttaksfil, *, unsaid: bool = False) -> bool:
    """True for a place that was made for our file, by the checksum it was told; `unsaid` takes one
    that says nothing too."""
    told = row.get("sjekksum")
    return unsaid if told is None else same_key(str(told), fil.sha256)


def _code(value: Any) -> str:
    return str(value.get("kode", "")) if isinstance(value, dict) else ""
