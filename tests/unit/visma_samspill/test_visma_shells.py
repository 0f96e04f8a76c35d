"""The form makes an empty plan and gives no id: ours is adopted, a person's is not, never two."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.server import start
from connectors.visma_samspill import shells
from connectors.visma_samspill.connector import open_connector
from connectors.visma_samspill.sandbox.app import open_sandbox
from connectors.visma_samspill.sandbox.generator import TENANT, generate
from gateway.errors import Conflict, UnknownOutcome
from gateway.ports.connector import ConnectorSettings


def test_a_cut_after_the_form_is_an_unknown_outcome_and_the_shell_is_adopted(
    kit: Any,
    tmp_path: Path,
) -> None:
    """The form is not idempotent: the plan it made is found again and filled, never made twice."""
    app = open_sandbox(tmp_path, tenant=TENANT)
    body, files = kit.sample()
    with start(app) as running:
        connector = open_connector(
            ConnectorSettings(
                "visma_samspill",
                running.url,
                running.token_url,
                "stafett",
                "hemmelig",
                TENANT,
                attempts=2,
            )
        )
        running.faults([{"kind": "cut_after", "match": "^POST /external/v1/plans"}])
        with pytest.raises(UnknownOutcome):
            connector.put(kit.order(body, files))
        (found,) = connector.find("logg-a", body)
        written = connector.put(kit.order(body, files))
        assert written.ref == found.ref
        assert connector.find("logg-a", body) == (written,)
        connector.close()
    assert len(app.journal()["opprettet"]) == 1
    assert [kit.plain(b) for b in app.bundles()] == [kit.plain(json.loads(body))]
    app.close()


def test_two_shells_are_a_conflict_and_nothing_is_written(bench: Any, kit: Any) -> None:
    """With two plans that could be ours we do not guess."""
    body, files = kit.sample()
    bench.wire.die, bench.wire.after = 3, True
    with pytest.raises(kit.Killed):
        bench.connector.put(kit.order(body, files))
    bench.wire.die = None
    assert bench.wire.sent[-1] == "POST /external/v1/plans"
    # The same form again, as a client without memory would send it.
    bench.connector._client.create_shell(shells.form(json.loads(body), kit.SETTINGS, "x"), "x")
    before = list(bench.app.bundles())
    with pytest.raises(Conflict) as caught:
        bench.connector.put(kit.order(body, files))
    assert caught.value.code == "FLERE_KANDIDATER"
    assert list(bench.app.bundles()) == before


def test_a_plan_a_person_made_about_the_child_is_not_taken(bench: Any, kit: Any) -> None:
    """Only a shell our own client made is ours to fill."""
    ((bundle, files),) = generate(11, 1)
    bench.app.load(bundle, files)
    body, more = kit.sample()

    def same_child(ours: dict[str, Any]) -> None:
        number = bundle["plan"]["mainPerson"]["nationalId"]
        ours["plan"]["mainPerson"]["nationalId"] = number

    body = kit.edited(body, same_child)
    written = bench.connector.put(kit.order(body, more))
    assert written.ref != bundle["plan"]["planId"]
    first, second = bench.app.bundles()
    assert first == bundle
    assert kit.plain(second) == kit.plain(json.loads(body))
