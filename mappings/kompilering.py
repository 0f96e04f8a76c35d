"""Functions made of rows: what reads and writes whole records, without a call for each value.

Each function here puts the lines of `linjer` in what has to stand around them. It must not know
any vendor.
"""

from collections.abc import Callable, Sequence
from typing import Any

from mappings import linjer
from mappings.entitetsbygger import building
from mappings.linjer import compiled, indented
from mappings.row import Row
from schemas.stafettlogg.entitet import Entitet

Listed = Sequence[tuple[str, bool]]
"""Keys that hold lists or children, and whether they hold children."""


def reader(rows: Sequence[Row]) -> Callable[..., None]:
    """`read(record, values, reading)` for these rows."""
    lines = linjer.reading(rows)
    return compiled("record, values, carry", lines.at(1) or "    pass\n", lines.scope)


def writer(rows: Sequence[Row]) -> Callable[..., None]:
    """`write(entity, record, writing)` for these rows."""
    lines = linjer.writing(rows)
    return compiled("entity, record, carry", lines.at(1) or "    pass\n", lines.scope)


def tally(width: int, lists: Listed) -> Callable[..., tuple[int, ...]]:
    """`tally(records)` of a section's records, in one pass.

    Gives (records, records with other keys than the `width` declared, then for each list key the
    leaves no child section counts: one for an empty list, and its length unless its flag says
    that it holds children).
    """
    body = (
        f"    {' = '.join(['odd', *_sums(lists)])} = 0\n"
        "    for record in records:\n"
        f"        if len(record) != {width}: odd += 1\n"
        f"{indented(_counting(lists), 2)}"
        f"    return {', '.join(['len(records)', 'odd', *_sums(lists)])}\n"
    )
    return compiled("records", body, {})


def _sums(lists: Listed) -> list[str]:
    return [f"n{i}" for i in range(len(lists))]


def _counting(lists: Listed) -> list[str]:
    """The leaves of each list of a record, added to the section's."""
    return [
        f"if not record[{key!r}]: n{i} += 1" if child else f"n{i} += len(record[{key!r}]) or 1"
        for i, (key, child) in enumerate(lists)
    ]


def entities(
    rows: Sequence[Row],
    section: str,
    keys: frozenset[str],
    lists: Listed,
    key: str,
    kind: str,
    template: dict[str, Any],
    cls: type[Entitet],
    more: Callable[..., None] | None = None,
) -> Callable[..., tuple[Any, ...]]:
    """`read(records, reading, context)`: the entities of a whole list, in one generated loop.

    For each record: a copy of the template, the vendor's id and ours (known already, by `kind`),
    the rows, then `more(record, values, reading, context)` for the structures, what no row took
    in `raa`, a line in the trace, and the entity; and what `tally` would count of them.
    """
    lines, (build, names) = linjer.reading(rows), building(cls)
    body = (
        "    if not records: return ()\n"
        f"    ids, trace, found = carry.known[{kind!r}], carry.trace, []\n"
        f"    {' = '.join(['odd', *_sums(lists)])} = 0\n"
        "    for record in records:\n"
        "        values = fresh()\n"
        f"        values['kilde_id'] = vendor = record[{key!r}]\n"
        "        values['id'] = entity = ids[vendor]\n"
        f"{lines.at(2)}"
        f"{'        more(record, values, carry, context)' if more else ''}\n"
        f"        if carry.leftover or len(record) != {len(keys)}:\n"
        f"            odd += len(record) != {len(keys)}\n"
        "            values['raa'] = carry.residue(record, keys)\n"
        f"{indented(_counting(lists), 2)}"
        f"        trace.append(({section!r}, record, entity, ''))\n"
        f"        {build}\n"
        "        found.append(model)\n"
        f"    carry.counts[{section!r}] = {', '.join(['len(records)', 'odd', *_sums(lists)])}\n"
        "    return tuple(found)\n"
    )
    scope = {"fresh": template.copy, "more": more, "keys": keys, **names, **lines.scope}
    return compiled("records, carry, context=None", body, scope)


def pairs(
    rows: tuple[Sequence[Row], Sequence[Row]],
    section: str,
    keys: frozenset[str],
    key: str,
    templates: tuple[dict[str, Any], dict[str, Any]],
    classes: tuple[type[Entitet], type[Entitet]],
    again: Callable[..., str],
    suffix: str,
    statement: str,
) -> Callable[..., list[Any]]:
    """`read(records, reading, everyone, identify, context)`: a person and a participation each.

    A person, known already by `reading.persons`, is put in `everyone` once. The participation
    gets its id from `identify(the person's id and the suffix)`; a record of somebody who is there
    already goes to `again(record, person, found, id, reading)`, which gives the id. The
    `statement` sets what follows from `vendor` and `context`. What no row took is in `raa` of the
    participation, which is what is returned. As `entities` it traces and counts.
    """
    one, two = linjer.reading(rows[0]), linjer.reading(rows[1], "b")
    (build, names), (build_two, more) = building(classes[0]), building(classes[1], "b")
    body = (
        "    persons, trace, found, odd = carry.persons, carry.trace, [], 0\n"
        "    for record in records:\n"
        f"        vendor = record[{key!r}]\n"
        "        person = persons[vendor]\n"
        f"        entity = identify(person + {suffix!r})\n"
        "        if person in everyone:\n"
        "            entity = again(record, everyone[person], found, entity, carry)\n"
        "        else:\n"
        "            values = fresh()\n"
        "            values['id'] = person; values['kilde_id'] = vendor\n"
        f"{one.at(3)}"
        f"            {build}\n"
        "            everyone[person] = model\n"
        "        values = freshb()\n"
        "        values['kilde_id'] = vendor; values['person'] = person; values['id'] = entity\n"
        f"        {statement}\n"
        f"{two.at(2)}"
        f"        if carry.leftover or len(record) != {len(keys)}:\n"
        f"            odd += len(record) != {len(keys)}\n"
        "            values['raa'] = carry.residue(record, keys)\n"
        f"        trace.append(({section!r}, record, person, entity))\n"
        f"        {build_two}\n"
        "        found.append(model)\n"
        f"    carry.counts[{section!r}] = len(records), odd\n"
        "    return found\n"
    )
    scope = {"fresh": templates[0].copy, "freshb": templates[1].copy, "keys": keys, "again": again}
    scope |= {**names, **more, **one.scope, **two.scope}
    return compiled("records, carry, everyone, identify, context", body, scope)


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
    from `own(entity, record, writing)` instead.
    """
    lines = linjer.writing(rows)
    body = (
        "    record = fresh()\n"
        f"{indented([f'record[{key!r}] = []' for key in lists], 1)}"
        f"{lines.at(1)}"
        "    if entity['kildesystem'] is native and entity['kilde_id'] is not None:\n"
        "        own(entity, record, carry)\n"
        "    else:\n"
        "        id = entity['id']\n"
        f"        {identity}\n"
        "    return record\n"
    )
    scope = {"fresh": template.copy, "native": native, "own": own, **lines.scope}
    return compiled("entity, carry", body, scope)


def joined(
    first: Sequence[Row], second: Sequence[Row], template: dict[str, Any]
) -> Callable[..., dict[str, Any]]:
    """`write(entity, other, writing)`: a new record of two entities, `first` rows and `second`."""
    one, two = linjer.writing(first), linjer.writing(second, "other", "b")
    body = f"    record = fresh()\n{one.at(1)}{two.at(1)}    return record\n"
    scope = {"fresh": template.copy, **one.scope, **two.scope}
    return compiled("entity, other, carry", body, scope)
