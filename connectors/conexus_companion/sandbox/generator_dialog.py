"""Generated meetings, bright moments and hand-over history in Conexus' wire shape."""

from datetime import timedelta
from random import Random

from connectors.conexus_companion.sandbox import generator_tekster as tekster
from connectors.conexus_companion.sandbox.generator_innhold import Ramme, setning
from connectors.conexus_companion.sandbox.generator_personer import Familie, Lag
from connectors.sandbox import synthetic, timeline
from schemas.conexus_companion.logg import Lysglimt, Mote, Overforing

MOTETYPER = ("OPPSTART", "EVALUERING", "SAMARBEID", "ANNET")
OVERFORINGSTYPER = ("SAMME_VIRKSOMHET", "ANNEN_VIRKSOMHET", "ANNEN_KOMMUNE")
ROLLER = ("STAFETTHOLDER", "AKTOR", "FORESATT", "BARN")


def moter(rng: Random, maalform: str, hjemme: Familie, laget: Lag) -> list[Mote]:
    """None to three meetings; titles and types do not always agree, as people name them."""
    ut: list[Mote] = []
    tid = laget.start
    for nummer in range(rng.choices((0, 1, 2, 3), weights=(25, 40, 25, 10))[0]):
        tid = timeline.after(rng, tid, 20, 70)
        deltakere = [a["personId"] for a in laget.ansatte]
        deltakere += [f["personId"] for f in hjemme.foresatte]
        if hjemme.alder >= 7:
            deltakere.append(hjemme.barn["personId"])
        ut.append(
            Mote(
                moteId=synthetic.identity(rng, "mote"),
                tittel=rng.choice(tekster.MOTE[maalform]) if rng.random() < 0.9 else None,
                dato=timeline.instant(rng, tid),
                type="OPPSTART" if nummer == 0 else rng.choice(MOTETYPER),
                form=rng.choices(("FYSISK", "TELEFON", None), weights=(80, 15, 5))[0],
                deltakere=synthetic.some(rng, deltakere, 2, len(deltakere)),
            )
        )
    return ut


def lysglimt(rng: Random, ramme: Ramme) -> list[Lysglimt]:
    """None to four; anyone may write one (R-090)."""
    ut: list[Lysglimt] = []
    for _ in range(rng.choices((0, 1, 2, 4), weights=(45, 30, 18, 7))[0]):
        rolle = rng.choice(ROLLER)
        forfatter: str | None = ramme.lag.holder
        if rolle == "AKTOR":
            forfatter = ramme.lag.ansatte[-1]["personId"]
        elif rolle == "FORESATT" and ramme.familie.foresatte:
            forfatter = rng.choice(ramme.familie.foresatte)["personId"]
        elif rolle == "BARN":
            forfatter = ramme.familie.barn["personId"]
        else:
            rolle = "STAFETTHOLDER"
        ut.append(
            Lysglimt(
                lysglimtId=synthetic.identity(rng, "lys"),
                forfatter=forfatter,
                forfatterRolle=rolle,
                tid=timeline.instant(rng, timeline.after(rng, ramme.lag.start, 3, 250)),
                tekst=setning(rng, tekster.LYSGLIMT[ramme.maalform], ramme.fornavn),
            )
        )
    return ut


def overforinger(rng: Random, laget: Lag) -> list[Overforing]:
    """The log's earlier hand-overs, oldest first; the last one ends with today's holder."""
    if rng.random() < 0.75 or len(laget.ansatte) < 2:
        return []
    fra, enhet = laget.ansatte[1], laget.virksomhet["virksomhetId"]
    sendt = laget.start - timedelta(days=rng.randint(1, 9))
    lik = fra["virksomhetId"] == enhet
    return [
        Overforing(
            overforingId=synthetic.identity(rng, "ovf"),
            type=OVERFORINGSTYPER[0 if lik else 1],
            begrunnelse=rng.choice(tekster.BEGRUNNELSE),
            fraPersonId=fra["personId"],
            fraVirksomhetId=fra["virksomhetId"],
            tilPersonId=laget.holder,
            tilVirksomhetId=enhet,
            sendt=timeline.instant(rng, sendt),
            akseptert=timeline.instant(rng, sendt + timedelta(hours=20)),
        )
    ]
