"""The invented municipality behind generated Conexus logs: units, staff, children, guardians.

Units and staff depend on the seed alone, so the same employee turns up in several logs with the
same personId, as in a real system. This module must not know about concerns or measures.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from random import Random

from connectors.conexus_companion.sandbox import generator_tekster as tekster
from connectors.sandbox import synthetic, timeline
from schemas.conexus_companion.logg import Ansatt, Barn, Foresatt, Virksomhet

STAFF_PER_UNIT = 6


@dataclass(frozen=True, slots=True)
class Kommune:
    """All units and staff of one generated municipality."""

    virksomheter: tuple[Virksomhet, ...]
    ansatte: tuple[Ansatt, ...]


@lru_cache(maxsize=8)
def kommune(seed: int) -> Kommune:
    """Units with valid organisation numbers, and their staff; the first of each unit leads it."""
    virksomheter: list[Virksomhet] = []
    ansatte: list[Ansatt] = []
    for plass, (type_, navn) in enumerate(tekster.VIRKSOMHETER):
        rng = synthetic.seeded(seed, "virksomhet", plass)
        enhet = synthetic.identity(rng, "virk")
        folk = [_ansatt(rng, enhet) for _ in range(STAFF_PER_UNIT)]
        ansatte += folk
        virksomheter.append(
            Virksomhet(
                virksomhetId=enhet,
                navn=navn,
                organisasjonsnummer=synthetic.organisation_number(rng),
                type=type_,
                lederPersonId=folk[0]["personId"],
            )
        )
    return Kommune(tuple(virksomheter), tuple(ansatte))


def _ansatt(rng: Random, virksomhet: str) -> Ansatt:
    fodt = timeline.birth(rng, rng.randint(26, 63))
    return Ansatt(
        personId=synthetic.identity(rng, "ans"),
        fodselsnummer=synthetic.national_id(fodt, rng),
        navn=synthetic.name(rng),
        epost=synthetic.email(rng),
        mobil=synthetic.mobile(rng) if rng.random() < 0.8 else None,
        virksomhetId=virksomhet,
        ekstern=rng.random() < 0.08,
    )


@dataclass(frozen=True, slots=True)
class Familie:
    """The main person and the guardians; `alder` in whole years."""

    barn: Barn
    foresatte: tuple[Foresatt, ...]
    alder: int


def familie(rng: Random) -> Familie:
    """A child (mostly), a youth of 15 to 17 (some) or a pregnant person (rare)."""
    slag = rng.random()
    if slag < 0.03:
        return _gravid(rng)
    alder = rng.randint(15, 17) if slag < 0.25 else rng.randint(1, 14)
    fodt = timeline.birth(rng, alder)
    barn = Barn(
        personId=synthetic.identity(rng, "barn"),
        fodselsnummer=synthetic.national_id(fodt, rng),
        navn=synthetic.name(rng),
        fodselsdag=fodt.isoformat(),
        type="UNGDOM" if alder >= 15 else "BARN",
        loggerInn=alder >= 15,
    )
    antall = rng.choices((1, 2, 3), weights=(20, 75, 5))[0]
    return Familie(barn, tuple(_foresatt(rng) for _ in range(antall)), alder)


def _gravid(rng: Random) -> Familie:
    alder = rng.randint(19, 38)
    fodt = timeline.birth(rng, alder)
    barn = Barn(
        personId=synthetic.identity(rng, "barn"),
        fodselsnummer=synthetic.national_id(fodt, rng),
        navn=synthetic.name(rng),
        fodselsdag=fodt.isoformat(),
        type="GRAVID",
        loggerInn=True,
    )
    return Familie(barn, (), alder)


def _foresatt(rng: Random) -> Foresatt:
    fodt = timeline.birth(rng, rng.randint(24, 58))
    return Foresatt(
        personId=synthetic.identity(rng, "for"),
        fodselsnummer=synthetic.national_id(fodt, rng) if rng.random() < 0.97 else None,
        navn=synthetic.name(rng),
        epost=synthetic.email(rng) if rng.random() < 0.9 else None,
        mobil=synthetic.mobile(rng),
    )


@dataclass(frozen=True, slots=True)
class Lag:
    """Who works in one log: the holder first, then the others; `start` is when it began."""

    virksomhet: Virksomhet
    virksomheter: tuple[Virksomhet, ...]
    ansatte: tuple[Ansatt, ...]
    start: datetime

    @property
    def holder(self) -> str:
        """The stafettholder's personId."""
        return self.ansatte[0]["personId"]


def lag(rng: Random, steder: Kommune, alder: int, nivaa: int | None) -> Lag:
    """A team from a unit that fits the age; other units join from level 2 (R-032)."""
    typer = {"HELSESTASJON"} if alder < 1 or alder > 18 else {"BARNEHAGE"}
    if 6 <= alder <= 18:
        typer = {"VIDEREGAAENDE"} if alder >= 16 else {"SKOLE"}
    egne = [v for v in steder.virksomheter if v["type"] in typer]
    hjem = rng.choice(egne)
    andre: list[Virksomhet] = []
    if (nivaa or 1) > 1:
        resten = [v for v in steder.virksomheter if v is not hjem]
        andre = synthetic.some(rng, resten, 1, 1 if nivaa == 2 else 2)
    folk = synthetic.some(
        rng, [a for a in steder.ansatte if a["virksomhetId"] == hjem["virksomhetId"]], 2, 3
    )
    for enhet in andre:
        folk += synthetic.some(
            rng, [a for a in steder.ansatte if a["virksomhetId"] == enhet["virksomhetId"]], 1, 1
        )
    start = timeline.moment(rng, end=timeline.LATEST.replace(month=4))
    return Lag(hjem, (hjem, *andre), tuple(folk), start)
