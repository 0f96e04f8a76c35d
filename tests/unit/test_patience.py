"""A step is tried again while the database is away for a moment, and no longer."""

import pytest

from gateway.engine.patience import PAUSES, patiently
from gateway.errors import GatewayError, LocalFault, Transient


def tried(fails: int, error: GatewayError) -> tuple[list[float], int]:
    """The pauses, and how often a step that fails so many times was tried."""
    paused: list[float] = []
    times = 0

    def step() -> str:
        nonlocal times
        times += 1
        if times <= fails:
            raise error
        return "ferdig"

    try:
        assert patiently(step, paused.append) == "ferdig"
    except GatewayError as raised:
        assert raised is error
    return paused, times


def test_a_database_that_comes_back_is_waited_for() -> None:
    """Two failures cost two pauses, each longer."""
    assert tried(0, Transient("DATABASE_OPPTATT")) == ([], 1)
    assert tried(2, Transient("DATABASE_OPPTATT")) == (list(PAUSES[:2]), 3)


def test_one_that_does_not_is_given_up() -> None:
    """The last failure is handed on, after every pause."""
    assert tried(99, Transient("DATABASE_OPPTATT")) == (list(PAUSES), len(PAUSES) + 1)
    with pytest.raises(Transient):
        patiently(lambda: (_ for _ in ()).throw(Transient("DATABASE_OPPTATT")), lambda _: None)


def test_what_time_does_not_mend_is_not_waited_for() -> None:
    """A full disk is told at once, and so is a system that was waited for where it was asked."""
    assert tried(99, Transient("KRETS_AAPEN")) == ([], 1)
    assert tried(99, LocalFault("DISK_FULL")) == ([], 1)
