"""A ledger from before there was a list of what waits: opened, it has the list it would have had.

Each kind is made with the product; then the list and the word that it was stated are taken away,
which is how an older ledger stands, and what is stated is compared with what stood before.
"""

import json
from contextlib import suppress

import pytest
import sqlalchemy as sa

from connectors.conexus_companion.sandbox.generator import generate
from gateway import app, stated
from gateway.clock import SystemClock
from gateway.effects import runs
from gateway.effects.archiving import working
from gateway.effects.archiving.collect import Collected
from gateway.effects.transferring import avgi, etterspoersler, motta, varslet
from gateway.engine import archiving
from gateway.errors import LocalFault
from gateway.exit.creations import Creations
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from gateway.ledger import transfer_tables as x
from gateway.ledger.keys import check_canary
from gateway.migrate.rules.scope import Scope
from gateway.overfoering.tilstand import Side
from gateway.settings.load import load
from gateway.staff.roles import Act
from gateway.stated import state_all
from gateway.tasks import of_runs
from gateway.tasks.kinds import Kind
from schemas.overfoering.koder import Avvisningsgrunn, Rettet
from tests.machine.conftest import RING as TOY
from tests.machine.pair import TENANT
from tests.people import acting
from tests.story import waiting_oracle
from tests.story.arkivet import ORGNR, RING, Shelf
from tests.story.test_waiting import SCENARIOS, made_names, stand, works
from tests.story.test_waiting_transfers import changed, leder, offered
from tests.story.to_kommuner import HOLDER, LEDER, unit_of
from tests.story.to_kommuner import RING as THEIRS
from tests.story.town import CX, town

KEPT = [
    t.waiting.c[name]
    for name in ("tenant", "owner", "item", "code", "kind", "place", "role", "unit", "opens",
                 "deadline", "command")
]  # fmt: skip


def rows(database):
    """The whole list, but for since when, and for the second a run was heard of last."""
    with database.look() as connection:
        found = connection.execute(sa.select(*KEPT)).all()
    return {
        (*tuple(row)[:8], bool(row.opens), *tuple(row)[9:])
        if row.code == of_runs.NOBODY_AT_WORK else tuple(row)
        for row in found
    }  # fmt: skip


def since(database):
    """(owner, item, code) -> since when it waits."""
    with database.look() as connection:
        found = connection.execute(sa.select(t.waiting)).all()
    return {(one.owner, one.item, one.code): one.since for one in found}


def changed_at(database, own):
    """When the newest attempt of a hand-over was changed last, on whichever side is here."""
    with database.look() as connection:
        changed = sa.select(sa.func.max(x.overfoering.c.endret))
        return connection.execute(changed.where(x.overfoering.c.overfoering_id == own)).scalar()


def older(database):
    """The ledger as an older version left it."""
    with database.begin() as connection:
        connection.execute(t.waiting.delete())
        connection.execute(t.setting.delete().where(t.setting.c.name.startswith("waiting-")))


def opened(database, tenant):
    """What opening does. True when it stated the list."""
    return state_all(database, ring_of(database), SystemClock(), tenant, lambda _target: 120.0)


def ring_of(database):
    """The keys of a stand's ledger: opening has proved that they are."""
    with database.look() as connection:
        canary = connection.execute(
            sa.select(t.setting.c.value).where(t.setting.c.name == "canary")
        ).scalar_one()
    for ring in (RING, THEIRS, TOY):
        with suppress(LocalFault):
            check_canary(ring, canary)
            return ring
    raise AssertionError("no ring of ours")


def the_same_again(database, tenant, *kinds):
    """An older ledger gets the list that stood; opened again, nothing more is done."""
    before = rows(database)
    assert {kind.value for kind in kinds} <= {row[4] for row in before}
    was = since(database)
    older(database)
    assert rows(database) == set()
    assert opened(database, tenant) or not before
    assert rows(database) == before
    # From when it began, and not from when the ledger was opened.
    for (owner, item, code), at in since(database).items():
        # A hand-over's row knows when it was changed last.
        late = changed_at(database, item) if owner.startswith("overfoering:") else ""
        assert at and at <= max(late, was[owner, item, code])
    with database.look() as connection:
        assert waiting_oracle.recount(connection) == waiting_oracle.told(connection)
        assert waiting_oracle.of_deliveries(connection) == waiting_oracle.told_of_archives(
            connection
        )
        assert waiting_oracle.of_transfers(connection) == waiting_oracle.told_of_transfers(
            connection
        )
    assert not opened(database, tenant)
    assert rows(database) == before


@pytest.mark.parametrize("kind", [k for k in SCENARIOS if k is not Kind.UNREAD])
def test_each_kind_is_stated_as_it_stood(kind, tmp_path, monkeypatch):
    """And what its act has settled is not there."""
    with SCENARIOS[kind](tmp_path, monkeypatch) as case:
        the_same_again(case.database, case.tenant, kind)
        case.act()
        after = rows(case.database)
        older(case.database)
        assert opened(case.database, case.tenant)
        assert rows(case.database) == after


def test_what_the_newest_look_could_not_read_is_stated(tmp_path):
    """An older look's is not; a source whose newest look read all has none."""
    with works(tmp_path, hylle=Shelf()) as made:

        def look(tick, **named):
            house = _House(made)
            archiving.open_tick(house, made.verk, tick)
            archiving.keep_found(house, tick, Collected(listed=2, named=named))

        look("forfall:1", **{"X-1": ("WIRE_UGYLDIG", "tiltak.0.dato"), "X-0": ("BORTE", "")})
        look("forfall:2", **{"X-1": ("WIRE_UGYLDIG", "tiltak.0.dato")})
        the_same_again(made.database, ORGNR, Kind.UNREAD)
        look("forfall:3")
        older(made.database)
        assert opened(made.database, ORGNR)
        assert rows(made.database) == set()


class _House:
    """What keeping a look asks of an opened gateway."""

    def __init__(self, made):
        self.database, self.clock = made.database, made.verk.clock
        self.settings = type("S", (), {"kommune": made.verk.kommune})


def test_a_delivery_and_a_job_of_every_mood(tmp_path):
    """Failed, for a person, and arrived; and a job nobody could freeze."""
    shelf = Shelf()
    shelf.moods = ["avvist", "menneske", "travel", "forvansket", "ok", "halv"] * 2
    with works(tmp_path, hylle=shelf, annen=Shelf(reads_back=False)) as made:
        for _ in range(3):
            made.round()
            made.wake()
        assert {"feilet", "menneske"} & {row["state"] for row in made.rows()}
        the_same_again(made.database, ORGNR, Kind.ARCHIVE)


def test_on_postgresql(tmp_path, postgres):
    """The same on the other database."""
    with works(tmp_path, hylle=Shelf(reads_back=False), database=postgres) as made:
        made.round()
        the_same_again(made.database, ORGNR, Kind.ARCHIVE)


def test_a_job_that_could_not_be_frozen(tmp_path, monkeypatch):
    """It waits from when it was made."""

    def cannot(*_args, **_more):
        raise KeyError("feil")

    monkeypatch.setattr(working, "freeze_job", cannot)
    with works(tmp_path, hylle=Shelf()) as made:
        for _ in range(working.FREEZE_TRIES):
            made.round()
            with made.database.begin() as connection:
                connection.execute(a.job.update().values(next_try="2000-01-01"))
        failed = [row for row in made.rows(a.job) if row["state"] == "feilet"]
        assert failed
        before = rows(made.database)
        assert {row[1] for row in before} == {"arkivjobb"}
        older(made.database)
        assert opened(made.database, ORGNR)
        assert rows(made.database) == before
        assert set(since(made.database).values()) == {row["created"] for row in failed}


def test_a_long_history_of_plans(tmp_path, monkeypatch):
    """Two ways, parts, places named by a signature, a log gone, and a plan nobody has signed."""
    with stand(tmp_path, monkeypatch) as made:
        for number in range(3):
            made.begins(number)
        made.begins(3, consent=False)
        made.begins(4, consent=False)
        made.moved()
        del made.sides["a"].documents["a-4"]
        for number in range(2):
            made.writes("b", number, text="b")
            made.writes("a", number, text="a")
        plan_id = made.planned()
        names = [n for n in made_names(made, plan_id) if n.startswith("logg-0:")]
        made.signed(plan_id, tuple(names))
        the_same_again(made.database, TENANT, Kind.PLAN, Kind.LOGG)
        run_id = made.started(plan_id)
        made.work(run_id)
        the_same_again(made.database, TENANT, Kind.LOGG)
        assert not {row for row in rows(made.database) if row[4] == "plan"}
        made.writes("b", 2, text="mer")
        made.moved("ba", "tilbake", run_id)
        made.writes("a", 2, text="enda mer")
        made.planned(scope=Scope(logs=("logg-2",)))
        the_same_again(made.database, TENANT, Kind.LOGG, Kind.PLAN)
        made.planned()
        the_same_again(made.database, TENANT, Kind.LOGG, Kind.PLAN)


def test_a_log_a_run_had_to_leave(tmp_path, monkeypatch):
    """What stopped it is the effect's word, after its plan's."""
    with stand(tmp_path, monkeypatch) as made:
        for number in range(3):
            made.begins(number)
        plan_id = made.planned()
        made.signed(plan_id)
        made.writes("a", 1, text="skrevet etterpå")
        run_id = made.started(plan_id)
        made.work(run_id)
        assert {"ferdig"} < {state for state, _code in made.effects(run_id).values()}
        the_same_again(made.database, TENANT, Kind.LOGG)


def test_a_creation_waits_from_when_it_was_sent(tmp_path, monkeypatch):
    """A person is asked at the time it would have been; what was seen or refused is nobody's."""
    with stand(tmp_path, monkeypatch) as made:
        creations = Creations(made.database, made.base.clock, "b", TENANT)
        for number in range(3):
            creations.begin(f"barn-{number}", f"logg-{number}", "run-1")
        creations.seen("logg-0", "b-7")
        creations.refused("logg-1")
        before = since(made.database)
        assert {item for _owner, item, _code in before} == {"logg-2"}
        the_same_again(made.database, TENANT, Kind.CREATION)
        assert since(made.database) == before


def test_hand_overs_from_draft_to_letter(flytting):
    """Both sides at every stop of the way, with roles, units and deadlines. R-011, R-131, R-102."""
    f = flytting()
    own = f.start(f.logg, person="", rettet=Rettet.LEDER)

    def stated_alike():
        for house in (f.a, f.m):
            the_same_again(house.database, house.orgnr)

    stated_alike()
    f.send(own)
    f.until(lambda: f.states(own)[1] == "MOTTATT")
    the_same_again(f.m.database, f.m.orgnr, Kind.TRANSFER)
    motta.assign(f.m.verk, f.m.row(own, Side.MOTTAKER), HOLDER, leder(f.m))
    stated_alike()
    motta.reject(f.m.verk, f.m.row(own, Side.MOTTAKER), Avvisningsgrunn.ANNET, leder(f.m))
    f.until(lambda: f.states(own)[0] == "AVVIST")
    the_same_again(f.a.database, f.a.orgnr, Kind.TRANSFER)
    varslet.seen(f.a.verk, f.a.row(own), f.leder)
    stated_alike()


def test_only_the_newest_attempt_speaks(flytting):
    """What was held in the first is not held in the second."""
    f = flytting()
    own = offered(f)
    avgi.hold(f.a.verk, f.a.row(own), f.leder)
    the_same_again(f.a.database, f.a.orgnr, Kind.TRANSFER)
    avgi.again(f.a.verk, f.a.row(own), f.leder, loest=True)
    the_same_again(f.a.database, f.a.orgnr, Kind.TRANSFER)
    codes = {row[3] for row in rows(f.a.database) if row[4] == "overfoering"}
    assert codes == {"OVERFOERING_SEND"}
    changed(f.a, own, Side.AVGIVER, tilstand="SENDT", kanal="manuell")
    the_same_again(f.a.database, f.a.orgnr, Kind.TRANSFER)


def test_a_row_that_does_not_open_waits_all_the_same(flytting):
    """Planted: its seal is spoilt. The ledger opens, and a leader has it."""
    f = flytting()
    own = f.start(f.logg)
    before = rows(f.a.database)
    with f.a.database.begin() as connection:
        connection.execute(x.overfoering.update().values(lukket=b"x"))
    older(f.a.database)
    assert opened(f.a.database, f.a.orgnr)
    # Whose it is stands behind the seal.
    assert rows(f.a.database) == {
        (*row[:7], "", *row[8:]) if row[2] == own else row for row in before
    }
    assert own in {row[2] for row in before}


def test_a_request_that_came_in(flytting):
    """R-018: at whoever is asked; one that is closed is not there."""
    f = flytting()
    asked = etterspoersler.ask(f.m.verk, f.a.orgnr, unit_of(f.m.orgnr), "sak-7")
    f.rounds(1)
    the_same_again(f.a.database, f.a.orgnr, Kind.REQUEST)
    the_same_again(f.m.database, f.m.orgnr)
    etterspoersler.close(f.a.verk, asked, acting(LEDER, Act.ASK, "leder"))
    the_same_again(f.a.database, f.a.orgnr)
    assert Kind.REQUEST.value not in {row[4] for row in rows(f.a.database)}


def test_a_fresh_ledger_is_stated_without_the_rooms(tmp_path, monkeypatch):
    """Nothing has happened in it, and nothing is asked; what happens afterwards is not stated."""
    with stand(tmp_path, monkeypatch) as made:
        monkeypatch.setattr(stated, "_runs", lambda *_a: pytest.fail("asked"))
        assert not opened(made.database, TENANT)
        made.begins(0, consent=False)
        made.planned()
        assert not opened(made.database, TENANT)


def test_one_municipality_says_nothing_of_another(tmp_path, monkeypatch):
    """Each is stated when it opens the ledger, with its own rows."""
    with stand(tmp_path, monkeypatch) as made:
        made.begins(0, consent=False)
        made.moved()
        before = rows(made.database)
        older(made.database)
        assert opened(made.database, "899999999")
        assert rows(made.database) == set()
        assert opened(made.database, TENANT)
        assert rows(made.database) == before


def test_planted_cut_while_stating_it_is_done_by_the_next(tmp_path, monkeypatch):
    """Planted: the last room fails. Nothing was stated and nothing is remembered."""
    with stand(tmp_path, monkeypatch) as made:
        made.begins(0, consent=False)
        made.moved()
        before = rows(made.database)
        older(made.database)

        def cut(*_args):
            raise RuntimeError("strømbrudd")

        with monkeypatch.context() as patch:
            patch.setattr(stated, "_moves", cut)
            with pytest.raises(RuntimeError):
                opened(made.database, TENANT)
        assert rows(made.database) == set()
        assert opened(made.database, TENANT)
        assert rows(made.database) == before


def test_a_run_that_stands_still_waits_from_when_it_stopped(tmp_path, monkeypatch):
    """The entry's time, and its reason as its code."""
    with stand(tmp_path, monkeypatch) as made:
        made.begins(0)
        plan_id = made.planned()
        made.signed(plan_id)
        run_id = made.started(plan_id)
        runs.set_state(made.database, run_id, "stoppet", made.base.now(), "KILDE_UTILGJENGELIG")
        before = since(made.database)
        the_same_again(made.database, TENANT, Kind.RUN)
        assert since(made.database) == before


def test_the_first_command_on_an_older_ledger_has_the_list(tmp_path):
    """Opened as a command opens it: what waited is told, once and for all."""
    with town(tmp_path / "town") as made:
        made.fill(CX, generate(5, 8, tenant="899100107"))
        made.plan()

        def listed():
            told = json.loads(made.here("waiting", "--json").stdout)["waiting"]
            return [{k: v for k, v in one.items() if k != "siden"} for one in told]

        before = listed()
        assert before
        house = app.open_house(load(made.config))
        try:
            older(house.database)
            assert rows(house.database) == set()
        finally:
            house.close()
        for _ in range(2):
            assert listed() == before
