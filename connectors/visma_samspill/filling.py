"""Brings one plan in the target to what a bundle says, resource by resource.

Every step lists what is there and does only what is missing, so it can be cut anywhere and done
again. Resources people have made in the product are left alone, unless the order was planned on a
version that already held them. This module must not create plans.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from connectors.http.reply import Reply
from connectors.visma_samspill import matching
from connectors.visma_samspill.client import Client, made_at, version_of
from connectors.visma_samspill.matching import Names, Pool
from connectors.visma_samspill.operations import PLANS
from connectors.visma_samspill.parts import PARTS, Part
from connectors.visma_samspill.reading import Read
from gateway.errors import Conflict, RemoteFault
from gateway.ports.connector import Written

LEAD = "role-planansvarleg"
_LATER = frozenset({"status", "photoDocumentId", "createdBy"})

Item = dict[str, Any]


class Filling:
    """One piece of work on one plan; used once. Raises only GatewayErrors."""

    def __init__(
        self,
        client: Client,
        found: Read,
        *,
        change_id: str,
        read_file: Callable[[str], bytes],
        answered: frozenset[str],
        seen_all: bool,
    ) -> None:
        """`answered` are the hashes of the files whose content the work answers for."""
        self._client = client
        self._plan_id: str = found.head.body["planId"]
        self._plan = found.head.body
        self._stored: dict[str, list[Item]] = {p.name: list(found.bundle[p.name]) for p in PARTS}
        self._version = found.version
        # Where this work began, or began the last time.
        self._base = found.head.change_base if found.head.change_id == change_id else None
        self._begins = str(found.version) if self._base is None else self._base
        self._began = found.version
        self._writes = 0
        self._change_id = change_id
        self._read_file = read_file
        self._answered = answered
        self._seen_all = seen_all
        self._names = Names()
        self._extra: dict[str, list[Item]] = {}

    def run(self, bundle: dict[str, Any]) -> Written:
        """Do it all. What somebody else wrote between two of our writes is left as it is, and the
        answer says that we were not alone."""
        desired = bundle["plan"]
        self._names.persons[desired["mainPerson"]["personId"]] = self._plan["mainPerson"][
            "personId"
        ]
        self._patch_plan(matching.plan_difference(desired, self._plan, _LATER))
        for part in PARTS:
            self._part(part, bundle[part.name])
            if part.name == "consents":
                self._close_early(desired, bundle["consents"])
        last = {
            **desired,
            "photoDocumentId": self._names.of("documents", desired["photoDocumentId"]),
            "createdBy": self._names.author(desired["createdBy"]),
        }
        if self._extra.get("documents"):
            self._patch_plan(matching.plan_difference(last, self._plan, frozenset({"status"})))
        for part in reversed(PARTS):
            self._remove(part)
        for part in PARTS:
            self._order(part, bundle[part.name])
        # The status comes last: a plan that has it has all the rest.
        self._patch_plan(matching.plan_difference(last, self._plan, frozenset()))
        return Written(self._plan_id, str(self._version), alone=self._alone())

    def _alone(self) -> bool:
        """Did the whole work rest on the version it began at? The product starts the count anew
        when somebody else has written (X-Change-Base). One that does not count must have grown by
        our own writes and no more."""
        if not self._writes or self._base is not None:
            return not self._writes or self._base == self._begins
        head = self._client.head(self._plan_id)
        if head.change_id is None and head.version == self._version:
            return self._version == self._began + self._writes
        return head.change_id == self._change_id and head.change_base == self._begins

    def _close_early(self, desired: Item, consents: list[Item]) -> None:
        """Without a consent in force only an inactive plan takes content, as history."""
        if desired["status"] == "inactive" and not any(c["status"] == "valid" for c in consents):
            only_status = frozenset(desired) - {"status"}
            self._patch_plan(matching.plan_difference(desired, self._plan, only_status))

    def _part(self, part: Part, desired: list[Item]) -> None:
        pool = Pool(part, self._stored[part.name])
        if part.name == "participants":
            # Giving the lead's role to one takes it from another, whose version then grows.
            for item in [i for i in desired if i["roleId"] == LEAD]:
                if self._one(part, item, pool):
                    self._reload(part)
                    known = set(self._names.parts[part.name].values())
                    left = [i for i in self._stored[part.name] if i[part.key] not in known]
                    pool = Pool(part, left)
            desired = [i for i in desired if i["roleId"] != LEAD]
        for item in desired:
            self._one(part, item, pool)
        seen_all = self._seen_all
        self._extra[part.name] = [
            i for i in pool.left if seen_all or i["externalReference"] is not None
        ]

    def _one(self, part: Part, item: Item, pool: Pool) -> bool:
        """Make or change one resource. True when another may have lost the lead's role."""
        wanted = matching.resolved(part, item, self._names)
        stored = pool.take(item, wanted)
        took_lead = wanted.get("roleId") == LEAD and (stored is None or stored["roleId"] != LEAD)
        path = f"{PLANS}/{self._plan_id}/{part.name}"
        now: Item
        if stored is None:
            reply = self._write("part.create", "POST", path, part.name, wanted)
            now = self._stored_item(part, reply, made_at(reply))
            self._stored[part.name].append(now)
        else:
            now = stored
            changed = matching.difference(part, wanted, stored)
            if changed:
                reply = self._write(
                    "part.update", "PATCH", f"{path}/{stored[part.key]}", part.name, changed,
                    version=stored["version"],
                )  # fmt: skip
                now = self._stored_item(part, reply, stored[part.key])
        self._names.learn(part, item, now)
        if part.name == "documents":
            self._bytes(item, now, fresh=stored is None or stored["sha256"] != now["sha256"])
        return took_lead

    def _bytes(self, item: Item, now: Item, *, fresh: bool) -> None:
        """Send the content, unless what stands there is fetched and has the hash: what is said of
        a document tells nothing of whether its bytes came, or are these."""
        document_id = now["documentId"]
        sha256 = now["sha256"]
        if not fresh and (sha256 not in self._answered or self._holds(document_id, sha256)):
            return
        self._note(
            self._client.write(
                "content.write",
                "PUT",
                f"{PLANS}/{self._plan_id}/documents/{document_id}/content",
                place=document_id,
                change_id=self._change_id,
                content=self._read_file(item["documentId"]),
            )
        )

    def _holds(self, document_id: str, sha256: str) -> bool:
        try:
            data = self._client.content(self._plan_id, document_id)
        except Conflict:
            return False
        return hashlib.sha256(data).hexdigest() == sha256

    def _remove(self, part: Part) -> None:
        for item in self._extra.get(part.name, ()):
            self._note(
                self._client.write(
                    "part.delete",
                    "DELETE",
                    f"{PLANS}/{self._plan_id}/{part.name}/{item[part.key]}",
                    place=item[part.key],
                    change_id=self._change_id,
                    version=item["version"],
                )
            )

    def _order(self, part: Part, desired: list[Item]) -> None:
        """Lists keep their order; what people added stays behind what we brought."""
        gone = {item[part.key] for item in self._extra.get(part.name, ())}
        stands = [i[part.key] for i in self._stored[part.name] if i[part.key] not in gone]
        names = self._names.parts.get(part.name, {})
        wanted = [names[item[part.key]] for item in desired]
        wanted += [i for i in stands if i not in set(wanted)]
        if wanted != stands:
            path = f"{PLANS}/{self._plan_id}/{part.name}/order"
            self._note(
                self._client.write(
                    "part.order", "PUT", path, place=self._plan_id, change_id=self._change_id,
                    json={"ids": wanted},
                )
            )  # fmt: skip

    def _patch_plan(self, fields: Item) -> None:
        if not fields:
            return
        reply = self._write(
            "plan.update", "PATCH", f"{PLANS}/{self._plan_id}", "plan", fields,
            version=self._plan["version"],
        )  # fmt: skip
        plan = self._client.head(self._plan_id).body if not reply.content else reply.data()
        if not isinstance(plan, dict) or not matching.is_whole("plan", plan):
            raise RemoteFault("UGYLDIG_SVAR", place=self._plan_id)
        self._plan = plan

    def _reload(self, part: Part) -> None:
        items = self._client.items(self._plan_id, part).items
        if not all(isinstance(i, dict) and matching.is_whole(part.name, i) for i in items):
            raise RemoteFault("UGYLDIG_SVAR", place=self._plan_id)
        self._stored[part.name] = items

    def _write(
        self,
        operation: str,
        method: str,
        path: str,
        part: str,
        fields: Item,
        *,
        version: int | None = None,
    ) -> Reply:
        reply = self._client.write(
            operation,
            method,
            path,
            place=self._plan_id,
            change_id=self._change_id,
            version=version,
            json=fields,
            keep_unknown=matching.has_unknown(part, fields),
        )
        return self._note(reply)

    def _note(self, reply: Reply) -> Reply:
        self._version = version_of(reply, self._plan_id)
        self._writes += 1
        self._base = reply.headers.get("x-change-base")
        return reply

    def _stored_item(self, part: Part, reply: Reply, item_id: str | None) -> Item:
        """What stands after a write: as answered, or, where the answer was an address alone (201
        and Location), looked up."""
        item = reply.data() if reply.content else self._listed(part, item_id)
        if not isinstance(item, dict) or not matching.is_whole(part.name, item):
            raise RemoteFault("UGYLDIG_SVAR", place=self._plan_id)
        return item

    def _listed(self, part: Part, item_id: str | None) -> Item | None:
        items = self._client.items(self._plan_id, part).items
        return next((i for i in items if isinstance(i, dict) and i.get(part.key) == item_id), None)
