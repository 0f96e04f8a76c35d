"""What a newer minor version says that this one does not know: found, passed over and counted.

The rule is one for every document of the protocol (chapter 4.5): a member nobody here knows is
passed over, at whatever depth, when the document says that it is newer; in one's own and older
minors it is a fault. What is passed over is told by place and never by value.
"""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel


def known(kind: type[BaseModel], told: Any) -> tuple[Any, tuple[str, ...]]:
    """The document without what `kind` does not know, and the places of that.

    A place names the members on the way; a list's number is left out. A value of another form than
    `kind` has is given back as it is, for whoever validates it.
    """
    places: list[str] = []
    return _model(kind, told, "", places), tuple(places)


def without_nulls(kind: type[BaseModel], told: Any) -> Any:
    """The document without the members that are `null` where they may be left out (chapter 3): to
    many writers the two are one. Others stay, for whoever validates it."""
    if isinstance(told, list):
        return [without_nulls(kind, one) for one in told]
    if not isinstance(told, Mapping):
        return told
    fields = {field.alias or name: field for name, field in kind.model_fields.items()}
    kept = {}
    for key, value in told.items():
        field = fields.get(key)
        if value is None and field is not None and not field.is_required():
            continue
        inner = _models(field.annotation) if field is not None else []
        kept[key] = without_nulls(inner[0], value) if len(inner) == 1 else value
    return kept


def major(version: str) -> int:
    """Of `major.minor`."""
    return int(version.partition(".")[0])


def minor(version: str) -> int:
    """Of `major.minor`."""
    return int(version.partition(".")[2])


def _model(kind: type[BaseModel], told: Any, place: str, places: list[str]) -> Any:
    if not isinstance(told, Mapping):
        return told
    fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    kept = {}
    for key, value in told.items():
        own = f"{place}.{key}" if place else str(key)
        if key in fields:
            kept[key] = _value(fields[key], value, own, places)
        else:
            places.append(f"{place}.*" if place else "*")
    return kept


def _value(annotation: Any, told: Any, place: str, places: list[str]) -> Any:
    inner = _models(annotation)
    if len(inner) != 1:  # plain, or of several forms: theirs to tell apart is validation's
        return told
    if isinstance(told, list):
        return [_model(inner[0], one, place, places) for one in told]
    return _model(inner[0], told, place, places)


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models an annotation has in it: alone, in a tuple, or as one of several."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [kind for one in get_args(annotation) for kind in _models(one)]
