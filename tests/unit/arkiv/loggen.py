"""The smallest log there is, for properties that build many."""

from typing import Any

from schemas.stafettlogg.kodeverk import Hovedpersontype, Kildesystem, Loggstatus
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Hovedperson


def enkel(**changes: Any) -> Stafettlogg:
    """A log about one child with nothing in it."""
    fields: dict[str, Any] = {
        "id": "logg-1",
        "kildesystem": Kildesystem.CONEXUS,
        "hovedperson": Hovedperson(person="barn", type=Hovedpersontype.BARN),
        "status": Loggstatus.AKTIV,
    }
    return Stafettlogg(**(fields | changes))
