"""The named pairs of functions where Samspill's shape and the canonical shape differ."""

from typing import Any

from mappings.identitet import derived
from mappings.reading import Reading
from mappings.visma_samspill import referanse
from mappings.writing import Writing
from schemas.stafettlogg.innhold import Oppmerksomhet

TEMPORARY = "tmp:"
SYNTHETIC = "SP-MAAL-TIL-OPPMERKSOMHET"
FOREIGN = "ANNET_SYSTEMS_NOKKEL"
_WORDS = ("title", "description", "when")


def read_id(record: dict[str, Any], key: str, kind: str, name: str, reading: Reading) -> str:
    """Our id from the reference, else one made of the vendor's id."""
    reference = record["externalReference"]
    if reference is None:
        return reading.ids.canonical(kind, record[key])
    found = referanse.parse(reference).get(name)
    if found is None:
        reading.leave("externalReference", None, reference, FOREIGN)
        return reading.ids.canonical(kind, record[key])
    return found[0]


def write_id(
    entity: dict[str, Any], record: dict[str, Any], key: str, kind: str, name: str, writing: Writing
) -> None:
    """The vendor's id for what came from there; our reference unless the id follows from it."""
    wire_id = record[key] = entity["kilde_id"]
    native = entity["id"] == writing.ids.canonical(kind, wire_id)
    record["externalReference"] = None if native else f"{name}:{entity['id']}"


def statement(key: str, name: str) -> str:
    """A temporary id, which the connector replaces, and our reference: for all that is new there.

    Source text for `kompilering.record`, where `id` is ours.
    """
    return f"record[{key!r}] = {TEMPORARY!r} + id; record['externalReference'] = '{name}:' + id"


def identity(entity: dict[str, Any], writing: Writing) -> str:
    """The vendor's own id, else a temporary one."""
    if entity["kildesystem"] is writing.native and entity["kilde_id"] is not None:
        return str(entity["kilde_id"])
    return f"{TEMPORARY}{entity['id']}"


def read_version(record: dict[str, Any], reading: Reading) -> None:
    """The version is the server's; kept so that the way home is exact."""
    if record["version"] != 1:
        reading.leave("version", 1, record["version"])


def leave_edited(record: dict[str, Any], ruled: dict[str, Any], reading: Reading) -> None:
    """Keep a text of ours that somebody has edited so that we would not write it again as it is."""
    for key in _WORDS:
        if key in ruled and ruled[key] != record[key]:
            reading.leave(key, ruled[key], record[key], "BLOKK_ENDRET")


def goal_of(concern: str) -> str:
    """The id of a concern's only goal, where the goal has none of its own."""
    return derived(concern, "maal")


def is_synthetic(concern: Oppmerksomhet) -> bool:
    """True for a concern made from a goal; it is not written, the goal alone is (D-2)."""
    return concern.avledet and concern.avledet_regel == SYNTHETIC


def read_goal(record: dict[str, Any], reading: Reading) -> tuple[str, str, bool]:
    """(concern id, goal id, whether the goal is ours and carries its concern)."""
    ids = referanse.parse(record["externalReference"])
    if "o" in ids and "m" in ids:
        return ids["o"][0], ids["m"][0], True
    if "c" in ids:
        return ids["c"][0], ids["m"][0] if "m" in ids else goal_of(ids["c"][0]), False
    if record["externalReference"] is not None:
        reading.leave("externalReference", None, record["externalReference"], FOREIGN)
    concern = reading.ids.canonical("oppmerksomhet", record["goalId"])
    return concern, goal_of(concern), False


def write_native(
    concern: Oppmerksomhet, goal: dict[str, Any], wire_id: str, writing: Writing
) -> str | None:
    """The reference of a goal whose concern is only synthetic; none when both follow from it.

    `c` marks that the description is free text; `o`, of a concern of ours, that it is a block.
    """
    native = writing.ids.canonical("oppmerksomhet", wire_id)
    if concern.id == native and goal["id"] == goal_of(native):
        return None
    return referanse.text(c=concern.id, m=goal["id"])


def split_ids(base: str, persons: list[str | None], given: list[str]) -> list[str]:
    """Ids of the measures of one activity: given ones first, the rest follow from the person."""
    ids = list(given) or [base]
    ids += [derived(base, person or "") for person in persons[len(ids) :]]
    return ids[: max(1, len(persons))]


def split_text(ids: list[str], persons: list[str | None]) -> str:
    """The reference of an activity: the ids up to the last that does not follow from the first."""
    given = next(n for n in range(1, len(ids) + 1) if split_ids(ids[0], persons, ids[:n]) == ids)
    return referanse.text(t=",".join(ids[:given]))
