"""Writing a plan to Samspill: whole, cut anywhere and gone on with, rejected with a code."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.visma_samspill.parts import BUNDLE_ORDER, PARTS
from connectors.visma_samspill.parts import BY_NAME as PART
from connectors.visma_samspill.sandbox.generator import generate
from gateway.errors import Rejected, UnknownOutcome


def test_what_is_stored_is_what_was_ordered(bench: Any, kit: Any) -> None:
    """Every field of a new plan, in the order of the bundle, history and authors included."""
    body, files = kit.sample()
    written = bench.connector.put(kit.order(body, files))
    assert kit.plain(bench.only()) == kit.plain(json.loads(body))
    document = bench.connector.document(written.ref)
    assert b"tmp:" not in document.body  # the server assigns every id
    assert document.version == written.version
    assert bench.connector.file(written.ref, document.files[0].file_id) in files.values()


@pytest.mark.parametrize("number", range(12))
def test_generated_plans_arrive_whole(bench: Any, kit: Any, number: int) -> None:
    """Plans of all sizes and states arrive; without a consent in force content is refused."""
    ((bundle, files),) = generate(11, 1, first=number)
    body, files = kit.as_order(bundle, files)
    status = bundle["plan"]["status"]
    valid = any(c["status"] == "valid" for c in bundle["consents"])
    if status == "active" and not valid:
        with pytest.raises(Rejected) as caught:
            bench.connector.put(kit.order(body, files))
        assert caught.value.code == "CONSENT_REQUIRED"
        return
    bench.connector.put(kit.order(body, files))
    assert kit.plain(bench.only()) == kit.plain(json.loads(body))


def test_a_closed_plan_brings_its_content_as_history(bench: Any, kit: Any) -> None:
    """With the consent withdrawn an inactive plan still arrives whole; an active one does not."""
    body, files = kit.sample()

    def withdrawn(bundle: dict[str, Any]) -> None:
        bundle["plan"]["status"] = "inactive"
        bundle["consents"][0].update(status="withdrawn", withdrawnAt="2025-05-01T08:00:00Z")

    closed = kit.edited(body, withdrawn)
    bench.connector.put(kit.order(closed, files))
    assert kit.plain(bench.only()) == kit.plain(json.loads(closed))


def test_some_generated_plans_are_refused_and_some_arrive() -> None:
    """The test above takes both ways (or it would prove half)."""
    plans = [bundle for bundle, _ in generate(11, 60)]
    refused = [
        p
        for p in plans
        if p["plan"]["status"] == "active" and all(c["status"] != "valid" for c in p["consents"])
    ]
    assert 0 < len(refused) < 20


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_every_step_of_a_creation_gives_one_whole_plan(
    kit: Any, tmp_path: Path, after: bool
) -> None:
    """Dead before or after request k, then the same order again: one plan, the same content."""
    body, files = kit.sample()
    wanted = kit.plain(json.loads(body))
    deaths = 0
    for step in range(1, 60):
        bench = kit.Bench(tmp_path / f"{after}-{step}")
        bench.wire.die, bench.wire.after = step, after
        try:
            bench.connector.put(kit.order(body, files))
        except kit.Killed:
            deaths += 1
        bench.wire.die = None
        if kit.SENT and not bench.app.count():
            # Dead with the form in hand: nobody can tell from here, so a person looks and says.
            with pytest.raises(UnknownOutcome):
                bench.connector.put(kit.order(body, files))
            kit.SENT.clear()
        bench.connector.put(kit.order(body, files))
        assert kit.plain(bench.only()) == wanted
        assert list(bench.app.journal()["opprettet"].values()) == [1]
        assert bench.app.journal()["epost"] == 0
        assert bench.stored_files() == sorted(files.values())
        bench.close()
        if len(bench.wire.sent) < step:
            break
    assert deaths > 15


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_every_step_of_an_update_goes_on(kit: Any, tmp_path: Path, after: bool) -> None:
    """The plan tells whose unfinished work it is in, so the same order may go on with it."""
    body, files = kit.sample()
    new = kit.edited(body, kit.rearrange)
    deaths = 0
    for step in range(1, 40):
        bench = kit.Bench(tmp_path / f"{after}-{step}")
        first = bench.connector.put(kit.order(body, files))
        update = kit.order(new, files, ref=first.ref, base_version=first.version)
        bench.wire.sent.clear()
        bench.wire.die, bench.wire.after = step, after
        try:
            bench.connector.put(update)
            done = True
        except kit.Killed:
            deaths += 1
            done = False
        bench.wire.die = None
        bench.connector.put(update)
        assert kit.plain(bench.only()) == kit.plain(json.loads(new))
        bench.close()
        if done:
            break
    assert deaths > 10


def test_equal_resources_without_reference_are_neither_merged_nor_doubled(
    bench: Any, kit: Any
) -> None:
    """Two goals with the same words are two, also when the order comes again (R-072)."""
    body, files = kit.sample()

    def twins(bundle: dict[str, Any]) -> None:
        twin = {**copy.deepcopy(bundle["goals"][0]), "externalReference": None}
        bundle["goals"] += [{**twin, "goalId": "tmp:g2"}, {**twin, "goalId": "tmp:g3"}]

    body = kit.edited(body, twins)
    for step in (15, 11, 11, None):
        bench.wire.sent.clear()
        bench.wire.die = step
        if step is None:
            bench.connector.put(kit.order(body, files))
        else:
            with pytest.raises(kit.Killed):
                bench.connector.put(kit.order(body, files))
    assert len(bench.only()["goals"]) == 3


def test_fields_outside_the_contract_are_kept_on_purpose(bench: Any, kit: Any) -> None:
    """Drift that came with the source is written with the header that allows it."""
    body, files = kit.sample()

    def drift(bundle: dict[str, Any]) -> None:
        bundle["plan"]["nyttFelt"] = {"a": 1}
        bundle["goals"][0]["nyttFelt"] = [1]
        bundle["activities"][0]["comments"][0]["nyttFelt"] = True

    body = kit.edited(body, drift)
    bench.connector.put(kit.order(body, files))
    assert kit.plain(bench.only()) == kit.plain(json.loads(body))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda b: b["plan"]["mainPerson"].update(nationalId=None), "MANGLER_FODSELSNUMMER"),
        (lambda b: b["participants"].pop(0), "MANGLER_PLANANSVARLIG"),
        (lambda b: b["goals"][0].update(responsibleParticipantId="tmp:x"), "UKJENT_REFERANSE"),
        (lambda b: b["goals"][0].update(responsibleParticipantId="x"), "UNKNOWN_REFERENCE"),
        (lambda b: b["goals"][0].update(title=None), "UGYLDIG_DOKUMENT"),
        (lambda b: b.pop("goals"), "UGYLDIG_DOKUMENT"),
    ],
)
def test_a_bundle_that_cannot_be_written_is_rejected(
    bench: Any, kit: Any, change: Callable[[dict[str, Any]], Any], code: str
) -> None:
    """One record's fault parks that record, with a code and no value."""
    body, files = kit.sample()
    broken = kit.edited(body, lambda bundle: change(bundle) and None)
    if code == "UKJENT_REFERANSE":
        broken = kit.edited(broken, lambda b: b["activities"].clear())
        broken = kit.edited(broken, lambda b: b["participants"].pop())
    with pytest.raises(Rejected) as caught:
        bench.connector.put(kit.order(broken, files))
    assert caught.value.code == code


def test_no_person_s_number_is_in_any_address(bench: Any, kit: Any) -> None:
    """Searches by person are POSTs, and every address holds ids only."""
    body, files = kit.sample()
    bench.connector.put(kit.order(body, files))
    numbers = [p["nationalId"] for p in bench.only()["participants"]]
    assert all(number not in line for line in bench.wire.sent for number in numbers)


def test_bundle_order_and_parts_name_the_same(bench: Any) -> None:
    """The two tables of parts agree."""
    assert set(BUNDLE_ORDER) == set(PART) == {part.name for part in PARTS}
