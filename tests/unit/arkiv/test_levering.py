"""The states of a delivery, the status of a log, and the moment a snapshot shows."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.arkiv.levering import KEPT, MOVES, OPEN, WAITING, Tilstand, may, told_as
from gateway.arkiv.stand import stand
from gateway.arkiv.status import arkivstatus
from tests.unit.arkiv.loggen import enkel

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_every_state_is_in_one_group():
    """A delivery is open, with a person, or kept; never two, never none."""
    assert sorted([*OPEN, *WAITING, *KEPT]) == sorted(Tilstand)
    assert MOVES.keys() == set(Tilstand)


def test_what_is_kept_is_left_only_for_a_person():
    """A receipt is never taken back by the machinery: what is known wrong is a person's, and a
    person's word may become more than it was and nothing less."""
    person = frozenset({Tilstand.MENNESKE, Tilstand.FEILET})
    assert MOVES[Tilstand.ARKIVERT] == person
    assert MOVES[Tilstand.FORELAGT] == person | {Tilstand.ARKIVERT}
    assert MOVES[Tilstand.BEKREFTET] == person | {Tilstand.ARKIVERT, Tilstand.FORELAGT}
    assert not KEPT & OPEN


@pytest.mark.parametrize(
    ("state", "evidence", "name"),
    [
        ("arkivert", '[[1, "ref", "aa"], [2, "ref-2", "bb"]]', Tilstand.ARKIVERT),
        ("arkivert", '[[1, "", "aa"]]', Tilstand.FORELAGT),
        ("arkivert", "[]", Tilstand.ARKIVERT),
        ("arkivert", None, Tilstand.ARKIVERT),
        ("sendes", '{"sendt": {"mappe": "2026"}}', Tilstand.SENDES),
        ("bekreftet", "[]", Tilstand.BEKREFTET),
    ],
)
def test_files_a_person_showed_are_never_called_read_back(state, evidence, name):
    """Rows of before kept them as `arkivert`; they name no id of the archive's."""
    assert told_as(state, evidence) is name


def test_every_open_state_can_reach_a_person():
    """Nothing waits for ever: whatever the gateway works on can be handed to a person."""
    for state in OPEN:
        assert may(state, Tilstand.MENNESKE)
        assert may(state, Tilstand.ARKIVERT)


@pytest.mark.parametrize(
    ("content", "archived", "status"),
    [
        ("b", frozenset(), "mangler"),
        ("b", frozenset({"a"}), "utdatert"),
        ("b", frozenset({"a", "b"}), "gjeldende"),
    ],
)
def test_status_is_computed(content, archived, status):
    """E-1: mangler, utdatert or gjeldende, from what the log is now and what is kept."""
    assert arkivstatus(content, archived) == status


def test_a_log_at_rest_shows_one_moment_for_ever():
    """The same version is the same moment, whenever it is frozen."""
    one = enkel(sist_oppdatert="2026-03-02T10:00:00+01:00")
    assert stand(one, NOW, 8) == stand(one, NOW + timedelta(days=300), 8)
    assert stand(one, NOW, 8) == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def test_a_log_within_the_window_is_shown_as_of_now():
    """R-077: while text may change, the snapshot says when it was taken."""
    one = enkel(sist_oppdatert="2026-11-21T12:00:00+01:00")
    assert stand(one, NOW, 8) == NOW


def test_the_moment_is_whole_seconds_after_the_last_text_has_closed():
    """A fraction is rounded up: rounded down, the last text would stand as editable for ever."""
    one = enkel(sist_oppdatert="2026-03-02T10:00:00.250+01:00")
    assert stand(one, NOW, 8) == datetime(2026, 3, 2, 17, 0, 1, tzinfo=UTC)


def test_a_time_in_the_future_is_not_believed():
    """A wrong clock at the vendor moves nothing past now."""
    one = enkel(opprettet="2026-01-01T00:00:00Z", sist_oppdatert="2036-01-01T00:00:00Z")
    assert stand(one, NOW, 8) == datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
