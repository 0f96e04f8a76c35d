"""The same log version is the same bytes on SQLite and on PostgreSQL, and one database's night
goes like the other's (design: the same code on both)."""

import importlib
import os

import pytest

from gateway.arkiv.utloeser import Utloeser, Utloest
from gateway.effects.archiving.collect import hasten, order
from gateway.effects.archiving.working import Lane
from gateway.engine import archiving
from gateway.ledger import archive_tables as a
from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System
from tests.story.test_there_and_home import ours

FULL = os.environ.get("STAFETT_FULL") == "1"


def frozen(works):
    """(log, file number) -> hash of every file of every log of the source, frozen now."""
    works.round()
    refs = [row["ref"] for row in works.rows(a.seen)]
    archiving.open_tick(works, works.verk, "alle")
    order(works.verk, refs, Utloest(Utloeser.MIGRERING, "alle"))
    hasten(works.verk)
    Lane(works.verk, "alle", 0, lambda _s: None, patience=0).run()
    loggs = {row["snapshot_id"]: row["logg"] for row in works.rows(a.snapshot)}
    return {
        (loggs[row["snapshot_id"]], row["snapshot_id"], row["nr"]): row["sha"]
        for row in works.rows(a.snapshot_file)
    }


@pytest.fixture
def source(tmp_path):
    """The corpus, or every sixth case of it in the short form."""
    system = System(CONEXUS, tmp_path / "source")
    cases = list(importlib.import_module(f"connectors.{CONEXUS}.sandbox.corpus").load())
    system.load((ours(d), files) for _case, d, files in cases[:: 1 if FULL else 6])
    yield system
    system.close()


def test_the_same_bytes_on_both_databases(tmp_path, source, postgres):
    """Every file of every snapshot has one hash, whichever database kept it."""
    made = []
    for name, address in (("lite", ""), ("post", postgres)):
        works = Works(tmp_path / name, source, EverybodyOpen(), database=address, shelf=Shelf())
        try:
            made.append(frozen(works))
            states = {row["state"] for row in works.rows()}
            assert states == {"arkivert"}
        finally:
            works.close()
    assert made[0] == made[1]
    assert len({logg for logg, _key, _nr in made[0]}) == len(source.bodies())
