"""Whoever opens a connection takes no lock from another of the same process.

A lock of a file belongs to the process: closing the file by any handle lets go of it. SQLite's
last user empties the journal and takes it away, and would take itself for the last one.
"""

import subprocess
import sys

from gateway.ledger.database import Database

_COMES_AND_GOES = """
import sqlite3, sys
c = sqlite3.connect(sys.argv[1]); c.execute("select count(*) from sqlite_master").fetchall()
c.close()
"""


def test_a_second_connection_keeps_the_firsts_locks(tmp_path):
    """Two connections here; somebody comes and goes elsewhere: the journal is still ours."""
    ours = Database("", tmp_path)
    with ours.begin() as connection:
        connection.exec_driver_sql("create table t (x)")
    with ours.look() as first, ours.look() as second:
        for one in (first, second):
            assert one.exec_driver_sql("select count(*) from t").scalar() == 0
    journal = tmp_path / "ledger.db-wal"
    before = journal.stat().st_ino
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-c", _COMES_AND_GOES, str(tmp_path / "ledger.db")], check=True
        )
    assert journal.exists() and journal.stat().st_ino == before
    ours.close()
