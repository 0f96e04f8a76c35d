"""Plays the worked example of a contract file against a system, as somebody who has only the file.

Each operation's request is sent as it stands, but for what the server decides (ids, versions,
tokens): such a value is learned where an answer differs from the example's, and put in its place in
what is sent after that. A call is an operation's name, and after a `/` which of its examples. It
knows no vendor.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import httpx

from tests.contract.openapi_file import Contract, Operation

DECIDED = frozenset(
    {"access_token", "etag", "ledigPlass", "sistOppdatert", "createdAt", "updatedAt", "invitedAt",
     "uploadedAt", "since", "until", "ids", "nesteMarkor", "nextPageToken"}
)  # fmt: skip
"""Members the server decides, besides all that ends in `Id` or `Ids`."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the file shows of one call of an operation."""

    status: int
    given: Mapping[str, Mapping[str, Any]]
    media: str
    body: Any
    answer_media: str
    answer: Any
    headers: Mapping[str, str]


def _examples(node: Mapping[str, Any], which: str) -> list[Any]:
    """The example of a parameter, header or media type: none, or one."""
    if "example" in node:
        return [node["example"]]
    named = node.get("examples", {})
    return [named[which]["value"]] if which in named else []


def shown(operation: Operation, which: str = "") -> Shown:
    """An example of an operation: the one, or `which` of several. Fails when it is not there."""
    sent = [
        (kind, one) for kind, node in operation.bodies.items() for one in _examples(node, which)
    ]
    assert len(sent) == bool(operation.bodies), f"{operation.name}: request"
    done = {key: one for key, one in operation.answers.items() if key.startswith("2")}
    told = [
        (int(key), kind, one, answer.headers)
        for key, answer in done.items()
        for kind, node in answer.content.items()
        for one in _examples(node, which)
    ]
    if not told:
        assert len(done) == 1, f"{operation.name}: answer"
        key, answer = next(iter(done.items()))
        assert not answer.content, f"{operation.name}: answer"
        told = [(int(key), "", None, answer.headers)]
    assert len(told) == 1, f"{operation.name}: answer"
    status, kind, answer_body, declared = told[0]
    headers = {name: one for name, node in declared.items() for one in _examples(node, which)}
    media, body = sent[0] if sent else ("", None)
    given = {
        place: {node["name"]: one for node in named.values() for one in _examples(node, which)}
        for place, named in operation.parameters.items()
    }
    return Shown(status, given, media, body, kind, answer_body, headers)


@dataclass
class Player:
    """One play. `learned` is what the server has decided, by what the example has in its place."""

    client: httpx.Client
    contract: Contract
    learned: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def play(self, name: str) -> None:
        """One call. Fails when the answer is another than the file shows."""
        operation, example = self._named(name)
        answer = self.send(operation, example)
        assert answer.status_code == example.status, f"{name}: {answer.status_code} {answer.text}"
        for header, value in example.headers.items():
            self._learn(header, value.strip('"'), answer.headers[header].strip('"'), name)
        kind = answer.headers.get("content-type", "").partition(";")[0]
        assert kind == example.answer_media, name
        if kind == "application/json":
            self._learn("", example.answer, answer.json(), name)
            if "access_token" in (example.answer if isinstance(example.answer, dict) else {}):
                self.token = answer.json()["access_token"]
        elif kind:
            assert answer.content == example.answer.encode("latin-1"), name

    def spoilt(self, name: str, wrong: Mapping[str, str]) -> list[tuple[str, httpx.Response]]:
        """What the operation answers when one text of its body after the other, those of a form
        that is in `wrong`, is something else: (member, answer) of each."""
        operation, example = self._named(name)
        return [
            (member, self.send(operation, replace(example, body=body)))
            for member, body in _spoilt(example.body, wrong)
        ]

    def send(self, operation: Operation, example: Shown) -> httpx.Response:
        """The request of an example, with what the server has decided."""
        return self.client.send(self._request(operation, example))

    def _named(self, call: str) -> tuple[Operation, Shown]:
        name, _, which = call.partition("/")
        operation = next(one for one in self.contract.operations if one.name == name)
        return operation, shown(operation, which)

    def _request(self, operation: Operation, example: Shown) -> httpx.Request:
        given = {
            place: {name: self._now(str(one)) for name, one in named.items()}
            for place, named in example.given.items()
        }
        path = operation.path
        for name, value in given["path"].items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        headers = dict(given["header"])
        if operation.secured:
            headers["Authorization"] = f"Bearer {self.token}"
        if example.media:
            headers["Content-Type"] = example.media
        body: dict[str, Any] = {}
        if example.media == "application/json":
            body["json"] = self._now(example.body)
        elif example.media == "application/x-www-form-urlencoded":
            body["data"] = example.body
        elif example.media:
            body["content"] = example.body.encode("latin-1")
        return self.client.build_request(
            operation.method, path, params=given["query"], headers=headers, **body
        )

    def _now(self, value: Any) -> Any:
        if isinstance(value, str):
            bare = value.strip('"')
            return value.replace(bare, self.learned[bare]) if bare in self.learned else value
        if isinstance(value, dict):
            return {key: self._now(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._now(item) for item in value]
        return value

    def _learn(self, where: str, example: Any, answer: Any, name: str) -> None:
        if isinstance(example, dict) and isinstance(answer, dict):
            assert example.keys() == answer.keys(), f"{name}: {where}"
            for key, item in example.items():
                self._learn(key, item, answer[key], name)
        elif isinstance(example, list) and isinstance(answer, list):
            assert len(example) == len(answer), f"{name}: {where}"
            for item, other in zip(example, answer, strict=True):
                self._learn(where, item, other, name)
        elif self._now(example) != answer:
            decided = where.lower() in DECIDED or where in DECIDED or where.endswith(("Id", "Ids"))
            assert decided, f"{name}: {where}"
            assert type(example) is type(answer), f"{name}: {where}"
            if isinstance(example, str):
                self.learned[example] = answer


def _spoilt(value: Any, wrong: Mapping[str, str], member: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            for name, inner in _spoilt(item, wrong, key):
                yield name, {**value, key: inner}
    elif isinstance(value, list):
        for place, item in enumerate(value):
            for name, inner in _spoilt(item, wrong, member):
                yield name, [*value[:place], inner, *value[place + 1 :]]
    elif isinstance(value, str):
        for form, instead in wrong.items():
            if re.fullmatch(form, value):
                yield member, instead
