"""Models put together without validation are what validation would have made."""

import pytest
from pydantic import ValidationError

from mappings.entitetsbygger import Skall, build, builder, template
from schemas.stafettlogg.innhold import Evaluering, Tiltak
from schemas.stafettlogg.kodeverk import Kildesystem, Virket
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Identifikator


def made() -> Tiltak:
    """A measure with an evaluation, built."""
    seen = template(Evaluering, id="e1", kildesystem=Kildesystem.CONEXUS, virket=Virket.JA)
    evaluation = build(Evaluering, seen)
    return builder(Tiltak)(
        template(Tiltak, id="t1", kildesystem=Kildesystem.CONEXUS, evaluering=evaluation)
    )


def test_what_is_built_is_what_validation_makes() -> None:
    """Class, values, equality, dump, copy and words are the ordinary model's."""
    ordinary = Tiltak(
        id="t1",
        kildesystem=Kildesystem.CONEXUS,
        evaluering=Evaluering(id="e1", kildesystem=Kildesystem.CONEXUS, virket=Virket.JA),
    )
    built = made()
    assert type(built) is Tiltak
    assert built == ordinary
    assert hash(built) == hash(ordinary)
    assert built.model_dump() == ordinary.model_dump()
    assert repr(built) == repr(ordinary)
    copied = built.model_copy(update={"tittel": "ny"})
    assert (copied.tittel, built.tittel) == ("ny", None)
    assert Tiltak.model_validate(built) is built


def test_what_is_built_is_frozen() -> None:
    """Nothing of the shell it was made in is left."""
    built = made()
    with pytest.raises(ValidationError):
        built.tittel = "endret"
    with pytest.raises(ValidationError):
        del built.tittel


def test_a_class_with_more_slots_is_refused() -> None:
    """The shell can only become a class with the plain layout; another stops at once."""

    class Wide(Identifikator):
        __slots__ = ("extra_slot",)

    with pytest.raises(TypeError, match="layout"):
        builder(Wide)({})
    assert isinstance(Skall().__dict__, dict)


def test_every_field_is_there() -> None:
    """A template has each field of the class, in the class's order."""
    assert list(template(Stafettlogg)) == list(Stafettlogg.model_fields)
