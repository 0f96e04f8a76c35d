"""The report of an import: what was sent and what stands, counted by kind; no content."""

from gateway.effects.transferring.nedskriving import Skrevet
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from schemas.overfoering.meldinger import Fullfoert, Importlinje
from schemas.stafettlogg.logg import Stafettlogg

SLAG = ("oppmerksomheter", "maal", "tiltak", "evalueringer", "notater", "lysglimt", "dokumenter",
        "samtykker", "foresatte", "referater", "meldinger")  # fmt: skip


def report(
    verk: Overfoeringsverk, rad: Rad, sent: Stafettlogg, written: Skrevet, unknown: int = 0
) -> Fullfoert:
    """What is told to the sender of what stands here, from what was read back; `unknown` is how
    many places of the log a newer version has something in that we do not know."""
    stands = verk.arkiv.decode(written.document.body)
    before, after = counts(sent), counts(stands)
    return Fullfoert(
        aksept_id=rad.verdi["aksept_id"],
        innhold_sha256=rad.verdi["nyttelast_sha"],
        importert=verk.stamp(),
        linjer=tuple(
            Importlinje(slag=kind, sendt=before[kind], staar=after[kind])
            for kind in SLAG
            if before[kind] or after[kind]
        ),
        avvik=written.avvik,
        mangler=written.mangler + unknown,
    )


def counts(logg: Stafettlogg) -> dict[str, int]:
    """How many of each kind a log holds."""
    goals = [m for c in logg.oppmerksomheter for m in c.maal]
    measures = [t for m in goals for t in m.tiltak]
    return {
        "oppmerksomheter": len(logg.oppmerksomheter),
        "maal": len(goals),
        "tiltak": len(measures),
        "evalueringer": sum(t.evaluering is not None for t in measures),
        "notater": len(logg.notater),
        "lysglimt": len(logg.lysglimt),
        "dokumenter": len(logg.dokumenter),
        "samtykker": len(logg.samtykker),
        "foresatte": sum(d.rolle == "foresatt" for d in logg.deltakelser),
        "referater": len(logg.referater),
        "meldinger": len(logg.meldinger),
    }
