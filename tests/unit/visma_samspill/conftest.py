"""A Samspill sandbox in memory of one test, and a connector that can die between two requests."""

import copy
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.http.session import Session
from connectors.sandbox.app import Request
from connectors.visma_samspill.connector import SamspillConnector
from connectors.visma_samspill.operations import BY_NAME
from connectors.visma_samspill.parts import PARTS
from connectors.visma_samspill.sandbox.app import SamspillSandbox, open_sandbox
from connectors.visma_samspill.sandbox.generator import TENANT
from connectors.visma_samspill.sandbox.sample import sample_order
from gateway.errors import UnknownOutcome
from gateway.ports.connector import ConnectorSettings, FileRef, Order

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


SENT: set[str] = set()
"""Keys of logs whose form was sent: what the core remembers durably, also when we are killed."""


class Killed(Exception):
    """The process died here."""


class Wire(httpx.BaseTransport):
    """Hands requests straight to the sandbox; dies before or after request number `die`."""

    def __init__(self, app: SamspillSandbox) -> None:
        self.app = app
        self.die: int | None = None
        self.after = False
        self.lag = 0.0
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
                self.lag,
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
        SENT.clear()
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

    def stored_files(self) -> list[bytes]:
        """The bytes of the one plan's documents, as a reader gets them."""
        ref = self.only()["plan"]["planId"]
        found = self.connector.document(ref).files
        return sorted(self.connector.file(ref, file.file_id) for file in found)

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


@pytest.fixture(autouse=True)
def _nothing_sent() -> None:
    """Each test begins without a memory."""
    SENT.clear()


def order(body: bytes, files: dict[str, bytes], key: str = "logg-a", **more: Any) -> Order:
    """An order for `key`; the idempotency key follows the content. Its form is sent once."""

    def once() -> None:
        if key in SENT:
            raise UnknownOutcome("KANSKJE_OPPRETTET", place=key)
        SENT.add(key)

    return Order(
        key=key,
        idempotency_key=f"{key}-1-{hash(body)}",
        body=body,
        read_file=files.__getitem__,
        files=tuple(
            FileRef(file_id, hashlib.sha256(data).hexdigest(), len(data), "application/pdf")
            for file_id, data in files.items()
        ),
        **{"once": once, **more},
    )


def plain(bundle: dict[str, Any]) -> dict[str, Any]:
    """A bundle in the words of our references: no server's id, version or account in it."""
    names = {None: None}
    for part in PARTS:
        for item in bundle[part.name]:
            names[item[part.key]] = item["externalReference"]
    accounts = {p["personId"]: names[p["participantId"]] for p in bundle["participants"]}
    accounts.setdefault(bundle["plan"]["mainPerson"]["personId"], "planeier")
    text: dict[str, Any] = copy.deepcopy(bundle)
    plan = text["plan"]
    plan["photoDocumentId"] = names[plan["photoDocumentId"]]
    plan["createdBy"] = accounts.get(plan["createdBy"], plan["createdBy"])
    del plan["planId"], plan["version"], plan["mainPerson"]["personId"]
    for part in PARTS:
        for item in text[part.name]:
            for key in (part.key, "version", "personId"):
                item.pop(key, None)
            for key in part.one:
                item[key] = names[item[key]]
            for key in part.many:
                item[key] = [names[value] for value in item[key]]
            for key in part.authors:
                item[key] = accounts.get(item[key], item[key])
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


def rearrange(bundle: dict[str, Any]) -> None:
    """Change a text, add a goal in front, take the message away, turn the participants around."""
    bundle["plan"]["description"] = "Noko nytt"
    goal = copy.deepcopy(bundle["goals"][0])
    goal.update(goalId="tmp:ny", externalReference="ny", title="Nytt mål")
    bundle["goals"].insert(0, goal)
    bundle["messages"] = []
    bundle["participants"].reverse()


@pytest.fixture
def kit() -> Any:
    """What stands in this file, for the tests beside it."""
    return sys.modules[__name__]
