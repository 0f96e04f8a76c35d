"""Hand-overs between two gateways that are killed again and again, over a line that breaks.

R-010, R-011, E-2: at the end every hand-over is completed or safe, both ledgers tell the same, no
log has no holder or two, and nothing was made twice. Judged from the vendors' own stores.
"""

import importlib
import os
import random
import shutil
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing

import pytest

from gateway.ledger import chain
from gateway.overfoering.bevis import compare
from tests.story import waiting_oracle
from tests.story.to_byer import Byer
from tests.story.town import CX

FULL = os.environ.get("STAFETT_FULL") == "1"
LOGS = int(os.environ.get("STAFETT_LOGS", "460" if FULL else "7"))
KILLS = int(os.environ.get("STAFETT_KILLS", "150" if FULL else "4"))
PATIENCE = 5400 if FULL else 240


@pytest.fixture
def byer(tmp_path):
    """Two municipalities over an unkind line."""
    made = Byer(tmp_path, seed=11, trouble=0.6)
    yield made
    made.stop()


def rows(by, what="side, overfoering_id, forsoek, tilstand, kode, etterarbeid, logg, neste"):
    """The hand-overs of one ledger."""
    with closing(sqlite3.connect(by.folder / "data" / "ledger.db", timeout=30)) as connection:
        try:
            return connection.execute(f"select {what} from gw_overfoering").fetchall()
        except sqlite3.OperationalError:
            return []  # killed before it had made its ledger


def ended(byer):
    """Everything has been tried, and both sides have ended for what was sent."""
    ours = {r[1]: r for r in rows(byer.a)}
    theirs = {r[1]: r for r in rows(byer.m)}
    kept = ("UTKAST", "SAMTYKKE_AVVENTES", "SPERRET")  # safe, and a person's to take further
    sent = {k: r for k, r in ours.items() if r[3] not in kept}
    return (byer.a.folder / "data" / "tried").exists() and all(
        r[3] == "FULLFOERT" and r[5] == "" and theirs.get(k, [""] * 4)[3] == "FULLFOERT"
        for k, r in sent.items()
    )


def repeat(by, rng):
    """An old package comes again: a copy of one that lies in the inbox, under a new name."""
    box = by.folder / "data" / "innboks"
    kept = by.folder / "gamle"
    kept.mkdir(exist_ok=True)
    for path in list(box.glob("[0-9]*.p7m"))[:20]:
        try:
            shutil.copy(path, kept / path.name)
        except FileNotFoundError:
            continue
    old = sorted(kept.glob("*.p7m"))
    for path in rng.sample(old, min(3, len(old))):
        name = f"{time.time_ns():020d}-{rng.randrange(16**32):032x}.p7m"
        shutil.copy(path, box / f".{name}")
        (box / f".{name}").rename(box / name)
    for path in old[:-60]:
        path.unlink()


def test_killed_again_and_again(byer):
    """Random kill -9 of either side, cut lines, packages that come twice and late."""
    rng = random.Random(20261127)
    generator = importlib.import_module(f"connectors.{CX}.sandbox.generator")
    logs = byer.fill(generator.generate(5, LOGS, tenant=byer.a.orgnr))
    assert byer.a.stafett("archive", "due", CX)
    active = [one for one in logs if one.status == "AKTIV"]
    (byer.a.config / "wanted.txt").write_text("\n".join(one.id for one in active))
    # Every snapshot is archived before it is asked for: the hand-over is what is under trial.
    archived(byer, active)
    workers = {"a": byer.a.worker("avgiver"), "m": byer.m.worker("mottaker")}
    kills, until = 0, time.monotonic() + PATIENCE
    try:
        while time.monotonic() < until:
            time.sleep(rng.uniform(0.4, 2.5))
            repeat(byer.a, rng)
            repeat(byer.m, rng)
            if kills < KILLS:
                name = rng.choice("am")
                workers[name].send_signal(signal.SIGKILL)
                workers[name].wait(20)
                role = "avgiver" if name == "a" else "mottaker"
                workers[name] = getattr(byer, name).worker(role)
                kills += 1
            elif ended(byer):
                break
        else:
            print(Counter((r[0], r[3], r[4], r[5]) for r in rows(byer.a) + rows(byer.m)))
            raise AssertionError("not everything came to an end")
    finally:
        for one in workers.values():
            one.send_signal(signal.SIGKILL)
            one.wait(20)
    judge(byer, active, kills)


def archived(byer, active):
    """The archive has every log as it stands."""
    from gateway import app
    from gateway.arkiv.utloeser import Utloeser, Utloest
    from gateway.effects.archiving.collect import Collected, order
    from gateway.effects.archiving.deleting import ref_of
    from gateway.settings.load import load

    house = app.open_house(load(byer.a.config))
    verk = app.open_verk(house, CX)
    refs = [ref_of(verk, one.id) for one in active]
    order(verk, refs, Utloest(Utloeser.KOMMUNEBYTTE, "foer"), Collected())
    app.close_verk(verk.source, verk.archives)
    house.close()
    byer.a.stafett("archive", "run", CX)


def judge(byer, active, kills):
    """The oracle: vendors' stores, both ledgers, both proofs."""
    from gateway import app, app_overfoering
    from gateway.effects.transferring import oversikt, rader
    from gateway.overfoering.tilstand import Side
    from gateway.settings.load import load

    ours = {r[1]: r for r in rows(byer.a)}
    theirs = {r[1]: r for r in rows(byer.m)}
    done = [k for k, r in ours.items() if r[3] == "FULLFOERT"]
    assert len(done) >= len(active) // 3
    at_a = {one.id: one for one in byer.a.logs()}
    at_m = Counter(one.id for one in byer.m.logs())
    for own in done:
        logg = ours[own][6]
        assert theirs[own][3] == "FULLFOERT"
        assert at_m[logg] == 1, "made twice, or not at all"
        assert at_a[logg].status.value == "PASSIV", "two holders"
    kept = {r[6] for r in ours.values() if r[3] != "FULLFOERT"}
    for logg in kept:
        assert at_m[logg] == 0
        assert at_a[logg].status.value == "AKTIV", "no holder"
    assert sum(at_m.values()) == len(done)
    houses = {name: app.open_house(load(getattr(byer, name).config)) for name in "am"}
    verk = {name: app_overfoering.open_transfers(house) for name, house in houses.items()}
    told = Counter()
    for own in done:
        mine = oversikt.proof(verk["a"], rader.existing(verk["a"], Side.AVGIVER, own))
        others = oversikt.proof(verk["m"], rader.existing(verk["m"], Side.MOTTAKER, own))
        told[compare(mine, others).kode] += 1
    assert set(told) <= {"", "BEVIS_UNDERVEIS"}, told
    for name, house in houses.items():
        with house.database.begin() as connection:
            assert chain.verify(connection).broken_at is None
            # What waits for a person is what the rows say, wherever a process was killed.
            assert waiting_oracle.told_of_transfers(connection) == (
                waiting_oracle.of_transfers(connection)
            )
        app_overfoering.close_transfers(verk[name])
        house.close()
    cut, lines = byer.to_m.cut + byer.to_a.cut, byer.to_m.passed + byer.to_a.passed
    print(f"\n{len(done)} fullført av {len(active)}, {kills} drap, {cut} av {lines} linjer brutt")
