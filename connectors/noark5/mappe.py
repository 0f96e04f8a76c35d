"""The child's folder: the archive part, the child's class or party, and the folder of the log.

The child's number stands in bodies alone. A folder is looked up by the log's key, never by the
child; only when the child's class exists and is not ours are the classes read page by page and
compared here, so that no filter with a number stands in any address.
"""

from collections.abc import Iterator
from typing import Any

from connectors.noark5 import innhold
from connectors.noark5.klient import Klient
from connectors.noark5.profil import Profil
from connectors.noark5.soek import Soek
from gateway.errors import Conflict, LocalFault, RemoteFault, UnknownOutcome
from gateway.ports.archive import Uttak
from schemas.noark5 import relasjoner as rel

Objekt = dict[str, Any]


class Mapper:
    """Finds and makes folders in one archive."""

    def __init__(self, klient: Klient, profil: Profil, soek: Soek) -> None:
        self._klient = klient
        self._profil = profil
        self._soek = soek

    def arkivdel(self) -> Objekt:
        """The configured archive part. Raises LocalFault("UGYLDIG_PROFIL") when it is not one."""
        inngang = self._klient.inngang(rel.ARKIVSTRUKTUR)
        path = self._klient.lenker.need(inngang, rel.ARKIVDEL, "arkivstruktur")
        rows = self._klient.oppsett("arkivdel.list", path, "arkivdel")
        return _named(rows, self._profil.arkivdel, "noark5.arkivdel")

    def hent(self, uttak: Uttak, mappe: Objekt | None) -> Objekt:
        """The log's folder, made when `mappe` is None; with the child as party where so agreed."""
        if mappe is None:
            under = self.arkivdel()
            if self._profil.klassifikasjonssystem:
                under = self._klasse(under, uttak)
            path = self._klient.lenker.need(under, rel.NY_SAKSMAPPE, uttak.mappe_key)
            body = innhold.saksmappe(uttak, self._profil)
            once = uttak.once("mappe")
            mappe = self._klient.ny("saksmappe.ny", path, body, uttak.mappe_key, once).data
        if not self._profil.klassifikasjonssystem:
            self._part(mappe, uttak)
        return mappe

    def av(self, post: Objekt, place: str) -> Objekt:
        """The folder a record lies in."""
        path = self._klient.lenker.need(post, rel.MAPPE, place)
        data = self._klient.les("saksmappe.les", path, place).data
        if "count" not in data:
            return data
        results = data.get("results", [])
        if len(results) != 1:
            raise RemoteFault("UGYLDIG_SVAR", place=place)
        folder: Objekt = results[0]
        return folder

    def _part(self, mappe: Objekt, uttak: Uttak) -> None:
        place = uttak.mappe_key
        path = self._klient.lenker.need(mappe, rel.PART, place)
        if next(self._klient.liste("part.list", path, place), None) is None:
            path = self._klient.lenker.need(mappe, rel.NY_PARTPERSON, place)
            body, once = innhold.part(uttak, self._profil), uttak.once("mappe/part")
            self._klient.ny("part.ny", path, body, place, once)

    def system(self, arkivdel: Objekt) -> Objekt:
        """The configured classification. Raises LocalFault("UGYLDIG_PROFIL") when it is not one."""
        path = self._klient.lenker.need(arkivdel, rel.KLASSIFIKASJONSSYSTEM, "arkivdel")
        systems = self._klient.oppsett("klassifikasjonssystem.list", path, "arkivdel")
        return _named(systems, self._profil.klassifikasjonssystem, "noark5.klassifikasjonssystem")

    def _klasse(self, arkivdel: Objekt, uttak: Uttak) -> Objekt:
        system = self.system(arkivdel)
        found = self._soek.klasse(system, uttak)
        if found is not None:
            return found
        place = uttak.mappe_key
        path = self._klient.lenker.need(system, rel.NY_KLASSE, place)
        body, once = innhold.klasse(uttak, self._profil), uttak.once("mappe/klasse")
        try:
            return self._klient.ny("klasse.ny", path, body, place, once).data
        except Conflict:
            # 409: the child has a class already, made by another system.
            unseen = None
        except UnknownOutcome as error:
            if error.code != "KANSKJE_ARKIVERT":
                raise
            # The answer that was lost may have been that 409.
            unseen = error
        found = self._others_class(system, uttak)
        if found is None:
            raise unseen or Conflict("KLASSE_IKKE_FUNNET", place=place)
        return found

    def _others_class(self, system: Objekt, uttak: Uttak) -> Objekt | None:
        place = uttak.mappe_key
        path = self._klient.lenker.need(system, rel.KLASSE, place)
        pages = self._profil.klasse_sider
        for row in self._klient.liste("klasse.list", path, place, pages=pages):
            if row.get("klasseID") == uttak.hovedperson.nummer:
                return row
        return None


def _named(rows: Iterator[Objekt], title: str, place: str) -> Objekt:
    found = [row for row in rows if row.get("tittel") == title]
    if len(found) != 1:
        raise LocalFault("UGYLDIG_PROFIL", place=place)
    return found[0]
