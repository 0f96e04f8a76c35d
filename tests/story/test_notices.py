"""R-008: own systems are told that a log opened or closed, and nothing else is said."""

import json
from dataclasses import replace

import pytest

from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated


@pytest.fixture
def works(tmp_path):
    """A source with logs, and a folder that another system fetches from."""
    system = System(CONEXUS, tmp_path / "source")
    system.load(list(generated(CONEXUS, 7, 6))[:4])
    made = Works(tmp_path / "works", system, EverybodyOpen(), shelf=Shelf())
    kommune = made.verk.kommune.model_copy(update={"varsler": {"journal": None}})
    made.verk = replace(made.verk, kommune=kommune, notice_folders=(tmp_path / "varsler",))
    yield made
    made.close()
    system.close()


def told(works):
    """Name -> text of every notice."""
    folder = works.verk.notice_folders[0]
    return {path.name: path.read_text() for path in sorted(folder.glob("*.txt"))}


def look(works):
    """One look at the source."""
    from gateway.effects.archiving.collect import collect

    return collect(works.verk, works.verk.clock.new_id(), spread=False)


def test_a_new_log_and_a_closing_are_told_once(works):
    """The first look tells nothing; then each event is one file, however often it is looked at."""
    look(works)
    assert told(works) == {}
    new = list(generated(CONEXUS, 7, 6))[4:]
    works.system.load(new)
    active = next(d for d in works.system.app.documents() if d["status"] == "AKTIV")
    look(works)
    opened = [name for name in told(works) if "aapnet" in name]
    assert len(opened) == sum(1 for document, _files in new if document["status"] == "AKTIV") > 0
    connector = works.verk.source
    files = {f["filId"]: connector.file(active["loggId"], f["filId"]) for f in active["filer"]}
    works.system.app.load(active | {"status": "PASSIV"}, files)
    look(works)
    look(works)
    assert len([name for name in told(works) if "lukket" in name]) == 1


def test_a_notice_says_nothing_of_the_child(works):
    """Four lines: event, day, unit, id. No name, number or text of any log is in any of them."""
    look(works)
    works.system.load(list(generated(CONEXUS, 7, 6))[4:])
    look(works)
    said = "\n".join(told(works).values())
    assert said
    for document in works.system.app.documents():
        logg = works.verk.decode(json.dumps(document).encode())
        for person in logg.personer:
            for value in (person.navn, *(one.verdi for one in person.identifikatorer)):
                assert not value or value not in said
    assert all(len(text.splitlines()) == 4 for text in told(works).values())
    assert "bekymring" not in json.dumps(told(works)).lower()


def test_nobody_is_told_of_a_protected_family(works):
    """C-4: when the register cannot say that nobody is protected, the notice is held."""

    class Closed(EverybodyOpen):
        def check(self, persons):
            return {}

    look(works)
    works.verk = replace(works.verk, register=Closed())
    works.system.load(list(generated(CONEXUS, 7, 6))[4:])
    look(works)
    assert told(works) == {}
