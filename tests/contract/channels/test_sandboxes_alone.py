"""Every channel's sandbox can be started alone and answers, as its README says."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def served(module: str, data: Path, words: list[str], expected: int) -> list[str]:
    """What the sandboxes of a started process say they are."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--data", str(data), "--port", "0", *words],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert process.stdout is not None
    try:
        said = [process.stdout.readline() for _ in range(expected)]
        urls = [found[0] for line in said if (found := re.search(r"http://\S+", line))]
        answers = []
        for url in urls:
            with urllib.request.urlopen(f"{url}/_sandbox/", timeout=10) as answer:
                answers.append(json.load(answer)["sandbox"])
        return answers
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [("svarut", ["--plattform"], 1), ("eformidling", [], 2)],
)
def test_a_sandbox_starts_alone(tmp_path: Path, name: str, words: list[str], expected: int) -> None:
    """A folder is enough; its keys are made at the first start."""
    answers = served(f"connectors.{name}.sandbox", tmp_path, words, expected)
    assert answers == [name] * expected


def test_the_one_with_a_broker_starts_alone(tmp_path: Path, amqp: str) -> None:
    """A folder and a broker."""
    answers = served("connectors.fiks_io.sandbox", tmp_path, ["--amqp", amqp], 1)
    assert answers == ["fiks_io"]
