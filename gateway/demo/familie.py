"""The third play: a family moves, between two municipalities with different vendors.

Two gateways serve, each with its own ledger, keys and archive, over HTTPS with certificates at
both ends. The answer to the acceptance is lost, because the receiver's gateway is killed; nobody
is without a responsible, and nobody is it twice. Every step is the command line.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from gateway import app, app_overfoering
from gateway.clock import SystemClock
from gateway.demo import register
from gateway.demo.stage import Sandbox, archive_configuration, configure, wait_for
from gateway.policy.samtykke import valid_consents
from gateway.settings.load import load
from schemas.stafettlogg.kodeverk import Loggstatus
from schemas.stafettlogg.logg import Stafettlogg

Say = Callable[[str], None]
_UNIT = "Solbakken skole"


class By:
    """One municipality in a folder of its own, with a system, an archive and keys."""

    def __init__(
        self, folder: Path, script: dict[str, Any], part: dict[str, Any], system: str, fill: int
    ) -> None:
        self.folder, self.system = folder, system
        self.orgnr, self.nummer, self.navn = part["orgnr"], part["nummer"], part["navn"]
        self.unit, self.port = part["virksomhet"], _free_port()
        self.sandbox = Sandbox(system, folder / "system", fill, 2027, tenant=self.orgnr)
        own = script["archives"]["sakarkiv"]
        self.archive = Sandbox(own["kobling"], folder / "arkiv")
        self.config = configure(
            folder, {system: self.sandbox}, script["systems"],
            orgnr=self.orgnr, nummer=self.nummer, navn=self.navn,
        )  # fmt: skip
        archive_configuration(folder, {"sakarkiv": self.archive}, {"sakarkiv": own}, self.nummer)
        keys: Any = app_overfoering.practice_keys(folder / "noekler", self.orgnr)
        self.key, self.cert = keys
        self._served: subprocess.Popen[bytes] | None = None
        self._register: Sandbox | None = None
        self._channel()

    def _channel(self) -> None:
        lines = [
            "[kanaler.https]", 'kobling = "stafett_https"', "attempts = 1", "deadline = 5.0",
            "[kanaler.https.options]", f'noekkel = "{self.key}"', f'sertifikat = "{self.cert}"',
            'innboks = "data/innboks"', f'lytt = "127.0.0.1:{self.port}"',
        ]  # fmt: skip
        with (self.config / "gateway.toml").open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        with (self.config / "kommuner" / f"{self.nummer}.toml").open("a", encoding="utf-8") as file:
            file.write(
                f'[overfoering]\nsystem = "{self.system}"\nkanaler = ["https"]\n'
                f'noekkel = "{self.key}"\nsertifikat = "{self.cert}"\n'
                'ansattfil = "data/ansatte.json"\n'
            )

    def meet(self, other: "By") -> None:
        """Put the other one in the directory of counterparts."""
        folder = self.config / "motparter"
        folder.mkdir()
        shutil.copy(other.cert, folder / f"{other.orgnr}.pem")
        (folder / f"{other.orgnr}.toml").write_text(
            f'orgnr = "{other.orgnr}"\nnavn = "{other.navn}"\nkommunenummer = "{other.nummer}"\n'
            f'kanal = "https"\nsertifikater = ["config/motparter/{other.orgnr}.pem"]\n'
            f'[adresse]\nurl = "https://127.0.0.1:{other.port}"\n[krav]\negen_alder = 16\n',
            encoding="utf-8",
        )

    def ask_online(self, file: Path) -> None:
        """Have the practice population register, which knows everybody in that file."""
        self._register = Sandbox(
            app.REGISTER, self.folder / "folkeregister", more=("--register", str(file))
        )
        with (self.config / "gateway.toml").open("a", encoding="utf-8") as out:
            out.write(self._register.said())

    @property
    def file(self) -> Path:
        """The register's answers about its own people."""
        return self.folder / "adresseregister.json"

    def own_people(self) -> None:
        """Write the file from its own system, and from nobody else's."""
        connector = app.connect(load(self.config), self.system)
        try:
            register.write(self.file, connector, app.mapping(self.system), self.orgnr)
        finally:
            connector.close()

    def staff(self, units: set[str]) -> None:
        """A leader and a relay holder of each unit, invented."""

        def one(ref: str, unit: str, born: date, *roles: str) -> dict[str, Any]:
            return {"ref": f"{ref}-{unit}", "virksomhet": unit, "virksomhetNavn": _UNIT,
                    "roller": list(roles), "navn": f"{ref.capitalize()} Oppdiktet",
                    "numre": [app_overfoering.practice_number(born)]}  # fmt: skip

        told = []
        for unit in sorted(units):
            told.append(one("leder", unit, date(1975, 3, 1), "leder", "stafettholder"))
            told.append(one("laerer", unit, date(1988, 6, 2), "stafettholder"))
        path = self.folder / "data" / "ansatte.json"
        path.write_text(json.dumps({"ansatte": told}), encoding="utf-8")

    def stafett(self, *words: str, allowed: tuple[int, ...] = (0, 1)) -> dict[str, Any]:
        """A command of this municipality."""
        done = subprocess.run(
            [sys.executable, "-m", "gateway.cli", *words, "--json"],
            env=os.environ | {"STAFETT_CONFIG": str(self.config)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode not in allowed:
            sys.stderr.write(done.stderr + done.stdout)
            raise SystemExit(done.returncode or 1)
        return dict(json.loads(done.stdout)) if done.stdout.strip() else {}

    def serve(self) -> None:
        """Start the gateway's own process, which listens."""
        self._served = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "serve"],
            env=os.environ | {"STAFETT_CONFIG": str(self.config)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(lambda: _listens(self.port), 30, 0.1)

    def kill(self) -> None:
        """kill -9."""
        if self._served is not None:
            self._served.send_signal(signal.SIGKILL)
            self._served.wait(10)
            self._served = None

    def stop(self) -> None:
        """End everything."""
        self.kill()
        self.sandbox.stop()
        self.archive.stop()
        if self._register is not None:
            self._register.stop()


def registers(fra: By, til: By) -> None:
    """Each has its own people in its file. The receiver, who can know nobody of a family that moves
    in, has the register online."""
    fra.own_people()
    til.own_people()
    til.ask_online(fra.file)


class Family:
    """The play: from offer to proof."""

    def __init__(self, folder: Path, script: dict[str, Any], say: Say) -> None:
        self._folder, self._script, self._say = folder, script, say

    def play(self) -> None:
        """All of it. Raises SystemExit when a step does not end as it must."""
        parts = self._script["familien"]
        made: list[By] = []
        try:
            made.append(
                By(self._folder / "fra", self._script, parts["fra"], self._script["source"], 4)
            )
            made.append(
                By(self._folder / "til", self._script, parts["til"], self._script["target"], 0)
            )
            self._acts(*made)
        finally:
            for one in made:
                one.stop()

    def _acts(self, fra: By, til: By) -> None:
        fra.meet(til)
        til.meet(fra)
        registers(fra, til)
        logg, unit = self._chosen(fra)
        til.staff({til.unit})
        fra.staff({unit})
        fra.stafett("archive", "due", fra.system)
        own = self._offer(fra, til, logg, f"leder-{unit}")
        self._lost(fra, til, own)
        self._end(fra, til, own)

    def _chosen(self, fra: By) -> tuple[Stafettlogg, str]:
        """The first log with a consent in force, and the unit that has it. Raises SystemExit."""
        settings = load(fra.config)
        connector = app.connect(settings, fra.system)
        mapping = app.mapping(fra.system)
        try:
            logs = [
                mapping.decode(mapping.parse(connector.document(e.ref).body), fra.orgnr).logg
                for e in connector.page(None).entries
            ]
        finally:
            connector.close()
        ramme = app.frame(settings, fra.system, SystemClock())
        for logg in logs:
            unit = next((v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet), None)
            active = logg.status is Loggstatus.AKTIV and logg.oppmerksomheter
            if active and unit and unit.orgnr and valid_consents(logg, ramme):
                return logg, unit.orgnr
        raise SystemExit(1)

    def _offer(self, fra: By, til: By, logg: Stafettlogg, leder: str) -> str:
        til.serve()
        fra.serve()
        own = self._started(fra, til, logg, leder)
        fra.stafett("archive", "run", fra.system)
        self._tell(f"{fra.navn} sender", fra.stafett("transfer", "send", own, "--by", leder))
        self._tell(f"{til.navn} har mottatt", self._until(til, own, "MOTTATT"))
        self._say("   Grunn, virksomhet og antall er alt som vises; pakken er låst.")
        return own

    def _started(self, fra: By, til: By, logg: Stafettlogg, leder: str) -> str:
        consent = next(s.id for s in logg.samtykker if s.status.value == "GYLDIG")
        told = fra.stafett(
            "transfer", "start", logg.id, "--by", leder, "--to", til.orgnr, "--unit", til.unit,
            "--unit-name", _UNIT, "--person", f"laerer-{til.unit}", "--concern", "alle",
            "--consent", consent, "--read-by", "leder",
        )  # fmt: skip
        return str(told["overfoering"])

    def _lost(self, fra: By, til: By, own: str) -> None:
        fra.kill()
        self._tell(
            "Læreren aksepterer, mens avsenders port er nede",
            til.stafett("transfer", "accept", own, "--by", f"laerer-{til.unit}", "--login", "hoey"),
        )
        fra.serve()
        til.kill()
        waiting = self._round(til, own)
        self._tell(f"{fra.navn} bytter, og svaret går tapt", self._until(fra, own, "AKSEPTERT"))
        self._tell(f"{til.navn}, uten svar", waiting)

    def _end(self, fra: By, til: By, own: str) -> None:
        til.serve()
        self._say("   Porten hos mottakeren startes igjen; svaret sies en gang til.")
        self._tell(til.navn, self._until(til, own, "FULLFOERT", nudge=fra))
        self._tell(fra.navn, self._until(fra, own, "FULLFOERT", nudge=til))
        path = til.folder / f"bevis-{own}.json"
        til.stafett("transfer", "proof", own, "--out", str(path))
        told = fra.stafett("transfer", "proof", own, "--against", str(path))
        self._say(f"   Bevisene side mot side: {told['compared']}")
        for side in (fra, til):
            whole = side.stafett("verify")
            self._say(f"   {side.navn}: hovedboken er hel, {whole['entries']} poster.")
        letter = til.stafett(
            "transfer",
            "message",
            own,
            "--out",
            str(til.folder / "brev"),
            "--by",
            f"leder-{til.unit}",
        )
        self._say(f"   Brevet til familien: {letter['files'][1]}")
        if told["compared"] != "BEVIS_LIKT":
            raise SystemExit(1)

    def _round(self, side: By, own: str) -> dict[str, Any]:
        """A round now; how the hand-over stands after it."""
        rows = side.stafett("transfer", "round", "--now")["transfers"]
        return next((one for one in rows if one["overfoering"] == own), {"tilstand": "INGEN"})

    def _until(self, side: By, own: str, state: str, nudge: By | None = None) -> dict[str, Any]:
        """Rounds until a side stands there. Raises SystemExit when it never does."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if nudge is not None:
                self._round(nudge, own)
            found = self._round(side, own)
            if found["tilstand"] == state:
                return found
        raise SystemExit(1)

    def _tell(self, who: str, row: dict[str, Any]) -> None:
        self._say(f"   {who}: {row['tilstand']}, ansvarlig: {row.get('ansvarlig', '')}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(0.2)
        return one.connect_ex(("127.0.0.1", port)) == 0
