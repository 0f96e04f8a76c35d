"""Leaders and relay holders of our units, read from a file the municipality keeps (R-036).

The file is JSON: `{"ansatte": [{"ref": <our own reference>, "virksomhet": <orgnr>,
"virksomhetNavn": <as in consents>, "roller": ["leder", "stafettholder"], "navn": <text>,
"epost": <text>, "numre": [<numbers>]}]}`. The first number is what a system that
signs people in by number is told; all are compared with the family's, for nearness. The gateway
does not sign anybody in:
whoever calls it vouches for who the person is and how strongly (R-045). The file is never copied
and its content never reaches a log.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from gateway.errors import LocalFault
from gateway.overfoering.vakter import Ansatt


class FileStaff:
    """The staff of our units; read again when the file changes."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._read = -1.0
        self._staff: tuple[Ansatt, ...] = ()

    def __call__(self) -> Sequence[Ansatt]:
        """Everybody. Raises LocalFault("ANSATTFIL_MANGLER") when the file cannot be used."""
        if self._path is None:
            raise LocalFault("ANSATTFIL_MANGLER")
        broken = False
        try:
            changed = self._path.stat().st_mtime
            if changed != self._read:
                told = json.loads(self._path.read_text(encoding="utf-8"))
                self._staff = tuple(_one(entry) for entry in told["ansatte"])
                self._read = changed
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            broken = True
        if broken:  # outside the handler: what the parser raised holds the whole file
            raise LocalFault("ANSATTFIL_MANGLER")
        return self._staff


def _one(entry: dict[str, object]) -> Ansatt:
    roles, numbers = entry["roller"], entry.get("numre", [])
    if not isinstance(roles, list) or not isinstance(numbers, list):
        raise TypeError
    return Ansatt(
        ref=str(entry["ref"]),
        virksomhet=str(entry["virksomhet"]),
        virksomhet_navn=str(entry["virksomhetNavn"]),
        roller=frozenset(str(role) for role in roles),
        navn=str(entry["navn"]),
        epost=str(entry.get("epost") or ""),
        numre=tuple(str(number) for number in numbers),
    )
