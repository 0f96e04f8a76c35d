"""Plays one case of `schemas/overfoering/samsvar`: step by step, against a gateway under test."""

import base64
import hashlib
import json
import re
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from schemas.overfoering.koder import VERSJON
from tests.samsvar import ekko, innhold, laas
from tests.samsvar.feil import Feil
from tests.samsvar.innsyn import judge_content
from tests.samsvar.logg import Logg, make
from tests.samsvar.motspill import ANNEN, ENHET, OSS, Kommet, Motspill
from tests.samsvar.port import Port, Startet

GENESIS = "0" * 64
PEOPLE = {"start": "start", "tildel": "assign", "aksepter": "accept", "avvis": "reject",
          "trekk": "withdraw", "sperr": "block", "papir": "paper"}  # fmt: skip
SPARE = 10
"""Logs besides, for whoever plays a case that was not counted."""
STEG = ("gjoer", "send", "slipp", "igjen", "taust", "nyttForsoek", "vent", "kvittert", "stille",
        "staar", "lukket", "aapner", "kjeder", "bevis", "linje", "ekko")  # fmt: skip


class Brudd(AssertionError):
    """The gateway did something else than the case says, at a step."""

    def __init__(self, navn: str, nummer: int, steg: dict[str, Any], feil: Feil) -> None:
        super().__init__(f"{navn} steg {nummer} {steg}: {feil.kode} {feil.verdier}")
        self.nummer, self.steg, self.feil = nummer, steg, feil


class Portfeil(Exception):
    """The port could not do what it was asked: says nothing of the gateway."""

    def __init__(self, nummer: int, steg: dict[str, Any], hva: str) -> None:
        super().__init__(f"steg {nummer} {steg}: {hva}")
        self.nummer, self.steg, self.hva = nummer, steg, hva


class Bord:
    """What the cases of one side share: the port, the suite's end, a folder, and logs to give."""

    def __init__(self, port: Port, side: str, folder: Path, cases: list[dict[str, Any]]) -> None:
        self.port, self.side, self.folder, self.spill = port, side, folder, Motspill()
        run = uuid.uuid4().hex
        given = len(cases) + SPARE if side == "mottaker" else 0
        self._logs = [make(run, n, ENHET) for n in range(given)]
        starts = sum(any(s.get("gjoer") == "start" for s in one["steg"]) for one in cases)
        (folder / "port").mkdir(parents=True)
        self._turn = threading.Lock()
        self.spill.meet(
            port, side, folder / "port", starts, tuple(one.json() for one in self._logs)
        )

    def logg(self) -> Logg:
        """One that has not been given."""
        with self._turn:
            return self._logs.pop()

    def close(self) -> None:
        """Stop the gateway and our end."""
        try:
            self.port.close()
        finally:
            self.spill.stop()


class Dialog:
    """One conversation."""

    def __init__(self, bord: Bord, proeve: dict[str, Any], within: float = 60.0) -> None:
        self.bord, self.port, self.spill = bord, bord.port, bord.spill
        self.proeve, self.within = proeve, within
        self.side = "mottaker" if bord.side == "avgiver" else "avgiver"
        self.own = str(uuid.uuid4())
        self.startet: Startet | None = None
        self.logg = bord.logg() if bord.side == "mottaker" else None
        self.husket: dict[str, Any] = {"akseptId": str(uuid.uuid4())}
        self.sendt: dict[str, tuple[str, bytes]] = {}
        self.holdt: dict[str, bytes] = {}
        self.forsoek = 0
        self.noekkel = ""
        self.sagt: list[Kommet] = []
        self.brukt: set[int] = set()
        self.lest = 0
        self.seen: set[str] = set()
        self.tause: set[str] = set()
        self.kvitterte: set[str] = set()
        self._nyttForsoek({})

    # -- playing --------------------------------------------------------------------------------
    def play(self) -> None:
        """Every step. Raises Brudd, Portfeil."""
        for number, steg in enumerate(self.proeve["steg"], 1):
            kind = next(one for one in STEG if one in steg)
            try:
                getattr(self, f"_{kind}")(steg)
            except Feil as error:
                raise Brudd(self.proeve["navn"], number, steg, error) from error
            except Exception as error:
                told = f"{type(error).__name__}: {error}"[:300]
                raise Portfeil(number, steg, told) from error

    def _gjoer(self, steg: dict[str, Any]) -> None:
        done = getattr(self.port, PEOPLE[steg["gjoer"]])
        if steg["gjoer"] != "start":
            done(self.own)
            return
        self.startet = done()
        self.own = self.startet.overfoering

    def _nyttForsoek(self, _steg: dict[str, Any]) -> None:
        """A new attempt: new chain, new package."""
        self.forsoek += 1
        self.egne: list[dict[str, Any]] = []
        self.nr, self.forrige, self.sett, self.inn = 0, GENESIS, 0, GENESIS
        self.laast: bytes | None = None
        if self.logg is not None:
            self.laast, key = self._package(self.logg, self.proeve.get("pakke", {}))
            self.noekkel = base64.b64encode(key).decode()

    def _package(self, logg: Logg, slik: dict[str, Any]) -> tuple[bytes, bytes]:
        to = self.spill.gateway.orgnr
        files = innhold.files(logg, self.own, self.forsoek, OSS, to, slik)
        inner = self.spill.inner(files)
        if slik.get("skade") == "konvolutt":
            inner = inner[:-1] + bytes([inner[-1] ^ 1])
        return laas.lock(inner, f"{self.own}:{self.forsoek}")

    # -- speaking -------------------------------------------------------------------------------
    def _send(self, steg: dict[str, Any]) -> None:
        self._pull()
        kind = steg["send"]
        content = self._content(kind) | self._told(steg.get("innhold", {}))
        hode = self._head(kind) | self._told(steg.get("hode", {}))
        hode |= {k: ANNEN for k in ("fra", "til") if hode[k] == "annen"}
        for name in steg.get("uten", ()):
            content.pop(name, None)
        if "dyp" in steg:
            content["dypt"] = "@DYP@"
        body = _written({"hode": hode, "innhold": content, **steg.get("ved", {})}, steg)
        files = {"melding.json": body}
        if kind == "pakke" and self.laast is not None:
            files["innhold.laast"] = self.laast
        package = self.spill.seal(files, steg)
        name = steg.get("som", kind)
        self.sendt[name] = (hode["meldingId"], package)
        if steg.get("teller", True) and hode["nr"] > 0:
            self.nr, self.forrige = hode["nr"], _sha(body)
            self.egne.append(_link(hode, body))
        if steg.get("holdt"):
            self.holdt[name] = package
        else:
            self.spill.post(package)

    def _head(self, kind: str) -> dict[str, Any]:
        receipt = kind == "kvittering"
        return {
            "protokoll": "stafettlogg-overfoering", "versjon": VERSJON,
            "meldingId": str(uuid.uuid4()), "overfoeringId": self.own, "forsoek": self.forsoek,
            "type": kind, "side": self.side, "fra": OSS, "til": self.spill.gateway.orgnr,
            "sendt": _now(), "nr": 0 if receipt else self.nr + 1,
            "forrige": GENESIS if receipt else self.forrige, "sett": self.sett,
        }  # fmt: skip

    def _content(self, kind: str) -> dict[str, Any]:
        size = {"innholdSha256": _sha(self.laast or b""),
                "innholdStoerrelse": len(self.laast or b"")}  # fmt: skip
        aksept, sha = self.husket["akseptId"], self.husket.get("innholdSha256", GENESIS)
        gateway, logg = self.spill.gateway, self.logg
        told: dict[str, dict[str, Any]] = {
            "tilbud": {
                "maaltype": "annenKommune", "begrunnelse": "flytting",
                "virksomhet": gateway.enhet, "rettet": "person", "person": gateway.person,
                "antallOppmerksomheter": len(logg.oppmerksomheter) if logg else 1,
                "frist": _now(14 * 86400),
                "grunnlag": {"samtykkeId": "samtykke-1", "arkivert": True}, **size,
            },
            "pakke": size,
            "tildeling": {"tildelt": _now()},
            "aksept": {"akseptId": aksept, "akseptert": _now(), "innlogging": "hoey",
                       "rolle": "stafettholder"},
            "akseptbekreftelse": {"akseptId": aksept, "byttet": _now(), "noekkel": self.noekkel},
            "avvisning": {"grunn": "borIkkeHer"},
            "fullfoert": {"akseptId": aksept, "importert": _now(), "innholdSha256": sha},
            "ikkeForstaatt": {"akseptId": aksept, "grunn": "ugyldig", "innholdSha256": sha,
                              "forstaar": VERSJON},
            "etterspoersel": {"virksomhet": ENHET, "referanse": "sak-1"},
        }  # fmt: skip
        return told.get(kind, {})

    def _slipp(self, steg: dict[str, Any]) -> None:
        self.spill.post(self.holdt.pop(steg["slipp"]))

    def _igjen(self, steg: dict[str, Any]) -> None:
        self.spill.post(self.sendt[steg["igjen"]][1])

    def _told(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: self._value(value) for name, value in values.items()}

    def _value(self, value: Any) -> Any:
        """`$name`, `@message`, and `$naa+seconds`."""
        if not isinstance(value, str):
            return value
        if value.startswith("$naa"):
            return _now(float(value.removeprefix("$naa") or 0))
        if value.startswith("$"):
            return self.husket[value[1:]]
        if value.startswith("@"):
            return self.sendt[value[1:]][0]
        return value

    # -- listening ------------------------------------------------------------------------------
    def _pull(self) -> None:
        """Take what has come: receipt it, and keep what is new."""
        with self.spill.nytt:
            come = self.spill.kom[self.own][self.lest :]
            self.lest += len(come)
        for one in come:
            kind = one.hode.type.value
            known = one.hode.melding_id in self.seen
            self.seen.add(one.hode.melding_id)
            if not known or kind in self.tause:
                self.sagt.append(one)
            if kind == "kvittering":
                continue
            if not known and one.hode.forsoek == self.forsoek:
                self.sett = max(self.sett, one.hode.nr)
                self.inn = _sha(one.body)
                self.laast = one.laast or self.laast
                if kind == "tilbud":
                    self.husket["innholdSha256"] = one.felt("innholdSha256")
            if kind not in self.tause:
                self._receipt(one, "kjent" if known else "tatt")

    def _receipt(self, one: Kommet, resultat: str) -> None:
        said = {m.hode.type.value for m in self.sagt}
        told: dict[str, Any] = {"gjelder": one.hode.melding_id, "gjelderType": one.hode.type.value,
                "resultat": resultat, "hodeInn": self.inn}  # fmt: skip
        if self.side == "mottaker":
            told["altMottatt"] = said >= {"tilbud", "pakke"}
        body = _written({"hode": self._head("kvittering"), "innhold": told}, {})
        self.spill.post(self.spill.seal({"melding.json": body}, {}))

    def _next(self, wanted: Callable[[Kommet], bool], within: float) -> Kommet:
        until = time.monotonic() + within
        while True:
            self._pull()
            for place, one in enumerate(self.sagt):
                if place not in self.brukt and wanted(one):
                    self.brukt.add(place)
                    return one
            left = until - time.monotonic()
            if left <= 0:
                raise Feil("kom_ikke", sekunder=within, sagt=self._said())
            with self.spill.nytt:
                self.spill.nytt.wait(min(left, 0.2))

    def _said(self) -> list[str]:
        return [self._words(one) for one in self.sagt]

    def _words(self, one: Kommet) -> str:
        """A message as the report names it; a receipt with what it is for."""
        kind = one.hode.type.value
        if kind != "kvittering":
            return kind
        about = one.felt("gjelder")
        names = [n for n, (ident, _) in self.sendt.items() if ident == about]
        code = f" {one.felt('kode')}" if one.felt("kode") else ""
        return f"{kind} ({'/'.join(names) or '?'}: {one.felt('resultat')}{code})"

    def _vent(self, steg: dict[str, Any]) -> None:
        kind = steg["vent"]
        one = self._next(lambda m: m.hode.type.value == kind, steg.get("innen", self.within))
        for name, value in self._told(steg.get("felt", {})).items():
            if one.felt(name) != value:
                raise _another(name, one.felt(name), value)
        for name, least in steg.get("minst", {}).items():
            if not isinstance(one.felt(name), int) or one.felt(name) < least:
                raise Feil("minst", navn=name, kom=one.felt(name), ventet=least)
        if "innhold" in steg and one.told["innhold"] != steg["innhold"]:
            raise Feil("innhold", kom=sorted(one.told["innhold"]))
        for name, field in steg.get("husk", {}).items():
            self.husket[name] = one.felt(field)

    def _taust(self, steg: dict[str, Any]) -> None:
        """What is said of these types is not receipted from now on; an empty list ends it."""
        self.tause = set(steg["taust"])

    def _kvittert(self, steg: dict[str, Any]) -> None:
        ident, result = self.sendt[steg["kvittert"]][0], steg.get("resultat", "tatt")

        def wanted(one: Kommet) -> bool:
            """A gateway of several processes may say `kjent` besides of one arrival."""
            if one.hode.type.value != "kvittering" or one.felt("gjelder") != ident:
                return False
            if result == "kjent":  # an earlier arrival's may come late: the one that fits
                return all(one.felt(n) == steg[n] for n in ("altMottatt", "kode") if n in steg)
            return bool(one.felt("resultat") != "kjent")

        one = self._next(wanted, steg.get("innen", self.within))
        self.kvitterte.add(ident)
        for name, value in {"resultat": result, **steg}.items():
            if name in ("resultat", "altMottatt", "kode") and one.felt(name) != value:
                if name == "altMottatt" and value is False and one.felt(name) is None:
                    continue  # left out says the same
                raise _another(name, one.felt(name), value)

    def _stille(self, _steg: dict[str, Any]) -> None:
        """A later message of another conversation has been receipted; here nothing was said."""
        self._probe()
        self._pull()
        left = [
            self._words(m)
            for n, m in enumerate(self.sagt)
            if n not in self.brukt and not self._known_again(m)
        ]
        if left:
            raise Feil("ikke_stille", sagt=left)

    def _probe(self) -> None:
        """A withdrawal of a conversation of its own, and its receipt."""
        own = str(uuid.uuid4())
        hode = self._head("tilbaketrekking") | {
            "overfoeringId": own, "forsoek": 1, "side": "avgiver", "nr": 1, "forrige": GENESIS,
            "sett": 0,
        }  # fmt: skip
        body = _written({"hode": hode, "innhold": {}}, {})
        self.spill.post(self.spill.seal({"melding.json": body}, {}))
        until = time.monotonic() + self.within
        with self.spill.nytt:
            while not self.spill.kom[own]:
                if time.monotonic() > until:
                    raise Feil("uten_kvittering", sekunder=self.within)
                self.spill.nytt.wait(0.2)

    def _known_again(self, one: Kommet) -> bool:
        """One more `kjent` of what has been receipted says nothing new."""
        receipt = one.hode.type.value == "kvittering"
        return receipt and one.felt("resultat") == "kjent" and one.felt("gjelder") in self.kvitterte

    def _staar(self, steg: dict[str, Any]) -> None:
        until = time.monotonic() + steg.get("innen", self.within)
        while True:
            self._pull()
            told = self.port.stands(self.own)
            right = told.tilstand == steg["staar"]
            right = right and steg.get("ansvarlig", told.ansvarlig) == told.ansvarlig
            if told.kode is not None:
                right = right and steg.get("kode", told.kode) == told.kode
            if right:
                return
            if time.monotonic() > until:
                raise Feil(
                    "staar", tilstand=told.tilstand, ansvarlig=told.ansvarlig, kode=told.kode or "-"
                )
            time.sleep(0.3)

    # -- judging --------------------------------------------------------------------------------
    def _lukket(self, _steg: dict[str, Any]) -> None:
        """Nothing that was given tells anything of the log."""
        self._pull()
        words = [one.encode() for one in (self.startet.ord if self.startet else ())]
        given = [one.laast for one in self.sagt if one.laast is not None]
        if not given:
            raise Feil("uten_pakke")
        for word in words:
            if any(word in one.body for one in self.sagt):
                raise Feil("lesbart", hvor="melding.json")
            if any(word in one for one in given):
                raise Feil("lesbart", hvor="innhold.laast")
        if any(self.spill.opens(one) for one in given):
            raise Feil("lesbart", hvor="innhold.laast")

    def _aapner(self, _steg: dict[str, Any]) -> None:
        """The key opens the package, and what is inside holds."""
        answer = next(m for m in self.sagt if m.hode.type.value == "akseptbekreftelse")
        if self.laast is None or _sha(self.laast) != self.husket.get("innholdSha256"):
            raise Feil("feil_pakke")
        key = base64.b64decode(answer.felt("noekkel"))
        inner = laas.unlock(self.laast, key, f"{self.own}:{self.forsoek}")
        names = (self.own, self.forsoek, self.spill.gateway.orgnr, OSS)
        logg = self.startet.logg if self.startet else ""
        judge_content(self.spill.opened(inner), names, logg)

    def _kjeder(self, _steg: dict[str, Any]) -> None:
        """The gateway's messages are a chain without a gap."""
        self._pull()
        head, count = GENESIS, 0
        for one in self._chain():
            if one.hode.nr != count + 1 or one.hode.forrige != head:
                raise Feil("kjede", nr=one.hode.nr)
            head, count = _sha(one.body), one.hode.nr
        if not count:
            raise Feil("kjede", nr=0)
        heads = {m.felt("hodeInn") for m in self.sagt if m.hode.type.value == "kvittering"}
        if self.forrige not in heads:
            raise Feil("hode_inn")

    def _chain(self) -> list[Kommet]:
        said = {m.hode.melding_id: m for m in self.sagt if m.hode.nr > 0}
        return sorted(said.values(), key=lambda m: m.hode.nr)

    def _bevis(self, steg: dict[str, Any]) -> None:
        """The suite's own proof beside the gateway's, as a file (chapter 4.7)."""
        self._pull()
        theirs = [_link(m.told["hode"], m.body) for m in self._chain()]
        ours = self.egne
        if steg.get("endret"):
            ours = [*ours[:-1], {**ours[-1], "sha256": "f" * 64}]
        sender = self.side == "avgiver"
        told = {
            "protokoll": "stafettlogg-overfoering", "overfoeringId": self.own,
            "forsoek": self.forsoek, "tilstand": "", "akseptId": self.husket["akseptId"],
            "fraAvgiver": ours if sender else theirs, "fraMottaker": theirs if sender else ours,
        }  # fmt: skip
        path = self.bord.folder / f"bevis-{self.own}.json"
        path.write_text(json.dumps(told))
        found = self.port.proof(self.own, path)
        if found != steg["bevis"]:
            raise Feil("bevis", kom=found)

    def _ekko(self, steg: dict[str, Any]) -> None:
        """One echo (chapter 7.1)."""
        ekko.ask(self.spill, steg)

    def _linje(self, steg: dict[str, Any]) -> None:
        """One request of the line itself (chapter 7)."""
        told = steg["linje"]
        pair = {"ingen": None, "fremmed": self.spill.fremmed.tls}.get(
            told.get("sertifikat", ""), self.spill.own.tls
        )
        body = b"x" * told.get("byte", 0)
        found, data, _ = self.spill.linje.ask(
            pair, told["metode"], told["sti"], body, told.get("hode", {})
        )
        if found != steg["svar"]:
            raise Feil("svar", status=found or "-")
        if "innhold" in steg:
            try:
                said = json.loads(data)
            except ValueError:
                said = None
            if said != steg["innhold"]:
                raise Feil("innhold", kom=said)


def _written(told: dict[str, Any], steg: dict[str, Any]) -> bytes:
    """The message's bytes, in the form the step asks for."""
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    for old, new in steg.get("raa", ()):
        if old not in text:
            raise ValueError(f"the case changes what is not there: {old}")
        text = text.replace(old, new, 1)
    if "dyp" in steg:
        text = text.replace('"@DYP@"', "[" * steg["dyp"] + "]" * steg["dyp"])
    if steg.get("escapes"):
        text = re.sub(
            r'"([^"\\]*)"', lambda m: '"' + "".join(f"\\u{ord(c):04x}" for c in m[1]) + '"', text
        )
    if "fyll" in steg:
        text = text[:-1] + ',"fyll":"' + "x" * (steg["fyll"] - len(text) - 10) + '"}'
    return (b"\xef\xbb\xbf" if steg.get("bom") else b"") + text.encode()


def _another(name: str, came: Any, wanted: Any) -> Feil:
    """A field says something else; a key is not repeated."""
    if name == "noekkel":
        came, wanted = "another key", "the one before"
    return Feil("felt", navn=name, kom=came, ventet=wanted)


def _link(hode: dict[str, Any], body: bytes) -> dict[str, Any]:
    """A message as a proof has it."""
    names = ("nr", "type", "meldingId", "forrige", "sendt")
    return {name: hode[name] for name in names} | {"sha256": _sha(body)}


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _now(ahead: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=ahead)).isoformat(timespec="milliseconds")
