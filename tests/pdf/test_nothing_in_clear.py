"""Attachments leave nothing in clear on a disk, also when parent and worker are killed at once."""

import base64
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gateway.snapshot.opplasting import treat
from tests.pdf.byggepdf import one_page, stream

KILLS = 50 if os.environ.get("STAFETT_FULL") == "1" else 5
MARK = b"Merket innhold 7c1f9a"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
"""How a page's picture begins; three bytes of it stand in sealed content by chance."""
# Both ends as the product has them: the worker draws, and every file is sealed into the store.
_NIGHT = """
import sys
from pathlib import Path
from gateway.clock import SystemClock
from gateway.ledger.database import Database
from gateway.ledger.keys import parse
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.snapshot import arbeidere
from gateway.snapshot.opplasting import treat
body, data = Path(sys.argv[1]).read_bytes(), Path(sys.argv[2])
database, ring = Database("", data), parse(sys.argv[3])
prepare(database, ring)
store = PayloadStore(database, ring, SystemClock())
worker = arbeidere.take(2_000_000_000)
print(worker.process.pid, flush=True)
arbeidere.give(worker)
while True:
    (outcome,) = treat([body], "nb")
    assert outcome.body
    store.put([("log:1", body), ("log:1", outcome.body)])
    print("en", flush=True)
"""


def found_in_clear(*folders: Path) -> list[str]:
    """Names of files below the folders that hold the marked words or a picture of a page."""
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    bodies = [(file.name, file.read_bytes()) for file in files]
    return [name for name, body in bodies if MARK in body or JPEG in body]


def test_a_double_kill_leaves_nothing_in_clear(tmp_path: Path) -> None:
    """Parent and worker killed at once at many moments of many files: the raw files of the
    temporary folder and of the data folder hold no word and no picture of the attachment."""
    upload, data, temporary = tmp_path / "inn.pdf", tmp_path / "data", tmp_path / "tmp"
    upload.write_bytes(one_page(stream(b"BT /F1 24 Tf 9 9 Td (" + MARK + b") Tj ET"), pages=20))
    temporary.mkdir()
    key = "k1:" + base64.b64encode(bytes(range(32))).decode()
    for nr in range(KILLS):
        night = subprocess.Popen(
            [sys.executable, "-c", _NIGHT, str(upload), str(data), key],
            env=os.environ | {"TMPDIR": str(temporary)}, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert night.stdout is not None
        worker = int(night.stdout.readline())
        time.sleep(0.1 + 0.6 * nr / KILLS)
        os.kill(night.pid, signal.SIGKILL)
        os.kill(worker, signal.SIGKILL)
        night.wait()
        night.stdout.close()
    assert (data / "payload.db").stat().st_size > 0
    assert found_in_clear(temporary, data) == []
    assert list(temporary.iterdir()) == []


WAYS = {
    "a file": "(worked / 'side').write_bytes(body)",
    "a temporary file": "import tempfile; tempfile.TemporaryFile().write(body)",
    "a larger file": "file = open(worked / 'side', 'wb'); file.truncate(10)",
    "a file in memory": "os.write(os.memfd_create('side'), body)",
    "a spool": "import tempfile; tempfile.SpooledTemporaryFile(1).write(body)",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("none_before")
def test_the_worker_can_write_no_file(plant: Any, tmp_path: Path, way: str) -> None:
    """Planted, a way at a time: a library lays what it reads aside; the kernel refuses."""
    plant(
        f"try:\n    {WAYS[way]}\n"
        "except (OSError, ValueError): return omgjoering.Utfall(code='VEDLEGG_PASSORD')\n"
        "return omgjoering.Utfall(code='VEDLEGG_OEDELAGT')",
        writes=False,
    )
    (outcome,) = treat([b"%PDF-1.7 " + MARK], "nb")
    assert outcome.code == "VEDLEGG_PASSORD"
    assert found_in_clear(tmp_path) == []
