"""Canonical ids are what `uuid.uuid5` gives, whichever way of making them is used."""

import random
import string
from importlib import import_module
from uuid import uuid5

import pytest

from gateway.errors import Rejected
from mappings import identitet
from mappings.identitet import NAMESPACE, Identities, derived, following, is_uuid

WORDS = random.Random(11)


def vendor_ids(count: int) -> list[str]:
    """Vendor ids of every length, with letters from here and there."""
    letters = string.ascii_letters + string.digits + "-_.|æøåšžđŋ"
    return ["".join(WORDS.choices(letters, k=WORDS.randint(1, 80))) for _ in range(count)]


def test_every_way_gives_uuid_5() -> None:
    """One at a time, a list, what follows from parts: the library's own, to the letter."""
    ids = Identities("conexus", "899100107")
    wanted = {v: str(uuid5(NAMESPACE, f"conexus|899100107|tiltak|{v}")) for v in vendor_ids(2000)}
    records = [{"tiltakId": vendor} for vendor in wanted]
    assert ids.learned([("tiltak", records, "tiltakId")])["tiltak"] == wanted | {None: None}
    made = following("conexus", "899100107", "tiltak")
    for vendor, canonical in wanted.items():
        assert ids.canonical("tiltak", vendor) == made(vendor) == canonical
        assert derived("conexus", "899100107", "tiltak", vendor) == canonical
        assert is_uuid(canonical)


def test_an_id_of_ours_is_kept() -> None:
    """A UUID in the vendor's system is one we gave."""
    ours = derived("a", "b")
    ids = Identities("conexus", "1")
    assert ids.canonical("tiltak", ours) == ids.canonical("person", ours) == ours
    assert ids.learned([("fil", [{"filId": ours}], "filId")])["fil"][ours] == ours


def test_a_person_may_stand_twice_and_a_measure_not() -> None:
    """Two records with one id are refused where something may refer to them."""
    ids = Identities("conexus", "1")
    twice = [{"id": "a"}, {"id": "a"}]
    assert set(ids.learned([("person", twice, "id")])["person"]) == {None, "a"}
    with pytest.raises(Rejected) as refused:
        ids.learned([("tiltak", twice, "id")])
    assert refused.value.code == "DOBBEL_ID"


def test_what_is_remembered_is_bounded() -> None:
    """Persons recur from log to log; those of a whole country are not kept."""
    ids = Identities("conexus", "1")
    for vendor in vendor_ids(9000):
        ids.canonical("person", vendor)
    assert len(ids._known["person"]) <= 4096


@pytest.mark.parametrize("system", ["conexus_companion", "visma_samspill"])
def test_what_is_known_of_nothing_stays_so(system: str) -> None:
    """Kinds without records share one dictionary; no reading may write in it."""
    mapping = import_module(f"mappings.{system}.mapping").MAPPING
    generator = import_module(f"connectors.{system}.sandbox.generator")
    for document, _files in generator.generate(4, 60, tenant="899100107"):
        mapping.decode(document, "899100107")
    assert identitet._NONE == {None: None}
