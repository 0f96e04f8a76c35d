"""R-077: eight hours in which a measure's text may still change."""

from datetime import UTC, datetime

from gateway.policy.redigeringsvindu import redigeringsvindu as rule
from schemas.stafettlogg.innhold import Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Kildesystem

CX = Kildesystem.CONEXUS


def with_measure(**fields):
    """One concern with one measure."""
    tiltak = Tiltak(id="t", kildesystem=CX, **fields)
    goal = Maal(id="m", kildesystem=CX, tiltak=(tiltak,))
    return (Oppmerksomhet(id="o", kildesystem=CX, maal=(goal,)),)


def test_inside_the_window_waits_until_it_closes(logg, ramme):
    """Made at 05.00, judged at 12.00 UTC: wait until 13.00."""
    one = logg(oppmerksomheter=with_measure(opprettet="2026-11-21T05:00:00Z"))
    (found,) = rule(one, ramme())
    assert (found.code, found.until) == ("P-30", datetime(2026, 11, 21, 13, 0, tzinfo=UTC))


def test_the_window_closes_on_the_hour(logg, ramme):
    """Exactly eight hours old is locked."""
    assert rule(logg(oppmerksomheter=with_measure(opprettet="2026-11-21T04:00:00Z")), ramme()) == ()


def test_the_vendors_own_lock_time_is_believed(logg, ramme):
    """Where the source says when the text locks, that is the time."""
    locked = with_measure(opprettet="2026-11-21T11:00:00Z", tekst_laast_fra="2026-11-21T11:30:00Z")
    assert rule(logg(oppmerksomheter=locked), ramme()) == ()


def test_the_window_is_a_setting(logg, ramme):
    """Some versions have no window: zero hours holds nothing."""
    fresh = with_measure(opprettet="2026-11-21T11:59:59Z")
    assert rule(logg(oppmerksomheter=fresh), ramme(redigering_timer=0)) == ()
    assert rule(logg(oppmerksomheter=fresh), ramme())
