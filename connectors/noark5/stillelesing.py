"""What a night will need of an archive, seen in what stands there already, without making anything.

Links to make a thing stand on the thing it is made under, so they are seen on a class, a folder, a
record and a document of the archive part that is ours, and on the place of a file, which is asked
whether it is there and not for its bytes. Nothing of what is read is kept or told but whether the
link was there. Where the part has none to look at, that is told: it is not the same as working.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from connectors.noark5.klient import Klient
from connectors.noark5.mappe import Mapper
from connectors.noark5.profil import Profil
from gateway.errors import GatewayError
from gateway.ports.archive import Proevd
from schemas.noark5 import relasjoner as rel

Objekt = dict[str, Any]
_SOME = 5
"""Things of a kind that are looked below for one of the next kind."""
_HEAD = frozenset({200, 204, 404, 405, 410, 501})


class Stillelesing:
    """Looks in one archive."""

    def __init__(self, klient: Klient, profil: Profil, mapper: Mapper) -> None:
        self._klient = klient
        self._profil = profil
        self._mapper = mapper

    def all(self) -> Iterator[Proevd]:
        """Each link, in the order a night needs it. Raises nothing of ours."""
        try:
            under = [self._mapper.arkivdel()]
            if self._profil.klassifikasjonssystem:
                system = self._mapper.system(under[0])
                under = self._below([system], rel.KLASSE, "klasse.list")
        except GatewayError as error:
            yield Proevd("lenke", error.code, "klassifikasjonssystem")
            return
        yield self._tried(under, "saksmappe.ny", rel.NY_SAKSMAPPE)
        folders = self._below(under, rel.MAPPE, "saksmappe.list")
        open_ = [one for one in folders if not one.get("avsluttetDato")]
        yield self._tried(open_, "journalpost.ny", rel.NY_JOURNALPOST)
        records = self._below(folders, rel.REGISTRERING, "journalpost.list")
        yield self._tried(records, "journalpost.les", rel.MAPPE)
        yield self._tried(records, "dokumentbeskrivelse.list", rel.DOKUMENTBESKRIVELSE)
        documents = self._below(records, rel.DOKUMENTBESKRIVELSE, "dokumentbeskrivelse.list")
        yield self._tried(documents, "dokumentobjekt.list", rel.DOKUMENTOBJEKT)
        places = self._below(documents, rel.DOKUMENTOBJEKT, "dokumentobjekt.list")
        yield self._tried(places, "fil.les", rel.FIL)

    def _tried(self, things: list[Objekt], operation: str, key: str) -> Proevd:
        """The link on the first of these, and what it leads to."""
        name = key.rstrip("/").rpartition("/")[2]
        if not things:
            return Proevd("usett", "", name)
        try:
            path = self._klient.lenker.need(things[0], key, name)
            self._reads(operation)(operation, path, name)
        except GatewayError as error:
            return Proevd("lenke", error.code, name)
        return Proevd("lenke", "", name)

    def _reads(self, operation: str) -> Callable[[str, str, str], Any]:
        if operation == "fil.les":
            return self._head
        if operation.endswith(".list"):
            return lambda *told: next(self._klient.liste(*told, pages=1), None)
        return self._klient.les

    def _head(self, operation: str, path: str, place: str) -> None:
        self._klient.call(operation, "HEAD", path, expect=_HEAD, place=place, raw=True)

    def _below(self, things: list[Objekt], key: str, operation: str) -> list[Objekt]:
        """Some of what lies under the first of these that has any; none where it cannot be read."""
        for thing in things[:_SOME]:
            try:
                path = self._klient.lenker.find(thing, key, operation)
                if path is not None:
                    rows = self._klient.liste(operation, path, operation, pages=1)
                    if found := list(islice(rows, _SOME)):
                        return found
            except GatewayError:
                continue
        return []
