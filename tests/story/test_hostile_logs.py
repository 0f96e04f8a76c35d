"""One bad log never stops the others: migrations, archive nights, hand-overs and hints, where
several logs carry a hostile leaf each and good ones stand beside them.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.arkiv.utloeser import Utloeser, Utloest
from gateway.effects import listing, reconciling
from gateway.effects.archiving.collect import collect, order
from gateway.effects.archiving.working import Lane
from gateway.engine import archiving
from gateway.errors import Rejected
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger.database import Database
from gateway.overfoering.tilstand import Side
from gateway.policy.rules import ARCHIVE_RULES, judge
from gateway.run.rows import plan_row
from schemas.stafettlogg.kodeverk import Loggstatus
from tests.laws import hostile
from tests.story import conftest as stories
from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, SAMSPILL, System
from tests.story.flyttingen import Moves
from tests.story.hostile_logs import OpenRegister, Spoilt, chosen, clean, ref_of, serve, spoil
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import AVGIVER, Flytting, Ledning

FULL = os.environ.get("STAFETT_FULL") == "1"
BATCHES = range(12 if FULL else 1)
BAD, GOOD = len(hostile.VALUES), 5
UNNAMED = frozenset({"UVENTET_FEIL", "FEIL_I_LOGG", ""})
CARRIED = frozenset({"consents.sentAt", "activities.when"})
"""Where no contract asks for a time: the vendor's own, that we keep for the way home, and a free
text that goes as the text it is."""
WAYS = [(CONEXUS, SAMSPILL), (SAMSPILL, CONEXUS)]
Ends = dict[str, tuple[str, str, str]]


def stocked(made: Any, seed: int, first: int, bad: int = BAD) -> tuple[list[Spoilt], set[str]]:
    """Good logs and bad ones in the source of a story: the bad ones, and the refs of the good."""
    made.route = replace(made.route, register=OpenRegister())
    source = made.source
    stock = clean(source.name, seed, bad + GOOD, lambda body: not made.promised(body).verdict.held)
    source.load(stock)
    spoilt = [spoil(source, *one) for one in chosen(stock[:bad], hostile.VALUES, first)]
    return spoilt, {ref_of(document) for document, _ in stock[bad:]}


def migrated(made: Any) -> Ends:
    """Plan, migrate and hold what stands against what was promised. Source ref -> how it ended."""
    plan_id = made.plan()
    plan = plan_row(made.database, plan_id)
    assert (plan["state"], plan["reason"]) == ("klar", None)
    run_id = made.begin(plan_id)
    made.work(run_id)
    ended = ends(made, plan_id, run_id)
    there = listing.manifest(made.route.target).versions
    found = Counter(f.state for f in reconciling.examined(made.route, run_id, there))
    assert found["settled"] == sum(state == "ferdig" for state, _, _ in ended.values())
    # What a target refused half way is told of as that, and belongs to a log that is parked.
    assert found["partial"] <= sum(state == "parkert" for state, _, _ in ended.values())
    assert set(found) <= {"settled", "partial"}, found
    return ended


def ends(made: Any, plan_id: str, run_id: str) -> Ends:
    """Source ref -> (state, code, place): the run's, where it had to do with the log."""
    with made.database.look() as connection:
        rows = connection.execute(
            sa.select(
                t.step, t.effect.c.state, t.effect.c.code.label("why"),
                t.effect.c.place.label("there"),
            )
            .outerjoin(
                t.effect, sa.and_(t.effect.c.nr == t.step.c.nr, t.effect.c.run_id == run_id)
            )
            .where(t.step.c.plan_id == plan_id)
        ).all()  # fmt: skip
    return {
        row.source_ref: (row.state, row.why or "", row.there or "")
        if row.state
        else (row.kind, row.code or "", row.place or "")
        for row in rows
    }


def judged(bad: list[Spoilt], ended: Ends) -> Counter[str]:
    """Each bad one is delivered whole, or told of by its ref with a code that says what it is."""
    told: Counter[str] = Counter()
    for one in bad:
        state, code, place = ended[one.ref]
        told[f"{state} {code}".strip()] += 1
        where = f"{one.place}={one.value.name}: {state} {code} {place}"
        assert state == "ferdig" or (code not in UNNAMED and state != "intensjon"), where
        assert code != "UKJENT_TIDSPUNKT" or place, where
        assert hostile.NUMBER not in place
    return told


@pytest.mark.parametrize("first", BATCHES)
@pytest.mark.parametrize("ways", WAYS, ids="-til-".join)
def test_a_migration_with_many_bad_logs(story, ways, first):
    """Every hostile value stands in one log; the others are delivered and reconciled, and each bad
    one is told of by its ref, or delivered whole. Times that are written oddly are delivered."""
    made = story(*ways)
    bad, good = stocked(made, seed=5 + first, first=first * 5)
    ended = migrated(made)
    assert set(ended) == good | {one.ref for one in bad}
    assert {ended[ref] for ref in good} == {("ferdig", "", "")}
    told = judged(bad, ended)
    print(f"{ways[0]}->{ways[1]}: {len(bad)} bad logs: {dict(told)}")
    assert len(bad) == BAD >= 40
    odd = {one.ref for one in bad if one.value in hostile.LENIENT}
    assert {ended[ref] for ref in odd} == {("ferdig", "", "")}
    none = [one for one in bad if one.value in hostile.NO_TIMES]
    timed = [one for one in none if one.timed and one.place not in CARRIED]
    assert len(timed) >= 5
    assert {ended[one.ref][0] for one in timed} == {"hold"}
    assert {ended[one.ref][1] for one in timed} <= {"UKJENT_TIDSPUNKT", "P-13"}


def test_a_migration_with_many_bad_logs_on_postgresql(story, postgres, tmp_path, monkeypatch):
    """A database that holds no NUL and counts the letters of an id."""
    opened = Database(postgres, tmp_path)
    monkeypatch.setattr(stories, "Database", lambda _url, _folder: opened)
    made = story(CONEXUS, SAMSPILL)
    bad, good = stocked(made, seed=41, first=17)
    ended = migrated(made)
    assert {ended[ref] for ref in good} == {("ferdig", "", "")}
    judged(bad, ended)


def test_answers_that_are_no_documents(story):
    """Not UTF-8, half an answer, another log's, a field that stands twice: each is one log's."""
    made = story(CONEXUS, SAMSPILL)
    _, good = stocked(made, 31, 0, bad=0)
    stock = clean(CONEXUS, 77, 6, lambda body: not made.promised(body).verdict.held)
    made.source.load(stock)
    refs = [ref_of(document) for document, _ in stock]
    texts = [json.dumps(document, ensure_ascii=False) for document, _ in stock]
    field = '"nivaa":'
    bodies = [
        texts[0].encode().replace(b'"navn":', b'"n\xe6vn":', 1),
        texts[1].encode()[: len(texts[1]) // 2],
        texts[2].replace(refs[2], refs[3]).encode(),
        texts[3].replace(field, f"{field} 1, {field}", 1).encode(),
        b"",
        b"<html>Feil</html>",
    ]
    for ref, body in zip(refs, bodies, strict=True):
        serve(made.source, ref, body)
    ended = migrated(made)
    assert {ended[ref] for ref in good} == {("ferdig", "", "")}
    parked = {ref: ended[ref] for ref in refs}
    assert {state for state, _, _ in parked.values()} == {"park"}, parked
    assert not {code for _, code, _ in parked.values()} & UNNAMED, parked
    assert all(place for _, _, place in parked.values()), parked


# -- a night in the archive -----------------------------------------------------------------------


def nightly(works: Works, refs: list[str]) -> Any:
    """Look at the source, and freeze every log that can be frozen."""
    tick, house = "runde:1", works
    archiving.open_tick(house, works.verk, tick)
    found = collect(works.verk, tick, spread=False)
    order(works.verk, refs, Utloest(Utloeser.MIGRERING, "foer"), found)
    for _ in range(4):
        Lane(works.verk, tick, 0, lambda _s: None, patience=0).run()
        with works.database.begin() as connection:
            connection.execute(a.job.update().values(next_try="2000-01-01T00:00:00.000+00:00"))
    archiving.close_tick(house, works.verk, tick)
    return found


def archivable(mapping: Any, tenant: str) -> Any:
    """Whether a log may be archived as it is."""
    from tests.laws.test_hostile_leaves import frame

    def good(body: bytes) -> bool:
        logg = mapping.decode(mapping.parse(body), tenant).logg
        open_now = logg.status in (Loggstatus.AKTIV, Loggstatus.PASSIV)
        return open_now and not judge(logg, frame(logg), ARCHIVE_RULES).held

    return good


SAMPLE = (*hostile.NO_TIMES[:9], *hostile.LENIENT, *hostile.VALUES[-14:])


@pytest.mark.parametrize("server", ["sqlite", "postgres"])
@pytest.mark.parametrize("name", [CONEXUS, SAMSPILL])
def test_an_archive_night_with_bad_logs(tmp_path, request, name, server):
    """Good logs are archived with their proof; each bad one is too, with its times as they were
    written, or is told of by ref, code and place."""
    if server == "postgres" and name == SAMSPILL and not FULL:
        pytest.skip("the long form")
    database = request.getfixturevalue("postgres") if server == "postgres" else ""
    system = System(name, tmp_path / "source")
    works = Works(tmp_path / "works", system, OpenRegister(), database=database, hylle=Shelf())
    try:
        stock = clean(name, 19, len(SAMPLE) + 3, archivable(system.mapping, "899100107"))
        system.load(stock)
        bad = [spoil(system, *one) for one in chosen(stock[: len(SAMPLE)], SAMPLE)]
        good = {ref_of(document) for document, _ in stock[len(SAMPLE) :]}
        found = nightly(works, [ref_of(document) for document, _ in stock])
        kept, stopped = archived(works)
        assert good <= kept
        told: Counter[str] = Counter()
        for one in bad:
            code, place = found.named.get(one.ref) or stopped.get(one.ref) or ("", "")
            told[code or "arkivert"] += 1
            where = f"{one.place}={one.value.name}: {code} {place}"
            assert one.ref in kept or (code not in UNNAMED and place), where
            assert one.value not in (*hostile.NO_TIMES, *hostile.LENIENT) or one.ref in kept, where
        print(f"{name} {server}: {len(bad)} bad logs in a night: {dict(told)}")
    finally:
        works.close()
        system.close()


def archived(works: Works) -> tuple[set[str], dict[str, tuple[str, str]]]:
    """The refs that are archived with proof, and ref -> (code, place) of what was stopped."""
    jobs = {row["logg"]: row["ref"] for row in works.rows(a.job)}
    kept = {jobs[row["logg"]] for row in works.rows() if row["state"] == "arkivert"}
    stopped = {
        row["ref"]: (row["code"], row["place"] or "") for row in works.rows(a.job) if row["code"]
    }
    stopped |= {
        jobs[row["logg"]]: (row["code"], row["place"] or "") for row in works.rows() if row["code"]
    }
    return kept, stopped


# -- hand-overs and hints -------------------------------------------------------------------------


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Any]:
    """Two municipalities; the sender holds one log that can go, and generated ones."""
    made = Flytting(tmp_path, [case(CONEXUS, "leksene")], wire=Ledning())
    yield made
    made.close()


def test_hand_overs_of_bad_logs(houses):
    """A bad log is refused by name before anything is sent, and the family beside it moves."""
    f = houses
    f.a.register = f.m.register = OpenRegister()
    f.a.arkiv = replace(f.a.arkiv, register=f.a.register)
    f.a.build()
    base, files = case(CONEXUS, "leksene")
    (logg,) = f.a.look_over()
    refused: Counter[str] = Counter()
    for number, value in enumerate((*hostile.NO_TIMES, *hostile.LENIENT)):
        document = copied(base, number)
        f.a.system.app.load(document, files)
        (one,) = chosen([(document, files)], (value,), number)
        spoilt = spoil(f.a.system, *one)
        mapping = f.a.system.mapping
        there = next(b for r, b in f.a.system.bodies().items() if r == spoilt.ref)
        found = mapping.decode(mapping.parse(there), AVGIVER).logg
        f.a.look_over()
        try:
            own = f.start(found)
        except Rejected as error:
            assert error.code not in UNNAMED and "." in error.place
            refused[error.code] += 1
            assert value in hostile.NO_TIMES
        else:
            assert value in hostile.LENIENT, (spoilt.place, value.name)
            f.send(own)
            refused["sendt"] += 1
    own = f.start(logg)
    f.send(own)
    f.rounds(2)
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    assert f.m.row(own, Side.MOTTAKER).verdi["kode"] == ""
    assert refused["UKJENT_TIDSPUNKT"] == len(hostile.NO_TIMES)
    print(f"hand-overs: {sum(refused.values())} bad logs: {dict(refused)}")


def copied(document: dict[str, Any], number: int) -> dict[str, Any]:
    """The same family's log once more, under ids of its own."""
    made: dict[str, Any] = json.loads(json.dumps(document))
    made["loggId"] = f"{made['loggId']}-{number}"
    made["eksternNokkel"] = None
    return made


def test_hints_beside_bad_logs(tmp_path):
    """A family that moves is told of whatever stands in the others' logs; those are named."""
    made = Moves(tmp_path, logs=30)
    try:
        stock = [(document, {}) for document in made.system.app.documents()]
        watched = {made._logg(document).id: document for document, _ in stock}
        (good,) = made.pick(1)
        others = [one for one in stock if one[0] is not watched[good]]
        bad = [spoil(made.system, *one) for one in chosen(others, hostile.VALUES[11:])]
        first = made.round()
        assert {one.ref for one in bad} >= set(first.navngitt)
        assert not {code for code, _ in first.navngitt.values()} & UNNAMED
        assert all(place for _, place in first.navngitt.values())
        assert first.uleste == len(first.navngitt) > 5
        made.move(good)
        assert made.round().forslag == 1
        assert made.open()[good].kode == "FLYTTING_SANNSYNLIG"
        print(f"hints: {len(bad)} bad logs: {Counter(c for c, _ in first.navngitt.values())}")
    finally:
        made.close()
