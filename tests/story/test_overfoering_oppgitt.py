"""What a person gives at the start is held against what there is, before anything is made (R-119).

Each of these was taken, archived and found wrong when it was to be sent.
"""

from dataclasses import replace

import pytest

from gateway.effects.transferring import avgi
from gateway.ledger import transfer_tables as x
from gateway.overfoering.grunnlag import Aktoer, Enhet
from schemas.overfoering.koder import Maaltype
from tests.story.paa_ledningen import refused
from tests.story.to_kommuner import LEDER, unit_of


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"samtykke": "s-finnes-ikke"}, "SAMTYKKE_UKJENT"),
        ({"enhet": Enhet("899201206", "Skolen i 2")}, "ORGNR_KONTROLLSIFFER"),
        ({"lest_av": "rektor"}, "LESER_UKJENT"),
        ({"lest_av": "lesetilgang"}, "LESER_UKJENT"),
    ],
)
def test_what_does_not_exist_is_told_at_the_start(flytting, changes, code):
    """Nothing is made: no draft, and no snapshot ordered."""
    f = flytting()
    refused(lambda: f.start(f.logg, **changes), code)
    with f.a.database.look() as connection:
        assert connection.execute(x.overfoering.select()).all() == []


def test_a_unit_of_ours_has_staff(flytting):
    """Within the municipality the staff file says which units there are."""
    f = flytting()
    unit = next(v for v in f.logg.virksomheter if v.id == f.logg.ansvarlig_virksomhet)
    f.a.ansatte = [replace(one, virksomhet=unit.orgnr) for one in f.a.ansatte]
    own = {"maaltype": Maaltype.ANNEN_VIRKSOMHET_SAMME_KOMMUNE, "mottaker": f.a.orgnr}
    valgt = f.grunnlag(f.logg, enhet=Enhet(unit_of(f.m.orgnr), "Skolen i 2"), **own)
    refused(lambda: avgi.start(f.a.verk, f.logg.id, valgt, f.leder), "ENHET_UKJENT")
    valgt = f.grunnlag(f.logg, enhet=Enhet(unit.orgnr, unit.navn), person="ingen", **own)
    refused(lambda: avgi.start(f.a.verk, f.logg.id, valgt, f.leder), "PERSON_UKJENT")


def test_a_leader_acts_for_somebody_there_is(flytting):
    """R-017: on behalf of a holder of ours, also one who has left."""
    f = flytting()
    unit = next(v for v in f.logg.virksomheter if v.id == f.logg.ansvarlig_virksomhet)
    f.a.ansatte = [replace(one, virksomhet=unit.orgnr) for one in f.a.ansatte]
    wrong = Aktoer(LEDER, "leder", "ingen")
    refused(lambda: avgi.start(f.a.verk, f.logg.id, f.grunnlag(f.logg), wrong), "PAA_VEGNE_AV")
    right = Aktoer(LEDER, "leder", "ansatt-holder")
    assert avgi.start(f.a.verk, f.logg.id, f.grunnlag(f.logg), right).id
