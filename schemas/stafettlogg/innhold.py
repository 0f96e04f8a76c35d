"""The content tree: Oppmerksomhet 1-n Maal 1-n Tiltak 0-1 Evaluering (rules.md D-2)."""

from pydantic import Field

from schemas.stafettlogg.entitet import Dato, Entitet, Ref, Tid
from schemas.stafettlogg.kodeverk import (
    Maalarena,
    Oppmerksomhetsstatus,
    Tiltaksarena,
    Tiltakstatus,
    Utfall,
    Virket,
)


class Evaluering(Entitet):
    """The one evaluation of a measure (R-078). `farge` is an open code list."""

    farge: str | None = None
    virket: Virket | None = None
    tekst: str | None = Field(default=None, repr=False)
    dato: Dato | None = None
    moete: Ref | None = None
    utfall: Utfall | None = None
    familien_enig: bool | None = None


class Tiltak(Entitet):
    """A measure with exactly one aktør (R-072). Equal texts are never merged."""

    tittel: str | None = Field(default=None, repr=False)
    beskrivelse: str | None = Field(default=None, repr=False)
    aktoer: Ref | None = None
    arena: Tiltaksarena | None = None
    startdato: Dato | None = None
    frist: Dato | None = None
    naar: str | None = Field(default=None, repr=False)
    tekst_laast_fra: Tid | None = None
    feilregistrert: bool = False
    erstattet_av: Ref | None = None
    status: Tiltakstatus = Tiltakstatus.AKTIV
    aktivitetsmal: str | None = None
    del_av: str | None = Field(
        default=None, description="shared by measures split from one activity (R-072)"
    )
    evaluering: Evaluering | None = None


class Maal(Entitet):
    """A goal; the title is the goal itself (R-075, R-084)."""

    tittel: str | None = Field(default=None, repr=False)
    beskrivelse: str | None = Field(default=None, repr=False)
    frist: Dato | None = None
    ansvarlig: Ref | None = None
    arena: Maalarena | None = None
    livsomraade: str | None = None
    mal_id: str | None = None
    delmaal: tuple[str, ...] = Field(default=(), repr=False)
    status: Oppmerksomhetsstatus = Oppmerksomhetsstatus.AKTIV
    tiltak: tuple[Tiltak, ...] = ()


class Oppmerksomhet(Entitet):
    """A concern: one descriptive, delimited, measurable sentence (R-070)."""

    tekst: str | None = Field(default=None, repr=False)
    kategori: str | None = None
    opprettholdende_faktorer: str | None = Field(default=None, repr=False)
    hjemmel_ved_opprettelse: str | None = None
    status: Oppmerksomhetsstatus = Oppmerksomhetsstatus.AKTIV
    maal: tuple[Maal, ...] = ()


class Lysglimt(Entitet):
    """A bright moment; anyone may write one and it must reach the child (R-090)."""

    forfatter: Ref | None = None
    rolle: str | None = None
    tid: Tid | None = None
    tekst: str | None = Field(default=None, repr=False)


class Notat(Entitet):
    """A note, with attachments (R-091)."""

    tekst: str | None = Field(default=None, repr=False)
    dato: Tid | None = None
    forfatter: Ref | None = None
    oppmerksomhet: Ref | None = None
    vedlegg: tuple[Ref, ...] = ()


class Kommentar(Entitet):
    """A comment in a measure's thread (R-087)."""

    paa: Ref
    forfatter: Ref | None = None
    tid: Tid | None = None
    tekst: str | None = Field(default=None, repr=False)


class Dokument(Entitet):
    """A file: metadata here, bytes beside, tied by SHA-256."""

    filnavn: str | None = Field(default=None, repr=False)
    tittel: str | None = Field(default=None, repr=False)
    type: str | None = None
    medietype: str | None = None
    stoerrelse: int | None = Field(default=None, description="bytes")
    sha256: str | None = None


class Fagplan(Entitet):
    """A reference to a subject plan; its content needs a basis of its own."""

    tittel: str | None = Field(default=None, repr=False)
    type: str | None = None
    ref: str | None = None


class Livsomraade(Entitet):
    """A life area; unused for stafettlogger by routine (R-084)."""

    kode: str
