"""A population register for practice: answers about the invented persons of a sandbox.

A real municipality gets this file from the Folkeregister on its own authority. Here every
synthetic number found in the documents is open, with the birth date it stands for, except those
named as protected. This module must only ever be given synthetic persons.
"""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.sandbox.synthetic import birth_date

_NUMBER = re.compile(r"(?<!\d)\d{11}(?!\d)")


def write(path: Path, documents: Iterable[Any], protected: frozenset[str] = frozenset()) -> int:
    """Write the answers about every number in the documents; returns how many there are."""
    answers: dict[str, dict[str, str | None]] = {}
    if path.exists():
        answers = json.loads(path.read_text(encoding="utf-8"))["personer"]
    for document in documents:
        for number in _NUMBER.findall(json.dumps(document, ensure_ascii=False)):
            born = birth_date(number)
            if born is not None:
                answers[number] = {
                    "grad": "fortrolig" if number in protected else "ingen",
                    "foedselsdato": born.isoformat(),
                }
    until = datetime.now(UTC) + timedelta(days=30)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = {"gyldigTil": until.isoformat(timespec="seconds"), "personer": answers}
    path.write_text(json.dumps(told), encoding="utf-8")
    return len(answers)
