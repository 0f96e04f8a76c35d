"""The one exit gate: every byte towards a target passes `send`, and only here is `put` called.

The verdict is asked again at the moment of commit and at every retry, with the clock and the
register's answers of that moment (a consent may be withdrawn, a protection may arrive, between
plan and commit). What was signed and what is about to go must have the same hash.
"""

from dataclasses import dataclass

from gateway.effects.route import Route
from gateway.plan.draft import Draft, Reading, draft
from gateway.plan.step import Step
from gateway.policy.verdict import Release
from gateway.ports.connector import Order, Written


@dataclass(frozen=True, slots=True)
class Refusal:
    """The gate says no: a public code, or `INNHOLD_ENDRET` when it is not what was signed."""

    code: str


def release(
    route: Route, reading: Reading, step: Step, *, home: bool
) -> tuple[Draft, Release] | Refusal:
    """Judge now. A release names exactly the content it lets through."""
    made = draft(route.pair, reading, route.ramme(reading.logg, going_home=home))
    if made.verdict.held:
        return Refusal(made.verdict.code)
    if made.content_sha != step.content_sha:
        return Refusal("INNHOLD_ENDRET")
    return made, Release(made.logg.id, made.content_sha, made.verdict)


def send(route: Route, order: Order, passed: Release) -> Written:
    """Write to the target. Raises ValueError if the release is for anything else than the order."""
    if passed.logg_id != order.key or not order.idempotency_key.endswith(passed.content_sha[:32]):
        raise ValueError("the release does not belong to this order")
    return route.target.put(order)
