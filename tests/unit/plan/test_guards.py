"""The stops before a run: each is told with a code, and a healthy start passes."""

from dataclasses import replace

import pytest

from gateway.errors import GatewayError
from gateway.plan import guards
from gateway.ports.connector import Facts

GOOD = Facts("899100107", "p", "v1", "sandbox", frozenset({"les", "import"}), 100, 10_000)


def code(check, *words):
    """The code a check stops with, or None."""
    try:
        check(*words)
    except GatewayError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("changes", "known", "expected"),
    [
        ({}, 100, None),
        ({}, 0, None),
        ({"tenant": "899100115"}, 100, "FEIL_TENANT"),
        ({"count": 0}, 1, "TOM_KILDE"),
        ({"count": 0}, 0, None),
        ({"count": 80}, 100, None),
        ({"count": 79}, 100, "KILDE_KRYMPET"),
        ({"rights": frozenset({"import"})}, 100, "MANGLER_RETTIGHET"),
    ],
)
def test_a_source(changes, known, expected):
    """Right municipality, readable, and about as full as before."""
    assert code(guards.check_source, replace(GOOD, **changes), "899100107", known, 20) == expected


@pytest.mark.parametrize(
    ("changes", "needed", "expected"),
    [
        ({}, 10_000, None),
        ({}, 10_001, "MAAL_FULLT"),
        ({"free_bytes": None}, 10**12, None),
        ({"tenant": "899100115"}, 0, "FEIL_TENANT"),
        ({"rights": frozenset({"les"})}, 0, "MANGLER_RETTIGHET"),
    ],
)
def test_a_target(changes, needed, expected):
    """Right municipality, writable, and room enough."""
    assert code(guards.check_target, replace(GOOD, **changes), "899100107", needed) == expected


def test_contract():
    """Another contract version stops before anything is read."""
    assert code(guards.check_contract, GOOD, "") is None
    assert code(guards.check_contract, GOOD, "v1") is None
    assert code(guards.check_contract, GOOD, "v2") == "KONTRAKT_ENDRET"
