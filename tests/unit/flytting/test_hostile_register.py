"""A register's answer with one hostile leaf: a person known as far as it can be read, or not known;
an event that is let go, or looked into; never an exception.
"""

import json
from datetime import date

import pytest

from connectors.folkeregister import lesing
from gateway.ports.folkeregister import Gradering, Hendelse, Hendelseslag, Personstand
from tests.laws import hostile

NUMBER = "12345678901"
PERSON = {
    "identifikasjonsnummer": [{"foedselsEllerDNummer": NUMBER, "erGjeldende": True}],
    "bostedsadresse": [
        {
            "erGjeldende": True,
            "flyttedato": "2026-01-02",
            "adressegradering": "ugradert",
            "vegadresse": {"kommunenummer": "9901"},
        }
    ],
    "adressebeskyttelse": [{"erGjeldende": True, "graderingsnivaa": "ugradert"}],
}
EVENT = {
    "sekvensnummer": 7,
    "hendelse": {
        "hendelsetype": "endringIBostedsadresse",
        "folkeregisteridentifikator": NUMBER,
        "hendelsesdokument": "dok-1",
        "ajourholdstidspunkt": "2026-01-02T10:00:00+01:00",
    },
}


def spoilt(document):
    """(place, value, document) for every leaf and every hostile value a reader can hand over."""
    for path in hostile.leaves(document):
        for value in hostile.VALUES:
            made = json.loads(hostile.body(document, path, value))
            yield hostile.name(path), value, made


def test_a_person_with_a_hostile_leaf():
    """Whoever is not known to be open is not open, and a day that is none is not known."""
    assert lesing.person(PERSON, NUMBER, bosted=True).bosted.flyttedato == date(2026, 1, 2)
    tried = 0
    for place, value, raw in spoilt(PERSON):
        found = lesing.person(raw, NUMBER, bosted=True)
        tried += 1
        assert found is None or isinstance(found, Personstand)
        if place.endswith("flyttedato") and value in hostile.NO_TIMES[:4] and found is not None:
            assert found.bosted.flyttedato is None
        if place.endswith(("graderingsnivaa", "adressegradering")) and found is not None:
            assert found.gradering is not Gradering.INGEN
    assert tried > 250


@pytest.mark.parametrize("nested", [True, False])
def test_an_event_with_a_hostile_leaf(nested):
    """What cannot be read is looked into."""
    document = EVENT if nested else {"sekvensnummer": 7, **EVENT["hendelse"]}
    assert lesing.event(document).slag is Hendelseslag.BOSTED
    for place, _value, raw in spoilt(document):
        if place != "sekvensnummer":  # the page is refused before an entry is read
            assert isinstance(lesing.event(raw), Hendelse)
