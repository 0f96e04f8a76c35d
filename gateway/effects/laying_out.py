"""Files with what is in a log, laid out for one person: theirs alone, and nobody's file is lost.

Who is given them, and that it is written in the ledger first, is the caller's to see to
(`ledger/access.py`).
"""

import os
from collections.abc import Sequence
from pathlib import Path

from gateway.errors import LocalFault, Rejected


def lay_files(folder: Path, files: Sequence[tuple[str, bytes]]) -> tuple[Path, ...]:
    """Write files that nobody else on the machine can read; the paths, in order.

    A file that is there with the same content is left; with other content it is another child's,
    or an older page, and nothing at all is written. Raises Rejected("FIL_FINNES_FRA_FOER") and
    LocalFault("MAPPE_UTILGJENGELIG").
    """
    paths = tuple(folder / name for name, _ in files)
    failed, taken = False, ""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        there = {path for path in paths if path.exists()}
        taken = next(
            (p.name for p, (_, data) in zip(paths, files, strict=True)
             if p in there and p.read_bytes() != data), "",
        )  # fmt: skip
        if not taken:
            for path, (_, data) in zip(paths, files, strict=True):
                if path not in there:
                    own = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                    with os.fdopen(own, "wb") as file:
                        file.write(data)
    except OSError:
        failed = True
    if failed:
        raise LocalFault("MAPPE_UTILGJENGELIG", place="--out")
    if taken:
        raise Rejected("FIL_FINNES_FRA_FOER", place="--out")
    return paths
