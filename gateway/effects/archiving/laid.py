"""Which folders hold what we laid out ourselves of a snapshot: files in them prove nothing.

What is carried to an archive by hand is written to a folder, or lies in a drop folder, and has the
very bytes that were frozen. Compared with themselves they are always the same, so a person who
shows files fetched from the archive may not show these. A folder is known by the hash of its path,
which is all the chain holds of it; files somebody has copied elsewhere cannot be told from others.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from gateway.effects.archiving.verk import Verk
from gateway.ledger import tables as t
from gateway.ports.archive import LaidWhere

KIND = "arkivutlagt"
"""The entry of a snapshot's files laid out for a person."""


def mark(folder: Path) -> str:
    """A folder as the chain knows it."""
    return hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()


def ours(verk: Verk, snapshot_id: str, archive: str) -> Callable[[Path], bool]:
    """A test of a file: true in a folder where we laid this snapshot out."""
    with verk.database.look() as connection:
        bodies = connection.execute(
            sa.select(t.entry.c.body).where(
                t.entry.c.kind == KIND, t.entry.c.body.contains(snapshot_id, autoescape=True)
            )
        ).scalars()
        told = [json.loads(str(body)) for body in bodies]
    marks = {str(one["sted"]) for one in told if one.get("uttak") == snapshot_id and "sted" in one}
    maal = verk.archives.get(archive)
    if maal is not None and isinstance(maal.archive, LaidWhere):
        marks.add(mark(maal.archive.laid_out(snapshot_id)))

    def lies_there(path: Path) -> bool:
        return any(mark(folder) in marks for folder in path.resolve().parents)

    return lies_there
