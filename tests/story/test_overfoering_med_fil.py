"""A family moves to a municipality with the register as a file only: told before, asked for after.

By the command line, with both gateways serving. The receiver is told before it accepts that it
cannot ask; after the switch the log waits, the named role gets whom to look up, and the file being
filled in, the log is set up. Who was shown what stands in both ledgers (C-4, R-010).
"""

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from connectors.conexus_companion.sandbox.generator import generate
from tests.story.test_overfoering_ord import chosen
from tests.story.to_byer import UNIT_NAME, Byer, register_of
from tests.story.to_kommuner import HOLDER, LEDER, unit_of
from tests.story.town import CX, ROOT


@pytest.fixture
def byer(tmp_path):
    """Two municipalities that serve."""
    made = Byer(tmp_path)
    served: list[subprocess.Popen[bytes]] = []

    def serve(by):
        served.append(
            subprocess.Popen(
                [sys.executable, "-m", "gateway.cli", "serve", "--config", str(by.config)],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    made.serve = serve
    yield made
    for one in served:
        one.kill()
        one.wait(20)
    made.stop()


def entries(by, kind):
    """The bodies of a ledger's entries of a kind."""
    with closing(sqlite3.connect(by.folder / "data" / "ledger.db", timeout=30)) as connection:
        rows = connection.execute("select body from gw_entry where kind = ?", (kind,)).fetchall()
    return [json.loads(body) for (body,) in rows]


def until(by, own, wanted, key="tilstand", seconds=90):
    """Rounds until a hand-over stands so here."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        rows = by.stafett("transfer", "round", "--now")["transfers"]
        found = next((one for one in rows if one["overfoering"] == own), {})
        if found.get(key) == wanted:
            return found
        time.sleep(0.3)
    raise AssertionError((own, wanted, rows))


def test_whom_to_look_up_is_the_named_roles_and_then_the_log_is_set_up(byer, tmp_path):
    """From the refusal to the finished log, with an entry for everybody who was shown something."""
    logg, leder, consent = chosen(byer, generate(31, 12))
    a, m = byer.a, byer.m
    people = register_of(a.logs())
    m.answers = {}
    m.register({})
    byer.serve(m)
    byer.serve(a)
    a.stafett("archive", "due", CX)
    # The id that the leader sees in their own system does as well as ours.
    theirs = {one["logg"]: one["ref"] for one in a.stafett("archive", "logs", CX)["logs"]}[logg]
    own = a.stafett(
        "transfer", "start", theirs, "--by", leder, "--to", m.orgnr, "--unit", unit_of(m.orgnr),
        "--unit-name", UNIT_NAME, "--person", HOLDER, "--concern", "alle", "--consent", consent,
        "--read-by", "leder",
    )["overfoering"]  # fmt: skip
    assert theirs != logg
    a.stafett("archive", "run", CX)
    a.stafett("transfer", "send", own, "--by", leder)
    until(m, own, "MOTTATT")
    words = ("transfer", "accept", own, "--by", HOLDER, "--login", "hoey")
    refused = m.stafett(*words, ok=(2,))["error"]
    assert refused["code"] == "REGISTER_BARE_FIL" and "Gjør" not in refused["do"]
    assert until(m, own, "MOTTATT")["ansvarlig"] == "den andre"
    m.stafett(*words, "--register-by-file")
    until(m, own, "REGISTER_VET_IKKE", key="kode")
    assert m.logs() == []
    waits = m.stafett("waiting", "--role", "leder")["waiting"]
    (one,) = [row for row in waits if row["kode"] == "REGISTER_VET_IKKE"]
    assert one["kommando"] == f"stafett transfer family {own} --out FIL --by HVEM"
    out = tmp_path / "spoer.json"
    ask = ("transfer", "family", own, "--out", str(out))
    assert m.stafett(*ask, "--by", HOLDER, ok=(2,))["error"]["code"] == "FEIL_ROLLE"
    assert not out.exists()
    told = m.stafett(*ask, "--by", LEDER)
    asked = json.loads(out.read_text())["personer"]
    assert len(asked) == told["persons"] and set(asked) <= set(people)
    assert {one["grad"] for one in asked.values()} == {"ukjent"}
    (shown,) = [body for body in entries(m, "innsyn") if body["hva"] == "register"]
    assert (shown["av"], shown["rolle"], shown["id"]) == (LEDER, "leder", own)
    assert not any(number in json.dumps(entries(m, "innsyn")) for number in asked)
    m.register({number: people[number] for number in asked})
    until(m, own, "FULLFOERT")
    until(a, own, "FULLFOERT")
    assert [one.id for one in m.logs()] == [logg]
    # Who the other one is, and the letter: each an entry of its own.
    m.stafett("transfer", "show", own, "--by", LEDER)
    assert m.stafett("transfer", "show", own)["overfoering"] == own
    m.stafett("transfer", "message", own, "--out", str(tmp_path / "brev"), "--by", LEDER)
    assert [body["hva"] for body in entries(m, "innsyn")] == ["register", "overfoering", "brev"]
    left = {row["kode"] for row in m.stafett("waiting")["waiting"] if row["id"] == own}
    assert left == set()
