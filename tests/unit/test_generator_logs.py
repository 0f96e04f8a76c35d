"""Generated logs of both vendors: valid, the same every time, and about nobody."""

import hashlib
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from stdnum.no import orgnr  # type: ignore[import-untyped]

from connectors.conexus_companion.sandbox import generator as conexus
from connectors.sandbox import synthetic
from connectors.visma_samspill.sandbox import generator as samspill
from schemas.conexus_companion.logg import LOGG
from schemas.visma_samspill.plan import BUNDLE

GENERATORS = {"conexus_companion": conexus.generate, "visma_samspill": samspill.generate}
COUNT = 300
ELEVEN = re.compile(r"(?<![0-9A-Za-z])\d{11}(?![0-9A-Za-z])")

both = pytest.mark.parametrize("system", sorted(GENERATORS))
Generated = tuple[dict[str, Any], dict[str, bytes]]


@pytest.fixture(scope="module")
def stock() -> dict[str, list[Generated]]:
    """300 logs of each vendor from one seed."""
    return {system: list(make(7, COUNT)) for system, make in GENERATORS.items()}


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """Every (key, leaf) of a document."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, dict | list):
            yield from leaves(inner)
        else:
            yield str(key), inner


def dump(wire: dict[str, Any]) -> str:
    """The document as text."""
    return json.dumps(wire, ensure_ascii=False, sort_keys=True)


def test_every_document_is_valid_and_files_match_their_metadata(
    stock: dict[str, list[Generated]],
) -> None:
    """Wire shapes validate, no key is missing, and each file has the size and hash it says."""
    for wire, files in stock["conexus_companion"]:
        LOGG.validate_python(wire)
        assert {f["filId"] for f in wire["filer"]} == set(files)
        for meta in wire["filer"]:
            assert meta["sha256"] == hashlib.sha256(files[meta["filId"]]).hexdigest()
    for wire, files in stock["visma_samspill"]:
        BUNDLE.validate_python(wire)
        assert {d["documentId"] for d in wire["documents"]} == set(files)
        for meta in wire["documents"]:
            assert meta["size"] == len(files[meta["documentId"]])


@both
def test_a_slice_is_the_same_as_in_the_whole(
    system: str, stock: dict[str, list[Generated]]
) -> None:
    """Log number i depends on the seed and i alone."""
    assert list(GENERATORS[system](7, 5, first=40)) == stock[system][40:45]
    assert list(GENERATORS[system](8, 1)) != stock[system][:1]


def test_another_process_makes_the_same_logs(stock: dict[str, list[Generated]]) -> None:
    """Nothing depends on the hash seed of a process."""
    code = (
        "import hashlib, json\n"
        "from connectors.conexus_companion.sandbox.generator import generate as a\n"
        "from connectors.visma_samspill.sandbox.generator import generate as b\n"
        "w = [x[0] for g in (a, b) for x in g(7, 20)]\n"
        "print(hashlib.sha256(json.dumps(w, sort_keys=True).encode()).hexdigest())\n"
    )
    here = [x[0] for system in ("conexus_companion", "visma_samspill") for x in stock[system][:20]]
    expected = hashlib.sha256(json.dumps(here, sort_keys=True).encode()).hexdigest()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == expected


@both
def test_every_number_of_a_person_is_synthetic_and_right(
    system: str, stock: dict[str, list[Generated]]
) -> None:
    """Month + 80, both control digits, and no other eleven digits anywhere."""
    seen = 0
    for wire, _ in stock[system]:
        for number in ELEVEN.findall(dump(wire)):
            seen += 1
            assert 81 <= int(number[2:4]) <= 92
            assert synthetic.control_digits(number[:9]) == number[9:]
    assert seen > COUNT


def test_the_birth_date_agrees_with_the_number(stock: dict[str, list[Generated]]) -> None:
    """Conexus' fodselsdag and the first six digits are one date."""
    for wire, _ in stock["conexus_companion"]:
        born = date.fromisoformat(wire["barn"]["fodselsdag"])
        assert wire["barn"]["fodselsnummer"][:6] == f"{born:%d}{born.month + 80}{born:%y}"


def test_control_digits_of_the_documented_synthetic_example() -> None:
    """Skatteetaten's own synthetic example passes, and one changed digit does not."""
    assert synthetic.control_digits("418140610") == "33"
    assert synthetic.control_digits("418140611") != "33"


def test_organisation_numbers_pass_mod_11(stock: dict[str, list[Generated]]) -> None:
    """Units and tenants have valid organisation numbers."""
    assert orgnr.is_valid(conexus.TENANT)
    assert orgnr.is_valid(samspill.TENANT)
    numbers = {
        unit["organisasjonsnummer"]
        for wire, _ in stock["conexus_companion"]
        for unit in wire["virksomheter"]
    }
    assert len(numbers) > 5
    assert all(orgnr.is_valid(number) for number in numbers)


@both
def test_sizes_are_realistic_with_a_heavy_tail(
    system: str, stock: dict[str, list[Generated]]
) -> None:
    """The median is some kilobytes and 100 to 300 leaves; a few logs are tens of kilobytes."""
    sizes = sorted(len(dump(wire).encode()) for wire, _ in stock[system])
    counts = sorted(sum(1 for _ in leaves(wire)) for wire, _ in stock[system])
    assert 4_000 < sizes[COUNT // 2] < 10_000
    assert 100 < counts[COUNT // 2] < 300
    assert sizes[-1] > 30_000


@both
def test_texts_are_nfc_and_carry_sami_letters_emoji_and_line_breaks(
    system: str, stock: dict[str, list[Generated]]
) -> None:
    """What transport must not harm is there, and it is NFC."""
    text = "".join(
        leaf for wire, _ in stock[system] for _, leaf in leaves(wire) if isinstance(leaf, str)
    )
    assert unicodedata.is_normalized("NFC", text)
    assert {"č", "á", "đ", "\n", "ø"} <= set(text)
    assert any(ord(c) > 0xFFFF for c in text)


@both
def test_nothing_is_fresh_unless_asked_for(system: str, stock: dict[str, list[Generated]]) -> None:
    """All creation times are before September 2026; with fresh_share some are within 8 hours."""
    made = re.compile(r'"(?:opprettet|createdAt|sentAt|tid)": "(\d{4}-\d\d)')
    assert max(m for wire, _ in stock[system] for m in made.findall(dump(wire))) < "2026-09"
    now = datetime(2026, 12, 1, 9, tzinfo=UTC)
    make: Callable[..., Iterator[Generated]] = GENERATORS[system]
    fresh = 0
    for wire, _ in make(7, 40, fresh_share=0.5, now=now):
        for found in re.findall(r'"(?:opprettet|createdAt)": "([^"]+)"', dump(wire)):
            age = now - datetime.fromisoformat(found.replace("Z", "+00:00"))
            fresh += timedelta(0) < age < timedelta(hours=8)
    assert fresh > 5


def test_conexus_logs_keep_the_products_own_rules(stock: dict[str, list[Generated]]) -> None:
    """One active measure per aktør and concern (R-071); HJEM has no aktør and shows the holder."""
    for wire, _ in stock["conexus_companion"]:
        for concern in wire["oppmerksomheter"]:
            active = [t["aktor"] for t in concern["tiltak"] if t["status"] == "AKTIV"]
            assert len(active) == len(set(active))
            ids = {t["tiltakId"] for t in concern["tiltak"]}
            for tiltak in concern["tiltak"]:
                assert (tiltak["status"] == "FEILREGISTRERT") == bool(tiltak["erstattetAv"])
                assert tiltak["erstattetAv"] in {None, *ids}
                if tiltak["arena"] == "HJEM":
                    assert tiltak["aktor"] is None
                    assert tiltak["vistAnsvarlig"] == wire["stafettholder"]


def test_conexus_references_point_inside_the_log(stock: dict[str, list[Generated]]) -> None:
    """Every personId, file, meeting and unit that is named is in the document."""
    for wire, files in stock["conexus_companion"]:
        people = {p["personId"] for p in wire["ansatte"] + wire["foresatte"]}
        people.add(wire["barn"]["personId"])
        units = {v["virksomhetId"] for v in wire["virksomheter"]}
        meetings = {m["moteId"] for m in wire["moter"]}
        keys = {"aktor", "opprettetAv", "forfatter", "lederPersonId", "trukketAv", "fraPersonId"}
        for key, leaf in leaves(wire):
            if leaf is None:
                continue
            if key in keys | {"vistAnsvarlig", "stafettholder", "tilPersonId", "lastetOppAv"}:
                assert leaf in people, key
            if key == "moteId":
                assert leaf in meetings
            if key == "filId":
                assert leaf in files
        assert wire["virksomhetId"] in units


def test_samspill_references_point_inside_the_plan(stock: dict[str, list[Generated]]) -> None:
    """Participants, goals, events and documents that are named exist; exactly one plan lead."""
    for wire, files in stock["visma_samspill"]:
        inside = {p["participantId"] for p in wire["participants"]}
        goals = {g["goalId"] for g in wire["goals"]}
        events = {e["eventId"] for e in wire["calendar"]}
        assert sum(p["roleId"] == "role-planansvarleg" for p in wire["participants"]) == 1
        for activity in wire["activities"]:
            assert activity["goalId"] in goals
            assert set(activity["responsibleParticipantIds"]) <= inside
        for message in wire["messages"]:
            assert message["calendarEventId"] in {None, *events}
            assert set(message["attachmentDocumentIds"]) <= set(files)
            assert set(message["recipientParticipantIds"]) <= inside
        assert wire["plan"]["photoDocumentId"] in {None, *files}


def test_the_states_a_policy_must_find_are_there(stock: dict[str, list[Generated]]) -> None:
    """Over 300 logs every state, age and kind of consent turns up."""
    logs = [wire for wire, _ in stock["conexus_companion"]]
    assert {w["status"] for w in logs} == {"OPPRETTET", "AKTIV", "PASSIV"}
    assert {w["barn"]["type"] for w in logs} == {"BARN", "UNGDOM", "GRAVID"}
    assert {w["nivaa"] for w in logs} == {1, 2, 3, None}
    assert any(s["trukket"] for w in logs for s in w["samtykker"])
    assert {r["omfang"] for w in logs for r in w["lesetilganger"]} == {"HELE", "DELER"}
    plans = [wire for wire, _ in stock["visma_samspill"]]
    assert {c["status"] for w in plans for c in w["consents"]} == {"valid", "sent", "withdrawn"}
    assert {p["status"] for w in plans for p in w["participants"]} == {"invited", "active", "ended"}
    assert {len(a["responsibleParticipantIds"]) for w in plans for a in w["activities"]} == {
        0, 1, 2, 3,
    }  # fmt: skip
