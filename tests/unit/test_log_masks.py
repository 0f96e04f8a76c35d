"""The last filter of the log: an id that is somebody's number is masked, however it is grouped."""

import pytest

from gateway.log import mask

UUID = "7c570ca9-bfe0-5c41-864c-163061793063"


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        ("logg 41814061033 her", "logg *** her"),
        ("99999999999", "***"),
        ("418140-61033", "***"),
        ("logg-41.81.40.610.33", "***"),
        (UUID, UUID),
        ("plan-20261130-12345678", "plan-20261130-12345678"),
        ("side 3 av 1200", "side 3 av 1200"),
        (3, 3),
    ],
)
def test_a_number_is_masked(place, kept):
    """Together, it alone; in groups, the whole value, for nobody knows where it ends."""
    assert mask(None, "error", {"place": place}) == {"place": kept}


def test_a_field_that_is_no_id_is_left_out():
    """Only what is known to hold ids, codes and counts is written."""
    assert mask(None, "error", {"navn": "x", "code": "FEIL"}) == {"code": "FEIL"}
