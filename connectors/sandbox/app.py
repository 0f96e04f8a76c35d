"""What a sandbox application is: a function from request to response, over its own data.

The chassis (`server.py`) does sockets, tokens, faults and counting; an application does only the
vendor's resources and rules. It must not know about faults.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed request. Header names are lower case; `client` is the token's client id.

    `lag` is how many seconds a search that answers this request is behind (see `lag.py`).
    `target` is the path and query as they stood on the line, for whoever is strict about those.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    client: str = ""
    lag: float = 0.0
    target: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; `body` is sent as it is."""

    status: int
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, data: Any, headers: Mapping[str, str] | None = None) -> "Response":
        """A JSON answer, UTF-8, compact."""
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        kind = {"content-type": "application/json; charset=utf-8"}
        return cls(status, text.encode(), {**kind, **(headers or {})})


class SandboxApp(Protocol):
    """A vendor's sandbox: resources and rules over data in a folder of its own."""

    system: str

    def handle(self, request: Request) -> Response:
        """Answer one request; called from many threads."""
        ...

    def journal(self) -> dict[str, Any]:
        """What an outside observer counts: creations per key, mails sent, writes, reads."""
        ...
