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
from gateway.errors import Conflict, Rejected, UnknownOutcome
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
    form = shells.form(json.loads(body), kit.SETTINGS, "x")
    bench.connector._client.create_shell(form, "x", lambda: None)
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


def test_a_form_that_was_sent_and_does_not_show_is_never_sent_again(bench: Any, kit: Any) -> None:
    """A search that lags says "not found"; only a person, or the plan itself, says otherwise. It is
    no fault of the system's: the breaker does not open for the others."""
    body, files = kit.sample()
    bench.wire.lag = 60.0
    for _ in range(2 * kit.SETTINGS.breaker_failures):
        with pytest.raises(UnknownOutcome) as caught:
            bench.connector.put(kit.order(body, files))
        assert (caught.value.code, caught.value.place) == ("KANSKJE_OPPRETTET", "logg-a")
    assert bench.wire.sent.count("POST /external/v1/plans") == 1
    assert bench.connector.find("logg-a", body) == ()
    bench.wire.lag = 0.0
    written = bench.connector.put(kit.order(body, files))
    assert written.ref == bench.only()["plan"]["planId"]
    assert bench.app.journal()["opprettet"] == {written.ref: 1}


def test_a_plan_of_another_log_is_not_taken_before_the_index_knows_its_reference(
    bench: Any, kit: Any
) -> None:
    """Two logs about one child: the plan itself says whose it is, whatever the search thinks."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))
    other = kit.edited(body, lambda bundle: bundle["plan"].update(externalReference="logg-b"))
    bench.app._store.fresh._made[first.ref] -= 60.0
    bench.wire.lag = 30.0
    assert [row.ref for row in bench.connector.find("logg-a", body)] == [first.ref]
    assert bench.connector.find("logg-b", other) == ()
    with pytest.raises(UnknownOutcome):
        bench.connector.put(kit.order(other, files, key="logg-b"))
    assert bench.connector.document(first.ref).version == first.version


def test_a_form_that_cannot_be_filled_in_asks_nobody(bench: Any, kit: Any) -> None:
    """What stops before the wire has sent nothing, so nothing is remembered as sent."""
    body, files = kit.sample()
    nobody = kit.edited(body, lambda bundle: bundle["participants"].pop(0))
    with pytest.raises(Rejected):
        bench.connector.put(kit.order(nobody, files))
    assert set() == kit.SENT


def test_the_vendor_s_word_of_the_lag_is_a_number_or_none(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seconds, zero included; anything else is no word, and stops nothing."""
    told = bench.connector._client.facts()
    for word, read in ((0, 0.0), (2.5, 2.5), (-1, None), ("2", None), (True, None), (None, None)):
        facts = {**told, "visibleWithinSeconds": word}
        monkeypatch.setattr(bench.connector._client, "facts", lambda facts=facts: facts)
        assert bench.connector.facts().seen_within == read
