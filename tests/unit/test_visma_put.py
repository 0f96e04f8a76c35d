"""Writing a plan to Samspill: never two plans, cut anywhere, only what differs, no work lost."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.http.session import Session
from connectors.sandbox.app import Request
from connectors.sandbox.server import start
from connectors.visma_samspill import shells
from connectors.visma_samspill.connector import SamspillConnector, open_connector
from connectors.visma_samspill.operations import BY_NAME
from connectors.visma_samspill.parts import BUNDLE_ORDER, PARTS
from connectors.visma_samspill.parts import BY_NAME as PART
from connectors.visma_samspill.sandbox.app import SamspillSandbox, open_sandbox
from connectors.visma_samspill.sandbox.generator import TENANT, generate
from connectors.visma_samspill.sandbox.sample import sample_order
from gateway.errors import Conflict, Rejected, UnknownOutcome
from gateway.ports.connector import ConnectorSettings, Order

SETTINGS = ConnectorSettings(
    system="visma_samspill",
    base_url="http://127.0.0.1:9",
    token_url="http://127.0.0.1:9/connect/token",
    client_id="stafett",
    client_secret="hemmelig",
    tenant=TENANT,
    options={"planTypeId": "pt-stafettlogg"},
    attempts=1,
)


class Killed(Exception):
    """The process died here."""


class Wire(httpx.BaseTransport):
    """Hands requests straight to the sandbox; dies before or after request number `die`."""

    def __init__(self, app: SamspillSandbox) -> None:
        self.app = app
        self.die: int | None = None
        self.after = False
        self.sent: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        self.sent.append(f"{request.method} {request.url.path}")
        now = self.die is not None and len(self.sent) == self.die
        if now and not self.after:
            raise Killed
        answer = self.app.handle(
            Request(
                request.method,
                request.url.path,
                dict(request.url.params),
                {k.lower(): v for k, v in request.headers.items()},
                request.read(),
                "stafett",
            )
        )
        if now:
            raise Killed
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)

    @property
    def writes(self) -> list[str]:
        """The requests that change something."""
        return [line for line in self.sent if not line.startswith("GET") and "/search" not in line]


class Bench:
    """A sandbox in a folder and a connector to it."""

    def __init__(self, folder: Path) -> None:
        self.app = open_sandbox(folder, tenant=TENANT)
        self.wire = Wire(self.app)
        self.session = Session(SETTINGS, BY_NAME, transport=self.wire)
        self.connector = SamspillConnector(self.session, SETTINGS)

    def close(self) -> None:
        """Close both."""
        self.connector.close()
        self.app.close()

    def only(self) -> dict[str, Any]:
        """The one plan there is."""
        (bundle,) = self.app.bundles()
        return bundle

    def user(self, method: str, path: str, body: dict[str, Any], **headers: str) -> int:
        """A person in the product does something; gives the status."""
        heads = {"content-type": "application/json", **headers}
        answer = self.app.handle(
            Request(method, path, {}, heads, json.dumps(body).encode(), "ein-brukar")
        )
        return answer.status


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An empty sandbox and a connector."""
    made = Bench(tmp_path)
    yield made
    made.close()


def order(body: bytes, files: dict[str, bytes], key: str = "logg-a", **more: Any) -> Order:
    """An order for `key`; the idempotency key follows the content."""
    return Order(
        key=key,
        idempotency_key=f"{key}-1-{hash(body)}",
        body=body,
        read_file=files.__getitem__,
        **more,
    )


def plain(bundle: dict[str, Any]) -> dict[str, Any]:
    """A bundle in the words of our references: no server's id, version or account in it."""
    names = {None: None}
    for part in PARTS:
        for item in bundle[part.name]:
            names[item[part.key]] = item["externalReference"]
    text: dict[str, Any] = copy.deepcopy(bundle)
    plan = text["plan"]
    plan["photoDocumentId"] = names[plan["photoDocumentId"]]
    del plan["planId"], plan["version"], plan["mainPerson"]["personId"]
    for part in PARTS:
        for item in text[part.name]:
            for key in (part.key, "version", "personId"):
                item.pop(key, None)
            for key in part.one:
                item[key] = names[item[key]]
            for key in part.many:
                item[key] = [names[value] for value in item[key]]
            for key, id_key, ones in part.nested:
                for row in item[key]:
                    row.pop(id_key, None)
                    row.update({name: names[row[name]] for name in ones})
            if part.name == "participants" and item["status"] == "active":
                item["status"] = "invited"  # nobody has logged in here
    return text


def as_order(bundle: dict[str, Any], files: dict[str, bytes]) -> tuple[bytes, dict[str, bytes]]:
    """A generated plan as the gateway would bring it: temporary ids, our references."""
    text = json.dumps(bundle)
    for part in PARTS:
        for item in bundle[part.name]:
            text = text.replace(f'"{item[part.key]}"', f'"tmp:{item[part.key]}"')
    new: dict[str, Any] = json.loads(text)
    new["plan"]["externalReference"] = "logg-a"
    for part in PARTS:
        for item in new[part.name]:
            item["externalReference"] = item[part.key].removeprefix("tmp:")
            for row in item.get("comments", ()):
                row["externalReference"] = row["commentId"]
    return json.dumps(new).encode(), {f"tmp:{name}": data for name, data in files.items()}


def sample(text: str = "Ein setning", key: str = "logg-a") -> tuple[bytes, dict[str, bytes]]:
    """The sample order's body and files."""
    return sample_order(key, text)


def edited(body: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The body after a change."""
    bundle = json.loads(body)
    change(bundle)
    return json.dumps(bundle, ensure_ascii=False).encode()


def test_what_is_stored_is_what_was_ordered(bench: Bench) -> None:
    """Every field of a new plan, in the order of the bundle, history and authors included."""
    body, files = sample()
    written = bench.connector.put(order(body, files))
    assert plain(bench.only()) == plain(json.loads(body))
    document = bench.connector.document(written.ref)
    assert document.version == written.version
    assert bench.connector.file(written.ref, document.files[0].file_id) in files.values()


@pytest.mark.parametrize("number", range(12))
def test_generated_plans_arrive_whole(bench: Bench, number: int) -> None:
    """Plans of all sizes and states arrive; without a consent in force content is refused."""
    ((bundle, files),) = generate(11, 1, first=number)
    body, files = as_order(bundle, files)
    status = bundle["plan"]["status"]
    valid = any(c["status"] == "valid" for c in bundle["consents"])
    if status == "active" and not valid:
        with pytest.raises(Rejected) as caught:
            bench.connector.put(order(body, files))
        assert caught.value.code == "CONSENT_REQUIRED"
        return
    bench.connector.put(order(body, files))
    assert plain(bench.only()) == plain(json.loads(body))


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
    tmp_path: Path, after: bool
) -> None:
    """Dead before or after request k, then the same order again: one plan, the same content."""
    body, files = sample()
    wanted = plain(json.loads(body))
    deaths = 0
    for step in range(1, 60):
        bench = Bench(tmp_path / f"{after}-{step}")
        bench.wire.die, bench.wire.after = step, after
        try:
            bench.connector.put(order(body, files))
        except Killed:
            deaths += 1
        bench.wire.die = None
        bench.connector.put(order(body, files))
        assert plain(bench.only()) == wanted
        assert list(bench.app.journal()["opprettet"].values()) == [1]
        assert bench.app.journal()["epost"] == 0
        bench.close()
        if len(bench.wire.sent) < step:
            break
    assert deaths > 15


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_every_step_of_an_update_goes_on(tmp_path: Path, after: bool) -> None:
    """The plan tells whose unfinished work it is in, so the same order may go on with it."""
    body, files = sample()
    new = edited(body, _rearrange)
    deaths = 0
    for step in range(1, 40):
        bench = Bench(tmp_path / f"{after}-{step}")
        first = bench.connector.put(order(body, files))
        update = order(new, files, ref=first.ref, base_version=first.version)
        bench.wire.sent.clear()
        bench.wire.die, bench.wire.after = step, after
        try:
            bench.connector.put(update)
            done = True
        except Killed:
            deaths += 1
            done = False
        bench.wire.die = None
        bench.connector.put(update)
        assert plain(bench.only()) == plain(json.loads(new))
        bench.close()
        if done:
            break
    assert deaths > 10


def _rearrange(bundle: dict[str, Any]) -> None:
    """Change a text, add a goal in front, take the message away, turn the participants around."""
    bundle["plan"]["description"] = "Noko nytt"
    goal = copy.deepcopy(bundle["goals"][0])
    goal.update(goalId="tmp:ny", externalReference="ny", title="Nytt mål")
    bundle["goals"].insert(0, goal)
    bundle["messages"] = []
    bundle["participants"].reverse()


def test_a_cut_after_the_form_is_an_unknown_outcome_and_the_shell_is_adopted(
    tmp_path: Path,
) -> None:
    """The form is not idempotent: the plan it made is found again and filled, never made twice."""
    app = open_sandbox(tmp_path, tenant=TENANT)
    body, files = sample()
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
            connector.put(order(body, files))
        (found,) = connector.find("logg-a", body)
        written = connector.put(order(body, files))
        assert written.ref == found.ref
        assert connector.find("logg-a", body) == (written,)
        connector.close()
    assert len(app.journal()["opprettet"]) == 1
    assert [plain(b) for b in app.bundles()] == [plain(json.loads(body))]
    app.close()


def test_two_shells_are_a_conflict_and_nothing_is_written(bench: Bench) -> None:
    """With two plans that could be ours we do not guess."""
    body, files = sample()
    bench.wire.die, bench.wire.after = 3, True
    with pytest.raises(Killed):
        bench.connector.put(order(body, files))
    bench.wire.die = None
    assert bench.wire.sent[-1] == "POST /external/v1/plans"
    # The same form again, as a client without memory would send it.
    bench.connector._client.create_shell(shells.form(json.loads(body), SETTINGS, "x"), "x")
    before = list(bench.app.bundles())
    with pytest.raises(Conflict) as caught:
        bench.connector.put(order(body, files))
    assert caught.value.code == "FLERE_KANDIDATER"
    assert list(bench.app.bundles()) == before


def test_a_plan_a_person_made_about_the_child_is_not_taken(bench: Bench) -> None:
    """Only a shell our own client made is ours to fill."""
    ((bundle, files),) = generate(11, 1)
    bench.app.load(bundle, files)
    body, more = sample()

    def same_child(ours: dict[str, Any]) -> None:
        number = bundle["plan"]["mainPerson"]["nationalId"]
        ours["plan"]["mainPerson"]["nationalId"] = number

    body = edited(body, same_child)
    written = bench.connector.put(order(body, more))
    assert written.ref != bundle["plan"]["planId"]
    first, second = bench.app.bundles()
    assert first == bundle
    assert plain(second) == plain(json.loads(body))


def test_an_unchanged_plan_costs_no_write(bench: Bench) -> None:
    """Writing what is there already sends nothing but reads, and keeps the version."""
    body, files = sample()
    first = bench.connector.put(order(body, files))
    bench.wire.sent.clear()
    again = order(body, files, ref=first.ref, base_version=first.version)
    assert bench.connector.put(again) == first
    assert bench.wire.writes == []


def test_an_update_sends_only_what_differs(bench: Bench) -> None:
    """One changed text is one PATCH with one field."""
    body, files = sample()
    first = bench.connector.put(order(body, files))
    bench.wire.sent.clear()

    def change(bundle: dict[str, Any]) -> None:
        bundle["goals"][0]["description"] = "Ny tekst"

    new = edited(body, change)
    bench.connector.put(order(new, files, ref=first.ref, base_version=first.version))
    goal = bench.only()["goals"][0]["goalId"]
    assert bench.wire.writes == [f"PATCH /content/v1/plans/{first.ref}/goals/{goal}"]
    assert plain(bench.only()) == plain(json.loads(new))


def test_a_new_plan_lead_takes_the_role_from_the_old(bench: Bench) -> None:
    """Change of stafetthaldar is a change of roles, and there is one lead all the way (R-137)."""
    body, files = sample()
    first = bench.connector.put(order(body, files))

    def swap(bundle: dict[str, Any]) -> None:
        lead, _, provider = bundle["participants"]
        lead["roleId"], provider["roleId"] = provider["roleId"], lead["roleId"]

    new = edited(body, swap)
    bench.connector.put(order(new, files, ref=first.ref, base_version=first.version))
    assert plain(bench.only()) == plain(json.loads(new))


def test_a_plan_that_moved_since_the_plan_was_made_is_a_conflict(bench: Bench) -> None:
    """A person's edit between planning and writing is never overwritten."""
    body, files = sample()
    first = bench.connector.put(order(body, files))
    goal = bench.only()["goals"][0]
    path = f"/content/v1/plans/{first.ref}/goals/{goal['goalId']}"
    status = bench.user("PATCH", path, {"title": "Noko anna"}, **{"if-match": '"1"'})
    assert status == 200
    before = bench.only()
    update = order(edited(body, _rearrange), files, ref=first.ref, base_version=first.version)
    for again in (update, order(body, files)):
        with pytest.raises(Conflict) as caught:
            bench.connector.put(again)
        assert caught.value.code == "ENDRET_I_MAAL"
    assert bench.only() == before


def test_a_person_s_edit_in_the_middle_of_our_work_is_seen(bench: Bench) -> None:
    """An update that was cut does not go on over an edit made after the cut."""
    body, files = sample()
    first = bench.connector.put(order(body, files))
    update = order(edited(body, _rearrange), files, ref=first.ref, base_version=first.version)
    bench.wire.sent.clear()
    bench.wire.die = 11
    with pytest.raises(Killed):
        bench.connector.put(update)
    bench.wire.die = None
    assert bench.wire.writes
    goal = next(g for g in bench.only()["goals"] if g["title"] == "Kjem til ringetid")
    path = f"/content/v1/plans/{first.ref}/goals/{goal['goalId']}"
    match = {"if-match": f'"{goal["version"]}"'}
    assert bench.user("PATCH", path, {"title": "Min eigen"}, **match) == 200
    before = bench.only()
    with pytest.raises(Conflict):
        bench.connector.put(update)
    assert bench.only() == before


def test_what_people_add_while_we_fill_a_new_plan_is_left(bench: Bench) -> None:
    """A resource without our reference that no plan of ours has seen is never deleted."""
    body, files = sample()
    bench.wire.die = 17
    with pytest.raises(Killed):
        bench.connector.put(order(body, files))
    bench.wire.die = None
    plan_id = bench.only()["plan"]["planId"]
    theirs = {
        "externalReference": None, "title": "Møte", "kind": "other", "startsAt": None,
        "endsAt": None, "location": None, "participantIds": [],
    }  # fmt: skip
    # As one piece of work with ours, so that only the deletion rule stands between.
    head = bench.connector._client.head(plan_id)
    change = {"x-change-id": head.change_id or ""}
    assert bench.user("POST", f"/content/v1/plans/{plan_id}/calendar", theirs, **change) == 201
    bench.connector.put(order(body, files))
    titles = [event["title"] for event in bench.only()["calendar"]]
    assert titles == ["Oppstartsmøte", "Møte"]


def test_what_the_update_was_planned_on_may_be_removed(bench: Bench) -> None:
    """Something a person made, seen in the base and gone from the bundle, is taken away."""
    body, files = sample()
    first = bench.connector.put(order(body, files))
    theirs = {
        "externalReference": None, "title": "Møte", "kind": "other", "startsAt": None,
        "endsAt": None, "location": None, "participantIds": [],
    }  # fmt: skip
    assert bench.user("POST", f"/content/v1/plans/{first.ref}/calendar", theirs) == 201
    version = bench.connector.document(first.ref).version
    bench.connector.put(order(body, files, ref=first.ref, base_version=version))
    assert plain(bench.only()) == plain(json.loads(body))


def test_equal_resources_without_reference_are_neither_merged_nor_doubled(bench: Bench) -> None:
    """Two goals with the same words are two, also when the order comes again (R-072)."""
    body, files = sample()

    def twins(bundle: dict[str, Any]) -> None:
        twin = {**copy.deepcopy(bundle["goals"][0]), "externalReference": None}
        bundle["goals"] += [{**twin, "goalId": "tmp:g2"}, {**twin, "goalId": "tmp:g3"}]

    body = edited(body, twins)
    for step in (15, 11, 11, None):
        bench.wire.sent.clear()
        bench.wire.die = step
        if step is None:
            bench.connector.put(order(body, files))
        else:
            with pytest.raises(Killed):
                bench.connector.put(order(body, files))
    assert len(bench.only()["goals"]) == 3


def test_fields_outside_the_contract_are_kept_on_purpose(bench: Bench) -> None:
    """Drift that came with the source is written with the header that allows it."""
    body, files = sample()

    def drift(bundle: dict[str, Any]) -> None:
        bundle["plan"]["nyttFelt"] = {"a": 1}
        bundle["goals"][0]["nyttFelt"] = [1]
        bundle["activities"][0]["comments"][0]["nyttFelt"] = True

    body = edited(body, drift)
    bench.connector.put(order(body, files))
    assert plain(bench.only()) == plain(json.loads(body))


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
    bench: Bench, change: Callable[[dict[str, Any]], Any], code: str
) -> None:
    """One record's fault parks that record, with a code and no value."""
    body, files = sample()
    broken = edited(body, lambda bundle: change(bundle) and None)
    if code == "UKJENT_REFERANSE":
        broken = edited(broken, lambda b: b["activities"].clear())
        broken = edited(broken, lambda b: b["participants"].pop())
    with pytest.raises(Rejected) as caught:
        bench.connector.put(order(broken, files))
    assert caught.value.code == code


def test_no_person_s_number_is_in_any_address(bench: Bench) -> None:
    """Searches by person are POSTs, and every address holds ids only."""
    body, files = sample()
    bench.connector.put(order(body, files))
    numbers = [p["nationalId"] for p in bench.only()["participants"]]
    assert all(number not in line for line in bench.wire.sent for number in numbers)


def test_bundle_order_and_parts_name_the_same(bench: Bench) -> None:
    """The two tables of parts agree."""
    assert set(BUNDLE_ORDER) == set(PART) == {part.name for part in PARTS}
