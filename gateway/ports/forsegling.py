"""What the gateway asks of whoever signs, encrypts and opens packages between organisations.

A package is signed by its sender and encrypted to its receiver; nothing in it is used before the
envelope, the signature, every digest and the signer have been checked. A lock is another thing: a
key of its own around the content, which the sender keeps until the responsibility has moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Pakkefil:
    """One file of a package. `navn` is content-free (R-102)."""

    navn: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Aapnet:
    """A package that holds: its files, and the organisation that signed it."""

    filer: tuple[Pakkefil, ...]
    avsender: str = field(repr=False)

    def fil(self, navn: str) -> bytes | None:
        """The bytes of one file, or None."""
        return next((one.data for one in self.filer if one.navn == navn), None)


@dataclass(frozen=True, slots=True)
class Laast:
    """Locked content and its key (32 bytes). Whoever destroys the key has destroyed the content."""

    data: bytes = field(repr=False)
    noekkel: bytes = field(repr=False)


class Motpartsfiler(NamedTuple):
    """The PEM files of one organisation. Those of `sertifikater` do what X.509 says they may; a
    list of a role is that role."""

    sertifikater: Sequence[Path] = ()
    utstedere: Sequence[Path] = ()
    signerer: Sequence[Path] = ()
    aapner: Sequence[Path] = ()


class Konvolutt(Protocol):
    """A seal to one receiver's certificate: only whoever holds its key opens what is put in."""

    def lukk(self, data: bytes) -> bytes:
        """Sealed. Raises LocalFault("UGYLDIG_SERTIFIKAT") when the certificate cannot be used now;
        then nothing may be told unsealed instead."""
        ...


class Forsegler(Protocol):
    """One organisation's keys, and the certificates of those it talks to. Thread-safe."""

    def mangler(self, orgnr: str) -> str:
        """Why nothing can be sealed to the organisation now; empty when it can.

        UKJENT_MOTPART: not in the directory, or nothing of it in force. MOTPART_UTEN_KRYPTERING:
        known, without a certificate in force that may be encrypted to.
        """
        ...

    def merke(self) -> str:
        """16 hex digits that change when what we can open and believe does: our keys that open, and
        the certificates of the directory."""
        ...

    def pakk(self, filer: Sequence[Pakkefil], mottaker: str) -> bytes:
        """A package signed by us and encrypted to `mottaker` (orgnr).

        Raises LocalFault("UKJENT_MOTPART", "MOTPART_UTEN_KRYPTERING", "UGYLDIG_FILNAVN",
        "UGYLDIG_SERTIFIKAT"), and Rejected("FOR_MANGE_FILER", "FOR_STOR_UTPAKKET",
        "FOR_STOR_KONVOLUTT") for what a reader with the default limits would refuse.
        """
        ...

    def aapne(self, pakke: bytes) -> Aapnet:
        """The files of a package, verified. Raises Rejected.

        INGEN_KONVOLUTT (nobody's key would open it),
        KAN_IKKE_DEKRYPTERES, UGYLDIG_SIGNATUR, FEIL_SJEKKSUM, FEIL_SIGNATAR, FOR_STOR_PAKKE, ...
        """
        ...

    def laas(self, data: bytes, merke: str) -> Laast:
        """Lock `data` with a fresh key, bound to `merke` (hand-over and attempt)."""
        ...

    def laas_opp(self, laast: bytes, noekkel: bytes, merke: str) -> bytes:
        """The content again. Raises Rejected("NOEKKEL_AAPNER_IKKE")."""
        ...
