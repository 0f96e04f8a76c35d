"""A small ledger made by the product itself, with rows in most tables, and ways to tamper with it.

A municipality migrates some logs and reconciles, archives them, watches its children and hands one
log over, all in one ledger. Tampering is done past the product, as somebody with the files and a
database tool would; each begins from the ledger as it was.
"""

import base64
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from gateway.ledger.anchor import found_in
from tests.story import arkivet, to_kommuner
from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, RING, SAMSPILL, EverybodyOpen, System, generated
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import Flytting, Ledning
from tests.story.town import CX, Town, town

FILES = ("ledger.db", "payload.db", "anker", "keys.txt")


def _copy(data: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name in FILES:
        if (data / name).exists():
            shutil.copyfile(data / name, folder / name)


class Bevisby:
    """The town, its one run, and its ledger as it was."""

    def __init__(self, place: Town, run_id: str, plan_id: str) -> None:
        self.place, self.run_id, self.plan_id = place, run_id, plan_id
        self.data = place.folder / "data"
        self.kept = place.folder / "kept"
        self.empty = place.folder / "empty"
        self.keep(self.kept)

    def keep(self, folder: Path) -> None:
        """Copy the ledger's files as they are."""
        _copy(self.data, folder)

    def back(self, folder: Path | None = None, *names: str) -> None:
        """Put the files back; all of them, or those named."""
        for path in self.data.glob("*.db-*"):
            path.unlink()
        for name in names or FILES:
            source = (folder or self.kept) / name
            if source.exists():
                shutil.copyfile(source, self.data / name)
            else:
                (self.data / name).unlink(missing_ok=True)

    @contextmanager
    def past(self, name: str = "ledger.db") -> Iterator[sqlite3.Connection]:
        """A database tool on one of the files."""
        with closing(sqlite3.connect(self.data / name)) as raw:
            raw.row_factory = sqlite3.Row
            with raw:
                yield raw

    def said(self, *words: str) -> tuple[int, dict[str, Any]]:
        """A command's exit code and its document, or its error's."""
        told = self.place.here(*words, "--json")
        document = dict(json.loads(told.stdout))
        return told.exit_code, dict(document.get("error", document))

    def codes(self, *words: str) -> tuple[int, set[str]]:
        """`verify`: its exit code and every code it names."""
        exit_code, told = self.said("verify", *words)
        named = {one["kode"] for one in told.get("wrong", ())}
        return exit_code, named | ({told["code"]} if told.get("code") else set())

    def anchor(self) -> str:
        """The line of the anchor file."""
        return str(found_in((self.data / "anker").read_text())[0])


@contextmanager
def bevisby(folder: Path) -> Iterator[Bevisby]:
    """The town, with everything done."""
    with town(folder, chunk=4) as place, pytest.MonkeyPatch.context() as patch:
        key = base64.b64encode(RING.keys["k1"]).decode()
        (folder / "data" / "keys.txt").write_text(f"k1:{key}\n")
        place.fill(CX, generate(3, 5))
        place.stafett("status")
        _copy(folder / "data", folder / "empty")
        plan_id = place.plan()
        run_id = str(place.stafett("migrate", plan_id)["run"])
        place.stafett("reconcile", run_id)
        for module in (arkivet, to_kommuner):
            patch.setattr(module, "RING", RING)
        (folder / "ledger").symlink_to(folder / "data")
        _archive(folder)
        _hand_over(folder)
        yield Bevisby(place, run_id, plan_id)


def _archive(folder: Path) -> None:
    system = System(SAMSPILL, folder / "arkivkilde")
    system.load(generated(SAMSPILL, 5, 3))
    works = Works(folder, system, EverybodyOpen(), shelf=Shelf())
    works.round()
    works.close()
    system.close()


def _hand_over(folder: Path) -> None:
    (folder / "to").mkdir()
    (folder / "to" / "a").mkdir()
    (folder / "to" / "a" / "data").symlink_to(folder / "data")
    made = Flytting(folder / "to", [case(CONEXUS, "leksene")], wire=Ledning())
    (logg,) = made.a.look_over()
    own = made.start(logg)
    made.send(own)
    made.rounds(2)
    made.accept(own)
    made.until(lambda: made.states(own) == ("FULLFOERT", "FULLFOERT"))
    made.close()
