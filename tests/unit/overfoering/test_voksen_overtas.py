"""An adult's guardians do not become readers at the receiver by a hand-over (C-1, R-033)."""

import pytest

from gateway.effects.transferring.importering import readers
from schemas.stafettlogg.kodeverk import Deltakerstatus, Rolle
from tests.unit.conftest import person, samtykke

ADULT = (person("barn", "2008-11-21"), person("mor"), person("far"), person("holder"))
GUARDIANS = samtykke("mor", "far", on="2024-03-02")


def guardians(made):
    """The status of each guardian who is in the log."""
    return {d.person: d.status for d in made.deltakelser if d.rolle == Rolle.FORESATT.value}


@pytest.fixture
def adult(logg):
    """The log of somebody who is eighteen today."""
    return logg(
        samtykker=(GUARDIANS,), personer=ADULT, deltakelser=logg().deltakelser[:3],
        oppmerksomheter=(),
    )  # fmt: skip


def test_who_signed_is_there_as_evidence_and_reads_no_more(adult, ramme):
    """Their part has ended; whoever the child was, is not theirs to read."""
    before = guardians(adult)
    after = guardians(readers(adult, ramme()))
    assert before.keys() == after.keys()
    assert Deltakerstatus.AKTIV not in after.values()


def test_who_signed_nothing_is_not_there(adult, ramme):
    """A guardian whom nothing names does not come along."""
    one = adult.model_copy(update={"samtykker": ()})
    assert guardians(readers(one, ramme())) == {}


def test_a_childs_guardians_are_as_they_were(logg, ramme):
    """Nothing is taken from a child's log."""
    assert readers(logg(), ramme()) == logg()


def test_where_not_everybody_reads_the_whole_log_nothing_is_taken(adult, ramme):
    """The receiver's own system shows them their part, or none."""
    assert readers(adult, ramme(target_reads_whole_log=False)) == adult
