"""What vendors' documents hold beside what we expect: keys we have no row for at every level, lists
in mixed order, codes and keys of others. Planted in generated documents, in place."""

import copy
from random import Random
from typing import Any

Wire = dict[str, Any]

KEYS = ("ip", "z", "x_seen", "#", "@", "~", "?", "raa", "", "id", "personen")
"""Names a vendor may come to use; some are our own marks in what is kept."""

_VALUES: tuple[Any, ...] = (
    None, True, 0, -0.0, 1_000_000_000_000_000, "", "æ\u2028", [], {}, [None, {"b": ""}],
    {"z": 1, "a": [1, 2.5]}, {"#": {"goals": ["goalId", []]}},
)  # fmt: skip


def unknown(wire: Wire, rng: Random, share: float = 1.0) -> Wire:
    """Keys without a row in a share of all records, nested ones without an id too."""
    for record in records(wire):
        if rng.random() < share:
            for key in rng.sample(KEYS, rng.randint(1, 2)):
                record[key] = copy.deepcopy(rng.choice(_VALUES))
    return wire


def records(wire: Wire) -> list[Wire]:
    """Every object of a document that takes keys of its own."""
    found: list[Wire] = []
    # The bundle of a plan is ours, put together of what the system gives one by one.
    stack: list[Any] = list(wire.values()) if "plan" in wire else [wire]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            found.append(node)
        if isinstance(node, (dict, list)):
            stack += node.values() if isinstance(node, dict) else node
    return found


def mixed(wire: Wire, rng: Random) -> Wire:
    """Lists in any order: activities over their goals, kinds of message, kinds of entry."""
    if "plan" in wire:
        _more(wire, rng)
        for activity in wire["activities"]:
            rng.shuffle(activity["comments"])
        for name in ("activities", "messages", "calendar", "goals", "documents", "consents"):
            rng.shuffle(wire[name])
    else:
        for name in ("oppmerksomheter", "moter", "notater", "lysglimt", "samtykker", "ansatte"):
            rng.shuffle(wire[name])
        for concern in wire["oppmerksomheter"]:
            rng.shuffle(concern["tiltak"])
    return wire


def _more(wire: Wire, rng: Random) -> None:
    """Entries and messages of several kinds, an evaluation in a thread, and equal twins."""
    for number, event in enumerate(copy.deepcopy(wire["calendar"])):
        for kind in ("trip", "meeting"):
            own = {"eventId": f"cal-{kind}-{number}", "externalReference": None}
            wire["calendar"].append(event | own | {"kind": kind})
    for number, message in enumerate(copy.deepcopy(wire["messages"])):
        for kind in rng.sample(("minutes", "message", "pigeon", "invitation"), 2):
            own = {"messageId": f"msg-{kind}-{number}", "externalReference": None}
            wire["messages"].append(message | own | {"kind": kind})
    for number, activity in enumerate(copy.deepcopy(wire["activities"])):
        own = {"activityId": f"act-twin-{number}", "externalReference": None}
        wire["activities"].append(activity | own | {"comments": []})
    for number, activity in enumerate(wire["activities"]):
        activity["comments"].append(
            {
                "commentId": f"com-{number}", "externalReference": None, "at": None,
                "authorParticipantId": None, "text": "Evaluering: virket\n\nDet gikk fint.",
            }
        )  # fmt: skip


def twice(wire: Wire, rng: Random) -> Wire:
    """Somebody takes part a second time, in another role, and is named by that one too."""
    if "plan" not in wire:
        return wire
    for number, one in enumerate(rng.sample(wire["participants"], 2)):
        again = copy.deepcopy(one) | {
            "participantId": f"part-igjen-{number}", "externalReference": None,
            "roleId": "role-koordinator",
        }  # fmt: skip
        wire["participants"].insert(rng.randint(2, len(wire["participants"])), again)
        for name in ("goals", "activities", "messages", "calendar", "consents"):
            for node in wire[name]:
                if rng.random() < 0.5:
                    _name_by(node, one["participantId"], again["participantId"])
    return wire


def _name_by(node: Any, old: str, new: str) -> None:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if value == old:
            node[key] = new
        elif isinstance(value, (dict, list)):
            _name_by(value, old, new)


_ODD = {
    "visma_samspill": {
        "mainPerson": ("kind",),
        "consents": ("status", "externalReference"),
        "signers": ("status",),
        "goals": ("state", "setting", "externalReference"),
        "activities": ("state", "externalReference"),
        "messages": ("externalReference",),
        "calendar": ("externalReference",),
        "documents": ("externalReference",),
        "comments": ("externalReference",),
        "participants": ("externalReference",),
        "plan": ("externalReference", "organisationNumber"),
    },
    "conexus_companion": {
        "barn": ("type",),
        "lesetilganger": ("omfang",),
        "samtykker": ("erstattetAv",),
        "oppmerksomheter": ("status",),
        "tiltak": ("arena", "status", "vistAnsvarlig"),
        "evaluering": ("virket", "veienVidere"),
        "moter": ("form",),
        "overforinger": ("type",),
    },
}
"""Keys of closed lists, and keys in which another system's word may stand."""


def odd(wire: Wire, rng: Random, system: str, share: float = 0.5) -> list[tuple[str, str]]:
    """Codes nobody knows and keys of other systems; gives (section, key) for each planted."""
    planted: list[tuple[str, str]] = []

    def walk(name: str, node: Any) -> None:
        for record in node if isinstance(node, list) else [node]:
            if not isinstance(record, dict):
                continue
            for key in _ODD[system].get(name, ()):
                if rng.random() < share:
                    record[key] = "fremmed-1"
                    planted.append((name, key))
            for key, value in record.items():
                if isinstance(value, (dict, list)):
                    walk(key, value)

    walk("logg", wire)
    if system == "conexus_companion" and rng.random() < share:
        wire["eksternNokkel"] = "fremmed-1"
        planted.append(("logg", "eksternNokkel"))
    return planted
