"""What is sealed is proved from its own side too: every key and payload is a seal of ours."""

import pytest
import sqlalchemy as sa

from gateway.clock import SystemClock
from gateway.errors import LocalFault
from gateway.ledger import tables as t
from gateway.ledger.chain import Fact, append
from gateway.ledger.destroying import DESTROYED
from gateway.ledger.proof import prove
from gateway.ledger.store import PayloadStore

KEY, UNOPENED, GONE = "NYTTELASTNOEKKEL_ENDRET", "NYTTELAST_AAPNES_IKKE", "INNHOLD_OEDELAGT"


@pytest.fixture
def store(ledger, ring):
    """Two owners with a payload each, and nothing that points at them."""
    made = PayloadStore(ledger, ring, SystemClock())
    made.ids_put = made.put([("log:1", b"en"), ("log:2", b"to")])
    return made


def keys(ledger):
    """Owner -> key id."""
    with ledger.look_bulk() as c:
        return {row.owner: row.key_id for row in c.execute(sa.select(t.payload_key))}


def past(ledger, *statements):
    """A database tool on the payloads."""
    with ledger.bulk.begin() as c:
        for statement in statements:
            c.exec_driver_sql(statement)


def wrong(ledger, store):
    """What the proof finds: code, table and key."""
    return {(one.code, one.table, *one.key) for one in prove(ledger, store).wrong}


def test_what_a_crash_left_is_no_fault(ledger, store):
    """Sealed by us, and nothing points at it."""
    assert wrong(ledger, store) == set()


def test_owners_that_changed_places_do_not_open(ledger, store):
    """A key is bound to its owner: whose log is destroyed by it may not be moved."""
    own = keys(ledger)
    past(
        ledger,
        f"update gw_payload_key set owner = 'x' where key_id = '{own['log:1']}'",
        f"update gw_payload_key set owner = 'log:1' where key_id = '{own['log:2']}'",
        f"update gw_payload_key set owner = 'log:2' where key_id = '{own['log:1']}'",
    )
    for one in store.ids_put:
        with pytest.raises(LocalFault, match=KEY):
            store.get(one)
    with pytest.raises(LocalFault, match=KEY):
        store.put([("log:1", b"tre")])
    found = wrong(ledger, store)
    assert {(KEY, "gw_payload_key", one) for one in own.values()} <= found
    assert {(UNOPENED, "gw_payload", one) for one in store.ids_put} <= found


@pytest.mark.parametrize("whose", ["owner = 'log:1'", "1"])
def test_a_key_said_to_be_destroyed_that_stands_is_named(ledger, store, whose):
    """One, or all."""
    past(ledger, f"update gw_payload_key set destroyed = 'n' where {whose}")
    own = keys(ledger)
    named = own.values() if whose == "1" else [own["log:1"]]
    assert wrong(ledger, store) == {(KEY, "gw_payload_key", one) for one in named}


def test_a_key_that_is_gone_is_right_when_the_chain_says_so(ledger, store):
    """Its owner's entry, and both columns; else it is named, though nothing points at it."""
    own = keys(ledger)["log:1"]
    past(ledger, "update gw_payload_key set wrapped = null where owner = 'log:1'")
    assert wrong(ledger, store) == {(KEY, "gw_payload_key", own)}
    past(ledger, "update gw_payload_key set destroyed = 'n' where owner = 'log:1'")
    assert wrong(ledger, store) == {(GONE, "gw_payload_key", own)}
    with ledger.begin() as c:
        append(c, "n", [Fact(DESTROYED, body={"eiere": ["log:1"]})])
    assert wrong(ledger, store) == set()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("insert into gw_payload values ('x', x'00ff', null)", (UNOPENED, "gw_payload", "x")),
        ("insert into gw_payload values ('x', 'tekst', 'borte')", (UNOPENED, "gw_payload", "x")),
        ("insert into gw_payload values (x'ff', 7, null)", (UNOPENED, "gw_payload")),
        ("insert into gw_payload_key values ('x', 'log:3', x'00ff', null)",
         (KEY, "gw_payload_key", "x")),
        ("insert into gw_payload_key values ('x', 'log:3', 'tekst', null)",
         (KEY, "gw_payload_key", "x")),
        ("insert into gw_payload select 'x', blob, key from gw_payload limit 1",
         (UNOPENED, "gw_payload", "x")),
        ("insert into gw_payload_key select 'x', 'log:3', wrapped, null from gw_payload_key "
         "limit 1", (KEY, "gw_payload_key", "x")),
    ],
)  # fmt: skip
def test_what_is_no_seal_of_ours_is_named(ledger, store, statement, named):
    """Though nothing points at it: bytes, text, and copies of ours under another name."""
    past(ledger, statement)
    assert wrong(ledger, store) == {named}
