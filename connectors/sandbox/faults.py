"""Rules for misbehaving: which requests, how often, and in what way.

A rule is {"kind", "match" (a regular expression on "METHOD /path"), "skip": 0, "times": 1 (0 is
without end), "every": 1, "probability": 1.0} and the arguments of its kind. It decides only;
`misbehaviour.py` and `rewriting.py` do it. `lag` is no rule that strikes instead of another: it
says how far behind a search is while the others do what they do, and it is without end unless
`times` says otherwise.
"""

import random
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BEFORE = frozenset(
    {"busy429", "busy503", "reset", "cut_before", "unauthorized", "forbidden", "server500"}
)
REWRITES = frozenset(
    {
        "empty_page",
        "short_page",
        "double_page",
        "repeat_cursor",
        "drift",
        "poison",
        "wrong_document",
        "emptied",
        "wrong_tenant",
        "fresh_cursor",
        "long_page",
    }
)
DIALECTS = frozenset(
    {
        "weak_tag",
        "suffixed_tag",
        "gzip_members",
        "gzip_named",
        "bom",
        "doubled_member",
        "empty_created",
        "whole_floats",
        "stale409",
        "token_life",
    }
)
SENDING = frozenset(
    {
        "cut_after",
        "short_body",
        "cut_json",
        "html200",
        "stall",
        "drip",
        "wrong_encoding",
        "gzip_bomb",
    }
)
LAG = "lag"
CONTENT = frozenset({"content_lost", "content_swapped"})
KINDS = BEFORE | REWRITES | DIALECTS | CONTENT | SENDING | {LAG}
LAGS = 2.0
"""Seconds a search is behind when a rule does not say."""
_RULE = {"kind", "match", "skip", "times", "every", "probability"}
_ARGUMENTS = {
    "retry_after",
    "seconds",
    "handled",
    "megabytes",
    "n",
    "add",
    "int_to_text",
    "mode",
    "tenant",
    "head",
}


class BadRule(ValueError):
    """A rule that is not understood; the text names the key only."""


@dataclass(slots=True)
class Rule:
    """One rule and how often it has matched and struck."""

    kind: str
    match: re.Pattern[str]
    skip: int = 0
    times: int = 1
    every: int = 1
    probability: float = 1.0
    arguments: Mapping[str, Any] = field(default_factory=dict)
    matched: int = 0
    struck: int = 0
    memory: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Any) -> "Rule":
        """A rule from JSON. Raises BadRule."""
        if not isinstance(data, dict) or data.get("kind") not in KINDS:
            raise BadRule("kind")
        for key in data:
            if key not in _RULE | _ARGUMENTS:
                raise BadRule("key")
        try:
            return cls(
                kind=data["kind"],
                match=re.compile(data.get("match", "")),
                skip=int(data.get("skip", 0)),
                times=int(data.get("times", 0 if data["kind"] == LAG else 1)),
                every=max(int(data.get("every", 1)), 1),
                probability=float(data.get("probability", 1.0)),
                arguments={key: data[key] for key in data if key in _ARGUMENTS},
            )
        except (TypeError, ValueError, re.error):
            raise BadRule("value") from None


class FaultBook:
    """The rules in force; thread-safe. Random faults come from a seed, so a run can be repeated."""

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._rules: tuple[Rule, ...] = ()
        self._random = random.Random(seed)  # noqa: S311 - faults, not secrets

    def replace(self, rules: Sequence[Any], seed: int | None = None) -> int:
        """Put new rules in force. Raises BadRule, and then keeps the old ones."""
        fresh = tuple(Rule.of(rule) for rule in rules)
        with self._lock:
            self._rules = fresh
            if seed is not None:
                self._random.seed(seed)
        return len(fresh)

    def strike(self, method: str, path: str) -> Rule | None:
        """The first rule that shall strike this request."""
        if not self._rules:
            return None
        line = f"{method} {path}"
        with self._lock:
            for rule in self._rules:
                if rule.kind != LAG and rule.match.search(line) and self._due(rule):
                    rule.struck += 1
                    return rule
        return None

    def lag(self, method: str, path: str) -> float:
        """Seconds a search that answers this request is behind; 0 for one that is not."""
        behind = 0.0
        if not self._rules:
            return behind
        line = f"{method} {path}"
        with self._lock:
            for rule in self._rules:
                if rule.kind == LAG and rule.match.search(line) and self._due(rule):
                    rule.struck += 1
                    behind = max(behind, float(rule.arguments.get("seconds", LAGS)))
        return behind

    def _due(self, rule: Rule) -> bool:
        rule.matched += 1
        if rule.times and rule.struck >= rule.times:
            return False
        turn = rule.matched - rule.skip - 1
        if turn < 0 or turn % rule.every:
            return False
        return rule.probability >= 1.0 or self._random.random() < rule.probability

    def struck(self) -> list[dict[str, Any]]:
        """Each rule's kind with how often it matched and struck."""
        with self._lock:
            return [
                {"kind": rule.kind, "matched": rule.matched, "struck": rule.struck}
                for rule in self._rules
            ]

    @property
    def active(self) -> bool:
        """True when there are rules at all."""
        return bool(self._rules)
