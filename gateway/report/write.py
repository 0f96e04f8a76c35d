"""Write a run's report: one self-contained HTML page and the same facts as JSON.

The page fetches nothing: styles and pictures are inside it. It must not contain any value from a
log; `build` gives it places, codes and counts only.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.tasks.counted import GROUPS
from gateway.texts.catalogue import Catalogue

_HERE = Path(__file__).parent
_OSLO = ZoneInfo("Europe/Oslo")
_ACCOUNTS = ("mapped", "derived", "carried", "withheld", "lost")


def bars(facts: dict[str, Any]) -> list[tuple[str, int]]:
    """Every log of the plan in exactly one group, for the first picture: the run's own count. What
    is not settled stands with what was changed under way: neither has come across."""
    logs = facts["logs"]
    return [(name, logs[name] + (logs["igjen"] if name == "flyttet" else 0)) for name in GROUPS]


SHOWN = 200
"""How many logs a list of the page shows; the JSON has them all."""
_WRONG = ("drifted", "missing", "partial", "unread")


def headline(facts: dict[str, Any]) -> list[tuple[str, int]]:
    """(label, count) of what the newest reconciliation found that is not right; the files are those
    of the newest look that fetched them."""
    found = facts["found"]
    if found is None:
        return []
    told = [(f"outcome_{name}", found["counts"].get(name, 0)) for name in _WRONG]
    files = found["last_files"] or {}
    told += [("content_wrong", files.get("wrong", 0)), ("content_unread", files.get("untried", 0))]
    return [(name, count) for name, count in told if count]


def local(instant: str) -> str:
    """An ISO instant as people in Norway read it, to the minute."""
    return datetime.fromisoformat(instant).astimezone(_OSLO).strftime("%d.%m.%Y kl. %H.%M")


def page(facts: dict[str, Any], language: str) -> str:
    """The HTML page."""
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["local"] = local
    texts = Catalogue(language)
    return environment.get_template("page.html.j2").render(
        facts=facts,
        label=texts.label,
        code=texts.code,
        reason=texts.reason,
        change_word=texts.change,
        language=texts.language,
        bars=bars(facts),
        headline=headline(facts),
        shown=SHOWN,
        accounts=[(name, facts["accounts"].get(name, 0)) for name in _ACCOUNTS],
        lines_of=lambda account: [line for line in facts["books"] if line[1] == account],
    )


def write(facts: dict[str, Any], folder: Path, language: str) -> tuple[Path, Path]:
    """Both files, in `folder`. Returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    html = folder / f"{facts['run']}.{language}.html"
    html.write_text(page(facts, language), encoding="utf-8")
    data = folder / f"{facts['run']}.json"
    data.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    return html, data
