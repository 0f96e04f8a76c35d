"""Turns rows into straight-line Python: one assignment for each row, no loop and no call where a
look-up does.

As `dataclasses` and `namedtuple` do it: the text is made of our own declared names only, at
import, and never of anything a document says. A look-up that fails goes to the codecs, which know
placeholders and remarks.
"""

from collections.abc import Callable, Sequence
from typing import Any

from mappings.codec import Codec
from mappings.entitetsbygger import building
from mappings.row import Row
from schemas.stafettlogg.entitet import Entitet


def reader(rows: Sequence[Row]) -> Callable[..., None]:
    """`read(record, values, reading)` for these rows."""
    lines, names = _lines(rows, "values[{field!r}]", "record[{wire!r}]", "there")
    slow = [(row.wire, row.field, row.codec.decode) for row in rows]

    def fallback(record: dict[str, Any], values: dict[str, Any], reading: Any) -> None:
        for key, name, decode in slow:
            values[name] = decode(record[key], reading, key)

    calls = [
        (f"values[{r.field!r}] = f{i}(record[{r.wire!r}], carry, {r.wire!r})", r.codec.decode)
        for i, r in enumerate(rows)
        if _is_call(r)
    ]
    return _function(
        "record, values, carry", "record, values, carry", lines, calls, names, fallback
    )


def writer(rows: Sequence[Row]) -> Callable[..., None]:
    """`write(entity, record, writing)` for these rows."""
    lines, names = _lines(rows, "record[{wire!r}]", "entity[{field!r}]", "back")
    slow = [(row.wire, row.field, row.codec.encode) for row in rows]

    def fallback(entity: dict[str, Any], record: dict[str, Any], writing: Any) -> None:
        for key, name, encode in slow:
            record[key] = encode(entity[name], writing, entity, name)

    calls = [
        (
            f"record[{r.wire!r}] = f{i}(entity[{r.field!r}], carry, entity, {r.field!r})",
            r.codec.encode,
        )
        for i, r in enumerate(rows)
        if _is_call(r)
    ]
    return _function(
        "entity, record, carry", "entity, record, carry", lines, calls, names, fallback
    )


def tally(
    width: int, lists: Sequence[tuple[str, bool]], *, second: bool
) -> Callable[..., tuple[int, ...]]:
    """`tally(records, moves, touched)` of a section's traced records, in one pass.

    Gives (records, records with other keys than the `width` declared, then for each list key the
    leaves no child section counts: one for an empty list, and its length unless its flag says
    that it holds children). A record whose entity stands in `moves` is put in `touched`
    with what stands there, and so is one whose other entity does; only with `second` has each its
    own, else all have the same empty one.
    """
    body = [
        f"if not record[{key!r}]: n{i} += 1" if child else f"n{i} += len(record[{key!r}]) or 1"
        for i, (key, child) in enumerate(lists)
    ]
    sums = [f"n{i}" for i in range(len(lists))]
    source = (
        f"def made(records, moves, touched):\n    {' = '.join(['odd', *sums])} = 0\n"
        "    every = '' in moves\n"
        "    for record, entity, other in records:\n"
        f"        if entity in moves or {'other in moves' if second else 'every'}:\n"
        "            touched.append((record, moves.get(entity), moves.get(other)))\n"
        f"        if len(record) != {width}: odd += 1\n"
        + "".join(f"        {text}\n" for text in body)
        + f"    return {', '.join(['len(records)', 'odd', *sums])}\n"
    )
    scope: dict[str, Any] = {}
    exec(source, scope)  # noqa: S102 - our own declared names, at import; see above
    made: Callable[..., tuple[int, ...]] = scope["made"]
    return made


def entities(
    rows: Sequence[Row],
    section: str,
    keys: frozenset[str],
    key: str,
    kind: str,
    template: dict[str, Any],
    cls: type[Entitet],
    more: Callable[..., None] | None = None,
) -> Callable[..., tuple[Any, ...]]:
    """`read(records, reading, context)`: the entities of a whole list, in one generated loop.

    For each record: a copy of the template, the vendor's id and ours (known already, by `kind`),
    the rows, then `more(record, values, reading, context)` for the structures, what no row took
    in `raa`, a line in the trace, and the entity. It is `reader` with what surrounds it, so that
    a record costs no call but its own.
    """
    lines, names = _lines(rows, "values[{field!r}]", "record[{wire!r}]", "there")
    slow = [(row.wire, row.field, row.codec.decode) for row in rows]

    def fallback(record: dict[str, Any], values: dict[str, Any], reading: Any) -> None:
        for wire, name, decode in slow:
            values[name] = decode(record[wire], reading, wire)

    calls = "".join(
        f"            values[{r.field!r}] = f{i}(record[{r.wire!r}], carry, {r.wire!r})\n"
        for i, r in enumerate(rows)
        if _is_call(r)
    )
    names |= {f"f{i}": r.codec.decode for i, r in enumerate(rows) if _is_call(r)}
    body = "".join(f"            {line}\n" for line in lines) or "            pass\n"
    source = (
        "def made(records, carry, context=None):\n    if not records: return ()\n"
        f"    ids = carry.known[{kind!r}]\n    found = []\n"
        f"    trace = carry.trace.setdefault({section!r}, [])\n"
        "    for record in records:\n        values = fresh()\n"
        f"        values['kilde_id'] = vendor = record[{key!r}]\n"
        "        values['id'] = entity = ids[vendor]\n"
        f"        try:\n{body}        except KeyError: fallback(record, values, carry)\n"
        + (f"        else:\n{calls}" if calls else "")
        + ("        more(record, values, carry, context)\n" if more else "")
        + f"        if carry.leftover or len(record) != {len(keys)}:\n"
        "            values['raa'] = carry.residue(record, keys)\n"
        "        trace.append((record, entity, ''))\n"
        "        model = new(cls); set_values(model, values); set_fields(model, fields)\n"
        "        set_extra(model, None); set_private(model, None); found.append(model)\n"
        "    return tuple(found)\n"
    )
    scope = {
        **names,
        "fallback": fallback,
        "fresh": template.copy,
        "more": more,
        "keys": keys,
        **building(cls),
    }
    exec(source, scope)  # noqa: S102 - our own declared names, at import; see above
    made: Callable[..., tuple[Any, ...]] = scope["made"]
    return made


def record(
    rows: Sequence[Row],
    template: dict[str, Any],
    lists: Sequence[str],
    native: Any,
    identity: str,
    own: Callable[[dict[str, Any], dict[str, Any], Any], None],
) -> Callable[..., dict[str, Any]]:
    """`start(entity, writing)`: the record of an entity that `native` has no id for, in one go.

    A copy of the template, a new list for each key of `lists`, the rows, and `identity`: a
    statement that sets the record's ids from `id`. An entity that came from `native` gets its ids
    from `own(entity, record, writing)` instead. It is `writer` with what surrounds it.
    """
    lines, names = _lines(rows, "record[{wire!r}]", "entity[{field!r}]", "back")
    slow = [(row.wire, row.field, row.codec.encode) for row in rows]

    def fallback(entity: dict[str, Any], record: dict[str, Any], writing: Any) -> None:
        for key, name, encode in slow:
            record[key] = encode(entity[name], writing, entity, name)

    calls = "".join(
        f"        record[{r.wire!r}] = f{i}(entity[{r.field!r}], carry, entity, {r.field!r})\n"
        for i, r in enumerate(rows)
        if _is_call(r)
    )
    names |= {f"f{i}": r.codec.encode for i, r in enumerate(rows) if _is_call(r)}
    body = "".join(f"        {line}\n" for line in lines) or "        pass\n"
    source = (
        "def made(entity, carry):\n    record = fresh()\n"
        + "".join(f"    record[{key!r}] = []\n" for key in lists)
        + f"    try:\n{body}    except KeyError: fallback(entity, record, carry)\n"
        + (f"    else:\n{calls}" if calls else "")
        + "    if entity['kildesystem'] is native and entity['kilde_id'] is not None:\n"
        "        own(entity, record, carry)\n"
        f"    else:\n        id = entity['id']\n        {identity}\n    return record\n"
    )
    scope = {**names, "fallback": fallback, "fresh": template.copy, "native": native, "own": own}
    exec(source, scope)  # noqa: S102 - our own declared names, at import; see above
    made: Callable[..., dict[str, Any]] = scope["made"]
    return made


def joined(
    first: Sequence[Row], second: Sequence[Row], template: dict[str, Any]
) -> Callable[..., dict[str, Any]]:
    """`write(entity, other, writing)`: a new record of two entities, `first` rows and `second`."""
    lines, names = _lines(first, "record[{wire!r}]", "entity[{field!r}]", "back")
    more, named = _lines(second, "record[{wire!r}]", "other[{field!r}]", "back", len(first))
    every = [(row, "entity") for row in first] + [(row, "other") for row in second]
    slow = [(row.wire, row.field, row.codec.encode, of == "other") for row, of in every]

    def fallback(
        entity: dict[str, Any], other: dict[str, Any], record: dict[str, Any], writing: Any
    ) -> None:
        for key, name, encode, second_one in slow:
            of = other if second_one else entity
            record[key] = encode(of[name], writing, of, name)

    calls = "".join(
        f"        record[{r.wire!r}] = f{i}({of}[{r.field!r}], carry, {of}, {r.field!r})\n"
        for i, (r, of) in enumerate(every)
        if _is_call(r)
    )
    found = {f"f{i}": r.codec.encode for i, (r, _) in enumerate(every) if _is_call(r)}
    body = "".join(f"        {line}\n" for line in (*lines, *more)) or "        pass\n"
    source = (
        f"def made(entity, other, carry):\n    record = fresh()\n    try:\n{body}"
        "    except KeyError: fallback(entity, other, record, carry)\n"
        + (f"    else:\n{calls}" if calls else "")
        + "    return record\n"
    )
    scope = {**names, **named, **found, "fallback": fallback, "fresh": template.copy}
    exec(source, scope)  # noqa: S102 - our own declared names, at import; see above
    made: Callable[..., dict[str, Any]] = scope["made"]
    return made


def _is_call(row: Row) -> bool:
    codec = row.codec if row.codec.each is None else row.codec.each
    return not (codec.plain or codec.person or codec.known or codec.there is not None)


def _look(codec: Codec, index: int, table: str, names: dict[str, Any]) -> str:
    """The look-up of a codec as an expression."""
    if codec.person:
        return "carry.persons"
    if codec.known:
        return f"carry.known[{codec.known!r}]"
    names[f"t{index}"] = getattr(codec, table)
    return f"t{index}"


def _lines(
    rows: Sequence[Row], to: str, from_: str, table: str, start: int = 0
) -> tuple[list[str], dict[str, Any]]:
    lines: list[str] = []
    names: dict[str, Any] = {}
    for index, row in enumerate(rows, start):
        left = to.format(field=row.field, wire=row.wire)
        right = from_.format(field=row.field, wire=row.wire)
        codec = row.codec
        if codec.plain:
            lines.append(f"{left} = {right}")
        elif codec.each is not None and not _is_call(row):
            look = _look(codec.each, index, table, names)
            listed = f"[{look}[each] for each in {right}]"
            lines.append(f"{left} = {f'tuple({listed})' if table == 'there' else listed}")
        elif not _is_call(row):
            lines.append(f"{left} = {_look(codec, index, table, names)}[{right}]")
    return lines, names


def _function(
    head: str,
    handed: str,
    lines: list[str],
    calls: list[tuple[str, Any]],
    names: dict[str, Any],
    fallback: Callable[..., None],
) -> Callable[..., None]:
    body = "".join(f"        {line}\n" for line in lines) or "        pass\n"
    called = "".join(f"    {text}\n" for text, _ in calls)
    source = (
        f"def made({head}):\n    try:\n{body}    except KeyError:\n"
        f"        fallback({handed})\n        return\n{called}"
    )
    scope = {**names, "fallback": fallback}
    for text, function in calls:
        scope[text.partition(" = ")[2].partition("(")[0]] = function
    exec(source, scope)  # noqa: S102 - our own declared names, at import; see above
    made: Callable[..., None] = scope["made"]
    return made
