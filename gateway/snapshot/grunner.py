"""Why a leaf of the log is not shown on a page, and which leaf has which reason.

The list is short on purpose. A leaf that is neither shown nor has a reason here stops the
snapshot: nothing is left out in silence.
"""

from enum import StrEnum
from typing import Any

from gateway.snapshot.vist import Sted
from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from schemas.stafettlogg.logg import Stafettlogg


class Grunn(StrEnum):
    """The reasons. Each has a sentence in both written standards."""

    TOM = "tom"
    """Nothing was registered."""
    INTERN_ID = "intern_id"
    """The gateway's own id; references are shown as names."""
    KILDE_ID = "kilde_id"
    """The source system's own id; it is in the structured copy."""
    SAMME_KILDE = "samme_kilde"
    """From the same system as the log, which is said once."""
    OPPDELT = "oppdelt"
    """A list whose members are shown one by one."""
    IKKE_SATT = "ikke_satt"
    """A mark that is not set; it is shown only where it is."""
    VERN = "vern"
    """Belongs to the Folkeregister and is never exported (C-4)."""
    ANDRES_NUMMER = "andres_nummer"
    """The number of somebody else than the main person (C-6); it is in the structured copy."""


def reason(sted: Sted, value: Any, logg: Stafettlogg) -> Grunn | None:
    """Why a leaf may be left out of the pages; None when it may not."""
    kind, key, path = sted
    if value is None or value == () or (isinstance(value, str) and not value.strip()):
        return Grunn.TOM
    if path in ("id", "kilde_id"):
        return Grunn.INTERN_ID if path == "id" else Grunn.KILDE_ID
    if path == "kildesystem" and value == logg.kildesystem:
        return Grunn.SAMME_KILDE
    if isinstance(value, tuple):
        return Grunn.OPPDELT
    if value is False:
        return Grunn.IKKE_SATT
    if path == "adressebeskyttelse" and value == Adressebeskyttelse.UKJENT:
        return Grunn.VERN
    others_number = kind == "Person" and path.startswith("identifikatorer.")
    if others_number and key != logg.hovedperson.person:
        return Grunn.ANDRES_NUMMER
    if path == "evaluering":
        return Grunn.OPPDELT
    return None
