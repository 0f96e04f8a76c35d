"""Room is asked for before each job and each piece of one."""

import json

import pytest

from gateway.errors import LocalFault
from gateway.ledger import room
from tests.story.town import CX, SP, town


def code(act, *args):
    """The code it refuses with, or None."""
    try:
        act(*args)
    except LocalFault as error:
        return error.code
    return None


def test_what_is_free_is_held_against_what_is_wanted(tmp_path, monkeypatch):
    """To the byte; a folder that is not there cannot be asked."""
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _p: type("U", (), {"free": 100})())
    assert code(room.require, tmp_path, 100) is None
    assert code(room.require, tmp_path, 101) == "DISK_FULL"
    monkeypatch.undo()
    assert code(room.require, tmp_path / "borte", 0) == "DATAMAPPE_UTILGJENGELIG"


@pytest.mark.parametrize(
    "words", [("plan", CX, SP), ("transfer", "round"), ("archive", "run", CX)], ids=" ".join
)
def test_every_job_asks_first(tmp_path, words):
    """Too little room: DISK_FULL, exit 3, and nothing is read or written."""
    with town(tmp_path) as place:
        place.write_config(min_free_mb="999999999")
        kommune = place.config / "kommuner" / "9901.toml"
        kommune.write_text(kommune.read_text() + f'[overfoering]\nsystem = "{CX}"\n')
        told = place.here(*words, "--json")
        assert told.exit_code == 3, told.output
        assert json.loads(told.stdout)["error"]["code"] == "DISK_FULL"
        assert place.running[CX].journal()["requests"]["total"] == 0
