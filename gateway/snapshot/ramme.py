"""What a snapshot is frozen with besides the log: the municipality's words, version and moment.

Everything is a value. Nothing in this package reads a clock: the same log in the same frame gives
the same bytes for ever.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from schemas.stafettlogg.kodeverk import Maalform

if TYPE_CHECKING:
    from schemas.stafettlogg.logg import Stafettlogg


class Standard(StrEnum):
    """Which PDF/A the archive takes. A-3a has the JSON inside, and only where the depot agrees."""

    A1A = "a-1a"
    A2A = "a-2a"
    A3A = "a-3a"


@dataclass(frozen=True, slots=True)
class Ramme:
    """The frame of one snapshot.

    `frosset` is the aware moment the log is shown at: it decides what is still editable (R-077) and
    dates the document. It is printed nowhere, for nothing need have happened then. `sist_endret`
    is when the source says that the log was last changed, which the pages and the manifest tell as
    the source's word: an attachment may be another without that time having moved. When the files
    were made is no part of them: the same log gives the same bytes whenever that is.
    `nivaa_tekster` are the municipality's own definitions of level 1 to 3, empty where it has none
    (B-04). `versjon` is the version of the log that is shown, and `utloeser` why it was taken, both
    as the job says them. `maalform` holds where the log has none of its own (R-094).
    """

    kommunenummer: str
    kommune: str
    frosset: datetime
    versjon: str
    utloeser: str = ""
    maalform: Maalform = Maalform.NB
    nivaa_tekster: tuple[str, str, str] = ("", "", "")
    redigering_timer: int = 8
    standard: Standard = Standard.A2A
    sist_endret: datetime | None = None

    def maalform_for(self, logg: "Stafettlogg") -> Maalform:
        """The written standard of the snapshot: the log's own, else the municipality's."""
        return logg.maalform or self.maalform
