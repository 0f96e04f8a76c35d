"""One archive with a wrong set-up fails alone: the others get theirs, and nothing is deleted.

Real processes and real HTTP; the breach is planted in the configuration, and taken out again.
"""

import pytest

from tests.story.test_archive_killed import Archived
from tests.story.town import CX, town

BROKEN, SOUND = "noark5", "gi_arkiv"


@pytest.fixture
def place(tmp_path):
    """A town with two archives, one of which cannot be opened."""
    with town(tmp_path / "town") as made:
        one = Archived(made, 12)
        file = made.config / "gateway.toml"
        sound = file.read_text()
        head = f"[archives.{BROKEN}.options]\n"
        assert sound.count(head) == 1
        file.write_text(sound.replace(head, head + 'ukjent = "x"\n'))
        try:
            yield one, lambda: file.write_text(sound)
        finally:
            one.close()


def test_a_wrong_set_up_of_one_archive_is_its_own(place):
    """R-156: the sound archive has every byte, the other its queue, and the round says why."""
    one, mend = place
    told = one.place.stafett("archive", "run", CX, ok=(4,))
    assert told["stopped"] == "UGYLDIG_PROFIL"
    assert told["shut"] == [{"arkiv": BROKEN, "kode": "UGYLDIG_PROFIL"}]
    records = one.apps[SOUND].journal()["journalposter"]
    assert len(records) >= 2
    assert set(records.values()) == {1}
    assert not one.apps[BROKEN].journal()["journalposter"]
    passive = next(row["logg"] for row in _logs(one) if row["tilstand"] == "PASSIV")
    words = ("delete", CX, passive, "--by", "fag")
    refused = one.place.stafett(*words, ok=(2, 3))["error"]["code"]
    assert refused == "SLETT_UBEKREFTET"
    assert passive in {row["logg"] for row in _logs(one)}
    mend()
    told = one.place.stafett("archive", "run", CX)
    assert "stopped" not in told and "shut" not in told
    assert one.judge() == len(records)


def test_what_was_archived_there_is_not_deleted_while_it_cannot_be_asked(place):
    """R-156: a receipt of before is not enough; the archive is asked again, and cannot be."""
    one, mend = place
    broken = (one.place.config / "gateway.toml").read_text()
    mend()
    one.round()
    passive = next(row["logg"] for row in _logs(one) if row["tilstand"] == "PASSIV")
    (one.place.config / "gateway.toml").write_text(broken)
    words = ("delete", CX, passive, "--by", "fag")
    refused = one.place.stafett(*words, ok=(2, 3))["error"]["code"]
    assert refused == "UGYLDIG_PROFIL"
    assert passive in {row["logg"] for row in _logs(one)}
    mend()
    one.place.stafett(*words)
    assert passive not in {row["logg"] for row in _logs(one)}


def _logs(one):
    return one.place.stafett("archive", "logs", CX)["logs"]
