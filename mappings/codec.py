"""Codecs: pairs of functions that read and write one value, and the code tables they come from.

A code table is one-to-one and checked when it is built, so a table with a double value stops the
import. A code it does not know is kept, never guessed: in an open list as `<system>:<code>`, in a
closed one as the list's unset value with the raw code in the entity's `raa`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mappings.reading import Reading
from mappings.writing import Writing
from schemas.tid import contract_form

_MISSING = object()

Decode = Callable[[Any, Reading, str], Any]
Encode = Callable[[Any, Writing, dict[str, Any], str], Any]


@dataclass(frozen=True, slots=True)
class Codec:
    """`decode(value, reading, wire key)` and `encode(value, writing, entity, field)`.

    `plain` codecs copy the value and are compiled away. `there` and `back` are the codec as
    look-ups: what they hold needs no call, what they lack goes to the functions. `person` marks
    the look-up among the document's persons, `known` the one among its records of a kind.
    `each` is the codec of the elements of a list. `reads` and `writes` are the codec as an
    expression of `{value}`, where one says it all.
    """

    name: str
    decode: Decode
    encode: Encode
    plain: bool = False
    there: Mapping[Any, Any] | None = None
    back: Mapping[Any, Any] | None = None
    person: bool = False
    known: str = ""
    each: "Codec | None" = None
    reads: str = ""
    writes: str = ""


def _same(value: Any, *_: Any) -> Any:
    return value


SAME = Codec("samme", _same, _same, plain=True)


def _time(value: Any, writing: Writing, entity: dict[str, Any], field: str) -> Any:
    """An instant as a contract has it; as it was written where it came from there (the entity, or
    the log for a value without a source of its own)."""
    own = entity["kildesystem"] is writing.native if "kildesystem" in entity else writing.home
    said = None if own or value is None else contract_form(value)
    if said is None or said == value:
        return value
    if "id" in entity:
        writing.derived("TID_OMSKREVET", entity, field)
    return said


TIME = Codec("samme", _same, _time, reads="{value}")
"""What a row of an instant has for `SAME`. `linjer` calls it for the unusual ones only."""


def one_to_one(
    name: str, pairs: Sequence[tuple[str, str]]
) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Both directions of a table. Raises ValueError when a code stands twice on a side."""
    there, back = dict(pairs), {canonical: wire for wire, canonical in pairs}
    if not len(there) == len(back) == len(pairs):
        raise ValueError(f"kodetabell {name}: samme kode står to ganger")
    return there, back


def open_table(system: str, name: str, *pairs: tuple[str, str]) -> Codec:
    """A table of an open code list; null is null, unknown becomes `<system>:<code>` and back."""
    there, back = one_to_one(name, pairs)
    there[None] = back[None] = None
    prefix = f"{system}:"

    def decode(value: Any, _reading: Reading, _key: str) -> Any:
        found = there.get(value, _MISSING)
        return f"{prefix}{value}" if found is _MISSING else found

    def encode(value: Any, writing: Writing, entity: dict[str, Any], field: str) -> Any:
        found = back.get(value, _MISSING)
        if found is not _MISSING:
            return found
        if value.startswith(prefix):
            return value[len(prefix) :]
        writing.placeholder("KODE_UTEN_MOTPART", entity, field)
        return None

    return Codec(name, decode, encode, there=there, back=back)


def closed_table(name: str, unset: Any, *pairs: tuple[str, Any]) -> Codec:
    """A table of a closed code list. `unset` (null allowed) stands for a code nobody knows."""
    there, back = one_to_one(name, pairs)
    if unset is None:
        there[None] = back[None] = None
    spare = back[unset]

    def decode(value: Any, reading: Reading, key: str) -> Any:
        found = there.get(value, _MISSING)
        if found is _MISSING:
            reading.leave(key, spare, value, "UKJENT_KODE")
            return unset
        return found

    def encode(value: Any, writing: Writing, entity: dict[str, Any], field: str) -> Any:
        found = back.get(value, _MISSING)
        if found is _MISSING:
            writing.placeholder("KODE_UTEN_MOTPART", entity, field)
            return spare
        return found

    return Codec(name, decode, encode, there=there, back=back)


def list_of(codec: Codec) -> Codec:
    """The codec over each element; wire list, canonical tuple. An element with no place falls."""
    decode_one, encode_one = codec.decode, codec.encode

    def decode(value: Any, reading: Reading, key: str) -> Any:
        return tuple([decode_one(v, reading, key) for v in value]) if value else ()

    def encode(value: Any, writing: Writing, entity: dict[str, Any], field: str) -> Any:
        if not value:
            return []
        there = [encode_one(v, writing, entity, field) for v in value]
        return [v for v in there if v is not None]

    return Codec(f"liste av {codec.name}", decode, encode, each=codec)


TEXTS = Codec(
    "tekster",
    lambda value, _reading, _key: tuple(value),
    lambda value, _writing, _entity, _field: list(value),
    reads="tuple({value})",
    writes="list({value})",
)
