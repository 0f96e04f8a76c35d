"""B1: taking in a source, against the physical loop: httpx, msgspec, sha256, SQLite, same requests.

The loop makes the same requests over one reused connection, decodes, hashes and upserts with one
FULL commit per page. It seals nothing, checks no shape, keeps no manifest and forgives no fault.
"""

import hashlib
import json
import sqlite3
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import sqlalchemy as sa

from gateway import app
from gateway.clock import SystemClock
from gateway.effects.pull import Puller
from gateway.engine import collecting
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from tests.bench.measure import Line, best, timed, told
from tests.bench.peak import peak_kb
from tests.bench.stage import (
    CONEXUS,
    RING,
    ROOT,
    TENANT,
    Served,
    token,
)

_API = "/api/v1/stafettlogger"


def gateway_pull(served: Served, folder: Path) -> tuple[int, str]:
    """Pull everything into a fresh ledger."""
    database = Database("", folder)
    prepare(database, RING)
    connector = served.connect()
    store = PayloadStore(database, RING, SystemClock())
    try:
        puller = Puller(connector, app.mapping(served.system), database, store, TENANT)
        puller.run("maaling")
        with database.begin() as connection:
            hashes = connection.execute(sa.select(t.record.c.sha).order_by(t.record.c.ref))
            found = list(hashes.scalars())
    finally:
        connector.close()
        database.close()
    return len(found), _proof(found)


def _proof(hashes: list[str]) -> str:
    return hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()[:16]


def physical_loop(served: Served, folder: Path) -> tuple[int, str]:
    """The reference."""
    folder.mkdir(parents=True)
    database = sqlite3.connect(folder / "loop.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE d(ref TEXT PRIMARY KEY, v TEXT, sha TEXT, body BLOB)")
    hashes: list[str] = []
    headers = {"authorization": f"Bearer {token(served)}"}
    with httpx.Client(base_url=served.url, headers=headers, trust_env=False) as client:
        marker: str | None = None
        while True:
            query = {"storrelse": "100"} | ({"markor": marker} if marker else {})
            page: Any = msgspec.json.decode(client.get(_API, params=query).content)
            rows = []
            for row in page["logger"]:
                ref = row["loggId"]
                body = client.get(f"{_API}/{ref}").content
                logg: Any = msgspec.json.decode(body)
                hashes.append(hashlib.sha256(body).hexdigest())
                rows.append((ref, row["etag"], hashes[-1], body))
                for file in logg["filer"]:
                    data = client.get(f"{_API}/{ref}/filer/{file['filId']}").content
                    digest = hashlib.sha256(data).hexdigest()
                    rows.append((f"{ref}/{file['filId']}", "", digest, data))
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT OR REPLACE INTO d VALUES (?,?,?,?)", rows)
            database.execute("COMMIT")
            marker = page["nesteMarkor"]
            if marker is None:
                break
    database.close()
    return len(hashes), _proof(hashes)


def speed(place: Path, count: int, repetitions: int) -> Line:
    """CPU of the pull against the loop's."""
    ours, loop = [], []
    with Served(CONEXUS, place / "source", fill=count) as served:
        gateway_pull(served, place / "warm")
        physical_loop(served, place / "warm-loop")
        for turn in range(repetitions):
            ours.append(timed(partial(gateway_pull, served, place / f"ours-{turn}")))
            loop.append(timed(partial(physical_loop, served, place / f"loop-{turn}")))
    a, b = best(ours), best(loop)
    whole = a.items == b.items == count and len({one.proof for one in ours + loop}) == 1
    return Line(
        "B1 pull", told(a), told(b), f"{a.cpu / b.cpu:.2f} x", "<= 3 x", a.cpu / b.cpu <= 3,
        note=f"{count} logs with files; list, fetch, validate, hash, seal, manifest",
        void="" if whole else "the two did not read the same documents",
    )  # fmt: skip


class Memory:
    """Peak memory of a pull, each size in a process of its own, while other things run."""

    def __init__(self, place: Path, sizes: tuple[int, int]) -> None:
        self._place, self._sizes = place, sizes
        self._processes: list[subprocess.Popen[str]] = []
        self._served: list[Served] = []

    def start(self) -> None:
        """Start both."""
        for size in self._sizes:
            served = Served(CONEXUS, self._place / f"many-{size}", clones=size)
            self._served.append(served)
            command = [sys.executable, "-m", "tests.bench.pulling", served.url, str(size),
                       str(self._place / f"memory-{size}")]  # fmt: skip
            self._processes.append(
                subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            )

    def line(self) -> Line:
        """Wait for both and compare."""
        found: list[tuple[float, int]] = []
        for process in self._processes:
            text, _ = process.communicate(timeout=300)
            data = json.loads(text)
            found.append((data["mb"], data["items"]))
        self.stop()
        (small, few), (large, many) = found
        good = large <= 1.15 * small and large < 200
        whole = (few, many) == self._sizes
        return Line(
            "B1 memory", f"{large:.0f} MB for {many}", f"{small:.0f} MB for {few}",
            f"{large / small:.2f} x", "<= 1.15 x, < 200 MB", good,
            note="peak resident size of the pulling process; "
            "a listing is put under the chain's key whole",
            void="" if whole else "not every log was read",
        )  # fmt: skip

    def stop(self) -> None:
        """End what is left."""
        for process in self._processes:
            if process.poll() is None:
                process.kill()
                process.communicate()
        for served in self._served:
            served.stop()
        self._served = []


def main() -> None:
    """One pull in this process; prints its peak."""
    url, size, folder = sys.argv[1:]
    collecting.settle()
    served = Served.at(CONEXUS, url)
    items, _ = gateway_pull(served, Path(folder))
    peak = peak_kb() / 1024
    print(json.dumps({"mb": peak, "items": items, "asked": int(size)}))


if __name__ == "__main__":
    main()
