"""Brings snapshots into the archive until all are there: the process that the test kills.

`python fiks_deponerer.py URL FIRST COUNT`. It does what the core does: look first, send
what is missing, never believe an answer, read the bytes back. Prints a line per snapshot done.
"""

import hashlib
import sys
import time
from datetime import date
from random import Random

from connectors.fiks_arkiv.arkiv import open_archive
from connectors.fiks_arkiv.sandbox import sample
from connectors.sandbox import snapshot, synthetic
from gateway.errors import Transient, UnknownOutcome
from gateway.ports.archive import Archive, Part, Uttak


def made(number: int) -> Uttak:
    """Snapshot `number`, of a child with a number nobody has."""
    born = date(2014, 3, 4)
    return snapshot.uttak(number, Part("Liv Prøve", synthetic.national_id(born, Random(number))))


def bring(archive: Archive, uttak: Uttak) -> None:
    """Until the bytes have been read back."""
    for _ in range(60):
        try:
            found = archive.find(uttak)
            if found is None:
                archive.deposit(uttak, None)
                continue
            if all(
                hashlib.sha256(archive.fetch(fil)).hexdigest() == uttak.filer[fil.nr - 1].sha256
                for fil in found.filer
            ) and len(found.filer) == len(uttak.filer):
                return
        except (Transient, UnknownOutcome):
            time.sleep(0.05)
    raise SystemExit(f"gave up on {uttak.key}")


def main() -> None:
    """Bring them all."""
    url, first, count = sys.argv[1:]
    archive = open_archive(sample.settings(url))
    for number in range(int(first), int(first) + int(count)):
        bring(archive, made(number))
        print(number, flush=True)
    archive.close()


if __name__ == "__main__":
    main()
