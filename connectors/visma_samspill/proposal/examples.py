"""The worked example: one plan from the form to its deletion, a call per operation.

Played in this order against an empty sandbox (tests/contract/test_worked_examples.py) it gets the
answers that stand here; ids are the server's, and stand-ins here. What is played twice has an
example of each time (`plays`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from connectors.visma_samspill.parts import BY_NAME, PARTS
from connectors.visma_samspill.proposal import example_parts as parts

_FORM = "application/x-www-form-urlencoded"
_BYTES = "application/octet-stream"
_NOW = "token-begin"
_TODAY = {
    "planTypes.list": [("pt-stafettlogg", "Stafettlogg"), ("pt-ip", "Individuell plan")],
    "roles.list": [
        ("role-planansvarleg", "Planansvarlig"), ("role-foresatt", "Foresatt/verge"),
        ("role-tenesteytar", "Tjenesteyter"), ("role-deltakar", "Deltaker"),
        ("role-planeigar", "Planeier"), ("role-koordinator", "Koordinator"),
    ],
    "affiliations.list": [
        ("aff-skule", "Skole"), ("aff-barnehage", "Barnehage"), ("aff-helse", "Helsestasjon"),
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """One call and its answer. A body that is a text is bytes in ISO 8859-1."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    answer: Any = None


class _Play:
    """Counts the plan's content version through the play."""

    def __init__(self) -> None:
        self.found: dict[str, Example] = {}
        self.version = 1
        self.there: dict[str, list[dict[str, Any]]] = {part.name: [] for part in PARTS}

    def read(
        self, name: str, answer: Any, query: Mapping[str, Any] | None = None, **path: str
    ) -> None:
        """A read of the plan."""
        self.found[name] = Example({"planId": parts.PLAN, **path}, query or {}, answer=answer)

    def write(
        self, name: str, body: Any, answer: Any, match: int | None = None, **path: str
    ) -> None:
        """A write of the import."""
        headers = {"X-Import": "historical", "X-Notify": "none", "X-Change-Id": parts.WORK}
        if match is not None:
            headers["If-Match"] = f'"{match}"'
        self.version += 1
        path = {"planId": parts.PLAN, **path}
        self.found[name] = Example(path, headers=headers, body=body, answer=answer)


def _begin(play: _Play) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": parts.CLIENT,
        "client_secret": parts.SECRET,
        "tenant_id": parts.TENANT,
    }
    token = {"token_type": "Bearer", "expires_in": 3600, "scope": ""}
    play.found["token.fetch"] = Example(
        body=form, answer={"access_token": "example-token", **token}
    )
    play.found["tenant.read"] = Example(
        answer={
            "organisationNumber": parts.TENANT,
            "product": "Visma Flyt Samspill",
            "contract": "content/v1",
            "environment": "sandbox",
            "rights": ["read", "write", "import", "delete"],
            "planCount": 0,
            "freeBytes": None,
        }
    )
    for name, rows in _TODAY.items():
        play.found[name] = Example(
            query={"language": "NB", "organisationNumber": parts.TENANT},
            answer=[{"id": one, "name": shown} for one, shown in rows],
        )
    play.found["plan.create"] = Example(
        headers={"X-Notify": "none"}, body=parts.form(), answer={"status": "OK"}
    )
    found = {"planId": parts.PLAN, "contentVersion": 1, "externalReference": None}
    play.found["plan.search"] = Example(
        body={"mainPersonNationalId": parts.number("main"), "planTypeId": "pt-stafettlogg"},
        answer={"plans": [{**found, "createdBy": parts.CLIENT}]},
    )
    play.read("plan.read", parts.plan())


def _part(play: _Play, name: str) -> None:
    """Make one, change it, list the part, and put it in another order."""
    key, ident, there = BY_NAME[name].key, parts.IDS[name], play.there[name]
    own = {key: ident, "version": 1}
    if name == "participants":
        there += [parts.from_form("lead", parts.LEAD)]
        there += [parts.from_form("guardian", parts.GUARDIAN)]
        own["personId"] = "pers-provider"
    made = {**parts.NEW[name], **own}
    if name == "activities":
        (comment,) = parts.NEW[name]["comments"]
        made["comments"] = [{**comment, "commentId": "com-example"}]
    play.write(f"part.create.{name}", dict(parts.NEW[name]), made)
    if name == "documents":
        play.write("content.write", parts.BYTES, {"documentId": ident}, id=ident)
        play.read("content.read", parts.BYTES, id=ident)
    changed = {**made, **parts.CHANGE[name], "version": 2}
    play.write(f"part.update.{name}", dict(parts.CHANGE[name]), changed, 1, id=ident)
    there.append(changed)
    page = {
        "planId": parts.PLAN,
        "totalCount": len(there),
        "items": list(there),
        "nextPageToken": None,
    }
    play.read(f"part.list.{name}", page, {"pageSize": 100})
    ids = {"ids": [item[key] for item in reversed(there)]}
    play.write(f"part.order.{name}", ids, ids)


def _end(play: _Play) -> None:
    row = {"planId": parts.PLAN, "contentVersion": play.version, "status": "awaitingConsent"}
    page = {"totalCount": 1, "plans": [row]}
    play.found["plan.list"] = Example(
        query={"pageSize": 100}, answer={**page, "nextPageToken": None}
    )
    # The feed counts every change of the municipality; here one plan has had them all.
    play.found["change.list"] = Example(
        query={"pageSize": 100, "pageToken": _NOW},
        answer={**page, "nextPageToken": "token-since"},
    )
    for part in ("messages", "calendar", "activities", "goals", "consents", "documents"):
        play.write(f"part.delete.{part}", None, None, 2, id=parts.IDS[part])
    play.write("part.delete.participants", None, None, 2, id=parts.IDS["participants"])
    change = {"externalReference": parts.KEY, "status": "inactive"}
    play.write("plan.update", change, {**parts.plan(), **change, "version": 2}, 1)
    play.found["plan.delete"] = Example(
        {"planId": parts.PLAN}, headers={"If-Match": f'"{play.version}"'}
    )


@cache
def examples() -> Mapping[str, Example]:
    """Every operation's example, in the order to play them in."""
    play = _Play()
    _begin(play)
    for part in PARTS:
        _part(play, part.name)
    _end(play)
    return play.found


def plays(name: str) -> Mapping[str, Example]:
    """The examples of an operation in the order they are played, by name; a single one has none."""
    last = examples()[name]
    if name != "change.list":
        return {"": last}
    answer = {"totalCount": 0, "plans": [], "nextPageToken": _NOW}
    return {"begin": Example(query={"pageSize": 100}, answer=answer), "since": last}


def order() -> list[str]:
    """The worked example, call by call: an operation, and after a `/` the name of its example."""
    names = ["change.list/since" if one == "change.list" else one for one in examples()]
    names.insert(2, "change.list/begin")
    return names


def media(name: str) -> tuple[str, str]:
    """(what is sent as, what is answered as) where it is another thing than JSON."""
    kinds = {
        "token.fetch": (_FORM, ""),
        "content.write": (_BYTES, ""),
        "content.read": ("", _BYTES),
    }
    return kinds.get(name, ("", ""))
