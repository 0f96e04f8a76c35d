"""A log in the target that is none of ours is told as what it is, and nobody is sent to repair it.

A repair takes what a run wrote and what stands otherwise; of what it did not write there is
nothing to repair.
"""

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from connectors.visma_samspill.sandbox.generator import generate as others
from gateway.texts.catalogue import Catalogue
from tests.story.town import CX, SP, town

EXTRA = Catalogue("nb").label("extra_means")[:40]


@pytest.fixture
def place(tmp_path):
    """A town that has moved, and whose target has got logs of its own since."""
    with town(tmp_path) as made:
        made.fill(CX, generate(21, 4))
        made.first = made.stafett("migrate", made.plan())["run"]
        made.fill(SP, others(77, 2))
        yield made


def test_extra_alone_is_explained_and_not_repaired(place):
    """With a drifted log beside it, there is something to repair too."""
    told = place.here("reconcile", place.first)
    assert told.exit_code == 1
    assert EXTRA in told.stdout
    assert "--repair" not in told.stdout
    stands = next(b for b in place.apps[SP].bundles() if b["plan"].get("externalReference"))
    place.passive(stands["plan"]["planId"])
    told = place.here("reconcile", place.first)
    assert EXTRA in told.stdout
    assert f"--repair {place.first}" in told.stdout
