"""Deposits snapshots one after another until told otherwise: the process the tests kill.

`python deponerer.py ARCHIVE URL FOLDER NUMBER-OF-SNAPSHOTS`. Does what the gateway does: find,
deposit what is missing, and find again when the outcome is not known. It remembers nothing. An
archive without a sandbox is a folder.
"""

import importlib
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from connectors.sandbox.snapshot import uttak
from connectors.sandbox.synthetic import national_id, seeded
from gateway.errors import Transient, UnknownOutcome
from gateway.ports.archive import Part
from gateway.ports.connector import ConnectorSettings


def main() -> None:
    """Every snapshot of the series, however often it takes."""
    name, url, folder, count = sys.argv[1:]
    module = importlib.import_module(f"connectors.{name}.arkiv")
    settings = ConnectorSettings(name, "", "", "", "", "", options={"mappe": folder})
    if url:
        sample = importlib.import_module(f"connectors.{name}.sandbox.sample")
        settings = sample.settings(url, Path(folder))
    archive = module.open_archive(replace(settings, timeout=2.0, deadline=4.0, attempts=4))
    barn = Part(navn="Invented Name", nummer=national_id(date(2017, 1, 1), seeded("archive")))
    for number in range(int(count)):
        snapshot = uttak(number, barn, logg=number % 3)
        while True:
            try:
                archive.deposit(snapshot, archive.find(snapshot))
                break
            except (UnknownOutcome, Transient):
                continue
    archive.close()
    print("ferdig")


if __name__ == "__main__":
    main()
