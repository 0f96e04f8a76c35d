"""Reads and writes of one plan and its parts, over the store and under the vendor's rules.

Every answer about a plan carries `Content-Version`, which grows with any change of the plan or of
a part of it. This module must not parse addresses.
"""

import hashlib
from collections.abc import Mapping
from random import SystemRandom
from typing import Any

from connectors.sandbox import synthetic
from connectors.sandbox.app import Request, Response
from connectors.visma_samspill.parts import PARTS, Part, references
from connectors.visma_samspill.sandbox import lists, routes, rules, shapes
from connectors.visma_samspill.sandbox.rules import Mode
from connectors.visma_samspill.sandbox.shapes import Refusal
from connectors.visma_samspill.sandbox.store import Store

_RANDOM = SystemRandom()
_KINDS = {
    "participants": "part", "documents": "doc", "consents": "cons", "goals": "goal",
    "activities": "act", "calendar": "cal", "messages": "msg",
}  # fmt: skip
_JSON = {"content-type": "application/json; charset=utf-8"}


def fresh(kind: str) -> str:
    """A new id of the server's own."""
    return synthetic.identity(_RANDOM, kind)


class Content:
    """The content interface over one store; called inside a transaction or a reading."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # -- reading --------------------------------------------------------------------------------
    def list_part(self, plan_id: str, part: Part, request: Request) -> Response:
        """A page of one part: {planId, totalCount, items, nextPageToken}."""
        headers = self._headers(plan_id)
        after, size = routes.page(request)
        texts = self._store.texts(plan_id, part.name, after, size)
        total = self._store.item_count(plan_id, part.name)
        token = f'"{after + size}"' if after + size < total else "null"
        text = (
            f'{{"planId":"{plan_id}","totalCount":{total},"items":[{",".join(texts)}]'
            f',"nextPageToken":{token}}}'
        )
        return Response(200, text.encode(), {**_JSON, **headers})

    def read_plan(self, plan_id: str) -> Response:
        """The plan's own fields."""
        row = self._row(plan_id)
        return Response(200, row[0].encode(), {**_JSON, **self._headers(plan_id)})

    def read_bytes(self, plan_id: str, document_id: str) -> Response:
        """A document's bytes."""
        meta = self._item(plan_id, "documents", document_id)
        data = self._store.blob(document_id, meta["sha256"])
        if data is None:
            raise Refusal(404, "NO_CONTENT", document_id)
        return Response(
            200, data, {"content-type": "application/octet-stream", **self._headers(plan_id)}
        )

    # -- writing --------------------------------------------------------------------------------
    def patch_plan(self, plan_id: str, request: Request, mode: Mode) -> Response:
        """Change the plan's own fields."""
        old = self._plan(plan_id)
        routes.check_version(request, old["version"], plan_id)
        given = routes.body(request)
        rules.check_history(None, given, mode)
        new = shapes.changed_plan(old, given, keep_unknown=mode.keep_unknown)
        consents = self._store.items(plan_id, "consents")
        new = rules.plan(new, old, consents, self._ids(plan_id, "documents"), mode)
        self._store.update_plan(new)
        return self._written(plan_id, new, 200, mode)

    def delete_plan(self, plan_id: str, request: Request) -> Response:
        """Remove an inactive plan; `If-Match` is the content version."""
        routes.check_version(request, int(self._row(plan_id)[1]), plan_id)
        if self._plan(plan_id)["status"] != "inactive":
            raise Refusal(409, "PLAN_ACTIVE", plan_id)
        self._store.count("writes")
        self._store.delete_plan(plan_id)
        return Response(204)

    def post(self, plan_id: str, part: Part, request: Request, mode: Mode) -> Response:
        """Add a resource."""
        given = routes.body(request)
        rules.check_history(part, given, mode)
        item = shapes.new_item(
            part, given, fresh(_KINDS[part.name]), keep_unknown=mode.keep_unknown
        )
        item = self._ruled(plan_id, part, item, None, mode)
        if part.name == "participants":
            self._mail(mode)
        self._store.put_item(plan_id, part.name, item[part.key], item)
        return self._written(plan_id, item, 201, mode)

    def patch(
        self, plan_id: str, part: Part, item_id: str, request: Request, mode: Mode
    ) -> Response:
        """Change a resource."""
        old = self._item(plan_id, part.name, item_id)
        routes.check_version(request, old["version"], item_id)
        given = routes.body(request)
        rules.check_history(part, given, mode)
        item = shapes.changed_item(part, old, given, keep_unknown=mode.keep_unknown)
        item = self._ruled(plan_id, part, item, old, mode)
        self._store.put_item(plan_id, part.name, item_id, item)
        if part.name == "documents" and item["sha256"] != old["sha256"]:
            self._store.drop_blob(item_id)
        return self._written(plan_id, item, 200, mode)

    def delete(
        self, plan_id: str, part: Part, item_id: str, request: Request, mode: Mode
    ) -> Response:
        """Remove a resource nothing refers to."""
        old = self._item(plan_id, part.name, item_id)
        routes.check_version(request, old["version"], item_id)
        if part.name == "participants" and old["roleId"] == lists.LEAD:
            raise Refusal(409, "LEAD_REQUIRED", item_id)
        if self._is_used(plan_id, part, item_id):
            raise Refusal(409, "IN_USE", item_id)
        self._store.delete_item(part.name, item_id)
        return self._written(plan_id, None, 204, mode)

    def order(self, plan_id: str, part: Part, request: Request, mode: Mode) -> Response:
        """Put all resources of a part in the order given."""
        self._row(plan_id)
        given = routes.body(request)
        ids = given.get("ids")
        if set(given) != {"ids"} or not isinstance(ids, list):
            raise Refusal(422, "INVALID_BODY")
        known = self._ids(plan_id, part.name)
        if len(ids) != len(known) or any(not isinstance(i, str) or i not in known for i in ids):
            raise Refusal(409, "NOT_THE_SAME_SET", plan_id)
        if len(set(ids)) != len(ids):
            raise Refusal(422, "INVALID_FIELD", "ids")
        self._store.order(part.name, ids)
        return self._written(plan_id, {"ids": ids}, 200, mode)

    def put_bytes(self, plan_id: str, document_id: str, request: Request, mode: Mode) -> Response:
        """Store a document's bytes; they must be the ones its metadata names."""
        meta = self._item(plan_id, "documents", document_id)
        digest = hashlib.sha256(request.body).hexdigest()
        if digest != meta["sha256"] or len(request.body) != meta["size"]:
            raise Refusal(422, "HASH_MISMATCH", document_id)
        self._store.put_blob(plan_id, document_id, digest, request.body)
        return self._written(plan_id, {"documentId": document_id}, 200, mode)

    # -- inside ---------------------------------------------------------------------------------
    def _ruled(
        self,
        plan_id: str,
        part: Part,
        item: dict[str, Any],
        old: Mapping[str, Any] | None,
        mode: Mode,
    ) -> dict[str, Any]:
        plan = self._plan(plan_id)
        rules.check_gate(part, item, plan, self._store.items(plan_id, "consents"), mode)
        targets = {*part.one.values(), *part.many.values()}
        targets |= {name for _, _, ones in part.nested for name in ones.values()}
        rules.check_references(part, item, {name: self._ids(plan_id, name) for name in targets})
        if part.name == "participants":
            everyone = self._store.items(plan_id, "participants")
            item = {**rules.participant(item, old, mode), "personId": self._person(item, old)}
            for other in rules.demoted(everyone, item, old, mode):
                self._store.put_item(plan_id, "participants", other["participantId"], other)
            return item
        if part.name in ("goals", "activities", "messages"):
            everyone = self._store.items(plan_id, "participants")
            rules.check_active(part, item, old, everyone, mode)
        if part.name == "consents":
            item = rules.consent(item, old, mode)
        known = {row["commentId"] for row in (old or {}).get("comments", ())}
        kept = [row["commentId"] for row in item.get("comments", ()) if row["commentId"] in known]
        if len(set(kept)) != len(kept):
            raise Refusal(422, "INVALID_FIELD", "comments")
        for row in item.get("comments", ()):
            if row["commentId"] not in known:
                row["commentId"] = fresh("com")
        return rules.stamped(part, item, old, mode)

    def _person(self, item: Mapping[str, Any], old: Mapping[str, Any] | None) -> str:
        """The account a participant has: their number's; without one, an account of their own."""
        number = item["nationalId"]
        if old is not None and number == old["nationalId"]:
            return str(old["personId"])
        unnamed = old is not None and old["nationalId"] is None
        return self._store.account(number, old["personId"] if old and unnamed else fresh("pers"))

    def _is_used(self, plan_id: str, part: Part, item_id: str) -> bool:
        if part.name == "documents" and self._plan(plan_id)["photoDocumentId"] == item_id:
            return True
        return any(
            target == part.name and reference == item_id
            for other in PARTS
            for item in self._store.items(plan_id, other.name)
            for _, target, reference in references(other, item)
        )

    def _mail(self, mode: Mode) -> None:
        if not mode.silent:
            self._store.count("mails")

    def _written(
        self, plan_id: str, body: dict[str, Any] | None, status: int, mode: Mode
    ) -> Response:
        self._store.count("writes")
        self._store.touch(plan_id, mode.change_id)
        headers = self._headers(plan_id)
        if body is None:
            return Response(status, b"", headers)
        return Response.of(status, body, headers)

    def _row(self, plan_id: str) -> Any:
        row = self._store.plan(plan_id)
        if row is None:
            raise Refusal(404, "NOT_FOUND", plan_id)
        return row

    def _headers(self, plan_id: str) -> dict[str, str]:
        _, version, change_id, base = self._row(plan_id)
        headers = {"content-version": str(version)}
        if change_id is not None:
            headers |= {"x-change-id": change_id, "x-change-base": str(base)}
        return headers

    def _plan(self, plan_id: str) -> dict[str, Any]:
        return shapes.json_object(self._row(plan_id)[0])

    def _item(self, plan_id: str, part: str, item_id: str) -> dict[str, Any]:
        self._row(plan_id)
        item = self._store.item(plan_id, part, item_id)
        if item is None:
            raise Refusal(404, "NOT_FOUND", item_id)
        return item

    def _ids(self, plan_id: str, part: str) -> frozenset[str]:
        return self._store.ids(plan_id, part)
