"""What an archive shows of one delivery now: asked for by its key, and read back byte for byte.

One look for whoever needs it: a person who confirms, a receipt that is looked at again, a deletion.
Nothing is sent from here and nothing is stored.
"""

from dataclasses import dataclass
from typing import Any

from gateway.effects.archiving.delivery import read_back, whole
from gateway.effects.archiving.loading import addressed, load
from gateway.effects.archiving.verk import Arkivmaal, Verk
from gateway.errors import Conflict, Rejected
from gateway.ports.archive import Funn


@dataclass(frozen=True, slots=True)
class Seen:
    """A record that stands whole: where, and per file (number, the archive's id, SHA-256)."""

    found: Funn
    evidence: tuple[tuple[int, str, str], ...]


def look(verk: Verk, maal: Arkivmaal, row: dict[str, Any]) -> Seen | None:
    """What stands in the archive under the delivery's key; None when nothing does.

    Raises Rejected("ARKIV_MANGLER_FIL") for a record without all its files, "ARKIV_FIL_BORTE" for
    one whose bytes are gone, "ARKIV_FEIL_HASH" for other bytes, and what the archive raises.
    """
    uttak, _logg = addressed(load(verk, row["snapshot_id"]), row)
    found = maal.archive.find(uttak)
    if found is None:
        return None
    if not whole(uttak, found):
        raise Rejected("ARKIV_MANGLER_FIL", place=uttak.key)
    try:
        return Seen(found, read_back(maal, uttak, found))
    except Conflict as error:
        if error.code != "BORTE":
            raise
    raise Rejected("ARKIV_FIL_BORTE", place=uttak.key)
