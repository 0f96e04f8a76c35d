"""The names of all canonical fields, `Kind.field`, read off the model itself."""

from typing import Any

from pydantic import BaseModel

from schemas.stafettlogg.flat import instants
from schemas.stafettlogg.logg import Stafettlogg


def _walk(cls: type[BaseModel], found: dict[str, type[BaseModel]]) -> None:
    if cls.__name__ in found:
        return
    found[cls.__name__] = cls
    for info in cls.model_fields.values():
        for part in _models(info.annotation):
            _walk(part, found)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in getattr(annotation, "__args__", ()) for m in _models(part)]


KINDS: dict[str, type[BaseModel]] = {}
_walk(Stafettlogg, KINDS)

CANONICAL = tuple(f"{kind}.{name}" for kind, cls in KINDS.items() for name in cls.model_fields)
"""Every field of every kind in a log."""

TIMES = frozenset(f"{kind}.{name}" for kind, cls in KINDS.items() for name in instants(cls))
"""Those that hold an instant."""
