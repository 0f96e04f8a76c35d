"""Count a plan while it is made; the summary is the prediction that the report scores."""

from collections import Counter
from typing import Any

from gateway.plan.facts import accounts, noted
from gateway.plan.step import Step, StepKind

NOTED = "note"
"""In the place of a step's kind: the code is told of the log, and holds nothing."""


class Tally:
    """Counts a plan while it is made; the summary is the prediction the report scores."""

    def __init__(self) -> None:
        self.steps = 0
        self._kinds: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()
        self._became: Counter[tuple[str, str]] = Counter()
        self._accounts: Counter[str] = Counter()
        self._bytes = 0
        self._files = 0
        self._leaves = 0
        self._takes = 0

    def add(self, step: Step) -> None:
        """Count one step."""
        self.steps += 1
        self._kinds[step.kind.value] += 1
        if step.code:
            self._codes[step.code] += 1
            self._became[step.code, step.kind.value] += 1
        for code in noted(step.facts):
            self._codes[code] += 1
            self._became[code, NOTED] += 1
        self._takes += len(step.facts.get("takes", ()))
        if step.kind is StepKind.PUT:
            self._accounts.update(accounts(step.facts))
            self._leaves += step.facts["leaves"]
            self._bytes += step.facts["bytes"]
            self._files += step.facts["files"]

    def summary(self, listed: int, fetched: int, seconds: float) -> dict[str, Any]:
        """JSON-ready: counts, books in all, sizes, and the seconds a run is expected to take."""
        puts = self._kinds[StepKind.PUT.value]
        per_log = seconds / fetched if fetched else 0.02
        return {
            "steps": self.steps, "kinds": dict(self._kinds), "codes": dict(self._codes),
            "became": [[*key, count] for key, count in sorted(self._became.items())],
            "accounts": dict(self._accounts), "leaves": self._leaves, "bytes": self._bytes,
            "files": self._files, "takes": self._takes, "listed": listed, "fetched": fetched,
            "plan_seconds": round(seconds, 3),
            "run_seconds": round(max(1.0, puts * per_log * 3), 1),
        }  # fmt: skip
