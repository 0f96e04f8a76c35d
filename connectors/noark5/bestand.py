"""What of a record's files the archive holds, and where the next step goes on.

A document whose place exists and whose bytes do not is half done; only bytes count as held. A
place under our own document with our bytes is ours whatever the archive has come to call it: some
change the variant they are given, tell codes as plain texts, or leave a reference out. It must not
write.
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
        if mine:
            objekt, lagret = self._place(mine[0], fil, own)
            return Stand(fil, mine[0], objekt, lagret=lagret)
        for unnamed in documents:
            # One that lost its reference is ours by what it holds; an empty one is nobody's.
            if not unnamed.get("eksternReferanse") and _may_be(unnamed, fil):
                objekt, lagret = self._place(unnamed, fil, own, named=False)
                if lagret:
                    return Stand(fil, unnamed, objekt, lagret=True)
        return Stand(fil)

    def _place(
        self, dokument: Objekt, fil: Uttaksfil, own: str, *, named: bool = True
    ) -> tuple[Objekt | None, bool]:
        """The place of our file among a document's, and whether it is filled. `named`: the document
        is ours by its reference; else only a place with our bytes, or our checksum, is."""
        path = self._klient.lenker.need(dokument, rel.DOKUMENTOBJEKT, own)
        places = list(self._klient.liste("dokumentobjekt.list", path, own))
        # What is said of a place decides who is asked first and may be filled, never who is ours.
        places.sort(key=lambda row: not _promised(row, fil))
        filled = [row for row in places if self._has_bytes(row, fil, own)]
        as_sent = {"", variant(fil, self._profil)}
        kinds = [kode(row.get("variantformat")) in as_sent for row in places]
        empty = [
            row
            for row, sent in zip(places, kinds, strict=True)
            if row not in filled and _promised(row, fil, unsaid=sent)
        ]
        of_kind = [row for row, sent in zip(places, kinds, strict=True) if sent and row in filled]
        return self._ours(filled, empty if named else [], of_kind if named else [], fil, own)

    def _ours(
        self,
        filled: list[Objekt],
        empty: list[Objekt],
        of_kind: list[Objekt],
        fil: Uttaksfil,
        place: str,
    ) -> tuple[Objekt | None, bool]:
        """Of several places the one whose bytes are ours, else one of ours that waits for them;
        and whether it is filled. A single one with bytes, `of_kind` (the variant that was sent) or
        with our checksum, is told of as it is: whoever reads it back sees whether it is ours. Other
        forms the archive has made are none of ours."""
        if of_kind and len(filled) == 1 and not empty:
            return filled[0], True
        by_ref = {str(row["systemID"]): row for row in filled}
        told = [Funnetfil(nr=fil.nr, ref=ref) for ref in by_ref]
        ours, others = by_bytes(told, fil, lambda one: self._bytes(by_ref[one.ref], fil, place))
        if ours:
            return by_ref[ours[0].ref], True
        if empty:
            return empty[-1], False
        held = [by_ref[one.ref] for one in others]
        mine = [row for row in held if row in of_kind or _promised(row, fil)]
        return (mine[0], True) if mine else (None, False)

    def _bytes(self, row: Objekt, fil: Uttaksfil, place: str) -> bytes | None:
        path = self._klient.lenker.find(row, rel.FIL, place)
        if path is None:
            return None
        expect = frozenset({200}) | _NO_BYTES
        reply = self._klient.call("fil.les", "GET", path, expect=expect, place=place, raw=True)
        empty = not reply.content and fil.size > 0
        return reply.content if reply.status == 200 and not empty else None

    def _has_bytes(self, row: Objekt, fil: Uttaksfil, place: str) -> bool:
        """True when there is a file, and not one of no length where ours has some."""
        path = self._klient.lenker.find(row, rel.FIL, place)
        if path is None:
            return False
        expect = frozenset({200, 405, 501}) | _NO_BYTES
        reply = self._klient.call("fil.les", "HEAD", path, expect=expect, place=place, raw=True)
        if reply.status in {405, 501}:
            # Not every server answers HEAD; then the bytes are the answer.
            return self._bytes(row, fil, place) is not None
        return reply.status == 200 and not (
            fil.size > 0 and reply.headers.get("content-length") == "0"
        )


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


def kode(value: Any) -> str:
    """A code as an archive tells it: an object with `kode` (the interface's own form), or the text
    alone."""
    found = value.get("kode") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""


def _may_be(dokument: Objekt, fil: Uttaksfil) -> bool:
    """True for a document that may be ours by its number or its title."""
    return dokument.get("dokumentnummer") == fil.nr or dokument.get("tittel") == fil.tittel
