"""The commands a person uses around a run: look, compare, pause, resume, cancel, park, repair."""

import json
import re
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from connectors.conexus_companion.sandbox.generator import generate
from gateway.cli.main import stafett
from tests.story.town import CX, ROOT, SP, town


@pytest.fixture
def place(tmp_path):
    """A town with logs in Conexus."""
    with town(tmp_path, chunk=5) as made:
        made.fill(CX, generate(21, 24))
        yield made


def test_systems_tell_how_we_know(place):
    """Every operation with documented, assumed or manual, and a source."""
    told = place.stafett("systems")["operations"]
    assert {row["kilde"] for row in told} == {"documented", "assumed", "manual"}
    assert all(row["hvorfra"] for row in told)
    documented = {row["operasjon"] for row in told if row["kilde"] == "documented"}
    assert "plan.create" in documented
    named = {row["system"] for row in told}
    assert {CX, SP, "noark5", "folkeregister", "stafett_https", "fiks_io"} <= named
    rows = [tuple(row.values()) for row in told]
    assert len(set(rows)) == len(rows)


def _heeds_ctrl_c():
    """Also where whoever started the tests did not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("name", ["folkeregister", "noark5"])
def test_every_sandbox_starts_by_its_name(tmp_path, name):
    """`stafett sandbox` starts whatever can be practised on, and says its address."""
    words = [sys.executable, "-m", "gateway.cli", "sandbox", name, "--port", "0", "--data"]
    with subprocess.Popen(
        [*words, str(tmp_path / "data")], stdout=subprocess.PIPE, text=True, cwd=ROOT,
        preexec_fn=_heeds_ctrl_c,
    ) as process:  # fmt: skip
        assert "http://127.0.0.1:" in process.stdout.readline()
        process.send_signal(signal.SIGINT)


def test_a_sandbox_nobody_has():
    """Named, and told where the names are."""
    told = CliRunner().invoke(stafett, ["sandbox", "../gateway"])
    assert told.exit_code == 2
    assert "UKJENT_SYSTEM" in told.stderr


@pytest.mark.parametrize("system", [CX, SP])
def test_the_coverage_table_has_a_row_or_a_reason_for_everything(place, system):
    """No field on either side without a translation or a reason."""
    rows = place.stafett("mapping", system)["rows"]
    assert len(rows) > 100
    for row in rows:
        assert row["felt hos systemet"] or row["felt hos oss"]
        assert row["oversettelse"] or row["begrunnelse"]


def test_two_plans_are_compared(place):
    """Before and after an edit: the one log that differs, by content."""
    first = place.stafett("plan", CX, SP)["plan"]
    wire, files = next(
        (w, f) for w, f in generate(21, 24) if w["status"] == "AKTIV" and w["oppmerksomheter"]
    )
    wire["oppmerksomheter"][0]["tekst"] = "Endret"
    place.apps[CX].load(wire, files)
    second = place.stafett("plan", CX, SP)["plan"]
    told = place.stafett("show", second, "--against", first)["differences"]
    assert [row["logg"] for row in told] == [wire["loggId"]]


def test_a_plan_is_saved_and_its_hash_covers_the_file(place, tmp_path):
    """The saved lines, with the header, give the hash that is signed."""
    import hashlib

    plan_id = place.stafett("plan", CX, SP)["plan"]
    file = tmp_path / "plan.jsonl"
    told = place.stafett("show", plan_id, "--save", str(file))
    header = {"plan": plan_id, "kind": "frem", "source": CX, "target": SP, "tenant": "899100107"}
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert hashlib.sha256(text + file.read_bytes()).hexdigest() == told["hash"]


def test_paused_resumed_and_cancelled(place):
    """Paused, nothing more is written; resumed, the rest is; cancelled, it is over."""
    plan_id = place.plan()
    run_id = place.stafett("migrate", plan_id, "--detach")["run"]
    assert place.stafett("pause", run_id)["state"] == "pauset"
    assert place.stafett("status", run_id)["done"] == 0
    told = place.stafett("resume", run_id)
    assert told["done"] == told["total"] > 0
    other = place.stafett("migrate", place.plan(), "--detach")["run"]
    assert place.stafett("cancel", other)["state"] == "avbrutt"
    assert place.stafett("resume", other)["state"] == "avbrutt"


def test_a_detached_run_is_done_by_a_worker(place):
    """`migrate --detach` only starts; `worker` does the work and stops on request."""
    run_id = place.stafett("migrate", place.plan(), "--detach")["run"]
    worker = place.spawn("worker", "--slot", "w9")
    try:
        for _ in range(100):
            told = place.stafett("status", run_id)
            if told["state"] != "kjoerer":
                break
            time.sleep(0.3)
    finally:
        worker.terminate()
    assert worker.wait(20) == 0
    assert told["done"] == told["total"]


def test_a_poisoned_log_is_parked_and_retried(place):
    """One broken log never stops the others; when the source is mended, just that one moves."""
    place.running[CX].faults([{"kind": "poison", "match": "^GET /api/v1/stafettlogger/[^/]+$",
                               "times": 4, "skip": 3}])  # fmt: skip
    plan_id = place.plan()
    kinds = place.stafett("show", plan_id)["summary"]["kinds"]
    assert kinds["park"] >= 1
    run_id = place.stafett("migrate", plan_id)["run"]
    listed = place.stafett("parked", run_id)["parked"]
    assert len(listed) == kinds["park"]
    assert all(row["kode"] and row["gjør dette"] for row in listed)
    place.running[CX].faults([])
    again = place.stafett("parked", run_id, "--retry")["plan"]
    place.stafett("sign", again, "--by", "IT")
    place.stafett("migrate", again)
    assert "park" not in place.stafett("show", place.plan())["summary"]["kinds"]


def test_a_log_parked_on_its_way_home_is_retried_home(place):
    """What is retried of a way home goes home: the source gets no second copy of its own log."""
    there = set(place.digests(CX))
    run_id = place.stafett("migrate", place.plan())["run"]
    place.running[SP].faults([{"kind": "poison", "match": "^GET /content/v1/plans/[^/]+$",
                               "times": 4, "skip": 3}])  # fmt: skip
    back = place.stafett("migrate", "--back", run_id)["plan"]
    place.running[SP].faults([])
    place.stafett("sign", back, "--by", "IT")
    home = place.stafett("migrate", back)["run"]
    assert place.stafett("parked", home)["parked"]
    again = place.stafett("parked", home, "--retry")["plan"]
    place.stafett("sign", again, "--by", "IT")
    place.stafett("migrate", again)
    assert set(place.digests(CX)) == there


def test_drift_is_repaired_by_a_new_plan(place):
    """Somebody edits the target; reconcile names places; a repair that names them puts it right."""
    run_id = place.stafett("migrate", place.plan())["run"]
    from tests.story.test_there_and_home import edit

    bundle = next(b for b in place.apps[SP].bundles() if b["goals"])
    edit(place, bundle["plan"]["planId"], bundle["goals"][0])
    told = place.stafett("reconcile", run_id)
    assert told["states"]["drifted"] == 1
    assert "Redigert" not in json.dumps(told)
    repair = place.stafett("plan", CX, SP, "--repair", run_id)["plan"]
    named = place.stafett("show", repair)["overwrites"]
    assert len(named) == 1
    place.stafett("sign", repair, "--by", "IT", "--overwrite", named[0])
    mended = place.stafett("migrate", repair)["run"]
    assert set(place.stafett("reconcile", mended)["states"]) == {"settled"}


def test_the_report_stands_alone_in_every_language(place):
    """One file, nothing fetched, headings and tables that a screen reader can use."""
    run_id = place.stafett("migrate", place.plan())["run"]
    for language in ("nb", "nn", "en"):
        page = place.stafett("report", run_id, "--language", language)["html"]
        html = (ROOT / page).read_text("utf-8")
        assert f'<html lang="{language}">' in html
        assert not re.search(r'(src|href)="', html)
        assert html.count('<svg role="img" aria-label=') == 2
        assert html.count("<h1>") == 1
        assert all("scope=" in cell for cell in re.findall(r"<th[ >][^>]*", html))


def test_help_teaches_and_is_quick(place):
    """Every command explains itself; help loads neither the engine nor the database."""
    top = subprocess.run(place.command("--help"), capture_output=True, text=True, check=True)
    commands = re.findall(r"^  ([a-z]+) ", top.stdout.split("Commands:")[1], re.M)
    assert {"plan", "migrate", "resume", "parked", "verify", "demo"} <= set(commands)
    code = (
        "import sys; sys.argv=['stafett','--help']\n"
        "from gateway.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print({'dbos','sqlalchemy','httpx','pydantic','rich'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [place.command()[0], "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stderr.strip() == "set()"
    for command in commands:
        told = subprocess.run(place.command(command, "--help"), capture_output=True, check=True)
        assert len(told.stdout) > 150, command
