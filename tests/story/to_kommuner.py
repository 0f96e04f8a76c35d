"""Two municipalities in this process: each with its vendor, ledger, archive, keys and staff.

Between them is real HTTPS with certificates at both ends, a wire a test holds in its hand, or one
of the platforms of the channels' suite.
The clock is one that tests can turn. The sandboxes are read from outside, as an oracle must.
"""

import atexit
import json
import shutil
import socket
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from connectors.forsegling.forsegler import open_forsegler
from connectors.forsegling.oevingsnoekler import make as make_keys
from connectors.sandbox import synthetic
from connectors.stafett_https.kanal import HttpsKanal, open_kanal
from gateway.app_overfoering import holder_by_number
from gateway.effects.archiving.verk import Arkivmaal, Verk
from gateway.effects.archiving.working import Lane
from gateway.effects.transferring import avgi, motta, oversikt, rader, runde
from gateway.effects.transferring.intern import InternKanal
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.engine import archiving
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.nettregister import Registre
from gateway.overfoering.grunnlag import Aktoer, Enhet, Grunnlag
from gateway.overfoering.tilstand import Side
from gateway.policy.context import Policyramme
from gateway.ports.connector import ConnectorSettings
from gateway.ports.kanal import Forsendelse, Innkommet, Kanal, KanalFacts, Transportstand
from gateway.settings.models import Arkivregler, Kommune, Krav, Motpart
from gateway.settings.models import Overfoering as Regler
from gateway.staff.member import Ansatt
from schemas.overfoering.koder import Begrunnelse, Innlogging, Maaltype, Rettet
from schemas.stafettlogg.identifikator import is_orgnr
from schemas.stafettlogg.logg import Stafettlogg
from tests.contract.channels.stand import ORGNR, A, B, Kanalstand
from tests.story.arkivet import Shelf
from tests.story.conftest import CONEXUS, SAMSPILL, EverybodyOpen, System

RING = KeyRing({"k1": b"t" * 32})
AVGIVER, MOTTAKER = "899100107", "899200209"
LEDER, HOLDER, ANNEN = "ansatt-leder", "ansatt-holder", "ansatt-annen"


class Ledning:
    """A wire a test holds: packages may be lost, kept, doubled and turned around.

    `hold` says which types of message (as the sender names them) are kept back from now on.
    """

    def __init__(self) -> None:
        self.boxes: dict[str, dict[str, Innkommet]] = {}
        self.hold: set[str] = set()
        self.kept: list[Forsendelse] = []
        self.carried: list[Forsendelse] = []
        self.nr = 0

    def end(self, orgnr: str) -> "Ende":
        """One side's end."""
        self.boxes.setdefault(orgnr, {})
        return Ende(self, orgnr)

    def carry(self, one: Forsendelse) -> None:
        """To its receiver, or kept."""
        if one.meldingstype in self.hold or "*" in self.hold:
            self.kept.append(one)
            return
        self.deliver(one)

    def deliver(self, one: Forsendelse) -> None:
        """Put a package in its receiver's box, once more if it was there before."""
        self.nr += 1
        self.carried.append(one)
        ref = f"{self.nr:06d}"
        self.boxes[one.mottaker.orgnr][ref] = Innkommet(ref, one.pakke)

    def let_go(self, *, backwards: bool = False) -> None:
        """Everything that was kept arrives."""
        self.hold.clear()
        kept, self.kept = self.kept, []
        for one in reversed(kept) if backwards else kept:
            self.deliver(one)

    def again(self) -> None:
        """Everything that was ever carried arrives once more."""
        for one in list(self.carried):
            self.deliver(one)


class Ende:
    """One side's end of a wire: a channel."""

    def __init__(self, wire: Ledning, orgnr: str) -> None:
        self._wire, self._orgnr = wire, orgnr

    def facts(self) -> KanalFacts:
        """A test's own."""
        return KanalFacts("ledning", "1", "test", True, 1 << 30)

    def send(self, forsendelse: Forsendelse) -> str:
        """Over the wire."""
        self._wire.carry(forsendelse)
        return forsendelse.melding_id

    def stand(self, transport_id: str) -> Transportstand:
        """It does not say."""
        return Transportstand.UKJENT

    def hent(self, hoeyst: int) -> list[Innkommet]:
        """What has come."""
        return list(self._wire.boxes[self._orgnr].values())[:hoeyst]

    def kvitter(self, ref: str) -> None:
        """Taken."""
        self._wire.boxes[self._orgnr].pop(ref, None)

    def avvis(self, ref: str, kode: str) -> None:
        """Set aside."""
        self.kvitter(ref)

    def close(self) -> None:
        """Nothing is open."""


class Klokke:
    """A clock that tests turn forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """The instant, aware."""
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        """Seconds for durations."""
        return time.monotonic()

    def new_id(self) -> str:
        """A fresh id."""
        return uuid.uuid4().hex

    def turn(self, **delta: float) -> None:
        """Time passes."""
        self.ahead += timedelta(**delta)


class Kilde(System):
    """A sandbox of a municipality of its own."""

    def __init__(self, name: str, folder: Path, tenant: str) -> None:
        import importlib

        from connectors.sandbox.server import start
        from gateway import app

        self.name = name
        module = importlib.import_module(f"connectors.{name}.sandbox.app")
        self.app: Any = module.open_sandbox(folder, tenant=tenant)
        self.tenant = tenant
        self.running = start(self.app, tenant=tenant)
        self.mapping = app.mapping(name)
        self._connectors = []

    def settings(self, **changes: Any) -> ConnectorSettings:
        """As every story's, for this tenant."""
        return super().settings(
            **{"tenant": self.tenant, "timeout": 5.0, "deadline": 10.0} | changes
        )


@cache
def keys_of(orgnr: str) -> tuple[Path, Path]:
    """A municipality's keys; one pair lasts as long as this process, for making one is dear."""
    folder = Path(tempfile.mkdtemp(prefix="noekler-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return make_keys(folder, orgnr)


def unit_of(orgnr: str) -> str:
    """The one unit of an invented municipality."""
    return next(str(n) for n in range(int(orgnr) + 1000, 1_000_000_000) if is_orgnr(str(n)))


def staff(orgnr: str) -> list[Ansatt]:
    """A leader and two relay holders of the unit."""
    unit, name = unit_of(orgnr), f"Skolen i {orgnr[3]}"
    rng = synthetic.seeded(7, orgnr)

    def one(ref: str, navn: str, *roller: str) -> Ansatt:
        number = synthetic.national_id(date(1980, 1, 1), rng)
        return Ansatt(ref, unit, name, frozenset(roller), navn, numre=(number,))

    return [
        one(LEDER, "Leder Oppdiktet", "leder", "stafettholder"),
        one(HOLDER, "Holder Oppdiktet", "stafettholder"),
        one(ANNEN, "Annen Oppdiktet", "stafettholder"),
    ]


class Kommunehus:
    """One municipality's gateway, in this process."""

    def __init__(
        self,
        folder: Path,
        orgnr: str,
        nummer: str,
        system: Kilde,
        klokke: Klokke,
        *,
        database: str = "",
        archives: dict[str, Any] | None = None,
    ) -> None:
        self.folder, self.orgnr, self.system, self.klokke = folder, orgnr, system, klokke
        self.register = EverybodyOpen()
        self.shelf = Shelf()
        self.ansatte = staff(orgnr)
        self.database = Database(database, folder / "data")
        prepare(self.database, RING)
        self.key, self.cert = keys_of(orgnr)
        kept = {"hylle": self.shelf} if archives is None else archives
        self.kommune = Kommune(
            nummer=nummer,
            navn=f"Kommune {nummer}",
            orgnr=orgnr,
            arkiv=Arkivregler(maal=tuple(kept)),
            overfoering=Regler(system=system.name),
        )
        self.arkiv = Verk(
            system=system.name,
            source=system.connect(),
            mapping=system.mapping,
            kommune=self.kommune,
            archives={name: Arkivmaal(name, one, 6000) for name, one in kept.items()},
            database=self.database,
            store=PayloadStore(self.database, RING, klokke),
            ring=RING,
            clock=klokke,
            register=self.register,
            frame=Policyramme(now=klokke.now(), kommunenummer=nummer, production=False),
        )
        self.registre: Registre | None = None
        self.verk: Overfoeringsverk
        self.kanaler: dict[str, Any] = {}
        self.adresse: Mapping[str, str] = {}

    def meet(
        self,
        *others: "Kommunehus",
        wire: Ledning | None = None,
        kanaler: Mapping[str, Kanal] | None = None,
    ) -> None:
        """Know the others: their certificates, and how they are reached. Of `kanaler`, already
        opened, the first is the one to them."""
        if kanaler:
            self.kanaler |= kanaler
        elif wire is not None:
            self.kanaler["ledning"] = wire.end(self.orgnr)
        elif "https" not in self.kanaler:
            self.kanaler["https"] = self.listen(others[0])
        self.kanaler["intern"] = InternKanal(self.folder / "intern")
        self._others = others
        self._kanal = next(iter(kanaler or ()), "https" if wire is None else "ledning")

    def listen(self, other: "Kommunehus") -> HttpsKanal:
        """Our end of the line."""
        return open_kanal(
            ConnectorSettings(
                "stafett_https", "", "", "", "", self.orgnr, timeout=5.0, deadline=10.0,
                attempts=1, breaker_pause=0.05,
                options={
                    "noekkel": str(self.key), "sertifikat": str(self.cert),
                    "tillit": f"{other.orgnr}={other.cert}",
                    "innboks": str(self.folder / "innboks"),
                    "lytt": f"127.0.0.1:{free_port()}",
                },
            )
        )  # fmt: skip

    def build(self) -> None:
        """Put the works together, once all know each other."""
        motparter = {}
        for other in self._others:
            port = getattr(other.kanaler.get("https"), "port", 0)
            motparter[other.orgnr] = Motpart(
                orgnr=other.orgnr,
                navn=f"Kommune {other.kommune.nummer}",
                kommunenummer=other.kommune.nummer,
                kanal=self._kanal,
                adresse=dict(other.adresse or {"url": f"https://127.0.0.1:{port}"}),
                sertifikater=(other.cert,),
                krav=Krav(egen_alder=16, fra="begge"),
            )
        known = {o.orgnr: ([o.cert], []) for o in (*self._others, self)}
        forsegler = open_forsegler(self.key, self.cert, [self.key], known)
        self.verk = Overfoeringsverk(
            self.arkiv, forsegler, self.kanaler, motparter, lambda: self.ansatte,
            registre=self.registre, holder_med_nummer=holder_by_number(self.system.name),
        )  # fmt: skip

    def rules(self, **changes: Any) -> None:
        """Other settings of hand-overs."""
        own = self.kommune.overfoering.model_copy(update=changes)
        self.kommune = self.kommune.model_copy(update={"overfoering": own})
        self.arkiv = replace(self.arkiv, kommune=self.kommune)
        self.verk = replace(self.verk, arkiv=self.arkiv)

    # -- what is there ------------------------------------------------------------------------
    def look_over(self) -> list[Stafettlogg]:
        """Archiving sees every log, and what is due is archived."""
        from gateway.effects.archiving.collect import collect

        tick = f"runde:{uuid.uuid4().hex[:8]}"
        house: Any = self
        archiving.open_tick(house, self.arkiv, tick)
        collect(self.arkiv, tick, spread=False)
        Lane(self.arkiv, tick, 0, lambda _s: None, patience=0).run()
        archiving.close_tick(house, self.arkiv, tick)
        return self.logs()

    def archive(self) -> None:
        """Carry out the archive jobs that are due."""
        tick = f"runde:{uuid.uuid4().hex[:8]}"
        house: Any = self
        archiving.open_tick(house, self.arkiv, tick)
        Lane(self.arkiv, tick, 0, lambda _s: None, patience=0).run()
        archiving.close_tick(house, self.arkiv, tick)

    def logs(self) -> list[Stafettlogg]:
        """Every log as the vendor has it."""
        bodies = self.system.bodies().values()
        return [self.system.mapping.decode(json.loads(b), self.orgnr).logg for b in bodies]

    def log(self, logg_id: str) -> Stafettlogg | None:
        """One of them."""
        found = [one for one in self.logs() if one.id == logg_id]
        assert len(found) <= 1, "the same log twice"
        return found[0] if found else None

    def row(self, own: str, side: Side = Side.AVGIVER) -> Rad:
        """A hand-over's row here."""
        return rader.existing(self.verk, side, own)

    def round(self) -> runde.Runde:
        """One round."""
        return runde.run(self.verk)

    def timeline(self, own: str) -> list[dict[str, Any]]:
        """What has happened to a hand-over."""
        return oversikt.timeline(self.verk, own)

    def close(self) -> None:
        """Stop everything."""
        for kanal in self.kanaler.values():
            kanal.close()
        self.database.close()
        self.system.close()


def free_port() -> int:
    """A port nobody has just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Flytting:
    """A family moves: two houses that know each other, and the steps people take."""

    def __init__(
        self,
        folder: Path,
        stock: Sequence[Any],
        *,
        fra: str = CONEXUS,
        til: str = SAMSPILL,
        wire: Ledning | None = None,
        kanaler: Kanalstand | None = None,
        databases: tuple[str, str] = ("", ""),
    ) -> None:
        self.klokke = Klokke()
        self.wire = wire
        self.a = Kommunehus(
            folder / "a", AVGIVER, "9901", Kilde(fra, folder / "kilde-a", AVGIVER), self.klokke,
            database=databases[0],
        )  # fmt: skip
        # A platform has its own two organisations; the sender is the same one.
        orgnr = ORGNR[B] if kanaler else MOTTAKER
        self.m = Kommunehus(
            folder / "m", orgnr, "9902", Kilde(til, folder / "kilde-m", orgnr), self.klokke,
            database=databases[1],
        )  # fmt: skip
        self.a.system.load(stock)
        for who, house, other in ((A, self.a, self.m), (B, self.m, self.a)):
            opened = {kanaler.navn: kanaler.open(who, attempts=1)} if kanaler else None
            house.adresse = kanaler.motpart(who).adresse if kanaler else {}
            house.meet(other, wire=wire, kanaler=opened)
        self.a.build()
        self.m.build()

    @property
    def leder(self) -> Aktoer:
        """The sender's leader."""
        return Aktoer(LEDER, "leder")

    def grunnlag(self, logg: Stafettlogg, **changes: Any) -> Grunnlag:
        """A hand-over of everything in a log to the other municipality's leader."""
        consent = next((s.id for s in logg.samtykker if s.status == "GYLDIG"), "")
        values: dict[str, Any] = {
            "maaltype": Maaltype.ANNEN_KOMMUNE,
            "begrunnelse": Begrunnelse.FLYTTING,
            "mottaker": self.m.orgnr,
            "enhet": Enhet(unit_of(self.m.orgnr), self.m.ansatte[0].virksomhet_navn),
            "rettet": Rettet.PERSON,
            "person": HOLDER,
            "utvalg": tuple(c.id for c in logg.oppmerksomheter),
            "samtykke": consent,
            "lest_av": "leder",
        }
        return Grunnlag(**values | changes)

    def start(self, logg: Stafettlogg, **changes: Any) -> str:
        """A draft, archived and ready to go."""
        own = self.a.ansatte
        units = {v.id: v for v in logg.virksomheter}
        unit = units.get(logg.ansvarlig_virksomhet or "")
        if unit is not None and unit.orgnr:
            self.a.ansatte = [
                replace(one, virksomhet=unit.orgnr)
                if one.virksomhet == unit_of(self.a.orgnr)
                else one
                for one in own
            ]
        rad = avgi.start(self.a.verk, logg.id, self.grunnlag(logg, **changes), self.leder)
        self.a.archive()
        return rad.id

    def send(self, own: str) -> Rad:
        """Offer and package on their way."""
        return avgi.send(self.a.verk, self.a.row(own), self.leder)

    def accept(self, own: str, person: str = HOLDER) -> Rad:
        """The named person accepts."""
        row = self.m.row(own, Side.MOTTAKER)
        by_file = self.m.verk.registre is None
        return motta.accept(self.m.verk, row, person, Innlogging.HOEY, uten_register=by_file)

    def states(self, own: str) -> tuple[str, str]:
        """Where both sides stand; INGEN where the receiver has no row."""
        found = rader.load(self.m.verk, Side.MOTTAKER, own)
        return self.a.row(own).tilstand.value, found.tilstand.value if found else "INGEN"

    def rounds(self, count: int = 6) -> None:
        """Both sides' rounds, in turn; time passes a little so that what waits is tried again."""
        for _ in range(count):
            self.m.round()
            self.a.round()
            self.klokke.turn(minutes=5)

    def until(self, check: Callable[[], bool], most: int = 30) -> None:
        """Rounds until something is so."""
        for _ in range(most):
            if check():
                return
            self.rounds(1)
        raise AssertionError("it never came to that")

    def close(self) -> None:
        """Stop both."""
        self.a.close()
        self.m.close()
