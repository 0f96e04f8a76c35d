"""What a run is carried out under: the settings that decide what goes and how, each as a hash.

A plan's signature keeps them, so that a change between signing and running is told by the names of
what changed. No secret, and nothing that only decides how patient we are: not knowing a timeout
changes no log. Pure; whoever asks hands in the hashes of the code that makes what is sent.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from gateway.settings.load import Settings


def ran_under(
    settings: Settings, source: str, target: str, code: Mapping[str, str]
) -> dict[str, str]:
    """Name of a setting -> the first 16 hex digits of its value's SHA-256. `code` is name -> hash
    of mappings and model."""
    gateway, kommune = settings.gateway, settings.kommune
    values: dict[str, Any] = {
        "environment": gateway.environment,
        "max_shrink_percent": gateway.max_shrink_percent,
        "nummer": kommune.nummer,
        "redigering_timer": kommune.redigering_timer,
        "adressesperre.registerfil": kommune.adressesperre.registerfil,
        "ansatte.fil": kommune.ansatte.fil or kommune.overfoering.ansattfil,
        "arkiv.maal": kommune.arkiv.maal,
        "overfoering.med_bilde": kommune.overfoering.med_bilde,
        "overfoering.med_presentasjon": kommune.overfoering.med_presentasjon,
        **{f"samtykke.{name}": getattr(kommune.samtykke, name)
           for name in ("egen_alder", "under", "fra", "felles_foreldreansvar")},
        **code,
    }  # fmt: skip
    for name in sorted({source, target}):
        system = gateway.systems.get(name)
        if system is None:
            continue
        here = f"systems.{name}"
        values |= {
            f"{here}.base_url": system.base_url.rstrip("/"),
            f"{here}.contract": system.contract,
            f"{here}.reads_whole_log": system.reads_whole_log,
            **{f"{here}.options.{key}": value for key, value in system.options.items()},
            **{f"{here}.confirmed.{key}": (one.av, one.dato)
               for key, one in system.confirmed.items()},
        }  # fmt: skip
    return {name: _hash(value) for name, value in sorted(values.items())}


def _hash(value: Any) -> str:
    text = json.dumps(value, default=str, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
