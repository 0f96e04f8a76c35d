"""Our gateway as the conformance suite's port: a municipality on disk, `stafett serve`, and people
at the command line. The worked example of `tests/samsvar/port.py`.

`python -m tests.samsvar --port tests/contract/overfoering/porten.py`

From here on it is a black box: messages go over HTTPS, people act by commands, and what is known
of its states is what `stafett transfer show` tells a person.
"""

import contextlib
import importlib
import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gateway.cli.transferring import works
from gateway.overfoering import vakter
from gateway.overfoering.grunnlag import Enhet, Grunnlag
from schemas.overfoering.koder import Begrunnelse, Maaltype, Rettet
from schemas.stafettlogg.logg import Stafettlogg
from tests.samsvar.port import Moete, Motpart, Oss, Staar, Startet
from tests.story.test_overfoering_drept import archived
from tests.story.to_byer import UNIT_NAME, By, register_of
from tests.story.to_kommuner import AVGIVER, HOLDER, LEDER, MOTTAKER, unit_of
from tests.story.town import CX, ROOT, SP

DESKS = 2
"""How many commands are carried out at once."""


class VaarPort:
    """`tests.samsvar.port.Port`. `plant` names a fault of `plantede.py` to put in."""

    def __init__(self, plant: str = "") -> None:
        self._plant = plant
        self._turn = threading.Lock()
        self._started: dict[str, Stafettlogg] = {}

    def open(self, moete: Moete) -> Oss:
        """A municipality with this side's system, `stafett serve`, and two desks."""
        sender = moete.side == "avgiver"
        own = AVGIVER if sender else MOTTAKER
        self.rolle, self.other = moete.side, moete.motparter[0]
        self.by = By(moete.mappe / "by", own, "9901" if sender else "9902", CX if sender else SP)
        for one in moete.motparter:
            self._meet(moete.mappe, one)
        self.logs = self._stock(moete.starter) if sender else []
        self._free = iter(self.logs)
        given = [Stafettlogg.model_validate_json(one) for one in moete.logger]
        self.by.register(register_of(given))
        self._run()
        return Oss(
            own, f"https://127.0.0.1:{self.by.port}", self.by.cert.read_text(), unit_of(own), HOLDER
        )

    def _meet(self, folder: Path, one: Motpart) -> None:
        path = folder / f"{one.orgnr}.pem"
        path.write_text(one.sertifikater)
        known: Any = SimpleNamespace(cert=path, orgnr=one.orgnr, nummer=one.kommunenummer)
        self.by.meet(known, int(one.url.rpartition(":")[2] or 1))

    def _run(self) -> None:
        plant = ["--plant", self._plant] if self._plant else []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.contract.overfoering.serverer", *plant,
             "--config", str(self.by.config)],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._desks: queue.Queue[subprocess.Popen[str]] = queue.Queue()
        for _ in range(DESKS):
            self._desks.put(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.contract.overfoering.skranke"],
                    cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, text=True,
                )
            )  # fmt: skip
        self._wait_for_door()

    def _stock(self, wanted: int) -> list[Stafettlogg]:
        """Logs that may go, in our system and in the archive."""
        generator = importlib.import_module(f"connectors.{CX}.sandbox.generator")
        stock = list(generator.generate(5, wanted * 4 + 8, tenant=AVGIVER))
        mapping = importlib.import_module(f"mappings.{CX}.mapping").MAPPING
        decoded = [(w, f, mapping.decode(w, AVGIVER).logg) for w, f in stock]
        self.by.register(register_of(logg for _, _, logg in decoded))
        usable = [one for one in decoded if _goes(one[2])]
        free = granted(self.by, [one[2] for one in usable], self.other)
        usable = [one for one in usable if one[2].id in free][:wanted]
        logs = [one[2] for one in usable]
        assert len(logs) == wanted, len(logs)
        self.by.fill([(w, f) for w, f, _ in usable])
        self.by.staff_of(
            v.orgnr for one in logs for v in one.virksomheter
            if v.id == one.ansvarlig_virksomhet and v.orgnr
        )  # fmt: skip
        if logs:
            assert self.by.stafett("archive", "due", CX)
            archived(_Only(self.by), logs)
        return logs

    def _wait_for_door(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert self.process.poll() is None, "the gateway under test has stopped"
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.by.port), 1).close()
                return
            time.sleep(0.1)
        raise AssertionError("nobody opens")

    # -- people ---------------------------------------------------------------------------------
    def start(self) -> Startet:
        """Everything of the next log, to the suite's person."""
        with self._turn:
            logg = next(self._free)
        leader = _leader(logg)
        consent = next((s.id for s in logg.samtykker if s.status == "GYLDIG"), "")
        told = self._insist(
            "transfer", "start", logg.id, "--by", leader, "--to", self.other.orgnr,
            "--unit", self.other.enhet, "--unit-name", UNIT_NAME,
            "--concern", "alle", "--person", self.other.person, "--consent", consent,
            "--read-by", "leder",
        )  # fmt: skip
        own = str(told["overfoering"])
        self._started[own] = logg
        told = self._insist("transfer", "send", own, "--by", leader)
        assert told["tilstand"] in {"SENDT", "MOTTATT"}, told
        return Startet(own, logg.id, tuple(words_of(logg)))

    def assign(self, overfoering: str) -> None:
        """The leader names the person."""
        self._insist("transfer", "assign", overfoering, HOLDER, "--by", LEDER)

    def accept(self, overfoering: str) -> None:
        """The person takes over."""
        self._insist(
            "transfer", "accept", overfoering, "--by", HOLDER, "--login", "hoey",
            "--register-by-file",
        )  # fmt: skip

    def reject(self, overfoering: str) -> None:
        """The leader says no."""
        self._insist("transfer", "reject", overfoering, "--by", LEDER, "--reason", "borIkkeHer")

    def withdraw(self, overfoering: str) -> None:
        """The leader of the log's unit takes it back."""
        self._insist("transfer", "withdraw", overfoering, "--by", self._ours(overfoering))

    def block(self, overfoering: str) -> None:
        """A leader stops it."""
        self._insist("transfer", "hold", overfoering, "--by", self._ours(overfoering))

    def paper(self, overfoering: str) -> None:
        """The person has read it."""
        self._insist("transfer", "taken", overfoering, "--by", HOLDER, "--from-sender")

    def _ours(self, own: str) -> str:
        logg = self._started.get(own)
        return _leader(logg) if logg else LEDER

    def stands(self, overfoering: str) -> Staar:
        """What `stafett transfer show` says."""
        told = self._command("transfer", "show", overfoering)
        if "tilstand" not in told:
            return Staar("INGEN", "den andre", "")
        return Staar(told["tilstand"], told["ansvarlig"], told.get("kode", ""))

    def proof(self, overfoering: str, other: Path) -> str:
        """`stafett transfer proof`."""
        return str(self._command("transfer", "proof", overfoering, "--against", str(other))
                   ["compared"])  # fmt: skip

    def _command(self, *words: str) -> dict[str, Any]:
        """A command at one of the desks, with --json; its document."""
        desk = self._desks.get()
        try:
            assert desk.stdin and desk.stdout
            desk.stdin.write(json.dumps([*words, "--config", str(self.by.config), "--json"]) + "\n")
            desk.stdin.flush()
            code, out = json.loads(desk.stdout.readline())
        finally:
            self._desks.put(desk)
        assert code in {0, 1, 2, 4, 6} and out, (words, code)
        return dict(json.loads(out))

    def _insist(self, *words: str) -> dict[str, Any]:
        """A person's command, given again when a round changed the row at the same moment."""
        for _ in range(8):
            told = self._command(*words)
            if told.get("error", {}).get("code") != "OVERFOERING_ENDRET":
                break
        assert "error" not in told, told
        return told

    def close(self) -> None:
        """Stop the desks, the gateway and what it talks to."""
        for _ in range(DESKS):
            desk = self._desks.get(timeout=60)
            assert desk.stdin and desk.stdout
            desk.stdin.close()
            desk.wait(60)
            desk.stdout.close()
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()
        self.process.wait(20)
        self.by.stop()


def open_port() -> VaarPort:
    """What the suite asks of a port's file."""
    return VaarPort()


class _Only:
    """One municipality where a story has two."""

    def __init__(self, by: By) -> None:
        self.a = by


def _leader(logg: Stafettlogg) -> str:
    unit = next((v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet), None)
    return f"leder-{unit.orgnr}" if unit and unit.orgnr else LEDER


def _goes(logg: Stafettlogg) -> bool:
    """Active, of a child, with concerns and a consent."""
    return bool(
        logg.status == "AKTIV"
        and logg.hovedperson.type == "barn"
        and logg.oppmerksomheter
        and any(s.status == "GYLDIG" for s in logg.samtykker)
    )


def wish(logg: Stafettlogg, to: Motpart) -> Grunnlag:
    """Everything, to the named person at the other municipality: what `start` asks for."""
    return Grunnlag(
        maaltype=Maaltype.ANNEN_KOMMUNE,
        begrunnelse=Begrunnelse.FLYTTING,
        mottaker=to.orgnr,
        enhet=Enhet(to.enhet, UNIT_NAME),
        rettet=Rettet.PERSON,
        person=to.person,
        utvalg=tuple(c.id for c in logg.oppmerksomheter),
        samtykke=next((s.id for s in logg.samtykker if s.status == "GYLDIG"), ""),
        lest_av="leder",
    )


def granted(by: By, logs: list[Stafettlogg], to: Motpart) -> frozenset[str]:
    """Ids of those the gateway's own guards let go, so that a case is about messages."""
    found = set()
    with works(by.config, "") as (_, verk):
        for logg in logs:
            ramme, valgt = verk.ramme(logg), wish(logg, to)
            answers = (
                vakter.vern(logg, ramme),
                vakter.grunnlag(logg, valgt, ramme),
                vakter.samtykke(logg, valgt, ramme, verk.krav(to.orgnr)),
            )
            if not any(answers):
                found.add(logg.id)
    return frozenset(found)


def words_of(logg: Stafettlogg) -> Iterator[str]:
    """Every string of a log that says something of somebody."""
    stack: list[Any] = [logg.model_dump(mode="json")]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
        elif isinstance(one, str) and (" " in one or (one.isdigit() and len(one) == 11)):
            yield one
