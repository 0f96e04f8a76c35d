"""The checked-in JSON Schema is the model's."""

from schemas.stafettlogg.json_schema import PATH, generate


def test_schema_file_is_generated() -> None:
    """The file in the repository is what the generator gives today."""
    assert PATH.read_text(encoding="utf-8") == generate()
