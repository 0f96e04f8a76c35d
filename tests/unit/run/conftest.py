"""Two toy systems with what is kept between them, and a runner that dies where it is told to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.effects import failpoint
from tests.unit.run.stand import Stand


@pytest.fixture
def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Two systems and a ledger; failpoints kill the runner."""
    made = Stand(tmp_path)
    monkeypatch.setattr(failpoint, "reach", made.reach)
    yield made
    made.close()
