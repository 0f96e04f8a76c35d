"""The Samspill sandbox: the documented external API and our proposal for content, on disk.

It answers requests and counts what an outside observer would count. The chassis does sockets,
tokens and faults.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.sandbox.app import Request, Response
from connectors.sandbox.tampering import Tampering
from connectors.visma_samspill.contract import VERSION, openapi
from connectors.visma_samspill.parts import BUNDLE_ORDER, BY_NAME, Part
from connectors.visma_samspill.sandbox import form, routes
from connectors.visma_samspill.sandbox.content import Content, fresh
from connectors.visma_samspill.sandbox.rules import Mode
from connectors.visma_samspill.sandbox.shapes import Refusal, json_object
from connectors.visma_samspill.sandbox.store import Store

_PLAN = re.compile(r"^(/content/v1/plans/)([^/]+)(.*)$")
_RIGHTS = ["read", "write", "import", "delete"]


def open_sandbox(folder: Path, *, tenant: str, now: datetime | None = None) -> "SamspillSandbox":
    """The sandbox of one municipality with its data in `folder`; `now` fixes the clock."""
    return SamspillSandbox(Store(folder), tenant, now)


class SamspillSandbox:
    """A SandboxApp; thread-safe."""

    system = "visma_samspill"
    page_path = r"^/content/v1/(plans|changes)$"
    page_token = "pageToken"  # noqa: S105 - a parameter's name
    page_keys = ("plans", "nextPageToken")
    openapi = staticmethod(openapi)

    def __init__(self, store: Store, tenant: str, now: datetime | None) -> None:
        self.tenant = tenant
        self._store = store
        self._content = Content(store)
        self._now = now

    def close(self) -> None:
        """Close the data file."""
        self._store.close()

    def set_now(self, now: datetime | None) -> None:
        """Fix the clock, or let it run again (None)."""
        self._now = now

    # -- answering ------------------------------------------------------------------------------
    def handle(self, request: Request) -> Response:
        """Answer one request."""
        try:
            mode = routes.mode(request, self._now or datetime.now(UTC))
            if request.method == "GET" or request.path == "/content/v1/plans/search":
                with self._store.reading():
                    return self._route(request, mode)
            with self._store.writing():
                return self._route(request, mode)
        except Refusal as no:
            return Response.of(no.status, {"code": no.code, "place": no.place})

    def _route(self, request: Request, mode: Mode) -> Response:
        match request.method, *routes.steps(request.path):
            case "GET", "external", "v1", name:
                return Response.of(200, form.listing(name, dict(request.query), self.tenant))
            case "POST", "external", "v1", "plans":
                return self._create(routes.body(request), mode)
            case "GET", "content", "v1", "tenant":
                return self._facts(request.lag)
            case "GET", "content", "v1", "plans":
                return self._plans(request)
            case "GET", "content", "v1", "changes":
                return self._changes(request)
            case "POST", "content", "v1", "plans", "search":
                return self._search(routes.body(request), request.lag)
            case _, "content", "v1", "plans", plan_id:
                return self._plan(plan_id, request, mode)
            case _, "content", "v1", "plans", plan_id, part, *rest if part in BY_NAME:
                return self._part(plan_id, BY_NAME[part], rest, request, mode)
        raise Refusal(404, "NOT_FOUND")

    def _plan(self, plan_id: str, request: Request, mode: Mode) -> Response:
        match request.method:
            case "GET":
                return self._content.read_plan(plan_id)
            case "PATCH":
                return self._content.patch_plan(plan_id, request, mode)
            case "DELETE":
                return self._content.delete_plan(plan_id, request)
        raise Refusal(405, "METHOD_NOT_ALLOWED")

    def _part(
        self, plan_id: str, part: Part, rest: list[str], request: Request, mode: Mode
    ) -> Response:
        content = self._content
        match request.method, *rest:
            case ("GET",):
                return content.list_part(plan_id, part, request)
            case ("POST",):
                return content.post(plan_id, part, request, mode)
            case "PUT", "order":
                return content.order(plan_id, part, request, mode)
            case "PATCH", item_id:
                return content.patch(plan_id, part, item_id, request, mode)
            case "DELETE", item_id:
                return content.delete(plan_id, part, item_id, request, mode)
            case "GET", item_id, "content" if part.name == "documents":
                return content.read_bytes(plan_id, item_id)
            case "PUT", item_id, "content" if part.name == "documents":
                return content.put_bytes(plan_id, item_id, request, mode)
        raise Refusal(405, "METHOD_NOT_ALLOWED")

    def _facts(self, lag: float) -> Response:
        facts: dict[str, Any] = {
            "organisationNumber": self.tenant,
            "product": "Visma Flyt Samspill",
            "contract": VERSION,
            "environment": "sandbox",
            "rights": _RIGHTS,
            "planCount": self._store.plan_count(),
            "freeBytes": None,
        }
        if lag:
            facts["visibleWithinSeconds"] = lag
        return Response.of(200, facts)

    def _plans(self, request: Request) -> Response:
        after, size = routes.page(request)
        rows = self._store.plans(after, size + 1, request.lag)
        token = str(rows[size - 1][0]) if len(rows) > size else None
        return _page(rows[:size], self._store.plan_count(request.lag), token)

    def _changes(self, request: Request) -> Response:
        after, size = routes.page(request)
        if "pageToken" not in request.query:
            return _page([], 0, str(self._store.newest_change()))
        rows = self._store.changes(after, size)
        token = str(rows[-1][0] if rows else after)
        return _page(rows, len(rows), token)

    def _search(self, given: dict[str, Any], lag: float) -> Response:
        match given:
            case {"externalReference": str(reference), **rest} if not rest:
                rows = self._store.search(reference=reference, lag=lag)
            case {"mainPersonNationalId": str(number), "planTypeId": str(kind), **rest} if not rest:
                rows = self._store.search(number=number, plan_type=kind, lag=lag)
            case _:
                raise Refusal(422, "INVALID_BODY")
        found = [
            {"planId": r[0], "contentVersion": r[1], "externalReference": r[2], "createdBy": r[3]}
            for r in rows
        ]
        return Response.of(200, {"plans": found})

    def _create(self, given: dict[str, Any], mode: Mode) -> Response:
        form.check(given, self.tenant)
        main = self._store.account(given["mainPerson"]["nationalId"], fresh("pers"))
        plan = form.plan(given, fresh("plan"), main, mode)
        self._store.insert_plan(plan, 1, made=True)
        self._store.count("writes")
        for row in form.people(given):
            person = self._store.account(row["nationalId"], fresh("pers"))
            item = form.participant(row, fresh("part"), person, mode)
            self._store.put_item(plan["planId"], "participants", item["participantId"], item)
            if not mode.silent:
                self._store.count("mails")
        return Response.of(200, {"status": "OK"})

    # -- for tests and demonstrations -----------------------------------------------------------
    def load(self, bundle: dict[str, Any], files: dict[str, bytes]) -> None:
        """Put a plan in as it is, as if people had made it in the product."""
        self.fill([(bundle, files)])

    def fill(self, stock: Iterable[tuple[dict[str, Any], dict[str, bytes]]]) -> int:
        """Load many plans in one transaction; gives how many."""
        number = 0
        with self._store.writing():
            for bundle, files in stock:
                self._load(bundle, files)
                number += 1
        return number

    def _load(self, bundle: dict[str, Any], files: dict[str, bytes]) -> None:
        plan = bundle["plan"]
        self._store.insert_plan(plan, 1, made=False)
        self._store.account(plan["mainPerson"]["nationalId"], plan["mainPerson"]["personId"])
        for person in bundle["participants"]:
            self._store.account(person["nationalId"], person["personId"])
        for name in BUNDLE_ORDER:
            for item in bundle[name]:
                self._store.put_item(plan["planId"], name, item[BY_NAME[name].key], item)
        for meta in bundle["documents"]:
            data = files[meta["documentId"]]
            self._store.put_blob(plan["planId"], meta["documentId"], meta["sha256"], data)

    def count(self) -> int:
        """How many plans there are."""
        with self._store.reading():
            return self._store.plan_count()

    def bundles(self) -> Iterator[dict[str, Any]]:
        """Every plan with all its parts, in the order they were made."""
        after: int | None = 0
        while after is not None:
            with self._store.reading():
                after, bundle = self._next(after)
            if bundle is not None:
                yield bundle

    def _next(self, after: int) -> tuple[int | None, dict[str, Any] | None]:
        rows = self._store.plans(after, 1)
        row = self._store.plan(rows[0][1]) if rows else None
        if row is None:
            return None, None
        parts = {name: self._store.items(rows[0][1], name) for name in BUNDLE_ORDER}
        return rows[0][0], {"plan": json_object(row[0]), **parts}

    def tamper(self, ref: str, how: Tampering) -> int:
        """Lose or change the content of a plan's documents behind its back; how many."""
        with self._store.writing():
            return self._store.tamper(ref, how)

    def spoil(self, request: Request, how: Tampering) -> None:
        """The same for the one document this request brought the content of."""
        steps = request.path.split("/")
        if request.method == "PUT" and steps[-1] == "content":
            with self._store.writing():
                self._store.tamper(steps[4], how, steps[-2])

    def journal(self) -> dict[str, Any]:
        """Creations, plans per reference and person, mails and writes; no person in it."""
        with self._store.reading():
            return {
                "opprettet": dict.fromkeys(self._store.made(), 1),
                "eksternNokkel": self._store.per_reference(),
                "planerPerHovedperson": self._store.per_person(),
                "epost": self._store.counted("mails"),
                "skrivinger": self._store.counted("writes"),
            }

    def other(self, path: str) -> str | None:
        """The same address of another plan, for a sandbox that answers with the wrong child."""
        match = _PLAN.match(path)
        if match is None or match.group(2) == "search":
            return None
        with self._store.reading():
            rows = self._store.plans(0, 2)
        found = next((row[1] for row in rows if row[1] != match.group(2)), None)
        return None if found is None else match.group(1) + found + match.group(3)


def _page(rows: list[tuple[int, str, int, str]], total: int, token: str | None) -> Response:
    plans = [{"planId": r[1], "contentVersion": r[2], "status": r[3]} for r in rows]
    return Response.of(200, {"totalCount": total, "plans": plans, "nextPageToken": token})
