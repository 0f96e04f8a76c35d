"""A date or a time that no calendar has holds the log: what cannot be read is not known.

Read as absent, an expiry that is written wrong would be no expiry, and the target would refuse the
whole log for one date. The finding names the place (entity, `Kind.field`), never what stands there.
"""

from collections.abc import Iterator
from functools import cache

from pydantic import BaseModel

from gateway.policy.context import Policyramme
from gateway.policy.verdict import Finding
from schemas import tid
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import days, instants
from schemas.stafettlogg.logg import Stafettlogg

UKJENT = "UKJENT_TIDSPUNKT"
"""The public code of everything that had to be known at a time nobody can read."""

_Fields = tuple[str, ...]


def unknown(entity: str, field: str) -> Finding:
    """A hold for the sake of one time that cannot be read; `field` is `Kind.field`."""
    return Finding(UKJENT, ("D-1",), hold=True, entity=entity, field=field)


def tidspunkt(logg: Stafettlogg, _ramme: Policyramme) -> tuple[Finding, ...]:
    """Hold a log with a time that is none, and say where: every place, in the model's order."""
    return tuple(unknown(entity, field) for entity, field in unreadable(logg, logg.id))


def unreadable(value: BaseModel, owner: str) -> Iterator[tuple[str, str]]:
    """(entity id, `Kind.field`) of every time in a value that names no moment and no day.

    Values without identity of their own are told of by the entity they stand in.
    """
    cls = type(value)
    times, dates, inner = _fields(cls)
    held = value.__dict__
    for name in times:
        if held[name] is not None and tid.moment(held[name]) is None:
            yield owner, f"{cls.__name__}.{name}"
    for name in dates:
        if held[name] is not None and tid.day(held[name]) is None:
            yield owner, f"{cls.__name__}.{name}"
    for name in inner:
        found = held[name]
        for one in found if isinstance(found, tuple) else (found,):
            if isinstance(one, BaseModel):
                yield from unreadable(one, one.id if isinstance(one, Entitet) else owner)


@cache
def _fields(cls: type[BaseModel]) -> tuple[_Fields, _Fields, _Fields]:
    """The fields of a class with instants, with dates, and with values of their own."""
    inner = tuple(n for n, info in cls.model_fields.items() if _models(info.annotation))
    return tuple(sorted(instants(cls))), tuple(sorted(days(cls))), inner


def _models(annotation: object) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return any(_models(part) for part in getattr(annotation, "__args__", ()))
