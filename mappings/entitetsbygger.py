"""Builds canonical models from values that are already validated as wire data.

Twice validated is twice paid: the wire adapter has checked every leaf, so a model is put together
as `model_construct` does it, from a copied template. This module must not be given raw input.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)


class Skall(BaseModel):
    """An empty model that takes plain assignments, and then becomes the class it is made for.

    A frozen model answers an assignment by a call of Python; the shell has the plain object's
    own. The layout is the same, because no model of ours has more slots than `BaseModel`.
    """

    __init__ = object.__init__
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__


def template(cls: type[BaseModel], **fixed: Any) -> dict[str, Any]:
    """All fields with their defaults (null where the field is required), then `fixed`."""
    values = {
        name: None if info.is_required() else info.get_default(call_default_factory=True)
        for name, info in cls.model_fields.items()
    }
    return values | fixed


def builder(cls: type[M]) -> Callable[[dict[str, Any]], M]:
    """What makes the frozen model of values from `template`, for a class built often."""
    text, scope = building(cls)
    exec(f"def made(values):\n    {text}\n    return model\n", scope)  # noqa: S102 - our own text
    return cast(Callable[[dict[str, Any]], M], scope["made"])


def building(cls: type[BaseModel], tag: str = "") -> tuple[str, dict[str, Any]]:
    """What `builder` does as a line that makes `model` of `values`, and the names it uses.

    For generated code, which builds without a call. A `tag` keeps two classes apart.
    """
    text = (
        f"model = skall(); model.__dict__ = values; model.__pydantic_fields_set__ = fields{tag}; "
        "model.__pydantic_extra__ = model.__pydantic_private__ = None; "
        f"model.__class__ = cls{tag}"
    )
    return text, {f"cls{tag}": cls, f"fields{tag}": set(cls.model_fields), "skall": Skall}


def build(cls: type[M], values: dict[str, Any]) -> M:
    """The frozen model of these values; `values` must come from `template`."""
    made = _BUILDERS.get(cls)
    if made is None:
        made = _BUILDERS[cls] = builder(cls)
    return cast(M, made(values))


_BUILDERS: dict[type[BaseModel], Callable[[dict[str, Any]], BaseModel]] = {}
