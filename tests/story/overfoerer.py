"""One municipality's process in a story: rounds without rest, and people who act at once.

`python -m tests.story.overfoerer CONFIG ROLE`: as `avgiver` it starts and sends a hand-over of
every log that may go, once; as `mottaker` it accepts what has come. It is made to be killed, so
everything it knows is in its ledger. The pauses are short, or a story would take a day.
"""

import sys
import time
from pathlib import Path

from gateway import app, app_overfoering, log
from gateway.effects.archiving.deleting import ref_of
from gateway.effects.transferring import avgi, motta, oversikt, post, runde
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import GatewayError
from gateway.overfoering.grunnlag import Aktoer, Enhet, Grunnlag
from gateway.overfoering.tilstand import Side, Tilstand
from gateway.settings.load import load
from schemas.overfoering.koder import Begrunnelse, Innlogging, Maaltype, Rettet
from schemas.stafettlogg.logg import Stafettlogg
from tests.story.to_kommuner import HOLDER, LEDER, MOTTAKER, unit_of

post.PAUSES = (0, 1, 1, 2, 2, 3)
runde._PAUSES = (0, 1, 1, 2, 2)
runde.LOOK_EVERY = 1.0
UNIT_NAME = "Skolen ved fjorden"


def actor(logg: Stafettlogg) -> Aktoer:
    """The leader of the unit that has the log."""
    unit = next((v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet), None)
    return Aktoer(f"leder-{unit.orgnr}" if unit and unit.orgnr else LEDER, "leder")


def grunnlag(logg: Stafettlogg) -> Grunnlag:
    """Everything to the other municipality."""
    return Grunnlag(
        maaltype=Maaltype.ANNEN_KOMMUNE,
        begrunnelse=Begrunnelse.FLYTTING,
        mottaker=MOTTAKER,
        enhet=Enhet(unit_of(MOTTAKER), UNIT_NAME),
        rettet=Rettet.PERSON,
        person=HOLDER,
        utvalg=tuple(c.id for c in logg.oppmerksomheter),
        samtykke=next((s.id for s in logg.samtykker if s.status == "GYLDIG"), ""),
        lest_av="leder",
    )


def begin(verk: Overfoeringsverk, wanted: list[str]) -> None:
    """Start and send what has not been."""
    there = {rad.verdi["logg"]: rad for rad in oversikt.rows(verk, Side.AVGIVER, alle=True)}
    for logg_id in wanted:
        rad = there.get(logg_id)
        if rad is not None and rad.tilstand not in {Tilstand.UTKAST, Tilstand.KLAR}:
            continue
        try:
            _, logg = verk.read_now(ref_of(verk.arkiv, logg_id))
            if rad is None:
                rad = avgi.start(verk, logg_id, grunnlag(logg), actor(logg))
            avgi.send(verk, rad, actor(logg))
        except GatewayError:
            continue
        runde.run(verk)


def accept(verk: Overfoeringsverk) -> None:
    """The named person takes what has come."""
    for rad in oversikt.rows(verk, Side.MOTTAKER):
        if rad.tilstand in {Tilstand.MOTTATT, Tilstand.TILDELT}:
            try:
                motta.accept(verk, rad, HOLDER, Innlogging.HOEY, uten_register=True)
            except GatewayError:
                continue


def main(config: Path, role: str, wanted: list[str]) -> None:
    """Work until killed."""
    log.set_up("CRITICAL")
    house = app.open_house(load(config))
    verk = app_overfoering.open_transfers(house, listening=True)
    print("klar", flush=True)
    while True:
        if role == "avgiver":
            begin(verk, wanted)
            (config.parent / "data" / "tried").touch()
        else:
            accept(verk)
        done = runde.run(verk)
        if not (done.tatt or done.sendt or done.ferdig):
            time.sleep(0.05)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    names = (path / "wanted.txt").read_text().split() if sys.argv[2] == "avgiver" else []
    main(path, sys.argv[2], names)
