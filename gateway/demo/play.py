"""The play: a municipality leaves one system for another, everything goes wrong, nothing is lost.

Every act is the command line itself in a process of its own, as an IT officer would type it; the
worker is killed with SIGKILL in the middle of the migration.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

from gateway import app
from gateway.demo import register
from gateway.demo.familie import Family
from gateway.demo.natt import Night
from gateway.demo.stage import ORGNR, Sandbox, configure, wait_for
from gateway.errors import LocalFault
from gateway.settings.load import load
from gateway.texts.catalogue import Catalogue

_SCRIPT = Path(__file__).parents[2] / "config" / "demo.toml"


class Play:
    """One performance in one folder."""

    def __init__(self, logs: int, folder: Path, *, faults: bool) -> None:
        self._logs = logs
        self._folder = folder.resolve()
        self._faults = faults
        self._script = tomllib.loads(_SCRIPT.read_text(encoding="utf-8"))
        self._source: str = self._script["source"]
        self._target: str = self._script["target"]
        self._texts = Catalogue("nb")
        self._env = os.environ | {"STAFETT_CONFIG": str(self._folder / "config")}

    def run(self) -> None:
        """All acts. Raises SystemExit(1) when an act does not end as it must."""
        started = time.monotonic()
        if self._folder.exists():
            if not (self._folder / ".demo").exists() and any(self._folder.iterdir()):
                raise LocalFault("DATAMAPPE_UTILGJENGELIG", place=self._folder.name)
            shutil.rmtree(self._folder)
        self._folder.mkdir(parents=True)
        (self._folder / ".demo").touch()
        self._say(
            f"1. To sandkasser på denne maskinen, {self._logs} oppdiktede logger i {self._source}"
        )
        source = Sandbox(self._source, self._folder / "sandbox-1", self._logs, 2026)
        try:
            target = Sandbox(self._target, self._folder / "sandbox-2", 0, 1)
            try:
                self._acts(source, target)
            finally:
                target.stop()
        finally:
            source.stop()
        self._say(f"\nHele forestillingen tok {time.monotonic() - started:.0f} sekunder.")

    def _acts(self, source: Sandbox, target: Sandbox) -> None:
        configure(
            self._folder, {self._source: source, self._target: target}, self._script["systems"]
        )
        before = self._register_and_hashes()
        if self._faults:
            source.control("faults", [*self._script["source_faults"], *self._script["faults"]])
            target.control("faults", self._script["faults"])
            self._say("   Feil er slått på i begge: 429, 503, brutte linjer, kuttede svar.")
        self._say("\n2. Plan: hva vil flyttes, hva kan ikke. Ingenting sendes")
        plan = self._stafett("plan", self._source, self._target)["plan"]
        self._tell_plan(plan)
        self._stafett("sign", plan, "--by", "it-1")
        killed = ". Midt i det hele dreper vi arbeideren med kill -9" if self._faults else ""
        self._say(f"\n3. Flytt{killed}")
        run = self._migrate_killed(plan) if self._faults else self._migrate(plan)
        self._say("\n4. Avstem: les hver logg tilbake og sammenlign, blad for blad")
        self._tell("reconcile", run)
        created = target.control("journal")
        self._say(f"   Talt av målet selv: {self._doubles(created)} planer opprettet to ganger.")
        self._say("\n5. Kommunen ombestemmer seg: hjem igjen, til et tomt " + self._source)
        source.stop()
        empty = Sandbox(self._source, self._folder / "sandbox-3", 0, 1, port=source.port)
        try:
            home_run = self._home(run, empty)
            # The faults were the product's to bear; who counts afterwards reads what stands.
            empty.control("faults", [])
            after = self._hashes()
        finally:
            empty.stop()
        same = sum(1 for ref, digest in after.items() if before.get(ref) == digest)
        self._say(f"   {same} av {len(after)} logger er hjemme, byte for byte som da de dro.")
        self._say("\n6. Bevis og rapporter")
        self._tell("verify")
        for each in (run, home_run):
            made = self._stafett("report", each)
            self._say(f"   {made['html']}")
        if same != len(after) or not after:
            raise SystemExit(1)
        self._say(f"\n7. En natt i arkivet: {self._logs} logger, to arkiv av ulike slag")
        again = Sandbox(self._source, self._folder / "sandbox-1", 0, 1, port=source.port)
        try:
            night = Night(self._folder, self._script, self._source, self._stafett, self._say)
            night.play(faults=self._faults)
        finally:
            again.stop()
        self._tell("verify")
        self._say("\n8. En familie flytter: to kommuner, to leverandører, to porter")
        Family(self._folder / "familien", self._script, self._say).play()

    def _register_and_hashes(self) -> dict[str, str]:
        settings = load(self._folder / "config")
        connector = app.connect(settings, self._source)
        try:
            held = register.write(
                self._folder / "adresseregister.json", connector, app.mapping(self._source), ORGNR
            )
        finally:
            connector.close()
        self._say(f"   Adresseregisteret svarer; {held} logg(er) krever manuell behandling.")
        return self._hashes()

    def _hashes(self) -> dict[str, str]:
        settings = load(self._folder / "config")
        connector = app.connect(settings, self._source)
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

    def _migrate(self, plan: str) -> str:
        told = self._stafett("migrate", plan, allowed=(0, 1))
        self._tell_run(told)
        return str(told["run"])

    def _migrate_killed(self, plan: str) -> str:
        process = subprocess.Popen(
            self._command("migrate", plan), env=self._env, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        done = 0

        def halfway() -> bool:
            nonlocal done
            told = self._stafett("status", allowed=None)
            done = int(told.get("done") or 0)
            return process.poll() is not None or done >= max(1, self._logs * 3 // 10)

        wait_for(halfway, 120, 0.1)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        self._say(f"   Drept etter {done} logger. Fortsetter med: stafett resume")
        run = str(self._stafett("status", allowed=None)["run_id"])
        self._tell_run(self._stafett("resume", run, allowed=(0, 1)))
        return run

    def _home(self, run: str, empty: Sandbox) -> str:
        if self._faults:
            empty.control("faults", self._script["faults"])
        plan = self._stafett("migrate", "--back", run)["plan"]
        self._stafett("sign", plan, "--by", "it-1")
        told = self._stafett("migrate", plan, allowed=(0, 1))
        self._tell_run(told)
        return str(told["run"])

    def _tell_plan(self, plan: str) -> None:
        summary = self._stafett("show", plan)["summary"]
        label = self._texts.label
        kinds = ", ".join(f"{n} {label('step_' + kind)}" for kind, n in summary["kinds"].items())
        books = ", ".join(
            f"{label('account_' + name).lower()} {n}" for name, n in summary["accounts"].items()
        )
        self._say(f"   {plan}: {kinds}\n   Bøkene, {summary['leaves']} opplysninger: {books}")

    def _tell_run(self, told: dict[str, Any]) -> None:
        state = self._texts.label(f"state_{told['state']}")
        self._say(
            f"   {told['run_id']}: {state} - {told['done']} skrevet og lest tilbake, "
            f"{told['otherwise']} lest tilbake annerledes, "
            f"{told['parked']} parkert, {told['held']} holdt, {told['moved']} endret underveis"
        )

    def _tell(self, *words: str) -> None:
        told = self._stafett(*words, allowed=(0, 1))
        if words[0] == "reconcile":
            label = self._texts.label
            found = [f"{label('outcome_' + name)} {n}" for name, n in told["states"].items()]
            self._say("   " + ", ".join(found))
        else:
            whole = "hel" if told["broken_at"] is None else "BRUTT"
            self._say(f"   Hovedboken er {whole}: {told['entries']} poster.")

    @staticmethod
    def _doubles(journal: dict[str, Any]) -> int:
        return sum(1 for n in journal.get("eksternNokkel", {}).values() if n > 1)

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "gateway.cli", *words]

    def _stafett(self, *words: str, allowed: tuple[int, ...] | None = (0,)) -> dict[str, Any]:
        done = subprocess.run(
            [*self._command(*words), "--json"], env=self._env, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if allowed is not None and done.returncode not in allowed:
            sys.stderr.write(done.stderr + done.stdout)
            raise SystemExit(done.returncode or 1)
        return dict(json.loads(done.stdout)) if done.stdout.strip() else {}

    @staticmethod
    def _say(text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def run(logs: int, folder: Path, *, faults: bool) -> None:
    """Play it."""
    Play(logs, folder, faults=faults).run()
