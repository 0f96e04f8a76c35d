"""A log that was taken over and that this gateway cannot read: said, kept, and read by people.

The responsibility has moved (the sender switched on a person's acceptance), so it is ours. Nothing
is destroyed at either side: the package stays here, the sender keeps its log open and the key. It
is read again when another reader comes by (its keys, its directory or its version are others),
and at a pause, whatever it was; and a person may
take the files that lie beside the log, above all the PDF, and say that the log has been read.
Nothing here writes a log.
"""

from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version

from gateway.effects.transferring import oversikt, rader
from gateway.effects.transferring.innhold import speaker
from gateway.effects.transferring.pakking import LOGG, MANIFEST, opened_files
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.skritt import Skritt, must, take
from gateway.effects.transferring.vakthold import answers
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Rejected
from gateway.ledger.chain import Fact, append
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Hendelse, Side, Tilstand, Vakt
from gateway.ports.forsegling import Pakkefil
from schemas.overfoering.koder import VERSJON, Uforstaatt, Utfall
from schemas.overfoering.meldinger import Fullfoert

_WHY = {
    "UKJENT_PROTOKOLL": Uforstaatt.UKJENT_VERSJON,
    "PAKKE_UGYLDIG": Uforstaatt.UGYLDIG,
    "PAKKE_STEMMER_IKKE": Uforstaatt.AAPNES_IKKE,
    "FEIL_AVSENDER": Uforstaatt.AAPNES_IKKE,
}
NEWER = "NYERE_INNHOLD"
"""The log was written but for what a newer version says and we do not know: it is in the PDF."""
NEWER_DAYS = 30
"""So long the package is kept for whoever reads it there."""
GIVEN = "filerGitt"
"""The files were laid out for a person here."""
KILDE, FRA_PAKKEN, FRA_AVGIVER = "kilde", "pakken", "avgiver"
"""Where whoever read the log on paper has it from."""
LOOK_EVERY = 3600.0
"""Seconds between two tries to read what could not be read."""


def why(error: Rejected) -> Uforstaatt:
    """What the sender is told: never more than one of three words."""
    return _WHY.get(error.code, Uforstaatt.AAPNES_IKKE)


def unreadable(error: Rejected) -> bool:
    """Whether it is the package that cannot be read, and not something a later try would mend."""
    return error.code in _UNREADABLE


_UNREADABLE = frozenset({*_WHY, "NOEKKEL_AAPNER_IKKE", "INGEN_KONVOLUTT", "KAN_IKKE_DEKRYPTERES",
                         "UGYLDIG_PAKKE", "UGYLDIG_SIGNATUR", "USIGNERT_FIL", "FEIL_SJEKKSUM",
                         "FEIL_SIGNATAR", "FOR_STOR_PAKKE", "FARLIG_FILNAVN",
                         "DOBBELT_FILNAVN"})  # fmt: skip


def found_unread(verk: Overfoeringsverk, rad: Rad, error: Rejected) -> Rad:
    """A package that was taken for readable is not. Raises Conflict when the row has moved."""
    step = Skritt(
        Hendelse.UFORSTAATT,
        answers({}),
        av="gateway",
        lukket={"uforstaatt": why(error).value},
        fakta={"aarsak": error.code},
    )
    return take(verk, rad, step, speaker(verk))[0]


def read_again(verk: Overfoeringsverk, rad: Rad) -> bool:
    """Try once more. True when it is read now, and the log is to be written."""
    try:
        return _read(verk, rad)
    except Rejected as error:
        if not unreadable(error):
            raise
        return False


def read_now(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer) -> None:
    """A person has mended what stood in the way, and wants it read at once. Raises Rejected as
    `beside`, and what opening raises when it still cannot be read."""
    _may(verk, rad, aktoer)
    _read(verk, rad)


def reader(verk: Overfoeringsverk) -> str:
    """Which reader this is: its keys and certificates, and the protocol it knows. Another may read
    what this one could not."""
    try:
        own = version("stafettlogg-gateway")
    except PackageNotFoundError:  # run from a folder that was never installed
        own = ""
    return f"{verk.forsegler.merke()}:{VERSJON}:{own}"


def due(verk: Overfoeringsverk, rad: Rad) -> bool:
    """Whether it is time to look, or another reader than looked last looks now."""
    timely = str(rad.verdi["neste"]) <= verk.stamp()
    return timely or (waits_unread(rad) and rad.lukket.leser != reader(verk))


def _read(verk: Overfoeringsverk, rad: Rad) -> bool:
    from gateway.effects.transferring.aapning import opened

    opened(verk, rad)
    step = Skritt(Hendelse.FORSTAATT, answers({}), av="gateway", lukket={"uforstaatt": ""})
    return take(verk, rad, step, speaker(verk))[1].regel is not None


@dataclass(frozen=True, slots=True)
class Beside:
    """The files of a package that people can read: all but the two a gateway reads."""

    files: tuple[Pakkefil, ...] = field(repr=False)


def beside(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer) -> Beside:
    """What lies beside the log, for who is responsible for it, as long as the package is kept; of a
    log that was read but for what is newer, too. Raises Rejected: IKKE_FULLMAKT, INGEN_VENTER for a
    row that does not wait so, and what opening raises: then there is nothing, and the sender has
    the log."""
    _may(verk, rad, aktoer, newer=True)
    found = opened_files(verk, rad)
    return Beside(tuple(one for one in found if one.navn not in (LOGG, MANIFEST)))


def given_out(verk: Overfoeringsverk, rad: Rad, found: Beside) -> None:
    """The files lie where a person can read them: without this nobody here can have read it."""
    body = {"side": rad.side.value, "forsoek": rad.forsoek, "hendelse": GIVEN,
            "antall": len(found.files)}  # fmt: skip
    with verk.arkiv.database.begin() as connection:
        fact = Fact("overfoering", run_id=rad.id, logg=rad.verdi["logg"], body=body)
        append(connection, verk.stamp(), [fact])


def taken_on_paper(
    verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer, *, fra_avgiver: bool = False
) -> Rad:
    """A person has read the log, in the PDF that was given out here or, `fra_avgiver`, in what the
    sender's people gave, and says so: it is completed, and the sender may close its own. Raises
    Rejected as `beside`, and LEST_IKKE_HER when nobody here can have read it."""
    _may(verk, rad, aktoer)
    if not fra_avgiver and not _was_given(verk, rad):
        raise Rejected("LEST_IKKE_HER", place=rad.id)
    told = Fullfoert(
        aksept_id=rad.verdi["aksept_id"],
        innhold_sha256=rad.verdi["nyttelast_sha"],
        importert=verk.stamp(),
        utfall=Utfall.PAPIR,
    )
    step = Skritt(
        Hendelse.PAPIR,
        answers({Vakt.FULLMAKT: ""}),
        av=aktoer.rolle,
        lukket={"rapport": told.model_dump_json(by_alias=True, exclude_none=True)},
        fakta={"utfall": Utfall.PAPIR.value, KILDE: FRA_AVGIVER if fra_avgiver else FRA_PAKKEN},
    )
    new, taken = take(verk, rad, step, speaker(verk))
    must(taken, rad)
    return new


def _was_given(verk: Overfoeringsverk, rad: Rad) -> bool:
    return any(
        one.get("hendelse") == GIVEN and one.get("forsoek") == rad.forsoek and one.get("antall")
        for one in oversikt.timeline(verk, rad.id)
    )


def _may(verk: Overfoeringsverk, rad: Rad, aktoer: Aktoer, *, newer: bool = False) -> None:
    """The one who took over, or a leader of the unit."""
    kept = newer and rad.side is Side.MOTTAKER and rad.verdi["kode"] == NEWER
    if not (waits_unread(rad) or (kept and rad.verdi["nyttelast"])):
        raise Rejected("INGEN_VENTER", place=f"{rad.id}:{rad.tilstand.value}")
    led = {one.ref for one in verk.leaders(rad.lukket.virksomhet)}
    if aktoer.ref not in led | {rad.lukket.holder}:
        raise Rejected("IKKE_FULLMAKT", place=rad.id)


def waits_unread(rad: Rad) -> bool:
    """Whether people at the receiver have a log that the gateway cannot read."""
    return rad.side is Side.MOTTAKER and rad.tilstand is Tilstand.IKKE_FORSTAATT


def put_off(verk: Overfoeringsverk, rad: Rad, at: str) -> None:
    """Not read this time either: this reader's next look is `at`."""
    with verk.arkiv.database.begin() as connection:
        rader.change(connection, verk, rad, {"neste": at}, replace(rad.lukket, leser=reader(verk)))
