"""Lay out the hand-over package to an individuell plan, for the person who types it in (R-170).

The log itself stays where it is; it is archived and closed by its own routine. What is laid out is
named in the ledger, and passes the gate like everything else that leaves.
"""

import hashlib
from pathlib import Path

import sqlalchemy as sa

from gateway.effects import gate
from gateway.effects.archiving.freezing import frame
from gateway.effects.archiving.verk import Verk
from gateway.errors import LocalFault, Rejected
from gateway.ledger import archive_tables as a
from gateway.ledger.access import Access, Shown
from gateway.ledger.chain import Fact, append


def lay_out(verk: Verk, logg_id: str, folder: Path, access: Access) -> tuple[Path, Path]:
    """Write `ip-overgang.pdf` and `ip-overgang.json`. Raises Rejected with the gate's code.

    The log is read at its vendor now, so that nobody types in what is no longer so.
    """
    from gateway.snapshot.ip import package

    access.covers(Shown.IP_PAKKE, logg_id)
    with verk.database.begin() as connection:
        ref = connection.execute(
            sa.select(a.seen.c.ref).where(
                a.seen.c.tenant == verk.tenant,
                a.seen.c.system == verk.system,
                a.seen.c.logg == logg_id,
            )
        ).scalar()
    if ref is None:
        raise Rejected("UKJENT_LOGG", place=logg_id[:40])
    document = verk.source.document(str(ref))
    logg = verk.decode(document.body)
    code = gate.release_to_person(verk, logg)
    if code:
        raise Rejected(code, place=logg_id)
    pdf, data = package(logg, frame(verk, logg, document.version))
    paths = (folder / "ip-overgang.pdf", folder / "ip-overgang.json")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path, content in zip(paths, (pdf, data), strict=True):
            path.write_bytes(content)
    except OSError:
        raise LocalFault("MAPPE_UTILGJENGELIG", place=folder.name[:40]) from None
    body = {"pdf": hashlib.sha256(pdf).hexdigest(), "json": hashlib.sha256(data).hexdigest()}
    with verk.database.begin() as connection:
        append(connection, verk.now(), [Fact("ippakke", logg=logg_id, body=body)])
    return paths
