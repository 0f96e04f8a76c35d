"""Generated consents and reading accesses in Conexus' wire shape.

Most consents hold; a few have expired, were withdrawn, or lack one guardian, because that is what
a policy must find. This module must not decide what is valid.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

from connectors.conexus_companion.sandbox.generator_innhold import Ramme
from connectors.conexus_companion.sandbox.generator_personer import Lag
from connectors.sandbox import synthetic, timeline
from schemas.conexus_companion.logg import Lesetilgang, Oppmerksomhet, Samtykke

SKJEMA = "Samtykke til tverrfaglig samarbeid"
GJELDER = ["OPPRETTE", "DELE"]


def samtykker(
    rng: Random,
    ramme: Ramme,
    innhold: Sequence[Oppmerksomhet],
    *,
    utkast: bool,
    legg_til: Callable[[str], str],
) -> list[Samtykke]:
    """The log's consents, oldest first: none or unsigned for a draft, else one or two."""
    if utkast:
        return [] if rng.random() < 0.5 else [_et(rng, ramme, [], "usignert", legg_til)]
    slag = rng.choices(
        ("gyldig", "fornyet", "utlopt", "trukket", "mangler"), weights=(76, 10, 5, 4, 5)
    )[0]
    siste = _et(rng, ramme, innhold, "gyldig" if slag == "fornyet" else slag, legg_til)
    if slag != "fornyet":
        return [siste]
    forrige = _et(rng, ramme, innhold, "utlopt", legg_til)
    forrige["erstattetAv"] = siste["samtykkeId"]
    return [forrige, siste]


def signerere(ramme: Ramme) -> list[str]:
    """Guardians for a child, guardians and youth at 15, the youth alone from 16 (B-01)."""
    foresatte = [f["personId"] for f in ramme.familie.foresatte]
    barn = ramme.familie.barn["personId"]
    if ramme.familie.alder >= 16:
        return [barn]
    return [*foresatte, barn] if ramme.familie.alder == 15 else foresatte


def _et(
    rng: Random,
    ramme: Ramme,
    innhold: Sequence[Oppmerksomhet],
    slag: str,
    legg_til: Callable[[str], str],
) -> Samtykke:
    signert = ramme.lag.start - timedelta(days=rng.randint(2, 20))
    usignert = slag == "usignert"
    utloper = f"{rng.choice((2027, 2028))}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    if slag == "utlopt":
        utloper = timeline.day(signert + timedelta(days=rng.randint(60, 80)))
    av = [] if usignert else signerere(ramme)
    if slag == "mangler":
        av = av[:-1]
    trukket = timeline.after(rng, ramme.lag.start, 40, 200) if slag == "trukket" else None
    gjelder = list(GJELDER)
    if rng.random() < 0.15:
        gjelder.append("LESETILGANG")
    return Samtykke(
        samtykkeId=synthetic.identity(rng, "sam"),
        gjelder=gjelder,
        skjema=SKJEMA,
        filId=None if usignert or rng.random() < 0.03 else legg_til("samtykke"),
        lastetOpp=None if usignert else timeline.instant(rng, signert + timedelta(days=1)),
        lastetOppAv=None if usignert else ramme.lag.holder,
        signertAv=av,
        signertDato=None if usignert else timeline.day(signert),
        utloper=utloper if rng.random() < 0.97 else None,
        mottakere=[v["navn"] or "" for v in ramme.lag.virksomheter],
        oppmerksomheter=([o["oppmerksomhetId"] for o in innhold] if rng.random() < 0.2 else []),
        trukket=timeline.instant(rng, trukket) if trukket else None,
        trukketAv=(av[0] if av else None) if trukket else None,
        erstattetAv=None,
    )


def lesetilganger(
    rng: Random,
    laget: Lag,
    innhold: Sequence[Oppmerksomhet],
    avtaler: Sequence[Samtykke],
) -> list[Lesetilgang]:
    """Readers without a task: the whole log, or some concerns only (R-031)."""
    if not innhold or rng.random() < 0.85:
        return []
    omfang = rng.choice(("HELE", "DELER"))
    deler = synthetic.some(rng, [o["oppmerksomhetId"] for o in innhold], 1, len(innhold))
    fra = timeline.after(rng, laget.start, 5, 40)
    return [
        Lesetilgang(
            lesetilgangId=synthetic.identity(rng, "les"),
            personId=laget.ansatte[-1]["personId"],
            omfang=omfang,
            oppmerksomheter=deler if omfang == "DELER" else [],
            samtykkeId=avtaler[-1]["samtykkeId"] if avtaler else None,
            fra=timeline.instant(rng, fra),
            til=None,
        )
    ]
