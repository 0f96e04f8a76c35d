"""The manifest: every file of a snapshot with its checksum, and what the snapshot was made with.

It holds ids, checksums, versions and counts: no name, no number of a person and no text. A file is
verified against it for ever; a snapshot is never made again to see whether it is right.
"""

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from gateway.ports.archive import Uttaksfil
from gateway.snapshot.arkivert import Arkivert
from gateway.snapshot.ramme import Ramme
from gateway.snapshot.skrifter import SHA256
from schemas.stafettlogg.logg import Stafettlogg

FORMAT = "urn:stafettlogg:uttak:1"


def manifest(
    logg: Stafettlogg,
    ramme: Ramme,
    files: Sequence[Uttaksfil],
    archived: Sequence[Arkivert],
    told: Mapping[str, Any],
) -> bytes:
    """The manifest as sorted JSON. `told` are counts and checksums of this snapshot."""
    data = {
        "format": FORMAT,
        "logg": logg.id,
        "versjon": ramme.versjon,
        "utloeser": ramme.utloeser,
        # Not when it was made: that stands in the ledger, the proof and the archive's record.
        **(
            {"sist_endret_ifoelge_kilden": ramme.sist_endret.isoformat()}
            if ramme.sist_endret
            else {}
        ),
        "kommunenummer": ramme.kommunenummer,
        "maalform": ramme.maalform_for(logg).value,
        "standard": ramme.standard.value,
        "filer": [_file(one) for one in files],
        "vedlegg": [_attachment(one) for one in archived],
        "skrifter": SHA256,
        "verktoey": {
            name: version(name)
            for name in ("typst", "manimgx-fonts", "pypdfium2", "pillow", "page-validation")
        },
        **told,
    }
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1)
    return text.encode() + b"\n"


def _file(one: Uttaksfil) -> dict[str, Any]:
    return {
        "nr": one.nr, "filnavn": one.filnavn, "tittel": one.tittel, "medietype": one.media_type,
        "pronom": one.format, "variant": one.variant.value, "sha256": one.sha256,
        "stoerrelse": one.size,
    }  # fmt: skip


def _attachment(one: Arkivert) -> dict[str, Any]:
    return {
        "dokument": one.dokument, "original_sha256": one.sha256, "filer": list(one.filer),
        "kode": one.code, "omgjort": one.converted,
    }  # fmt: skip
