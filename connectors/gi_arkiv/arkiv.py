"""An archive behind GI Arkiv 1.1: folder, record, documents; each looked for, each made once.

There is no transaction and nothing can be deleted, so a deposit is three steps that go on where
the last one stopped, by our external keys. The same key may be used again and a search may lag, so
each step is made within the snapshot's `once`. An answer is no receipt: the bytes are read back.
"""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from connectors.by_bytes import by_bytes
from connectors.gi_arkiv import innhold
from connectors.gi_arkiv.operasjoner import BY_NAME, OPERATIONS
from connectors.gi_arkiv.profil import Profil, read
from connectors.gi_arkiv.soap import Soap, sign_in
from connectors.gi_arkiv.tre import Element, content, rows, text
from connectors.http.session import Session
from connectors.keyed import same_key
from connectors.titler import refuse_content
from gateway.errors import (
    Conflict,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)
from gateway.ports.archive import (
    Archive,
    ArchiveFacts,
    Funn,
    Funnetfil,
    Levering,
    Proevd,
    Svar,
    Uttak,
    Uttaksfil,
)
from gateway.ports.connector import ConnectorSettings

__all__ = ["OPERATIONS", "open_archive"]

_BY_ID = frozenset({"dokument.finn", "fil.hent"})
"""Questions by the archive's own id; some refuse one that they did not give."""
_PROBE = "00000000-0000-4000-8000-000000000000"


def open_archive(settings: ConnectorSettings) -> Archive:
    """An archive for one municipality. Raises LocalFault("UGYLDIG_PROFIL")."""
    profil = read(settings.options)
    # Base64 makes a file a third larger on the way; line breaks, and signs that are written as
    # character references, an eighth more.
    roomy = replace(settings, max_body=settings.max_body * 8 // 5 + 64 * 1024)
    session = Session(roomy, BY_NAME, auth=sign_in(settings, profil))
    return GiArkiv(Soap(session, settings, profil), settings, profil)


class GiArkiv:
    """An Archive; thread-safe."""

    def __init__(self, soap: Soap, settings: ConnectorSettings, profil: Profil) -> None:
        self._soap = soap
        self._settings = settings
        self._profil = profil

    def close(self) -> None:
        """Close connections."""
        self._soap.close()

    def facts(self) -> ArchiveFacts:
        """Asks for a folder that does not exist: proves address and sign-in; there is no more."""
        self._soap.read("saksmappe.finn", innhold.finn_saksmappe(_PROBE, self._profil), "facts")
        return ArchiveFacts(
            product="GI Arkiv",
            contract="GeoIntegrasjon Arkiv 1.1",
            environment=self._settings.base_url,
            reads_back=True,
        )

    def find(self, uttak: Uttak) -> Funn | None:
        """What stands under the snapshot's key; a record without documents is a find too."""
        refuse_content(uttak)
        mappe = self._mappe(uttak)
        post = self._journalpost(uttak)
        if post is None:
            return None
        return Funn(
            mappe=text(mappe, "kje:systemID") if mappe is not None else "",
            journalpost=text(post, "kje:systemID"),
            nummer=_nummer(post),
            filer=tuple(self._filer(post, uttak).values()),
        )

    def deposit(self, uttak: Uttak, found: Funn | None) -> Svar:
        """What is missing of folder, record and documents.

        `found` may be old, so the archive is asked again. Raises Rejected("MAPPE_AVSLUTTET").
        """
        refuse_content(uttak)
        mappe, post = self._mappe(uttak), self._journalpost(uttak)
        if post is None and found is not None:
            # What was found is no longer seen; to make it anew would be a guess.
            raise Conflict("BORTE", place=uttak.key)
        if post is None:
            post = self._ny_journalpost(uttak, self._ny_mappe(uttak) if mappe is None else mappe)
        ident = _need(post, "kje:systemID", uttak.key)
        held = self._filer(post, uttak)
        for fil in uttak.filer:
            if fil.nr not in held:
                self._open(mappe, uttak.key)
                self._ny_dokument(uttak, fil, ident)
        return Svar(Levering.LEVERT, ref=ident)

    def progress(self, uttak: Uttak, ref: str) -> Svar:
        """Nothing is done behind the scenes here: all files are there, or a person must look."""
        found = self.find(uttak)
        whole = found is not None and len(found.filer) == len(uttak.filer)
        return Svar(Levering.LEVERT if whole else Levering.MENNESKE, ref=ref)

    def fetch(self, fil: Funnetfil) -> bytes:
        """The bytes of a document by its systemID. Raises Conflict("BORTE"), RemoteFault."""
        data = self._content(fil)
        if data is None:
            raise Conflict("BORTE", place=fil.ref)
        return data

    def _content(self, fil: Funnetfil) -> bytes | None:
        """The bytes of a document; None when the archive has none, or an empty file, for it."""
        answer = self._soap.read("fil.hent", innhold.hent_fil(fil.ref), fil.ref)
        if answer is None or not answer.innhold:
            return None
        data = content(answer.innhold[0]) if len(answer.innhold) == 1 else None
        if data is None:
            raise RemoteFault("UGYLDIG_SVAR", place=fil.ref)
        return data or None

    # -- looking --------------------------------------------------------------------------------
    def _mappe(self, uttak: Uttak) -> Element | None:
        wanted = innhold.finn_saksmappe(uttak.mappe_key, self._profil)
        answer = self._soap.read("saksmappe.finn", wanted, uttak.mappe_key)
        found = [] if answer is None else list(rows(answer.element, "kje"))
        return _one(self._ours(found, uttak.mappe_key), uttak.mappe_key)

    def _journalpost(self, uttak: Uttak) -> Element | None:
        wanted = innhold.finn_journalpost(uttak.key, self._profil)
        answer = self._soap.read("journalpost.finn", wanted, uttak.key)
        found = [] if answer is None else list(rows(answer.element, "kje"))
        return _one(self._ours(found, uttak.key), uttak.key)

    def _ours(self, found: list[Element], key: str) -> list[Element]:
        """Those that carry the key they were asked for by. Another answer is not about us."""
        for row in found:
            told = text(row, "kje:referanseEksternNoekkel", "kje:noekkel")
            if told and not same_key(told, key):
                raise RemoteFault("FEIL_NOKKEL", place=key)
        return found

    def _filer(self, post: Element, uttak: Uttak) -> dict[int, Funnetfil]:
        """The files that are held, by number. A listing tells of documents whose file never came in
        the same words, and there is no call that asks whether it did: the content is fetched."""
        ident = _need(post, "kje:systemID", uttak.key)
        answer = self._soap.read("dokument.finn", innhold.finn_dokumenter(ident), uttak.key)
        documents = [] if answer is None else list(rows(answer.element, "dok"))
        # Archives number and name anew; what carries none of our names may still be ours.
        unnamed = [row for row in documents if not any(_is(row, fil) for fil in uttak.filer)]
        held: dict[int, Funnetfil] = {}
        taken: set[str] = set()
        for fil in uttak.filer:
            mine = [row for row in documents if _is(row, fil)]
            told = [
                Funnetfil(nr=fil.nr, ref=_need(row, "dok:systemID", uttak.key))
                for row in mine or unnamed
            ]
            left = [one for one in told if one.ref not in taken]
            ours, others = by_bytes(left, fil, self._content)
            if len(ours) > 1 and mine:
                raise Conflict("FLERE_TREFF", place=f"{uttak.key}/{fil.nr}")
            # One with other bytes is told of, and is seen not to be ours when it is read back; but
            # where one is without any, that is ours, and it is half done.
            seen = others if mine and len(others) == len(left) else []
            for one in [*ours, *seen][:1]:
                held[fil.nr] = one
                taken.add(one.ref)
        return held

    # -- trying ---------------------------------------------------------------------------------
    def rehearse(self) -> tuple[Proevd, ...]:
        """Each question a night asks, of a key nobody has. There is no call that deletes, so
        nothing is made; the codes are seen first when a folder is."""
        key = _PROBE
        asked: tuple[tuple[str, str, Callable[[], Element]], ...] = (
            ("soek_mappe", "saksmappe.finn", lambda: innhold.finn_saksmappe(key, self._profil)),
            ("soek_post", "journalpost.finn", lambda: innhold.finn_journalpost(key, self._profil)),
            ("dokumenter", "dokument.finn", lambda: innhold.finn_dokumenter(key)),
            ("lesing", "fil.hent", lambda: innhold.hent_fil(key)),
        )
        return tuple(self._tried(*one) for one in asked)

    def _tried(self, hva: str, operation: str, body: Callable[[], Element]) -> Proevd:
        try:
            self._soap.read(operation, body(), "proeve")
        except Rejected as error:
            if operation in _BY_ID:
                # It answered, of an id it does not know.
                return Proevd(hva, "", operation)
            return Proevd(hva, error.code, operation)
        except (Conflict, LocalFault, RemoteFault, Transient) as error:
            return Proevd(hva, error.code, operation)
        return Proevd(hva, "", operation)

    # -- making ---------------------------------------------------------------------------------
    def _ny_mappe(self, uttak: Uttak) -> Element:
        body = innhold.ny_saksmappe(uttak, self._profil)
        return self._made("saksmappe.ny", body, uttak.mappe_key, uttak.once("mappe"))

    def _ny_journalpost(self, uttak: Uttak, mappe: Element) -> Element:
        self._open(mappe, uttak.key)
        ident = _need(mappe, "kje:systemID", uttak.mappe_key)
        body = innhold.ny_journalpost(uttak, ident, self._profil)
        return self._made("journalpost.ny", body, uttak.key, uttak.once("journalpost"))

    def _ny_dokument(self, uttak: Uttak, fil: Uttaksfil, post: str) -> None:
        place = f"{uttak.key}/{fil.nr}"
        data = uttak.read_file(fil.nr)
        if len(data) != fil.size or hashlib.sha256(data).hexdigest() != fil.sha256:
            raise LocalFault("FIL_STEMMER_IKKE", place=place)
        body = innhold.ny_dokument(fil, data, post, self._profil)
        self._made("dokument.ny", body, place, uttak.once(f"dokument/{fil.nr}"))

    def _made(
        self, operation: str, body: Element, place: str, once: AbstractContextManager[None]
    ) -> Element:
        with once:
            answer = self._soap.write(operation, body, place)
        if len(answer.element) != 1:
            # An empty answer says neither yes nor no: look before anything is made again.
            raise UnknownOutcome("UVISST_UTFALL", place=place)
        return answer.element[0]

    def _open(self, mappe: Element | None, place: str) -> None:
        closed = self._profil.saksstatus_avsluttet
        if closed and text(mappe, "kje:saksstatus", "kod:kodeverdi") == closed:
            raise Rejected("MAPPE_AVSLUTTET", place=place)


def _is(row: Element, fil: Uttaksfil) -> bool:
    """A document may be ours by its file's name; where the archive leaves that out, by its number.
    Whether it is, its bytes tell."""
    name = text(row, "dok:Fil", "dok:filnavn")
    if name:
        return name == fil.filnavn
    same = text(row, "dok:tittel") == fil.tittel
    return same and text(row, "dok:dokumentnummer") == str(fil.nr)


def _one(found: list[Element], key: str) -> Element | None:
    different = {text(row, "kje:systemID"): row for row in found}
    if len(different) > 1:
        raise Conflict("FLERE_TREFF", place=key)
    return next(iter(different.values()), None)


def _need(element: Element, path: str, place: str) -> str:
    value = text(element, path)
    if not value:
        raise RemoteFault("UGYLDIG_SVAR", place=place)
    return value


def _nummer(post: Element) -> str:
    """What an archivist looks up: year/sequence-record."""
    sak = "/".join(
        text(post, "kje:saksnr", f"fel:{part}") for part in ("saksaar", "sakssekvensnummer")
    )
    number = text(post, "kje:journalpostnummer")
    return f"{sak}-{number}" if sak != "/" and number else sak.strip("/")
