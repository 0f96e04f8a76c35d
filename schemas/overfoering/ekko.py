"""The echo (chapter 7.1): two who know each other find a fault of their set-up, and nobody else
learns anything. It carries a random word and nothing of a person."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from schemas.overfoering.hode import Orgnr, Tid, Verdi
from schemas.overfoering.jsontekst import parsed

EKKO = "ekko.json"
"""The one file of an echo's envelope."""
MEST = 64 * 1024
"""Bytes of such an envelope at most."""
GANGER, SEKUNDER = 10, 600.0
"""So many in so long from one organisation."""
SKJEVT = 86_400.0
"""Seconds the clocks may differ."""


class Ekkokode(StrEnum):
    """What is wrong, as whoever answers sees it. Closed.

    One word for everything up to and with the signature: which of it failed tells somebody who
    tries too much (chapter 6.1.4).
    """

    AAPNES_IKKE = "AAPNES_IKKE"
    UKJENT_SIGNATAR = "UKJENT_SIGNATAR"
    ANNEN_SIGNATAR = "ANNEN_SIGNATAR"
    UGYLDIG = "UGYLDIG"
    FEIL_AVSENDER = "FEIL_AVSENDER"
    FEIL_MOTTAKER = "FEIL_MOTTAKER"
    KLOKKE = "KLOKKE"


class Ekko(Verdi):
    """What is asked, and what is answered."""

    protokoll: Literal["stafettlogg-overfoering"] = "stafettlogg-overfoering"
    fra: Orgnr = Field(repr=False)
    til: Orgnr = Field(repr=False)
    sendt: Tid
    ord: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    kode: Ekkokode | None = None


def write(ekko: Ekko) -> bytes:
    """As it is signed."""
    return ekko.model_dump_json(by_alias=True, exclude_none=True).encode()


def read(body: bytes) -> Ekko | None:
    """An echo, or None when it is none."""
    try:
        parsed(body)
        return Ekko.model_validate_json(body.removeprefix(b"\xef\xbb\xbf"), strict=True)
    except (ValidationError, ValueError, RecursionError):
        return None
