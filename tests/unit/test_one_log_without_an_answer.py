"""A log the system gives no answer about is that log's fault, until several in a row are silent."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.effects.pull import Puller
from gateway.errors import GatewayError, Transient
from gateway.ports.connector import Document, Entry


class Source:
    """Answers for the refs it knows, and fails with `error` for the rest."""

    def __init__(self, known: str, error: GatewayError) -> None:
        self._known, self._error = known, error

    def document(self, ref: str) -> Document:
        """A document, or the fault."""
        if ref not in self._known:
            raise self._error
        return Document(ref, "1", b"{}")


def taken(refs: str, known: str, error: GatewayError) -> list[str]:
    """The code of each log, taken in turn."""
    source: Any = Source(known, error)
    mapping: Any = SimpleNamespace(parse=lambda body: body, system="kilde")
    puller = Puller(source, mapping, None, None, "")  # type: ignore[arg-type]
    puller.files = lambda document: ()  # type: ignore[method-assign]
    return [puller.take(Entry(ref, "1")).code for ref in refs]


@pytest.mark.parametrize("code", ["TJENERFEIL", "TIDSAVBRUDD", "LINJEN_BRUTT"])
def test_one_log_without_an_answer_stops_nobody(code: str) -> None:
    """The first and the third get none: they are named, and the others are taken."""
    assert taken("abcd", "bd", Transient(code)) == [code, "", code, ""]


def test_several_in_a_row_are_the_systems_silence() -> None:
    """Nothing is concluded from it, and nothing more is asked."""
    with pytest.raises(Transient):
        taken("abcd", "d", Transient("TJENERFEIL"))


@pytest.mark.parametrize("code", ["KRETS_AAPEN", "OPPTATT", "UTILGJENGELIG", "INGEN_FORBINDELSE"])
def test_what_a_system_says_of_itself_is_no_logs(code: str) -> None:
    """Busy, away, or left alone: at once."""
    with pytest.raises(Transient):
        taken("ab", "b", Transient(code))
