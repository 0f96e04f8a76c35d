"""Reads a corpus: a folder with one wire document per file and an `index.toml` that says why.

Used by both sandboxes' `corpus.py`. It must not know any vendor's shapes.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """One document of a corpus.

    `sentence` stands in this document and in no other. `held` is the public code the policy
    answers with, empty when the log may leave. `protected`: the register shall answer that the
    main person is; `born`: the birth date it shall give, where the system has no field for it.
    """

    name: str
    about: str
    sentence: str
    held: str
    protected: bool
    born: date | None


def cases(folder: Path) -> tuple[Case, ...]:
    """The cases of a corpus, in the order of its index. Raises KeyError on an incomplete index."""
    index = tomllib.loads((folder / "index.toml").read_text(encoding="utf-8"))
    return tuple(
        Case(
            name=name,
            about=entry["about"],
            sentence=entry["sentence"],
            held=entry.get("held", ""),
            protected=entry.get("protected", False),
            born=entry.get("born"),
        )
        for name, entry in index.items()
    )


def documents(folder: Path) -> Iterator[tuple[Case, dict[str, Any]]]:
    """Each case with its document as read; one at a time."""
    for case in cases(folder):
        yield case, json.loads((folder / f"{case.name}.json").read_text(encoding="utf-8"))
