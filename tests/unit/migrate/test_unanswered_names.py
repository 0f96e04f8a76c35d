"""Which names of a chosen part nothing answered to, by their place in the list."""

from gateway.migrate.rules.scope import Scope, unit_names
from schemas.stafettlogg.kodeverk import Kildesystem
from schemas.stafettlogg.person import Virksomhet


def test_names_are_told_by_their_place():
    """From one, in the list's order; the same name twice is two."""
    scope = Scope(logs=("a", "borte", "logg-b", "borte"))
    assert scope.unanswered({"a", "logg-b", "c"}) == (2, 4)
    assert scope.unanswered({"a", "logg-b", "borte"}) == ()
    assert Scope().unanswered(set()) == ()


def test_the_start_of_an_id_is_no_id():
    """Too short is unknown: it could be another's."""
    assert Scope(logs=("logg-",)).unanswered({"logg-b"}) == (1,)


def test_a_unit_answers_by_every_name_it_goes_by(logg):
    """Name, organisation number or id, in any case."""
    school = Virksomhet(
        id="enhet-1", kildesystem=Kildesystem.CONEXUS, navn="Fjordby skole", orgnr="899100115"
    )
    names = unit_names(logg(virksomheter=(school,), ansvarlig_virksomhet="enhet-1"))
    asked = Scope(units=("fjordby SKOLE ", "899100115", "Enhet-1", "Fjordby skule"))
    assert asked.unknown_units(names) == (4,)
    assert Scope().unknown_units(set()) == ()
