"""Where a thing was first written: the systems we know, and any other vendor's own word."""

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.stafettlogg.entitet import Kilde
from schemas.stafettlogg.kodeverk import Kildesystem

READER: TypeAdapter[object] = TypeAdapter(Kilde)


@pytest.mark.parametrize("known", list(Kildesystem))
def test_a_system_we_know_is_that_one(known):
    """Read from JSON, from text, and as it is: mappings ask with `is`."""
    for found in (
        READER.validate_json(json.dumps(known.value)),
        READER.validate_python(known.value),
        READER.validate_python(known),
    ):
        assert found is known


def test_another_vendors_word_is_kept_as_it_stands():
    """And is none of ours."""
    found = READER.validate_json('"tredje_leverandoer"')
    assert found == "tredje_leverandoer" and not isinstance(found, Kildesystem)
    assert READER.dump_json(found) == b'"tredje_leverandoer"'


@pytest.mark.parametrize("text", ["", "X", "Conexus", "1system", "med mellomrom", "a" * 41, "æøå"])
def test_what_is_no_word_is_refused(text):
    """A word is no place for text of anybody's."""
    with pytest.raises(ValidationError):
        READER.validate_python(text)
