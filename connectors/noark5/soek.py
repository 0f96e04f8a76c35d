"""Finds our folder and our record by keys of our own, in an archive that may filter on little.

Ways, in order: a field of our own (virksomhetsspesifikkeMetadata), `beskrivelse` (a direct field,
which every server must filter on), a document's `eksternReferanse`, a file's `sjekksum`. Every
hit is read and believed only when it carries our key, so a server that ignores a filter or holds
the same bytes from elsewhere does no harm. It must not write, and never asks for a person.
"""

import threading
from collections.abc import Iterator
from typing import Any

from connectors.keyed import same_key
from connectors.noark5.innhold import egen, filreferanse, merke
from connectors.noark5.klient import FilterRefused, Klient
from connectors.noark5.profil import Profil
from gateway.errors import Conflict, LocalFault
from gateway.ports.archive import Uttak
from schemas.noark5 import relasjoner as rel

Objekt = dict[str, Any]


class Soek:
    """Looks in one archive; thread-safe. Remembers what the archive would not filter on."""

    def __init__(self, klient: Klient, profil: Profil) -> None:
        self._klient = klient
        self._profil = profil
        self._lock = threading.Lock()
        self._refused: set[str] = set()

    def mappe(self, uttak: Uttak) -> Objekt | None:
        """The log's folder. Raises Conflict("FLERE_TREFF") for two."""
        key = uttak.mappe_key
        found = self._by_own_fields("saksmappe.list", rel.SAKSMAPPE, "logg", key)
        return _one(found, key)

    def journalpost(self, uttak: Uttak, mappe: Objekt | None) -> Objekt | None:
        """The snapshot's record, wherever it lies. Raises Conflict("FLERE_TREFF") for two."""
        key = uttak.key
        found = self._by_own_fields("journalpost.list", rel.JOURNALPOST, "uttak", key)
        if not found and mappe is not None:
            # The search index of an archive may lag; what lies in the folder itself does not.
            found = self._in_folder(mappe, key)
        if not found:
            found = self._by_reference(uttak)
        if not found:
            found = self._by_checksum(uttak)
        return _one(found, key)

    def klasse(self, system: Objekt, uttak: Uttak) -> Objekt | None:
        """The class we made for this log, by our key."""
        path = self._klient.lenker.need(system, rel.KLASSE, "klassifikasjonssystem")
        where = f"beskrivelse eq '{merke(uttak.mappe_key)}'"
        rows = self._filtered("klasse.list", path, where, uttak.mappe_key)
        return _one([row for row in rows if _carries(row, uttak.mappe_key)], uttak.mappe_key)

    def _by_own_fields(self, operation: str, key: str, felt: str, value: str) -> list[Objekt]:
        """Through the archive's listing, first by our field and then by `beskrivelse`."""
        path = self._klient.lenker.need(self._klient.inngang(rel.SAKARKIV), key, "sakarkiv")
        ways = [f"beskrivelse eq '{merke(value)}'"]
        if self._profil.egne_felt:
            ways.insert(0, f"{egen(self._profil, felt)} eq '{value}'")
        asked = False
        for where in ways:
            rows = self._filtered(operation, path, where, value)
            found = [row for row in rows if _carries(row, value)]
            if found:
                return found
            asked = asked or self._kind(operation, where) not in self._refused
        if not asked:
            # Without one way of asking, "not found" would mean nothing and we would make it twice.
            raise LocalFault("ARKIV_KAN_IKKE_SOEKES", place=operation)
        return []

    def _in_folder(self, mappe: Objekt, key: str) -> list[Objekt]:
        path = self._klient.lenker.find(mappe, rel.REGISTRERING, key)
        if path is None:
            return []
        rows = self._klient.liste("journalpost.list", path, key)
        return [row for row in rows if _carries(row, key)]

    def _by_reference(self, uttak: Uttak) -> list[Objekt]:
        inngang = self._klient.inngang(rel.ARKIVSTRUKTUR)
        path = self._klient.lenker.find(inngang, rel.DOKUMENTBESKRIVELSE, "arkivstruktur")
        if path is None:
            return []
        own = filreferanse(uttak.key, 1)
        rows = self._filtered(
            "dokumentbeskrivelse.list", path, f"eksternReferanse eq '{own}'", uttak.key
        )
        return self._owners([row for row in rows if _refers(row, own)], uttak.key)

    def _by_checksum(self, uttak: Uttak) -> list[Objekt]:
        inngang = self._klient.inngang(rel.ARKIVSTRUKTUR)
        path = self._klient.lenker.find(inngang, rel.DOKUMENTOBJEKT, "arkivstruktur")
        if path is None or not uttak.filer:
            return []
        digest = uttak.filer[0].sha256
        rows = self._filtered("dokumentobjekt.list", path, f"sjekksum eq '{digest}'", uttak.key)
        own = filreferanse(uttak.key, 1)
        documents: list[Objekt] = []
        for row in rows:
            if same_key(str(row.get("sjekksum")), digest):
                documents += self._above(row, rel.DOKUMENTBESKRIVELSE, uttak.key)
        # The same bytes may lie there from another snapshot or another hand; ours has our key.
        documents = [row for row in documents if _refers(row, own)]
        return self._owners(documents, uttak.key)

    def _owners(self, documents: list[Objekt], key: str) -> list[Objekt]:
        found: dict[str, Objekt] = {}
        for document in documents:
            for row in self._above(document, rel.REGISTRERING, key):
                found[str(row.get("systemID"))] = row
        return list(found.values())

    def _above(self, row: Objekt, key: str, place: str) -> Iterator[Objekt]:
        """What a thing belongs to: servers give the object itself, or a list of it."""
        path = self._klient.lenker.find(row, key, place)
        if path is None:
            return
        data = self._klient.les("journalpost.les", path, place).data
        yield from data.get("results", ()) if "count" in data else (data,)

    def _filtered(self, operation: str, path: str, where: str, place: str) -> list[Objekt]:
        kind = self._kind(operation, where)
        if kind in self._refused:
            return []
        try:
            return list(self._klient.liste(operation, path, place, where=where))
        except FilterRefused:
            with self._lock:
                self._refused.add(kind)
            return []

    @staticmethod
    def _kind(operation: str, where: str) -> str:
        return f"{operation} {where.partition(' ')[0]}"


def _refers(row: Objekt, own: str) -> bool:
    return same_key(str(row.get("eksternReferanse")), own)


def _carries(row: Objekt, key: str) -> bool:
    own = row.get("virksomhetsspesifikkeMetadata")
    values = own.values() if isinstance(own, dict) else ()
    told = (row.get("beskrivelse"), *values)
    return any(
        isinstance(one, str) and (same_key(one, merke(key)) or same_key(one, key)) for one in told
    )


def _one(rows: list[Objekt], key: str) -> Objekt | None:
    different = {str(row.get("systemID")): row for row in rows}
    if len(different) > 1:
        raise Conflict("FLERE_TREFF", place=key)
    return next(iter(different.values()), None)
