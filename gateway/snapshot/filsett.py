"""The attachments of a snapshot as files: named by number, so that no name says what they hold."""

from dataclasses import dataclass, field

from gateway.ports.archive import Uttaksfil, Variant
from gateway.snapshot.arkivert import Arkivert
from gateway.snapshot.filtyper import PDFA, filetype
from gateway.snapshot.opplasting import Behandlet
from gateway.snapshot.ordliste import Ordliste
from gateway.snapshot.sjekksum import sha


@dataclass(frozen=True, slots=True)
class Frossenfil:
    """One file of a snapshot with its bytes."""

    uttaksfil: Uttaksfil
    body: bytes = field(repr=False)


class Filsett:
    """Files numbered from `first`, in the order they are attached."""

    def __init__(self, first: int, words: Ordliste) -> None:
        self.words = words
        self._next = first
        self._files: list[Frossenfil] = []
        self._flagged: list[tuple[int, str]] = []

    @property
    def files(self) -> tuple[Frossenfil, ...]:
        """The files so far."""
        return tuple(self._files)

    @property
    def flagged(self) -> tuple[tuple[int, str], ...]:
        """(file number, code) of what a human must look at."""
        return tuple(self._flagged)

    def attach(self, nr: int, key: str, original: bytes, outcome: Behandlet) -> Arkivert:
        """Take in attachment `nr`: the archive form first, then the original where they differ."""
        kind = filetype(original)
        title = f"{self.words['vedlegg_nr']} {nr}"
        stem = f"vedlegg-{nr:02d}"
        names = []
        if outcome.body:
            names.append(
                self._add(f"{stem}.pdf", title, "application/pdf", PDFA["2b"], Variant.ARKIV,
                          outcome.body)
            )  # fmt: skip
            told = f"{title} ({self.words['original']})"
            stem = f"{stem}-original"
        else:
            told = title
        variant = Variant.ARKIV if outcome.format else Variant.PRODUKSJON
        names.append(
            self._add(f"{stem}.{kind.ending}", told, kind.media_type,
                      outcome.format or kind.format, variant, original)
        )  # fmt: skip
        if outcome.code:
            self._flagged.append((self._next - 1, outcome.code))
        return Arkivert(
            key, sha(original), len(original), tuple(names), outcome.code, bool(outcome.body)
        )

    def _add(
        self, name: str, title: str, media: str, format_: str, variant: Variant, body: bytes
    ) -> str:
        self._files.append(
            Frossenfil(
                Uttaksfil(self._next, name, title, media, format_, variant, sha(body), len(body)),
                body,
            )
        )
        self._next += 1
        return name
