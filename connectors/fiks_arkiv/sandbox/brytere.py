"""How this archive misbehaves: switches that count down, each off until it is set.

Set with `POST /_sandbox/switches` or `app.switch({...})`, which replaces them all. A number is how
many times it strikes; -1 is without end.
"""

import threading
from collections.abc import Mapping
from typing import Any

MAKING = frozenset(
    {
        "mappe_feilet",  # a receipt that says the folder failed; nothing is stored
        "registrering_feilet",  # the folder is stored, the record failed
        "tom_kvittering",  # an empty receipt, and nothing stored
        "bare_mottatt",  # mottatt, and then nothing: not stored
        "uten_kvittering",  # stored, but no receipt
        "omvendt",  # the receipt before mottatt
        "serverfeil",  # mottatt, then serverfeil; not stored
        "avvis",  # ugyldigforespoersel under the misspelt type
        "ukjent_type",  # a reply of a type nobody knows, and nothing else
        "plattformfeil",  # the platform's own serverfeil: the archive never acknowledged
        "skader",  # stored with one bit turned
        "uten_innhold",  # the record and its documents are stored, their bytes are lost
        "uten_dokument",  # the record is stored without its files, and receipted
        "to_mapper",  # the folder is stored twice under its key
    }
)
ANY = frozenset(
    {
        "dobbelt",  # every reply twice
        "fremmed_signatar",  # replies signed by somebody else
        "bom",  # a byte order mark, and a file name of its own
        "store_noekler",  # keys are told in capitals, as a database with GUIDs does
        "annet_nummer",  # documents are told with numbers of the archive's own
        "uten_nummer",  # documents are told without numbers
        "taus",  # questions are not answered
        "innsyn_feil",  # questions are answered serverfeil
    }
)
PLATFORM = frozenset({"tidsavbrudd", "dokumentlager", "treg"})
"""Messages that expire; bytes above which content goes to the document store; seconds of delay."""


class Brytere:
    """The switches in force; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, int] = {}
        self.delay = 0.0

    def replace(self, values: Mapping[str, Any]) -> None:
        """Put these in force. Raises KeyError or TypeError for one that is not understood."""
        for name, value in values.items():
            if name not in MAKING | ANY | PLATFORM:
                raise KeyError(name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(name)
        with self._lock:
            self._left = {name: int(value) for name, value in values.items() if name != "treg"}
            self.delay = float(values.get("treg", 0))

    def strikes(self, name: str) -> bool:
        """Whether `name` strikes this time."""
        with self._lock:
            left = self._left.get(name, 0)
            if left > 0:
                self._left[name] = left - 1
            return left != 0
