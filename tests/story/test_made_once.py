"""A search that lags, and answers that are lost: one plan for each child, by count from outside.

Seen: a server whose search was two seconds behind got 92 plans for 23 children, because "not
found" was taken for "did not land".
"""

import pytest

from tests.story.test_there_and_home import history
from tests.story.town import CX, SP, town

FORM = "^POST /external/v1/plans$"


@pytest.fixture
def place(tmp_path):
    """A town with a patient gateway."""
    with town(tmp_path) as made:
        made.fill(CX, list(history("generert", CX))[:9])
        yield made


def lagging(seconds: float) -> dict:
    """A search that shows nothing younger than this, of which the vendor says nothing."""
    return {"kind": "lag", "match": "/plans/search$", "seconds": seconds, "times": 0}


def per_child(place) -> list[int]:
    """How many plans each child has, as the system itself counts."""
    return sorted(place.running[SP].journal()["planerPerHovedperson"].values())


def test_a_search_that_lags_makes_no_second_plan(place):
    """What was made shows a little later; the run waits for it and finishes by itself."""
    place.running[SP].faults([lagging(1.0), {"kind": "cut_after", "match": FORM, "every": 3,
                                             "times": 0}])  # fmt: skip
    told = place.stafett("migrate", place.plan())
    assert told["parked"] == 0
    assert set(per_child(place)) == {1}
    assert len(per_child(place)) == told["done"] > 3


def test_what_never_shows_is_a_persons_to_say(place):
    """The search stays blind longer than anybody waits: the log is parked with what to look for,
    a second plan does not send it again, and a person's word opens for it or points it out."""
    place.seen_within = 1.0
    place.write_config()
    place.running[SP].faults([lagging(3600.0)])
    run_id = place.stafett("migrate", place.plan())["run"]
    made = per_child(place)
    parked = place.stafett("parked", run_id)["parked"]
    assert {row["kode"] for row in parked} == {"KANSKJE_OPPRETTET"}
    assert len(parked) == len(made) > 3
    again = place.stafett("migrate", place.plan())["run"]
    assert {r["kode"] for r in place.stafett("parked", again)["parked"]} == {"KANSKJE_OPPRETTET"}
    assert per_child(place) == made == [1] * len(made)

    place.running[SP].faults([])
    children = {b["plan"]["mainPerson"]["nationalId"]: b["plan"]["planId"]
                for b in place.apps[SP].bundles()}  # fmt: skip
    first = parked[0]
    document = next(d for d in place.apps[CX].documents() if d["loggId"] == first["ref"])
    ref = children[document["barn"]["fodselsnummer"]]
    # What is pointed at must stand there, and be about the same child.
    other = next(plan for plan in children.values() if plan != ref)
    for wrong, code in (("plan-finnesikke", "STAAR_IKKE_DER"), (other, "ANNET_BARN")):
        told = place.stafett("created", SP, first["logg"], "--by", "IT", "--at", wrong, ok=(2,))
        assert told["error"]["code"] == code
    place.stafett("created", SP, first["logg"], "--by", "IT", "--at", ref)
    # It stands there: nobody can say that it does not. What was said not to be there can be found.
    told = place.stafett("created", SP, first["logg"], "--by", "IT", "--not-there", ok=(2,))
    assert told["error"]["code"] == "DEN_STAAR_DER"
    # Nobody knows who wrote what stands where a person points: its places are named to go on.
    plan_id = place.stafett("plan", CX, SP)["plan"]
    shown = place.stafett("show", plan_id)
    assert {row["kode"] for row in shown["steps"] if row["hva"] == "overwrite"} == {
        "STAAR_DER_FRA_FOER"
    }
    words = [word for name in shown["overwrites"] for word in ("--overwrite", name)]
    place.stafett("sign", plan_id, "--by", "IT", *words)
    third = place.stafett("migrate", plan_id)
    assert third["done"] == len(made)
    assert per_child(place) == made
    assert place.stafett("reconcile", third["run"], ok=(0,))["states"] == {"settled": len(made)}
