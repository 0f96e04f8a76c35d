"""Kill -9 anywhere in a night of archiving: one record per snapshot, no receipt without bytes.

Real processes, real HTTP, two archives of different kinds, neither of which minds making a second
record: Noark 5 makes a new thing at every POST. Judged from the archives' own stores.
"""

import hashlib
import importlib
import json
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.sandbox.server import start
from gateway import app as wiring
from gateway.demo.stage import wait_for
from gateway.effects import failpoint
from gateway.settings.load import load
from tests.story import waiting_oracle
from tests.story.town import CX, Town, town

FULL = os.environ.get("STAFETT_FULL") == "1"
KINDS = ("noark5", "gi_arkiv")
LOGS = 500 if FULL else 6


class Archived:
    """A town whose logs go to two archives, run in this process."""

    def __init__(self, place: Town, logs: int, seed: int = 7) -> None:
        self.place = place
        self.apps: dict[str, Any] = {}
        self.running: list[Any] = []
        generator = importlib.import_module(f"connectors.{CX}.sandbox.generator")
        place.fill(CX, generator.generate(seed, logs, tenant="899100107"))
        lines, names = [], []
        for kind in KINDS:
            app = importlib.import_module(f"connectors.{kind}.sandbox.app")
            sample = importlib.import_module(f"connectors.{kind}.sandbox.sample")
            self.apps[kind] = app.open_sandbox(place.folder / f"arkiv-{kind}")
            self.running.append(start(self.apps[kind], port=0))
            own = sample.settings(self.running[-1].url)
            names.append(f'"{kind}"')
            lines += [
                f"[archives.{kind}]", f'kobling = "{kind}"', f'base_url = "{own.base_url}"',
                f'token_url = "{own.token_url}"', 'client_id = "stafett"',
                "per_minutt = 6000", "ro_sekunder = 0",
                'secret_file = "data/secret.txt"', f"[archives.{kind}.options]",
                *(f'{key} = "{value}"' for key, value in own.options.items()),
            ]  # fmt: skip
        with (place.config / "gateway.toml").open("a") as file:
            file.write("\n".join(lines) + "\n")
        with (place.config / "kommuner" / "9901.toml").open("a") as file:
            file.write(f"[arkiv]\nmaal = [{', '.join(names)}]\n")

    def round(self) -> None:
        """One whole round by the command line, however long it takes."""
        assert self.place.spawn("archive", "run", CX).wait(3600) in (0, 1)

    def killed_at(self, boundary: str) -> None:
        """A round that dies at a named boundary."""
        process = self.place.spawn("archive", "run", CX, STAFETT_FAILPOINT=boundary)
        assert process.wait(240) == 137

    def killed_after(self, seconds: float) -> bool:
        """A round killed after a while; False when it had ended before."""
        process = self.place.spawn("archive", "run", CX)
        until = time.monotonic() + seconds
        while time.monotonic() < until and process.poll() is None:
            time.sleep(0.02)
        ended = process.poll() is not None
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        return not ended

    def looked_for(self) -> None:
        """An archivist has looked for what may have been archived and does not show: killed before
        the wire it is not there, and is let go again by its name (KANSKJE_ARKIVERT)."""
        told = self.place.stafett("archive", "report", CX)
        facts = json.loads(Path(told["json"]).read_text())
        for one in facts["waiting"]:
            if one["kode"] == "KANSKJE_ARKIVERT":
                words = ("archive", "retry", CX, one["uttak"], "--archive", one["arkiv"])
                self.place.stafett(*words)
        self.round()

    def judge(self) -> int:
        """Every snapshot has exactly one record in each archive, and a receipt; how many. The
        archive's own store holds the bytes each receipt names."""
        snapshots, deliveries, sums = self._rows()
        for kind, app in self.apps.items():
            records = app.journal()["journalposter"]
            assert records == dict.fromkeys(snapshots, 1), kind
            assert sums[kind] <= held(self.place.folder / f"arkiv-{kind}" / f"{kind}.sqlite"), kind
        assert sorted(deliveries) == sorted((s, k) for s in snapshots for k in KINDS)
        told = self.place.stafett("verify")
        assert told["broken_at"] is None
        house = wiring.open_house(load(self.place.config))
        with house.database.look() as connection:
            assert waiting_oracle.told_of_archives(connection) == (
                waiting_oracle.of_deliveries(connection)
            )
        house.close()
        return len(snapshots)

    def _rows(self) -> tuple[list[str], list[tuple[str, str]], dict[str, set[str]]]:
        """Snapshots that were to be sent, deliveries with a receipt, sums by archive."""
        told = self.place.stafett("archive", "report", CX)
        facts = json.loads(Path(told["json"]).read_text())
        waiting = {one["uttak"] for one in facts["waiting"]}
        receipts = [(one["uttak"], one["arkiv"]) for one in facts["receipts"]]
        assert len(receipts) == len(set(receipts))
        sums: dict[str, set[str]] = {kind: set() for kind in KINDS}
        for one in facts["receipts"]:
            sums[one["arkiv"]].add(one["sha256"])
        return sorted({uttak for uttak, _arkiv in receipts} - waiting), receipts, sums

    def close(self) -> None:
        """Stop the archives."""
        for running, app in zip(self.running, self.apps.values(), strict=True):
            running.stop()
            app.close()


def held(store: Path) -> set[str]:
    """The sums of all bytes an archive has, whatever table they lie in."""
    found = set()
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        named = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in named:
            for row in connection.execute(f'select * from "{table}"'):
                found |= {hashlib.sha256(one).hexdigest() for one in row if isinstance(one, bytes)}
    return found


@pytest.fixture
def archived(tmp_path):
    """Makes towns with archives; everything is stopped at the end."""
    made: list[tuple[Archived, Any]] = []

    def make(database: str = "", logs: int = 6) -> Archived:
        context = town(tmp_path / f"t{len(made)}", database=database)
        made.append((Archived(context.__enter__(), logs), context))
        return made[-1][0]

    yield make
    for one, context in made:
        one.close()
        context.__exit__(None, None, None)


SHORT = ("freeze.after", "delivery.intent", "delivery.sent", "delivery.receipt")
NIGHT = tuple(name for name in failpoint.ARCHIVE if not name.startswith("delete."))


def test_killed_at_named_boundaries(archived):
    """R-156: whatever the process was doing, the next round goes on and makes nothing twice."""
    one = archived()
    for name in NIGHT if FULL else SHORT:
        one.killed_at(f"{name}:1")
    one.round()
    assert one.judge() >= 2


@pytest.mark.skipif(not FULL, reason="long form: STAFETT_FULL=1")
@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_killed_at_random(archived, where, request):
    """500 logs, killed again and again at random moments, on both databases."""
    address = request.getfixturevalue("postgres") if where == "postgresql" else ""
    one = archived(database=address, logs=LOGS)
    dice, kills = random.Random(2026), 0
    while kills < 40 and one.killed_after(dice.uniform(2.0, 12.0)):
        kills += 1
    one.round()
    one.looked_for()
    print(f"{where}: {kills} kills, {one.judge()} snapshots in each archive, one record each")
    assert kills >= 10


def test_a_missed_night_is_taken_by_two_servers_once(archived):
    """R-153: `stafett serve` after downtime, in two processes: the night is one run, one record
    per snapshot, and the second process makes nothing twice."""
    one = archived()
    with (one.place.config / "kommuner" / "9901.toml").open("a") as file:
        # A window that has passed: what was missed is due now.
        file.write(f'kilder = ["{CX}"]\n[arkiv.natt]\nfra = "{_hour(-3)}"\ntil = "{_hour(-2)}"\n')
    servers = [one.place.spawn("serve", "--slot", f"w{number}") for number in range(2)]
    try:
        assert wait_for(lambda: _settled(one), 90)
    finally:
        for server in servers:
            server.send_signal(signal.SIGTERM)
        assert [server.wait(30) for server in servers] == [0, 0]
    assert one.judge() >= 2


def _hour(back: int) -> str:
    """A clock time some hours from now, in Oslo."""
    at = datetime.now(ZoneInfo("Europe/Oslo")) + timedelta(hours=back)
    return f"{at:%H}:00"


def _settled(one: Archived) -> bool:
    """True when everything due has its receipt."""
    rows = one.place.stafett("archive", "logs", CX)["logs"]
    return sum(row["arkivstatus"] == "gjeldende" for row in rows) >= 2


def test_a_deletion_killed_midway_is_finished_or_never_begun(archived):
    """A log is gone with its tombstone, or stands with all its copies; never between."""
    one = archived(logs=12)
    one.round()
    rows = one.place.stafett("archive", "logs", CX)["logs"]
    passive = [
        row for row in rows if row["tilstand"] == "PASSIV" and row["arkivstatus"] == "gjeldende"
    ]
    words = ("delete", CX, passive[0]["logg"], "--by", "fag")
    for boundary in ("delete.intent:1", "delete.sent:1"):
        process = one.place.spawn(*words, STAFETT_FAILPOINT=boundary)
        assert process.wait(60) == 137
    told = one.place.stafett(*words)
    assert Path(told["proof"]).exists()
    left = {row["logg"] for row in one.place.stafett("archive", "logs", CX)["logs"]}
    assert passive[0]["logg"] not in left
    checked_by_an_auditor(one.place, Path(told["proof"]))


def checked_by_an_auditor(place, path):
    """Every file's hash is the archive's, every entry is the ledger's, in the right order; an entry
    that says something else is told."""
    proof = json.loads(path.read_text())
    assert place.stafett("verify", "--against", str(path))["against"] == 1
    other = path.with_name("annet.json")
    entry = proof["hovedbok"][0]
    other.write_text(json.dumps(proof | {"hovedbok": [entry | {"innhold": "{}"}]}))
    told = place.stafett("verify", "--against", str(other), ok=(6,))
    assert [one["kode"] for one in told["wrong"]] == ["BEVIS_POST_ULIK"]
    wanted = {(file["nr"], file["sha256"]) for file in proof["uttak"]["filer"]}
    for archive in proof["arkiv"]:
        assert {(nr, sha) for nr, _ref, sha in archive["filer"]} == wanted
    numbers = {entry["hva"]: entry["nr"] for entry in proof["hovedbok"]}
    assert numbers["arkivkvittering"] < numbers["slettebevis"]
