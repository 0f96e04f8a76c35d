"""Hostile values, the places of a document they may stand in, and documents with one of them.

A place is a path of keys and indexes; its name is the path without indexes. Documents are bytes, so
that a value no Python object says the same as (`1e400`, half a surrogate) can stand in one too.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
NUMBER = "41814061033"
"""Looks like a person's number, and is nobody's."""
_MARK = "\x01hostile\x01"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A value by a name that says nothing of it, and as it stands in JSON."""

    name: str
    text: str = field(repr=False)


def _said(name: str, value: Any) -> Hostile:
    return Hostile(name, json.dumps(value))


NO_TIMES = (
    _said("30. februar", "2026-02-30"),
    _said("null dato", "0000-00-00"),
    _said("måned 13", "2026-13-01"),
    _said("29. februar i vanlig år", "2027-02-29"),
    _said("30. februar kl.", "2026-02-30T10:00:00Z"),
    _said("null kl.", "0000-00-00T00:00:00Z"),
    _said("kl. 24", "2026-03-01T24:00:00Z"),
    _said("skuddsekund", "2026-03-01T23:59:60Z"),
    _said("år 9999 vestfra", "9999-12-31T23:59:59-14:00"),
    _said("år 1 østfra", "0001-01-01T00:00:00+14:00"),
    _said("forskyvning 99", "2026-03-01T10:00:00+99:99"),
)
"""What has the form of a date or a time and is none."""

LENIENT = (
    _said("sju desimaler", "2026-03-01T10:00:00.1234567Z"),
    _said("liten z", "2026-03-01T10:00:00z"),
    _said("uten kolon", "2026-03-01T10:00:00+0100"),
    _said("uten sekunder", "2026-03-01T10:00+01:00"),
)
"""Times that are times, written otherwise than the contract says."""

VALUES = (
    *NO_TIMES,
    *LENIENT,
    _said("år 9999", "9999-12-31T23:59:59Z"),
    _said("siste dag", "9999-12-31"),
    _said("første dag", "0001-01-01"),
    _said("uten sone", "2026-03-01T10:00:00"),
    _said("uten t", "2026-03-01 10:00:00Z"),
    _said("linjeskift", "2026-03-01T10:00:00Z\n"),
    _said("arabiske sifre", "٢٠٢٦-٠٣-٠١"),
    _said("brede sifre", "２０２６-03-01T10:00:00Z"),
    _said("tom", ""),
    _said("ord", "zqxj"),
    _said("nummer", NUMBER),
    _said("nulltegn", "zq\x00xj"),
    _said("matematiske sifre", "𝟙𝟚𝟛"),
    _said("lang", "Q" * 250_000),
    _said("null", None),
    _said("sann", True),
    _said("0", 0),
    _said("minus", -1),
    Hostile("2.0", "2.0"),
    Hostile("2.5", "2.5"),
    _said("svært stor", 10**30),
    Hostile("uendelig", "1e400"),
    Hostile("ikke et tall", "NaN"),
    Hostile("halv surrogat", '"\\ud800"'),
    _said("tom liste", []),
    _said("liste av ingenting", [None]),
    _said("tom", {}),
    _said("ting", {"zqxj": 1}),
    Hostile("dyp", "[" * 400 + "]" * 400),
)
"""The hostile values of the law, at least forty."""


def leaves(document: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of every leaf; an empty list or object is one."""
    if isinstance(document, dict) and document:
        for key, value in document.items():
            yield from leaves(value, (*path, key))
    elif isinstance(document, list) and document:
        for index, value in enumerate(document):
            yield from leaves(value, (*path, index))
    else:
        yield path


def name(path: Path) -> str:
    """A path as people say it, without indexes."""
    return ".".join(part for part in path if isinstance(part, str))


def at(document: Any, path: Path) -> Any:
    """What stands there."""
    for part in path:
        document = document[part]
    return document


def standing(document: dict[str, Any], path: Path) -> tuple[str, str]:
    """The document as JSON text before and after the value at the path: put anything between."""
    copy = json.loads(json.dumps(document))
    at(copy, path[:-1])[path[-1]] = _MARK
    before, after = json.dumps(copy).split(json.dumps(_MARK))
    return before, after


def body(document: dict[str, Any], path: Path, value: Hostile) -> bytes:
    """The document with the value at the path."""
    before, after = standing(document, path)
    return f"{before}{value.text}{after}".encode()


def places(documents: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Path]]:
    """Every named leaf once, in the first document that has it."""
    found: dict[str, tuple[dict[str, Any], Path]] = {}
    for document in documents:
        for path in leaves(document):
            found.setdefault(name(path), (document, path))
    return list(found.values())
