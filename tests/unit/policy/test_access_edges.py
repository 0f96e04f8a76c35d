"""The edges of who reads what: by task, by access that is open, by a consent that names them."""

import pytest

from gateway.policy.tilgang import is_open, opened_by, readable
from gateway.policy.tilgang import tilgang as rule
from schemas.stafettlogg.innhold import Maal
from schemas.stafettlogg.kodeverk import Deltakerstatus, Kildesystem, Rolle, Tilgangsomfang
from schemas.stafettlogg.person import Lesetilgang
from schemas.stafettlogg.samtykke import Mottaker
from tests.unit.conftest import concern, deltakelse, samtykke

CX = Kildesystem.CONEXUS


def access(**changes):
    """Reading access of the adviser to all of the log, open, by nobody's consent."""
    fields = {"id": "l", "kildesystem": CX, "person": "pp", "omfang": Tilgangsomfang.HELE}
    return Lesetilgang(**(fields | changes))


def stays(logg, ramme, **changes):
    """The participations that are withheld of a log with two concerns; the adviser has none."""
    fields = {
        "deltakelser": (*logg().deltakelser, deltakelse("pp", Rolle.AKTOER, "v2")),
        "oppmerksomheter": (concern("o1", "laerer"), concern("o2", "laerer")),
    }
    return {f.entity for f in rule(logg(**(fields | changes)), ramme())}


@pytest.mark.parametrize(
    ("changes", "open_"),
    [
        ({}, True),
        ({"fra": "2026-11-21T12:00:00Z"}, True),
        ({"fra": "2026-11-21T12:00:01Z"}, False),
        ({"til": "2026-11-21T12:00:00Z"}, False),
        ({"til": "2026-11-21T12:00:01Z"}, True),
        ({"fra": "2026-02-30T12:00:00Z"}, False),
        ({"til": "2026-02-30T12:00:00Z"}, False),
        ({"samtykke": "s1"}, True),
        ({"samtykke": "s2"}, False),
    ],
)
def test_when_an_access_is_open(ramme, changes, open_):
    """R-031, R-118: from its first moment, until its last has come; by a consent that holds."""
    assert is_open(access(**changes), ramme(), {"s1"}) is open_


def test_what_a_person_reads(logg, ramme):
    """R-030: the concerns they have a task or a goal in, and those an access opens."""
    goal = Maal(id="m3", kildesystem=CX, ansvarlig="pp")
    third = concern("o3").model_copy(update={"maal": (goal,)})
    concerns = (concern("o1", "laerer", "pp"), concern("o2", "laerer"), third, concern("o4"))
    some = access(omfang=Tilgangsomfang.DELER, oppmerksomheter=("o4",))
    one = logg(oppmerksomheter=concerns)
    assert readable(one, "pp", ramme()) == {"o1", "o3"}
    assert readable(one, "mor", ramme()) == frozenset()
    for accesses, said in (
        ((some,), {"o1", "o3", "o4"}),
        ((access(),), {"o1", "o2", "o3", "o4"}),
        ((some.model_copy(update={"person": "mor"}), some), {"o1", "o3", "o4"}),
        ((access(person="mor"),), {"o1", "o3"}),
        ((access(til="2026-01-01T00:00:00Z"), some), {"o1", "o3", "o4"}),
    ):
        assert readable(logg(oppmerksomheter=concerns, lesetilganger=accesses), "pp", ramme()) == (
            said
        )


def test_whom_a_consent_opens_for():
    """B-16: units and persons by name, of consents for sharing or reading the whole log."""
    names = (Mottaker(virksomhet="PPT"), Mottaker(person="Kari"), Mottaker(virksomhet=""))
    for scope, opens in (
        (("dele",), True),
        (("lesetilgang",), True),
        (("opprette", "dele"), True),
        (("opprette",), False),
        (("overfoereKommune",), False),
        ((), False),
    ):
        one = samtykke("mor", "far", omfang=scope, mottakere=names)
        assert opened_by([one]) == ({"PPT", "Kari"} if opens else frozenset())
        some = one.model_copy(update={"oppmerksomheter": ("o1",)})
        assert opened_by([some]) == frozenset()
    assert opened_by([]) == frozenset()


def test_who_reads_some_stays_and_who_reads_all_goes(logg, ramme):
    """R-031: all of the concerns, or it would be widened."""
    assert stays(logg, ramme) == {"d-pp"}
    assert stays(logg, ramme, lesetilganger=(access(),)) == set()
    both = access(omfang=Tilgangsomfang.DELER, oppmerksomheter=("o1", "o2"))
    assert stays(logg, ramme, lesetilganger=(both,)) == set()
    one = both.model_copy(update={"oppmerksomheter": ("o1",)})
    assert stays(logg, ramme, lesetilganger=(one,)) == {"d-pp"}
    assert stays(logg, ramme, oppmerksomheter=()) == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"kildesystem": Kildesystem.SAMSPILL},
        {"status": Deltakerstatus.AVSLUTTET},
        *(
            {"rolle": role.value}
            for role in (Rolle.STAFETTHOLDER, Rolle.FORESATT, Rolle.HOVEDPERSON)
        ),
    ],
)
def test_who_reads_all_by_what_they_are(logg, ramme, changes):
    """From a system where everybody does, who reads no more, and those who always do."""
    one = deltakelse("pp", Rolle.AKTOER, "v2").model_copy(update=changes)
    assert stays(logg, ramme, deltakelser=(*logg().deltakelser, one)) == set()


@pytest.mark.parametrize(
    ("receiver", "goes"),
    [
        (Mottaker(virksomhet="PPT Fjordby"), True),
        (Mottaker(person="Pia Ppt"), True),
        (Mottaker(virksomhet="PPT"), False),
        (Mottaker(person="Lars Laerer"), False),
    ],
)
def test_who_is_named(logg, ramme, receiver, goes):
    """R-040: the unit or the person, letter by letter."""
    people = tuple(
        p.model_copy(update={"navn": {"pp": "Pia Ppt", "laerer": "Lars Laerer"}.get(p.id)})
        for p in logg().personer
    )
    names = samtykke("mor", "far", mottakere=(receiver,))
    found = stays(logg, ramme, samtykker=(names,), personer=people)
    assert found == (set() if goes else {"d-pp"})


def test_nobody_without_a_unit_or_a_name_is_named(logg, ramme):
    """What is empty on both sides is no match."""
    nobody = samtykke("mor", "far", mottakere=(Mottaker(virksomhet=""), Mottaker(person="")))
    parts = (*logg().deltakelser, deltakelse("pp", Rolle.AKTOER))
    people = tuple(p.model_copy(update={"navn": ""}) for p in logg().personer)
    found = stays(logg, ramme, samtykker=(nobody,), deltakelser=parts, personer=people)
    assert found == {"d-pp"}


def test_home_and_a_target_with_access_per_concern_widen_nothing(logg, ramme):
    """Each by itself is enough."""
    parts = (*logg().deltakelser, deltakelse("pp", Rolle.AKTOER, "v2"))
    one = logg(deltakelser=parts, oppmerksomheter=(concern("o1", "laerer"),))
    assert rule(one, ramme())
    assert rule(one, ramme(going_home=True)) == ()
    assert rule(one, ramme(target_reads_whole_log=False)) == ()
