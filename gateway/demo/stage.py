"""The stage of a demo: two sandboxes as processes of their own, and a municipality's set-up.

Everything lives in one folder and listens on loopback. Names of systems come from the caller.
"""

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from gateway.errors import LocalFault
from gateway.ledger.keys import generate

ORGNR = "899100107"
_STAFF = Path(__file__).parents[2] / "config" / "ansatte.json"
_SECRET = "hemmelig"  # noqa: S105 - the sandbox's own, on this machine only


class Sandbox:
    """One running sandbox process."""

    def __init__(
        self,
        system: str,
        folder: Path,
        fill: int | None = None,
        seed: int = 1,
        port: int = 0,
        tenant: str = ORGNR,
        more: tuple[str, ...] = (),
    ) -> None:
        self.system = system
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # An archive has nothing to be filled with.
        stock = () if fill is None else (
            "--fill", str(fill), "--seed", str(seed), "--tenant", tenant,
        )  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"connectors.{system}.sandbox", "--port", str(port),
             "--data", str(folder), *stock, *more],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        line = self._process.stdout.readline() if self._process.stdout else ""
        if "http" not in line:
            self.stop()
            raise LocalFault("INGEN_FORBINDELSE", place=system)
        self.url = line.split(": ", 1)[1].split()[0]
        self.port = int(_root(self.url).rsplit(":", 1)[1])

    def said(self) -> str:
        """What it says of itself after its address, to the first line that is empty: the lines of
        `gateway.toml` that fit it, from a sandbox that has such."""
        lines: list[str] = []
        while self._process.stdout is not None:
            line = self._process.stdout.readline()
            if not line or (not line.strip() and lines):
                break
            if line.strip():
                lines.append(line)
        return "".join(lines)

    def control(self, path: str, data: Any = None) -> Any:
        """Talk to the sandbox's control paths; loopback only."""
        request = urllib.request.Request(  # noqa: S310
            f"{_root(self.url)}/_sandbox/{path}",
            data=None if data is None else json.dumps(data).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            body = answer.read()
        return json.loads(body) if body else None

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        if self._process.stdout:
            self._process.stdout.close()


def configure(
    folder: Path,
    sandboxes: dict[str, Sandbox],
    options: dict[str, Any],
    *,
    orgnr: str = ORGNR,
    nummer: str = "9901",
    navn: str = "Øvingsvik",
) -> Path:
    """Write the municipality's configuration; returns its folder."""
    config = folder / "config"
    (config / "kommuner").mkdir(parents=True, exist_ok=True)
    generate(folder / "data" / "keys.txt")
    (folder / "data" / "secret.txt").write_text(_SECRET + "\n", encoding="ascii")
    lines = [
        'environment = "sandbox"', 'data = "data"', 'key_file = "data/keys.txt"',
        'chunk = 25', 'workers = 2',
    ]  # fmt: skip
    for name, sandbox in sandboxes.items():
        lines += [
            f"[systems.{name}]", f'base_url = "{sandbox.url}"', 'client_id = "stafett"',
            'secret_file = "data/secret.txt"', "timeout = 5.0", "deadline = 15.0",
            # The sandboxes show at once what they make; a real system may need minutes.
            "breaker_pause = 0.5", "seen_within = 3.0",
            f"reads_whole_log = {str(options.get(name, {}).get('reads_whole_log', True)).lower()}",
        ]  # fmt: skip
        for key, value in options.get(name, {}).get("options", {}).items():
            lines += [f"[systems.{name}.options]", f'{key} = "{value}"']
    (config / "gateway.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (config / "kommuner" / f"{nummer}.toml").write_text(
        f'nummer = "{nummer}"\nnavn = "{navn}"\norgnr = "{orgnr}"\n'
        '[adressesperre]\nregisterfil = "adresseregister.json"\nkontaktpunkt = "leder"\n'
        '[ansatte]\nfil = "data/ansatte.json"\n'
        # The staff is of one school; the logs are of many units that have nobody in it.
        '[slett]\nrolle = "fagansvarlig"\n',
        encoding="utf-8",
    )
    shutil.copy(_STAFF, folder / "data" / "ansatte.json")
    return config


def archive_configuration(
    folder: Path, sandboxes: dict[str, Sandbox], archives: dict[str, Any], nummer: str = "9901"
) -> None:
    """Add the archives to the municipality's configuration."""
    lines = []
    for name, sandbox in sandboxes.items():
        own = archives[name]
        lines += [
            f"[archives.{name}]", f'kobling = "{own["kobling"]}"',
            f'base_url = "{_root(sandbox.url)}{own.get("path", "")}"',
            f'token_url = "{_root(sandbox.url)}/connect/token"', 'client_id = "stafett"',
            'secret_file = "data/secret.txt"', "timeout = 5.0", "deadline = 20.0",
            "breaker_pause = 0.5", "per_minutt = 6000", "ro_sekunder = 0",
            f"[archives.{name}.options]",
        ]  # fmt: skip
        lines += [f'{key} = "{value}"' for key, value in own.get("options", {}).items()]
    with (folder / "config" / "gateway.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    names = ", ".join(f'"{name}"' for name in sandboxes)
    with (folder / "config" / "kommuner" / f"{nummer}.toml").open("a", encoding="utf-8") as file:
        file.write(f"[arkiv]\nmaal = [{names}]\n")


def _root(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.split('/')[0]}"


def wait_for(what: Any, seconds: float, pause: float = 0.05) -> bool:
    """Ask until true or out of time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(pause)
    return False
