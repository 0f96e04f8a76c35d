"""Strict reading of what is written to the sandbox: shape, unknown keys, repeated ids.

A fault is a code and a place (field names and positions), never a value. It must not know the
vendor's rules of entry; those are in `regler.py`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, NoReturn, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from typing_extensions import get_type_hints, is_typeddict

from connectors.conexus_companion.sandbox.tider import untimely
from schemas.conexus_companion.logg import Logg

_IDS = (
    ("oppmerksomheter", "oppmerksomhetId"),
    ("moter", "moteId"),
    ("lysglimt", "lysglimtId"),
    ("notater", "notatId"),
    ("filer", "filId"),
    ("samtykker", "samtykkeId"),
    ("lesetilganger", "lesetilgangId"),
    ("overforinger", "overforingId"),
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}")
"""Names that are repeated: any other may be a value."""


class Feil(Exception):
    """A request that is refused: HTTP status, public code and place."""

    def __init__(self, status: int, kode: str, sted: str = "") -> None:
        super().__init__(kode)
        self.status = status
        self.kode = kode
        self.sted = sted


def read(body: bytes, shape: TypeAdapter[Any], *, keep_unknown: bool) -> dict[str, Any]:
    """The body, held against `shape`. Raises Feil."""
    try:
        text = body.decode("utf-8")
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Feil(400, "UGYLDIG_JSON") from None
    try:
        shape.validate_python(data)
    except ValidationError as exc:
        place = exc.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
        named = [str(step) for step in place if isinstance(step, int) or _PLAIN.fullmatch(step)]
        raise Feil(422, "UGYLDIG_DOKUMENT", ".".join(named)) from None
    logg: dict[str, Any] = data["logg"]
    for place_of in untimely(Logg, logg):
        raise Feil(422, "UGYLDIG_DOKUMENT", f"logg.{place_of}")
    if not keep_unknown:
        for place_of in unknown(Logg, logg):
            raise Feil(422, "UKJENT_FELT", place_of)
    _unique(logg)
    return dict(data)


def unknown(shape: Any, value: Any, place: str = "") -> Iterator[str]:
    """Places of keys that the wire shape does not name."""
    origin = get_origin(shape)
    if is_typeddict(shape) and isinstance(value, Mapping):
        hints = _hints(shape)
        for key, item in value.items():
            here = f"{place}.{key}" if place else key
            if key not in hints:
                yield here if _PLAIN.fullmatch(key) else place
            else:
                yield from unknown(hints[key], item, here)
    elif origin is list and isinstance(value, list):
        for number, item in enumerate(value):
            yield from unknown(get_args(shape)[0], item, f"{place}.{number}")
    elif origin in {Union, UnionType}:
        for choice in get_args(shape):
            if is_typeddict(choice):
                yield from unknown(choice, value, place)


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError
    return found


def _refuse(_: str) -> NoReturn:
    raise ValueError


_HINTS: dict[Any, dict[str, Any]] = {}


def _hints(shape: Any) -> dict[str, Any]:
    if shape not in _HINTS:
        _HINTS[shape] = get_type_hints(shape)
    return _HINTS[shape]


def _unique(logg: Mapping[str, Any]) -> None:
    ids = [("oppmerksomheter.tiltak", tiltak["tiltakId"]) for tiltak in measures(logg)]
    ids += [(part, item[key]) for part, key in _IDS for item in logg[part]]
    if len(set(ids)) != len(ids):
        raise Feil(422, "DUPLISERT_ID", next(p for p, i in ids if ids.count((p, i)) > 1))


def measures(logg: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every measure of a log."""
    for oppmerksomhet in logg["oppmerksomheter"]:
        yield from oppmerksomhet["tiltak"]
