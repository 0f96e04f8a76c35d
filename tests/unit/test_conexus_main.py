"""The Conexus sandbox as a program of its own."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def _heed() -> None:
    """Heed Ctrl-C also where the tests run in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_it_starts_fills_and_stops(tmp_path: Path) -> None:
    """One line says where it listens; it has the logs it was told to make."""
    command = [sys.executable, "-m", "connectors.conexus_companion.sandbox"]
    command += ["--port", "0", "--data", str(tmp_path), "--fill", "3", "--seed", "2"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=_heed
    ) as running:
        assert running.stdout is not None
        name, _, url = running.stdout.readline().strip().partition(": ")
        try:
            assert name == "conexus_companion"
            with urllib.request.urlopen(url + "/openapi.json", timeout=5) as answer:
                assert json.load(answer)["openapi"] == "3.1.0"
        finally:
            running.send_signal(signal.SIGINT)
        assert running.wait(10) == 0
    assert (tmp_path / "conexus.sqlite").exists()
