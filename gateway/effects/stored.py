"""A step to and from its row in the ledger."""

import json
from typing import Any

from gateway.plan.step import Step, StepKind


def step_of(row: Any) -> Step:
    """A step from its stored row."""
    return Step(
        nr=row["nr"],
        chunk=row["chunk"],
        kind=StepKind(row["kind"]),
        logg=row["logg"],
        source_ref=row["source_ref"],
        source_version=row["source_version"],
        source_sha=row["source_sha"] or "",
        content_sha=row["content_sha"] or "",
        target_ref=row["target_ref"],
        base_version=row["base_version"],
        generation=row["generation"],
        code=row["code"] or "",
        place=row["place"] or "",
        facts=json.loads(row["facts"]),
    )


def row_of(plan_id: str, step: Step) -> dict[str, Any]:
    """A step as its row."""
    return {
        "plan_id": plan_id, "nr": step.nr, "chunk": step.chunk, "kind": step.kind.value,
        "logg": step.logg, "source_ref": step.source_ref, "source_version": step.source_version,
        "source_sha": step.source_sha, "content_sha": step.content_sha,
        "target_ref": step.target_ref, "base_version": step.base_version,
        "generation": step.generation, "code": step.code or None, "place": step.place[:200] or None,
        "facts": json.dumps(step.facts, separators=(",", ":")),
    }  # fmt: skip
