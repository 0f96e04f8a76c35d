"""What two systems agreed of a log is one row, the same seen from either side.

After a way home every direction knows what was agreed, and another pair of the same log does not.
"""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.clock import SystemClock
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.run.agreed import (
    Agreed,
    PairKey,
    Side,
    by_logg,
    by_loggs,
    by_ref,
    ids_of,
    renew,
    unlisted,
)
from tests.unit.run.stand import EVERY

TENANT, OTHER = "899100107", "899100115"
PAIR = PairKey.of("a", "b", TENANT)
RING = KeyRing({"k1": b"1" * 32})
WORDS = st.text("abcdefgh", min_size=1, max_size=6)
SIDES = st.builds(Side, WORDS, WORDS, WORDS, WORDS, st.none() | WORDS)


@pytest.fixture
def ledger(tmp_path):
    """A prepared ledger."""
    database = Database("", tmp_path)
    prepare(database, RING)
    yield database
    database.close()


def agreed(number, origin="a", run_id="run-1", systems=("a", "b"), **changes):
    """What was agreed of a log."""
    sides = {
        name: Side(f"{name}-{number}", f"v-{name}", f"sha-{name}", f"doc-{name}-{number}")
        for name in systems
    }
    return replace(Agreed(f"logg-{number}", origin, 1, run_id, sides), **changes)


def renewed(ledger, *found, pair=PAIR):
    """Put these in their places."""
    with ledger.begin() as connection:
        renew(connection, pair, found)


def look(ledger, ask, *words):
    """Ask of the agreed rows."""
    with ledger.look() as connection:
        found = ask(connection, *words)
        return list(found) if ask is unlisted else found


def test_a_pair_has_no_direction():
    """Whichever is named first."""
    assert PairKey.of("b", "a", TENANT) == PAIR
    assert PairKey.of("b", "a", TENANT) != PairKey.of("b", "a", OTHER)


def test_one_row_seen_from_either_side(ledger):
    """By the ref in either system it is the same log, the same documents and the same origin."""
    renewed(ledger, agreed(1))
    (there,) = look(ledger, by_ref, PAIR, "a", ["a-1"]).values()
    (home,) = look(ledger, by_ref, PairKey.of("b", "a", TENANT), "b", ["b-1"]).values()
    assert there == home == agreed(1)
    assert (there.of("a").ref, there.of("b").ref) == ("a-1", "b-1")
    with ledger.look() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(t.agreed)).scalar() == 1


def test_a_ref_of_the_other_side_is_no_ref_of_this(ledger):
    """Two vendors may give the same number to different logs."""
    same = agreed(1, sides={"a": Side("7", "1", "", "d"), "b": Side("8", "1", "", "e")})
    other = agreed(2, sides={"a": Side("8", "1", "", "f"), "b": Side("7", "1", "", "g")})
    renewed(ledger, same, other)
    assert look(ledger, by_ref, PAIR, "a", ["7"])["7"].logg == "logg-1"
    assert look(ledger, by_ref, PAIR, "b", ["7"])["7"].logg == "logg-2"


def test_renewing_takes_the_place_of_all_that_was(ledger):
    """Another ref, another document, and no trace of ids given anew before."""
    first = agreed(1)
    first = replace(first, sides=first.sides | {"b": replace(first.of("b"), ids="ids-1")})
    renewed(ledger, first, agreed(2))
    again = agreed(1, run_id="run-2", generation=2)
    again = replace(again, sides=again.sides | {"b": Side("b-9", "2", "", "doc-9")})
    renewed(ledger, again)
    assert look(ledger, by_logg, PAIR, "logg-1") == again
    assert look(ledger, by_ref, PAIR, "b", ["b-1", "b-9"]) == {"b-9": again}
    assert look(ledger, by_logg, PAIR, "logg-2") == agreed(2)


def test_renewing_nothing_is_nothing(ledger):
    """A batch in which nothing landed."""
    renewed(ledger, agreed(1))
    renewed(ledger)
    assert look(ledger, by_logg, PAIR, "logg-1") == agreed(1)


def test_what_was_never_agreed_is_not_there(ledger):
    """Not an error: a log nobody has moved."""
    renewed(ledger, agreed(1))
    assert look(ledger, by_ref, PAIR, "a", ["a-1", "a-2"]) == {"a-1": agreed(1)}
    assert look(ledger, by_loggs, PAIR, ["logg-1", "logg-2"]) == {"logg-1": agreed(1)}
    assert look(ledger, by_logg, PAIR, "logg-2") is None
    assert look(ledger, by_ref, PAIR, "a", []) == {}


def listed(ledger, owner, *refs, phase="foer"):
    """What a system listed for a plan."""
    rows = [
        {"owner": owner, "phase": phase, "ref": ref, "version": "1", "nr": nr}
        for nr, ref in enumerate(refs, 1)
    ]
    with ledger.begin() as connection:
        connection.execute(t.manifest.insert(), rows)


def test_what_an_origin_lists_no_more_in_a_fixed_order(ledger):
    """Logs that came from a system and are not in what it listed for this plan, by our id; those
    that came from the other are not its to miss, and what others listed says nothing here."""
    renewed(ledger, agreed(3), agreed(1), agreed(4), agreed(2, origin="b"))
    listed(ledger, "plan-1", "a-4", "b-2")
    listed(ledger, "plan-1", "a-1", phase="maal")
    listed(ledger, "plan-2", "a-1", "a-3", "a-4")

    def gone(origin, owner):
        return [one.logg for one in look(ledger, unlisted, PAIR, origin, owner)]

    assert gone("a", "plan-1") == ["logg-1", "logg-3"]
    assert gone("a", "plan-2") == []
    assert gone("b", "plan-1") == []
    assert gone("b", "plan-2") == ["logg-2"]
    assert gone("a", "plan-3") == ["logg-1", "logg-3", "logg-4"]


@pytest.mark.parametrize(
    "pair",
    [PairKey.of("a", "c", TENANT), PairKey.of("b", "c", TENANT), PairKey.of("a", "b", OTHER)],
)
def test_two_pairs_of_one_log_do_not_touch_each_other(ledger, pair):
    """The same log stands in a third system, or in another municipality's: two states."""
    systems = (pair.one, pair.other)
    theirs = agreed(1, systems[0], "run-9", systems)
    renewed(ledger, agreed(1))
    renewed(ledger, theirs, pair=pair)
    assert look(ledger, by_logg, PAIR, "logg-1") == agreed(1)
    assert look(ledger, by_logg, pair, "logg-1") == theirs
    renewed(ledger, agreed(1, run_id="run-10", generation=5))
    assert look(ledger, by_logg, pair, "logg-1") == theirs
    assert look(ledger, unlisted, pair, systems[0], "ingen plan") == [theirs]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    names=st.lists(WORDS, min_size=2, max_size=2, unique=True), one=SIDES, other=SIDES,
    first=st.booleans(), generation=st.integers(1, 99),
)  # fmt: skip
def test_whatever_the_systems_are_called(tmp_path_factory, names, one, other, first, generation):
    """What is kept comes back as it was, whichever name comes first in the alphabet."""
    ledger = Database("", tmp_path_factory.mktemp("enige"))
    prepare(ledger, RING)
    source, target = names
    found = Agreed("logg", names[first], generation, "run", {source: one, target: other})
    pair = PairKey.of(source, target, TENANT)
    renewed(ledger, found, pair=pair)
    assert look(ledger, by_logg, pair, "logg") == found
    assert look(ledger, by_ref, pair, source, [one.ref]) == {one.ref: found}
    assert look(ledger, by_ref, pair, target, [other.ref]) == {other.ref: found}
    ledger.close()


def test_ids_given_anew_are_sealed(ledger):
    """Which of ours they stand for is read from the payload; none is none."""
    store = PayloadStore(ledger, RING, SystemClock())
    (payload,) = store.put([("log:1", b'{"ny-1": "maal-1"}')])
    assert ids_of(store, payload) == {"ny-1": "maal-1"}
    assert ids_of(store, None) == {}


# -- as runs renew it -----------------------------------------------------------------------------
def test_a_way_home_renews_the_same_row_and_keeps_the_origin(stand):
    """There, edited, home: one row, still of the system where the log began, with what stands in
    both; a plan either way has nothing to do."""
    stand.begins(0)
    first = stand.moved()
    stand.writes("b", text="skrevet i b")
    home = stand.moved("ba", "tilbake", first)
    with stand.database.look() as connection:
        (row,) = connection.execute(sa.select(t.agreed)).all()
    assert (row.origin, row.run_id) == ("a", home)
    for system, version in (("a", row.one_version), ("b", row.other_version)):
        assert version == str(stand.document(system)["version"])
    assert stand.document("a")["text"] == "skrevet i b"
    for way, kind, of in (("ab", "frem", None), ("ba", "frem", None), ("ba", "tilbake", first)):
        assert stand.steps(stand.planned(way, kind, of)) == {"logg-0": ("skip", "UENDRET")}


def test_bringing_back_agrees_on_nothing(stand):
    """A version that is brought back is a person's again, not what the two agreed on."""
    stand.begins(0)
    stand.moved()
    stand.writes("b", text="skrevet i b")
    stand.writes("a", text="skrevet i a")
    stand.moved(names=EVERY)
    with stand.database.look() as connection:
        before = connection.execute(sa.select(t.agreed)).all()
    (kept,) = stand.kept()
    stand.carried_out(stand.back("b", kept))
    assert stand.document("b")["text"] == "skrevet i b"
    with stand.database.look() as connection:
        assert connection.execute(sa.select(t.agreed)).all() == before
    assert stand.steps(stand.planned()) == {"logg-0": ("clash", "MAAL_ENDRET")}
