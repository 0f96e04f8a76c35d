"""A database that is taken away while a run goes on, and a folder that cannot be written.

The run ends at once in our own words, nothing is written past the loss, and what was brought back
is gone on with.
"""

import importlib
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests import warm
from tests.story.test_full_disk import _namespaces
from tests.story.town import CX, ORGNR, SP, town

LOGS = 120
CODES = {
    "ledger": ("HOVEDBOK_MANGLER",), "payload": ("NYTTELASTFIL_MANGLER",),
    "engine": ("JOBBFIL_MANGLER",),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CODES))
def test_a_lost_database_ends_the_run_and_is_gone_on_with_when_it_is_back(tmp_path, name):
    """Its file moved away in the middle of the run: a local fault and exit 3 within 30 s,
    with no traceback. Moved back, the same plan goes on: each log there once, the books hold."""
    with town(tmp_path, chunk=5) as place:
        generator = importlib.import_module(f"connectors.{CX}.sandbox.generator")
        place.fill(CX, generator.generate(7, LOGS, tenant=ORGNR))
        plan_id = place.plan()
        with (place.folder / "err").open("wb") as err:
            running = warm.popen(
                place.command("migrate", plan_id, "--json"), env=place.env(),
                stdout=subprocess.PIPE, stderr=err,
            )  # fmt: skip
            before = place.running[SP].journal()["requests"]["total"]
            while place.running[SP].journal()["requests"]["total"] < before + 100:
                time.sleep(0.05)
                assert running.poll() is None
            aside = place.folder / "aside"
            aside.mkdir()
            data = place.folder / "data"
            lost = sorted(data.glob(f"{name}.db*"))
            assert lost
            for path in lost:
                path.rename(aside / path.name)
            began = time.monotonic()
            said, _ = running.communicate(timeout=60)
        assert time.monotonic() - began < 30
        words = said.decode() + (place.folder / "err").read_text()
        assert running.returncode == 3 and "Traceback" not in words, words
        assert any(code in words for code in CODES[name]), words
        # None was made in its place.
        assert not (data / f"{name}.db").exists()
        # What the engine has is made anew: the ledger knows what is done.
        for path in aside.iterdir() if name != "engine" else ():
            shutil.move(path, data / path.name)
        ended = place.stafett("migrate", plan_id)
        assert ended["state"] in ("ferdig", "avvik"), ended
        assert place.stafett("verify")["wrong"] == []
        assert place.doubles(SP) == 0


_READ_ONLY = """
set -u
mount -t tmpfs -o size=60m,mode=700 none "$DATA" || exit 99
cp -a "$SEED"/. "$DATA"/ || exit 98
mount -o remount,ro "$DATA" || exit 97
for words in "migrate $PLAN" "status" "plan conexus_companion visma_flyt_samspill"; do
  "$PY" -m gateway.cli $words --json >>"$OUT" 2>&1; echo "rc $?" >>"$OUT"
done
"""


def test_a_folder_that_cannot_be_written_is_told_of(tmp_path):
    """A data folder on a file system that reads only: every command says so, and exits with 3."""
    if shutil.which("unshare") is None or not _namespaces():
        pytest.skip("this machine gives no name space to mount a small file system in")
    with town(tmp_path, chunk=5) as place:
        generator = importlib.import_module(f"connectors.{CX}.sandbox.generator")
        place.fill(CX, generator.generate(7, 5, tenant=ORGNR))
        plan_id = place.plan()
        seed = place.folder / "seed"
        shutil.copytree(place.folder / "data", seed)
        out = place.folder / "out"
        env = place.env(
            DATA=str(place.folder / "data"), SEED=str(seed), PLAN=plan_id, OUT=str(out),
            PY=str(place.command()[0]),
        )  # fmt: skip
        subprocess.run(
            ["unshare", "-Urm", "sh", "-c", _READ_ONLY], env=env, check=True, timeout=180,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        said = out.read_text()
        assert [x for x in said.splitlines() if x.startswith("rc")] == ["rc 3"] * 3, said
        assert said.count("DATAMAPPE_UTILGJENGELIG") >= 3 and "Traceback" not in said, said
