"""A consent and a concern are typed as the source's own screens show them, or by our id."""

from dataclasses import dataclass

import pytest

from gateway.cli import transferring
from gateway.errors import LocalFault


@dataclass(frozen=True)
class One:
    """An entity of a log, as far as it is chosen by."""

    id: str
    kilde_id: str | None


@dataclass(frozen=True)
class Log:
    """A log with these concerns."""

    oppmerksomheter: tuple[One, ...]


LOG = Log((One("ours-a", "4711"), One("ours-b", "2"), One("ours-c", "same"), One("ours-d", "same")))


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [("ours-a", "ours-a"), ("4711", "ours-a"), ("1", "ours-a"), ("2", "ours-b"), ("3", "ours-c")],
)
def test_one_is_found_by_each_of_its_names(typed, chosen):
    """Our id, the system's own, or its number in the log; the number in the log comes first."""
    assert transferring._chosen(LOG, (typed,)) == (chosen,)


@pytest.mark.parametrize("typed", ["", "same", "5", "none"])
def test_what_is_none_or_two_of_them_is_refused(typed):
    """Two with one name are no answer, and nothing typed is nobody's."""
    with pytest.raises(LocalFault, match="UKJENT_OPPMERKSOMHET"):
        transferring._chosen(LOG, (typed,))
    assert transferring._own(LOG.oppmerksomheter, typed) == ""
