"""What a night will ask of the archive, tried beforehand: links, searches, class, and an upload.

What is only asked is asked of keys nobody has, and where nothing may be made, what stands there is
looked at (`stillelesing.py`). A class, a folder, a record and a file are made and
taken away again where the archive's keeper has said that they may be (`proeve = "ja"`); they carry
no child, and a key of their own. What could not be taken away is told with its id. This module must
not touch anything that it did not make.
"""

import hashlib
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from functools import partial
from typing import Any

from connectors.noark5 import innhold
from connectors.noark5.klient import FilterRefused, Klient
from connectors.noark5.mappe import Mapper
from connectors.noark5.opplasting import Opplasting
from connectors.noark5.profil import Profil
from connectors.noark5.stillelesing import Stillelesing
from gateway.errors import GatewayError, LocalFault, Rejected, UnknownOutcome
from gateway.ports.archive import Funnetfil, Part, Proevd, Uttak, Uttaksfil, Variant
from schemas.noark5 import relasjoner as rel

Objekt = dict[str, Any]
_INNGANGER = (
    (rel.ARKIVSTRUKTUR, (rel.ARKIVDEL, rel.DOKUMENTOBJEKT)),
    (rel.SAKARKIV, (rel.SAKSMAPPE, rel.JOURNALPOST)),
)
_TEXT = "stafettlogg-proeve"
_PAGES = 20
# Where a thing is listed under what it lies in, and the field that has our key.
_LISTS = {
    "klasse.ny": (rel.KLASSE, "klasse.list", "beskrivelse"),
    "saksmappe.ny": (rel.MAPPE, "saksmappe.list", "beskrivelse"),
    "journalpost.ny": (rel.REGISTRERING, "journalpost.list", "beskrivelse"),
    "dokumentbeskrivelse.ny": (
        rel.DOKUMENTBESKRIVELSE, "dokumentbeskrivelse.list", "eksternReferanse",
    ),
    "dokumentobjekt.ny": (rel.DOKUMENTOBJEKT, "dokumentobjekt.list", "sjekksum"),
}  # fmt: skip


class Proeve:
    """Tries one archive. `fetch` gives the bytes of a file by the archive's id."""

    def __init__(
        self, klient: Klient, profil: Profil, mapper: Mapper, fetch: Callable[[Funnetfil], bytes]
    ) -> None:
        self._klient = klient
        self._profil = profil
        self._mapper = mapper
        self._opplasting = Opplasting(klient, profil)
        self._fetch = fetch

    def all(self) -> tuple[Proevd, ...]:
        """Each thing, in the order a night needs it. Raises nothing of ours."""
        key = str(uuid.uuid4())
        told = [
            _tried("lenke", one.removeprefix(rel.ROT), partial(self._link, entry, one))
            for entry, keys in _INNGANGER
            for one in keys
        ]
        told.append(self._search("soek_mappe", rel.SAKSMAPPE, "logg", "saksmappe.list", key))
        told.append(self._search("soek_post", rel.JOURNALPOST, "uttak", "journalpost.list", key))
        told.append(_tried("lesing", "dokumentobjekt.list", lambda: self._by_id(key)))
        if self._profil.klassifikasjonssystem:
            told.append(_tried("klasse", "klassifikasjonssystem", lambda: self._class(key)))
        else:
            told.append(_tried("mappe", "arkivdel", self._under_part))
        if self._profil.proeve == "ja":
            told += self._upload(key)
        else:
            told += Stillelesing(self._klient, self._profil, self._mapper).all()
            told.append(Proevd("uproevd", "", "noark5.proeve"))
        return tuple(told)

    def _link(self, entry: str, key: str) -> None:
        self._klient.lenker.need(self._klient.inngang(entry), key, entry.removeprefix(rel.ROT))

    def _search(self, hva: str, key: str, felt: str, operation: str, value: str) -> Proevd:
        """By a field of ours or by `beskrivelse`: one of the two is enough."""
        ways = [f"beskrivelse eq '{innhold.merke(value)}'"]
        if self._profil.egne_felt:
            ways.insert(0, f"{innhold.egen(self._profil, felt)} eq '{value}'")

        def ask() -> None:
            path = self._klient.lenker.need(self._klient.inngang(rel.SAKARKIV), key, operation)
            for where in ways:
                if self._answers(operation, path, where):
                    return
            raise LocalFault("ARKIV_KAN_IKKE_SOEKES", place=operation)

        return _tried(hva, operation, ask)

    def _answers(self, operation: str, path: str, where: str) -> bool:
        try:
            next(self._klient.liste(operation, path, "proeve", where=where), None)
        except FilterRefused:
            return False
        return True

    def _by_id(self, key: str) -> None:
        """A file is read by the archive's id of its place."""
        inngang = self._klient.inngang(rel.ARKIVSTRUKTUR)
        path = self._klient.lenker.need(inngang, rel.DOKUMENTOBJEKT, "arkivstruktur")
        if not self._answers("dokumentobjekt.list", path, f"systemID eq '{key}'"):
            raise LocalFault("ARKIV_KAN_IKKE_SOEKES", place="dokumentobjekt.list")

    def _class(self, key: str) -> None:
        """The system is there, its classes can be searched by our key, and one may be made."""
        system = self._mapper.system(self._mapper.arkivdel())
        path = self._klient.lenker.need(system, rel.KLASSE, "klassifikasjonssystem")
        if not self._answers("klasse.list", path, f"beskrivelse eq '{innhold.merke(key)}'"):
            raise LocalFault("ARKIV_KAN_IKKE_SOEKES", place="klasse.list")
        path = self._klient.lenker.need(system, rel.NY_KLASSE, "klassifikasjonssystem")
        self._klient.les("klasse.ny", path, "proeve")

    def _under_part(self) -> None:
        """A folder may be made in the archive part."""
        path = self._klient.lenker.need(self._mapper.arkivdel(), rel.NY_SAKSMAPPE, "arkivdel")
        self._klient.les("saksmappe.ny", path, "proeve")

    # -- made and taken away --------------------------------------------------------------------
    def _upload(self, key: str) -> list[Proevd]:
        made: list[Objekt] = []
        uttak = _practice(key)
        unsure: list[str] = []
        told = [_tried("opplasting", "arkivstruktur/fil/", lambda: self._made(uttak, made, unsure))]
        told += [self._removed(thing) for thing in reversed(made)]
        told += [Proevd("fjerning", "PROEVE_IKKE_FJERNET", one) for one in unsure]
        return told

    def _made(self, uttak: Uttak, made: list[Objekt], unsure: list[str]) -> None:
        """A class, a folder, a record, a document, a place and a file, which is read back.

        `made` has what is to be taken away; `unsure` our keys of what may have been made and does
        not show.
        """

        def new(operation: str, under: Objekt, key: str, body: Objekt) -> Objekt:
            path = self._klient.lenker.need(under, key, "proeve")
            try:
                thing = self._klient.ny(operation, path, body, "proeve", nullcontext()).data
            except UnknownOutcome:
                found = self._shown(operation, under, body)
                if found is None:
                    unsure.append(f"{operation.partition('.')[0]} {innhold.merke(uttak.key)}")
                    raise
                thing = found
            made.append(thing)
            return thing

        fil, under = uttak.filer[0], self._mapper.arkivdel()
        if self._profil.klassifikasjonssystem:
            system = self._mapper.system(under)
            under = new("klasse.ny", system, rel.NY_KLASSE, innhold.klasse(uttak, self._profil))
        folder = innhold.saksmappe(uttak, self._profil)
        mappe = new("saksmappe.ny", under, rel.NY_SAKSMAPPE, folder)
        record = innhold.journalpost(uttak, self._profil)
        post = new("journalpost.ny", mappe, rel.NY_JOURNALPOST, record)
        document = innhold.dokumentbeskrivelse(uttak, fil, self._profil)
        dokument = new("dokumentbeskrivelse.ny", post, rel.NY_DOKUMENTBESKRIVELSE, document)
        place = innhold.dokumentobjekt(fil, self._profil)
        objekt = new("dokumentobjekt.ny", dokument, rel.NY_DOKUMENTOBJEKT, place)
        self._opplasting.send(uttak, fil, self._klient.lenker.need(objekt, rel.FIL, "proeve"))
        there = self._fetch(Funnetfil(fil.nr, str(objekt["systemID"])))
        if there != uttak.read_file(fil.nr):
            raise Rejected("ARKIV_FEIL_HASH", place="proeve")

    def _shown(self, operation: str, under: Objekt, body: Objekt) -> Objekt | None:
        """What was made without a word of where, looked for under what it lies in."""
        key, listed, own = _LISTS[operation]
        try:
            path = self._klient.lenker.need(under, key, "proeve")
            rows = self._rows(listed, path, f"{own} eq '{body[own]}'")
        except GatewayError:
            return None
        mine = [row for row in rows if row.get(own) == body[own]]
        return mine[0] if len(mine) == 1 else None

    def _rows(self, operation: str, path: str, where: str) -> list[Objekt]:
        """What is listed there with our key; all of the first pages where that cannot be asked."""
        try:
            return list(self._klient.liste(operation, path, "proeve", where=where))
        except FilterRefused:
            return list(self._klient.liste(operation, path, "proeve", pages=_PAGES))

    def _removed(self, thing: Objekt) -> Proevd:
        """Taken away again, or told by its id."""
        ident = str(thing.get("systemID", ""))
        try:
            path = self._klient.lenker.need(thing, rel.SELF, ident)
            self._klient.fjern("proeve.slett", path, ident)
        except GatewayError:
            return Proevd("fjerning", "PROEVE_IKKE_FJERNET", ident)
        return Proevd("fjerning", "", ident)


def _tried(hva: str, sted: str, what: Callable[[], None]) -> Proevd:
    try:
        what()
    except GatewayError as error:
        return Proevd(hva, error.code, sted)
    return Proevd(hva, "", sted)


def _practice(key: str) -> Uttak:
    """A snapshot of nobody, with one small file."""
    data = f"{_TEXT} {key}\n".encode()
    fil = Uttaksfil(
        1, f"{_TEXT}.txt", _TEXT, "text/plain", "x-fmt/111", Variant.PRODUKSJON,
        hashlib.sha256(data).hexdigest(), len(data),
    )  # fmt: skip
    return Uttak(
        key=key,
        mappe_key=key,
        utloeser="",
        dato=date.today().isoformat(),  # noqa: DTZ011 - a date on a thing that is taken away again
        tittel=_TEXT,
        mappe_tittel=_TEXT,
        mappetype="",
        enhet_orgnr="",
        hovedperson=Part(_TEXT, f"{_TEXT}-{key[:8]}"),
        filer=(fil,),
        read_file=lambda _nr: data,
    )
