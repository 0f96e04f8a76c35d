"""The drop folder: whole or not at all, its owner's alone, and gone when it has done its work."""

import hashlib
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from connectors.manuelt_arkiv.arkiv import INDEX, open_archive
from connectors.sandbox.snapshot import uttak
from gateway.errors import LocalFault
from gateway.ports.archive import LaidOut, Levering, Part
from gateway.ports.connector import ConnectorSettings

CHILD = Part(navn="Kanarifugl Prøvesen", nummer="41814061033")


def opened(folder: Path) -> Any:
    """An archive over a folder."""
    return open_archive(
        ConnectorSettings("manuelt_arkiv", "", "", "", "", "", options={"mappe": str(folder)})
    )


def test_a_snapshot_is_laid_out_whole_and_taken_away(tmp_path: Path) -> None:
    """Every file and an index with the right hashes, for its owner alone; a person must act."""
    folder, snapshot = tmp_path / "ut", uttak(1, CHILD)
    archive = opened(folder)
    answer = archive.deposit(snapshot, None)
    assert (answer.levering, answer.kode) == (Levering.MENNESKE, "ARKIV_MANUELT")
    place = folder / snapshot.key
    index = json.loads((place / INDEX).read_text())
    held = {one["filnavn"]: one["sha256"] for one in index["filer"]}
    assert held == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in place.iterdir()
        if path.name != INDEX
    }
    assert CHILD.navn not in (place / INDEX).read_text()
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert isinstance(archive, LaidOut)
    archive.clear(snapshot.key)
    archive.clear(snapshot.key)
    assert list(folder.iterdir()) == []


def test_half_a_snapshot_is_never_shown_and_never_stays(tmp_path: Path) -> None:
    """A process that died while it wrote leaves nothing to upload; the next go takes it away."""
    folder, snapshot = tmp_path / "ut", uttak(1, CHILD)
    archive = opened(folder)
    half = folder / f".lages-{snapshot.key}-x"
    half.mkdir(parents=True)
    (half / "stafettlogg.pdf").write_bytes(b"halv")
    archive.deposit(snapshot, None)
    assert [path.name for path in folder.iterdir()] == [snapshot.key]
    half.mkdir()
    archive.clear(snapshot.key)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_our_fault(tmp_path: Path) -> None:
    """The code says what to look at, and the child is not in it."""
    folder = tmp_path / "ut"
    folder.write_text("en fil")
    with pytest.raises(LocalFault, match="MAPPE_UTILGJENGELIG") as caught:
        opened(folder).deposit(uttak(1, CHILD), None)
    assert CHILD.navn not in str(caught.value)
