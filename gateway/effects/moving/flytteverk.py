"""What hints of a move work with: the logs' systems, the register, the list, the ledger.

Built by `gateway/app.py` from names; this module knows no vendor.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gateway import log
from gateway.clock import Clock
from gateway.effects.archiving.verk import stamp
from gateway.effects.one_log import shown
from gateway.effects.pull import Puller
from gateway.flytting.vurdering import Ramme
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.store import PayloadStore
from gateway.ports.connector import Connector
from gateway.ports.folkeregister import Folkeregister
from gateway.ports.mapping import SystemMapping
from gateway.settings.models import Kommune
from schemas.kommuneinndeling.liste import Kommuneliste
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Kilde:
    """One system that holds logs."""

    source: Connector
    mapping: SystemMapping


@dataclass(frozen=True, slots=True)
class Flytteverk:
    """The works of one municipality. `hjem` is what its number is called today."""

    kilder: Mapping[str, Kilde]
    register: Folkeregister
    liste: Kommuneliste
    hjem: frozenset[str]
    kommune: Kommune
    database: Database
    store: PayloadStore
    ring: KeyRing
    clock: Clock

    @property
    def tenant(self) -> str:
        """The municipality's organisation number."""
        return self.kommune.orgnr

    def now(self) -> str:
        """The instant as ISO text, UTC, milliseconds."""
        return stamp(self.clock.now())

    def at(self) -> datetime:
        """The instant."""
        return self.clock.now()

    def today(self) -> date:
        """The local date."""
        return self.clock.now().astimezone(ZoneInfo(self.kommune.arkiv.natt.tidssone)).date()

    def frame(self) -> Ramme:
        """What every verdict of now is measured by."""
        return Ramme(self.liste, self.hjem, self.today())

    def puller(self, system: str) -> Puller:
        """The intake of one system."""
        kilde = self.kilder[system]
        return Puller(kilde.source, kilde.mapping, self.database, self.store, self.tenant)

    def decode(self, system: str, body: bytes) -> Stafettlogg:
        """A sealed wire document as a canonical log. Raises Rejected."""
        mapping = self.kilder[system].mapping
        return mapping.decode(mapping.parse(body), self.tenant).logg


@dataclass(slots=True)
class Runde:
    """What a round did, in counts: nothing in it is about anybody.

    `kastet` counts by reason; `uleste` are logs that could not be read, `navngitt` the same by ref
    with code and place, `uten_nummer` active logs whose child has no number and so cannot be
    watched.
    """

    lest: int = 0
    berorer: int = 0
    forslag: int = 0
    manuelle: int = 0
    trukket: int = 0
    utloept: int = 0
    kastet: Counter[str] = field(default_factory=Counter)
    avstemt: int = 0
    avstemt_fordi: str = ""
    fulgt: int = 0
    uleste: int = 0
    uten_nummer: int = 0
    navngitt: dict[str, tuple[str, str]] = field(default_factory=dict)

    def cannot(self, ref: str, code: str, place: str) -> None:
        """One log cannot be read; the others can."""
        self.uleste += ref not in self.navngitt
        self.navngitt[ref] = code, shown(place, ref)
        log.get("moving").warning("unread", code=code, place=f"{ref}: {shown(place, ref)}")
