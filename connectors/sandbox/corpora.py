"""Reads a corpus: a folder with one wire document per file and an `index.toml` that says why.

Used by both sandboxes' `corpus.py`. It must not know any vendor's shapes.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """One document of a corpus.

    `sentence` stands in this document and in no other. `held` is the public code the policy
    answers with, empty when the log may leave; `held_if_age_known` is that code once the main
    person's birth date is known. `protected`: the register shall answer that the main person is.
    """

    name: str
    about: str
    sentence: str
    held: str
    held_if_age_known: str
    protected: bool


def cases(folder: Path) -> tuple[Case, ...]:
    """The cases of a corpus, in the order of its index. Raises KeyError on an incomplete index."""
    index = tomllib.loads((folder / "index.toml").read_text(encoding="utf-8"))
    return tuple(
        Case(
            name=name,
            about=entry["about"],
            sentence=entry["sentence"],
            held=entry.get("held", ""),
            held_if_age_known=entry.get("held_if_age_known", ""),
            protected=entry.get("protected", False),
        )
        for name, entry in index.items()
    )


def documents(folder: Path) -> Iterator[tuple[Case, dict[str, Any]]]:
    """Each case with its document as read; one at a time."""
    for case in cases(folder):
        yield case, json.loads((folder / f"{case.name}.json").read_text(encoding="utf-8"))
