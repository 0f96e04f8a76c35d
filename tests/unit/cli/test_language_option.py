"""A language nobody here writes is refused, not answered in another."""

import pytest
from typer.testing import CliRunner

from gateway.cli.main import stafett

ASKS = [
    ("report", "run-1"),
    ("archive", "report", "conexus_companion"),
    ("transfer", "message", "id", "--out", "brev"),
]


@pytest.mark.parametrize("words", ASKS, ids=" ".join)
def test_another_language_is_refused(words):
    """Before anything is opened, and the option is named."""
    refused = CliRunner().invoke(stafett, [*words, "--language", "sv"])
    assert refused.exit_code == 2
    assert "--language" in refused.output
