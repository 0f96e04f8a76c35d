"""Reading plans from Samspill: whole, at one version, of the right child, and never in a loop."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.http.session import Session
from connectors.visma_samspill.connector import SamspillConnector
from connectors.visma_samspill.operations import BY_NAME
from connectors.visma_samspill.sandbox.generator import TENANT, generate
from gateway.errors import Conflict, GatewayError, Rejected, RemoteFault
from gateway.ports.connector import ConnectorSettings

STOCK = list(generate(3, 12))
REF = STOCK[0][0]["plan"]["planId"]
Bend = Callable[[str, dict[str, Any]], None]


class Bending(httpx.BaseTransport):
    """Lets a test bend each answer on its way; `count` is how many answers have gone."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner
        self.bend: Bend = lambda path, data: None
        self.header: Callable[[int], str | None] = lambda count: None
        self.count = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        answer = self.inner.handle_request(request)
        self.count += 1
        headers = {k: v for k, v in answer.headers.items() if k != "content-length"}
        version = self.header(self.count)
        if version is not None:
            headers["content-version"] = version
        if not answer.content:
            return httpx.Response(answer.status_code, headers=headers)
        data = json.loads(answer.content)
        self.bend(request.url.path, data)
        return httpx.Response(answer.status_code, headers=headers, json=data)


@pytest.fixture
def wire(bench: Any) -> Bending:
    """The sandbox with twelve plans, and answers that can be bent."""
    bench.app.fill(STOCK)
    return Bending(bench.wire)


@pytest.fixture
def connector(wire: Bending, kit: Any) -> Iterator[SamspillConnector]:
    """A connector that reads pages of four."""
    settings = ConnectorSettings(
        "visma_samspill", kit.SETTINGS.base_url, kit.SETTINGS.token_url, "stafett", "hemmelig",
        TENANT, attempts=2, page_size=4,
    )  # fmt: skip
    session = Session(settings, BY_NAME, transport=wire, sleep=lambda _: None)
    made = SamspillConnector(session, settings)
    yield made
    made.close()


def test_every_plan_is_read_as_it_stands(connector: SamspillConnector) -> None:
    """All pages of all parts, in canonical JSON, equal to what people made."""
    cursor, refs = None, []
    while True:
        page = connector.page(cursor)
        assert page.total == len(STOCK)
        refs += [entry.ref for entry in page.entries]
        cursor = page.cursor
        if cursor is None:
            break
    assert refs == [bundle["plan"]["planId"] for bundle, _ in STOCK]
    for ref, (bundle, files) in zip(refs, STOCK, strict=True):
        document = connector.document(ref)
        text = json.dumps(bundle, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert document.body == text.encode()
        assert {f.file_id: f.size for f in document.files} == {
            name: len(data) for name, data in files.items()
        }


def bent(connector: SamspillConnector, wire: Bending, bend: Bend) -> GatewayError:
    """The error a bent answer ends in."""
    wire.bend = bend
    with pytest.raises(GatewayError) as caught:
        connector.document(REF)
    assert caught.value.__cause__ is None
    return caught.value


def test_a_part_of_another_plan_is_refused(connector: SamspillConnector, wire: Bending) -> None:
    """Another child's goals never end in this child's log."""

    def bend(path: str, data: dict[str, Any]) -> None:
        if path.endswith("/goals"):
            data["planId"] = "plan-x"

    error = bent(connector, wire, bend)
    assert isinstance(error, RemoteFault)
    assert error.code == "FEIL_DOKUMENT"


def test_a_plan_of_another_municipality_is_refused(
    connector: SamspillConnector, wire: Bending
) -> None:
    """The organisation number in the plan is the one we asked for."""

    def bend(path: str, data: dict[str, Any]) -> None:
        data.update({"organisationNumber": "899100107"} if path.endswith(REF) else {})

    assert bent(connector, wire, bend).code == "FEIL_KOMMUNE"


def test_an_id_twice_is_refused(connector: SamspillConnector, wire: Bending) -> None:
    """Two resources with one id cannot both be right; that log is parked."""

    def bend(path: str, data: dict[str, Any]) -> None:
        if path.endswith("/participants"):
            data["items"].append(data["items"][0])
            data["totalCount"] += 1

    error = bent(connector, wire, bend)
    assert isinstance(error, Rejected)
    assert error.code == "DOBBEL_ID"


def test_a_short_part_is_refused(connector: SamspillConnector, wire: Bending) -> None:
    """Fewer resources than the count says is not a whole plan."""

    def bend(path: str, data: dict[str, Any]) -> None:
        if path.endswith("/participants"):
            data["items"].pop()

    assert bent(connector, wire, bend).code == "FEIL_ANTALL"


@pytest.mark.parametrize("tokens", [("2", "2"), ("2", "3", "2")])
def test_a_page_token_that_comes_back_stops_the_reading(
    connector: SamspillConnector, wire: Bending, tokens: tuple[str, ...]
) -> None:
    """A listing that goes round is stopped, at once or after a detour."""
    left = list(tokens) * 10

    def bend(path: str, data: dict[str, Any]) -> None:
        if path.endswith("/participants"):
            data["nextPageToken"] = left.pop(0)

    assert bent(connector, wire, bend).code == "GJENTATT_SIDE"


def test_a_poisoned_part_parks_the_log_and_not_the_run(
    connector: SamspillConnector, wire: Bending
) -> None:
    """Text where a list should be is this plan's fault."""

    def bend(path: str, data: dict[str, Any]) -> None:
        if path.endswith("/goals"):
            data["items"] = "tekst"

    assert isinstance(bent(connector, wire, bend), Rejected)


def test_a_plan_that_moves_once_is_read_again(connector: SamspillConnector, wire: Bending) -> None:
    """A change in the middle of reading costs one more reading."""
    wire.header = lambda count: "7" if count <= 3 else None
    assert json.loads(connector.document(REF).body) == STOCK[0][0]
    assert wire.count > 8


def test_a_plan_that_never_stands_still_is_a_conflict(
    connector: SamspillConnector, wire: Bending
) -> None:
    """After three readings it is left for later."""
    wire.header = str
    with pytest.raises(Conflict) as caught:
        connector.document(REF)
    assert caught.value.code == "ENDRET_UNDER_LESING"
    assert wire.count == 6


def test_an_answer_without_a_version_is_refused(
    connector: SamspillConnector, wire: Bending
) -> None:
    """Without `Content-Version` nothing proves that the parts belong together."""
    wire.header = lambda count: "x"
    with pytest.raises(RemoteFault) as caught:
        connector.document(REF)
    assert caught.value.code == "MANGLER_VERSJON"


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        (lambda data: data["plans"].append(data["plans"][0]), "DOBBEL_SIDE"),
        (lambda data: data["plans"].extend(data["plans"][:1] * 3), "DOBBEL_SIDE"),
        (lambda data: data.update(nextPageToken="4"), "GJENTATT_SIDE"),
        (lambda data: data.update(totalCount="12"), "UGYLDIG_SVAR"),
        (lambda data: data.update(plans="tekst"), "UGYLDIG_SVAR"),
    ],
)
def test_a_listing_that_cannot_be_right_is_refused(
    connector: SamspillConnector, wire: Bending, bend: Callable[[Any], Any], code: str
) -> None:
    """Doubled, endless and misshapen pages stop the listing with a code."""
    connector.page(None)
    wire.bend = lambda path, data: bend(data)
    with pytest.raises(RemoteFault) as caught:
        connector.page("4")
    assert caught.value.code == code


def test_a_plan_deleted_in_the_product_is_gone(
    connector: SamspillConnector, bench: Any, tmp_path: Path
) -> None:
    """Deleting needs the version that was read; afterwards the plan is a conflict."""
    plan = next(b["plan"] for b, _ in STOCK if b["plan"]["status"] == "inactive")
    version = connector.document(plan["planId"]).version
    with pytest.raises(Conflict):
        connector.delete(plan["planId"], "99")
    connector.delete(plan["planId"], version)
    with pytest.raises(Conflict) as caught:
        connector.document(plan["planId"])
    assert caught.value.code == "BORTE"
    assert len(list(bench.app.bundles())) == len(STOCK) - 1
