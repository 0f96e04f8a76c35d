"""A disk that is full, really: the data folder on a small file system of its own.

In a name space of the test's own, so that no right is needed that a user has not got; where the
system gives none, it says so.
"""

import importlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.story.town import CX, ORGNR, SP, town

MOMENTS = 20 if os.environ.get("STAFETT_FULL") else 3
LOGS = 24
_DRIVER = """
set -u
mount -t tmpfs -o size=${ROOM}k,mode=700 none "$DATA" || exit 99
cp -a "$SEED"/. "$DATA"/ || exit 98
{ time_0=$(date +%s)
"$PY" -m gateway.cli migrate "$PLAN" --json >"$OUT/first" 2>"$OUT/first.err"
echo "$? $(( $(date +%s) - time_0 ))" >"$OUT/first.rc"; }
mount -o remount,size=200m "$DATA"
"$PY" -m gateway.cli migrate "$PLAN" --json >"$OUT/second" 2>"$OUT/second.err"
echo $? >"$OUT/second.rc"
"$PY" -m gateway.cli verify --json >"$OUT/verify" 2>&1
echo $? >"$OUT/verify.rc"
cp -a "$DATA"/. "$SEED.after"/
"""


def _namespaces() -> bool:
    done = subprocess.run(["unshare", "-Urm", "true"], capture_output=True, check=False)
    return done.returncode == 0


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A signed plan in a data folder, which is the seed of every trial."""
    if shutil.which("unshare") is None or not _namespaces():
        pytest.skip("this machine gives no name space to mount a small file system in")
    with town(tmp_path_factory.mktemp("by"), chunk=4) as place:
        generator = importlib.import_module(f"connectors.{CX}.sandbox.generator")
        place.fill(CX, generator.generate(7, LOGS, tenant=ORGNR))
        place.write_config(min_free_mb="0")
        place.plan_id = place.plan()
        seed = place.folder / "seed"
        shutil.copytree(place.folder / "data", seed)
        yield place, seed


def trial(place, seed: Path, room: int, out: Path) -> None:
    """Migrate with `room` kB beyond what is there, then with enough."""
    used = sum(-(-p.stat().st_size // 4096) * 4 for p in seed.rglob("*") if p.is_file())
    out.mkdir()
    (seed.parent / "seed.after").mkdir(exist_ok=True)
    env = place.env(
        DATA=str(place.folder / "data"), SEED=str(seed), PLAN=place.plan_id, OUT=str(out),
        ROOM=str(used + room), PY=str(place.command()[0]),
    )  # fmt: skip
    subprocess.run(
        ["unshare", "-Urm", "sh", "-c", _DRIVER], env=env, check=True, timeout=180,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_full_disk_ends_at_once_and_goes_on_with_room(planned, tmp_path, moment):
    """DISK_FULL and exit 3 within 30 s, nothing on stderr but our own words; with room the same
    plan goes on to its end, each log there once, and the books hold."""
    place, seed = planned
    place.replace(SP, f"m{moment}")
    began = time.monotonic()
    room = 60 + moment * 700 // MOMENTS
    trial(place, seed, room, tmp_path / "out")
    out = tmp_path / "out"
    code, seconds = map(int, (out / "first.rc").read_text().split())
    said = (out / "first").read_text() + (out / "first.err").read_text()
    assert (code, "DISK_FULL" in said) == (3, True), (room, code, said)
    assert seconds < 30 and "Traceback" not in said, said
    assert (out / "second.rc").read_text().strip() in ("0", "1"), (out / "second.err").read_text()
    assert (out / "verify.rc").read_text().strip() == "0", (out / "verify").read_text()
    assert place.doubles(SP) == 0
    assert time.monotonic() - began < 120
