"""Builds canonical models from values that are already validated as wire data.

Twice validated is twice paid: the wire adapter has checked every leaf, so a model is put together
as `model_construct` does it, from a copied template. This module must not be given raw input.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)

_new = object.__new__
_slots = BaseModel.__dict__
_set_values = _slots["__dict__"].__set__
_set_fields = _slots["__pydantic_fields_set__"].__set__
_set_extra = _slots["__pydantic_extra__"].__set__
_set_private = _slots["__pydantic_private__"].__set__


def template(cls: type[BaseModel], **fixed: Any) -> dict[str, Any]:
    """All fields with their defaults (null where the field is required), then `fixed`."""
    values = {
        name: None if info.is_required() else info.get_default(call_default_factory=True)
        for name, info in cls.model_fields.items()
    }
    return values | fixed


def builder(cls: type[M]) -> Callable[[dict[str, Any]], M]:
    """What makes the frozen model of values from `template`, for a class built often."""
    fields = set(cls.model_fields)

    def made(
        values: dict[str, Any],
        new: Callable[[type[M]], M] = _new,
        set_values: Any = _set_values,
        set_fields: Any = _set_fields,
        set_extra: Any = _set_extra,
        set_private: Any = _set_private,
    ) -> M:
        model = new(cls)
        set_values(model, values)
        set_fields(model, fields)
        set_extra(model, None)
        set_private(model, None)
        return model

    return made


def building(cls: type[BaseModel]) -> dict[str, Any]:
    """What `builder` uses, by name, for generated code that builds without a call."""
    return {
        "cls": cls,
        "fields": set(cls.model_fields),
        "new": _new,
        "set_values": _set_values,
        "set_fields": _set_fields,
        "set_extra": _set_extra,
        "set_private": _set_private,
    }


def build(cls: type[M], values: dict[str, Any]) -> M:
    """The frozen model of these values; `values` must come from `template`."""
    made = _BUILDERS.get(cls)
    if made is None:
        made = _BUILDERS[cls] = builder(cls)
    return cast(M, made(values))


_BUILDERS: dict[type[BaseModel], Callable[[dict[str, Any]], BaseModel]] = {}
