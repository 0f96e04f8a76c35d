"""A time that is there and is none is not known, and not knowing is a no: in every rule alone."""

from datetime import date

import pytest
from pydantic import BaseModel

from gateway.policy.redigeringsvindu import redigeringsvindu
from gateway.policy.rules import ARCHIVE_RULES, BACK_RULES, PERSON_RULES, RULES, judge
from gateway.policy.samtykke import samtykke as consent_rule
from gateway.policy.samtykke import valid_consents
from gateway.policy.tidspunkt import tidspunkt as rule
from gateway.policy.tilgang import tilgang
from schemas.stafettlogg.dialog import Moete
from schemas.stafettlogg.flat import days, entities, instants
from schemas.stafettlogg.innhold import Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Kildesystem, Rolle, Samtykkestatus, Tilgangsomfang
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse, Lesetilgang, Rolleskifte
from tests.laws.hostile import NO_TIMES
from tests.unit.conftest import deltakelse, samtykke

CX = Kildesystem.CONEXUS
NONE = [value.text.strip('"') for value in NO_TIMES]
INSTANTS = [text for text in NONE if "T" in text]
DAYS = [text for text in NONE if "T" not in text]


def held(found):
    """(code, entity, field) of what holds."""
    return [(f.code, f.entity, f.field) for f in found if f.hold]


@pytest.mark.parametrize("text", INSTANTS)
def test_the_place_is_named(logg, ramme, text):
    """Entity and field, of a value within an entity as well, and never what stands there."""
    meeting = Moete(id="m", kildesystem=CX, dato=text)
    role = Rolleskifte(rolle="aktoer", til=text)
    part = deltakelse("laerer", Rolle.AKTOER, "v1").model_copy(update={"rollehistorikk": (role,)})
    found = rule(logg(moeter=(meeting,), deltakelser=(part,)), ramme())
    assert {(f.entity, f.field) for f in found} == {
        ("m", "Moete.dato"), (part.id, "Rolleskifte.til"),
    }  # fmt: skip
    assert all(f.hold and f.code == "UKJENT_TIDSPUNKT" for f in found)
    assert text not in repr(found)
    assert found[0].place in ("m Moete.dato", f"{part.id} Rolleskifte.til")


def test_a_good_log_is_not_held(logg, ramme):
    """Nothing to say, in every form a source writes."""
    meeting = Moete(id="m", kildesystem=CX, dato="2026-03-01T10:00+0100")
    assert rule(logg(moeter=(meeting,)), ramme()) == ()


def test_every_time_of_the_model_is_looked_at(logg, ramme):
    """Each field that holds a time, of each kind in the log, set to none by turns."""
    one = logg()
    asked = 0
    for entity in entities(one):
        fields = [*((n, INSTANTS[0]) for n in instants(type(entity))),
                  *((n, DAYS[0]) for n in days(type(entity)))]  # fmt: skip
        for name, text in fields:
            bad = _with(one, entity.id, name, text)
            assert (entity.id, f"{type(entity).__name__}.{name}") in {
                (f.entity, f.field) for f in rule(bad, ramme())
            }
            asked += 1
    assert asked > 30


def _with(value, entity, name, text):
    """The log with one field of one entity set."""
    changes = {}
    if getattr(value, "id", None) == entity and name in type(value).model_fields:
        changes[name] = text
    for field, held in value.__dict__.items():
        if isinstance(held, tuple) and held and isinstance(held[0], BaseModel):
            changes[field] = tuple(_with(one, entity, name, text) for one in held)
    return value.model_copy(update=changes)


def test_where_the_rule_stands():
    """It is asked of what is sent to a target, and of nothing that goes to the archive or back."""
    assert rule in RULES
    for others in (ARCHIVE_RULES, BACK_RULES, PERSON_RULES):
        assert rule not in others
    assert RULES.index(rule) < RULES.index(consent_rule)


@pytest.mark.parametrize("field", ["gyldig_til", "gyldig_fra"])
@pytest.mark.parametrize("text", DAYS)
def test_a_consent_with_a_day_nobody_can_read(logg, ramme, field, text):
    """An expiry written wrong is not an expiry that is not there."""
    one = samtykke("mor", "far", **{field: text})
    made = logg(samtykker=(one,))
    assert held(consent_rule(made, ramme())) == [("UKJENT_TIDSPUNKT", one.id, f"Samtykke.{field}")]
    assert valid_consents(made, ramme()) == ()


@pytest.mark.parametrize("text", [*INSTANTS, "9999-12-31T23:59:59Z"])
def test_a_signature_at_no_time(logg, ramme, text):
    """Nobody knows how old the child was then, nor whether it came after a withdrawal."""
    one = samtykke("mor", "far")
    signers = tuple(s.model_copy(update={"tid": text}) for s in one.signatarer)
    one = one.model_copy(update={"signatarer": signers, "gyldig_fra": None})
    (found,) = held(consent_rule(logg(samtykker=(one,)), ramme()))
    assert found[:2] == ("UKJENT_TIDSPUNKT", one.id)


@pytest.mark.parametrize("text", INSTANTS)
def test_a_withdrawal_at_no_time(logg, ramme, text):
    """None can be known to be newer (R-116)."""
    gone = samtykke("mor", "far", id="gammel", trukket=text, status=Samtykkestatus.TRUKKET)
    new = samtykke("mor", "far", id="ny", gyldig_fra="2026-11-01")
    assert valid_consents(logg(samtykker=(gone, new)), ramme()) == ()
    assert held(consent_rule(logg(samtykker=(gone, new)), ramme()))[0][0] == "P-12"


@pytest.mark.parametrize("text", DAYS)
def test_a_birth_on_no_day_is_not_answered_for_by_the_register(logg, ramme, text):
    """The two may not agree; not knowing the age is a no."""
    made = logg()
    child = made.hovedperson.person
    people = tuple(
        p.model_copy(update={"foedselsdato": text}) if p.id == child else p for p in made.personer
    )
    frame = ramme(born={child: date(2015, 1, 1)})
    assert held(consent_rule(made.model_copy(update={"personer": people}), frame))[0][0] == "P-13"


@pytest.mark.parametrize("field", ["opprettet", "tekst_laast_fra", "endret"])
@pytest.mark.parametrize("text", [*INSTANTS, "9999-12-31T23:59:59Z"])
def test_a_window_that_ends_at_no_time(logg, ramme, field, text):
    """It may be open: held, and no time removes that. Year 9999 plus the window is no time."""
    tiltak = Tiltak(id="t", kildesystem=CX).model_copy(update={field: text})
    goal = Maal(id="m", kildesystem=CX, tiltak=(tiltak,))
    made = logg(oppmerksomheter=(Oppmerksomhet(id="o", kildesystem=CX, maal=(goal,)),))
    (found,) = redigeringsvindu(made, ramme())
    assert found.hold
    if text in INSTANTS:
        assert (found.code, found.entity, found.until) == ("UKJENT_TIDSPUNKT", "t", None)


@pytest.mark.parametrize("field", ["fra", "til"])
@pytest.mark.parametrize("text", INSTANTS)
def test_reading_access_at_no_time_opens_nothing(logg, ramme, field, text):
    """The participant stays behind, as if there were no access (R-031)."""
    two = tuple(
        Oppmerksomhet(id=name, kildesystem=CX, maal=(Maal(id=f"m{name}", kildesystem=CX),))
        for name in ("o1", "o2")
    )
    access = Lesetilgang(id="l", kildesystem=CX, person="pp", omfang=Tilgangsomfang.HELE)
    people: tuple[Deltakelse, ...] = (*logg().deltakelser, deltakelse("pp", Rolle.AKTOER, "v2"))
    opened: Stafettlogg = logg(deltakelser=people, oppmerksomheter=two, lesetilganger=(access,))
    assert "d-pp" not in {f.entity for f in tilgang(opened, ramme())}
    closed = opened.model_copy(update={"lesetilganger": (access.model_copy(update={field: text}),)})
    assert "d-pp" in {f.entity for f in tilgang(closed, ramme())}


def test_the_first_code_is_the_protected_one(logg, ramme):
    """A family that is protected is never told of by another code (C-4)."""
    bad = logg(moeter=(Moete(id="m", kildesystem=CX, dato=INSTANTS[0]),))
    assert judge(bad, ramme(protection={})).code == "P-20"
    assert judge(bad, ramme(protection={})).place == ""
