"""Lay out the hand-over package to an individuell plan, for the person who types it in (R-170).

The log itself stays where it is; it is archived and closed by its own routine. What is laid out is
named in the ledger, and passes the gate like everything else that leaves.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from gateway.effects import gate
from gateway.effects.archiving.deleting import ref_of, unit_of
from gateway.effects.archiving.freezing import frame
from gateway.effects.archiving.verk import Verk
from gateway.effects.laying_out import lay_files
from gateway.errors import Rejected
from gateway.ledger.access import Access, Shown
from gateway.ledger.chain import Fact, append
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Transition:
    """A log as its vendor has it now, so that nobody types in what is no longer so."""

    logg: Stafettlogg = field(repr=False)
    version: str

    def unit(self) -> tuple[str, str]:
        """The number and the name of the unit that is responsible; empty where not known."""
        return unit_of(self.logg)


def read(verk: Verk, logg_id: str) -> Transition:
    """Read one log. Raises Rejected("UKJENT_LOGG"), and what the source raises."""
    document = verk.source.document(ref_of(verk, logg_id))
    return Transition(verk.decode(document.body), document.version)


def lay_out(verk: Verk, read: Transition, folder: Path, access: Access) -> tuple[Path, ...]:
    """Write `ip-overgang.pdf` and `ip-overgang.json`. Raises Rejected with the gate's code."""
    from gateway.snapshot.ip import package

    logg = read.logg
    access.covers(Shown.IP_PAKKE, logg.id)
    if code := gate.release_to_person(verk, logg):
        raise Rejected(code, place=logg.id)
    pdf, data = package(logg, frame(verk, logg, read.version))
    paths = lay_files(folder, [("ip-overgang.pdf", pdf), ("ip-overgang.json", data)])
    body = {"pdf": hashlib.sha256(pdf).hexdigest(), "json": hashlib.sha256(data).hexdigest()}
    with verk.database.begin() as connection:
        append(connection, verk.now(), [Fact("ippakke", logg=logg.id, body=body)])
    return paths
