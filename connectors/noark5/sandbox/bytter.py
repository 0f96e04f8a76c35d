"""How this sandbox misbehaves beyond the wire: closed switches, each off until it is set.

Set with `POST /_sandbox/switches` or `app.switch({...})`, which replaces them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Bytter:
    """`gamle_lenker`: `_links` as a list. `uten_egne_felt`: no filter on registered fields.
    `nekter`: further fields it will not filter on. `uten_head`: HEAD is answered 405.
    `konflikt`: status of a version conflict (409 or 412). `endres`: how many updates find that
    somebody was there first. `to_mapper`: a new folder is stored twice. `skader`: files are
    given back with one bit turned. `avviser`: how many uploads are refused although they are
    right. `bulkgrense`: bytes in one upload (0 for no limit). `fremmed`: links to another host.
    `store_noekler`: keys are told in capitals, as a database with GUIDs does. `tomt_svar`: what was
    made is answered with its Location and no body. `formater`: the only codes of a format that it
    takes, when there are any. `ny_status`: what a thing that was made is answered with, and
    `ny_svar` how: as itself, by its `adresse` alone, or by `intet`.
    """

    gamle_lenker: bool = False
    uten_egne_felt: bool = False
    nekter: tuple[str, ...] = ()
    uten_head: bool = False
    konflikt: int = 412
    endres: int = 0
    to_mapper: bool = False
    skader: bool = False
    avviser: int = 0
    bulkgrense: int = 157_286_400
    fremmed: bool = False
    store_noekler: bool = False
    tomt_svar: bool = False
    relative: bool = False
    egen_query: bool = False
    streng_query: bool = False
    annen_variant: bool = False
    koder_som_tekst: bool = False
    uten_referanse: bool = False
    uten_sjekksum: bool = False
    sletter: bool = True
    uten_lenke: tuple[str, ...] = ()
    siste_200: bool = False
    formater: tuple[str, ...] = ()
    ny_status: int = 201
    ny_svar: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Bytter":
        """Switches from JSON. Raises TypeError for one that does not exist."""
        made = cls(**values)
        return replace(
            made,
            nekter=tuple(made.nekter),
            uten_lenke=tuple(made.uten_lenke),
            formater=tuple(made.formater),
        )
