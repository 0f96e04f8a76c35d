"""Logs in doubt through a plan and a run: what is held, what stays behind, and what is only told.

Each log is a generated one every rule says yes to, with the one thing changed in the vendor's own
document, as somebody would have left it there.
"""

import json
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from connectors.sandbox import synthetic
from gateway import app
from gateway.effects.stored import step_of
from gateway.ledger import tables as t
from gateway.report import write
from gateway.report.build import build
from gateway.run.rows import plan_row
from gateway.tasks.rows import waiting
from tests.story.conftest import CONEXUS, TENANT, generated
from tests.story.town import CX, SP, town

NOW = datetime.now(UTC)
GUARDIAN = "role-foresatt"


def other_birth_date(wire):
    """The log says another day than the register."""
    born = date.fromisoformat(wire["barn"]["fodselsdag"])
    wire["barn"]["fodselsdag"] = (born + timedelta(days=1)).isoformat()


def withdrawn_by_somebody(wire):
    """Who withdrew is there, and when is not."""
    wire["samtykker"][0]["trukketAv"] = wire["foresatte"][0]["personId"]


def changed_just_now(wire):
    """Nobody wrote when the measure was made; it was changed an hour ago."""
    for concern in wire["oppmerksomheter"]:
        for measure in concern["tiltak"]:
            measure["opprettet"] = None
            measure["endret"] = (NOW - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def made_far_ahead(wire):
    """Somebody wrote the wrong century."""
    wire["oppmerksomheter"][0]["tiltak"][0]["opprettet"] = "2099-01-01T10:00:00Z"


def no_time_at_all(wire):
    """Neither the measures nor the log say when anything was written."""
    wire["sistOppdatert"] = None
    for concern in wire["oppmerksomheter"]:
        for measure in concern["tiltak"]:
            measure["opprettet"] = measure["endret"] = None


def grown(wire):
    """Eighteen for a month; the guardians signed three years ago."""
    born = (NOW - timedelta(days=30)).date()
    born = born.replace(year=born.year - 18, day=min(born.day, 28))
    wire["barn"]["fodselsdag"] = born.isoformat()
    wire["barn"]["fodselsnummer"] = synthetic.national_id(born, synthetic.seeded(18, 1))
    guardians = [f["personId"] for f in wire["foresatte"]]
    for consent in wire["samtykker"]:
        consent["signertAv"], consent["signertDato"] = guardians, f"{NOW.year - 3}-03-02"


def sent_and_unanswered(wire):
    """A hand-over lies at another person's."""
    holder, other = wire["stafettholder"], wire["ansatte"][-1]["personId"]
    wire["overforinger"].append(
        {"overforingId": f"ov-{wire['loggId']}", "type": "SAMME_VIRKSOMHET", "begrunnelse": None,
         "fraPersonId": holder, "fraVirksomhetId": wire["virksomhetId"], "tilPersonId": other,
         "tilVirksomhetId": wire["virksomhetId"],
         "sendt": (NOW - timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%SZ"), "akseptert": None}
    )  # fmt: skip


def names_another_unit(wire):
    """The form is for another school."""
    for consent in wire["samtykker"]:
        consent["mottakere"] = ["Annen skole"]


def some_concerns(wire):
    """The form is for one concern of several."""
    second = deepcopy(wire["oppmerksomheter"][0])
    second["oppmerksomhetId"] += "-b"
    for measure in second["tiltak"]:
        measure["tiltakId"] += "-b"
        measure["evaluering"] = None
        measure["status"] = "AKTIV"
        measure["erstattetAv"] = None
    wire["oppmerksomheter"].append(second)
    for consent in wire["samtykker"]:
        consent["oppmerksomheter"] = [wire["oppmerksomheter"][0]["oppmerksomhetId"]]


def holder_is_mother(wire):
    """One number, two person ids."""
    holder = next(a for a in wire["ansatte"] if a["personId"] == wire["stafettholder"])
    holder["fodselsnummer"] = wire["foresatte"][0]["fodselsnummer"]


def external_at_level_1(wire):
    """Staff of another service in a log at level 1."""
    wire["nivaa"] = 1
    holder = next(a for a in wire["ansatte"] if a["personId"] == wire["stafettholder"])
    holder["ekstern"] = True


HELD = {
    "P-15": other_birth_date,
    "P-16": withdrawn_by_somebody,
    "P-30": changed_just_now,
    "P-32": made_far_ahead,
}
TOLD = {
    "P-31": no_time_at_all,
    "P-17": grown,
    "P-81": sent_and_unanswered,
    "P-18": names_another_unit,
    "P-19": some_concerns,
    "P-82": holder_is_mother,
    "P-43": external_at_level_1,
}


def clean(story, count):
    """Generated documents, one family each, that every rule says yes to without a word."""
    found = []
    for wire, files in generated(CONEXUS, 21, 160):
        made = story.promised(json.dumps(wire).encode())
        alone = len(wire["samtykker"]) == 1 and wire["status"] == "AKTIV"
        if not made.verdict.findings and alone and len(wire["oppmerksomheter"]) == 1:
            found.append((wire, files))
        if len(found) == count:
            return found
    raise AssertionError("too few generated logs are clean")


@pytest.fixture
def doubted(story):
    """A story whose source holds one log for each doubt, and one without: (story, code by ref)."""
    made = story()
    wanted = {**HELD, **TOLD, "": lambda _wire: None}
    stock, refs = clean(made, len(wanted)), {}
    for (code, spoil), (wire, _files) in zip(wanted.items(), stock, strict=True):
        spoil(wire)
        refs[wire["loggId"]] = code
    made.source.load(stock)
    return made, refs


def steps(story, plan_id):
    """Every step by its ref in the source."""
    with story.database.look() as connection:
        rows = connection.execute(sa.select(t.step).where(t.step.c.plan_id == plan_id)).all()
    return {row.source_ref: step_of(row._mapping) for row in rows}


def test_the_plan_holds_and_tells(doubted):
    """A doubt of consent holds with its own code; the rest is counted, and goes."""
    story, refs = doubted
    plan_id = story.plan()
    found = steps(story, plan_id)
    for ref, code in refs.items():
        step, notes = found[ref], {note[0] for note in found[ref].facts["notes"]}
        if code in HELD:
            assert (step.kind.value, step.code, notes) == ("hold", code, set()), code
        else:
            assert (step.kind.value, notes) == ("put", {code} - {""}), code
    codes = json.loads(plan_row(story.database, plan_id)["summary"])["codes"]
    assert codes == dict.fromkeys([*HELD, *TOLD], 1)


def test_what_is_told_goes_and_is_told_again_in_the_report(doubted):
    """Nothing of a note stops; the report has a line for each, in its language, and its logs."""
    story, refs = doubted
    run_id = story.begin(story.plan())
    assert story.work(run_id)["effects"] == {"ferdig": len(TOLD) + 1}
    facts = build(story.database, run_id)
    assert facts["held"] == dict.fromkeys(HELD, 1)
    assert [[code, count] for code, count, _logs in facts["notes"]] == [
        [code, 1] for code in sorted(TOLD)
    ]
    named = {code: logs for code, _count, logs in facts["notes"]}
    for ref, code in refs.items():
        if code in TOLD:
            assert named[code] == [story_id(ref)[:8]]
    html = write.page(facts, "nb")
    for code in TOLD:
        assert f'<th scope="row">{code}</th>' in html
    assert "Til etterretning" in html
    # Whom the adult has not let in is work for a person; a note is nobody's.
    left = {row[1] for row in facts["entry_list"]}
    assert "P-42" in left
    assert not left & set(TOLD)


def story_id(ref):
    """Our id of a log of the source."""
    mapping = app.mapping(CONEXUS)
    wire = next(w for w, _ in generated(CONEXUS, 21, 160) if w["loggId"] == ref)
    return mapping.decode(wire, TENANT).logg.id


def test_an_empty_name_of_who_withdrew_is_nobody(story):
    """The vendor's field is an empty text: nothing is in doubt, and the log goes."""
    made = story()
    ((wire, files),) = clean(made, 1)
    wire["samtykker"][0]["trukketAv"] = ""
    made.source.load([(wire, files)])
    (step,) = steps(made, made.plan()).values()
    assert (step.kind.value, step.facts["notes"]) == ("put", [])


def test_a_time_far_ahead_waits_for_a_person(story):
    """R-077: no clock frees it, so it is somebody's task, and its place is told."""
    made = story()
    ((wire, files),) = clean(made, 1)
    made_far_ahead(wire)
    made.source.load([(wire, files)])
    (step,) = steps(made, made.plan()).values()
    assert (step.kind.value, step.code) == ("hold", "P-32")
    assert [(f[4], f[5]) for f in step.facts["findings"]] == [("Tiltak.opprettet", "")]


def test_the_guardians_of_an_adult_read_nothing_in_the_target(doubted):
    """C-1: they stand there as the signers they were, and their part has ended."""
    story, refs = doubted
    story.work(story.begin(story.plan()))
    adult = next(story_id(ref) for ref, code in refs.items() if code == "P-17")
    for bundle in story.target.app.bundles():
        there = {p["status"] for p in bundle["participants"] if p["roleId"] == GUARDIAN}
        if bundle["plan"]["externalReference"] == adult:
            assert there == {"ended"}
            signers = {s["participantId"] for c in bundle["consents"] for s in c["signers"]}
            assert signers == {
                p["participantId"] for p in bundle["participants"] if p["roleId"] == GUARDIAN
            }
        else:
            assert "ended" not in there


def test_guardians_who_signed_nothing_stay_behind(story):
    """C-1: the adult's own consent bears the log; what the guardians wrote goes without them."""
    made = story()
    ((wire, files),) = clean(made, 1)
    grown(wire)
    guardians = {f["personId"] for f in wire["foresatte"]}
    for consent in wire["samtykker"]:
        consent["signertAv"] = [wire["barn"]["personId"]]
        consent["signertDato"] = NOW.date().isoformat()
    wire["lysglimt"].append(
        {"lysglimtId": f"lys-{wire['loggId']}", "forfatter": min(guardians),
         "forfatterRolle": "FORESATT", "tid": "2026-10-01T10:00:00Z", "tekst": "Vi leste sammen."}
    )  # fmt: skip
    made.source.load([(wire, files)])
    plan_id = made.plan()
    (step,) = steps(made, plan_id).values()
    assert (step.kind.value, step.facts["notes"]) == ("put", [])
    assert [f[0] for f in step.facts["findings"]] == ["P-42"] * len(guardians)
    assert made.work(made.begin(plan_id))["effects"] == {"ferdig": 1}
    (bundle,) = made.target.app.bundles()
    assert GUARDIAN not in {p["roleId"] for p in bundle["participants"]}
    assert "Vi leste sammen." in json.dumps(bundle, ensure_ascii=False)
    names = [f["navn"] for f in wire["foresatte"]]
    assert not [p for p in bundle["participants"] if p["name"] in names]


def test_what_stands_is_told_again(doubted):
    """A log that has not changed is skipped, and what is in doubt about it is said all the same."""
    story, refs = doubted
    story.work(story.begin(story.plan()))
    found = steps(story, story.plan())
    for ref, code in refs.items():
        if code in TOLD:
            step = found[ref]
            assert (step.kind.value, {n[0] for n in step.facts["notes"]}) == ("skip", {code})


def test_a_copy_whose_consent_came_in_doubt_is_a_task(story):
    """R-116: somebody withdrew after the move, nobody knows when: the copy stands active there."""
    made = story()
    ((wire, files),) = clean(made, 1)
    made.source.load([(wire, files)])
    made.work(made.begin(made.plan()))
    changed = made.source.app.documents()
    (document,) = changed
    withdrawn_by_somebody(document)
    document["sistOppdatert"] = "2026-11-02T10:00:00Z"
    made.source.load([(document, files)])
    (step,) = steps(made, made.plan()).values()
    assert (step.kind.value, step.code) == ("hold", "P-16")
    assert step.facts["stranded"] is True
    with made.database.look() as connection:
        (task,) = waiting(connection, TENANT, SP, CX)
    assert task.code == "AKTIV_UTEN_SAMTYKKE"


def test_a_person_is_shown_it(tmp_path):
    """`show LOGG --why` has the notes in words, and the staff file of the municipality is asked."""
    with town(tmp_path) as made:
        staff = made.folder / "data" / "ansatte.json"
        made.fill(CX, generated(CONEXUS, 21, 6))
        summary = made.stafett("plan", CX, SP)["summary"]
        puts = summary["kinds"]["put"]
        assert summary["codes"]["P-44"] >= puts
        logg = next(s["logg"] for s in made.stafett("show", plan_of(made))["steps"]
                    if s["hva"] == "put")  # fmt: skip
        shown = made.stafett("show", logg, "--why")
        assert [row["kode"] for row in shown["notes"]].count("P-44") == 1
        said = made.here("show", logg, "--why").stdout
        assert "Til etterretning:" in said
        assert "P-44" in said
        staff.write_text("{")
        codes = made.stafett("plan", CX, SP)["summary"]["codes"]
        assert "P-44" not in codes
        assert codes["P-45"] >= puts


def plan_of(made):
    """The newest plan's id."""
    return made.stafett("plan", CX, SP)["plan"]
