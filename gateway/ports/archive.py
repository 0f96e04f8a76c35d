"""What the gateway asks of an archive, and the values that cross.

An archive takes a snapshot (`Uttak`), is asked where it stands (`find`), and gives its bytes back
(`fetch`). What an archive answers is never a receipt: the receipt is made by the gateway from the
bytes it fetched (R-156). Vendor names appear only as strings that `gateway/app.py` looks up.
Nothing here may import a vendor or a client library.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from gateway.errors import LocalFault


class Variant(StrEnum):
    """Noark 5 variantformat: which form of a document a file is."""

    ARKIV = "A"
    PRODUKSJON = "P"


@dataclass(frozen=True, slots=True)
class Uttaksfil:
    """One file of a snapshot. Number 1 is the main document; `filnavn` is unique in the snapshot.

    `filnavn` and `tittel` never hold a name, a number or free text (R-102): `stafettlogg.pdf`,
    `vedlegg-01.pdf`. `format` is a PRONOM code. `size` in bytes, `sha256` in lower-case hex.
    """

    nr: int
    filnavn: str
    tittel: str
    media_type: str
    format: str
    variant: Variant
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """The child, for the archive's folder alone. Never in a title, a file name or an address."""

    navn: str = field(repr=False)
    nummer: str = field(repr=False)
    foedselsdato: str = field(default="", repr=False)


def _unwatched(_what: str) -> AbstractContextManager[None]:
    """Nobody keeps count of deposits here, so nothing that cannot be repeated may be sent."""
    raise LocalFault("ARKIVERING_UTEN_VAKT")


@dataclass(frozen=True, slots=True)
class Uttak:
    """A frozen snapshot on its way to an archive.

    `key` is the snapshot's external key and `mappe_key` the log's (UUIDs): the same at every
    resend, the only thing `find` looks for. `tittel` and `mappe_tittel` are content-free. `dato`
    is an ISO date. `mappetype` is the municipality's word (B-07). `read_file` gives the bytes of a
    file by its number, from the sealed store.

    `once` stands around each write that makes something and cannot be repeated: `with
    uttak.once("journalpost"): ...`. It remembers durably, before anything is sent, that this was
    sent; a clear refusal inside it is forgotten again. It raises UnknownOutcome("KANSKJE_ARKIVERT")
    when the same was sent before, and then nothing is sent: the archive is only asked again
    because it does not show it. What begins with `mappe` is the log's, the same for all its
    snapshots. A snapshot that nobody watches is sent only by an archive that is `Repeatable`.
    """

    key: str
    mappe_key: str
    utloeser: str
    dato: str
    tittel: str
    mappe_tittel: str
    mappetype: str
    enhet_orgnr: str
    hovedperson: Part = field(repr=False)
    filer: tuple[Uttaksfil, ...]
    read_file: Callable[[int], bytes] = field(repr=False)
    once: Callable[[str], AbstractContextManager[None]] = field(default=_unwatched, repr=False)


@dataclass(frozen=True, slots=True)
class Funnetfil:
    """A file the archive says it holds: `ref` is the archive's id of it, `nr` ours."""

    nr: int
    ref: str
    sha256: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Funn:
    """Where a snapshot stands in an archive: ids the archive gave, and the files it holds so far.

    `nummer` is what an archivist looks up (saksnummer-journalpost), empty when there is none. A
    find with fewer files than the snapshot is half done: `deposit` goes on from there.
    """

    mappe: str
    journalpost: str
    nummer: str
    filer: tuple[Funnetfil, ...]


class Levering(StrEnum):
    """How far a deposit came. None of these is a receipt."""

    LEVERT = "levert"
    """The archive answered that it has everything: read back now."""
    VENTER = "venter"
    """Accepted for processing: ask again later, until the deadline."""
    MENNESKE = "menneske"
    """A person must carry it into the archive, or look at what stands there."""


@dataclass(frozen=True, slots=True)
class Svar:
    """What an archive answered. `kode` is public; `ref` is the archive's or our message id."""

    levering: Levering
    kode: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class ArchiveFacts:
    """What an archive says of itself before a night. `reads_back`: bytes can be fetched."""

    product: str
    contract: str
    environment: str
    reads_back: bool


class Archive(Protocol):
    """One archive for one municipality. Every method raises only GatewayErrors.

    Rejected: this snapshot cannot go as it is. Conflict("FLERE_TREFF"): two folders or two
    records carry our key, and a person must look. UnknownOutcome: the line broke after a write.
    """

    def facts(self) -> ArchiveFacts:
        """What the archive is. Raises LocalFault with a wrong set-up."""
        ...

    def find(self, uttak: Uttak) -> Funn | None:
        """What stands under the snapshot's key; None when nothing does. Never writes."""
        ...

    def deposit(self, uttak: Uttak, found: Funn | None) -> Svar:
        """Bring in what is missing after `found`. The same call again makes nothing twice: what the
        archive shows is gone on with, and what was sent and does not show stops at `once`."""
        ...

    def progress(self, uttak: Uttak, ref: str) -> Svar:
        """How far a deposit that answered VENTER has come; `ref` is its answer's."""
        ...

    def fetch(self, fil: Funnetfil) -> bytes:
        """The bytes the archive holds. Raises Rejected("ARKIV_LESER_IKKE") where it cannot."""
        ...

    def close(self) -> None:
        """Close connections."""
        ...


@runtime_checkable
class LaidOut(Protocol):
    """An archive that lays files out for a person, and takes them away when they are confirmed."""

    def clear(self, key: str) -> None:
        """Remove what was laid out under this snapshot's key; nothing there is no error."""
        ...


@runtime_checkable
class LaidWhere(Protocol):
    """An archive that can say where it lays a snapshot's files out."""

    def laid_out(self, key: str) -> Path:
        """The folder of the snapshot, whether it is there or not."""
        ...


@dataclass(frozen=True, slots=True)
class Proevd:
    """One thing a night needs, tried beforehand. `hva` is a word of the catalogue (`proeve_...`);
    `kode` is empty where it works, else public; `sted` is an id or the name of a relation."""

    hva: str
    kode: str = ""
    sted: str = ""


@runtime_checkable
class Rehearsed(Protocol):
    """An archive that tries, before a night, what a night will ask of it."""

    def rehearse(self) -> tuple[Proevd, ...]:
        """Each thing that will be asked, tried now. What is made in the trying is taken away again;
        an archive whose keeper has not allowed that is only read. Raises what stops all of it."""
        ...


@runtime_checkable
class Repeatable(Protocol):
    """An archive where the same deposit again is the same deposit, by its key, whatever a search
    shows: it may be sent again by itself, and needs no watch."""

    @property
    def repeatable(self) -> bool:
        """True."""
        ...
