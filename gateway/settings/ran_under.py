"""What a run is carried out under: the settings that decide what goes, what is written or held and
where copies are laid, each as a hash.

A plan's signature keeps them, so that a change between signing and running is told by the names of
what changed. Every setting is of it but those that are named here with why they are not: no secret,
nothing that only decides how patient we are, nothing of other rooms. A file is of it by its name
alone: what stands in the register and the staff file changes daily and is asked anew for each log.
Pure; whoever asks hands in the hashes of the code that makes what is sent.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from gateway.settings.load import Settings
from gateway.settings.models import System

_PATIENCE = "how patient we are, or how much at once: nothing of a log is other for it"
_WAY_IN = "how we get in, and secrets: they change without anything being written otherwise"
_STANDS = "where our own files and tables stand"
_ROOM = "another room's: no run between two systems asks for it"

LEFT_OUT: dict[str, dict[str, str]] = {
    "gateway": {
        "data": _STANDS, "database": _STANDS, "key_file": _STANDS, "anchor_file": _STANDS,
        "key_env": _STANDS, "workers": _PATIENCE, "chunk": _PATIENCE, "min_free_mb": _PATIENCE,
        "language": "what tables and reports are told in to us; nothing that is written",
        "kanaler": _ROOM, "folkeregister": _ROOM,
        "systems": "the two of the run, below", "archives": "those the municipality names, below",
    },
    "kommune": {
        "overfoering.system": _ROOM, "overfoering.kanaler": _ROOM, "overfoering.noekkel": _ROOM,
        "overfoering.sertifikat": _ROOM, "overfoering.dekryptering": _ROOM,
        "overfoering.ansattfil": "the older name of ansatte.fil, and told under that",
        "overfoering.samme_virksomhet": _ROOM, "overfoering.gravid_digitalt": _ROOM,
        "overfoering.frister.mottak_timer": _ROOM, "overfoering.frister.aksept_dager": _ROOM,
        "overfoering.frister.paaminnelser": _ROOM, "overfoering.nyttelast_dager": _ROOM,
        "arkiv.kilder": "whose nights `stafett serve` takes", "arkiv.frist_dager": _PATIENCE,
        "arkiv.natt.fra": _PATIENCE, "arkiv.natt.til": _PATIENCE, "arkiv.natt.tidssone": _PATIENCE,
        "slett.rolle": _ROOM, "slett.sperret": _ROOM,
        "flyttehint.kilder": _ROOM, "flyttehint.forslag_dager": _ROOM,
        "flyttehint.se_over_timer": _ROOM,
    },
    "service": {
        "token_url": _WAY_IN, "client_id": _WAY_IN, "secret_env": _WAY_IN, "secret_file": _WAY_IN,
        "scope": _WAY_IN, "timeout": _PATIENCE, "deadline": _PATIENCE, "attempts": _PATIENCE,
        "retry_budget": _PATIENCE, "breaker_failures": _PATIENCE, "breaker_pause": _PATIENCE,
        "page_size": _PATIENCE, "seen_within": _PATIENCE, "per_minutt": _PATIENCE,
        "ro_sekunder": _PATIENCE,
    },
}  # fmt: skip
"""Of each kind of settings, by name, what a run is not held to, and why."""


def ran_under(
    settings: Settings, source: str, target: str, code: Mapping[str, str]
) -> dict[str, str]:
    """Name of a setting -> the first 16 hex digits of its value's SHA-256. `code` is name -> hash
    of mappings and model."""
    gateway, kommune = settings.gateway, settings.kommune
    values: dict[str, Any] = {
        **dict(_told(gateway, LEFT_OUT["gateway"])),
        **dict(_told(kommune, LEFT_OUT["kommune"])),
        "ansatte.fil": kommune.ansatte.fil or kommune.overfoering.ansattfil,
        **code,
    }
    for name in sorted({source, target}):
        if name in gateway.systems:
            values |= _service(f"systems.{name}", gateway.systems[name])
    for name in sorted(kommune.arkiv.maal):
        if name in gateway.archives:
            values |= _service(f"archives.{name}", gateway.archives[name])
    return {name: _hash(value) for name, value in sorted(values.items())}


def _told(model: BaseModel, left_out: Mapping[str, str], at: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting that is held to, by its name from the top."""
    for name in type(model).model_fields:
        own, value = f"{at}{name}", getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _told(value, left_out, f"{own}.")
        elif own not in left_out:
            yield own, value


def _service(here: str, service: BaseModel) -> dict[str, Any]:
    """A service's settings: its options and what is confirmed of it, each by itself."""
    values: dict[str, Any] = {}
    for name, value in _told(service, LEFT_OUT["service"]):
        if name == "base_url":
            # An archive's is its own to spell: a slash at the end may matter there.
            values[f"{here}.{name}"] = value.rstrip("/") if isinstance(service, System) else value
        elif isinstance(value, dict):
            values |= {f"{here}.{name}.{key}": one for key, one in value.items()}
        else:
            values[f"{here}.{name}"] = value
    return values


def _hash(value: Any) -> str:
    return hashlib.sha256(_text(value).encode()).hexdigest()[:16]


def _text(value: Any) -> str:
    # A set has no order of its own, and must have the same hash in every process.
    if isinstance(value, frozenset):
        value = sorted(value)
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    elif isinstance(value, dict):
        value = {
            name: one.model_dump(mode="json") if isinstance(one, BaseModel) else one
            for name, one in value.items()
        }
    return json.dumps(value, default=str, sort_keys=True, ensure_ascii=True)
