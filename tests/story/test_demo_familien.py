"""The demo's family: in the sender's register file, in nobody else's, and asked for online."""

import json
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

from gateway.demo.familie import Family

SCRIPT = tomllib.loads((Path(__file__).parents[2] / "config" / "demo.toml").read_text())


def people(folder):
    """The numbers in a municipality's register file."""
    return set(json.loads((folder / "adresseregister.json").read_text())["personer"])


def test_the_family_is_in_neither_other_s_file(tmp_path):
    """The whole play: it ends well, and the receiver knew of them from the register alone."""
    said = []
    Family(tmp_path, SCRIPT, said.append).play()
    assert any("BEVIS_LIKT" in line for line in said)
    ours, theirs = people(tmp_path / "fra"), people(tmp_path / "til")
    assert len(ours) > 10
    assert ours & theirs == set()
    config = (tmp_path / "til" / "config" / "gateway.toml").read_text()
    assert "[folkeregister]" in config
    assert "[folkeregister]" not in (tmp_path / "fra" / "config" / "gateway.toml").read_text()
    # The receiver's own books say that it is there, and nothing waited for anybody.
    ledger = tmp_path / "til" / "data" / "ledger.db"
    with closing(sqlite3.connect(ledger)) as books:
        rows = books.execute("select tilstand, kode from gw_overfoering").fetchall()
    assert rows == [("FULLFOERT", "")]
