"""An archive behind the Noark 5 tjenestegrensesnitt: find, bring in what is missing, read back.

Every step looks before it makes, by keys of our own, and what it makes it makes within the
snapshot's `once`, for a search may lag: so the same deposit again makes nothing twice. It must not
take an answer for a receipt: the bytes are read back by whoever asks.
"""

from dataclasses import replace
from typing import Any

import httpx

from connectors.http.session import Session
from connectors.http.token import ClientCredentials
from connectors.keyed import same_key
from connectors.noark5 import innhold
from connectors.noark5.bestand import Bestand, Stand, funnetfil, kode
from connectors.noark5.klient import FilterRefused, Klient, Unpointed
from connectors.noark5.lenker import Lenker
from connectors.noark5.mappe import Mapper
from connectors.noark5.operasjoner import BY_NAME, OPERATIONS
from connectors.noark5.opplasting import Opplasting
from connectors.noark5.proeve import Proeve
from connectors.noark5.profil import Profil, read
from connectors.noark5.soek import Soek
from connectors.titler import refuse_content
from gateway.errors import Conflict, LocalFault, Rejected
from gateway.ports.archive import (
    Archive,
    ArchiveFacts,
    Funn,
    Funnetfil,
    Levering,
    Proevd,
    Svar,
    Uttak,
)
from gateway.ports.connector import ConnectorSettings
from schemas.noark5 import relasjoner as rel

__all__ = ["OPERATIONS", "open_archive"]

Objekt = dict[str, Any]
_TOP, _OF_A_FILE = 4, 2
"""Things that are made for a snapshot, and for each of its files."""


def open_archive(settings: ConnectorSettings) -> Archive:
    """An archive for one municipality. `base_url` is its main address. Raises LocalFault."""
    profil = read(settings.options)
    lenker = Lenker(settings.base_url)
    auth: httpx.Auth = ClientCredentials(settings)
    if profil.innlogging == "basic":
        auth = httpx.BasicAuth(settings.client_id, settings.client_secret)
    session = Session(replace(settings, base_url=lenker.opphav), BY_NAME, auth=auth)
    return Noark5Arkiv(Klient(session, lenker), profil)


class Noark5Arkiv:
    """An Archive; thread-safe."""

    def __init__(self, klient: Klient, profil: Profil) -> None:
        self._klient = klient
        self._profil = profil
        self._soek = Soek(klient, profil)
        self._mapper = Mapper(klient, profil, self._soek)
        self._bestand = Bestand(klient, profil)
        self._opplasting = Opplasting(klient, profil)

    def close(self) -> None:
        """Close connections."""
        self._klient.close()

    def facts(self) -> ArchiveFacts:
        """Product and version from `admin/system/`; also proves that the set-up can be used."""
        system = self._klient.inngang(rel.SYSTEM)
        self._mapper.arkivdel()
        if self._profil.egne_felt:
            self._own_fields_are_registered()
        product = f"{system.get('produkt', 'Noark 5')} {system.get('versjon', '')}".strip()
        return ArchiveFacts(
            product=product,
            contract=f"Noark 5 tjenestegrensesnitt {system.get('protokollversjon', '')}".strip(),
            environment=self._klient.lenker.opphav,
            reads_back=True,
        )

    def rehearse(self) -> tuple[Proevd, ...]:
        """What a night will ask, tried now: see `proeve.py`."""
        return Proeve(self._klient, self._profil, self._mapper, self.fetch).all()

    def find(self, uttak: Uttak) -> Funn | None:
        """What stands under the snapshot's key.

        A record that still has the status it was made with is half done, also with every file in:
        its last file is not counted, so that `deposit` goes on and sets the status it shall have.
        """
        refuse_content(uttak)
        mappe = self._soek.mappe(uttak)
        post = self._soek.journalpost(uttak, mappe)
        if post is None:
            return None
        mappe = self._mapper.av(post, uttak.key)
        filer = [funnetfil(stand) for stand in self._bestand.stand(post, uttak)]
        told = tuple(fil for fil in filer if fil is not None)
        whole = len(told) == len(uttak.filer)
        return Funn(
            mappe=str(mappe.get("systemID", "")),
            journalpost=str(post["systemID"]),
            nummer=_nummer(mappe, post),
            filer=told[:-1] if whole and self._unfinished(post) else told,
        )

    def deposit(self, uttak: Uttak, found: Funn | None) -> Svar:
        """Folder, record, documents, files: each looked for first, each made once.

        `found` may be old, so the archive is asked again; and so it is when something was made and
        nothing leads to it, once for each thing there may be. Raises Rejected("MAPPE_AVSLUTTET").
        """
        refuse_content(uttak)
        for _ in range(_TOP + _OF_A_FILE * len(uttak.filer)):
            try:
                return self._bring_in(uttak, found)
            except Unpointed:
                continue
        return self._bring_in(uttak, found)

    def _bring_in(self, uttak: Uttak, found: Funn | None) -> Svar:
        mappe = self._soek.mappe(uttak)
        post = self._soek.journalpost(uttak, mappe)
        if post is None:
            if found is not None:
                # What was found is no longer seen; to make it anew would be a guess.
                raise Conflict("BORTE", place=uttak.key)
            post = self._ny_journalpost(uttak, self._mapper.hent(uttak, mappe))
        standing = self._bestand.stand(post, uttak)
        if not all(stand.lagret for stand in standing):
            self._open_folder(self._mapper.av(post, uttak.key), uttak.key)
        for stand in standing:
            if not stand.lagret:
                self._lagre(uttak, post, stand)
        self._ferdig(uttak, post)
        return Svar(Levering.LEVERT, ref=str(post["systemID"]))

    def progress(self, uttak: Uttak, ref: str) -> Svar:
        """Nothing is done behind the scenes here: all files are there, or a person must look."""
        found = self.find(uttak)
        whole = found is not None and len(found.filer) == len(uttak.filer)
        return Svar(Levering.LEVERT if whole else Levering.MENNESKE, ref=ref)

    def fetch(self, fil: Funnetfil) -> bytes:
        """The bytes behind a dokumentobjekt. Raises Conflict("BORTE"), and
        LocalFault("ARKIV_KAN_IKKE_SOEKES") where it cannot be asked for by its id."""
        inngang = self._klient.inngang(rel.ARKIVSTRUKTUR)
        path = self._klient.lenker.need(inngang, rel.DOKUMENTOBJEKT, "arkivstruktur")
        where = f"systemID eq '{fil.ref}'"
        try:
            rows = list(self._klient.liste("dokumentobjekt.list", path, fil.ref, where=where))
        except FilterRefused:
            rows = None
        if rows is None:
            raise LocalFault("ARKIV_KAN_IKKE_SOEKES", place="dokumentobjekt.list")
        mine = [row for row in rows if same_key(str(row.get("systemID")), fil.ref)]
        if not mine:
            raise Conflict("BORTE", place=fil.ref)
        # Accept is wide on purpose: a narrow one is answered 406.
        file_path = self._klient.lenker.need(mine[0], rel.FIL, fil.ref)
        return self._klient.call("fil.les", "GET", file_path, place=fil.ref, raw=True).content

    def _ny_journalpost(self, uttak: Uttak, mappe: Objekt) -> Objekt:
        self._open_folder(mappe, uttak.key)
        path = self._klient.lenker.need(mappe, rel.NY_JOURNALPOST, uttak.key)
        body = innhold.journalpost(uttak, self._profil)
        once = uttak.once("journalpost")
        return self._klient.ny("journalpost.ny", path, body, uttak.key, once).data

    def _lagre(self, uttak: Uttak, post: Objekt, stand: Stand) -> None:
        fil, place = stand.fil, f"{uttak.key}/{stand.fil.nr}"
        dokument = stand.dokument
        if dokument is None:
            path = self._klient.lenker.need(post, rel.NY_DOKUMENTBESKRIVELSE, place)
            body = innhold.dokumentbeskrivelse(uttak, fil, self._profil)
            once = uttak.once(f"dokument/{fil.nr}")
            dokument = self._klient.ny("dokumentbeskrivelse.ny", path, body, place, once).data
        objekt = stand.objekt
        if objekt is None:
            path = self._klient.lenker.need(dokument, rel.NY_DOKUMENTOBJEKT, place)
            body = innhold.dokumentobjekt(fil, self._profil)
            once = uttak.once(f"objekt/{fil.nr}")
            objekt = self._klient.ny("dokumentobjekt.ny", path, body, place, once).data
        self._opplasting.send(uttak, fil, self._klient.lenker.need(objekt, rel.FIL, place))

    def _unfinished(self, post: Objekt) -> bool:
        """Only our own first status: one an archivist has set since is theirs."""
        made, done = self._profil.journalstatus, self._profil.journalstatus_ferdig
        return bool(done) and made != done and kode(post.get("journalstatus")) == made

    def _ferdig(self, uttak: Uttak, post: Objekt) -> None:
        """The status a whole record shall have, where the archive has a separate one."""
        status = self._profil.journalstatus_ferdig
        if not status:
            return

        def change(data: Objekt) -> Objekt | None:
            if kode(data.get("journalstatus")) == status:
                return None
            return {**data, "journalstatus": {"kode": status}}

        path = self._klient.lenker.need(post, rel.SELF, uttak.key)
        self._klient.endre("journalpost.endre", path, uttak.key, change)

    def _own_fields_are_registered(self) -> None:
        metadata = self._klient.inngang(rel.METADATA)
        path = self._klient.lenker.need(metadata, rel.EGNE_FELT, "metadata")
        known = {row.get("navn") for row in self._klient.liste("egetfelt.list", path, "metadata")}
        for felt in ("logg", "uttak"):
            if innhold.egen(self._profil, felt) not in known:
                place = innhold.egen(self._profil, felt)
                raise LocalFault("METADATA_IKKE_REGISTRERT", place=place)

    @staticmethod
    def _open_folder(mappe: Objekt, place: str) -> None:
        if mappe.get("avsluttetDato"):
            raise Rejected("MAPPE_AVSLUTTET", place=place)


def _nummer(mappe: Objekt, post: Objekt) -> str:
    """What an archivist looks up: year/sequence-record."""
    sak = f"{mappe.get('saksaar', '')}/{mappe.get('sakssekvensnummer', '')}".strip("/")
    return f"{sak}-{post['journalpostnummer']}" if sak and "journalpostnummer" in post else sak
