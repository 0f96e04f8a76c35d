"""The JSON Schemas of the protocol, one per message type; checked in and compared by a test."""

import json
from pathlib import Path
from typing import Any

from schemas.overfoering.ekko import Ekko
from schemas.overfoering.hode import Hode
from schemas.overfoering.koder import Meldingstype
from schemas.overfoering.manifest import Manifest
from schemas.overfoering.meldinger import INNHOLD
from schemas.stafettlogg import json_schema as logg

FOLDER = Path(__file__).parent / "skjema"


def _of(title: str, schema: dict[str, Any]) -> str:
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = f"urn:stafettlogg:overfoering:1:{title}"
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def message_schema(kind: Meldingstype) -> str:
    """The schema of one whole message: head and content."""
    head = Hode.model_json_schema(by_alias=True)
    body = INNHOLD[kind].model_json_schema(by_alias=True)
    definitions = head.pop("$defs", {}) | body.pop("$defs", {})
    head["properties"]["type"] = {"const": kind.value}
    # A default of ours, and a member that shall always be there.
    head["required"] = sorted({*head["required"], "protokoll"})
    schema: dict[str, Any] = {
        "title": kind.value,
        "type": "object",
        "additionalProperties": False,
        "required": ["hode", "innhold"],
        "properties": {"hode": head, "innhold": body},
    }
    if definitions:
        schema["$defs"] = definitions
    return _of(kind.value, schema)


def generate() -> dict[str, str]:
    """File name -> text of every schema of the protocol."""
    made = {f"{kind.value}.schema.json": message_schema(kind) for kind in Meldingstype}
    # The log's own schema, beside the text that names it; the same file as in every package.
    made["stafettlogg.schema.json"] = logg.generate()
    made["manifest.schema.json"] = _of("manifest", Manifest.model_json_schema(by_alias=True))
    made["ekko.schema.json"] = _of("ekko", Ekko.model_json_schema(by_alias=True))
    return made
