"""The content package the suite hands over (chapter 6.3), right, or wrong as a case asks for."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.samsvar.logg import Logg

_SCHEMA = Path(__file__).parents[2] / "schemas" / "overfoering" / "skjema"
_PDF = b"%PDF-1.7\n% The selection for people, invented by the conformance suite.\n%%EOF\n"
_ROLLE = {"stafettlogg.json": "logg", "stafettlogg.pdf": "uttak",
          "stafettlogg.schema.json": "skjema", "vedlegg-01.pdf": "samtykke"}  # fmt: skip
_MEDIA = {"json": "application/json", "pdf": "application/pdf"}


def files(
    logg: Logg, own: str, forsoek: int, fra: str, til: str, slik: Mapping[str, Any]
) -> dict[str, bytes]:
    """The files of a package, the manifest first. `slik` is a case's `pakke`."""
    told = json.loads(logg.json())
    if slik.get("ukjent"):
        told["oppmerksomheter"][0]["noeNytt"] = {"tekst": "en ny setning", "dypt": [{"a": [1]}]}
        told["oppmerksomheter"][0]["maal"][0]["tiltak"][0]["ogsaaNytt"] = 1
    if "kildesystem" in slik:
        _from(told, slik["kildesystem"])
    if slik.get("ugyldig"):
        del told["hovedperson"]
    body = json.dumps(told, ensure_ascii=False).encode()
    if slik.get("bom"):
        body = b"\xef\xbb\xbf" + body
    held = {
        "stafettlogg.json": body,
        "stafettlogg.pdf": _PDF + b"0" * (int(slik.get("mib", 0)) << 20),
        "stafettlogg.schema.json": (_SCHEMA / "stafettlogg.schema.json").read_bytes(),
        "vedlegg-01.pdf": logg.vedlegg,
    }
    listed = [
        {"filnavn": name, "rolle": _ROLLE[name], "sha256": hashlib.sha256(data).hexdigest(),
         "mediaType": _MEDIA[name.rpartition(".")[2]], "stoerrelse": len(data)}
        for name, data in held.items()
    ]  # fmt: skip
    listed[-1]["gjelder"] = told["dokumenter"][0]["id"]
    manifest: dict[str, Any] = {
        "overfoeringId": own, "forsoek": forsoek, "fra": fra, "til": til,
        "laget": "2026-11-27T09:00:00.000+00:00", "loggId": logg.id,
        "oppmerksomheter": logg.oppmerksomheter,
        "skjema": {"stafettlogg.json": "urn:stafettlogg:logg:1",
                   "overfoering.json": "urn:stafettlogg:overfoering:1:manifest"},
        "filer": listed,
    }  # fmt: skip
    if "versjon" in slik:
        manifest["versjon"] = slik["versjon"]
    if slik.get("ukjentIManifestet"):
        manifest["noeNytt"] = [1]
        listed[0]["noeNytt"] = {"a": {"b": None}}
    manifest |= slik.get("manifest", {})
    return {"overfoering.json": json.dumps(manifest, ensure_ascii=False).encode(), **held}


def _from(one: Any, system: str) -> None:
    """Everything in the log was first written in that system."""
    for inner in one.values() if isinstance(one, dict) else one if isinstance(one, list) else ():
        _from(inner, system)
    if isinstance(one, dict) and "kildesystem" in one:
        one["kildesystem"] = system
