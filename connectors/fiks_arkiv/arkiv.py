"""The archive port over Fiks Arkiv V1.

Everything is a message and a reply. A question may be asked again; the one message that makes
something carries a klientMeldingId derived from the snapshot, so that a resend is the same message
to the archive, and its answer is only ever a reason to read back. It must not keep a reply.
"""

import hashlib
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import httpx

from connectors.by_bytes import first_by_bytes
from connectors.fiks.asice import Fil, Pakke
from connectors.fiks.kanal import Fikskanal
from connectors.fiks.meldinger import KLIENTKORRELASJON, KLIENTMELDING, Mottatt
from connectors.fiks_arkiv import arkivmelding, innsyn, svar
from connectors.fiks_arkiv.navn import HENT_DOKUMENTFIL, HENT_REGISTRERING, OPPRETT, SOK_TYPE
from connectors.fiks_arkiv.operasjoner import BY_NAME, DEPOSIT, FETCH, FIND, OPERATIONS, SEARCH
from connectors.fiks_arkiv.pakking import client_message_id, package_files
from connectors.fiks_arkiv.profil import Profil, read_profile
from connectors.fiks_arkiv.svar import Kvittering, Slag
from gateway.errors import (
    Conflict,
    GatewayError,
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

__all__ = ["OPERATIONS", "FiksArkiv", "open_archive"]

_XML = "application/xml"
_PROBE = "00000000-0000-4000-8000-000000000000"
_ENVIRONMENTS = {"api.fiks.ks.no": "produksjon", "api.fiks.test.ks.no": "test"}


def open_archive(
    settings: ConnectorSettings, *, transport: httpx.BaseTransport | None = None
) -> Archive:
    """The archive. Raises LocalFault (UGYLDIG_OPPSETT, UGYLDIG_NOEKKEL, IKKE_KRYPTERT)."""
    profil = read_profile(settings)
    kanal = Fikskanal(settings, profil, BY_NAME, transport=transport)
    return FiksArkiv(settings, profil, kanal)


class FiksArkiv:
    """One archive account for one municipality; thread-safe."""

    repeatable = True
    """A message it has seen is answered as it was, and a key that stands as `Eksisterende`."""

    def __init__(
        self,
        settings: ConnectorSettings,
        profil: Profil,
        kanal: Fikskanal,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._profil = profil
        self._kanal = kanal
        self._clock = clock

    def close(self) -> None:
        """Stop receiving and close connections."""
        self._kanal.close()

    def facts(self) -> ArchiveFacts:
        """What the archive's account is; proves our own key on the way.

        Raises LocalFault (FEIL_NOEKKEL, UKJENT_KONTO, KONTO_STENGT).
        """
        konto = self._kanal.katalog.account(self._profil.mottaker_konto_id)
        if not konto.mottaker:
            raise LocalFault("KONTO_STENGT", place=konto.konto_id)
        self._kanal.check_own_key()
        host = urlsplit(self._settings.base_url).hostname or ""
        return ArchiveFacts(
            product="Fiks Arkiv",
            contract="no.ks.fiks.arkiv.v1",
            environment=_ENVIRONMENTS.get(host, "sandkasse"),
            reads_back=True,
        )

    def find(self, uttak: Uttak) -> Funn | None:
        """The record under the snapshot's key, by registrering.hent.

        When there is none, the folder is searched for: Conflict("FLERE_TREFF") when two carry its
        key, for then the archive could file the record in either.
        """
        pakke = self._ask(
            FIND,
            HENT_REGISTRERING,
            Fil(innsyn.REGISTRERING_NAVN, _XML, innsyn.record_by_key(uttak.key, self._profil)),
        )
        if pakke is None:
            self._one_folder_at_most(uttak)
            return None
        found = svar.record(pakke, uttak.key)
        mappe = found.mappe or self._one_folder_at_most(uttak)
        return Funn(mappe, found.system_id, found.nummer, self._matched(found.filer, uttak))

    def deposit(self, uttak: Uttak, found: Funn | None) -> Svar:
        """Send folder and record, wait for the receipt until the deadline.

        A record that stands there without all its files cannot be completed over this protocol (the
        archive answers that it exists), so a person must. Raises Rejected (a part failed, the
        message is refused), Transient (the archive failed or never fetched it), UnknownOutcome.
        """
        if found is not None:
            whole = {fil.nr for fil in found.filer} >= {fil.nr for fil in uttak.filer}
            if whole:
                return Svar(Levering.LEVERT, "EKSISTERENDE", found.journalpost)
            return Svar(Levering.MENNESKE, "ARKIV_MANGLER_FIL", found.journalpost)
        xml = arkivmelding.build(uttak, self._profil)
        files = package_files(uttak, xml)
        self._kanal.listen()
        sent = self._kanal.send(
            DEPOSIT,
            OPPRETT,
            files,
            headere={
                KLIENTMELDING: client_message_id(uttak.key, self._profil.utgave, xml),
                KLIENTKORRELASJON: str(uuid.uuid5(uuid.NAMESPACE_OID, uttak.key)),
            },
            ttl_ms=self._profil.ttl_timer * 3600 * 1000,
            write=True,
        )
        return self._outcome(uttak, sent.melding_id, self._clock() + self._settings.deadline)

    def progress(self, uttak: Uttak, ref: str) -> Svar:
        """How the message `ref` fared: a reply that has come, else what the archive holds."""
        self._kanal.listen()
        answer = self._outcome(uttak, ref, self._clock())
        if answer.levering is not Levering.VENTER:
            return answer
        found = self.find(uttak)
        if found is None:
            return answer
        return Svar(Levering.LEVERT, "EKSISTERENDE", found.journalpost)

    def fetch(self, fil: Funnetfil) -> bytes:
        """The bytes of a file by dokumentfil.hent. Raises Rejected("ARKIV_FIL_BORTE")."""
        data = self._content(fil)
        if data is None:
            raise Rejected("ARKIV_FIL_BORTE", place=fil.ref)
        return data

    def _content(self, fil: Funnetfil) -> bytes | None:
        """The bytes of a file; None when the archive has none."""
        question = innsyn.file_by_id(fil.ref, self._profil)
        pakke = self._ask(FETCH, HENT_DOKUMENTFIL, Fil(innsyn.DOKUMENTFIL_NAVN, _XML, question))
        if pakke is None:
            return None
        if len(pakke.filer) != 1:
            raise RemoteFault("SVAR_UTEN_INNHOLD", place=fil.ref)
        return pakke.filer[0].data

    def _matched(
        self, documents: tuple[tuple[Funnetfil, ...], ...], uttak: Uttak
    ) -> tuple[Funnetfil, ...]:
        """The files of the snapshot among the documents of its record. A document is ours by its
        number, but archives number anew: where one is told of that promises our bytes, or none has
        the number, each that is left is asked, and the one whose bytes are ours is ours."""
        left = list(documents)
        found: list[Funnetfil] = []
        for fil in uttak.filer:
            named = [forms for forms in left if forms[0].nr == fil.nr]
            promised = [forms for forms in left if _promises(forms, fil) and forms not in named]
            if named and (_promises(named[0], fil) or not promised):
                found.append(self._ours(named[0], fil))
                left.remove(named[0])
                continue
            for forms in promised + [one for one in left if not named and one not in promised]:
                one = first_by_bytes(forms, fil, self._content)
                if one is not None and self._is(one, fil):
                    found.append(replace(one, nr=fil.nr))
                    left.remove(forms)
                    break
        return tuple(found)

    def _is(self, one: Funnetfil, fil: Uttaksfil) -> bool:
        data = self._content(one)
        return data is not None and hashlib.sha256(data).hexdigest() == fil.sha256

    def _ours(self, forms: tuple[Funnetfil, ...], fil: Uttaksfil) -> Funnetfil:
        """Of a document's files the one whose bytes are ours; the newest where none is, or there is
        but one: it is seen for what it is when it is read back."""
        if len(forms) == 1:
            return forms[0]
        return first_by_bytes(forms, fil, self._content) or forms[0]

    def rehearse(self) -> tuple[Proevd, ...]:
        """Each question a night asks, of keys nobody has. The protocol has no message that deletes,
        so nothing is made."""
        asked = (
            ("soek_post", FIND, HENT_REGISTRERING,
             Fil(innsyn.REGISTRERING_NAVN, _XML, innsyn.record_by_key(_PROBE, self._profil))),
            ("soek_mappe", SEARCH, SOK_TYPE,
             Fil(innsyn.SOK_NAVN, _XML, innsyn.folders_by_key(_PROBE, self._profil))),
            ("lesing", FETCH, HENT_DOKUMENTFIL,
             Fil(innsyn.DOKUMENTFIL_NAVN, _XML, innsyn.file_by_id(_PROBE, self._profil))),
        )  # fmt: skip
        return tuple(self._tried(*one) for one in asked)

    def _tried(self, hva: str, operation: str, meldingstype: str, question: Fil) -> Proevd:
        try:
            self._ask(operation, meldingstype, question)
        except (Conflict, LocalFault, Rejected, RemoteFault, Transient) as error:
            return Proevd(hva, error.code, operation)
        return Proevd(hva, "", operation)

    def _one_folder_at_most(self, uttak: Uttak) -> str:
        """The id of the folder with the log's key, "" for none."""
        question = innsyn.folders_by_key(uttak.mappe_key, self._profil)
        pakke = self._ask(SEARCH, SOK_TYPE, Fil(innsyn.SOK_NAVN, _XML, question))
        hits = () if pakke is None else svar.folders(pakke)
        if len(hits) > 1:
            raise Conflict("FLERE_TREFF", place=uttak.mappe_key)
        return hits[0] if hits else ""

    def _ask(self, operation: str, meldingstype: str, question: Fil) -> Pakke | None:
        """A question's answer; None for ikkefunnet. Raises Transient("ARKIV_SVARER_IKKE")."""
        self._kanal.listen()
        until = self._clock() + self._settings.deadline
        sent = self._kanal.send(
            operation,
            meldingstype,
            (question,),
            headere={KLIENTMELDING: str(uuid.uuid4())},
            ttl_ms=max(int(self._settings.deadline * 1000), 1000),
            write=False,
        )
        while (reply := self._kanal.reply_to(sent.melding_id, until)) is not None:
            kind = svar.slag(reply.type)
            if kind is Slag.IKKEFUNNET:
                return None
            pakke = self._kanal.open(reply)
            if kind is Slag.RESULTAT:
                return pakke
            fault = svar.refusal(kind, pakke)
            if fault is not None:
                raise fault
        raise Transient("ARKIV_SVARER_IKKE", place=operation)

    def _outcome(self, uttak: Uttak, melding_id: str, until: float) -> Svar:
        """What the replies so far amount to. mottatt and what we do not know are no answer."""
        unknown = False
        while (reply := self._kanal.reply_to(melding_id, until)) is not None:
            kind = svar.slag(reply.type)
            if kind is Slag.MOTTATT:
                continue
            if kind is Slag.UKJENT:
                unknown = True
                continue
            if kind is Slag.IKKEFUNNET:
                raise Rejected("ARKIV_MAPPE_BORTE", place=uttak.key)
            fault, got = self._read(kind, reply, uttak.key)
            if fault is not None:
                raise fault
            if got is not None:
                how = "EKSISTERENDE" if got.eksisterende else "OPPRETTET"
                return Svar(Levering.LEVERT, how, got.journalpost)
        if unknown:
            return Svar(Levering.MENNESKE, "ARKIV_UKJENT_SVAR", melding_id)
        return Svar(Levering.VENTER, "ARKIV_BEHANDLER", melding_id)

    def _read(
        self, kind: Slag, reply: Mottatt, key: str
    ) -> tuple[GatewayError | None, Kvittering | None]:
        """A receipt, or the error a reply to a deposit means.

        The message was sent and the archive did something: a reply that cannot be read leaves the
        outcome unknown, and only reading back can tell.
        """
        try:
            pakke = self._kanal.open(reply)
            fault = svar.refusal(kind, pakke)
            return fault, None if fault else svar.receipt(pakke, key)
        except (RemoteFault, Transient):
            return UnknownOutcome("UVISST_UTFALL", place=key), None


def _promises(forms: tuple[Funnetfil, ...], fil: Uttaksfil) -> bool:
    """True for a document that is said to have our bytes; it says nothing of whether it has."""
    return any(one.sha256 == fil.sha256 for one in forms)
