"""The depositing process is killed at random moments, with a sandbox that cuts lines: once each."""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from connectors.svarut.sandbox.noekkelring import Noekkelring

FULL = bool(os.environ.get("STAFETT_FULL"))
SNAPSHOTS = 500 if FULL else 6
KILLS = 40 if FULL else 1
SCRIPT = Path(__file__).with_name("deponerer.py")
ROOT = Path(__file__).parents[3]


def begin(proeve: Any) -> subprocess.Popen[bytes]:
    """The depositing process, started."""
    words = [sys.executable, str(SCRIPT), proeve.name, proeve.running.url, str(proeve.folder)]
    return subprocess.Popen(
        [*words, str(SNAPSHOTS)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def kill_in_the_work(proeve: Any, process: subprocess.Popen[bytes], chance: random.Random) -> None:
    """Wait until it has begun to call, and a little longer, and kill it."""
    before, until = len(proeve.seen), time.monotonic() + 20
    while len(proeve.seen) == before and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    time.sleep(chance.random() * (1.0 if FULL else 0.15))
    process.kill()
    process.communicate()


@pytest.mark.parametrize("name", ["noark5", "gi_arkiv", "svarut"])
def test_killed_at_random_moments_there_is_one_of_each(
    proeve: Any, tmp_path: Path, name: str
) -> None:
    """However often the process dies and lines are cut, each snapshot becomes one record."""
    if name == "svarut":
        Noekkelring(tmp_path / "svarut", "hemmelig")
    sandbox = proeve(name)
    chance = random.Random(f"{name}-7")
    cuts = [
        {"kind": kind, "match": r"^(POST|PUT) /(?!connect|maskin|_)", "times": 0,
         "probability": 0.03}
        for kind in ("cut_after", "cut_before")
    ]  # fmt: skip
    sandbox.running.faults(cuts, seed=7)
    for _ in range(KILLS):
        kill_in_the_work(sandbox, begin(sandbox), chance)
    process = begin(sandbox)
    said, _ = process.communicate(timeout=600)
    assert (process.returncode, said) == (0, b"ferdig\n")
    sandbox.calm()
    journal = sandbox.running.journal()
    assert len(journal["journalposter"]) == SNAPSHOTS
    assert set(journal["journalposter"].values()) == {1}
    assert len(journal["mapper"]) == 3
    if name != "svarut":
        assert set(journal["mapper"].values()) == {1}
        assert set(journal["dokumenter"].values()) == {1}
        archive = sandbox.open()
        for number in range(0, SNAPSHOTS, max(SNAPSHOTS // 10, 1)):
            snapshot = sandbox.uttak(number, logg=number % 3)
            found = archive.find(snapshot)
            assert found is not None and len(found.filer) == len(snapshot.filer)
    shutil.rmtree(sandbox.folder / "klient", ignore_errors=True)


def test_killed_at_random_moments_the_drop_folder_has_each_snapshot_once_and_whole(
    tmp_path: Path,
) -> None:
    """A person never finds half a snapshot: a folder of its own for each, every file as its index
    says, and nothing of what a process that died had begun."""
    drop, chance = tmp_path / "til-arkivet", random.Random("manuelt-7")
    words = [sys.executable, str(SCRIPT), "manuelt_arkiv", "", str(drop), str(SNAPSHOTS)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(KILLS):
        process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE)
        until = time.monotonic() + 20
        while not drop.exists() and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(0.3 + chance.random() * 0.5)
        process.kill()
        process.communicate()
        for place in drop.glob("[!.]*"):
            _whole(place)
    said = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, timeout=600, check=True)
    assert said.stdout == b"ferdig\n"
    assert len(list(drop.iterdir())) == SNAPSHOTS
    assert {_whole(place) for place in drop.iterdir()} == {one.name for one in drop.iterdir()}


def _whole(place: Path) -> str:
    """The snapshot a folder holds, when it holds just what its index says."""
    index = json.loads((place / "innhold.json").read_text(encoding="utf-8"))
    there = {one.name: one.read_bytes() for one in place.iterdir() if one.name != "innhold.json"}
    told = {one["filnavn"]: one["sha256"] for one in index["filer"]}
    assert {name: hashlib.sha256(data).hexdigest() for name, data in there.items()} == told
    return str(index["uttak"])
