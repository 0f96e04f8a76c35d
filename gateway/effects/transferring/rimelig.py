"""What a message says beyond its form: moments that exist, and places that are words of ours.

A field's name and a code come from the other side like everything else. What is written in a log,
a row or the chain is therefore only what this protocol has a word for.
"""

import re
from functools import cache
from typing import Any

from pydantic import BaseModel

from schemas.overfoering.hode import Hode
from schemas.overfoering.manifest import Manifest
from schemas.overfoering.meldinger import INNHOLD, Grunnlag, Importlinje
from schemas.tid import moment

_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT")
_OWN = ("json", "stoerrelse", "hode", "innhold", "hode.versjon", "hode.side", "hode.nr")


def no_moment(told: BaseModel) -> str:
    """The field that looks like a moment and is none (31 February), or an empty string."""
    for name, value in told:
        if isinstance(value, BaseModel) and (found := no_moment(value)):
            return found
        if isinstance(value, str) and _MOMENT.match(value) and moment(value) is None:
            return name
    return ""


@cache
def _words() -> frozenset[str]:
    kinds: list[Any] = [Hode, Manifest, Grunnlag, Importlinje, *INNHOLD.values()]
    names = {name for kind in kinds for name in kind.model_fields}
    aliases = {field.alias or "" for kind in kinds for field in kind.model_fields.values()}
    return frozenset(names | aliases | set(_OWN))


def ours(place: str) -> str:
    """A place as far as it is words of the protocol; what somebody made up is `felt`."""
    if place in _OWN:
        return place
    parts = (p if p in _words() or (p.isdecimal() and len(p) < 4) else "felt"
             for p in place.split("."))  # fmt: skip
    return ".".join(parts)[:80]
