"""What a signature does not cover is said log by log, with the names that are missing.

One name too few and the log stays behind; a name said for one log names no other.
"""

from gateway.cli.signature import LeftOut, left_out
from gateway.plan.step import Step, StepKind

A, B = "aaaaaaaa-0000-5000-8000-000000000000", "bbbbbbbb-0000-5000-8000-000000000000"


def step(nr, logg, *over):
    """A step that would write over these places."""
    return Step(nr, 1, StepKind.OVERWRITE, logg, f"a-{nr}", "1", facts={"over": list(over)})


def test_the_same_place_of_two_logs_is_two_names():
    """Named for one log, it is still missing for the other."""
    asked = [step(1, A, "maal-1.tittel"), step(2, B, "maal-1.tittel")]
    left = left_out(asked, [1], [f"{A}:maal-1.tittel"])
    assert left == [LeftOut(B, 0, ("bbbbbbbb:maal-1.tittel",))]


def test_half_of_the_places():
    """How many were named, and which were not; by the whole id or the start of it."""
    asked = [step(1, A, "maal-1.tittel", "maal-2", "logg-a.status")]
    left = left_out(asked, [], ["aaaaaaaa:maal-2", f"{A}:logg-a.status"])
    assert left == [LeftOut(A, 2, ("aaaaaaaa:maal-1.tittel",))]


def test_nothing_named():
    """All are missing; what goes is not told."""
    asked = [step(1, A, "maal-1"), step(2, B, "maal-2")]
    assert left_out(asked, [], []) == [
        LeftOut(A, 0, ("aaaaaaaa:maal-1",)), LeftOut(B, 0, ("bbbbbbbb:maal-2",)),
    ]  # fmt: skip
    assert left_out(asked, [1, 2], ["aaaaaaaa:maal-1", "bbbbbbbb:maal-2"]) == []
