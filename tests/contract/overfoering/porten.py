"""The gateway under test: a municipality on disk, `stafett serve`, and people at the command line.

From here on it is a black box: messages go over HTTPS, people act by commands, and what is known
of its states is what `stafett transfer show` tells a person.
"""

import contextlib
import importlib
import json
import queue
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from gateway.cli.transferring import works
from gateway.overfoering import vakter
from gateway.overfoering.grunnlag import Enhet, Grunnlag
from gateway.overfoering.utvalg import Utvalg, select
from gateway.ports.forsegling import Pakkefil
from gateway.snapshot.sjekksum import sha
from gateway.snapshot.strukturert import archivable, canonical
from schemas.overfoering.koder import Begrunnelse, Maaltype, Rettet
from schemas.stafettlogg.logg import Stafettlogg
from tests.contract.overfoering.motspill import Motspill
from tests.story.test_overfoering_drept import archived
from tests.story.to_byer import UNIT_NAME, By, register_of
from tests.story.to_kommuner import AVGIVER, HOLDER, LEDER, MOTTAKER, unit_of
from tests.story.town import CX, ROOT, SP

DESKS = 2
"""How many commands are carried out at once."""


class Port:
    """One gateway under test. `rolle` is its side of the hand-over."""

    def __init__(self, folder: Path, rolle: str, logs: int, plant: str = "") -> None:
        self.rolle = rolle
        sender = rolle == "avgiver"
        own, other = (AVGIVER, MOTTAKER) if sender else (MOTTAKER, AVGIVER)
        self.by = By(folder / "port", own, "9901" if sender else "9902", CX if sender else SP)
        self.spill = Motspill(
            folder / "spill", other, "9902" if sender else "9901", own, self.by.cert
        )
        one: Any = self.spill
        self.by.meet(one, self.spill.kanal.port)
        annen: Any = self.spill.annen
        self.by.meet(annen, self.spill.kanal.port)
        generator = importlib.import_module(f"connectors.{CX}.sandbox.generator")
        stock = list(generator.generate(5, logs * 4 + 8, tenant=AVGIVER))
        self._stock(stock, logs)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.contract.overfoering.serverer",
             *(["--plant", plant] if plant else []), "--config", str(self.by.config)],
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
        self.spill.at(self.by.port)
        self._wait_for_door()

    def _stock(self, stock: list[Any], wanted: int) -> None:
        """Logs that may go: at the sender in its system and archive; else in the suite's hand."""
        mapping = importlib.import_module(f"mappings.{CX}.mapping").MAPPING
        decoded = [(w, f, mapping.decode(w, AVGIVER).logg) for w, f in stock]
        self.by.register(register_of(logg for _, _, logg in decoded))
        usable = [one for one in decoded if _goes(one[2])]
        if self.rolle == "avgiver":
            free = granted(self.by, [one[2] for one in usable], self.spill.orgnr)
            usable = [one for one in usable if one[2].id in free]
        usable = usable[:wanted]
        self._files = {sha(data): data for _, files, _ in usable for data in files.values()}
        logs = [one[2] for one in usable]
        if self.rolle == "avgiver":
            self.by.fill([(w, f) for w, f, _ in usable])
            self.by.staff_of(
                v.orgnr for one in logs for v in one.virksomheter
                if v.id == one.ansvarlig_virksomhet and v.orgnr
            )  # fmt: skip
            assert self.by.stafett("archive", "due", CX)
            archived(_Only(self.by), logs)
        self.logs: list[Stafettlogg] = logs
        assert len(self.logs) == wanted, len(self.logs)
        self._free = iter(self.logs)

    def _wait_for_door(self) -> None:
        import socket

        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert self.process.poll() is None, "the gateway under test has stopped"
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.by.port), 1).close()
                return
            time.sleep(0.1)
        raise AssertionError("nobody opens")

    def logg(self) -> Stafettlogg:
        """A log nobody has used."""
        return next(self._free)

    # -- people ---------------------------------------------------------------------------------
    def act(self, what: str, logg: Stafettlogg, own: str) -> str:
        """A person at the gateway does something; returns the hand-over's id."""
        run = self._insist
        leader = _leader(logg) if self.rolle == "avgiver" else LEDER
        if what == "start":
            consent = next((s.id for s in logg.samtykker if s.status == "GYLDIG"), "")
            told = run(
                "transfer", "start", logg.id, "--by", leader, "--to", self.spill.orgnr,
                "--unit", unit_of(self.spill.orgnr), "--unit-name", UNIT_NAME,
                "--concern", "alle", "--person", HOLDER, "--consent", consent,
                "--read-by", "leder",
            )  # fmt: skip
            own = str(told["overfoering"])
            told = run("transfer", "send", own, "--by", leader)
            assert told["tilstand"] in {"SENDT", "MOTTATT"}, told
        elif what == "tildel":
            run("transfer", "assign", own, HOLDER, "--by", LEDER)
        elif what == "aksepter":
            run("transfer", "accept", own, "--by", HOLDER, "--login", "hoey", "--register-by-file")
        elif what == "avvis":
            run("transfer", "reject", own, "--by", LEDER, "--reason", "borIkkeHer")
        elif what == "trekk":
            run("transfer", "withdraw", own, "--by", leader)
        else:
            assert what == "sperr", what
            run("transfer", "hold", own, "--by", leader)
        return own

    def command(self, *words: str) -> dict[str, Any]:
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
            told = self.command(*words)
            if told.get("error", {}).get("code") != "OVERFOERING_ENDRET":
                break
        assert "error" not in told, told
        return told

    def shown(self, own: str) -> dict[str, Any]:
        """What a person sees of a hand-over."""
        return self.command("transfer", "show", own)

    # -- what the suite hands over --------------------------------------------------------------
    def content(
        self, logg: Stafettlogg, own: str, forsoek: int, slik: dict[str, Any]
    ) -> tuple[bytes, str, Utvalg]:
        """A content package for the gateway under test, and its key. `slik`: `versjon` of the
        manifest, `ukjent` for a member nobody knows in manifest and log."""
        chosen = select(logg, [c.id for c in logg.oppmerksomheter])
        body = canonical(archivable(chosen.logg))
        if slik.get("ukjent"):
            told = json.loads(body)
            told["oppmerksomheter"][0]["noeNytt"] = {"tekst": "en ny setning"}
            body = json.dumps(told).encode()
        held = {d.sha256: d.id for d in chosen.logg.dokumenter if d.sha256 in self._files}
        carried = [(f"vedlegg-{n:02d}", k, i) for n, (k, i) in enumerate(held.items(), 1)]
        manifest = {
            "overfoeringId": own, "forsoek": forsoek, "fra": self.spill.orgnr,
            "til": self.by.orgnr, "laget": "2026-11-27T09:00:00+00:00", "loggId": logg.id,
            "oppmerksomheter": [c.id for c in chosen.logg.oppmerksomheter],
            "skjema": {"stafettlogg.json": "urn:stafettlogg:logg:1"},
            "filer": [{"filnavn": "stafettlogg.json", "rolle": "logg",
                       "mediaType": "application/json", "sha256": sha(body),
                       "stoerrelse": len(body)},
                      *({"filnavn": name, "rolle": "vedlegg", "sha256": digest, "gjelder": ident,
                         "mediaType": "application/octet-stream",
                         "stoerrelse": len(self._files[digest])}
                        for name, digest, ident in carried)],
        }  # fmt: skip
        if "versjon" in slik:
            manifest["versjon"] = slik["versjon"]
        files = [
            Pakkefil("overfoering.json", "application/json", json.dumps(manifest).encode()),
            Pakkefil("stafettlogg.json", "application/json", body),
            *(Pakkefil(name, "application/octet-stream", self._files[digest])
              for name, digest, _ in carried),
        ]  # fmt: skip
        laast, key = self.spill.content(files, f"{own}:{forsoek}")
        return laast, key, chosen

    def stop(self) -> None:
        """Stop the gateway and the suite's end."""
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
        self.spill.stop()
        self.by.stop()


class _Only:
    """One municipality where a story has two."""

    def __init__(self, by: By) -> None:
        self.a = by


def _leader(logg: Stafettlogg) -> str:
    unit = next((v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet), None)
    return f"leder-{unit.orgnr}" if unit and unit.orgnr else LEDER


def _goes(logg: Stafettlogg) -> bool:
    """Active, with concerns and a consent."""
    return bool(
        logg.status == "AKTIV"
        and logg.oppmerksomheter
        and any(s.status == "GYLDIG" for s in logg.samtykker)
    )


def wish(logg: Stafettlogg, to: str) -> Grunnlag:
    """Everything, to the named person at the other municipality: what `act("start")` asks for."""
    return Grunnlag(
        maaltype=Maaltype.ANNEN_KOMMUNE,
        begrunnelse=Begrunnelse.FLYTTING,
        mottaker=to,
        enhet=Enhet(unit_of(to), UNIT_NAME),
        rettet=Rettet.PERSON,
        person=HOLDER,
        utvalg=tuple(c.id for c in logg.oppmerksomheter),
        samtykke=next((s.id for s in logg.samtykker if s.status == "GYLDIG"), ""),
        lest_av="leder",
    )


def granted(by: By, logs: list[Stafettlogg], to: str) -> frozenset[str]:
    """Ids of those the gateway's own guards let go, so that a case is about messages."""
    found = set()
    with works(by.config, "") as (_, verk):
        for logg in logs:
            ramme, valgt = verk.ramme(logg), wish(logg, to)
            answers = (
                vakter.vern(logg, ramme),
                vakter.grunnlag(logg, valgt, ramme),
                vakter.samtykke(logg, valgt, ramme, verk.krav(to)),
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


def greeted(port: Port) -> dict[str, Any]:
    """What the gateway under test answers a GET of its address, with the suite's certificate."""
    import ssl

    context = ssl.create_default_context(cafile=str(port.by.cert))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_cert_chain(port.spill.cert, port.spill.key)
    with httpx.Client(verify=context, trust_env=False) as client:
        answer = client.get(f"https://127.0.0.1:{port.by.port}/overfoering/v1/meldinger")
    assert answer.status_code == 200
    return dict(answer.json())
