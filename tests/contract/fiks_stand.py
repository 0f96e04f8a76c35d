"""The practice platform with its archive, running, and archives opened against it."""

import dataclasses
from pathlib import Path
from typing import Any

from connectors.fiks_arkiv.arkiv import open_archive
from connectors.fiks_arkiv.sandbox import sample
from connectors.fiks_arkiv.sandbox.app import open_sandbox
from connectors.sandbox.server import start
from gateway.ports.archive import Archive, Uttak


class Stand:
    """A sandbox running over a folder of its own, and archives opened against it."""

    def __init__(self, folder: Path, amqp: str) -> None:
        self.folder, self.amqp = folder, amqp
        self.app = open_sandbox(folder, amqp=amqp)
        self.server = start(self.app)
        self._opened: list[Archive] = []

    def open(self, **changes: Any) -> Archive:
        """An archive with settings changed; options go in by name."""
        base = sample.settings(self.server.url)
        names = {field.name for field in dataclasses.fields(base)} - {"options"}
        options = {k: v for k, v in changes.items() if k not in names}
        own = {k: v for k, v in changes.items() if k in names}
        settings = dataclasses.replace(base, **{"deadline": 6.0, **own})
        archive = open_archive(dataclasses.replace(settings, options={**base.options, **options}))
        self._opened.append(archive)
        return archive

    def count(self, uttak: Uttak) -> tuple[int, int, int]:
        """(folders, records, files) under the snapshot's keys."""
        journal = self.app.journal()
        return (
            journal["mapper"].get(uttak.mappe_key, 0),
            journal["journalposter"].get(uttak.key, 0),
            journal["dokumenter"].get(uttak.key, 0),
        )

    def close(self) -> None:
        """Close the archives, the server and the data."""
        for archive in self._opened:
            archive.close()
        self.server.stop()
        self.app.close()
