"""What was said first of a log stands; what is said later stands beside it, with who and when.

A `feil` that another's `riktig` could take away would open the next wave without a trace.
"""

import json

import pytest
import sqlalchemy as sa

from gateway.errors import Rejected
from gateway.ledger import chain
from gateway.ledger import tables as t
from gateway.ledger.access import Ground, Shown, note
from gateway.run import sampling
from gateway.run.sampling import MENDED, RIGHT, WRONG
from gateway.staff.roles import Act
from tests.people import acting
from tests.unit.run.test_sample_of_a_run import NOW, RUN, draw, ledger, logg, ran, store

__all__ = ["ledger", "store"]
LATER = "2026-11-23T09:00:00.000+00:00"


def say(ledger, store, says, by="Rektor", at=NOW, note=""):
    """Somebody says something of the only log."""
    return sampling.looked(ledger, store, RUN, logg(1), by=acting(by), says=says, note=note, at=at)


@pytest.fixture
def drawn(ledger):
    """A sample of one log."""
    ran(ledger, 1)
    draw(ledger)


@pytest.mark.usefixtures("drawn")
def test_a_wrong_stands_when_another_says_right(ledger, store):
    """Both are shown, with who and when; the wave waits."""
    say(ledger, store, WRONG)
    one = say(ledger, store, RIGHT, "IT", LATER)
    assert (one.says, one.looked_by, one.looked_at) == (WRONG, "Rektor", NOW)
    told = [(word.by, word.at, word.says) for word in one.words]
    assert told == [("Rektor", NOW, WRONG), ("IT", LATER, RIGHT)]
    assert one.wrong
    assert sampling.unseen(ledger, RUN) == "0/1"
    with ledger.look() as connection:
        assert chain.verify(connection).broken_at is None


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize(
    ("said", "right"),
    [
        ((RIGHT,), True),
        ((WRONG,), False),
        ((WRONG, RIGHT), False),
        ((WRONG, MENDED), True),
        ((RIGHT, WRONG), False),
        ((WRONG, MENDED, WRONG), False),
        ((WRONG, MENDED, WRONG, RIGHT, MENDED), True),
        ((WRONG, MENDED, RIGHT), True),
    ],
)
def test_only_put_right_ends_a_wrong(ledger, store, said, right):
    """The last wrong holds until somebody says that it is put right, whatever else is said."""
    for says in said:
        one = say(ledger, store, says)
    assert one.right is right
    assert (sampling.unseen(ledger, RUN) == "") is right


@pytest.mark.usefixtures("drawn")
@pytest.mark.parametrize("said", [(), (RIGHT,), (WRONG, MENDED)])
def test_nothing_is_put_right_that_is_not_wrong(ledger, store, said):
    """Such a word would be a signature on nothing."""
    for says in said:
        say(ledger, store, says)
    with pytest.raises(Rejected, match="INGENTING_ER_FEIL"):
        say(ledger, store, MENDED)


@pytest.mark.usefixtures("drawn")
def test_every_note_is_kept_and_read_again(ledger, store, tmp_path):
    """A later note takes nothing away; who reads them is kept, and nothing stands in clear."""
    say(ledger, store, WRONG, note="Evalueringen mangler")
    say(ledger, store, RIGHT, "IT", LATER)
    say(ledger, store, MENDED, "IT", LATER, note="Lagt inn på nytt")
    reader = acting("Leder", Act.READ_NOTES, "leder")
    seen = note(ledger, LATER, reader, Shown.PROEVE, RUN, Ground.MIGRERING)
    read = sampling.read_notes(ledger, store, RUN, seen)
    assert [(n.by, n.at, n.text) for n in read] == [
        ("Rektor", NOW, "Evalueringen mangler"),
        ("IT", LATER, "Lagt inn på nytt"),
    ]
    assert "mangler" not in repr(read)
    with ledger.look() as connection:
        (row,) = connection.execute(sa.select(t.entry).where(t.entry.c.kind == "innsyn")).all()
    assert json.loads(row.body) == {
        "av": "Leder", "rolle": "leder", "hva": "proeve", "id": RUN, "grunnlag": "migrering"
    }  # fmt: skip
    with pytest.raises(ValueError, match="something else"):
        sampling.read_notes(ledger, store, "run-another", seen)
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and b"Evaluering" in p.read_bytes()]


@pytest.mark.usefixtures("drawn")
def test_a_note_from_before_is_read_as_it_was(ledger, store):
    """One sealed word alone, as older ledgers have it."""
    say(ledger, store, WRONG)
    sealed = store.put([("log:1", b"Gammelt notat")])[0]
    with ledger.begin() as connection:
        connection.execute(t.sample.update().values(note=sealed))
    assert [n.text for n in sampling.notes(ledger, store, RUN)] == ["Gammelt notat"]
    say(ledger, store, MENDED, "IT", LATER, note="Nytt")
    assert [n.text for n in sampling.notes(ledger, store, RUN)] == ["Gammelt notat", "Nytt"]
