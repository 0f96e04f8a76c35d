"""The one place that knows tenacity: which errors are tried again, when, and how often.

Only Transient is. Waiting is exponential with jitter, never shorter than the system asked for,
and drawn from the session's budget. An unreadable answer that stays so becomes a RemoteFault, and
one that comes again to the letter is not asked for a third time: it is what the system says.
"""

from collections.abc import Callable
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    wait_exponential,
    wait_random,
)

from connectors.http.breaker import CircuitOpen
from connectors.http.budget import RetryBudget
from connectors.http.faults import Garbled, Unreadable
from gateway.errors import RemoteFault, Transient

T = TypeVar("T")

_BACKOFF = wait_exponential(multiplier=0.1, max=20.0) + wait_random(0, 0.1)


def _again(exc: BaseException) -> bool:
    return isinstance(exc, Transient) and not isinstance(exc, CircuitOpen)


def _wait(state: RetryCallState) -> float:
    asked = 0.0
    exc = state.outcome.exception() if state.outcome else None
    if isinstance(exc, Transient) and exc.retry_after is not None:
        asked = exc.retry_after
    return max(asked, _BACKOFF(state))


class Retry:
    """Runs attempts of one call. `attempts` counts the first one."""

    def __init__(self, attempts: int, budget: RetryBudget, sleep: Callable[[float], None]) -> None:
        self._attempts = attempts
        self._budget = budget
        self._sleep = sleep

    def run(self, attempt: Callable[[], T]) -> T:
        """The first full answer. Raises the last error; an Unreadable one as RemoteFault."""
        failed: list[Transient] = []
        said: set[bytes] = set()
        try:
            return attempt()
        except CircuitOpen:
            raise
        except Transient as exc:
            failed.append(exc)

        def again() -> T:
            try:
                # The first attempt has been made: what it gave is all that is left to hand over.
                if failed:
                    raise failed.pop()
                return attempt()
            except Garbled as exc:
                if exc.digest not in said:
                    said.add(exc.digest)
                    raise
                code, place = exc.code, exc.place
            raise RemoteFault(code, place=place)

        retrying = Retrying(
            retry=retry_if_exception(_again),
            wait=_wait,
            stop=self._stop,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(again)
        except Unreadable as exc:
            code, place = exc.code, exc.place
        raise RemoteFault(code, place=place)

    def _stop(self, state: RetryCallState) -> bool:
        return state.attempt_number >= self._attempts or not self._budget.take(state.upcoming_sleep)
