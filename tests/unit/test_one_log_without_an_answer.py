"""A log the system gives no answer about is that log's fault, until several in a row are silent."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.effects.pull import Puller
from gateway.effects.silence import IN_A_ROW, OF_THE_SYSTEM
from gateway.errors import GatewayError, Transient
from gateway.ports.connector import Document, Entry


class Source:
    """Answers for the refs it knows, fails with `error` for the rest, and says of itself that it
    is well unless it is `ill`."""

    def __init__(self, known: str, error: GatewayError, *, ill: bool = False) -> None:
        self._known, self._error, self._ill = known, error, ill

    def document(self, ref: str) -> Document:
        """A document, or the fault."""
        if ref not in self._known:
            raise self._error
        return Document(ref, "1", b"{}")

    def facts(self) -> None:
        """What it is, or the fault."""
        if self._ill:
            raise self._error


def taken(refs: str, known: str, error: GatewayError, *, ill: bool = False) -> list[str]:
    """The code of each log, taken in turn."""
    source: Any = Source(known, error, ill=ill)
    mapping: Any = SimpleNamespace(parse=lambda body: body, system="kilde")
    puller = Puller(source, mapping, None, None, "")  # type: ignore[arg-type]
    puller.files = lambda document, lost: ()  # type: ignore[method-assign]
    return [puller.take(Entry(ref, "1")).code for ref in refs]


@pytest.mark.parametrize("code", ["TJENERFEIL", "TIDSAVBRUDD", "LINJEN_BRUTT"])
def test_logs_without_an_answer_stop_nobody(code: str) -> None:
    """Three in a row get none from a system that is well: they are named, and the others taken."""
    assert taken("abcde", "ae", Transient(code)) == ["", code, code, code, ""]


def test_a_system_that_does_not_answer_for_itself_is_silent() -> None:
    """Nothing is concluded of the log, and nothing more is asked."""
    with pytest.raises(Transient):
        taken("ab", "b", Transient("TJENERFEIL"), ill=True)


def test_many_in_a_row_are_the_systems_silence() -> None:
    """However well it says it is."""
    assert taken("a" * (IN_A_ROW - 1), "", Transient("TJENERFEIL"))
    with pytest.raises(Transient):
        taken("a" * IN_A_ROW, "", Transient("TJENERFEIL"))


@pytest.mark.parametrize("code", sorted(OF_THE_SYSTEM))
def test_what_a_system_says_of_itself_is_no_logs(code: str) -> None:
    """Busy, away, or left alone: at once."""
    with pytest.raises(Transient):
        taken("ab", "b", Transient(code))
