"""The receiver says that a log is there when every byte of it is, and not before.

The sender closes its log on that word, so a file that was only named there would be lost for the
child: the last copy is behind a closed door.
"""

import hashlib

import pytest

from tests.story.paa_ledningen import received

BROUGHT = "^PUT .*/content$"


@pytest.mark.parametrize("kind", ["content_lost", "content_swapped"])
def test_a_log_whose_files_did_not_come_is_not_said_to_be_there(flytting, kind):
    """The receiver's system loses content behind an answer that says done: the sender goes on
    waiting, the receiver sees which code it hangs on, and when the system is well it is whole."""
    f = flytting("vedlegg")
    own = received(f)
    f.m.system.running.faults([{"kind": kind, "match": BROUGHT, "times": 0}])
    f.accept(own)
    for _ in range(6):
        f.klokke.turn(minutes=30)
        f.m.round()
        f.a.round()
    assert f.states(own)[0] != "FULLFOERT"
    assert f.m.row(own, side=_receiver()).verdi["kode"] == "FIL_IKKE_LAGRET"

    f.m.system.running.faults([])
    f.klokke.turn(hours=3)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    connector = f.m.system.connect()
    (entry,) = connector.page(None).entries
    files = connector.document(entry.ref).files
    assert files
    for file in files:
        assert hashlib.sha256(connector.file(entry.ref, file.file_id)).hexdigest() == file.sha256


def _receiver():
    from gateway.overfoering.tilstand import Side

    return Side.MOTTAKER
