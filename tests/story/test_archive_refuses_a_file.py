"""An archive that says no to one file: told as the archive's, with the number, and a way out."""

from dataclasses import replace

import pytest

from connectors.noark5.arkiv import open_archive
from connectors.noark5.sandbox.app import open_sandbox
from connectors.noark5.sandbox.sample import PROFIL, settings
from connectors.sandbox.server import start
from gateway.effects.archiving import confirm
from gateway.effects.archiving.verk import Arkivmaal
from gateway.tasks import book
from tests.story.arkivet import Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated
from tests.story.test_archive_unmade import BARE, with_file

TAKES = ["fmt/476", "fmt/477", "fmt/817", "eget/0"]


@pytest.fixture
def place(tmp_path):
    """A log with an attachment of no known kind, and an archive that knows few formats."""
    app = open_sandbox(tmp_path / "arkiv")
    running = start(app)
    system = System(CONEXUS, tmp_path / "source")
    document, files = with_file(list(generated(CONEXUS, 7, 2))[1], BARE)
    system.load([(document, files)])
    archive = open_archive(settings(running.url))
    works = Works(tmp_path / "works", system, EverybodyOpen(), noark5=archive)
    app.switch({"formater": TAKES})
    yield works, app, running
    works.verk.archives["noark5"].archive.close()
    works.close()
    system.close()
    running.stop()
    app.close()


def test_it_is_told_and_goes_in_when_the_archive_has_a_code_for_it(place):
    """By file number, with the command that works when the set-up is put right; nothing of what
    was in already is made again."""
    works, app, running = place
    works.round()
    (row,) = works.rows()
    assert (row["state"], row["code"]) == ("feilet", "ARKIV_AVVISER_FIL")
    assert row["place"] == f"{row['snapshot_id']}/4"
    with works.database.look() as connection:
        listed = book.listed(connection, works.verk.tenant, works.verk.now())
    command = f"stafett archive retry {CONEXUS} {row['snapshot_id']} --archive noark5"
    assert command in [one.command for one in listed]
    anew = replace(settings(running.url), options={**PROFIL, "format_ukjent": "eget/0"})
    archive = open_archive(anew)
    works.verk.archives["noark5"].archive.close()
    works.verk = replace(works.verk, archives={"noark5": Arkivmaal("noark5", archive, 6000)})
    assert confirm.retry(works.verk, row["snapshot_id"], "noark5") == 1
    works.round()
    (row,) = works.rows()
    assert (row["state"], row["code"]) == ("arkivert", None)
    assert set(app.journal()["dokumenter"].values()) == {1}
