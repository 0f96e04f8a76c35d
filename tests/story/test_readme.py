"""The README's session is real: its commands run as they stand, and answer as it says."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
_ID = re.compile(r"\b(plan|run)-\d{8}-[0-9a-f]{8}\b")


def session() -> list[tuple[str, list[str]]]:
    """(command, shown lines) of the first page's terminal session."""
    block = re.search(r"```console\n(.*?)```", README, re.S)
    assert block
    found: list[tuple[str, list[str]]] = []
    for line in block[1].splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def shape(text: str) -> str:
    """A line with ids and numbers taken out and spaces made one."""
    return re.sub(r"\d+", "#", re.sub(r"\s+", " ", _ID.sub(r"\1-#", text))).strip()


def free_port() -> int:
    """A port nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def desk(tmp_path):
    """A folder with the shipped configuration on free ports, and a way to run a line."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    ports = {"8901": str(free_port()), "8902": str(free_port())}
    file = tmp_path / "config" / "gateway.toml"
    text = file.read_text()
    for old, new in ports.items():
        text = text.replace(old, new)
    file.write_text(text)
    started: list[subprocess.Popen[str]] = []
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                        "PYTHONPATH": str(ROOT)}  # fmt: skip

    def run(line: str) -> str:
        for old, new in ports.items():
            line = line.replace(f"--port {old}", f"--port {new}")
        if line.startswith("export "):
            env.update(word.split("=", 1) for word in line.split()[1:])
            return ""
        words = line.removesuffix(" &").replace("stafett ", f"{sys.executable} -m gateway.cli ", 1)
        if line.endswith("&"):
            process = subprocess.Popen(
                words, shell=True, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True,
                start_new_session=True,
            )  # fmt: skip
            started.append(process)
            return (
                process.stdout.readline()
                .replace(ports["8901"], "8901")
                .replace(ports["8902"], "8902")
            )
        done = subprocess.run(
            words, shell=True, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1), (line, done.stdout, done.stderr)
        return done.stdout

    yield run
    for process in started:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
        process.stdout.close()
    time.sleep(0)


def test_the_session_runs_as_it_stands(desk):
    """Each command of the first page, in order; each shown line is really said."""
    real: dict[str, str] = {}
    commands = session()
    assert commands[0][0].startswith("make setup")
    for command, shown in commands[1:]:
        asked = _ID.sub(lambda m: real[m[1]], command)
        said = desk(asked)
        real.update({m[1]: m[0] for m in _ID.finditer(said) if m[1] not in real})
        lines = [shape(line) for line in said.splitlines()]
        for line in shown:
            assert any(shape(line) in one for one in lines), (command, line, said)


def test_every_linked_file_exists():
    """No link of the README leads nowhere."""
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) > 4
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_every_make_target_exists():
    """What the README tells people to run is in the Makefile."""
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"`make ([a-z-]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.M), target
