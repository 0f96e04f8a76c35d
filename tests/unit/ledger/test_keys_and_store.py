"""Sealed payloads: nothing readable on disk, wrong keys and swapped blobs refused, rotation."""

import pytest
import sqlalchemy as sa

from gateway.clock import SystemClock
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing, generate, load, parse
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore

CANARY = b"en setning som aldri skal ligge lesbar paa disken, 41814061033"


@pytest.fixture
def store(ledger, ring):
    """A payload store."""
    return PayloadStore(ledger, ring, SystemClock())


def test_what_is_put_can_be_got(store):
    """Bytes in, the same bytes out, in order."""
    first, second = store.put([("log:1", CANARY), ("log:2", b"")])
    assert (store.get(first), store.get(second)) == (CANARY, b"")


def test_nothing_readable_on_disk(store, tmp_path):
    """The raw bytes of every file, journal included, hold no plaintext."""
    store.put([("log:1", CANARY * 50)])
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    for path in written:
        assert b"lesbar paa disken" not in path.read_bytes()


def test_a_wrong_key_is_told_before_anything_is_read(ledger, tmp_path):
    """NOEKKEL_FEIL from the canary, and nothing of a payload in the message."""
    other = KeyRing({"k1": b"2" * 32})
    with pytest.raises(LocalFault) as caught:
        prepare(ledger, other)
    assert caught.value.code == "NOEKKEL_FEIL"


def test_rotation(ledger, ring, store):
    """A new first key wraps what is new, the old one still opens."""
    (old,) = store.put([("log:1", CANARY)])
    rotated = KeyRing({"k2": b"2" * 32} | ring.keys)
    prepare(ledger, rotated)
    after = PayloadStore(ledger, rotated, SystemClock())
    (new,) = after.put([("log:2", CANARY)])
    assert after.get(old) == after.get(new) == CANARY
    with pytest.raises(LocalFault):
        store.get(new)


def test_swapped_payloads_do_not_open(ledger, store):
    """A ciphertext is bound to its id; moving it is found."""
    a, b = store.put([("log:1", b"en"), ("log:1", b"to")])
    with ledger.begin_bulk() as c:
        blob = c.execute(sa.select(t.payload.c.blob).where(t.payload.c.id == a)).scalar()
        c.execute(t.payload.update().where(t.payload.c.id == b).values(blob=blob))
    with pytest.raises(LocalFault):
        store.get(b)


@pytest.mark.parametrize("made", ["bytes", "folder"])
def test_what_is_no_key_file_is_told(tmp_path, made):
    """Bytes that are no text, and a folder in the place of it; nothing of it in the error."""
    path = tmp_path / "keys.txt"
    if made == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"k1:\xff\xfe\x00")
    with pytest.raises(LocalFault) as caught:
        load(path, "")
    assert (caught.value.code, caught.value.place) == ("NOEKKEL_UGYLDIG", "keys.txt")
    assert caught.value.__context__ is None


@pytest.mark.parametrize("text", ["", "k1", "k1:xx", "k1:" + "QQ==", "k\udcff:" + "QQ=="])
def test_a_bad_key_file_is_refused_without_quoting_it(text):
    """The error names the key's id at most."""
    with pytest.raises(LocalFault) as caught:
        parse(text)
    assert caught.value.code == "NOEKKEL_UGYLDIG"
    assert "QQ" not in str(caught.value)


def test_a_made_key_file_is_for_its_owner_only(tmp_path):
    """Mode 0600, loadable, and never overwritten."""
    path = tmp_path / "keys"
    generate(path)
    before = path.read_bytes()
    generate(path)
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o077 == 0
    assert load(path, "").first == "k1"


def test_pseudonyms_are_keyed():
    """Equal under one key, different under another, and never the value."""
    one, two = KeyRing({"k": b"1" * 32}), KeyRing({"k": b"2" * 32})
    assert one.pseudonym("x") == one.pseudonym("x") != two.pseudonym("x")


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    """A file where the folder should be: DATAMAPPE_UTILGJENGELIG."""
    (tmp_path / "data").write_text("")
    with pytest.raises(LocalFault) as caught:
        Database("", tmp_path / "data")
    assert caught.value.code == "DATAMAPPE_UTILGJENGELIG"


def test_a_full_disk_is_told_and_the_ledger_survives(ledger, store, ring):
    """SQLite at its page limit: DISK_FULL, and everything before is still there."""
    (kept,) = store.put([("log:1", CANARY)])
    with ledger.bulk.connect() as c:
        pages = c.exec_driver_sql("PRAGMA page_count").scalar()
        c.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        c.rollback()
    with pytest.raises(LocalFault) as caught:
        for n in range(500):
            store.put([("log:1", bytes([n % 256]) * 100 + CANARY * n)])
    assert caught.value.code == "DISK_FULL"
    assert store.get(kept) == CANARY


def test_migrations_give_the_declared_tables(ledger):
    """What the revisions make is what the code declares, column by column."""
    for engine, metadata in ((ledger.main, t.meta), (ledger.bulk, t.payload_meta)):
        found = sa.inspect(engine)
        for table in metadata.sorted_tables:
            columns = {c["name"]: c["nullable"] for c in found.get_columns(table.name)}
            assert columns == {c.name: bool(c.nullable) for c in table.columns}
