"""The cases: data beside the specification (chapter 14)."""

import fnmatch
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "schemas" / "overfoering" / "samsvar"
Proeve = dict[str, Any]


def all_of_them() -> list[Proeve]:
    """Every case, in the order of their files."""
    return [
        one
        for path in sorted(FOLDER.glob("*.json"))
        if path.name != "eksempler.json"
        for one in json.loads(path.read_text(encoding="utf-8"))["proever"]
    ]


def chosen(side: str, patterns: Sequence[str]) -> list[Proeve]:
    """Those of one side whose name fits one of the patterns; all, without any."""
    return [
        one
        for one in all_of_them()
        if one["port"] == side
        and (not patterns or any(fnmatch.fnmatch(one["navn"], p) for p in patterns))
    ]
