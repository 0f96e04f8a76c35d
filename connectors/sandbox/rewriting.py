"""Answers that are well-formed and wrong: short pages, repeated cursors, drift, another log.

An application says where its lists are with `page_path` (a regular expression on the path) and
`page_keys` (the names of the entries and of the cursor), what the query names a cursor with
`page_token`, and what another log's path is with `other(path)`. It must not touch the data.
"""

import json
import re
from typing import Any

from connectors.sandbox.app import Request, Response, SandboxApp
from connectors.sandbox.faults import Rule


class Rewriter:
    """Rewrites answers of one application."""

    def __init__(self, app: SandboxApp, tenant: str) -> None:
        self._app = app
        self._tenant = tenant
        keys: tuple[str, str] = getattr(app, "page_keys", ("", ""))
        self._entries, self._cursor = keys
        self._page = re.compile(getattr(app, "page_path", r"(?!)"))
        self._last: list[Any] = []

    def note(self, request: Request, response: Response) -> None:
        """Remember the page last sent, for `double_page`."""
        if response.status == 200 and self._page.search(request.path):
            self._last = list(json.loads(response.body).get(self._entries, []))

    def rewrite(self, rule: Rule, request: Request, response: Response) -> Response:
        """The answer `rule` makes of `response`; unchanged where the rule does not apply."""
        if rule.kind == "wrong_document":
            return self._another(request, response)
        if response.status != 200 or "json" not in response.headers.get("content-type", ""):
            return response
        if rule.kind == "wrong_tenant":
            other = str(rule.arguments.get("tenant", "999999999"))
            body = response.body.replace(self._tenant.encode(), other.encode())
            return Response(200, body, response.headers)
        data = json.loads(response.body)
        if rule.kind == "drift":
            _drift(rule, data)
        elif rule.kind == "poison":
            _poison(rule, data)
        elif self._page.search(request.path):
            self._reshape(rule, request, data)
        body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        return Response(200, body, response.headers)

    def _another(self, request: Request, response: Response) -> Response:
        other = getattr(self._app, "other", None)
        path = other(request.path) if other else None
        if path is None:
            return response
        return self._app.handle(
            Request(request.method, path, request.query, request.headers, b"", request.client)
        )

    def _longer(self, request: Request, page: dict[str, Any]) -> None:
        """The next page in the same answer: a system that gives more than it was asked for."""
        name = getattr(self._app, "page_token", "")
        if page[self._cursor] is None or not name:
            return
        query = {**request.query, name: str(page[self._cursor])}
        more = self._app.handle(
            Request(request.method, request.path, query, request.headers, b"", request.client)
        )
        following = json.loads(more.body)
        page[self._entries] += following[self._entries]
        page[self._cursor] = following[self._cursor]

    def _reshape(self, rule: Rule, request: Request, page: dict[str, Any]) -> None:
        entries = page[self._entries]
        if rule.kind == "empty_page":
            page.update({self._entries: [], self._cursor: None})
        elif rule.kind == "emptied":
            page.update({key: 0 for key, value in page.items() if isinstance(value, int)})
            page.update({self._entries: [], self._cursor: None})
        elif rule.kind == "short_page":
            page[self._entries] = entries[: max(len(entries) - int(rule.arguments.get("n", 1)), 0)]
        elif rule.kind == "double_page":
            page[self._entries] = (self._last or entries) + entries
        elif rule.kind == "fresh_cursor" and not entries:
            rule.memory["turn"] = rule.memory.get("turn", 0) + 1
            page[self._cursor] = f"{page[self._cursor]}{rule.memory['turn']:04d}"
        elif rule.kind == "long_page":
            self._longer(request, page)
        elif rule.kind == "repeat_cursor":
            page[self._cursor] = rule.memory.setdefault("cursor", page[self._cursor])


def _drift(rule: Rule, data: dict[str, Any]) -> None:
    if rule.arguments.get("add", True):
        data["feltFraNesteVersjon"] = {"verdi": 1, "liste": [True, None]}
    if rule.arguments.get("int_to_text", False):
        for parent, key in _places(data):
            if isinstance(parent[key], int) and not isinstance(parent[key], bool):
                parent[key] = str(parent[key])
                return


def _poison(rule: Rule, data: dict[str, Any]) -> None:
    lists = rule.arguments.get("mode", "null_id") == "list_to_text"
    for parent, key in _places(data):
        if lists and isinstance(parent[key], list):
            parent[key] = "tekst"
            return
        if not lists and parent is not data and str(key).lower().endswith("id"):
            parent[key] = None
            return


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) below `value`, outermost first."""
    found: list[tuple[Any, Any]] = []
    queue = [value]
    while queue:
        node = queue.pop(0)
        keys: Any = ()
        if isinstance(node, dict):
            keys = node.keys()
        elif isinstance(node, list):
            keys = range(len(node))
        for key in keys:
            found.append((node, key))
            queue.append(node[key])
    return found
