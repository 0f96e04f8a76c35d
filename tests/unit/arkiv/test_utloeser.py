"""What sets off a snapshot, and that each trigger happens once per period (B-06, E-1)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.arkiv.utloeser import ALLTID, STANDARD, Sett, Utloeser, due, see
from gateway.settings.models import Arkivregler
from schemas.stafettlogg.dialog import Moete, Moetereferat
from schemas.stafettlogg.kodeverk import (
    Kildesystem,
    Loggstatus,
    Overfoeringsmaaltype,
    Samtykkestatus,
)
from schemas.stafettlogg.samtykke import Samtykke
from schemas.stafettlogg.spor import Overfoering

TODAY = date(2026, 11, 21)
ALL = frozenset(Utloeser)


def told(found):
    """(trigger, period) pairs."""
    return {(one.utloeser.value, one.periode) for one in found}


def test_a_year_after_the_last_snapshot_it_is_due_again(logg):
    """R-153: a snapshot every year, counted from the last one."""
    sett = Sett(siste_uttak=date(2025, 11, 21))
    assert told(due(logg(), sett, TODAY, ALL)) == {("aarlig", "2026")}
    assert due(logg(), sett, TODAY - timedelta(days=1), ALL) == ()


def test_29_february_has_a_year_too(logg):
    """E-1: a yearly trigger tolerates 29 February."""
    sett = Sett(siste_uttak=date(2024, 2, 29))
    assert due(logg(), sett, date(2025, 2, 27), ALL) == ()
    assert told(due(logg(), sett, date(2025, 2, 28), ALL)) == {("aarlig", "2025")}


def test_a_log_never_archived_is_due_a_year_after_it_was_made(logg):
    """A log without a snapshot counts from its own beginning; without one it is due now."""
    made = logg(opprettet="2025-12-01T08:00:00+01:00")
    assert due(made, Sett(), TODAY, ALL) == ()
    assert told(due(made, Sett(), date(2026, 12, 1), ALL)) == {("aarlig", "2026")}
    assert told(due(logg(), Sett(), TODAY, ALL)) == {("aarlig", "2026")}


def test_closing_twice_is_two_closings(logg):
    """R-155 and R-160: a log that was opened again and closed again is archived again."""
    active, passive = logg(), logg(status=Loggstatus.PASSIV)
    sett, seen = Sett(), []
    for state in (active, passive, passive, active, passive):
        sett = see(state, sett, TODAY)
        seen.append(told(due(state, sett, TODAY, frozenset({Utloeser.AVSLUTNING}))))
    assert seen[0] == set()
    assert seen[1] == seen[2] == {("avslutning", "1")}
    assert seen[4] == {("avslutning", "2")}


def test_a_change_of_service_is_seen_once(logg):
    """R-153: change of service; the first unit seen is no change."""
    sett = see(logg(ansvarlig_virksomhet="v1"), Sett(), TODAY)
    assert sett.tjenestebytter == 0
    moved = logg(ansvarlig_virksomhet="v2")
    sett = see(moved, see(moved, sett, TODAY), TODAY)
    assert ("tjenestebytte", "1") in told(due(moved, sett, TODAY, ALL))
    assert sett.tjenestebytter == 1


def test_each_meeting_that_was_held_is_one(logg):
    """R-154: after each meeting; one that lies ahead is none yet, minutes say it was held."""

    def meeting(name, day):
        return Moete(id=name, kildesystem=Kildesystem.CONEXUS, dato=f"{day}T10:00:00+01:00")

    minutes = Moetereferat(id="r", kildesystem=Kildesystem.CONEXUS, moete="m3")
    one = logg(
        moeter=(meeting("m1", "2026-11-20"), meeting("m2", "2026-11-22"),
                meeting("m3", "2026-11-21")),
        referater=(minutes,),
    )  # fmt: skip
    found = told(due(one, Sett(siste_uttak=TODAY), TODAY, ALL))
    assert found == {("etterMoete", "m1"), ("etterMoete", "m3")}
    assert due(one, Sett(siste_uttak=TODAY), TODAY, STANDARD) == ()


def test_a_withdrawn_consent_is_archived(logg):
    """B-09: withdrawal makes the log passive, and what it was is archived."""
    gone = Samtykke(id="s9", kildesystem=Kildesystem.CONEXUS, status=Samtykkestatus.TRUKKET)
    found = told(due(logg(samtykker=(gone,)), Sett(siste_uttak=TODAY), TODAY, STANDARD))
    assert found == {("samtykkeTrukket", "s9")}


@pytest.mark.parametrize("status", ["VENTER_SAMTYKKE", "FORKASTET", "SLETTET"])
def test_a_log_without_content_has_nothing_to_archive(logg, status):
    """E-1: only an active or passive log is archived."""
    assert due(logg(status=Loggstatus(status)), Sett(passivinger=1), TODAY, ALL) == ()


def test_three_triggers_cannot_be_switched_off():
    """B-06: before deletion, change of municipality and migration are always on."""
    assert Arkivregler(utloesere=frozenset()).utloesere == ALLTID
    assert Utloeser.ETTER_MOETE not in Arkivregler().utloesere


@given(st.lists(st.tuples(st.sampled_from(["AKTIV", "PASSIV"]), st.booleans()), max_size=8))
def test_looking_again_at_the_same_log_makes_nothing_new(steps):
    """Whatever happened before, a second look at the same state adds no period."""
    from tests.unit.arkiv.loggen import enkel

    sett = Sett()
    for status, other in steps:
        state = enkel(status=Loggstatus(status), ansvarlig_virksomhet="v2" if other else "v1")
        sett = see(state, sett, TODAY)
        again = see(state, sett, TODAY)
        assert replace(again, foerst_sett=None) == replace(sett, foerst_sett=None)
        assert due(state, again, TODAY, ALL) == due(state, sett, TODAY, ALL)


def test_a_log_on_its_way_to_another_municipality_is_archived_first(logg):
    """B-06: change of municipality cannot be switched off; a change within it is another."""
    leaving, staying = (
        Overfoering(id=own, kildesystem=Kildesystem.CONEXUS, maaltype=kind)
        for own, kind in (
            ("o-1", Overfoeringsmaaltype.ANNEN_KOMMUNE),
            ("o-2", Overfoeringsmaaltype.SAMME_VIRKSOMHET),
        )
    )
    moving = logg(overfoeringer=(leaving, staying))
    sett = Sett(siste_uttak=TODAY)
    assert told(due(moving, sett, TODAY, ALLTID)) == {("kommunebytte", "o-1")}
