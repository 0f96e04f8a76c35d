"""Judges a content package that the gateway made, once it is open (chapter 6.3)."""

import hashlib
from collections.abc import Mapping

from pydantic import ValidationError

from schemas.overfoering.manifest import Manifest
from schemas.stafettlogg.logg import Stafettlogg
from tests.samsvar.feil import Feil

MANIFEST, LOGG, PDF = "overfoering.json", "stafettlogg.json", "stafettlogg.pdf"


def judge_content(files: Mapping[str, bytes], names: tuple[str, int, str, str], logg: str) -> None:
    """`names` is the conversation's `overfoeringId`, `forsoek`, `fra` and `til`; `logg` the id of
    the log that was sent. Raises Feil."""
    if not {MANIFEST, LOGG, PDF} <= set(files):
        raise Feil("pakkefiler")
    try:
        manifest = Manifest.model_validate_json(files[MANIFEST])
        found = Stafettlogg.model_validate_json(files[LOGG])
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Feil("skjema", sted=".".join(str(p) for p in first["loc"])[:120]) from None
    if (manifest.overfoering_id, manifest.forsoek, manifest.fra, manifest.til) != names:
        raise Feil("manifestet", hva="overfoeringId, forsoek, fra, til")
    if [one.filnavn for one in manifest.filer] != list(dict.fromkeys(
        one.filnavn for one in manifest.filer
    )) or {one.filnavn for one in manifest.filer} != set(files) - {MANIFEST}:  # fmt: skip
        raise Feil("manifestet", hva="filer")
    for one in manifest.filer:
        data = files[one.filnavn]
        if (hashlib.sha256(data).hexdigest(), len(data)) != (one.sha256, one.stoerrelse):
            raise Feil("manifestet", hva=one.filnavn)
    if not found.id == manifest.logg_id == logg:
        raise Feil("manifestet", hva="loggId")
    if {one.id for one in found.oppmerksomheter} != set(manifest.oppmerksomheter):
        raise Feil("manifestet", hva="oppmerksomheter")
    if not files[PDF].startswith(b"%PDF-"):
        raise Feil("pakkefiler")
