"""What archiving works with: one source of logs, its archives, the ledger and the rules.

Built by `gateway/app.py` from names; this module knows no vendor.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.clock import Clock
from gateway.effects.archiving.receivers import Varselmottaker
from gateway.effects.pull import Puller
from gateway.frame import asked
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.store import PayloadStore
from gateway.policy.adressebeskyttelse import family
from gateway.policy.context import Adresseregister, Policyramme
from gateway.ports.archive import Archive
from gateway.ports.connector import Connector
from gateway.ports.mapping import SystemMapping
from gateway.settings.models import Kommune
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Arkivmaal:
    """One archive, opened; how many deposits a minute it gets, and how long a write whose answer
    was lost may still be under way (seconds) before a look can tell. What was sent and does not
    show when that time has passed twice is a person's."""

    name: str
    archive: Archive
    per_minutt: int
    ro: float = 0.0


@dataclass(frozen=True, slots=True)
class Verk:
    """The archive works of one municipality and one source."""

    system: str
    source: Connector
    mapping: SystemMapping
    kommune: Kommune
    archives: Mapping[str, Arkivmaal]
    database: Database
    store: PayloadStore
    ring: KeyRing
    clock: Clock
    register: Adresseregister
    frame: Policyramme = field(repr=False)
    receivers: tuple[Varselmottaker, ...] = ()

    @property
    def tenant(self) -> str:
        """The municipality's organisation number."""
        return self.kommune.orgnr

    def now(self) -> str:
        """The instant as ISO text, UTC, milliseconds."""
        return stamp(self.clock.now())

    def today(self) -> date:
        """The local date: a night belongs to the day it began, also when the clock is turned."""
        return self.clock.now().astimezone(ZoneInfo(self.kommune.arkiv.natt.tidssone)).date()

    def deadline(self) -> str:
        """When an archive or a person must have answered what is sent now."""
        return stamp(self.clock.now() + timedelta(days=self.kommune.arkiv.frist_dager))

    def puller(self) -> Puller:
        """The intake of the source."""
        return Puller(self.source, self.mapping, self.database, self.store, self.tenant)

    def decode(self, body: bytes) -> Stafettlogg:
        """A sealed wire document as a canonical log. Raises Rejected."""
        return self.mapping.decode(self.mapping.parse(body), self.tenant).logg

    def ramme(self, logg: Stafettlogg) -> Policyramme:
        """The frame for one log, asked now. A register that cannot answer means unknown (C-4)."""
        return asked(self.frame, self.register, family, logg, self.clock.now())

    def start_of(self, logg_id: str) -> str:
        """When this log's jobs begin: its own place in the night that has begun, the same every
        time. In a night that is taken late, a place that has passed is now."""
        natt = self.kommune.arkiv.natt
        begin, end = night(self.clock.now(), natt.fra, natt.til, natt.tidssone)
        share = int(hashlib.sha256(logg_id.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
        return stamp(max(begin + (end - begin) * share, self.clock.now()))


def night(now: datetime, fra: str, til: str, tidssone: str) -> tuple[datetime, datetime]:
    """Beginning and end of the latest night that has begun, as instants."""
    zone = ZoneInfo(tidssone)
    local = now.astimezone(zone)
    day = local.date()
    if datetime.combine(day, time.fromisoformat(fra), zone) > local:
        day -= timedelta(days=1)
    begin = datetime.combine(day, time.fromisoformat(fra), zone)
    end = datetime.combine(day, time.fromisoformat(til), zone)
    if end <= begin:
        end = datetime.combine(day + timedelta(days=1), time.fromisoformat(til), zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def stamp(at: datetime) -> str:
    """An instant as text that sorts: UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
