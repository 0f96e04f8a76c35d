"""E-3, C-5: from the register's feed to a proposal and a decision, over HTTP, and never further."""

import os
from datetime import date, timedelta

import pytest

from connectors.folkeregister.sandbox import feller
from connectors.folkeregister.sandbox.personer import Innbygger
from connectors.sandbox import synthetic
from gateway.effects.moving import deciding
from gateway.effects.moving.deciding import Avgjoerelse
from gateway.errors import GatewayError, LocalFault, RemoteFault, Transient
from gateway.flytting.dom import MANUELL, SANNSYNLIG, USIKKER
from gateway.ledger import chain
from gateway.ledger import moving_tables as m
from schemas.folkeregister.hendelse import Entitetsendring
from tests.people import acting
from tests.story.flyttingen import OURS, THEIRS, Moves

FULL = os.environ.get("STAFETT_FULL") == "1"


@pytest.fixture
def moves(tmp_path):
    """A municipality that has watched since before anything happened."""
    made = Moves(tmp_path)
    first = made.round()
    assert first.fulgt >= len(made.children)
    for one in made.open().values():  # families without numbers, at the first look
        deciding.decide(made.verk, one.hint, Avgjoerelse.BEHOLD, acting("leder"))
    yield made
    made.close()


def strangers(count, seed="fremmede"):
    """People nobody watches."""
    rng = synthetic.seeded("moves", seed)
    return [Innbygger(synthetic.national_id(date(2014, 5, 6), rng), OURS) for _ in range(count)]


def everything(made):
    """Every byte of the ledger's folder, and what its tables say."""
    made.database.main.dispose()
    return b"".join(p.read_bytes() for p in made.folder.joinpath("ledger").rglob("*"))


def test_a_move_becomes_a_proposal_a_person_decides_and_nothing_moves(moves):
    """The whole way, and the log stands where it stood."""
    (logg,) = moves.pick(1)
    before = moves.system.bodies()
    moves.move(logg)
    told = moves.round()
    assert (told.lest, told.berorer, told.forslag) == (1, 1, 1)
    shown = moves.open()[logg]
    assert (shown.kode, shown.kommune, shown.tilstand) == (SANNSYNLIG, THEIRS, "aapen")
    assert moves.details() == 1
    deciding.decide(moves.verk, shown.hint, Avgjoerelse.OVERFOER, acting("leder"))
    assert moves.open() == {} and moves.details() == 0
    assert moves.system.bodies() == before
    # What a person has seen is no new hint: the same place, an address more, a look at everybody.
    moves.move(logg, days=-1)
    assert moves.round().forslag == 0
    assert moves.round(everybody=True).forslag == 0
    with moves.database.begin() as connection:
        assert chain.verify(connection).broken_at is None


def test_the_feed_is_read_once_and_then_costs_a_304(moves):
    """Our own pointer; nothing new is one call."""
    (logg,) = moves.pick(1)
    moves.move(logg)
    assert moves.round().lest == 1
    unchanged = moves.running.journal()["uendret"]
    assert moves.round().lest == 0
    assert moves.running.journal()["uendret"] == unchanged + 1


def test_nobody_else_leaves_a_trace(moves):
    """C-5: 1200 strangers move: read, let go, asked about never, and nowhere in any file."""
    people = [feller.settle(moves.app, one) for one in strangers(1200)]
    moves.app.events([(one.nummer, "endringIBostedsadresse", ()) for one in people])
    (logg,) = moves.pick(1)
    moves.move(logg)
    told = moves.round()
    assert (told.lest, told.berorer, told.forslag) == (1201, 1, 1)
    numbers = {one.nummer for one in people}
    assert not moves.asked() & numbers
    assert moves.running.journal()["numre_i_adresser"] == 0
    raw = everything(moves)
    assert not [number for number in numbers if number.encode() in raw]
    with moves.database.look() as connection:
        assert len(connection.execute(m.watched_person.select()).all()) < 100


def test_a_reform_of_the_whole_town_is_no_proposal(tmp_path):
    """C-5: everybody gets a new number in one night, with an event each."""
    from dataclasses import replace

    made = Moves(tmp_path)
    made.verk = replace(made.verk, hjem=frozenset({"9907"}))
    made.people = {n: feller.settle(made.app, replace(p, kommune="9906"))
                   for n, p in made.people.items()}  # fmt: skip
    made.round()
    cases = made.states()
    town = [feller.settle(made.app, replace(one, kommune="9906")) for one in strangers(1500)]
    feller.reform(made.app, [*made.people.values(), *town], lambda _old: "9907")
    told = made.round()
    assert told.lest > 1500 and told.forslag == told.manuelle == 0
    assert set(told.kastet) == {"reform"}
    assert made.states() == cases
    made.close()


def test_the_documents_of_a_reform_are_not_read(moves):
    """A document is asked for when something may come of it: a proposal that is open, or one that
    would be made. On the night of a reform everybody has an event, and nobody's is read."""
    one, two = moves.pick(2)
    moves.move(one)
    moves.round()
    assert moves.running.journal()["dokumenter"] == 1
    others = [moves.people[moves.children[logg]] for logg in moves.children if logg != one]
    feller.reform(moves.app, others, lambda old: old)
    moves.round()
    assert moves.running.journal()["dokumenter"] == 1
    feller.shared(moves.app, moves.people[moves.children[one]])
    moves.move(one)
    moves.move(two)
    moves.round()
    assert moves.running.journal()["dokumenter"] == 3


def test_a_source_that_is_away_does_not_stop_the_reading(moves):
    """Those we know are read about; the fault is told when that is done, and the look is due."""
    (logg,) = moves.pick(1)
    moves.move(logg)
    moves.system.running.faults([{"kind": "server500", "match": "", "times": 0}])
    with pytest.raises(GatewayError):
        moves.round(look_over=True)
    assert moves.open()[logg].kode == MANUELL or moves.open()[logg].kommune == THEIRS
    assert moves.states()["aapen"] == 1
    moves.system.running.faults([])
    assert moves.round(look_over=True).forslag == 0


def test_every_other_trap_of_the_feed(moves):
    """C-5: without moving, shared residence, no data, a leaked number: thrown away and counted."""
    one, two, three, four = moves.pick(4)
    person = {logg: moves.people[moves.children[logg]] for logg in (one, two, three, four)}
    feller.without_moving(moves.app, person[one], THEIRS)
    feller.shared(moves.app, person[two])
    feller.silent(moves.app, person[three])
    feller.without_moving(moves.app, person[four], "9914")
    told = moves.round()
    assert told.forslag == told.manuelle == 0
    assert told.kastet == {
        "utenFlytting": 1, "deltBosted": 1, "sammeKommune": 1, "framtidigKode": 1,
    }  # fmt: skip


def test_a_move_inside_an_event_with_no_data_and_one_of_a_new_type(moves):
    """C-5: personErOppdatert and a type nobody has seen: the place tells."""
    one, two = moves.pick(2)
    for logg, trap in ((one, feller.silent), (two, feller.strange)):
        number = moves.children[logg]
        moves.change(number, kommune=THEIRS, flyttedato=date(2026, 11, 20))
        trap(moves.app, moves.people[number])
    moves.round()
    found = moves.open()
    assert (found[one].kode, found[two].kode) == (SANNSYNLIG, USIKKER)


@pytest.mark.parametrize("endring", [Entitetsendring.ANNULLERE, Entitetsendring.KORRIGERE])
def test_a_correction_withdraws_the_proposal(moves, endring):
    """E-3: and its details are destroyed."""
    (logg,) = moves.pick(1)
    number = moves.move(logg)
    moves.round()
    hint = moves.open()[logg].hint
    feller.correct(moves.app, moves.people[number], OURS, date(2020, 8, 1), endring)
    told = moves.round()
    assert (told.trukket, told.forslag) == (1, 0)
    assert moves.open() == {}
    assert moves.states()["trukket"] == 1
    with pytest.raises(LocalFault) as caught:
        deciding.decide(moves.verk, hint, Avgjoerelse.BEHOLD, acting("leder"))
    assert caught.value.code == "FORSLAG_AVSLUTTET"


def test_a_move_and_its_annulment_in_one_page_are_nothing(moves):
    """The register answers with how it is now."""
    (logg,) = moves.pick(1)
    number = moves.move(logg)
    home = moves.people[number]
    feller.correct(moves.app, home, OURS, date(2020, 8, 1), Entitetsendring.ANNULLERE)
    told = moves.round()
    assert told.forslag == told.trukket == 0
    assert moves.open() == {}


@pytest.mark.parametrize("grade", ["fortrolig", "strengtFortrolig", "klientadresse", "noeNytt"])
def test_a_protected_child_is_a_task_and_nothing_more(moves, grade):
    """C-4: one event that carries protection and a new residence."""
    (logg,) = moves.pick(1)
    number = moves.children[logg]
    feller.protect(moves.app, moves.people[number], grade, THEIRS)
    told = moves.round()
    assert (told.forslag, told.manuelle) == (0, 1)
    shown = moves.open()[logg]
    assert (shown.kode, shown.kommune, shown.flyttedato) == (MANUELL, "", "")
    assert shown.utloeper == ""
    assert THEIRS not in repr(shown)
    with moves.database.look() as connection:
        (row,) = [r for r in connection.execute(m.case.select()) if r.case_id == shown.hint]
    assert row.sealed is None


def test_a_guardians_protection_is_enough(moves):
    """C-4: the child is open, the family is not. The register was asked about them just now."""
    one, two = moves.pick(2)
    moves.change(moves.guardian(one), beskyttelse="fortrolig")
    moves.move(one)
    moves.move(two)
    told = moves.round()
    assert (told.forslag, told.manuelle) == (1, 1)
    found = moves.open()
    assert (found[one].kode, found[one].kommune) == (MANUELL, "")
    assert (found[two].kode, found[two].kommune) == (SANNSYNLIG, THEIRS)
    parts = {parts for asked, parts in moves.app.asked() if moves.guardian(one) in asked}
    assert parts == {frozenset({"adressebeskyttelse"})}


def test_a_guardian_the_register_does_not_know_is_not_open(moves):
    """C-4: not knowing is an answer, and the answer is no."""
    (logg,) = moves.pick(1)
    moves.move(logg)
    moves.app.lager.forget(moves.guardian(logg))
    assert moves.round().manuelle == 1
    assert moves.open()[logg].kode == MANUELL


def test_protection_after_the_proposal_hides_it_at_once_and_for_good(moves):
    """C-4: the list asks again; the next round withdraws what it said."""
    (logg,) = moves.pick(1)
    number = moves.move(logg)
    moves.round()
    assert moves.open()[logg].kommune == THEIRS
    feller.protect(moves.app, moves.people[number], "fortrolig")
    shown = moves.open()[logg]
    assert (shown.kode, shown.kommune, shown.flyttedato) == (MANUELL, "", "")
    told = moves.round()
    assert (told.trukket, told.manuelle) == (1, 1)
    assert moves.open()[logg].kode == MANUELL
    assert moves.states()["trukket"] == 1


def test_a_list_without_the_register_shows_no_place(moves):
    """C-4: failing to know is the same as knowing."""
    (logg,) = moves.pick(1)
    moves.move(logg)
    moves.round()
    moves.running.faults([{"kind": "server500", "match": "bulkoppslag", "times": 0}])
    shown = moves.open()[logg]
    assert (shown.kode, shown.kommune) == (MANUELL, "")


def test_unknown_residence_without_a_municipality_is_for_a_person(moves):
    """C-5: ukjentBosted; with a municipality it is a place like any other."""
    one, two, three = moves.pick(3)
    moves.change(moves.children[one], ukjent=True, kommune="")
    moves.change(moves.children[two], ukjent=True, kommune=THEIRS, flyttedato=None)
    moves.change(moves.children[three], uten_bosted=True)
    for logg in (one, two, three):
        feller.silent(moves.app, moves.people[moves.children[logg]])
    moves.round()
    found = moves.open()
    assert [found[logg].kode for logg in (one, two, three)] == [MANUELL, SANNSYNLIG, MANUELL]


def test_a_proposal_expires_and_a_new_event_makes_a_new_one(moves):
    """E-3: nobody answered; it is no evidence, and a task for a person does not go away."""
    one, two = moves.pick(2)
    moves.move(one)
    feller.protect(moves.app, moves.people[moves.children[two]], "fortrolig")
    moves.round()
    first = moves.open()[one].hint
    moves.clock.at += timedelta(days=29)
    assert moves.round().utloept == 0
    moves.clock.at += timedelta(days=1)
    told = moves.round()
    assert (told.utloept, told.forslag) == (1, 0)
    assert set(moves.open()) == {two}
    feller.silent(moves.app, moves.people[moves.children[one]])
    assert moves.round().forslag == 1
    assert moves.open()[one].hint != first


def test_a_log_that_is_closed_is_not_watched_any_more(moves):
    """Its proposal is withdrawn, its child's numbers are gone, and the next move is nobody's."""
    (logg,) = moves.pick(1)
    number = moves.move(logg)
    moves.round()
    moves.edit(logg, status="PASSIV")
    told = moves.round(look_over=True)
    assert told.trukket == 1
    assert logg not in moves.open()
    before = len(moves.app.asked())
    moves.move(logg, "9907")
    assert moves.round().berorer == 0
    assert all(number not in asked for asked, _ in moves.app.asked()[before:])
    moves.edit(logg, status="AKTIV")
    assert moves.round(look_over=True).forslag == 1
    assert moves.open()[logg].kode == USIKKER


def test_a_child_who_lives_elsewhere_at_the_first_look_is_doubtful(tmp_path):
    """The day we begin may be the day after they moved."""
    made = Moves(tmp_path)
    (logg,) = made.pick(1)
    made.change(made.children[logg], kommune=THEIRS)
    made.round()
    assert made.open()[logg].kode == USIKKER
    made.close()


def test_a_new_number_is_learnt_and_its_events_are_ours(moves):
    """D-number to fødselsnummer: the log does not know it yet."""
    (logg,) = moves.pick(1)
    old = moves.children[logg]
    new = strangers(1, "nytt nummer")[0].nummer
    feller.settle(moves.app, Innbygger(new, OURS, tidligere=(old,)))
    moves.app.lager.put_person(old, Innbygger(new, OURS, tidligere=(old,)).body())
    moves.app.event(old, "endringIIdentifikasjonsnummer")
    assert moves.round().forslag == 0
    person = Innbygger(new, OURS, tidligere=(old,))
    moved = feller.move(moves.app, person, THEIRS, date(2026, 11, 20))
    moves.app.lager.put_person(old, moved.body())
    told = moves.round()
    assert (told.berorer, told.forslag) == (1, 1)
    assert moves.open()[logg].kommune == THEIRS
    # Edited and seen over again, the log still knows the old number only, and both are watched.
    moves.edit(logg, sistOppdatert="2026-11-26T10:00:00+01:00")
    assert moves.round(look_over=True).forslag == 0
    feller.move(moves.app, person, "9907", date(2026, 11, 22))
    assert moves.round().berorer == 1


def test_a_hole_in_the_feed_looks_everybody_up_and_finds_the_move(moves):
    """E-3: the event of the move is missing; watched persons alone are asked about."""
    one, two = moves.pick(2)
    moves.change(moves.children[one], kommune=THEIRS, flyttedato=date(2026, 11, 20))
    before = len(moves.app.asked())
    feller.hole(moves.app, moves.people[moves.children[two]])
    told = moves.round()
    assert told.avstemt_fordi == "hull" and told.avstemt == told.fulgt
    assert moves.open()[one].kode == SANNSYNLIG
    asked = {n for numbers, parts in moves.app.asked()[before:] for n in numbers
             if "bostedsadresse" in parts}  # fmt: skip
    assert asked <= set(moves.people)
    assert moves.round().avstemt == 0


def test_an_event_that_cannot_be_read_is_a_hole(moves):
    """Nobody knows whom it was about."""
    feller.unreadable(moves.app)
    assert moves.round().avstemt_fordi == "hull"


def test_a_pointer_that_is_too_old_begins_anew_and_looks_everybody_up(moves):
    """C-5: 406 after three years of rest; the move in between is found, and reading goes on."""
    one, two = moves.pick(2)
    moves.move(one)
    last = moves.app.lager.last()
    moves.app.switch({"eldste": last + 1})
    told = moves.round()
    assert told.avstemt_fordi == "pekerForeldet"
    assert (told.lest, told.forslag) == (0, 1)
    assert moves.open()[one].kode == SANNSYNLIG
    moves.app.switch({})
    moves.move(two)
    told = moves.round()
    assert (told.lest, told.forslag, told.avstemt) == (1, 1, 0)


def test_a_register_that_was_emptied_is_not_read_past(moves):
    """Another environment behind the same address: our pointer is ahead of its newest event."""
    feller.silent(moves.app, strangers(1)[0])
    feller.silent(moves.app, strangers(1)[0])
    moves.round()
    moves.app.lager.forget_events()
    told = moves.round(look_over=True)  # once a day
    assert told.avstemt_fordi == "pekerForeldet"
    (logg,) = moves.pick(1)
    moves.move(logg)
    assert moves.round().forslag == 1


@pytest.mark.parametrize("switches", [{"dobbel": True}, {"stokket": True}, {"gammel": 2},
                                      {"side": 2}, {"side": 1, "dobbel": True},
                                      {"uten_etag": True}, {"gammel_stavemaate": True},
                                      {"vent_ms": 400}])  # fmt: skip
def test_a_feed_that_misbehaves_makes_each_proposal_once(moves, switches):
    """Doubled, backwards, overlapping, short pages, no ETag, the other spelling, 429."""
    feller.silent(moves.app, strangers(1)[0])
    feller.silent(moves.app, strangers(1)[0])
    moves.round()
    moves.app.switch(switches)
    three = moves.pick(3)
    for logg in three:
        moves.move(logg)
    assert moves.round().forslag == 3
    assert moves.round().forslag == 0
    assert set(moves.open()) == set(three)
    assert moves.states()["aapen"] == 3


def test_a_feed_that_repeats_itself_stops_the_round_and_not_the_next(moves):
    """Only events we have read: said out loud, never an endless loop."""
    (logg,) = moves.pick(1)
    moves.app.events([(one.nummer, "endringINavn", ()) for one in strangers(4)])
    moves.round()
    moves.app.switch({"gammel": 3, "side": 2})
    moves.move(logg)
    with pytest.raises(RemoteFault) as caught:
        moves.round()
    assert caught.value.code == "FEED_STAAR_STILLE"
    moves.app.switch({})
    assert moves.round().forslag == 1


def test_an_empty_feed_with_newer_events_is_not_the_end(moves):
    """Fault 7 (peers 5.2): a silent short read; the register counts further than it shows."""
    (logg,) = moves.pick(1)
    moves.move(logg)
    moves.app.switch({"tom": True})
    with pytest.raises(RemoteFault) as caught:
        moves.round(look_over=True)  # once a day the tag is not trusted
    assert caught.value.code == "FEED_STAAR_STILLE"
    moves.app.switch({})
    assert moves.round().forslag == 1


@pytest.mark.parametrize("kind", ["busy503", "server500", "reset", "cut_json", "html200"])
@pytest.mark.parametrize(
    "where", ["feed", "bulkoppslag", "hendelser/[0-9a-f]{32}"] if FULL else ["bulkoppslag"]
)
def test_a_register_that_fails_loses_nothing(moves, kind, where):
    """The round stops, or goes on in doubt; the next ends it, with the proposal and once."""
    (logg,) = moves.pick(1)
    moves.move(logg)
    moves.running.faults([{"kind": kind, "match": where, "times": 0, "retry_after": 0}])
    try:
        moves.round()
    except GatewayError as fault:
        assert isinstance(fault, Transient | RemoteFault)
        assert moves.children[logg] not in f"{fault!r}{fault}{fault.__context__!r}"
        assert moves.states().get("aapen", 0) == 0
    moves.running.faults([])
    moves.clock.at += timedelta(minutes=1)
    moves.verk.register.newest()
    moves.round()
    assert moves.open()[logg].kode in {SANNSYNLIG, USIKKER}
    assert moves.states()["aapen"] == 1


def test_two_processes_read_one_page_and_one_of_them_writes(moves):
    """The pointer is moved from where it was read, or not at all."""
    from gateway.effects.moving import pointer, reading
    from gateway.effects.moving.flytteverk import Runde

    (logg,) = moves.pick(1)
    behind = pointer.read(moves.verk)
    moves.move(logg)
    moves.round()
    late = Runde()
    reading.read_on(moves.verk, behind, late)
    assert (late.lest, late.forslag) == (0, 0)
    assert moves.states()["aapen"] == 1


def test_a_decision_made_while_the_register_was_asked_counts(moves, monkeypatch):
    """What we knew is read again inside the transaction."""
    from gateway.effects.moving import judging

    (logg,) = moves.pick(1)
    moves.move(logg)
    moves.round()
    hint = moves.open()[logg].hint
    ask = judging._look_up

    def meanwhile(*given):
        found = ask(*given)
        deciding.decide(moves.verk, hint, Avgjoerelse.BEHOLD, acting("leder"))
        return found

    monkeypatch.setattr(judging, "_look_up", meanwhile)
    feller.silent(moves.app, moves.people[moves.children[logg]])
    told = moves.round()
    assert told.forslag == 0
    assert moves.open() == {}


def test_two_logs_of_one_child_are_two_proposals(moves):
    """Each log has its own holder; one event is judged for both."""
    (logg,) = moves.pick(1)
    document = next(d for d in moves.system.app.documents() if moves._logg(d).id == logg)
    connector = moves.system.connect()
    files = {f["filId"]: connector.file(document["loggId"], f["filId"])
             for f in document["filer"]}  # fmt: skip
    moves.system.app.load(document | {"loggId": "en-logg-til", "eksternNokkel": None}, files)
    moves.round(look_over=True)
    moves.move(logg)
    told = moves.round()
    assert (told.berorer, told.forslag) == (2, 2)


def test_another_child_in_the_log_is_another_child(moves):
    """A log that was about the wrong child: the first one's number is let go at once."""
    (logg,) = moves.pick(1)
    old = moves.children[logg]
    new = feller.settle(moves.app, strangers(1, "rett barn")[0])
    document = next(d for d in moves.system.app.documents() if moves._logg(d).id == logg)
    moves.edit(logg, barn=document["barn"] | {"fodselsnummer": new.nummer})
    moves.round(look_over=True)
    before = len(moves.app.asked())
    moves.move(logg)
    assert moves.round().berorer == 0
    assert all(old not in asked for asked, _ in moves.app.asked()[before:])
    feller.move(moves.app, new, THEIRS, date(2026, 11, 20))
    assert moves.round().berorer == 1


def test_two_processes_that_look_everybody_up_make_one_proposal(tmp_path, postgres, monkeypatch):
    """Both have asked the register and stand before their commit at the same moment."""
    import threading

    from gateway.effects.moving import judging, reconciling
    from gateway.effects.moving.flytteverk import Runde

    made = Moves(tmp_path, database=postgres)
    made.round()
    (logg,) = [one for one in made.pick(3) if one not in made.open()][:1]
    made.change(made.children[logg], kommune=THEIRS, flyttedato=date(2026, 11, 20))
    together = threading.Barrier(2, timeout=20)
    ask = judging.open_families

    def lined_up(*given):
        found = ask(*given)
        together.wait()
        return found

    monkeypatch.setattr(judging, "open_families", lined_up)
    told = [Runde(), Runde()]
    threads = [
        threading.Thread(target=reconciling.everybody, args=(made.verk, one)) for one in told
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(one.forslag for one in told) == [0, 1]
    assert [one.logg for one in deciding.show(made.verk)].count(logg) == 1
    made.close()
