"""The `externalReference` of a Samspill resource: our ids, by one-letter names.

`o:<uuid>;m:<uuid>` for a goal, `d:<uuid>;p:<uuid>` for a participant, `t:<uuid>,<uuid>` for an
activity, and so on. A native resource has none of ours. At most 120 characters.
"""

from functools import lru_cache

from mappings.identitet import is_uuid

MAX = 120

Names = dict[str, list[str]]


@lru_cache(maxsize=512)
def parse(reference: str | None) -> Names:
    """The ids by name; empty when the reference is absent or not ours.

    Remembered, because a reading asks for the ids of a resource more than once; not to be changed.
    """
    if reference is None:
        return {}
    found: Names = {}
    for part in reference.split(";"):
        name, _, value = part.partition(":")
        ids = value.split(",")
        if not name or not all(map(is_uuid, ids)):
            return {}
        found[name] = ids
    return found


def text(**names: str) -> str:
    """A reference of these ids, in the order given."""
    return ";".join(f"{name}:{value}" for name, value in names.items())
