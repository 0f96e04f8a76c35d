"""R-030, R-031, R-040: a move never lets anyone read more than before."""

import pytest

from gateway.policy.redact import redact
from gateway.policy.rules import judge
from gateway.policy.tilgang import tilgang as rule
from schemas.stafettlogg.kodeverk import Kildesystem, Rolle, Tilgangsomfang
from schemas.stafettlogg.person import Lesetilgang
from schemas.stafettlogg.samtykke import Mottaker
from tests.unit.conftest import concern, deltakelse, samtykke


def two_concerns(logg, **changes):
    """A log where the PPT adviser has a task under one concern of two."""
    people = (*logg().deltakelser, deltakelse("pp", Rolle.AKTOER, "v2"))
    return logg(
        deltakelser=people,
        oppmerksomheter=(concern("o1", "laerer", "pp"), concern("o2", "laerer")),
        **changes,
    )


def test_a_reader_of_one_concern_does_not_become_a_participant(logg, ramme):
    """The adviser reads one concern today and would read two: stays behind."""
    assert [(f.code, f.entity, f.hold) for f in rule(two_concerns(logg), ramme())] == [
        ("P-41", "d-pp", False)
    ]


def test_a_reader_of_everything_may_go(logg, ramme):
    """The teacher has tasks under both concerns and gains nothing."""
    assert "d-laerer" not in {f.entity for f in rule(two_concerns(logg), ramme())}


def test_reading_access_to_the_whole_log_counts(logg, ramme):
    """R-031: access to all of the log is all of the log."""
    access = Lesetilgang(
        id="l", kildesystem=Kildesystem.CONEXUS, person="pp", omfang=Tilgangsomfang.HELE
    )
    assert rule(two_concerns(logg, lesetilganger=(access,)), ramme()) == ()


@pytest.mark.parametrize(
    "closed",
    [
        {"til": "2026-11-01T00:00:00+01:00"},
        {"fra": "2026-12-01T00:00:00+01:00"},
        {"samtykke": "s-gammelt"},
    ],
)
def test_reading_access_that_is_not_open_today_does_not_count(logg, ramme, closed):
    """R-031, R-118: ended, not begun, or given by a consent that does not hold."""
    access = Lesetilgang(
        id="l", kildesystem=Kildesystem.CONEXUS, person="pp", omfang=Tilgangsomfang.HELE, **closed
    )
    old = samtykke("mor", "far", id="s-gammelt", gyldig_til="2026-10-01")
    changed = two_concerns(logg, lesetilganger=(access,), samtykker=(samtykke("mor", "far"), old))
    assert "d-pp" in {f.entity for f in rule(changed, ramme())}


def test_a_consent_that_names_the_unit_opens(logg, ramme):
    """R-040, B-16: a valid consent for the whole log naming the service is a new consent."""
    names = samtykke("mor", "far", mottakere=(Mottaker(virksomhet="PPT Fjordby"),))
    assert "d-pp" not in {f.entity for f in rule(two_concerns(logg, samtykker=(names,)), ramme())}


def test_a_consent_for_some_concerns_does_not_open_the_rest(logg, ramme):
    """A consent limited to one concern is not consent to the whole plan."""
    some = samtykke(
        "mor", "far", mottakere=(Mottaker(virksomhet="PPT Fjordby"),), oppmerksomheter=("o1",)
    )
    assert "d-pp" in {f.entity for f in rule(two_concerns(logg, samtykker=(some,)), ramme())}


def test_an_expired_consent_does_not_open(logg, ramme):
    """Only a consent that holds today counts."""
    old = samtykke(
        "mor", "far", mottakere=(Mottaker(virksomhet="PPT Fjordby"),), gyldig_til="2026-11-01"
    )
    assert "d-pp" in {f.entity for f in rule(two_concerns(logg, samtykker=(old,)), ramme())}


def test_a_target_with_access_per_concern_widens_nothing(logg, ramme):
    """Where the target keeps access per concern, everybody may go."""
    assert rule(two_concerns(logg), ramme(target_reads_whole_log=False)) == ()


def test_guardians_always_go_along(logg, ramme):
    """R-034: no move leaves a guardian without the log."""
    one = logg(oppmerksomheter=(concern("o1", "laerer"), concern("o2", None)))
    stays = {f.entity for f in rule(one, ramme())}
    assert not {"d-mor", "d-far", "d-holder"} & stays


def test_redacting_takes_the_person_and_keeps_the_measure(logg, ramme):
    """The measure stays with its text; aktør, person and participation are withheld, listed."""
    one = two_concerns(logg)
    sent, withheld = redact(one, judge(one, ramme()))
    measure = sent.oppmerksomheter[0].maal[0].tiltak[1]
    assert measure.aktoer is None
    assert "pp" not in {p.id for p in sent.personer}
    assert withheld == {
        ("d-pp", ""): "P-41",
        ("pp", ""): "P-41",
        (measure.id, "aktoer"): "P-41",
    }
