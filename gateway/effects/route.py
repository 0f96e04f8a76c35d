"""One route: a source, a target, and everything a run between them needs, handed in as values.

The route knows no vendor; `gateway/app.py` builds it from names. It also has a verdict framed (by
`gateway/frame.py`) with its register, its staff and its clock, so that the rules stay pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.clock import Clock
from gateway.effects.pull import Puller
from gateway.frame import asked
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.store import PayloadStore
from gateway.plan.draft import Pair
from gateway.policy.adressebeskyttelse import family
from gateway.policy.context import Adresseregister, Policyramme
from gateway.ports.connector import Connector
from gateway.staff.staff import Staff
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes and stops of a run."""

    chunk: int = 50
    max_shrink_percent: int = 20
    min_free_mb: int = 200
    snapshot_first: bool = False
    """No log leaves before the snapshot of this very content is frozen (B-06, migrering)."""
    seen_within: float = 120.0
    """Seconds a target is asked for what may have been made before a person is."""
    source_contract: str = ""
    target_contract: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Source, target, mappings, ledger and the municipality's frame."""

    source_name: str
    target_name: str
    source: Connector
    target: Connector
    pair: Pair
    database: Database
    store: PayloadStore
    ring: KeyRing
    clock: Clock
    register: Adresseregister
    frame: Policyramme = field(repr=False)
    limits: Limits = Limits()
    staff: Staff | None = None
    under: Mapping[str, str] = field(default_factory=dict)
    """What it is carried out under, by the names of settings (`gateway.run.under`)."""

    @property
    def tenant(self) -> str:
        """The municipality's organisation number."""
        return self.pair.tenant

    def now(self) -> str:
        """The instant as ISO text, UTC."""
        return self.clock.now().isoformat(timespec="milliseconds")

    def ramme(
        self, logg: Stafettlogg, *, going_home: bool, at: datetime | None = None
    ) -> Policyramme:
        """The frame for one log, asked now. A register that cannot answer means unknown (C-4)."""
        return asked(
            self.frame, self.register, family, logg, at or self.clock.now(),
            going_home=going_home, staff=self.staff,
        )  # fmt: skip

    def puller(self) -> Puller:
        """The intake of the source."""
        return Puller(self.source, self.pair.source, self.database, self.store, self.tenant)

    def puller_of_target(self) -> Puller:
        """The intake of the target: what a person wrote there is sealed before it is lost."""
        return Puller(self.target, self.pair.target, self.database, self.store, self.tenant)
