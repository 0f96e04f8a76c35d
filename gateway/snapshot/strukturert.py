"""The structured copy: the log as canonical JSON, and the schema it follows (arkivforskrifta § 7).

What is machine-readable stays machine-readable. The register's grade of address protection is not
the log's to keep and is taken out first (C-4).
"""

import json

from gateway.snapshot.sjekksum import sha
from schemas.stafettlogg.json_schema import PATH
from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from schemas.stafettlogg.logg import Stafettlogg


def archivable(logg: Stafettlogg) -> Stafettlogg:
    """The log as it is archived: every person's address protection unknown."""
    unknown = Adressebeskyttelse.UKJENT
    if all(person.adressebeskyttelse is unknown for person in logg.personer):
        return logg
    people = tuple(p.model_copy(update={"adressebeskyttelse": unknown}) for p in logg.personer)
    return logg.model_copy(update={"personer": people})


def canonical(logg: Stafettlogg) -> bytes:
    """UTF-8, camelCase keys, sorted, without empty fields and spaces, with a final line break.

    A lone surrogate, which UTF-8 cannot hold, stands as its JSON escape.
    """
    data = logg.model_dump(mode="json", by_alias=True, exclude_none=True)
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"


def schema() -> bytes:
    """The JSON Schema, as it is checked in."""
    return PATH.read_bytes()


def content_sha(json_sha: str, originals: list[str]) -> str:
    """One checksum of the log and its attachments: of their checksums, a line each, in order.

    It depends on nothing else: not on the municipality's words, the moment or the typesetter.
    """
    return sha("".join(f"{one}\n" for one in (json_sha, *originals)).encode("ascii"))
