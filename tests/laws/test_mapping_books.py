"""Mapped means that it stands readable in the target; what a reading only keeps raw is carried."""

import copy
from collections import Counter
from random import Random
from typing import Any

import pytest

from gateway.ports.mapping import Account
from mappings import laws
from mappings.books import settle
from mappings.reasons import REASONS
from tests.laws import planting

STANDS = (Account.MAPPED, Account.DERIVED)


def books(lab: Any, source: Any, target: Any, wire: Any, withhold: bool = False) -> Any:
    """The lines of a log's books, and the target's bytes."""
    decoded = source.decode(wire, lab.tenant)
    encoded = target.encode(decoded.logg, lab.tenant)
    held = {(c.id, ""): "P-42" for c in decoded.logg.oppmerksomheter} if withhold else {}
    made = settle(source, target, wire, decoded, encoded, held)
    assert made.balanced
    assert all(line.count >= 0 and line.account is not Account.LOST for line in made.lines)
    return made.lines, target.dump(encoded.wire)


def places(source: Any, planted: list[tuple[str, str]]) -> Counter[str]:
    """How many raw values were planted at each wire place."""
    # Messages and entries of the calendar are one wire list, and have a section for each kind.
    found = {s.name: s.place for s in source.sections.values()} | {"messages": "messages"}
    found |= {"calendar": "calendar", "comments": "activities.comments"}
    return Counter(f"{found[name]}.{key}".lstrip(".") for name, key in planted)


def test_what_is_kept_raw_is_carried_with_a_reason(pair: Any, lab: Any) -> None:
    """Unknown codes and keys of other systems: each leaf is carried, and stands nowhere there."""
    source, target, name = pair
    seen: Counter[str] = Counter()
    for number, wire in enumerate(lab.documents(name, 83, 60)):
        whole = copy.deepcopy(wire)
        planted = places(source, planting.odd(whole, Random(number), name))
        lines, body = books(lab, source, target, whole)
        assert b"fremmed-1" not in body
        for place, count in planted.items():
            here = [line for line in lines if line.place == place]
            kept = sum(line.count for line in here if line.account is Account.CARRIED)
            assert kept >= count, place
            assert all(x.code in REASONS for x in here if x.account is Account.CARRIED)
        seen += planted
    assert min(seen.values()) > 1


def test_what_the_policy_withholds_is_withheld_also_when_raw(pair: Any, lab: Any) -> None:
    """A raw value of a withheld concern is not told of as carried."""
    source, target, name = pair
    for number, wire in enumerate(lab.documents(name, 89, 30)):
        whole = copy.deepcopy(wire)
        planting.odd(whole, Random(number), name, 1.0)
        lines, _ = books(lab, source, target, whole, withhold=True)
        if name == "conexus_companion":
            under = [x for x in lines if x.place.startswith("oppmerksomheter.")]
            assert {x.account for x in under} <= {Account.WITHHELD}


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("state", "sett på vent", "UKJENT_KODE"),
        ("externalReference", "FAG-2024/17", "ANNET_SYSTEMS_NOKKEL"),
    ],
)
def test_an_activity_says_why(lab: Any, key: str, value: str, code: str) -> None:
    """One leaf moves from mapped to carried; the other activities' leaves stay where they were."""
    source, target = lab.mapping("visma_samspill"), lab.mapping("conexus_companion")
    wire = next(w for w in lab.documents("visma_samspill", 83, 30) if len(w["activities"]) > 2)
    before, _ = books(lab, source, target, wire)
    whole = copy.deepcopy(wire)
    whole["activities"][1][key] = value
    after, _ = books(lab, source, target, whole)
    place = f"activities.{key}"
    (was,) = [line for line in before if line.place == place]
    now = {line.code: line for line in after if line.place == place}
    assert was.account is Account.MAPPED
    assert now[was.code].count == was.count - 1
    assert (now[code].account, now[code].count) == (Account.CARRIED, 1)
    assert [x for x in after if x.place != place] == [x for x in before if x.place != place]


def test_the_second_record_of_a_person_is_kept_and_carried(lab: Any) -> None:
    """A person has one name in the model; another spelling of it stands in our copy alone."""
    source, target = lab.mapping("visma_samspill"), lab.mapping("conexus_companion")
    wire = copy.deepcopy(next(lab.documents("visma_samspill", 83, 1)))
    again = copy.deepcopy(wire["participants"][1])
    again |= {"participantId": "part-igjen", "name": "Et annet navn"}
    wire["participants"].append(again)
    lines, body = books(lab, source, target, wire)
    (kept,) = [x for x in lines if x.place == "participants.name" and x.account not in STANDS]
    assert (kept.account, kept.code, kept.count) == (Account.CARRIED, "PERSON_TO_GANGER", 1)
    assert b"Et annet navn" not in body


def test_our_own_key_is_no_strange_one(lab: Any) -> None:
    """A log that carries our key as its own id is mapped: the key stands there."""
    source, target = lab.mapping("conexus_companion"), lab.mapping("visma_samspill")
    key = "9b2f8f52-1d2c-4f7e-8f0a-3f4f6f1f2a3b"
    wire = next(lab.documents("conexus_companion", 83, 1)) | {"loggId": key, "eksternNokkel": key}
    lines, body = books(lab, source, target, wire)
    (line,) = [line for line in lines if line.place == "eksternNokkel"]
    assert line.account is Account.MAPPED
    assert key.encode() in body


def test_a_text_of_ours_edited_by_hand_is_kept_whole(lab: Any) -> None:
    """A word we do not know in a line of the block: nothing of the text is gone at home, and the
    books do not say that all of it stands in the target."""
    other, source = lab.mapping("conexus_companion"), lab.mapping("visma_samspill")
    seen = 0
    for log in lab.documents("conexus_companion", 107, 30):
        wire = copy.deepcopy(
            dict(source.encode(other.decode(log, lab.tenant).logg, lab.tenant).wire)
        )
        texts = [a for a in wire["activities"] if "Arena: i tjenesten" in (a["description"] or "")]
        if not texts:
            continue
        texts[0]["description"] = texts[0]["description"].replace("tjenesten", "svømmehallen")
        laws.native(source, wire, lab.tenant)
        lines, _ = books(lab, source, other, wire)
        (kept,) = [x for x in lines if x.code == "BLOKK_ENDRET"]
        assert (kept.place, kept.account, kept.count) == (
            "activities.description", Account.CARRIED, 1,
        )  # fmt: skip
        seen += 1
    assert seen > 10
