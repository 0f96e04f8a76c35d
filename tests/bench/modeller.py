"""A wire document's shape as ordinary pydantic models, which is how most programs would have it.

Our own adapters read into plain dictionaries, because that is faster; so measured against them, we
are measured against a part of ourselves. This is the other yardstick.
"""

import types
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model
from typing_extensions import is_typeddict


@cache
def model(shape: Any) -> type[BaseModel]:
    """The model with the fields, bounds and strictness of a TypedDict of ours."""
    fields = {
        name: (_of(hint), ...) for name, hint in get_type_hints(shape, include_extras=True).items()
    }
    config = ConfigDict(**shape.__pydantic_config__)
    made: type[BaseModel] = create_model(shape.__name__, __config__=config, **fields)  # type: ignore[call-overload]
    return made


def _of(hint: Any) -> Any:
    if is_typeddict(hint):
        return model(hint)
    if get_origin(hint) is list:
        return list[_of(get_args(hint)[0])]  # type: ignore[misc]
    if get_origin(hint) in (Union, types.UnionType):
        return Union[tuple(_of(one) for one in get_args(hint))]  # noqa: UP007 - made of values
    return hint
