"""Holds every XML that leaves against our own contract before it is encrypted.

An archive answers a wrong message hours later with a code; here it stops at once. The schema
library's own messages quote values and are never kept: an element's name is.
"""

import re
import threading
from importlib import resources
from pathlib import Path

from lxml import etree

from gateway.errors import LocalFault

_SCHEMAS = Path(str(resources.files("schemas.fiks_arkiv")))
# Compiled schemas keep their last error list in themselves, so one thread at a time.
_lock = threading.Lock()
_compiled: dict[str, etree.XMLSchema] = {}
_ELEMENT = re.compile(r"^Element '(?:\{[^}]*\})?([A-Za-z]{1,40})'")


def fault_in(root: etree._Element, contract: str) -> str:
    """The name of the first element that breaks `contract` (a file name without .xsd), or ""."""
    with _lock:
        schema = _compiled.get(contract)
        if schema is None:
            schema = etree.XMLSchema(file=str(_SCHEMAS / f"{contract}.xsd"))
            _compiled[contract] = schema
        if schema.validate(root):
            return ""
        first = schema.error_log[0].message
    found = _ELEMENT.match(first)
    return found.group(1) if found else "ukjent"


def serialize(root: etree._Element, contract: str) -> bytes:
    """UTF-8 with a declaration, the same bytes for the same tree.

    Raises LocalFault("UGYLDIG_MELDING") naming the element that breaks the contract.
    """
    wrong = fault_in(root, contract)
    if wrong:
        raise LocalFault("UGYLDIG_MELDING", place=f"{contract} {wrong}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
