"""One list of what waits for whom: each kind written with its cause, listed, settled by its act.

One scenario a kind. What is told twice is told the same; what an act settles is gone in the same
transaction; a kind without a scenario, or a scenario that leaves its row, is red. The list is also
counted again from the rooms' own tables, after histories that were cut.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.arkiv.levering import UNREAD
from gateway.effects import failpoint, runs
from gateway.effects.archiving import confirm, waits
from gateway.effects.archiving.overview import waiting as of_archive
from gateway.effects.moving import deciding
from gateway.effects.reconciling import reconcile
from gateway.exit.creations import Creations
from gateway.ledger import tables as t
from gateway.ledger.access import Shown
from gateway.ledger.database import Database
from gateway.migrate.rules.scope import Scope
from gateway.run import sampling, signing
from gateway.staff.roles import Act, StaffRole
from gateway.tasks import book, rows
from gateway.tasks.kinds import KINDS, KONTAKTPUNKT, Kind
from gateway.tasks.rows import Task
from gateway.texts.catalogue import Catalogue
from tests.machine.pair import TENANT
from tests.people import acting, seen
from tests.story.arkivet import ORGNR, Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated
from tests.story.flyttingen import Moves
from tests.unit.run.stand import EVERY, Stand

LATER = "2999-01-01T00:00:00.000+00:00"


@dataclass
class Case:
    """A ledger, whose it is, and the act that settles what waits."""

    database: Database
    tenant: str
    act: Callable[[], Any]
    code: str
    again: Callable[[], Any] | None = None

    def listed(self, kind: Kind, now: str = LATER, **how: Any) -> list[book.Listed]:
        """What of a kind waits."""
        with self.database.look() as connection:
            return [o for o in book.listed(connection, self.tenant, now, **how) if o.kind is kind]


@contextmanager
def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Two toy systems."""
    made = Stand(tmp_path)
    monkeypatch.setattr(failpoint, "reach", made.reach)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def a_plan(tmp_path, monkeypatch):
    """Ready, it waits to be signed; signed, to be carried out; begun, for nobody."""
    with stand(tmp_path, monkeypatch) as made:
        made.begins(0)
        plan_id = made.planned()
        case = Case(made.database, TENANT, lambda: made.started(plan_id), "PLAN_SIGNERT")
        assert [one.code for one in case.listed(Kind.PLAN)] == ["PLAN_VENTER"]
        made.signed(plan_id)
        yield case


@contextmanager
def a_run(tmp_path, monkeypatch):
    """Paused, it waits for somebody to go on with it."""
    with stand(tmp_path, monkeypatch) as made:
        made.begins(0)
        plan_id = made.planned()
        made.signed(plan_id)
        run_id = made.started(plan_id)
        now = made.base.now()
        runs.set_state(made.database, run_id, "pauset", now)
        yield Case(
            made.database, TENANT,
            lambda: runs.set_state(made.database, run_id, "avbrutt", now), "KJOERING_PAUSET",
        )  # fmt: skip


@contextmanager
def a_log(tmp_path, monkeypatch):
    """Without a consent it is held; with one, and written, it waits for nobody."""
    with stand(tmp_path, monkeypatch) as made:
        made.begins(0, consent=False)
        made.begins(1)
        made.moved()

        def settle():
            made.writes("a", 0, consent=True)
            made.moved()

        yield Case(made.database, TENANT, settle, "P-12", again=made.planned)


@contextmanager
def a_creation(tmp_path, monkeypatch):
    """A person is asked when the target should have shown it, and says that it is not there."""
    with stand(tmp_path, monkeypatch) as made:
        creations = Creations(made.database, made.base.clock, "b", TENANT)
        creations.begin("barn", "logg-9", "run-1")
        with made.database.look() as connection:
            assert book.listed(connection, TENANT, made.base.now()) == []
        yield Case(
            made.database, TENANT,
            lambda: creations.said("logg-9", acting(act=Act.CREATED), None), "KANSKJE_OPPRETTET",
        )  # fmt: skip


@contextmanager
def a_copy(tmp_path, monkeypatch):
    """It stands active in the target, and its consent was withdrawn."""
    with stand(tmp_path, monkeypatch) as made:
        task = Task("AKTIV_UTEN_SAMTYKKE", "b", "b-1", "logg-1", "a")

        def found():
            with made.database.begin() as connection:
                rows.found(connection, TENANT, made.base.now(), [task])

        def done():
            with made.database.begin() as connection:
                rows.done(connection, TENANT, made.base.now(), [task])

        found()
        yield Case(made.database, TENANT, done, "AKTIV_UTEN_SAMTYKKE", again=found)


@contextmanager
def a_reconciliation(tmp_path, monkeypatch):
    """It found a log gone; a repair writes it anew."""
    with stand(tmp_path, monkeypatch) as made:
        made.begins(0)
        run_id = made.moved()
        del made.sides["b"].documents[made.ref("b")]

        def look():
            made.route = made.way("a", "b")
            return list(reconcile(made.route, run_id))

        look()
        yield Case(
            made.database, TENANT, lambda: made.moved(kind="reparer", of=run_id),
            "AVSTEMMING_AVVIK", again=look,
        )  # fmt: skip


@contextmanager
def a_sample(tmp_path, monkeypatch):
    """Drawn, it waits until all of it was seen and right."""
    with stand(tmp_path, monkeypatch) as made:
        made.begins(0)
        run_id = made.moved()
        now, store = made.base.now(), made.base.store
        sampling.draw(made.database, run_id, 1, "frø", now)

        def look():
            sampling.looked(
                made.database, store, run_id, "logg-0", by=acting(act=Act.SAMPLE), says="riktig",
                note="", at=now,
            )  # fmt: skip

        yield Case(made.database, TENANT, look, "PROEVE_VENTER")


@contextmanager
def works(tmp_path: Path, **archives: Any) -> Iterator[Works]:
    """An archive works on some real logs."""
    system = System(CONEXUS, tmp_path / "source")
    system.load(generated(CONEXUS, 5, 3))
    made = Works(tmp_path, system, EverybodyOpen(), **archives)
    try:
        yield made
    finally:
        made.close()
        system.close()


@contextmanager
def a_delivery(tmp_path, monkeypatch):
    """An archive without an interface: a person files it and says so."""
    shelf = Shelf(reads_back=False)
    shelf.moods = ["menneske"] * 100
    with works(tmp_path, hylle=shelf) as made:
        made.round()

        def confirmed():
            for row in made.rows():
                confirm.confirm(
                    made.verk, row["snapshot_id"], "hylle", "2026/1-2",
                    acting("arkivar", Act.ARCHIVE, "arkivar"), None,
                )  # fmt: skip

        yield Case(made.database, ORGNR, confirmed, "ARKIV_MANUELT")


@contextmanager
def an_unread_log(tmp_path, monkeypatch):
    """A look could not read it; the next one can."""
    with works(tmp_path, hylle=Shelf()) as made:

        def looked(named):
            with made.database.begin() as connection:
                waits.unread(connection, ORGNR, CONEXUS, made.verk.now(), named)

        named = {"X-1": ("WIRE_UGYLDIG", "tiltak.0.dato"), "X-2": ("UGYLDIG_DOKUMENT", "")}
        looked(named)
        yield Case(
            made.database, ORGNR, lambda: looked({}), "WIRE_UGYLDIG", again=lambda: looked(named)
        )


@contextmanager
def a_hint(tmp_path, monkeypatch):
    """A child is registered elsewhere; a person decides."""
    made = Moves(tmp_path)
    try:
        made.round()
        for one in made.open().values():
            deciding.decide(made.verk, one.hint, deciding.Avgjoerelse.BEHOLD, acting("leder"))
        (logg,) = made.pick(1)
        made.move(logg)
        made.round()

        def decide():
            hint = made.open()[logg].hint
            deciding.decide(made.verk, hint, deciding.Avgjoerelse.OVERFOER, acting("leder"))

        yield Case(made.database, made.verk.tenant, decide, "FLYTTING_SANNSYNLIG", made.round)
    finally:
        made.close()


SCENARIOS = {
    Kind.PLAN: a_plan, Kind.RUN: a_run, Kind.LOGG: a_log, Kind.CREATION: a_creation,
    Kind.STANDING: a_copy, Kind.RECONCILED: a_reconciliation, Kind.SAMPLE: a_sample,
    Kind.ARCHIVE: a_delivery, Kind.UNREAD: an_unread_log, Kind.MOVE: a_hint,
}  # fmt: skip


@pytest.mark.parametrize("kind", [k for k in Kind if k in SCENARIOS])
def test_what_waits_is_written_listed_settled_and_gone(kind, tmp_path, monkeypatch):
    """Its code, its role, and a command; told again it is the same; after its act it is gone."""
    with SCENARIOS[kind](tmp_path, monkeypatch) as case:
        before = case.listed(kind)
        assert case.code in {one.code for one in before}
        texts = Catalogue("nb")
        for one in before:
            assert one.command.startswith("stafett ")
            assert texts.code(one.code).do
            assert one.role in {*StaffRole, KONTAKTPUNKT}
            assert one in case.listed(kind, roles=[one.role])
            assert one not in case.listed(kind, roles=["lesetilgang"])
        if case.again is not None:
            case.again()
            assert [(o.item, o.code, o.since) for o in case.listed(kind)] == [
                (o.item, o.code, o.since) for o in before
            ]
        case.act()
        assert case.listed(kind) == []


def test_an_act_that_fails_takes_nothing_away(tmp_path, monkeypatch):
    """The row and the act are one transaction: cut, both are as they were."""
    with a_delivery(tmp_path, monkeypatch) as case:
        before = case.listed(Kind.ARCHIVE)

        def cut(*_args, **_more):
            raise RuntimeError("strømbrudd")

        monkeypatch.setattr(confirm, "append", cut)
        with pytest.raises(RuntimeError):
            case.act()
        assert case.listed(Kind.ARCHIVE) == before


@pytest.mark.parametrize("kind", [k for k in Kind if k in SCENARIOS])
def test_planted_an_act_that_leaves_its_row_is_seen(kind, tmp_path, monkeypatch):
    """Planted: the act is done and says nothing of the list; the test above turns red."""
    with SCENARIOS[kind](tmp_path, monkeypatch) as case:
        monkeypatch.setattr(book, "state", lambda *_said: None)
        case.act()
        assert case.listed(kind) != []


def test_the_list_is_sorted_and_its_deadline_is_told(tmp_path, monkeypatch):
    """What must be settled first stands first; what is late says so; the rest is not late."""
    with a_delivery(tmp_path, monkeypatch) as case:
        with case.database.begin() as connection:
            early = [
                book.Waiting(Kind.REQUEST, "ETTERSPOERSEL_VENTER", "stafett x", unit="899101103")
            ]
            book.state(connection, case.tenant, "etterspoersel", "2026-01-01", {"e-1": early})
        now = "2026-12-01T00:00:00.000+00:00"
        with case.database.look() as connection:
            found = book.listed(connection, case.tenant, now)
            late = book.listed(connection, case.tenant, LATER, overdue=True)
            mine = book.listed(connection, case.tenant, now, unit="899101103")
            others = book.listed(connection, case.tenant, now, unit="899200209")
        assert [one.deadline or "9" for one in found] == sorted(o.deadline or "9" for o in found)
        assert found[-1].code == "ETTERSPOERSEL_VENTER"
        assert {one.kind for one in late} == {Kind.ARCHIVE} and all(one.overdue for one in late)
        assert len(mine) == len(found)
        assert len(others) == len(found) - 1


def test_archiving_counted_again_from_its_own_tables(tmp_path, monkeypatch):
    """After rounds with every mood, the list is exactly what the room itself says waits."""
    shelf = Shelf()
    shelf.moods = ["avvist", "menneske", "travel", "forvansket", "ok", "halv", "svar tapt"] * 3
    with works(tmp_path, hylle=shelf, annen=Shelf(reads_back=False)) as made:
        for _ in range(3):
            made.round()
            made.wake()
            theirs = sorted(
                (one["uttak"], one["arkiv"], one["kode"])
                for one in of_archive(made.database, ORGNR)
            )
            with made.database.look() as connection:
                # What goes on trying by itself is told in a day, and by what stands in the way.
                ours = sorted(
                    (o.item, o.place, o.code)
                    for o in book.listed(connection, ORGNR, LATER)
                    if o.code != UNREAD
                )
            assert ours == theirs
            confirm.retry(made.verk)


def test_nothing_of_a_log_stands_in_the_list(tmp_path, monkeypatch):
    """Codes, ids, roles and commands; nobody's name or number."""
    with a_delivery(tmp_path, monkeypatch) as case:
        seen(case, Shown.LOGG, "x")
        with case.database.look() as connection:
            told = repr(connection.execute(sa.select(t.waiting)).all())
        assert "Øving" not in told and "Oppdiktet" not in told


def test_every_kind_says_whose_it_is_and_what_settles_it():
    """Closed: a kind without a line in the table cannot be."""
    assert set(KINDS) == set(Kind)
    assert all(one.act and one.role in {*StaffRole, KONTAKTPUNKT} for one in KINDS.values())
    # Hand-overs and requests have a walk of their own: `test_waiting_transfers`; so have channels:
    # `test_overfoering_lukket`.
    assert set(SCENARIOS) | {Kind.TRANSFER, Kind.REQUEST, Kind.CHANNEL} == set(Kind)


def test_a_log_that_is_gone_from_the_source_waits_for_nobody(tmp_path, monkeypatch):
    """Nobody could settle it: the next plan of everything takes it off; one of a part does not."""
    with stand(tmp_path, monkeypatch) as made:
        made.begins(0, consent=False)
        made.begins(1, consent=False)
        made.begins(2)
        made.moved()
        case = Case(made.database, TENANT, lambda: None, "P-12")
        assert {one.item for one in case.listed(Kind.LOGG)} == {"a-0", "a-1"}
        del made.sides["a"].documents["a-0"]
        made.writes("a", 2, text="mer")
        made.planned(scope=Scope(logs=("logg-2",)))
        assert {one.item for one in case.listed(Kind.LOGG)} == {"a-0", "a-1"}
        made.planned()
        assert {one.item for one in case.listed(Kind.LOGG)} == {"a-1"}


def test_signing_some_of_the_places_leaves_the_rest_waiting(tmp_path, monkeypatch):
    """A named overwrite waits for nobody but whoever carries the plan out."""
    with stand(tmp_path, monkeypatch) as made:
        for number in range(2):
            made.begins(number)
        made.moved()
        for number in range(2):
            made.writes("b", number, text="b")
            made.writes("a", number, text="a")
        plan_id = made.planned()
        case = Case(made.database, TENANT, lambda: None, "MAAL_ENDRET")
        assert {one.item for one in case.listed(Kind.LOGG)} == {"a-0", "a-1"}
        names = [n for n in made_names(made, plan_id) if n.startswith("logg-0:")]
        signing.sign(made.database, plan_id, acting(), made.base.now(), tuple(names))
        assert {one.item for one in case.listed(Kind.LOGG)} == {"a-1"}
        made.signed(plan_id)
        assert {one.item for one in case.listed(Kind.LOGG)} == {"a-0", "a-1"}


def made_names(made: Stand, plan_id: str) -> list[str]:
    """Every place of a plan as it is named."""
    from tests.machine.conftest import places

    return list(places(made.database, plan_id))


def test_a_wave_waits_beside_another(tmp_path, monkeypatch):
    """A plan of another part takes nobody's place; one of the same part does, and so does a run."""
    with stand(tmp_path, monkeypatch) as made:
        for number in range(3):
            made.begins(number)
        case = Case(made.database, TENANT, lambda: None, "PLAN_VENTER")

        def plans():
            return {one.item for one in case.listed(Kind.PLAN)}

        first = made.planned(scope=Scope(logs=("logg-0",)))
        second = made.planned(scope=Scope(logs=("logg-1",)))
        assert plans() == {first, second}
        made.planned(scope=Scope(logs=("ingen",)))
        assert plans() == {first, second}
        again = made.planned(scope=Scope(logs=("logg-1",)))
        assert plans() == {first, again}
        made.carried_out(first)
        assert plans() == {again}
        made.carried_out(again)
        assert plans() == set()
        made.moved()
        made.planned()
        assert plans() == set()  # nothing has changed: there is nothing to sign


def test_a_run_nobody_is_heard_of_waits(tmp_path, monkeypatch):
    """Killed, it says nothing more; what it wrote last puts it off, and going on settles it."""
    with stand(tmp_path, monkeypatch) as made:
        made.begins(0)
        plan_id = made.planned()
        made.signed(plan_id)
        run_id = made.started(plan_id)
        case = Case(made.database, TENANT, lambda: None, "INGEN_ARBEIDER")
        assert case.listed(Kind.RUN, now=made.base.now()) == []
        (one,) = case.listed(Kind.RUN)
        assert (one.code, one.command) == ("INGEN_ARBEIDER", f"stafett resume {run_id}")
        made.work(run_id)
        assert case.listed(Kind.RUN) == []


def test_what_was_not_named_is_named_in_a_new_plan(tmp_path, monkeypatch):
    """A plan is signed for one run: its command is of no use afterwards. Brought home, it is over
    the other way too."""
    with stand(tmp_path, monkeypatch) as made:
        made.begins(0)
        made.moved()
        made.writes("b", 0, text="b")
        made.writes("a", 0, text="a")
        case = Case(made.database, TENANT, lambda: None, "MAAL_ENDRET")
        plan_id = made.planned()
        (one,) = case.listed(Kind.LOGG)
        assert one.command.startswith(f"stafett sign {plan_id} ")
        made.carried_out(plan_id)
        (one,) = case.listed(Kind.LOGG)
        assert one.command == "stafett plan a b"
        made.carried_out(made.planned("ba"), EVERY)
        assert case.listed(Kind.LOGG) == []
