"""A key of the ring is changed, and an owner's key destroyed: what opens, what does not, and what a
stop in the middle leaves.

The oracle opens every sealed value itself, with the key file as it stands and with the key that was
retired.
"""

import importlib
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from gateway import app, places, rotation
from gateway.effects.moving import sealed
from gateway.effects.transferring import rader
from gateway.engine.durable import Sealed, open_engine
from gateway.errors import LocalFault
from gateway.ledger import (
    archive_tables,  # noqa: F401 - its tables join `meta`
    keys,
    moving_tables,
    owners,
    resealing,
    transfer_tables,
)
from gateway.ledger import tables as t
from gateway.ledger.destroying import destroy_log
from gateway.ledger.keys import KeyRing
from gateway.ledger.proof import prove
from gateway.ledger.store import PayloadStore
from gateway.settings.load import load
from tests import warm
from tests.story.flyttingen import Moves
from tests.story.test_there_and_home import InProcess
from tests.story.town import CX, ORGNR, SP, Town, town

KILLS = 60 if os.environ.get("STAFETT_FULL") else 20
NEW = KeyRing({"k2": b"2" * 32})


class Killed(BaseException):
    """The process ends here: nothing after it is run, and nothing of ours may catch it."""


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """A town whose logs have been moved, by a worker of its own process, and its data folder."""
    with town(tmp_path_factory.mktemp("by"), chunk=4) as place:
        generator = importlib.import_module(f"connectors.{CX}.sandbox.generator")
        place.fill(CX, generator.generate(7, 6, tenant=ORGNR))
        place.run = place.stafett("migrate", place.plan())["run"]
        yield place


@pytest.fixture
def place(moved):
    """The same town, put back as it was when the test is done."""
    data = moved.folder / "data"
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    yield moved
    for path in data.rglob("*"):
        if path.is_file() and path not in before:
            path.unlink()
    for path, content in before.items():
        path.write_bytes(content)


def ring_of(place: Town) -> KeyRing:
    """The key file as it stands."""
    return keys.parse((place.folder / "data" / "keys.txt").read_text())


def opened(place: Town, ring: KeyRing) -> tuple[int, int]:
    """How many sealed values a ring opens, and how many it does not; counted without the product's
    own counting."""
    house = app.open_house(load(place.config))
    good = bad = 0

    def count(attempt):
        nonlocal good, bad
        try:
            attempt()
            good += 1
        except (LocalFault, InvalidTag, KeyError):
            bad += 1

    try:
        with house.database.look_bulk() as c:
            ids = list(c.execute(sa.select(t.payload.c.id)).scalars())
        store = PayloadStore(house.database, ring, house.clock)
        for one in ids:
            count(lambda one=one: store.get(one))
        with house.database.look() as c:
            for name, value in c.execute(sa.select(t.setting.c.name, t.setting.c.value)).all():
                if name in ("canary", "find-key"):
                    count(lambda name=name, value=value: ring.open(value, name))
        engine = open_engine("", places.data_folder(load(place.config)))
        with engine.connect() as c:
            for column in ("inputs", "output", "error"):
                query = f"select {column} from workflow_status where {column} is not null"
                for value in c.exec_driver_sql(query).scalars():
                    count(lambda value=value: Sealed(ring).deserialize(value))
        engine.dispose()
    finally:
        house.close()
    return good, bad


def test_a_rotation_leaves_nothing_to_the_old_key(place):
    """Everything opens with the new key, nothing with the old one, which is laid beside the file
    for copies from before; a child is found as before."""
    old = ring_of(place)
    house = app.open_house(load(place.config))
    found = house.ring.pseudonym("et nummer")
    house.close()
    count, none = opened(place, old)
    assert count >= 20 and none == 0
    told = place.stafett("keys", "--rotate")
    new = ring_of(place)
    assert list(new.keys) == [told["key"]] == ["k2"] and told["retired"] == ["k1"]
    assert opened(place, new) == (count, 0)
    assert opened(place, old) == (0, count)
    (laid,) = told["laid"]
    assert keys.parse(Path(laid).read_text()) == old and Path(laid).stat().st_mode & 0o077 == 0
    house = app.open_house(load(place.config))
    assert house.ring.pseudonym("et nummer") == found
    house.close()
    # The ledger proves itself under the new key.
    assert place.stafett("verify")["wrong"] == []
    # What was moved is read back as before, and the next run begins under the new key.
    assert place.stafett("reconcile", place.run)
    assert place.stafett("plan", CX, SP)["plan"]


def test_a_payload_from_before_owners_had_keys_gets_its_owners(place):
    """Sealed by the ring itself, as it was: it opens, and after a rotation it is its log's."""
    house = app.open_house(load(place.config))
    with house.database.look() as c:
        row = c.execute(sa.select(t.record).where(t.record.c.payload.is_not(None))).first()
    body = house.store.get(row.payload)
    with house.database.begin_bulk() as c:
        blob = house.ring.seal(body, f"payload:{row.payload}")
        mine = t.payload.c.id == row.payload
        c.execute(t.payload.update().where(mine).values(blob=blob, key=None))
    assert house.store.get(row.payload) == body
    house.close()
    rotation.rotate(load(place.config))
    house = app.open_house(load(place.config))
    assert house.store.get(row.payload) == body
    house.store.destroy([owners.place(row.tenant, row.system, row.ref)])
    with pytest.raises(LocalFault, match="INNHOLD_OEDELAGT"):
        house.store.get(row.payload)
    house.close()


def test_a_rotation_that_is_killed_goes_on(place, monkeypatch):
    """Stopped at every commit and at both changes of the key file: whatever stands opens with what
    the file holds, and begun again it ends."""
    count, _ = opened(place, ring_of(place))
    kills = 0
    for nth in range(1, KILLS + 1):
        with monkeypatch.context() as patched:
            left = [nth]

            def reached(left=left):
                left[0] -= 1
                if left[0] == 0:
                    raise Killed

            for name in ("begin", "begin_bulk"):
                _die_in(patched, name, reached)
            whole = keys.replace_file

            def replacing(path, ring, whole=whole, reached=reached):
                reached()
                whole(path, ring)
                reached()

            patched.setattr(keys, "replace_file", replacing)
            try:
                rotation.rotate(load(place.config))
            except Killed:
                kills += 1
        assert opened(place, ring_of(place)) == (count, 0)
        if len(ring_of(place).keys) > 1:
            assert rotation.rotate(load(place.config)).resumed
        new = ring_of(place)
        assert len(new.keys) == 1 and opened(place, new) == (count, 0)
    assert kills >= min(KILLS, 12)


def test_nothing_is_rotated_where_something_laid_the_old_aside(place):
    """A trigger that copies old wraps, a table with them in it: said before the key file changes,
    and by the command's own code."""
    for script in (
        "create trigger x after update on gw_payload_key begin insert into gw_payload values "
        "(OLD.key_id || hex(randomblob(4)), OLD.wrapped, null); end",
        "drop trigger x; create table lagt as select * from gw_payload_key",
    ):
        with closing(sqlite3.connect(place.folder / "data" / "payload.db")) as raw:
            raw.executescript(script)
        before = ring_of(place)
        done = warm.run(
            place.command("keys", "--rotate"), env=place.env(), capture_output=True, text=True
        )
        assert done.returncode == 6 and "HOVEDBOK_FORM_ENDRET" in done.stderr, done.stderr
        assert ring_of(place) == before


_FULL = """
mount -t tmpfs -o size=${ROOM}k,mode=700 none "$DATA" && cp -a "$SEED"/. "$DATA"/ || exit 98
dd if=/dev/zero of="$DATA/fyll" bs=4k 2>/dev/null
"$PY" -m gateway.cli keys --rotate >"$OUT/said" 2>&1; echo $? >>"$OUT/said"
cp "$DATA/keys.txt" "$OUT/keys.txt"; ls "$DATA" >"$OUT/listed"
"""


def test_a_rotation_on_a_full_disk_says_so(place, tmp_path):
    """DISK_FULL, really: the key file stands as it was and half of none lies beside it."""
    if subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode:
        pytest.skip("this machine gives no name space to mount a small file system in")
    data, seed = place.folder / "data", tmp_path / "seed"
    shutil.copytree(data, seed)
    used = sum(-(-path.stat().st_size // 4096) * 4 for path in seed.rglob("*") if path.is_file())
    env = place.env(
        DATA=str(data), SEED=str(seed), OUT=str(tmp_path), ROOM=str(used + 200),
        PY=str(place.command()[0]),
    )  # fmt: skip
    subprocess.run(["unshare", "-Urm", "sh", "-c", _FULL], env=env, check=True, timeout=60)
    said = (tmp_path / "said").read_text()
    assert said.endswith("\n3\n") and "DISK_FULL" in said, said
    assert (tmp_path / "keys.txt").read_text() == (data / "keys.txt").read_text()
    assert "keys.txt.ny" not in (tmp_path / "listed").read_text().split()


def _die_in(patched, name, reached):
    """Make a kind of transaction end the process, before or after its commit."""
    from contextlib import contextmanager

    from gateway.ledger.database import Database

    own = getattr(Database, name)

    @contextmanager
    def dying(self):
        with own(self) as connection:
            yield connection
            reached()
        reached()

    patched.setattr(Database, name, dying)


def test_a_rotation_waits_for_nobody_and_says_who_is_there(place):
    """Somebody else at work: HOVEDBOK_I_BRUK, and nothing is changed. And the other way about."""
    house = app.open_house(load(place.config))
    before = ring_of(place)
    with pytest.raises(LocalFault, match="HOVEDBOK_I_BRUK"):
        rotation.rotate(load(place.config))
    assert ring_of(place) == before
    house.close()
    alone = app.open_house(load(place.config), alone=True)
    with pytest.raises(LocalFault, match="HOVEDBOK_I_BRUK"):
        app.open_house(load(place.config))
    alone.close()


def test_a_ring_in_the_environment_is_its_owners_to_change(place, monkeypatch):
    """One key: told what to do. Two: all is sealed by the first, and the other opens nothing."""
    old = ring_of(place)
    count, _ = opened(place, old)
    place.write_config(key_env='"STAFETT_RING"')
    monkeypatch.setenv("STAFETT_RING", keys.text_of(old))
    with pytest.raises(LocalFault, match="NOEKKEL_I_MILJOE"):
        rotation.rotate(load(place.config))
    monkeypatch.setenv("STAFETT_RING", keys.text_of(KeyRing(NEW.keys | old.keys)))
    assert rotation.rotate(load(place.config)).retired == ("k1",)
    monkeypatch.setenv("STAFETT_RING", keys.text_of(NEW))
    assert opened(place, NEW) == (count, 0) and opened(place, old) == (0, count)
    assert ring_of(place) == old
    place.write_config()


def test_a_log_is_destroyed_by_its_key_and_no_other(place):
    """All of one log, wherever it stands, is gone for good; of every other, nothing."""
    house = app.open_house(load(place.config))
    with house.database.look() as c:
        loggs = sorted(set(c.execute(sa.select(t.effect.c.logg)).scalars()))
        mine = owners.of_log(c, ORGNR, loggs[0])
    with house.database.look_bulk() as c:
        rows = c.execute(
            sa.select(t.payload.c.id, t.payload_key.c.owner).select_from(
                t.payload.join(t.payload_key, t.payload_key.c.key_id == t.payload.c.key)
            )
        ).all()
    ours = {row.id for row in rows if row.owner in mine}
    others = {row.id for row in rows} - ours
    # Its document and its files in the source, what was sent, what was read back.
    assert len(ours) >= 3 and len(others) > len(ours)
    with house.database.look() as c:
        for pointer in owners.POINTERS:
            for row in c.execute(pointer.query):
                assert (row[0] in ours) == (pointer.owner(row) in mine)
    wrapped = house.database.bulk
    with house.database.look_bulk() as c:
        secret = bytes(
            c.execute(
                sa.select(t.payload_key.c.wrapped).where(t.payload_key.c.owner.in_(mine))
            ).scalars().first()
        )  # fmt: skip
    kept = len({r.owner for r in rows if r.owner in mine})
    before = prove(house.database, house.store).wrong
    at = house.clock.now().isoformat()
    assert destroy_log(house.database, house.store, ORGNR, loggs[0], "leder-1", at) == kept
    for one in ours:
        with pytest.raises(LocalFault, match="INNHOLD_OEDELAGT"):
            house.store.get(one)
    assert len(house.store.get_many(others)) == len(others)
    # The chain says so, and so it is right; a key that goes without a word there is not.
    assert prove(house.database, house.store).wrong == before
    past = next(row for row in rows if row.id in others and row.owner.startswith("log:"))
    house.store.destroy([past.owner])
    told = set(prove(house.database, house.store).wrong) - set(before)
    assert {one.code for one in told} == {"INNHOLD_OEDELAGT"} and (past.id,) in {
        o.key for o in told
    }
    house.close()
    assert wrapped.dialect.name == "sqlite"
    for path, content in place.on_disk():
        assert secret not in content, path.name


def test_every_sealed_column_is_sealed_anew(moved):
    """A column of bytes that no list of sealed ones has would be left to a key that is gone."""
    told = {one.column for one in rotation.COLUMNS}
    found = {
        column
        for table in t.meta.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
    }
    # What covers the tables is hashes, not sealed.
    assert found - {t.cover.c.rows} == told
    assert {c.table for c in told} == {
        t.setting, transfer_tables.overfoering, transfer_tables.etterspoersel,
        moving_tables.watched, moving_tables.case,
    }  # fmt: skip


def test_what_a_hand_over_seals_is_sealed_anew(flytting):
    """A row of each side, as its own room reads it."""
    made = flytting()
    own = made.start(made.logg)
    made.send(own)
    made.rounds(2)
    for house in (made.a, made.m):
        both = KeyRing(NEW.keys | house.verk.arkiv.ring.keys)
        done = [resealing.column(house.verk.arkiv.database, both, one) for one in rader.SEALED]
        assert done == [1]
        with house.verk.arkiv.database.look() as c:
            (row,) = c.execute(sa.select(transfer_tables.overfoering)).all()
        assert rader.opened(NEW, row).lukket.virksomhet


def test_what_a_round_of_moves_seals_is_sealed_anew(tmp_path):
    """Who is watched, and a proposal's places."""
    made = Moves(tmp_path)
    try:
        (logg,) = made.pick(1)
        made.move(logg)
        made.round()
        both = KeyRing(NEW.keys | made.verk.ring.keys)
        done = [resealing.column(made.database, both, one) for one in sealed.SEALED]
        assert done[0] >= 4 and done[1] == 1
        with made.database.look() as c:
            for row in c.execute(sa.select(moving_tables.watched)).all():
                sealed.open_watched(NEW, (row.tenant, row.system, row.logg), row.sealed)
            (case,) = c.execute(sa.select(moving_tables.case)).all()
        assert sealed.open_case(NEW, case.case_id, case.code, case.sealed).til
    finally:
        made.close()


def test_a_lost_key_is_said_and_no_new_one_made(place):
    """`stafett keys` beside a ledger whose key file is gone: NOEKKEL_TAPT, and no file."""
    path = place.folder / "data" / "keys.txt"
    path.unlink()
    done = warm.run(place.command("keys"), env=place.env(), capture_output=True, text=True)
    assert done.returncode == 3 and "NOEKKEL_TAPT" in done.stderr + done.stdout
    assert not path.exists()


def test_what_others_may_read_is_a_warning_with_its_command(place):
    """A wide folder, database and key: each with the chmod that mends it; after that, nothing."""
    data = place.folder / "data"
    for path in (data, data / "ledger.db", data / "keys.txt"):
        path.chmod(0o755)
    told = place.here("status").stderr
    commands = [line.strip() for line in told.splitlines() if "chmod" in line]
    assert f"chmod 700 {data}" in commands and f"chmod 600 {data / 'ledger.db'}" in commands
    for command in commands:
        subprocess.run(command.split(), check=True)
    assert "chmod" not in place.here("status").stderr


def test_what_is_made_is_for_its_owner_only(tmp_path):
    """The folder, the databases with their journals and the key file."""
    with town(tmp_path) as place:
        generator = importlib.import_module(f"connectors.{CX}.sandbox.generator")
        place.fill(CX, generator.generate(7, 1, tenant=ORGNR))
        InProcess(place).house.close()
        data = place.folder / "data"
        assert data.stat().st_mode & 0o777 == 0o700
        for path in data.glob("*.db*"):
            assert path.stat().st_mode & 0o777 == 0o600, path.name


def test_a_ledger_from_before_the_key_was_changed_is_told_where_the_old_one_lies(place, tmp_path):
    """Its file is named, also when others may read it; the advice is followed, and the ledger
    opens and is whole."""
    data = place.folder / "data"
    for name in ("ledger.db", "payload.db", "anker"):
        shutil.copyfile(data / name, tmp_path / name)
    rotation.rotate(load(place.config))
    old = data / "keys.txt.k1.utgaatt"
    old.chmod(0o644)
    assert f"chmod 600 {old}" in place.here("status").stderr
    old.chmod(0o600)
    for path in data.glob("*.db-*"):
        path.unlink()
    for name in ("ledger.db", "payload.db", "anker"):
        shutil.copyfile(tmp_path / name, data / name)
    told = place.here("status")
    assert told.exit_code == 3 and f"NOEKKEL_UTGAATT [{old.name}]" in told.stderr
    with (data / "keys.txt").open("a") as file:
        file.write(old.read_text())
    assert place.here("status").exit_code in (0, 1)
    rotation.rotate(load(place.config))
    assert places.key_ring(load(place.config)).first == "k2"
    assert place.stafett("verify")["wrong"] == []
