"""Two municipalities on disk: configuration, keys, staff, register, and sandboxes in this process.

Each runs `stafett` and workers in processes of its own, so that they can be killed. Between them
is a proxy that cuts lines and holds them back. The oracle looks at the sandboxes' own stores and
at both ledgers.
"""

import contextlib
import importlib
import json
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.forsegling.oevingsnoekler import make as make_keys
from connectors.sandbox import synthetic
from connectors.sandbox.server import Running, start
from gateway import app
from gateway.ledger.keys import generate
from schemas.stafettlogg.logg import Stafettlogg
from tests import warm
from tests.story.to_kommuner import AVGIVER, HOLDER, LEDER, MOTTAKER, free_port, unit_of
from tests.story.town import CX, ROOT, SP, here

SECRET = "hemmelig"
_WHOLE = 1 << 60
UNIT_NAME = "Skolen ved fjorden"


class Proxy:
    """A line that is cut, held back and broken after the answer was made; bytes pass unread."""

    def __init__(self, target: int, seed: int, trouble: float = 0.0) -> None:
        self.trouble = trouble
        self._target, self._random = target, random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self.cut = self.passed = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(client,), daemon=True).start()

    def _one(self, client: socket.socket) -> None:
        """Carry one connection; some are cut on the way there, some on the way back."""
        there = back = _WHOLE
        mood = self._random.random()
        if mood < self.trouble / 2:
            there = self._random.randrange(200, 60_000)
        elif mood < self.trouble:
            back = self._random.randrange(1_000, 4_000)
        if mood < self.trouble * 1.3:
            time.sleep(self._random.random() * 0.2)
        try:
            server = socket.create_connection(("127.0.0.1", self._target), timeout=2)
        except OSError:
            client.close()
            return
        self.passed += 1
        other = threading.Thread(target=self._pump, args=(client, server, there), daemon=True)
        other.start()
        self._pump(server, client, back)
        other.join(5)

    def _pump(self, source: socket.socket, sink: socket.socket, limit: int) -> None:
        """Carry bytes until `limit` of them have passed; then both ends are torn down."""
        seen = 0
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                seen += len(data)
                if seen > limit:
                    self.cut += 1
                    break
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def stop(self) -> None:
        """No more connections."""
        self._listener.close()


class By:
    """One municipality on disk."""

    def __init__(
        self, folder: Path, orgnr: str, nummer: str, system: str, database: str = ""
    ) -> None:
        self.folder, self.orgnr, self.nummer, self.system = folder, orgnr, nummer, system
        self.database = database
        module = importlib.import_module(f"connectors.{system}.sandbox.app")
        self.app: Any = module.open_sandbox(folder / "system", tenant=orgnr)
        self.running: list[Running] = [start(self.app, tenant=orgnr)]
        archive = importlib.import_module("connectors.gi_arkiv.sandbox.app")
        self.archive: Any = archive.open_sandbox(folder / "arkiv")
        self.running.append(start(self.archive, port=0))
        self.config = folder / "config"
        (self.config / "kommuner").mkdir(parents=True)
        (self.config / "motparter").mkdir()
        generate(folder / "data" / "keys.txt")
        (folder / "data" / "secret.txt").write_text(SECRET + "\n")
        self.key, self.cert = make_keys(folder / "noekler", orgnr)
        self.port = free_port()
        self.answers: dict[str, Any] = {}
        self._staff()
        self._write()

    def _staff(self) -> None:
        unit = unit_of(self.orgnr)
        rng = synthetic.seeded(3, self.orgnr)
        from datetime import date

        def one(ref: str, *roles: str) -> dict[str, Any]:
            return {"ref": ref, "virksomhet": unit, "virksomhetNavn": UNIT_NAME,
                    "roller": list(roles), "navn": f"{ref.title()} Oppdiktet",
                    "numre": [synthetic.national_id(date(1980, 1, 1), rng)]}  # fmt: skip

        told = {"ansatte": [one(LEDER, "leder", "stafettholder"), one(HOLDER, "stafettholder")]}
        (self.folder / "data" / "ansatte.json").write_text(json.dumps(told))

    def staff_of(self, units: Iterable[str]) -> None:
        """The leader leads these units too."""
        path = self.folder / "data" / "ansatte.json"
        told = json.loads(path.read_text())
        leader = next(one for one in told["ansatte"] if one["ref"] == LEDER)
        told["ansatte"] += [
            {**leader, "ref": f"leder-{unit}", "virksomhet": unit} for unit in sorted(set(units))
        ]
        path.write_text(json.dumps(told))

    def _write(self) -> None:
        own = importlib.import_module("connectors.gi_arkiv.sandbox.sample").settings(
            self.running[1].url
        )
        options = [f'{key} = "{value}"' for key, value in own.options.items()]
        plan = ["[systems.visma_samspill.options]", 'planTypeId = "pt-stafettlogg"']
        lines = [
            'environment = "sandbox"', 'data = "data"', 'key_file = "data/keys.txt"',
            f'database = "{self.database}"',
            f"[systems.{self.system}]", f'base_url = "{self.running[0].url}"',
            'client_id = "stafett"', 'secret_file = "data/secret.txt"', "timeout = 5.0",
            "deadline = 20.0", "breaker_pause = 0.2",
            f"reads_whole_log = {str(self.system == SP).lower()}",
            *(plan if self.system == SP else ()),
            "[archives.gi]", 'kobling = "gi_arkiv"', f'base_url = "{own.base_url}"',
            f'token_url = "{own.token_url}"', 'client_id = "stafett"',
            'secret_file = "data/secret.txt"', "per_minutt = 6000", "ro_sekunder = 0",
            "[archives.gi.options]", *options,
            "[kanaler.https]", 'kobling = "stafett_https"', "timeout = 5.0", "deadline = 10.0",
            "attempts = 1", "breaker_pause = 0.1",
            "[kanaler.https.options]", f'noekkel = "{self.key}"', f'sertifikat = "{self.cert}"',
            'innboks = "data/innboks"', f'lytt = "127.0.0.1:{self.port}"',
        ]  # fmt: skip
        (self.config / "gateway.toml").write_text("\n".join(lines) + "\n")
        (self.config / "kommuner" / f"{self.nummer}.toml").write_text(
            f'nummer = "{self.nummer}"\nnavn = "Kommune {self.nummer}"\norgnr = "{self.orgnr}"\n'
            '[adressesperre]\nregisterfil = "data/register.json"\n'
            '[arkiv]\nmaal = ["gi"]\n'
            f'[overfoering]\nsystem = "{self.system}"\nkanaler = ["https"]\n'
            f'noekkel = "{self.key}"\nsertifikat = "{self.cert}"\n'
            'ansattfil = "data/ansatte.json"\n'
        )

    def meet(self, other: "By", port: int) -> None:
        """Know the other one, at this port."""
        shutil.copy(other.cert, self.config / "motparter" / f"{other.orgnr}.cert.pem")
        (self.config / "motparter" / f"{other.orgnr}.toml").write_text(
            f'orgnr = "{other.orgnr}"\nnavn = "Kommune {other.nummer}"\n'
            f'kommunenummer = "{other.nummer}"\nkanal = "https"\n'
            f'sertifikater = ["config/motparter/{other.orgnr}.cert.pem"]\n'
            f'[adresse]\nurl = "https://127.0.0.1:{port}"\n'
            '[krav]\negen_alder = 16\nfra = "begge"\n'
        )

    def register(self, numbers: dict[str, Any]) -> None:
        """The population register's answers here."""
        self.answers |= numbers
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        path = self.folder / "data" / "register.json"
        path.write_text(json.dumps({"gyldigTil": until, "personer": self.answers}))

    def fill(self, stock: Iterable[tuple[dict[str, Any], dict[str, bytes]]]) -> list[Stafettlogg]:
        """Give the system its history; returns the logs."""
        mapping = app.mapping(self.system)
        logs = []
        for wire, files in stock:
            self.app.load(wire, files)
            logs.append(mapping.decode(wire, self.orgnr).logg)
        return logs

    def logs(self) -> list[Stafettlogg]:
        """Every log as the system itself holds it."""
        mapping = app.mapping(self.system)
        held = self.app.bundles() if self.system == SP else self.app.documents()
        return [mapping.decode(json.loads(json.dumps(one)), self.orgnr).logg for one in held]

    def stafett(self, *words: str, ok: tuple[int, ...] = (0, 1)) -> dict[str, Any]:
        """A command with --json: one that starts no worker runs in this process."""
        if words[0] == "transfer":
            told = here(*words, "--config", str(self.config), "--json")
            assert told.exit_code in ok, (words, told.exit_code, told.output, told.exception)
            return dict(json.loads(told.stdout))
        done = warm.run(
            [sys.executable, "-m", "gateway.cli", *words, "--config", str(self.config), "--json"],
            cwd=ROOT, check=False, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert done.returncode in ok, (words, done.returncode, done.stdout, done.stderr)
        return dict(json.loads(done.stdout))

    def worker(self, role: str, *extra: str, **env: str) -> subprocess.Popen[bytes]:
        """The municipality's process: rounds, and the people who act here."""
        import os

        return warm.popen(
            [sys.executable, "-m", "tests.story.overfoerer", str(self.config), role, *extra],
            cwd=ROOT, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def stop(self) -> None:
        """Stop the sandboxes."""
        for one in self.running:
            one.stop()
        self.app.close()
        self.archive.close()


def register_of(logs: Iterable[Stafettlogg]) -> dict[str, Any]:
    """A register that knows everybody in some logs and protects nobody."""
    found: dict[str, Any] = {}
    for logg in logs:
        for person in logg.personer:
            for ident in person.identifikatorer:
                born = synthetic.birth_date(ident.verdi)
                found[ident.verdi] = {
                    "grad": "ingen", "foedselsdato": born.isoformat() if born else None
                }  # fmt: skip
    return found


class Byer:
    """Two of them, and the line between."""

    def __init__(
        self,
        folder: Path,
        *,
        seed: int = 1,
        trouble: float = 0.0,
        databases: tuple[str, str] = ("", ""),
    ) -> None:
        self.a = By(folder / "a", AVGIVER, "9901", CX, databases[0])
        self.m = By(folder / "m", MOTTAKER, "9902", SP, databases[1])
        self.to_m = Proxy(self.m.port, seed, trouble)
        self.to_a = Proxy(self.a.port, seed + 1, trouble)
        self.a.meet(self.m, self.to_m.port)
        self.m.meet(self.a, self.to_a.port)

    def fill(self, stock: Iterable[tuple[dict[str, Any], dict[str, bytes]]]) -> list[Stafettlogg]:
        """Logs at the sender, known to both registers, archived."""
        logs = self.a.fill(stock)
        for side in (self.a, self.m):
            side.register(register_of(logs))
        units = {
            v.orgnr for one in logs for v in one.virksomheter
            if v.id == one.ansvarlig_virksomhet and v.orgnr
        }  # fmt: skip
        self.a.staff_of(units)
        return logs

    def stop(self) -> None:
        """Stop everything."""
        for one in (self.to_m, self.to_a):
            one.stop()
        for side in (self.a, self.m):
            side.stop()
