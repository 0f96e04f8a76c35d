"""A log that could not be read in the newest look is told wherever what waits is told."""

import json
from pathlib import Path

import pytest

from tests.story.test_archive_killed import Archived
from tests.story.town import CX, town


@pytest.fixture
def place(tmp_path):
    """A town with two archives and one log its source gives no readable answer about."""
    with town(tmp_path / "town") as made:
        one = Archived(made, 12)
        try:
            yield one
        finally:
            one.close()


@pytest.mark.parametrize("words", [("due",), ("run",)], ids=" ".join)
def test_it_is_told_everywhere(place, words):
    """By its ref and code, with what to do, until a look could read it."""
    town_ = place.place
    ref = sorted(town_.digests(CX))[0]
    rule = {"kind": "html200", "match": f"^GET .*{ref}", "times": 0}
    town_.running[CX].faults([rule])
    told = town_.stafett("archive", *words, CX, ok=(1,))
    assert [row["logg"] for row in told["named"]] == [ref]
    shown = town_.here("archive", "show", "--waiting", "--json")
    assert shown.exit_code == 1
    assert [row["i kilden"] for row in json.loads(shown.stdout)["unread"]] == [ref]
    tasks = town_.here("tasks", "--json")
    assert tasks.exit_code == 1
    assert [row["kode"] for row in json.loads(tasks.stdout)["unread"]] == ["UGYLDIG_SVAR"]
    made = town_.stafett("archive", "report", CX)
    assert [one["ref"] for one in json.loads(Path(made["json"]).read_text())["unread"]] == [ref]
    assert ref in Path(made["html"]).read_text("utf-8")

    town_.running[CX].faults([])
    town_.stafett("archive", "due", CX, ok=(0,))
    assert json.loads(town_.here("tasks", "--json").stdout)["unread"] == []
