"""A drop folder for archives without an interface (Visma Samhandling Arkiv, Sikker Sak and others).

The vendor says itself that its archive cannot be integrated with other solutions
(oppdal.arkivplan.no, Visma Samhandling Arkiv), so a person uploads and confirms: a first-class
path. The snapshot is laid out in a folder of its own, readable by its owner alone, until the
confirmation; then it is taken away again. This module must never believe that anything is archived.
"""

import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.titler import refuse_content
from gateway.errors import LocalFault, Rejected
from gateway.ports.archive import (
    Archive,
    ArchiveFacts,
    Funn,
    Funnetfil,
    Levering,
    Proevd,
    Svar,
    Uttak,
    Uttaksfil,
)
from gateway.ports.connector import ConnectorSettings, Operation, Provenance

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "uttak.levere",
        "mappe",
        Provenance.MANUAL,
        "a person uploads the files of the folder and confirms with the archive's id",
        "files laid out until the confirmation",
    ),
)
INDEX = "innhold.json"


class Profil(BaseModel):
    """Where snapshots are laid out, and what the archive is called in the task."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    mappe: Path
    navn: str = "arkivet"


def open_archive(settings: ConnectorSettings) -> Archive:
    """A drop folder. Raises LocalFault when it is not configured, with the name of a field."""
    place = f"archives.{settings.system}.options"
    try:
        return ManualArchive(Profil.model_validate(dict(settings.options)))
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        place += "." + ".".join(str(part) for part in found[0]["loc"])
    raise LocalFault("KONFIG_UGYLDIG", place=place)


class ManualArchive:
    """An Archive; nothing is ever found in it, because nobody can look."""

    repeatable = True
    """The same snapshot again is the same folder."""

    def __init__(self, profil: Profil) -> None:
        self._profil = profil

    def facts(self) -> ArchiveFacts:
        """What it is. Raises LocalFault when the folder cannot be written."""
        self._folder()
        return ArchiveFacts("manuelt arkiv", "mappe", "lokal", reads_back=False)

    def find(self, uttak: Uttak) -> Funn | None:
        """None: what a person carried into an archive cannot be seen from here."""
        return None

    def deposit(self, uttak: Uttak, found: Funn | None) -> Svar:
        """Lay the files out; the same snapshot again is the same folder."""
        refuse_content(uttak)
        root = self._folder()
        place = root / uttak.key
        try:
            self._sweep(uttak.key)
            made = root / f".lages-{uttak.key}-{secrets.token_hex(8)}"
            made.mkdir(mode=0o700)
            for file in uttak.filer:
                _lay(made / file.filnavn, uttak.read_file(file.nr), uttak, file)
            (made / INDEX).write_text(_index(uttak), encoding="utf-8")
            if place.exists():
                # Out of sight before it is taken apart: nobody finds a folder that lacks files.
                os.replace(place, f"{made}-foer")
            os.replace(made, place)
        except OSError:
            raise LocalFault("MAPPE_UTILGJENGELIG", place=uttak.key) from None
        finally:
            self._sweep(uttak.key)
        return Svar(Levering.MENNESKE, "ARKIV_MANUELT", uttak.key)

    def progress(self, uttak: Uttak, ref: str) -> Svar:
        """Still a person's to do."""
        return Svar(Levering.MENNESKE, "ARKIV_MANUELT", ref)

    def fetch(self, fil: Funnetfil) -> bytes:
        """Nothing can be read back here. Raises Rejected."""
        raise Rejected("ARKIV_LESER_IKKE", place=fil.ref)

    def clear(self, key: str) -> None:
        """Take a confirmed snapshot's files away again; it is in the archive now."""
        shutil.rmtree(self._profil.mappe / key, ignore_errors=True)
        self._sweep(key)

    def laid_out(self, key: str) -> Path:
        """Where a snapshot's files lie until they are confirmed."""
        return self._profil.mappe / key

    def rehearse(self) -> tuple[Proevd, ...]:
        """A file is laid in the folder, read, and taken away again."""
        name, data, there = f".proeve-{secrets.token_hex(8)}", os.urandom(64), b""
        path = self._folder() / name
        try:
            path.touch(mode=0o600, exist_ok=False)
            path.write_bytes(data)
            there = path.read_bytes()
            path.unlink()
        except OSError:
            return (Proevd("opplasting", "MAPPE_UTILGJENGELIG", "options.mappe"),)
        same = there == data
        return (Proevd("opplasting", "" if same else "FIL_STEMMER_IKKE", "options.mappe"),)

    def close(self) -> None:
        """Nothing is open."""

    def _sweep(self, key: str) -> None:
        """What a process that died had begun to lay out; nobody would ever fetch it."""
        for half in self._profil.mappe.glob(f".lages-{key}-*"):
            shutil.rmtree(half, ignore_errors=True)

    def _folder(self) -> Path:
        try:
            self._profil.mappe.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            raise LocalFault("MAPPE_UTILGJENGELIG", place="options.mappe") from None
        return self._profil.mappe


def _lay(path: Path, data: bytes, uttak: Uttak, file: Uttaksfil) -> None:
    """Write a file, and read what was written. Raises LocalFault("FIL_STEMMER_IKKE") when either is
    not what was frozen: a person would carry it on, and cannot see it."""
    written = b""
    if hashlib.sha256(data).hexdigest() == file.sha256:
        path.write_bytes(data)
        written = path.read_bytes()
    if hashlib.sha256(written).hexdigest() != file.sha256:
        raise LocalFault("FIL_STEMMER_IKKE", place=f"{uttak.key}/{file.nr}")


def _index(uttak: Uttak) -> str:
    """What lies in the folder, for the archivist: titles, hashes and sizes; no name, no number."""
    told = {
        "uttak": uttak.key,
        "mappe": uttak.mappe_key,
        "tittel": uttak.tittel,
        "mappetype": uttak.mappetype,
        "dato": uttak.dato,
        "filer": [
            {
                "nr": file.nr,
                "filnavn": file.filnavn,
                "tittel": file.tittel,
                "format": file.format,
                "sha256": file.sha256,
                "bytes": file.size,
            }
            for file in uttak.filer
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
