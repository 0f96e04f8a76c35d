"""Seeded stafettlogger in Conexus' wire shape, with their files.

Log number i depends on the seed and i alone, so any slice can be made again, in any process. The
logs obey the vendor's own rules where the product enforces them; consents, codes and states vary
as in a municipality's real stock. This module must not do I/O.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

from connectors.conexus_companion.sandbox import generator_tekster as tekster
from connectors.conexus_companion.sandbox.generator_dialog import lysglimt, moter, overforinger
from connectors.conexus_companion.sandbox.generator_innhold import Ramme, oppmerksomhet, setning
from connectors.conexus_companion.sandbox.generator_personer import Familie, Lag, familie, kommune
from connectors.conexus_companion.sandbox.generator_personer import lag as lag_for
from connectors.conexus_companion.sandbox.generator_samtykke import lesetilganger, samtykker
from connectors.sandbox import synthetic, timeline
from schemas.conexus_companion.logg import Fil, Logg, Notat, Oppmerksomhet

TENANT = "899100107"
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)

Generated = tuple[dict[str, Any], dict[str, bytes]]


def generate(
    seed: int,
    count: int,
    *,
    first: int = 0,
    tenant: str = TENANT,
    fresh_share: float = 0.0,
    now: datetime = NOW,
) -> Iterator[Generated]:
    """Logs `first` to `first + count - 1` and each log's files as {filId: bytes}.

    `fresh_share` of the logs have active measures made within eight hours before `now` (R-077);
    all else is older than September 2026. `tenant` is there so that every vendor's generator is
    called alike; a Conexus document does not name the municipality.
    """
    for number in range(first, first + count):
        yield _one(synthetic.seeded(seed, number), seed, fresh_share, now)


def _one(rng: Random, seed: int, fresh_share: float, now: datetime) -> Generated:
    fersk = now if rng.random() < fresh_share else None
    nivaa = rng.choices((1, 2, 3, None), weights=(50, 30, 14, 6))[0]
    hjemme = familie(rng)
    laget = lag_for(rng, kommune(seed), hjemme.alder, nivaa)
    status = rng.choices(("AKTIV", "PASSIV", "OPPRETTET"), weights=(78, 18, 4))[0]
    filer: dict[str, bytes] = {}
    meta: list[Fil] = []

    def legg_til(navn: str) -> str:
        """Add a PDF and give its id."""
        fil_id = synthetic.identity(rng, "fil")
        data = synthetic.tiny_pdf(f"{navn} {fil_id}", padding=rng.randint(100, 700))
        filer[fil_id] = data
        meta.append(
            Fil(
                filId=fil_id,
                filnavn=f"{navn}.pdf",
                medietype="application/pdf",
                storrelse=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )
        )
        return fil_id

    maalform = rng.choice(tekster.MAALFORMER)
    tom = status == "OPPRETTET"
    holdte = [] if tom else moter(rng, maalform, hjemme, laget)
    ramme = Ramme(maalform, hjemme, laget, holdte, status == "PASSIV", fersk)
    stor = rng.random() < 0.02
    innhold = [] if tom else _oppmerksomheter(rng, ramme, stor)
    avtaler = samtykker(rng, ramme, innhold, utkast=tom, legg_til=legg_til)
    notater = [] if tom else _notater(rng, ramme, innhold, stor, legg_til)
    opprettet = laget.start - timedelta(days=rng.randint(0, 9))
    wire = Logg(
        loggId=synthetic.identity(rng, "logg"),
        eksternNokkel=None,
        status=cast(Any, status),
        passivAarsak=_aarsak(rng) if status == "PASSIV" else None,
        nivaa=nivaa,
        opprettet=timeline.instant(rng, opprettet),
        opprettetAv=laget.holder,
        sistOppdatert=timeline.instant(rng, fersk or timeline.after(rng, laget.start, 30, 300)),
        barn=hjemme.barn,
        virksomhetId=laget.virksomhet["virksomhetId"],
        virksomheter=[_kopi(v) for v in laget.virksomheter],
        stafettholder=laget.holder,
        ansatte=[_kopi(a) for a in laget.ansatte],
        foresatte=list(hjemme.foresatte),
        lesetilganger=lesetilganger(rng, laget, innhold, avtaler),
        samtykker=avtaler,
        oppmerksomheter=innhold,
        moter=holdte,
        lysglimt=[] if tom else lysglimt(rng, ramme),
        notater=notater,
        filer=meta,
        overforinger=overforinger(rng, laget),
    )
    _samle(wire, kommune(seed), laget, hjemme)
    return cast(dict[str, Any], wire), filer


def _kopi(verdi: Any) -> Any:
    """Staff and units are shared between logs; a document must own what it holds."""
    return dict(verdi)


def _samle(wire: Logg, steder: Any, laget: Lag, hjemme: Familie) -> None:
    """Name every employee that something in the log refers to (former holders, leaders)."""
    kjente = {a["personId"] for a in wire["ansatte"]}
    nevnt = {v["lederPersonId"] for v in wire["virksomheter"]}
    nevnt |= {o["fraPersonId"] for o in wire["overforinger"]}
    for ansatt in steder.ansatte:
        if ansatt["personId"] in nevnt - kjente:
            wire["ansatte"].append(_kopi(ansatt))


def _aarsak(rng: Random) -> str | None:
    return rng.choice(("MAAL_NAADD", "MAAL_NAADD", "KOORDINATOR", "FLYTTET", None))


def _oppmerksomheter(rng: Random, ramme: Ramme, stor: bool) -> list[Oppmerksomhet]:
    antall = rng.choices((1, 2, 3, 4), weights=(60, 27, 9, 4))[0]
    return [
        oppmerksomhet(rng, ramme, rng.randint(10, 16) if stor else _tiltak_antall(rng))
        for _ in range(antall)
    ]


def _tiltak_antall(rng: Random) -> int:
    return rng.choices((1, 2, 3, 4, 5, 6), weights=(10, 22, 40, 16, 8, 4))[0]


def _notater(
    rng: Random, ramme: Ramme, innhold: list[Oppmerksomhet], stor: bool, legg_til: Any
) -> list[Notat]:
    ut: list[Notat] = []
    for _ in range(rng.choices((0, 1, 2), weights=(55, 35, 10))[0] + (1 if stor else 0)):
        tekst = setning(rng, tekster.NOTAT[ramme.maalform], ramme.fornavn)
        if stor:  # the heavy tail: minutes pasted into a note
            linjer = rng.randint(150, 350)
            tekst = "\n".join(
                setning(rng, tekster.EVALUERING[ramme.maalform], ramme.fornavn)
                for _ in range(linjer)
            )
        om = rng.choice(innhold)["oppmerksomhetId"] if innhold and rng.random() < 0.5 else None
        ut.append(
            Notat(
                notatId=synthetic.identity(rng, "not"),
                tekst=tekst,
                dato=timeline.instant(rng, timeline.after(rng, ramme.lag.start, 5, 200)),
                forfatter=ramme.lag.holder,
                oppmerksomhetId=om,
                filId=legg_til("vedlegg") if rng.random() < 0.4 else None,
            )
        )
    return ut
