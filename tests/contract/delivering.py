"""The core's own delivery of one snapshot to one archive: the real `Deliverer` over a real ledger.

What a snapshot is frozen from and whether it may leave are not this room's, so both are given.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.arkiv.levering import OPEN
from gateway.clock import SystemClock
from gateway.effects import claim, gate
from gateway.effects.archiving import confirm, delivery, looking
from gateway.effects.archiving.verk import Arkivmaal, stamp
from gateway.ledger import archive_tables as a
from gateway.ledger.chain import verify
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.ports.archive import Archive, Uttak

RING = KeyRing({"k1": b"s" * 32})
TENANT = "899100107"
FAR = "2999-01-01T00:00:00.000+00:00"
STATES = {state.value for state in OPEN}


class Deliveries:
    """Deliveries to one archive. `ro` is seconds of rest after a lost answer."""

    def __init__(self, folder: Path, ro: float) -> None:
        self.database = Database("", folder)
        prepare(self.database, RING)
        self.ro = ro
        self.snapshots: dict[str, Uttak] = {}
        clock = SystemClock()
        self.verk: Any = SimpleNamespace(
            database=self.database, clock=clock, tenant=TENANT, now=lambda: stamp(clock.now()),
            archives={}, deadline=lambda: FAR, system="kilde",
        )  # fmt: skip

    def load(self, _verk: Any, snapshot_id: str) -> tuple[Uttak, Any]:
        """What `loading.load` gives: the snapshot, watched by nobody yet."""
        return self.snapshots[snapshot_id], None

    def add(self, snapshot: Uttak) -> None:
        """A delivery that is planned."""
        unwatched = Uttak.__dataclass_fields__["once"].default
        self.snapshots[snapshot.key] = replace(snapshot, once=unwatched)
        with self.database.begin() as connection:
            connection.execute(
                a.delivery.insert().values(
                    snapshot_id=snapshot.key, archive="arkivet", tenant=TENANT,
                    logg=snapshot.mappe_key, state="planlagt", next_try=self.verk.now(),
                    deadline=FAR,
                )
            )  # fmt: skip
            connection.execute(a.snapshot.insert().values(frozen(snapshot)))
            connection.execute(
                a.snapshot_file.insert(),
                [
                    {
                        "snapshot_id": snapshot.key, "nr": one.nr, "filnavn": one.filnavn,
                        "tittel": one.tittel, "media_type": one.media_type, "format": one.format,
                        "variant": one.variant.value, "sha": one.sha256, "size": one.size,
                        "payload": f"p{one.nr}",
                    }
                    for one in snapshot.filer
                ],
            )  # fmt: skip

    def knows(self, archive: Archive) -> None:
        """The municipality's archive, for whoever looks in it outside a delivery."""
        self.verk.archives = {"arkivet": Arkivmaal("arkivet", archive, 6000, self.ro)}

    def row(self, snapshot: Uttak) -> dict[str, Any]:
        """The delivery as it stands."""
        with self.database.look() as connection:
            found = connection.execute(
                sa.select(a.delivery).where(a.delivery.c.snapshot_id == snapshot.key)
            ).one()
            return dict(found._mapping)

    def turn(self, archive: Archive, snapshot: Uttak) -> dict[str, Any]:
        """One turn of the lane, now."""
        held = claim.take(self.database, "natt", 0, "min")
        maal = Arkivmaal("arkivet", archive, 6000, self.ro)
        delivery.Deliverer(self.verk, maal, lambda _s: None).deliver(self.row(snapshot), held)
        return self.row(snapshot)

    def run(self, archive: Archive, snapshot: Uttak, patience: float) -> dict[str, Any]:
        """Turns, each when it is due, until nothing more happens by itself."""
        until = time.monotonic() + patience
        row = self.row(snapshot)
        while row["state"] in STATES and time.monotonic() < until:
            if row["next_try"] > self.verk.now():
                time.sleep(0.02)
                continue
            row = self.turn(archive, snapshot)
        return row

    def wake(self) -> None:
        """Everything that waits is due now."""
        with self.database.begin() as connection:
            connection.execute(a.delivery.update().values(next_try=self.verk.now()))

    def retry(self, snapshot: Uttak | None = None) -> int:
        """A person lets what failed be tried again: this one, or everything."""
        return confirm.retry(self.verk, snapshot.key if snapshot else "", "arkivet")

    def kinds(self) -> list[str]:
        """What the chain tells, which is whole."""
        with self.database.look() as connection:
            assert verify(connection).broken_at is None
            return [
                str(kind)
                for kind in connection.execute(sa.text("select kind from gw_entry")).scalars()
            ]


def frozen(snapshot: Uttak) -> dict[str, Any]:
    """The ledger's row of a snapshot."""
    main = snapshot.filer[0].sha256
    return {
        "snapshot_id": snapshot.key, "tenant": TENANT, "system": "kilde",
        "logg": snapshot.mappe_key, "ref": "k-1", "version": "1", "content_sha": main,
        "utloeser": snapshot.utloeser, "frozen_at": FAR, "redigerbar": False, "pdf_sha": main,
        "json_sha": main, "manifest_sha": main, "remarks": "{}", "erased": False,
    }  # fmt: skip


@contextmanager
def deliveries(folder: Path, ro: float = 0.5) -> Iterator[Deliveries]:
    """Deliveries over a ledger in `folder`. Every snapshot may leave, for that is judged elsewhere,
    and the pauses between two looks are a hundredth, so that a lag of half a second is a long one.
    """
    made = Deliveries(folder, ro)
    pause = delivery._backoff
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "load", made.load)
        patch.setattr(looking, "load", made.load)
        patch.setattr(delivery, "_backoff", lambda attempts: pause(attempts) / 100)
        patch.setattr(
            gate, "release_snapshot",
            lambda _verk, _logg, uttak: gate.SnapshotRelease(
                uttak.key, tuple(file.sha256 for file in uttak.filer)
            ),
        )  # fmt: skip
        yield made
    made.database.close()
