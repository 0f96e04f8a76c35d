"""Rows as lines of Python: one assignment for each row, no loop and no call where a look-up does.

As `dataclasses` and `namedtuple` do it: the text is made of our own declared names only, at
import, and never of anything a document says. A look-up that fails goes to the codecs, which know
placeholders and remarks. What is put around the lines stands in `kompilering`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mappings.codec import TIME, Codec
from mappings.row import Row


@dataclass(frozen=True, slots=True)
class Linjer:
    """Lines of source and the names they use; `carry` is the reading or the writing."""

    text: tuple[str, ...]
    scope: dict[str, Any]

    def at(self, depth: int) -> str:
        """The text, `depth` levels in."""
        return indented(self.text, depth)


def indented(lines: Sequence[str], depth: int) -> str:
    """Lines as text, `depth` levels in."""
    return "".join(f"{'    ' * depth}{line}\n" for line in lines)


def compiled(head: str, body: str, scope: dict[str, Any]) -> Callable[..., Any]:
    """The function `made(head)` with this body."""
    exec(f"def made({head}):\n{body}", scope)  # noqa: S102 - our own declared names, at import
    made: Callable[..., Any] = scope["made"]
    return made


def reading(rows: Sequence[Row], tag: str = "") -> Linjer:
    """`values` of `record`. A `tag` keeps the names of two sets of rows apart."""
    slow = [(row.wire, row.field, row.codec.decode) for row in rows]

    def fallback(record: dict[str, Any], values: dict[str, Any], carry: Any) -> None:
        for key, name, decode in slow:
            values[name] = decode(record[key], carry, key)

    looked: list[str] = []
    called: list[str] = []
    scope: dict[str, Any] = {f"slow{tag}": fallback}
    for index, row in enumerate(rows):
        value, name = f"record[{row.wire!r}]", f"{tag}{index}"
        found = _look(row.codec, value, row.codec.reads, "there", name, scope)
        if found is None:
            scope[f"f{name}"] = row.codec.decode
            called.append(f"values[{row.field!r}] = f{name}({value}, carry, {row.wire!r})")
        else:
            looked.append(f"values[{row.field!r}] = {found}")
    return _joined(looked, called, f"slow{tag}(record, values, carry)", scope)


def writing(rows: Sequence[Row], entity: str = "entity", tag: str = "") -> Linjer:
    """`record` of the values of an entity, which stand in `entity`."""
    slow = [(row.wire, row.field, row.codec.encode) for row in rows]

    def fallback(values: dict[str, Any], record: dict[str, Any], carry: Any) -> None:
        for key, name, encode in slow:
            record[key] = encode(values[name], carry, values, name)

    looked: list[str] = []
    called: list[str] = []
    scope: dict[str, Any] = {f"slow{tag}": fallback}
    for index, row in enumerate(rows):
        value, name = f"{entity}[{row.field!r}]", f"{tag}{index}"
        if row.codec is TIME:
            scope["time"] = TIME.encode
            looked.append(_timed(row, value, entity))
            continue
        found = _look(row.codec, value, row.codec.writes, "back", name, scope)
        if found is None:
            scope[f"f{name}"] = row.codec.encode
            called.append(
                f"record[{row.wire!r}] = f{name}({value}, carry, {entity}, {row.field!r})"
            )
        else:
            looked.append(f"record[{row.wire!r}] = {found}")
    return _joined(looked, called, f"slow{tag}({entity}, record, carry)", scope)


def _timed(row: Row, value: str, entity: str) -> str:
    """An instant: the plain form (`YYYY-MM-DDTHH:MM:SSZ`), known by its length, needs no call."""
    return (
        f"record[{row.wire!r}] = v if (v := {value}) is None or len(v) == 20 and v[19] == 'Z'"
        f" else time(v, carry, {entity}, {row.field!r})"
    )


def _joined(looked: list[str], called: list[str], slow: str, scope: dict[str, Any]) -> Linjer:
    """What is looked up, all by the codecs when one look-up fails, then what is called for."""
    if not looked:
        return Linjer(tuple(called), scope)
    text = ["try:", *_in(looked), f"except KeyError: {slow}"]
    return Linjer((*text, *(("else:", *_in(called)) if called else ())), scope)


def _in(lines: list[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _look(
    codec: Codec, value: str, said: str, table: str, name: str, scope: dict[str, Any]
) -> str | None:
    """The codec of `value` as an expression that raises KeyError where it does not know."""
    if codec.plain:
        return value
    if said:
        return said.format(value=value)
    if codec.each is not None:
        each = _look(codec.each, "each", "", table, name, scope)
        listed = f"[{each} for each in {value}]"
        return each and (f"tuple({listed})" if table == "there" else listed)
    if codec.person:
        return f"carry.persons[{value}]"
    if codec.known:
        return f"carry.known[{codec.known!r}][{value}]"
    if codec.there is None:
        return None
    scope[f"t{name}"] = getattr(codec, table)
    return f"t{name}[{value}]"
