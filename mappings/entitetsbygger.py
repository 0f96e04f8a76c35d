"""Builds canonical models from values that are already validated as wire data.

Twice validated is twice paid: the wire adapter has checked every leaf, so a model is put together
as `model_construct` does it, from a copied template. This module must not be given raw input.
"""

from typing import Any, TypeVar

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


_FIELDS: dict[type[BaseModel], set[str]] = {}


def build(cls: type[M], values: dict[str, Any]) -> M:
    """The frozen model of these values; `values` must come from `template`."""
    model = _new(cls)
    _set_values(model, values)
    _set_fields(model, _FIELDS.get(cls) or _fields(cls))
    _set_extra(model, None)
    _set_private(model, None)
    return model


def _fields(cls: type[BaseModel]) -> set[str]:
    return _FIELDS.setdefault(cls, set(cls.model_fields))
