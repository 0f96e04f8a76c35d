"""What is sent on an import: the log as it is given, with the breaches of entry rules declared.

It must not change the log.
"""

import json
from typing import Any

from gateway.errors import LocalFault
from gateway.ports.connector import Order


def read_order(order: Order) -> str:
    """The log id the order's body asks for. Raises LocalFault when the body is not ours."""
    logg = _load(order.body)
    wanted = logg.get("loggId") if isinstance(logg, dict) else None
    if not isinstance(wanted, str) or logg.get("eksternNokkel") != order.key:
        raise LocalFault("FEIL_NOKKEL", place=order.key)
    return wanted


def _load(body: bytes) -> Any:
    # Outside the handler: a JSONDecodeError holds the whole document.
    try:
        return json.loads(body)
    except ValueError:
        return None


def envelope(order: Order) -> bytes:
    """{"logg": ..., "kjenteAvvik": [...]}; the log's bytes are put in untouched."""
    known = [{"regel": rule, "enhet": entity} for rule, entity in order.known_violations]
    declared = json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode()
    return b'{"logg":' + order.body + b',"kjenteAvvik":' + declared + b"}"
