"""Plays one case of `schemas/overfoering/samsvar`: step by step, against a gateway under test."""

import base64
import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.overfoering.hode import Hode
from schemas.overfoering.koder import Meldingstype
from schemas.overfoering.manifest import Manifest
from schemas.overfoering.meldinger import GENESIS, Kvittering, digest, write
from schemas.stafettlogg.logg import Stafettlogg
from tests.contract.overfoering.motspill import ANNEN, Kommet
from tests.contract.overfoering.porten import Port, words_of
from tests.story.to_kommuner import HOLDER, unit_of

_WITHIN = 60.0


class Brudd(AssertionError):
    """The gateway did something else than the case says: case, step and why."""


class Dialog:
    """One conversation."""

    def __init__(self, port: Port, proeve: dict[str, Any], within: float = _WITHIN) -> None:
        self.port, self.proeve, self.within = port, proeve, within
        self.spill = port.spill
        self.side = "mottaker" if port.rolle == "avgiver" else "avgiver"
        self.logg = port.logg() if self._needs_log() else None
        self.own = str(uuid.uuid4())
        self.husket: dict[str, Any] = {"akseptId": str(uuid.uuid4())}
        self.sendt: dict[str, tuple[str, bytes]] = {}
        self.holdt: dict[str, bytes] = {}
        self.forsoek = 0
        self._attempt()
        self.sagt: list[Kommet] = []
        self.brukt: set[int] = set()
        self.lest = 0
        self.seen: set[str] = set()
        self.tause: set[str] = set()
        self.kvitterte: set[str] = set()

    def _needs_log(self) -> bool:
        names = {one.get("gjoer") or one.get("send") for one in self.proeve["steg"]}
        return "start" in names or self.port.rolle == "mottaker"

    def _attempt(self) -> None:
        """A new attempt: new chain, new package."""
        self.forsoek += 1
        self.egne: list[dict[str, Any]] = []
        self.nr, self.forrige, self.sett, self.inn = 0, GENESIS, 0, GENESIS
        self.laast: bytes | None = None
        if self.port.rolle == "mottaker":
            assert self.logg is not None
            self.laast, self.noekkel, self.utvalg = self.port.content(
                self.logg, self.own, self.forsoek, self.proeve.get("pakke", {})
            )

    # -- playing --------------------------------------------------------------------------------
    def play(self) -> None:
        """Every step. Raises Brudd."""
        for number, steg in enumerate(self.proeve["steg"], 1):
            kind = next(iter(steg))
            try:
                getattr(self, f"_{kind}")(steg)
            except AssertionError as error:
                raise Brudd(f"{self.proeve['navn']} steg {number} {steg}: {error}") from error

    def _gjoer(self, steg: dict[str, Any]) -> None:
        logg: Any = self.logg
        self.own = self.port.act(steg["gjoer"], logg, self.own)

    def _nyttForsoek(self, _steg: dict[str, Any]) -> None:
        self._attempt()

    # -- speaking -------------------------------------------------------------------------------
    def _send(self, steg: dict[str, Any]) -> None:
        self._pull()
        kind = Meldingstype(steg["send"])
        innhold = self._content(kind) | self._told(steg.get("innhold", {}))
        hode = self._head(kind) | self._told(steg.get("hode", {}))
        if "annen" in (hode["fra"], hode["til"]):
            hode |= {k: ANNEN for k in ("fra", "til") if hode[k] == "annen"}
        for name in steg.get("uten", ()):
            innhold.pop(name, None)
        told = {"hode": hode, "innhold": innhold}
        body = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
        laast = self.laast if kind is Meldingstype.PAKKE else None
        package = self.spill.seal(body, laast, steg)
        name = steg.get("som", kind.value)
        self.sendt[name] = (hode["meldingId"], package)
        if steg.get("teller", True) and hode["nr"] > 0:
            self.nr, self.forrige = hode["nr"], digest(body)
            self.egne.append(_link(hode, body))
        if steg.get("holdt"):
            self.holdt[name] = package
        else:
            self.spill.post(package)

    def _head(self, kind: Meldingstype) -> dict[str, Any]:
        receipt = kind is Meldingstype.KVITTERING
        return {
            "protokoll": "stafettlogg-overfoering", "versjon": "1.0",
            "meldingId": str(uuid.uuid4()), "overfoeringId": self.own, "forsoek": self.forsoek,
            "type": kind.value, "side": self.side, "fra": self.spill.orgnr,
            "til": self.spill.sut, "sendt": _now(), "nr": 0 if receipt else self.nr + 1,
            "forrige": GENESIS if receipt else self.forrige, "sett": self.sett,
        }  # fmt: skip

    def _content(self, kind: Meldingstype) -> dict[str, Any]:
        size = {"innholdSha256": digest(self.laast or b""),
                "innholdStoerrelse": len(self.laast or b"")}  # fmt: skip
        T = Meldingstype  # noqa: N806 - as in the gateway
        if kind is T.TILBUD:
            return {
                "maaltype": "annenKommune", "begrunnelse": "flytting",
                "virksomhet": unit_of(self.spill.sut), "rettet": "person", "person": HOLDER,
                "antallOppmerksomheter": len(self.utvalg.logg.oppmerksomheter),
                "frist": _now(14 * 86400),
                "grunnlag": {"samtykkeId": "samtykke-1", "arkivert": True}, **size,
            }  # fmt: skip
        return {
            T.PAKKE: size,
            T.TILDELING: {"tildelt": _now()},
            T.AKSEPT: {"akseptId": self.husket["akseptId"], "akseptert": _now(),
                       "innlogging": "hoey", "rolle": "stafettholder"},
            T.AKSEPTBEKREFTELSE: {"akseptId": self.husket["akseptId"], "byttet": _now(),
                                  "noekkel": getattr(self, "noekkel", "")},
            T.AVVISNING: {"grunn": "borIkkeHer"},
            T.FULLFOERT: {"akseptId": self.husket["akseptId"], "importert": _now(),
                          "innholdSha256": self.husket.get("innholdSha256", GENESIS)},
            T.IKKE_FORSTAATT: {"akseptId": self.husket["akseptId"], "grunn": "ugyldig",
                               "innholdSha256": self.husket.get("innholdSha256", GENESIS),
                               "forstaar": "1.0"},
            T.ETTERSPOERSEL: {"virksomhet": unit_of(self.spill.orgnr), "referanse": "sak-1"},
        }.get(kind, {})  # fmt: skip

    def _slipp(self, steg: dict[str, Any]) -> None:
        self.spill.post(self.holdt.pop(steg["slipp"]))

    def _igjen(self, steg: dict[str, Any]) -> None:
        self.spill.post(self.sendt[steg["igjen"]][1])

    def _told(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: self._value(value) for name, value in values.items()}

    def _value(self, value: Any) -> Any:
        """`$name`, `@message` and `$naa+seconds`."""
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
            known = one.hode.melding_id in self.seen
            self.seen.add(one.hode.melding_id)
            if not known or one.hode.type.value in self.tause:
                self.sagt.append(one)
            if one.hode.type is Meldingstype.KVITTERING:
                continue
            if not known and one.hode.forsoek == self.forsoek:
                self.sett = max(self.sett, one.hode.nr)
                self.inn = digest(one.body)
                self.husket[f"@{one.hode.type.value}"] = one.hode.melding_id
                if one.laast is not None:
                    self.laast = one.laast
                if one.hode.type is Meldingstype.TILBUD:
                    self.husket["innholdSha256"] = one.felt("innholdSha256")
            if one.hode.type.value not in self.tause:
                self._receipt(one, "kjent" if known else "tatt")

    def _receipt(self, one: Kommet, resultat: str) -> None:
        both = {m.hode.type for m in self.sagt} >= {Meldingstype.TILBUD, Meldingstype.PAKKE}
        told = Kvittering.model_validate(
            {"gjelder": one.hode.melding_id, "gjelderType": one.hode.type.value,
             "resultat": resultat, "altMottatt": both and self.side == "mottaker",
             "hodeInn": self.inn},
            strict=False,
        )  # fmt: skip
        hode = Hode.model_validate(self._head(Meldingstype.KVITTERING))
        self.spill.post(self.spill.seal(write(hode, told), None, {}))

    def _next(self, wanted: Callable[[Kommet], bool], within: float, what: str) -> Kommet:
        until = time.monotonic() + within
        while True:
            self._pull()
            for place, one in enumerate(self.sagt):
                if place not in self.brukt and wanted(one):
                    self.brukt.add(place)
                    return one
            left = until - time.monotonic()
            said = [m.hode.type.value for m in self.sagt]
            assert left > 0, f"{what} kom ikke; sagt: {said}, ulest: {self.spill.uleste}"
            with self.spill.nytt:
                self.spill.nytt.wait(min(left, 0.2))

    def _vent(self, steg: dict[str, Any]) -> None:
        kind = steg["vent"]
        wanted: Callable[[Kommet], bool] = lambda one: one.hode.type.value == kind  # noqa: E731
        one = self._next(wanted, steg.get("innen", self.within), kind)
        for name, value in self._told(steg.get("felt", {})).items():
            assert one.felt(name) == value, f"{name}: {one.felt(name)!r} er ikke {value!r}"
        if "innhold" in steg:
            assert json.loads(one.body)["innhold"] == steg["innhold"], "innholdet er et annet"
        for name, field in steg.get("husk", {}).items():
            self.husket[name] = one.felt(field)

    def _taust(self, steg: dict[str, Any]) -> None:
        """What is said of these types is not receipted from now on; an empty list ends it."""
        self.tause = set(steg["taust"])

    def _kvittert(self, steg: dict[str, Any]) -> None:
        ident, result = self.sendt[steg["kvittert"]][0], steg.get("resultat", "tatt")

        def wanted(one: Kommet) -> bool:
            """A gateway of several processes may say `kjent` besides of one arrival."""
            told = one.hode.type is Meldingstype.KVITTERING and one.felt("gjelder") == ident
            return told and (result == "kjent" or one.felt("resultat") != "kjent")

        one = self._next(
            wanted, steg.get("innen", self.within), f"kvittering for {steg['kvittert']}"
        )
        self.kvitterte.add(ident)
        assert one.felt("resultat") == result, one.felt("resultat")
        for name in ("altMottatt", "kode"):
            if name in steg:
                assert one.felt(name) == steg[name], f"{name}: {one.felt(name)!r}"

    def _stille(self, _steg: dict[str, Any]) -> None:
        """A later message of another conversation has been receipted; here nothing was said."""
        probe = Probe(self.port)
        probe.ask()
        self._pull()
        left = [
            m.hode.type.value
            for n, m in enumerate(self.sagt)
            if n not in self.brukt and not self._known_again(m)
        ]
        assert left == [], f"sagt: {left}"

    def _known_again(self, one: Kommet) -> bool:
        """One more `kjent` of what has been receipted says nothing new."""
        receipt = one.hode.type is Meldingstype.KVITTERING
        return receipt and one.felt("resultat") == "kjent" and one.felt("gjelder") in self.kvitterte

    def _staar(self, steg: dict[str, Any]) -> None:
        until = time.monotonic() + steg.get("innen", self.within)
        while True:
            self._pull()
            told = self.port.shown(self.own)
            found = (told.get("tilstand"), told.get("ansvarlig"), told.get("kode"))
            wanted = (steg["staar"], steg.get("ansvarlig", found[1]), steg.get("kode", found[2]))
            if found == wanted:
                return
            assert time.monotonic() < until, f"står {found}"
            time.sleep(0.3)

    # -- judging --------------------------------------------------------------------------------
    def _lukket(self, _steg: dict[str, Any]) -> None:
        """Nothing that was given tells anything of the log."""
        assert self.logg is not None
        self._pull()
        bodies = b"\n".join(one.body for one in self.sagt)
        words = {word.encode() for word in words_of(self.logg)}
        assert words, "the log says nothing"
        given = [one.laast for one in self.sagt if one.laast is not None]
        assert given, "no package was given"
        for word in words:
            assert word not in bodies, "en melding sier noe fra loggen"
            assert all(word not in laast for laast in given), "pakken kan leses"
        assert not any(self.spill.opens(laast) for laast in given), "pakken kan åpnes"

    def _aapner(self, _steg: dict[str, Any]) -> None:
        """The key opens the package, and what is inside holds."""
        answer = next(m for m in self.sagt if m.hode.type is Meldingstype.AKSEPTBEKREFTELSE)
        key = base64.b64decode(answer.felt("noekkel"))
        assert self.laast is not None and self.logg is not None
        assert digest(self.laast) == self.husket["innholdSha256"]
        sealed = self.spill.forsegler.laas_opp(self.laast, key, f"{self.own}:{self.forsoek}")
        found = self.spill.forsegler.aapne(sealed)
        assert found.avsender == self.spill.sut
        manifest = Manifest.model_validate_json(found.fil("overfoering.json") or b"")
        assert (manifest.overfoering_id, manifest.forsoek) == (self.own, self.forsoek)
        assert (manifest.fra, manifest.til) == (self.spill.sut, self.spill.orgnr)
        files = {f.navn: f.data for f in found.filer if f.navn != "overfoering.json"}
        assert {f.filnavn for f in manifest.filer} == set(files)
        for one in manifest.filer:
            assert (digest(files[one.filnavn]), len(files[one.filnavn])) == (
                one.sha256, one.stoerrelse,
            )  # fmt: skip
        logg = Stafettlogg.model_validate_json(files["stafettlogg.json"])
        assert logg.id == manifest.logg_id == self.logg.id
        assert files["stafettlogg.pdf"].startswith(b"%PDF-")

    def _kjeder(self, _steg: dict[str, Any]) -> None:
        """The gateway's messages are a chain without a gap."""
        self._pull()
        head, count = GENESIS, 0
        said = {m.hode.melding_id: m for m in self.sagt if m.hode.nr > 0}
        for one in sorted(said.values(), key=lambda m: m.hode.nr):
            assert one.hode.nr == count + 1 and one.hode.forrige == head, one.hode.nr
            head, count = digest(one.body), one.hode.nr
        assert count, "nothing was said"
        heads = {m.felt("hodeInn") for m in self.sagt if m.hode.type is Meldingstype.KVITTERING}
        assert self.forrige in heads, "no receipt has the head of what was sent"

    def _bevis(self, steg: dict[str, Any]) -> None:
        """The suite's own proof beside the gateway's, as a file (chapter 4.7)."""
        self._pull()
        said = {m.hode.melding_id: m for m in self.sagt if m.hode.nr > 0}
        theirs = [
            _link(json.loads(m.body)["hode"], m.body)
            for m in sorted(said.values(), key=lambda m: m.hode.nr)
        ]
        ours = self.egne
        if steg.get("endret"):
            ours = [*ours[:-1], {**ours[-1], "sha256": "f" * 64}]
        sender = self.side == "avgiver"
        told = {
            "protokoll": "stafettlogg-overfoering", "overfoeringId": self.own,
            "forsoek": self.forsoek, "tilstand": "", "akseptId": self.husket["akseptId"],
            "fraAvgiver": ours if sender else theirs, "fraMottaker": theirs if sender else ours,
        }  # fmt: skip
        path = self.port.by.folder / f"bevis-{self.own}.json"
        path.write_text(json.dumps(told))
        found = self.port.command("transfer", "proof", self.own, "--against", str(path))
        assert found["compared"] == steg["bevis"], (found["compared"], found["place"])


class Probe:
    """A message of a conversation of its own, to know that everything before it has been taken."""

    def __init__(self, port: Port) -> None:
        self.port = port

    def ask(self) -> None:
        """Offer something, wait for the receipt, and take it back."""
        spill, own = self.port.spill, str(uuid.uuid4())
        hode = {
            "protokoll": "stafettlogg-overfoering", "versjon": "1.0",
            "meldingId": str(uuid.uuid4()), "overfoeringId": own, "forsoek": 1,
            "type": "tilbaketrekking", "side": "avgiver", "fra": spill.orgnr, "til": spill.sut,
            "sendt": _now(), "nr": 1, "forrige": GENESIS, "sett": 0,
        }  # fmt: skip
        body = json.dumps({"hode": hode, "innhold": {}}).encode()
        spill.post(spill.seal(body, None, {}))
        until = time.monotonic() + _WITHIN
        while time.monotonic() < until:
            with spill.nytt:
                if spill.kom[own]:
                    return
                spill.nytt.wait(0.2)
        raise AssertionError("the probe was not receipted")


def _link(hode: dict[str, Any], body: bytes) -> dict[str, Any]:
    """A message as a proof has it."""
    names = ("nr", "type", "meldingId", "forrige", "sendt")
    return {name: hode[name] for name in names} | {"sha256": digest(body)}


def _now(ahead: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=ahead)).isoformat(timespec="milliseconds")
