"""The plan says what it takes away before anybody signs."""

from gateway.cli import showing
from tests.unit.run.told import Told


def test_what_is_taken_away_stands_in_the_plan(stand):
    """By log and place, in the words of whoever reads; a plan that takes nothing says nothing."""
    stand.begins(0, more="om barnet")
    stand.moved()
    stand.writes("a", text="noe annet")
    told = Told()
    showing._taken(showing.steps(stand, stand.planned()), told)
    assert (told.facts["takes"], told.lines) == ([], [])
    stand.writes("a", more=None)
    showing._taken(showing.steps(stand, stand.planned()), told)
    assert told.facts["takes"] == ["logg-0:stafettlogg-logg-0.om_meg"]
    assert "tomt i målet" in told.lines[0]
