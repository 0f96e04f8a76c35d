"""The JSON Schema of a stafettlogg, generated from the model; checked in and compared by a test."""

import json
from pathlib import Path

from schemas.stafettlogg.logg import Stafettlogg

PATH = Path(__file__).with_name("stafettlogg.schema.json")


def generate() -> str:
    """The schema as text: draft 2020-12, camelCase keys, sorted, with a final line break."""
    schema = Stafettlogg.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = "urn:stafettlogg:logg:1"
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
