"""Plants a fault at one log, and expects that log alone to be told of; takes the isolation away,
and expects the law of bad logs to see it.
"""

import json
from typing import Any

import pytest

from gateway import app
from gateway.effects import pull
from gateway.effects.archiving import collect
from gateway.effects.moving import judging
from gateway.effects.transferring import runde
from gateway.flytting.dom import MANUELL
from gateway.migrate import steps
from gateway.policy import rules
from gateway.policy.tidspunkt import tidspunkt
from gateway.run import preparing
from gateway.run.rows import plan_row
from tests.laws import hostile
from tests.laws.conftest import TENANT
from tests.laws.test_hostile_leaves import drawn, outcome
from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, SAMSPILL, EverybodyOpen, Story, System, generated
from tests.story.flyttingen import Moves
from tests.story.hostile_logs import clean, ref_of
from tests.story.test_familien_flytter import case
from tests.story.test_hostile_logs import copied, ends, stocked
from tests.story.to_kommuner import Flytting, Ledning

SAID = "zqxj 41814061033"


def stumbling(inner: Any, bad: str) -> Any:
    """A function of a log that raises for one of them, with the log's words."""

    def asked(logg: Any, *more: Any) -> Any:
        if logg.id == bad:
            raise ValueError(SAID)
        return inner(logg, *more)

    return asked


@pytest.fixture
def made(tmp_path):
    """A story with good logs; `bad` is the ref and our id of the one that will stumble."""
    one = Story(CONEXUS, SAMSPILL, tmp_path)
    _, good = stocked(one, 3, 0, bad=0)
    one.bad = min(good)
    body = next(b for b in one.source.bodies().values() if ref_of(json.loads(b)) == one.bad)
    one.bad_logg = one.promised(body).logg.id
    yield one
    one.close()


def planted(patch: pytest.MonkeyPatch, bad: str) -> None:
    """The last rule raises at one log."""
    patch.setattr(rules, "RULES", (*rules.RULES[:-1], stumbling(rules.RULES[-1], bad)))


def test_a_rule_that_raises_is_told_of_at_that_log(made, monkeypatch):
    """The plan is made, the others are delivered, and the place is a line of ours."""
    planted(monkeypatch, made.bad_logg)
    plan_id = made.plan()
    assert plan_row(made.database, plan_id)["state"] == "klar"
    run_id = made.begin(plan_id)
    made.work(run_id)
    ended = ends(made, plan_id, run_id)
    state, code, place = ended.pop(made.bad)
    assert (state, code) == ("park", "FEIL_I_LOGG")
    assert place.startswith("ValueError gateway.") and SAID not in place
    assert set(ended.values()) == {("ferdig", "", "")}


def test_a_rule_that_raises_at_the_gate_parks_that_log(made, monkeypatch):
    """The same, when it was well while the plan was made."""
    plan_id = made.plan()
    planted(monkeypatch, made.bad_logg)
    run_id = made.begin(plan_id)
    made.work(run_id)
    ended = ends(made, plan_id, run_id)
    assert ended.pop(made.bad)[:2] == ("parkert", "FEIL_I_LOGG")
    assert set(ended.values()) == {("ferdig", "", "")}


def test_without_the_isolation_the_plan_ends(made, monkeypatch):
    """What holds the fault at its log is this and nothing else."""
    planted(monkeypatch, made.bad_logg)
    monkeypatch.setattr(steps, "of_one_log", lambda _error: None)
    with pytest.raises(ValueError, match="zqxj"):
        made.plan()


def test_without_the_isolation_the_run_ends(made, monkeypatch):
    """At the gate as well."""
    plan_id = made.plan()
    planted(monkeypatch, made.bad_logg)
    monkeypatch.setattr(preparing, "of_one_log", lambda _error: None)
    run_id = made.begin(plan_id)
    with pytest.raises(ValueError, match="zqxj"):
        made.work(run_id)


def test_a_document_a_connector_stumbles_over_is_one_log_s(made, monkeypatch):
    """Whatever it raises; without the isolation it ends the plan."""
    real = made.route.source.document

    def document(ref: str) -> Any:
        if ref == made.bad:
            raise TypeError(SAID)
        return real(ref)

    monkeypatch.setattr(made.route.source, "document", document)
    plan_id = made.plan()
    parked = ends(made, plan_id, "")[made.bad]
    assert parked[:2] == ("park", "UGYLDIG_DOKUMENT") and SAID not in parked[2]
    monkeypatch.setattr(pull, "of_one_log", lambda _error: None)
    with pytest.raises(TypeError):
        made.plan()


def test_the_law_sees_a_plan_without_the_rule_of_times(monkeypatch):
    """A day no calendar has would be written to the other system."""
    pair = app.pair(CONEXUS, SAMSPILL, TENANT)
    document = drawn(pair)[0]
    path = next(p for p in hostile.leaves(document) if hostile.name(p) == "sistOppdatert")
    body = hostile.body(document, path, hostile.NO_TIMES[4])
    assert outcome(pair, body) == "held"
    monkeypatch.setattr(rules, "RULES", tuple(r for r in rules.RULES if r is not tidspunkt))
    with pytest.raises(AssertionError, match="against the contract"):
        outcome(pair, body)


def test_a_look_that_raises_is_told_of_at_that_log(tmp_path, monkeypatch):
    """A night in the archive goes on, and names the log; without the isolation it ends."""
    system = System(CONEXUS, tmp_path / "source")
    works = Works(tmp_path / "works", system, EverybodyOpen(), hylle=Shelf())
    try:
        system.load(clean(CONEXUS, 7, 3, lambda _body: True))
        bodies = {ref: json.loads(body) for ref, body in system.bodies().items()}
        bad = min(bodies)
        logg = system.mapping.decode(bodies[bad], TENANT).logg.id
        monkeypatch.setattr(collect, "see", stumbling(collect.see, logg))
        found = works.round()
        code, place = found.named[bad]
        assert (code, found.unread) == ("FEIL_I_LOGG", 1) and SAID not in place
        kept = {row["logg"] for row in works.rows() if row["state"] == "arkivert"}
        assert kept and logg not in kept
        monkeypatch.setattr(collect, "of_one_log", lambda _error: None)
        with pytest.raises(ValueError, match="zqxj"):
            works.round()
    finally:
        works.close()
        system.close()


def test_a_hint_that_cannot_be_judged_is_a_person_s(tmp_path, monkeypatch):
    """Once, without details; the family beside it gets its proposal."""
    made = Moves(tmp_path)
    try:
        made.round()
        good, bad = made.pick(2)
        child, real = made.children[bad], judging.verdict

        def verdict(sist: Any, tegn: Any, stand: Any, *more: Any) -> Any:
            if stand is not None and child in stand.numre:
                raise OverflowError(SAID)
            return real(sist, tegn, stand, *more)

        monkeypatch.setattr(judging, "verdict", verdict)
        for _ in range(2):
            made.move(bad)
            made.move(good)
            made.round()
        shown = made.open()
        assert shown[bad].kode == MANUELL
        assert shown[good].kode != MANUELL
    finally:
        made.close()


def test_a_row_that_cannot_be_looked_at_says_so_and_the_other_goes_on(tmp_path, monkeypatch):
    """The code stands in that row while it is so, and no longer."""
    document, files = case(CONEXUS, "leksene")
    stock = [(document, files), (copied(document, 1), files)]
    f = Flytting(tmp_path, stock, wire=Ledning())
    try:
        logs = f.a.look_over()
        owns = [f.start(logg) for logg in logs]
        bad, good = owns
        for own in owns:
            f.send(own)
        f.klokke.turn(minutes=10)
        real = runde.disclosing

        def disclosing(verk: Any, rad: Any) -> Any:
            if rad.id == bad:
                raise ZeroDivisionError(SAID)
            return real(verk, rad)

        with monkeypatch.context() as broken:
            broken.setattr(runde, "disclosing", disclosing)
            f.a.round()
            assert f.a.row(bad).verdi["kode"] == "FEIL_I_LOGG"
            assert f.a.row(good).verdi["kode"] == ""
        f.klokke.turn(minutes=10)
        f.a.round()
        assert f.a.row(bad).verdi["kode"] == ""
    finally:
        f.close()


def test_what_is_generated_is_what_the_law_is_about():
    """Every log of the generators is read: a law over refused documents would say nothing."""
    for name in (CONEXUS, SAMSPILL):
        mapping = app.mapping(name)
        for document, _files in generated(name, 7, 5):
            assert mapping.parse(json.dumps(document).encode())
