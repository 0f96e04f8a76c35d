"""A town to migrate: two sandboxes in this process, a configuration on disk, and `stafett`.

What carries out work runs in processes of its own, as an IT officer's would, so that it can be
killed.
The oracle looks from the outside: at what the sandboxes hold and count.
"""

import hashlib
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from typer.testing import CliRunner, Result

from connectors.sandbox import synthetic
from connectors.sandbox.app import Request
from connectors.sandbox.server import Running, start
from gateway import app
from gateway.cli.main import stafett
from gateway.ledger import tables as t
from gateway.ledger.keys import generate
from gateway.settings.load import load
from schemas.stafettlogg.logg import Stafettlogg
from tests import warm
from tests.people import staff_file

ORGNR = "899100107"
CX, SP = "conexus_companion", "visma_samspill"
ROOT = Path(__file__).parents[2]
HERE = frozenset(
    {"systems", "mapping", "plan", "show", "sign", "status", "parked", "verify", "report",
     "reconcile",
     "versions", "sample", "tasks", "created", "waiting", "staff", "moves", "archive logs",
     "archive show", "archive report", "archive check", "archive recheck", "archive retry"}
)  # fmt: skip
"""Commands that start no worker."""


def here(*words: str, env: dict[str, str] | None = None) -> Result:
    """A command in this process: its exit code and what it wrote."""
    try:
        return CliRunner().invoke(stafett, words, env=env)
    finally:
        structlog.reset_defaults()  # it was set up to write where the runner listened


class Town:
    """One municipality with both systems. `database` is empty for SQLite."""

    def __init__(self, folder: Path, database: str = "", chunk: int = 10) -> None:
        self.folder = folder
        self.apps: dict[str, Any] = {}
        self.running: dict[str, Running] = {}
        for name in (CX, SP):
            self.open(name, "a")
        self.config = folder / "config"
        (self.config / "kommuner").mkdir(parents=True)
        generate(folder / "data" / "keys.txt")
        (folder / "data" / "secret.txt").write_text("hemmelig\n")
        self._chunk = chunk
        self._database = database
        self.seen_within = 2.0
        self.write_config()
        self.held: set[str] = set()

    def open(self, name: str, part: str, port: int = 0) -> None:
        """Start a sandbox on data of its own; the same port may be given again."""
        module = importlib.import_module(f"connectors.{name}.sandbox.app")
        self.apps[name] = module.open_sandbox(self.folder / f"{name}-{part}", tenant=ORGNR)
        self.running[name] = start(self.apps[name], port=port, tenant=ORGNR)

    def replace(self, name: str, part: str) -> None:
        """An empty system at the same address."""
        port = self.running[name].port
        self.running[name].stop()
        self.apps[name].close()
        self.open(name, part, port)

    def write_config(self, **extra: str) -> None:
        """The configuration, with extra lines for the gateway."""
        lines = ['environment = "sandbox"', 'data = "data"', 'key_file = "data/keys.txt"',
                 f"chunk = {self._chunk}", "max_shrink_percent = 20",
                 f'database = "{self._database}"']  # fmt: skip
        lines += [f"{key} = {value}" for key, value in extra.items()]
        for name in (CX, SP):
            lines += [f"[systems.{name}]", f'base_url = "{self.running[name].url}"',
                      'client_id = "stafett"', 'secret_file = "data/secret.txt"',
                      "timeout = 5.0", "deadline = 10.0", "breaker_pause = 0.2", "page_size = 100",
                      f"reads_whole_log = {str(name == SP).lower()}",
                      f"seen_within = {self.seen_within}"]  # fmt: skip
        lines += [f"[systems.{SP}.options]", 'planTypeId = "pt-stafettlogg"']
        (self.config / "gateway.toml").write_text("\n".join(lines) + "\n")
        (self.config / "kommuner" / "9901.toml").write_text(
            f'nummer = "9901"\nnavn = "Øvingsvik"\norgnr = "{ORGNR}"\n'
            '[adressesperre]\nregisterfil = "register.json"\n'
            '[ansatte]\nfil = "data/ansatte.json"\n'
            '[slett]\nrolle = "fagansvarlig"\n'
        )
        staff_file(self.folder / "data" / "ansatte.json")

    def fill(self, name: str, documents: Iterable[tuple[dict[str, Any], dict[str, bytes]]]) -> int:
        """Give a system its own history, and the register its answers."""
        answers: dict[str, dict[str, str | None]] = {}
        number = 0
        mapping = app.mapping(name)
        for wire, files in documents:
            number += 1
            self.apps[name].load(wire, files)
            logg: Stafettlogg = mapping.decode(wire, ORGNR).logg
            for person in logg.personer:
                for ident in person.identifikatorer:
                    born = synthetic.birth_date(ident.verdi)
                    answers[ident.verdi] = {
                        "grad": "fortrolig" if ident.verdi in self.held else "ingen",
                        "foedselsdato": born.isoformat() if born else None,
                    }
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        (self.folder / "register.json").write_text(
            json.dumps({"gyldigTil": until, "personer": answers})
        )
        return number

    def passive(self, plan_id: str) -> None:
        """Somebody makes a plan passive in Samspill, as the product would."""
        plans = (b["plan"] for b in self.apps[SP].bundles())
        version = next(plan["version"] for plan in plans if plan["planId"] == plan_id)
        answer = self.apps[SP].handle(
            Request(
                "PATCH", f"/content/v1/plans/{plan_id}", {},
                {"if-match": f'"{version}"', "content-type": "application/json"},
                json.dumps({"status": "inactive"}).encode(), "et menneske",
            )
        )  # fmt: skip
        assert answer.status == 200, answer.body

    def stop(self) -> None:
        """Stop both systems."""
        for running in self.running.values():
            running.stop()
        for each in self.apps.values():
            each.close()

    # -- the command line -------------------------------------------------------------------

    def env(self, **extra: str) -> dict[str, str]:
        """The environment of a command."""
        return os.environ | {"STAFETT_CONFIG": str(self.config), "STAFETT_BY": "IT"} | extra

    def command(self, *words: str) -> list[str]:
        """`stafett` as words."""
        return [sys.executable, "-m", "gateway.cli", *words]

    def spawn(self, *words: str, **env: str) -> subprocess.Popen[bytes]:
        """A command in a process of its own, silent."""
        return warm.popen(
            self.command(*words), env=self.env(**env), cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def stafett(self, *words: str, ok: tuple[int, ...] = (0, 1)) -> dict[str, Any]:
        """Run a command with --json and give its document.

        A command that only looks or notes runs in this process: starting one costs more than all
        it does. What carries out work has a process of its own.
        """
        if words[0] in HERE or " ".join(words[:2]) in HERE:
            told = self.here(*words, "--json")
            assert told.exit_code in ok, (words, told.exit_code, told.output, told.exception)
            return dict(json.loads(told.stdout))
        done = warm.run(
            [*self.command(*words), "--json"], env=self.env(), cwd=ROOT, check=False,
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode in ok, (words, done.returncode, done.stdout, done.stderr)
        return dict(json.loads(done.stdout))

    def here(self, *words: str) -> Result:
        """A command in this process: its exit code and what it wrote."""
        return here(*words, env=self.env())

    def plan(self, source: str = CX, target: str = SP) -> str:
        """Plan and sign."""
        plan_id = str(self.stafett("plan", source, target)["plan"])
        self.stafett("sign", plan_id, "--by", "IT")
        return plan_id

    # -- the oracle -------------------------------------------------------------------------

    def digests(self, name: str) -> dict[str, str]:
        """Ref -> hash of every log's bytes, as its system gives them out."""
        connector = app.connect(load(self.config), name)
        found: dict[str, str] = {}
        cursor: str | None = None
        try:
            while True:
                page = connector.page(cursor)
                for entry in page.entries:
                    body = connector.document(entry.ref).body
                    found[entry.ref] = hashlib.sha256(body).hexdigest()
                cursor = page.cursor
                if cursor is None:
                    return found
        finally:
            connector.close()

    def doubles(self, name: str) -> int:
        """How many of our keys stand on more than one log, counted by the system itself."""
        journal = self.running[name].journal()
        return sum(1 for count in journal["eksternNokkel"].values() if count != 1)

    def on_disk(self) -> Iterator[tuple[Path, bytes]]:
        """Every file the gateway wrote, with its bytes."""
        for path in (self.folder / "data").rglob("*"):
            if path.is_file():
                yield path, path.read_bytes()

    def in_tables(self) -> Iterator[tuple[str, str]]:
        """Every row of every PostgreSQL table, the engine's included, as text."""
        if not self._database:
            return
        import psycopg

        with psycopg.connect(self._database) as connection:
            tables = connection.execute(
                "select table_schema, table_name from information_schema.tables "
                "where table_schema not in ('pg_catalog', 'information_schema')"
            ).fetchall()
            for schema, table in tables:
                for row in connection.execute(f'select t::text from "{schema}"."{table}" t'):
                    yield table, row[0]


@contextmanager
def town(folder: Path, database: str = "", chunk: int = 10) -> Iterator[Town]:
    """A town that is stopped whatever happens."""
    made = Town(folder, database, chunk)
    try:
        yield made
    finally:
        made.stop()


def entries(place: Town, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """The ledger's entries of a kind: (logg, body)."""
    house = app.open_house(load(place.config))
    try:
        with house.database.look() as connection:
            rows = connection.execute(
                sa.select(t.entry.c.logg, t.entry.c.body)
                .where(t.entry.c.kind == kind)
                .order_by(t.entry.c.seq)
            ).all()
        return [(row.logg, json.loads(row.body)) for row in rows]
    finally:
        house.close()
