"""What a SOAP fault means here: its kind and a safe code are read, never a sentence of it.

The faults of the standard stand in the detail: Validation and Application are a no to this one;
Finder is "no such thing"; Operational is busy; System and Implementation are the archive's own.
After a write, a fault of the archive's own says nothing of whether the work was done.
"""

import re

from connectors.gi_arkiv.tre import Element, Unparsable, parse, text
from gateway.errors import GatewayError, LocalFault, Rejected, Transient, UnknownOutcome
from schemas.gi_arkiv.navnerom import SOAP, TEKNISK

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")
_NUMBER = re.compile(r"\d{6,}")
_NO = frozenset({"ValidationFault", "ApplicationFault"})
_SIGN_IN = frozenset(
    {
        "FailedAuthentication",
        "InvalidSecurity",
        "InvalidSecurityToken",
        "FailedCheck",
        "SecurityTokenUnavailable",
        "MessageExpired",
    }
)


class NotFound(Rejected):
    """A FinderFault: nothing stands under the key. Never leaves the client."""


def fault_in(data: bytes) -> Element | None:
    """The Fault of an answer; None when it is something else."""
    try:
        root, _ = parse(data)
    except Unparsable:
        return None
    return root.find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")


def meaning(fault: Element, *, write: bool, place: str) -> GatewayError:
    """The gateway's error for a fault."""
    kind, told = _kind(fault)
    where = f"{place} {told}".strip()
    if kind == "FinderFault":
        return NotFound("AVVIST", place=where)
    if kind in _NO:
        return Rejected("AVVIST", place=where)
    if kind in _SIGN_IN:
        return LocalFault("IKKE_INNLOGGET", place=place)
    if kind == "Client":
        return Rejected("AVVIST", place=where)
    if write:
        return UnknownOutcome("UVISST_UTFALL", place=where)
    busy = kind == "OperationalFault"
    return Transient("UTILGJENGELIG" if busy else "TJENERFEIL", place=where)


def _kind(fault: Element) -> tuple[str, str]:
    """(kind, safe code): the detail's element when the standard's, else the fault code's name."""
    detail = fault.find("detail")
    for child in detail if detail is not None else ():
        namespace, _, tag = str(child.tag).removeprefix("{").partition("}")
        if namespace == TEKNISK:
            return tag, _safe(text(child, "tek:feilKode"))
    code = fault.find("faultcode")
    words = (code.text or "" if code is not None else "").strip().rpartition(":")[2].split(".")
    return words[-1] if words[-1] in _SIGN_IN else words[0], ""


def _safe(code: str) -> str:
    return code if _CODE.fullmatch(code) and not _NUMBER.search(code) else ""
