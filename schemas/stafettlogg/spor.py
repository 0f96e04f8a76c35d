"""Transfer, archive and audit shapes: what happened to a log as a whole (rules.md D-1)."""

from schemas.stafettlogg.entitet import Entitet, Ref, Tid, Verdi
from schemas.stafettlogg.kodeverk import Overfoeringsmaaltype


class Holderperiode(Verdi):
    """One relay holder and when. Gaps are errors, never smoothed (R-010)."""

    person: Ref
    virksomhet: Ref | None = None
    fra: Tid | None = None
    til: Tid | None = None
    overfoering_id: Ref | None = None


class Nivaaperiode(Verdi):
    """One level and when; `kilde` says where it was read."""

    nivaa: int
    fra: Tid | None = None
    til: Tid | None = None
    kilde: str | None = None


class Overfoering(Entitet):
    """A hand-over of responsibility (R-130 to R-137)."""

    maaltype: Overfoeringsmaaltype
    begrunnelse: str | None = None
    fra_person: Ref | None = None
    fra_virksomhet: Ref | None = None
    mottaker_person: Ref | None = None
    mottaker_virksomhet: Ref | None = None
    oppmerksomheter: tuple[Ref, ...] = ()
    samtykke: Ref | None = None
    foresatte_informert: Tid | None = None
    kanal: str | None = None
    status: str | None = None
    sendt: Tid | None = None
    akseptert: Tid | None = None
    paa_vegne_av: Ref | None = None


class Arkivuttak(Entitet):
    """A snapshot handed to an archive, and the proof that it arrived (R-153, R-156)."""

    utloeser: str
    tid: Tid
    versjon: str
    pdf_hash: str | None = None
    json_hash: str | None = None
    manifest_hash: str | None = None
    mottaksbevis: str | None = None
    mappetype: str | None = None


class Slettebevis(Entitet):
    """A tombstone without content (E-1)."""

    logg: Ref
    tid: Tid
    av: Ref
    grunn: str
    arkivuttak: Ref
