"""What is sent on an import: the log as it is given, with the breaches of entry rules declared.

It must not change the log.
"""

import json
from typing import Any

from connectors.http.strictjson import load
from gateway.errors import LocalFault
from gateway.ports.connector import Order


def read_order(order: Order) -> str:
    """The log id the order's body asks for. Raises LocalFault when the body is not ours.

    A log new to this system carries our key as `eksternNokkel`. A log that comes home keeps what
    it left with; then `loggId` is the vendor's own and never the key.
    """
    logg = _load(order.body)
    wanted = logg.get("loggId") if isinstance(logg, dict) else None
    if not isinstance(wanted, str):
        raise LocalFault("FEIL_NOKKEL", place=order.key)
    if wanted == order.key and logg.get("eksternNokkel") != order.key:
        raise LocalFault("FEIL_NOKKEL", place=order.key)
    return wanted


def wanted_id(body: bytes) -> str | None:
    """The log id a body asks for; None when it asks for none that could be read."""
    logg = _load(body) if body else None
    wanted = logg.get("loggId") if isinstance(logg, dict) else None
    return wanted if isinstance(wanted, str) and wanted else None


def native_id(body: bytes, key: str) -> str | None:
    """The id of a log that is native to this system; None for one that carries our key."""
    logg = _load(body) if body else None
    if not isinstance(logg, dict) or logg.get("eksternNokkel") == key:
        return None
    return wanted_id(body)


def _load(body: bytes) -> Any:
    # Outside the handler: a JSONDecodeError holds the whole document.
    try:
        return load(body)
    except (ValueError, RecursionError):
        return None


def envelope(order: Order) -> bytes:
    """{"logg": ..., "kjenteAvvik": [...]}; the log's bytes are put in untouched."""
    known = [{"regel": rule, "enhet": entity} for rule, entity in order.known_violations]
    declared = json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode()
    return b'{"logg":' + order.body + b',"kjenteAvvik":' + declared + b"}"
