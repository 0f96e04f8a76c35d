"""Which resource in the target is which in the bundle, and what differs. Pure.

The server assigns all ids, so a resource is known again by its id, by our external reference, by
the person it stands for, or, where the bundle carries no reference, by saying exactly the same.
Equal texts are never merged: each resource is used once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.visma_samspill.parts import PLAN_KEYS, Part
from gateway.errors import Rejected
from schemas.visma_samspill import plan as wire

Item = Mapping[str, Any]
TEMPORARY = "tmp:"

_KEYS: dict[str, frozenset[str]] = {
    "plan": frozenset(wire.Plan.__annotations__),
    "participants": frozenset(wire.Participant.__annotations__),
    "documents": frozenset(wire.Document.__annotations__),
    "consents": frozenset(wire.Consent.__annotations__),
    "goals": frozenset(wire.Goal.__annotations__),
    "activities": frozenset(wire.Activity.__annotations__),
    "calendar": frozenset(wire.CalendarEvent.__annotations__),
    "messages": frozenset(wire.Message.__annotations__),
}
_NESTED_KEYS: dict[str, frozenset[str]] = {
    "plan": frozenset(wire.Plan.__annotations__),
    "mainPerson": frozenset(wire.MainPerson.__annotations__),
    "subjectPlans": frozenset(wire.SubjectPlan.__annotations__),
    "roleHistory": frozenset(wire.RoleChange.__annotations__),
    "signers": frozenset(wire.Signer.__annotations__),
    "listedParticipants": frozenset(wire.ListedParticipant.__annotations__),
    "comments": frozenset(wire.Comment.__annotations__),
}


@dataclass(frozen=True, slots=True)
class Names:
    """Ids the bundle uses, and the ids the target has for them, by part; `persons` apart."""

    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)

    def learn(self, part: Part, desired: Item, stored: Item) -> None:
        """Note that `desired` is `stored` in the target."""
        self.parts.setdefault(part.name, {})[desired[part.key]] = stored[part.key]
        if part.name == "participants":
            # Who takes part twice is one person: the first account is theirs.
            self.persons.setdefault(desired["personId"], stored["personId"])

    def of(self, part: str, value: str | None) -> str | None:
        """The target's id. Raises Rejected for a temporary id nothing in the bundle has."""
        return _known(self.parts.get(part, {}), value)

    def author(self, value: str | None) -> str | None:
        """Who did something, by the account that person has in the target.

        A native account is new there too when the target was emptied; one that nobody in the plan
        has is kept as it came. Raises Rejected for a temporary id nothing in the bundle has.
        """
        if value is None or value in self.persons:
            return None if value is None else self.persons[value]
        if not value.startswith(TEMPORARY):
            return value
        return _known(self.parts.get("participants", {}), value)


def _known(names: Mapping[str, str], value: str | None) -> str | None:
    if value is None or value in names:
        return None if value is None else names[value]
    if value.startswith(TEMPORARY):
        raise Rejected("UKJENT_REFERANSE", place="referanse")
    return value


def resolved(part: Part, item: Item, names: Names) -> dict[str, Any]:
    """What is to be stored: the item with the target's ids, without what the server owns."""
    own = (part.key, "version", "personId")
    out = {key: value for key, value in item.items() if key not in own}
    for key, target in part.one.items():
        out[key] = names.of(target, item[key])
    for key, target in part.many.items():
        out[key] = [names.of(target, value) for value in item[key]]
    for key in part.authors:
        out[key] = names.author(item[key])
    for key, _, ones in part.nested:
        out[key] = [
            {**row, **{name: names.of(target, row[name]) for name, target in ones.items()}}
            for row in item[key]
        ]
    return out


def difference(part: Part, desired: Item, stored: Item) -> dict[str, Any]:
    """The fields to PATCH; `desired` is already resolved. Empty when they say the same."""
    out = {
        key: value
        for key, value in desired.items()
        if key not in stored or not _same(stored[key], value)
    }
    if part.name == "participants" and (desired["status"] == "ended") == (
        stored["status"] == "ended"
    ):
        # Invited or active, and since when, is the target's own knowledge of who has logged in
        #
        out.pop("status", None)
        if desired["activatedAt"] is None:
            out.pop("activatedAt", None)
    if "comments" in out:
        comments = named_comments(desired["comments"], stored["comments"])
        if _same(stored["comments"], comments):
            del out["comments"]
        else:
            out["comments"] = comments
    return out


def _same(one: Any, other: Any) -> bool:
    """Equal, and not merely as 1 equals true."""
    return bool(one == other) and type(one) is type(other)


def named_comments(
    desired: Sequence[Item], stored: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The wished comments under the ids they already have in the target."""
    left = list(stored)
    out: list[dict[str, Any]] = []
    for row in desired:
        twin = _first(left, _is_comment(row))
        if twin is not None:
            left.remove(twin)
        out.append({**row, "commentId": twin["commentId"] if twin else row["commentId"]})
    return out


def _is_comment(row: Item) -> Callable[[Item], bool]:
    reference = row["externalReference"]

    def test(old: Item) -> bool:
        """The same id, the same reference, or no reference and the same words."""
        if old["commentId"] == row["commentId"]:
            return True
        if reference is not None:
            return bool(old["externalReference"] == reference)
        return {**old, "commentId": ""} == {**row, "commentId": ""}

    return test


def plan_difference(desired: Item, stored: Item, leave: frozenset[str]) -> dict[str, Any]:
    """The plan's own fields to PATCH, without those to `leave` for later."""
    out: dict[str, Any] = {}
    extra = [key for key in desired if key not in wire.Plan.__annotations__]
    for key in [*PLAN_KEYS, *extra]:
        if key in leave:
            continue
        value = desired[key]
        if key == "mainPerson":
            # The account's id is the server's.
            value = {**value, "personId": stored["mainPerson"]["personId"]}
        if key not in stored or not _same(stored[key], value):
            out[key] = value
    return out


def is_whole(part: str, item: Item) -> bool:
    """True when an answer has every field of the contract."""
    return set(item) >= _KEYS[part]


def has_unknown(part: str, fields: Item) -> bool:
    """True when a field is not in the contract: drift that has to be kept on purpose."""
    allowed = _KEYS[part]
    for key, value in fields.items():
        if key not in allowed:
            return True
        inner = _NESTED_KEYS.get(key)
        rows = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
        if inner and any(isinstance(row, dict) and not set(row) <= inner for row in rows):
            return True
    return False


class Pool:
    """The resources of one part in the target, each given away at most once."""

    def __init__(self, part: Part, stored: Sequence[dict[str, Any]]) -> None:
        self._part = part
        self._left = list(stored)

    @property
    def left(self) -> list[dict[str, Any]]:
        """Those nobody has claimed."""
        return self._left

    def take(self, item: Item, wanted: Item) -> dict[str, Any] | None:
        """The resource that is `item`; `wanted` is the same resolved. None when it is not there."""
        for test in self._tests(item, wanted):
            twin = _first(self._left, test)
            if twin is not None:
                self._left.remove(twin)
                return twin
        return None

    def _tests(self, item: Item, wanted: Item) -> list[Callable[[Item], bool]]:
        key, reference = self._part.key, item["externalReference"]
        tests: list[Callable[[Item], bool]] = [lambda old: bool(old[key] == item[key])]
        if reference is not None:
            tests.append(lambda old: bool(old["externalReference"] == reference))
        if self._part.name == "participants":
            tests.append(lambda old: _same_person(old, item) and old["roleId"] == item["roleId"])
            tests.append(lambda old: _same_person(old, item))
        if reference is None:
            tests.append(
                lambda old: (
                    old["externalReference"] is None and not difference(self._part, wanted, old)
                )
            )
        return tests


def _same_person(old: Item, item: Item) -> bool:
    """A participant nobody has given a reference yet, who is the same human being."""
    if old["externalReference"] is not None:
        return False
    if item["nationalId"] is not None or old["nationalId"] is not None:
        return bool(old["nationalId"] == item["nationalId"])
    return item["name"] is not None and bool(old["name"] == item["name"])


def _first(items: Sequence[dict[str, Any]], test: Callable[[Item], bool]) -> dict[str, Any] | None:
    return next((item for item in items if test(item)), None)
