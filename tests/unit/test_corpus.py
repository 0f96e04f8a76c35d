"""The two corpora: valid, synthetic, mapped without a trace, judged as their index says."""

import hashlib
import importlib
import json
import re
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.conexus_companion.sandbox import corpus as conexus
from connectors.sandbox.server import start
from connectors.sandbox.synthetic import birth_date
from connectors.visma_samspill.sandbox import corpus as samspill
from gateway.policy.context import Policyramme
from gateway.policy.regelbrudd import find
from gateway.policy.rules import judge
from gateway.policy.verdict import Verdict
from gateway.ports.connector import ConnectorSettings
from schemas.conexus_companion.logg import LOGG
from schemas.stafettlogg.identifikator import allowed
from schemas.stafettlogg.kodeverk import Adressebeskyttelse, Deltakerstatus, Hovedpersontype
from schemas.stafettlogg.logg import Stafettlogg
from schemas.visma_samspill.plan import BUNDLE

ROOT = Path(__file__).parents[2]
TENANT = "899100115"
NOW = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
CORPORA: dict[str, Any] = {"conexus_companion": conexus, "visma_samspill": samspill}
ADAPTERS: dict[str, Any] = {"conexus_companion": LOGG, "visma_samspill": BUNDLE}
ELEVEN = re.compile(r"(?<![0-9A-Za-z])\d{11}(?![0-9A-Za-z])")

# What every corpus has to show, and the case that shows it.
SHOWN = {
    "conexus_companion": {
        "homework with service, home and child measures": "leksene",
        "school refusal": "skolefravaer",
        "the anxious pupil's stair of measures": "engstelig-forsteklassing",
        "the performance": "forestillingen",
        "the four-year-old with dinosaurs and language": "dinosaurene",
        "§9a with the five elements": "skolemiljoe",
        "joint custody, one signature missing": "delt-bosted",
        "youth at 15": "femten-aar",
        "youth at 16": "seksten-aar",
        "pregnant": "gravid",
        "feilregistrert with replacement": "feilregistrert",
        "evaluation once in green": "evaluert-i-groent",
        "nynorsk and Sámi letters": "nynorsk-og-samisk",
        "attachments": "vedlegg",
        "passive": "passiv",
        "protected address": "manuell-behandling",
        "equal tiltak that look like duplicates": "like-tiltak",
        "an aktør reading one concern": "leser-en-oppmerksomhet",
        "expired consent": "samtykke-utloept",
        "withdrawn consent": "samtykke-trukket",
        "external staff": "ekstern-ansatt",
        "unknown codes": "ukjente-koder",
        "unknown vendor field": "ukjent-felt",
        "hard characters": "rare-tegn",
        "huge text": "stor-tekst",
        "empty and null": "tomt-og-null",
    },
    "visma_samspill": {
        "level only in titles": "niva-i-tittel",
        "participant invited but never active": "invitert-aldri-aktiv",
        "activity with two responsible": "fleire-ansvarlege",
        "two active tiltak for one aktør": "to-aktive-tiltak",
        "protected address": "manuell-handtering",
        "joint custody": "ei-underskrift-manglar",
        "youth at 16": "ungdom-seksten",
        "pregnant": "gravid",
        "passive": "inaktiv",
        "nynorsk and Sámi letters": "nynorsk-og-samisk",
        "attachments": "vedlegg-og-bilete",
        "unknown codes": "ukjende-kodar-og-felt",
    },
}

both = pytest.mark.parametrize("system", sorted(CORPORA))


def mapping(system: str) -> Any:
    """The system's mapping."""
    return importlib.import_module(f"mappings.{system}.mapping").MAPPING


def decoded(system: str) -> Iterator[tuple[str, Stafettlogg]]:
    """(case, canonical log) of each case."""
    for case, wire, _files in CORPORA[system].load():
        yield case, mapping(system).decode(wire, TENANT).logg


def one(system: str, wanted: str) -> Stafettlogg:
    """The canonical log of one case."""
    return next(logg for case, logg in decoded(system) if case == wanted)


def verdict(system: str, case: str, logg: Stafettlogg, *, age_known: bool = True) -> Verdict:
    """The policy's verdict when the register answers what the index says it shall."""
    grades = {person.id: Adressebeskyttelse.INGEN for person in logg.personer}
    if case in CORPORA[system].PROTECTED:
        grades[logg.hovedperson.person] = Adressebeskyttelse.FORTROLIG
    known = samspill.BORN if age_known and system == "visma_samspill" else {}
    born = {logg.hovedperson.person: known[case]} if case in known else {}
    frame = Policyramme(
        now=NOW, kommunenummer="9901", production=False, protection=grades, born=born
    )
    return judge(logg, frame)


def strings(value: Any) -> Iterator[str]:
    """Every text of a document, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


@both
def test_every_case_is_a_file_and_every_file_a_case(system: str) -> None:
    """The index and the folder name the same documents, and what must be shown is there."""
    folder: Path = CORPORA[system].FOLDER
    cases = [case for case, _, _ in CORPORA[system].load()]
    assert sorted(cases) == sorted(path.stem for path in folder.glob("*.json"))
    assert sorted(set(SHOWN[system].values()) - set(cases)) == []


@both
def test_every_document_is_valid(system: str) -> None:
    """The checked-in JSON holds against the wire shape, and files match their metadata."""
    for case, wire, files in CORPORA[system].load():
        ADAPTERS[system].validate_json(json.dumps(wire).encode())
        listed = {d.get("filId") or d.get("documentId"): d for d in wire.get("filer", [])}
        listed |= {d["documentId"]: d for d in wire.get("documents", [])}
        assert listed.keys() == files.keys(), case
        for key, meta in listed.items():
            assert meta["sha256"] == hashlib.sha256(files[key]).hexdigest(), case
            assert meta.get("storrelse", meta.get("size")) == len(files[key]), case


@both
def test_every_number_is_synthetic(system: str) -> None:
    """Eleven digits are a synthetic number with right control digits, and the child's is dated."""
    for case, wire, _files in CORPORA[system].load():
        for number in {n for text in strings(wire) for n in ELEVEN.findall(text)}:
            assert allowed(number, "test"), case
            assert not allowed(number, "production"), case
            assert int(number[2:4]) > 80, case


def test_the_childs_number_has_the_childs_birth_date() -> None:
    """Number and birth date, in a document or in the index, are about the same day."""
    for case, wire, _files in conexus.load():
        born = date.fromisoformat(wire["barn"]["fodselsdag"])
        assert birth_date(wire["barn"]["fodselsnummer"]) == born, case
    for case, wire, _files in samspill.load():
        assert birth_date(wire["plan"]["mainPerson"]["nationalId"]) == samspill.BORN[case]


@both
def test_each_canary_is_in_one_document_only(system: str) -> None:
    """Name, number and sentence of each case can be searched for, and mean that case alone."""
    texts = [list(strings(wire)) for _, wire, _ in CORPORA[system].load()]
    canaries = CORPORA[system].canaries()
    assert len(set(canaries)) == len(canaries) == 3 * len(texts)
    for place, canary in enumerate(canaries):
        assert unicodedata.normalize("NFC", canary) == canary
        holders = [i for i, held in enumerate(texts) if any(canary in text for text in held)]
        assert holders == [place // 3]


def test_the_corpora_share_no_canary() -> None:
    """A finding says which corpus it came from."""
    assert not set(conexus.canaries()) & set(samspill.canaries())


@both
def test_a_document_read_and_written_has_the_same_bytes(system: str) -> None:
    """decode, encode and dump give back every byte of the canonical JSON."""
    for case, wire, _files in CORPORA[system].load():
        there = mapping(system).decode(wire, TENANT).logg
        back = mapping(system).encode(there, TENANT).wire
        assert mapping(system).dump(back) == mapping(system).dump(wire), case


@both
def test_the_policy_holds_what_the_index_says(system: str) -> None:
    """The first hold of each case has the public code of the index, and no other case is held."""
    found = {case: verdict(system, case, logg).code for case, logg in decoded(system)}
    assert {case: code for case, code in found.items() if code} == CORPORA[system].EXPECTED_HELD


def test_not_knowing_the_age_means_no() -> None:
    """B-01: without the register's birth date nobody knows who must sign a Samspill consent."""
    for case, logg in decoded("visma_samspill"):
        code = verdict("visma_samspill", case, logg, age_known=False).code
        may_go = case not in samspill.EXPECTED_HELD
        unborn = logg.hovedperson.type is Hovedpersontype.GRAVID
        assert code == ("" if unborn else "P-13" if may_go else samspill.EXPECTED_HELD[case]), case


def test_who_reads_one_concern_stays_behind() -> None:
    """R-031: the aktør and the reader of one concern are withheld, the log itself is not held."""
    logg = one("conexus_companion", "leser-en-oppmerksomhet")
    found = verdict("conexus_companion", "leser-en-oppmerksomhet", logg)
    assert [f.code for f in found.findings] == ["P-41", "P-41"]


def test_equal_measures_stay_apart() -> None:
    """R-072: equal texts are as many measures as there were."""
    logg = one("conexus_companion", "like-tiltak")
    texts = [t.tittel for t in logg.oppmerksomheter[0].maal[0].tiltak]
    assert len(texts) == 6
    assert len(set(texts)) == 3


def test_the_level_is_read_from_the_titles() -> None:
    """R-064: «BTI-nivå to» is 2, a title that names two levels is none."""
    logg = one("visma_samspill", "niva-i-tittel")
    assert logg.nivaa == 2
    assert [period.nivaa for period in logg.nivaa_historikk] == [1, 2]


def test_breaches_are_found_and_invited_is_not_active() -> None:
    """R-071, R-072 and R-041 in the plans that show them."""
    assert {b.regel for b in find(one("visma_samspill", "to-aktive-tiltak"))} == {"R-071"}
    assert {b.regel for b in find(one("visma_samspill", "fleire-ansvarlege"))} == {"R-072"}
    invited = one("visma_samspill", "invitert-aldri-aktiv").deltakelser
    assert [d.status for d in invited].count(Deltakerstatus.INVITERT) == 1


@both
def test_the_vendor_gives_every_case_back_as_it_is(system: str, tmp_path: Path) -> None:
    """Loaded in the sandbox and read through the connector, each document has the same bytes."""
    wanted = {
        mapping(system).dump(wire): case
        for case, wire, _files in CORPORA[system].load(*_tenant(system))
    }
    with ExitStack() as opened:
        sandbox = importlib.import_module(f"connectors.{system}.sandbox.app")
        app = sandbox.open_sandbox(tmp_path, tenant=TENANT)
        opened.callback(app.close)
        for _case, wire, files in CORPORA[system].load(*_tenant(system)):
            app.load(wire, files)
        running = start(app, tenant=TENANT)
        opened.callback(running.stop)
        module = importlib.import_module(f"connectors.{system}.connector")
        connector = module.open_connector(
            ConnectorSettings(
                system=system,
                base_url=running.url,
                token_url=running.token_url,
                client_id="stafett",
                client_secret="hemmelig",
                tenant=TENANT,
            )
        )
        opened.callback(connector.close)
        cursor: str | None = None
        while True:
            page = connector.page(cursor)
            for entry in page.entries:
                body = connector.document(entry.ref).body
                wanted.pop(mapping(system).dump(json.loads(body)))
            cursor = page.cursor
            if cursor is None:
                break
    assert wanted == {}


def _heed() -> None:
    """Heed Ctrl-C also where the tests run in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _tenant(system: str) -> tuple[str, ...]:
    return (TENANT,) if system == "visma_samspill" else ()


@both
def test_a_sandbox_starts_with_its_corpus(system: str, tmp_path: Path) -> None:
    """`--corpus` fills an empty folder only, and the register it writes protects one person."""
    command = [sys.executable, "-m", f"connectors.{system}.sandbox", "--port", "0"]
    command += ["--data", str(tmp_path), "--corpus", "--tenant", TENANT]
    command += ["--register", str(tmp_path / "register.json")]
    for _time in range(2):
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=_heed
        ) as running:
            assert running.stdout is not None
            assert "http://127.0.0.1" in running.stdout.readline()
            running.send_signal(signal.SIGINT)
            assert running.wait(10) == 0
    app = importlib.import_module(f"connectors.{system}.sandbox.app").open_sandbox(
        tmp_path, tenant=TENANT
    )
    held = app.documents() if hasattr(app, "documents") else app.bundles()
    assert sum(1 for _ in held) == len(CORPORA[system].canaries()) // 3
    app.close()
    answers = json.loads((tmp_path / "register.json").read_text(encoding="utf-8"))["personer"]
    grades = {number for number, told in answers.items() if told["grad"] != "ingen"}
    assert grades == CORPORA[system].protected()
    assert len(grades) == 1
