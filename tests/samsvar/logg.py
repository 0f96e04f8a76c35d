"""The logs the suite hands over: one pattern (`logg.json`), new ids and invented people each time,
so that a system with one log for each child takes them all. Numbers are synthetic: month + 80."""

import functools
import hashlib
import json
import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemas.stafettlogg.logg import Stafettlogg

PDF = b"%PDF-1.7\n% An invented consent of the conformance suite.\n%%EOF\n"
_UUIDS = ("logg", "virksomhet", "barn", "ansatt", "forelder", "holder", "delt1", "delt3", "oppm",
          "maal", "tiltak", "dok", "samtykke")  # fmt: skip


@dataclass(frozen=True)
class Logg:
    """One log: its JSON, and the file it names."""

    data: dict[str, Any] = field(repr=False)
    vedlegg: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """The log's own."""
        return str(self.data["id"])

    @property
    def oppmerksomheter(self) -> list[str]:
        """Ids of its concerns."""
        return [one["id"] for one in self.data["oppmerksomheter"]]

    def json(self) -> bytes:
        """As it stands in a package."""
        return json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode()


def make(run: str, number: int, unit: str) -> Logg:
    """Log number `number` (from 0) of a run, at the sender's unit."""
    space = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:stafettlogg:samsvar:{run}:{number}")
    values: dict[str, Any] = {name: str(uuid.uuid5(space, name)) for name in _UUIDS}
    day, month, year = number % 28 + 1, number // 28 % 12 + 1, 15 + number // 336
    consent = PDF + space.hex.encode() + b"\n"
    values |= {
        "k": space.hex[:12], "n": str(number + 1), "enhet": unit,
        "foedt": f"20{year:02d}-{month:02d}-{day:02d}",
        "nummer": _number(f"{day:02d}{month + 80}{year:02d}", range(500, 1000)),
        "foreldernummer": _number(f"{day:02d}{month + 80}85", range(500)),
        "sha": hashlib.sha256(consent).hexdigest(), "stoerrelse": len(consent),
    }  # fmt: skip
    data = _filled(_pattern(), values)
    Stafettlogg.model_validate_json(json.dumps(data))
    return Logg(data, consent)


@functools.cache
def _pattern() -> Any:
    return json.loads((Path(__file__).parent / "logg.json").read_text("utf-8"))


def _filled(one: Any, values: dict[str, Any]) -> Any:
    if isinstance(one, dict):
        return {key: _filled(value, values) for key, value in one.items()}
    if isinstance(one, list):
        return [_filled(value, values) for value in one]
    if not isinstance(one, str):
        return one
    whole = re.fullmatch(r"\{(\w+)\}", one)
    if whole:
        return values[whole[1]]
    return re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), one)


def _number(born: str, personal: range) -> str:
    """The first with right control digits (modulus 11)."""
    for middle in personal:
        digits = [int(c) for c in f"{born}{middle:03d}"]
        for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)):
            rest = -sum(w * d for w, d in zip(weights, digits, strict=True)) % 11
            digits.append(rest)
        if max(digits) < 10:
            return "".join(str(d) for d in digits)
    raise AssertionError("no number")
