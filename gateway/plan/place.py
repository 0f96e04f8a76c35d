"""Where a log stands in the target when a plan is made."""

from gateway.plan.step import StepKind


class Place:
    """Where a log stands in the target; `kind` is set when that alone decides the step."""

    __slots__ = ("code", "generation", "kind", "ref", "version")

    def __init__(
        self,
        kind: StepKind | None = None,
        code: str = "",
        ref: str | None = None,
        version: str | None = None,
        generation: int = 1,
    ) -> None:
        self.kind = kind
        self.code = code
        self.ref = ref
        self.version = version
        self.generation = generation
