"""What is laid out for a person is theirs alone, and takes nobody's place."""

import stat

import pytest

from gateway.effects.laying_out import lay_files
from gateway.errors import LocalFault, Rejected

FILES = [("brev.txt", b"one"), ("brev.pdf", b"two")]


def test_nobody_else_on_the_machine_reads_it(tmp_path):
    """The folder and each file are the owner's."""
    paths = lay_files(tmp_path / "ut", FILES)
    assert [path.read_bytes() for path in paths] == [b"one", b"two"]
    assert stat.S_IMODE((tmp_path / "ut").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


def test_again_is_the_same(tmp_path):
    """Laid out twice is laid out once, also where a file of it was taken away."""
    paths = lay_files(tmp_path, FILES)
    paths[0].unlink()
    assert lay_files(tmp_path, FILES) == paths
    assert [path.read_bytes() for path in paths] == [b"one", b"two"]


@pytest.mark.parametrize("nr", [0, 1])
def test_another_child_s_file_stands(tmp_path, nr):
    """One name of them taken is enough: nothing is written, and nothing is lost."""
    (tmp_path / FILES[nr][0]).write_bytes(b"another child's")
    with pytest.raises(Rejected, match="FIL_FINNES_FRA_FOER"):
        lay_files(tmp_path, FILES)
    assert [path.name for path in tmp_path.iterdir()] == [FILES[nr][0]]
    assert (tmp_path / FILES[nr][0]).read_bytes() == b"another child's"


def test_a_folder_that_is_none(tmp_path):
    """A sentence, and no path in it."""
    (tmp_path / "ut").write_bytes(b"")
    with pytest.raises(LocalFault) as told:
        lay_files(tmp_path / "ut" / "her", FILES)
    assert (told.value.code, told.value.place) == ("MAPPE_UTILGJENGELIG", "--out")
    assert told.value.__context__ is None
