"""A person writes in a text that we made as a block of labelled lines: nothing else of it goes.

Wherever the line is put, home everything that stood in the block stands as it was, and the line
stands somewhere. A label said again, or with a value nobody can read, is such a line.
"""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from mappings.restore import restore
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import indexed
from tests.laws.conftest import TENANT, documents, mapping

HOME, THERE = "conexus_companion", "visma_samspill"
LINE = "En fri linje noen skrev"

Lines = list[str]


def first(lines: Lines) -> Lines:
    """Before everything."""
    return [LINE, *lines]


def between(lines: Lines) -> Lines:
    """Behind the first line."""
    return [*lines[:1], LINE, *lines[1:]]


def last(lines: Lines) -> Lines:
    """Behind everything, without a blank line."""
    return [*lines, LINE]


def with_a_colon(lines: Lines) -> Lines:
    """As a label nobody knows."""
    return [*lines, f"Husk: {LINE}"]


def said_again(lines: Lines) -> Lines:
    """As a label that stands there already."""
    return [*lines, f"{lines[0].partition(': ')[0]}: {LINE}"]


def edited(where: Callable[[Lines], Lines], text: str) -> str:
    """The first paragraph with the line in it, the rest as it is."""
    head, blank, rest = text.partition("\n\n")
    lines: Lines = []
    for line in head.split("\n"):
        if line.startswith("  "):
            lines[-1] += f"\n{line}"
        else:
            lines.append(line)
    return "\n".join(where(lines)) + blank + rest


def home(changed: Callable[[str], str], part: str) -> Any:
    """(number, original wire, log as it was, log as it comes home) for each description of ours
    that begins with a label, edited one at a time."""
    source, target = mapping(HOME), mapping(THERE)
    for number, wire in enumerate(documents(HOME, 61, 25)):
        ours = source.decode(wire, TENANT).logg
        there = target.encode(ours, TENANT).wire
        base = target.decode(there, TENANT).logg
        for index, text in enumerate(texts(there, part)):
            if ": " in (text or "\n").partition("\n")[0]:
                now = copy.deepcopy(there)
                write(now, part, index, changed(text))
                yield number, ours, restore(base, target.decode(now, TENANT).logg, ours)


def texts(wire: Any, part: str) -> list[str]:
    """The texts of a part, in order."""
    return [item[name] for item, name in places(wire, part)]


def write(wire: Any, part: str, index: int, text: str) -> None:
    """Somebody writes in one of them."""
    item, name = places(wire, part)[index]
    item[name] = text


def places(wire: Any, part: str) -> list[tuple[Any, str]]:
    """Where they stand."""
    if part == "comments":
        return [(c, "text") for item in wire["activities"] for c in item["comments"]]
    return [(item, "description") for item in wire[part]]


@pytest.mark.parametrize("where", [first, between, last, with_a_colon, said_again])
@pytest.mark.parametrize("part", ["goals", "activities", "comments"])
def test_a_line_takes_nothing_with_it(part: str, where: Callable[[Lines], Lines]) -> None:
    """Every filled field of every entity is as it was, but the one the line has come to."""
    seen = 0
    for _number, ours, now in home(lambda text: edited(where, text), part):
        before, after = indexed(ours), indexed(now)
        assert before.keys() <= after.keys()
        moved = [
            (key, name)
            for key, entity in before.items()
            for name in type(entity).model_fields
            if name not in ("endret", "sist_oppdatert")
            and (value := getattr(entity, name)) not in (None, (), "", False)
            and not isinstance(value, (tuple, Entitet))
            and getattr(after[key], name) != value
        ]
        assert all(LINE in str(getattr(after[key], name)) for key, name in moved), moved
        seen += 1
        wire = mapping(HOME).encode(now, TENANT).wire
        assert LINE in json.dumps(wire, ensure_ascii=False)
    assert seen > 20


def test_a_value_nobody_can_read_is_a_line() -> None:
    """A word for a place that is none of ours, and a date that is none: the text is kept."""
    for label in ("Arena: ", "Startdato: "):
        seen = 0
        for _number, _ours, now in home(
            lambda text, label=label: text.replace(label, f"{label}kanskje "), "activities"
        ):
            wire = json.dumps(mapping(HOME).encode(now, TENANT).wire, ensure_ascii=False)
            seen += f"{label}kanskje" in wire
        assert seen
