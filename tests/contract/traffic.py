"""The proof by traffic: every call of a sandbox held against the contract file, both ways.

`Recorder` notes what is said and not declared, and `refuse` fails on it. `Filter` takes what is
not declared out of every answer, so that a client that needs it is seen to. Both sit at the
sandbox's server, before the faults of the line, and know no vendor. A story test uses them so:

    recorder = Recorder.of("conexus_companion", open_documents=True)
    recorder.watch(running)
    ...
    recorder.refuse()
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from connectors.sandbox.app import Request, Response
from connectors.sandbox.server import Running
from tests.contract.openapi_file import Answer, Contract, Operation, media
from tests.contract.openapi_schema import Breach

# The machinery of HTTP itself, and the token, which is the security scheme's.
LINE = frozenset(
    {"host", "accept", "accept-encoding", "connection", "content-length", "content-type",
     "user-agent", "authorization"}
)  # fmt: skip
BACK = frozenset({"date", "content-length", "content-type", "connection"})
APART = frozenset({"/openapi.json"})
"""Addresses of the sandbox that no vendor has."""


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """One thing that was said and is not declared, or is declared otherwise; never a value."""

    kind: str
    operation: str
    what: str


class Recorder:
    """Notes every call; thread-safe."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.calls: Counter[tuple[str, int]] = Counter()
        self.said: Counter[Said] = Counter()
        self._lock = threading.Lock()
        self._seen: set[int] = set()

    @classmethod
    def of(cls, system: str, *, open_documents: bool = False) -> "Recorder":
        """A recorder on the file that is checked in. `open_documents`: fields the contract does
        not know may stand in documents, where it says that they are kept."""
        return cls(Contract.of(system, open_documents=open_documents))

    def watch(self, running: Running) -> None:
        """Note every call of this server from now on."""
        inner: Callable[[Request], Response] = running._handle

        def handle(request: Request) -> Response:
            answer = inner(request)
            try:
                self.note(request, answer)
            except Exception as error:
                # The server's thread would die of it, and the client be blamed.
                with self._lock:
                    self.said[Said("recorder", "", repr(error))] += 1
            return answer

        running._handle = handle  # type: ignore[method-assign]

    def refuse(self) -> None:
        """Fails when anything undeclared was said."""
        lines = [
            f"{one.kind}: {one.operation}: {one.what} ({n})" for one, n in sorted(self.said.items())
        ]
        assert not lines, "not declared in the contract:\n" + "\n".join(lines)

    def note(self, request: Request, answer: Response) -> None:
        """Hold one call against the file."""
        if request.path in APART:
            return
        found = self.contract.find(request.method, request.path)
        with self._lock:
            if found is None:
                shape = "/".join("…" if any(c.isdigit() for c in s) else s for s in
                                 request.path.split("/"))  # fmt: skip
                self.said[Said("path", f"{request.method} {shape}", "")] += 1
                return
            operation, inside = found
            self.calls[operation.name, answer.status] += 1
            fingerprint = hash(
                (operation.name, request.path, tuple(request.query.items()), request.body,
                 tuple(sorted(request.headers.keys() - LINE)), answer.status, answer.body,
                 tuple(sorted(answer.headers)))
            )  # fmt: skip
            if fingerprint in self._seen:
                return
            self._seen.add(fingerprint)
            for kind, what in self._call(operation, inside, request, answer):
                self.said[Said(kind, operation.name, what)] += 1

    def _call(
        self, operation: Operation, inside: Mapping[str, str], request: Request, answer: Response
    ) -> Iterator[tuple[str, str]]:
        done = answer.status < 400
        yield from self._parameters(operation, inside, request, done=done)
        yield from self._body(operation, request, done=done)
        if done and operation.secured and "authorization" not in request.headers:
            yield "security", "no token"
        if not operation.secured and "authorization" in request.headers:
            yield "security", "a token"
        declared = operation.answer(answer.status)
        if declared is None:
            yield "status", str(answer.status)
            return
        yield from self._answer(declared, answer)

    def _parameters(
        self, operation: Operation, inside: Mapping[str, str], request: Request, *, done: bool
    ) -> Iterator[tuple[str, str]]:
        headers = {k: v for k, v in request.headers.items() if k not in LINE}
        for place, given in (("path", inside), ("query", request.query), ("header", headers)):
            declared = operation.parameters[place]
            for name, value in given.items():
                if name not in declared:
                    yield place, name
                elif done:
                    for breach in self._text(declared[name]["schema"], value):
                        yield f"{place} value", f"{name} {breach.what}"
            if done:
                for name, parameter in declared.items():
                    if parameter.get("required") and name not in given:
                        yield f"{place} missing", name

    def _text(self, schema: Mapping[str, Any], value: str) -> list[Breach]:
        kind = self.contract.schemas.resolved(schema).get("type")
        read: Any = int(value) if kind == "integer" and value.lstrip("-").isdecimal() else value
        return self.contract.schemas.breaches(schema, read)

    def _body(
        self, operation: Operation, request: Request, *, done: bool
    ) -> Iterator[tuple[str, str]]:
        if not request.body:
            if operation.body_required and done:
                yield "body missing", ""
            return
        kind = request.headers.get("content-type", "")
        declared = media(operation.bodies, kind)
        if declared is None:
            yield "body", kind.partition(";")[0] or "without a media type"
            return
        if "schema" not in declared or not _read(kind):
            return
        value = _parsed(kind, request.body)
        for breach in self.contract.schemas.breaches(declared["schema"], value):
            if breach.undeclared:
                yield "body member", breach.where
            elif done:
                yield "body value", f"{breach.where} {breach.what}"

    def _answer(self, declared: Answer, answer: Response) -> Iterator[tuple[str, str]]:
        headers = {k.lower(): v for k, v in answer.headers.items() if k.lower() not in BACK}
        for name, value in headers.items():
            if name not in declared.headers:
                yield "answer header", name
            else:
                for breach in self._text(declared.headers[name].get("schema", {}), value):
                    yield "answer header value", f"{name} {breach.what}"
        for name, header in declared.headers.items():
            if header.get("required") and name not in headers:
                yield "answer header missing", f"{answer.status} {name}"
        if not answer.body:
            if declared.content and not self._may_be_empty(declared):
                yield "answer body missing", str(answer.status)
            return
        kind = _kind(answer)
        node = media(declared.content, kind)
        if node is None:
            yield "answer body", f"{answer.status} {kind.partition(';')[0]}"
            return
        if "schema" not in node or not _read(kind):
            return
        for breach in self.contract.schemas.breaches(node["schema"], json.loads(answer.body)):
            if breach.undeclared:
                yield "answer member", f"{answer.status} {breach.where}"
            else:
                yield "answer value", f"{answer.status} {breach.where} {breach.what}"

    def _may_be_empty(self, declared: Answer) -> bool:
        """Bytes may be none at all, and a created resource may be told by its address alone."""
        return "location" in declared.headers or not any(map(_read, declared.content))


class Filter:
    """Takes everything undeclared out of every answer of one server."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def watch(self, running: Running) -> None:
        """Filter from now on; also what another path's answer is taken from the application."""
        first: Callable[[Request], Response] = running._handle
        second: Callable[[Request], Response] = running.app.handle

        def handle(request: Request) -> Response:
            return self.pruned(request, first(request))

        def asked(request: Request) -> Response:
            return self.pruned(request, second(request))

        running._handle = handle  # type: ignore[method-assign]
        running.app.handle = asked  # type: ignore[method-assign]

    def pruned(self, request: Request, answer: Response) -> Response:
        """The answer with what the file declares, and nothing else."""
        found = self._contract.find(request.method, request.path)
        declared = found[0].answer(answer.status) if found else None
        if declared is None:
            return answer if request.path in APART else Response(answer.status)
        allowed = declared.headers.keys() | BACK
        headers = {k: v for k, v in answer.headers.items() if k.lower() in allowed}
        node = media(declared.content, _kind(answer)) if answer.body else None
        if node is None:
            return Response(answer.status, b"", headers)
        if "schema" not in node or not _read(_kind(answer)):
            return replace(answer, headers=headers)
        value = json.loads(answer.body)
        taken = [b for b in self._contract.schemas.breaches(node["schema"], value) if b.undeclared]
        if not taken:
            return replace(answer, headers=headers)
        for breach in taken:
            assert breach.container is not None
            breach.container.pop(breach.key, None)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return Response(answer.status, text.encode(), headers)


def _kind(answer: Response) -> str:
    return next((v for k, v in answer.headers.items() if k.lower() == "content-type"), "")


def _read(kind: str) -> bool:
    """True for the media types a schema can be held against."""
    kind = kind.partition(";")[0].strip().lower()
    return kind in ("application/json", "application/x-www-form-urlencoded")


def _parsed(kind: str, body: bytes) -> Any:
    if kind.startswith("application/json"):
        return json.loads(body)
    return dict(parse_qsl(body.decode(), keep_blank_values=True))
