"""How this sandbox misbehaves beyond the wire: closed switches, each off until it is set.

Set with `POST /_sandbox/switches` or `app.switch({...})`, which replaces them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bytter:
    """`tom_liste`: nothing found is an empty list, not a FinderFault. `feil_med_200`: faults come
    with status 200. `uten_fil`: documents are listed without their file's name. `to_mapper`: a new
    folder is stored twice. `skader`: files are given back with one bit turned. `tomt_svar`: a
    write is done and answered with an empty Response. `feil`: the kind of fault the next `ganger`
    writes get, after the work when `utfoert`. `dtd`: answers begin with a DOCTYPE and an entity.
    `store_noekler`: keys are told in capitals, as a database with GUIDs does. `form`: how the
    base64 of a file stands in the XML: `plain`, `referanser` (its signs as character references),
    `cdata`, `brutt` (lines that end in character references, a CDATA section in the middle) or
    `utf16` (the whole answer in another encoding). `annet_navn`: documents are told with
    numbers and file names of the archive's own.
    """

    tom_liste: bool = False
    feil_med_200: bool = False
    uten_fil: bool = False
    to_mapper: bool = False
    skader: bool = False
    tomt_svar: bool = False
    feil: str = ""
    ganger: int = 1
    utfoert: bool = False
    dtd: bool = False
    store_noekler: bool = False
    form: str = "plain"
    annet_navn: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Bytter":
        """Switches from JSON. Raises TypeError for one that does not exist."""
        return cls(**values)
