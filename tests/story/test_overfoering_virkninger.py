"""What follows a transition is run from the table: a table without an effect does not do it.

Each story is told twice: with the product's tables, and with one from which the effect has been
taken. The second must be seen.
"""

from dataclasses import replace

import pytest

from gateway.effects.transferring import rader, skritt, varslet
from gateway.errors import Conflict, GatewayError, LocalFault
from gateway.overfoering.avgiver import AVGIVER
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.mottaker import MOTTAKER
from gateway.overfoering.tilstand import Effekt, Side, Tilstand
from schemas.overfoering.koder import Avvisningsgrunn
from tests.story.paa_ledningen import finished, received, refused
from tests.story.to_kommuner import HOLDER, LEDER

E = Effekt
LEDEREN = Aktoer(LEDER, "leder")


def without(table, effect):
    """A table that never does one thing."""
    return {
        key: tuple(
            replace(rule, effekter=tuple(e for e in rule.effekter if e is not effect))
            for rule in rules
        )
        for key, rules in table.items()
    }


def payloads(house, own, side):
    """Where the row keeps a key or a package, as far as the bytes are still there."""
    row = house.row(own, side)
    kept = [row.verdi[name] for name in ("noekkel", "nyttelast") if row.verdi[name]]
    return [one for one in kept if house.arkiv.store.get(one)]


def the_key_is_kept(f):
    """What was packed: its key and its hashes stand in the row from the moment it is sent."""
    own = f.start(f.logg)
    row = f.send(own)
    assert row.tilstand is Tilstand.SENDT
    assert row.verdi["noekkel"]
    assert len(row.verdi["nyttelast_sha"]) == len(row.verdi["content_sha"]) == 64
    assert f.a.arkiv.store.get(row.verdi["noekkel"])


def the_key_that_came_is_kept(f):
    """The receiver can open what came, and finishes."""
    own = received(f)
    f.accept(own)
    f.until(lambda: f.states(own)[1] != "AKSEPT_AVVENTES")
    assert f.m.row(own, Side.MOTTAKER).verdi["kode"] == ""
    finished(f, own)


def nothing_is_left_of_what_was_rejected(f):
    """Both sides have destroyed key and package when the answer was no."""
    from gateway.effects.transferring import motta

    own = received(f)
    before = payloads(f.a, own, Side.AVGIVER), payloads(f.m, own, Side.MOTTAKER)
    assert all(before)
    motta.reject(f.m.verk, f.m.row(own, Side.MOTTAKER), Avvisningsgrunn.ANNET, LEDEREN)
    f.rounds(3)
    assert f.states(own) == ("AVVIST", "AVVIST")
    assert payloads(f.a, own, Side.AVGIVER) == payloads(f.m, own, Side.MOTTAKER) == []


def nothing_is_left_of_what_was_handed_over(f):
    """Both sides have destroyed it when the log stands at the receiver."""
    own = received(f)
    f.accept(own)
    finished(f, own)
    f.rounds(2)
    assert payloads(f.a, own, Side.AVGIVER) == payloads(f.m, own, Side.MOTTAKER) == []


def the_leader_is_told(f):
    """An offer is here, and somebody must see it."""
    own = received(f)
    assert f.m.row(own, Side.MOTTAKER).verdi["varsle"] == "leder"


def the_letter_is_to_be_written(f):
    """At both sides, and not before the log stands at the receiver."""
    own = received(f)
    f.accept(own)
    assert f.m.row(own, Side.MOTTAKER).verdi["brev"] == ""
    finished(f, own)
    assert f.m.row(own, Side.MOTTAKER).verdi["brev"] == "skrives"
    assert f.a.row(own).verdi["brev"] == "skrives"


def the_log_is_made(f):
    """The receiver has it."""
    own = received(f)
    f.accept(own)
    f.rounds(4)
    assert f.m.log(f.logg.id) is not None


def the_log_is_closed(f):
    """The sender's is passive."""
    own = received(f)
    f.accept(own)
    f.rounds(6)
    assert f.a.log(f.logg.id).status.value == "PASSIV"


STORIES = [
    (E.LAG_NYTTELAST, the_key_is_kept),
    (E.LAAS_OPP, the_key_that_came_is_kept),
    (E.OEDELEGG_NYTTELAST, nothing_is_left_of_what_was_rejected),
    (E.OEDELEGG_NYTTELAST, nothing_is_left_of_what_was_handed_over),
    (E.VARSLE_LEDER, the_leader_is_told),
    (E.VARSLE_FAMILIE, the_letter_is_to_be_written),
    (E.IMPORTER, the_log_is_made),
    (E.STENG_LOGG, the_log_is_closed),
]
NAMES = [story.__name__ for _, story in STORIES]


@pytest.mark.parametrize(("effect", "story"), STORIES, ids=NAMES)
def test_the_table_is_run(flytting, effect, story):
    """With the product's own tables."""
    story(flytting())


@pytest.mark.parametrize(("effect", "story"), STORIES, ids=NAMES)
def test_a_table_without_it_is_found(flytting, monkeypatch, effect, story):
    """Planted: the effect stands in no rule, and the story does not end as it must."""
    tables = {Side.AVGIVER: without(AVGIVER, effect), Side.MOTTAKER: without(MOTTAKER, effect)}
    monkeypatch.setattr(skritt, "TABELLER", tables)
    with pytest.raises((AssertionError, GatewayError)):
        story(flytting())


def test_every_effect_of_the_tables_has_a_story():
    """Messages have the conformance suite; whatever else a rule does has a story here."""
    used = {
        e for t in (AVGIVER, MOTTAKER) for rules in t.values() for r in rules for e in r.effekter
    }
    assert {e for e in used if not e.value.startswith("send:")} == {e for e, _ in STORIES}
    assert used == set(Effekt)


def test_what_was_handed_over_is_kept_as_long_as_was_chosen(flytting):
    """`nyttelast_dager` counts from the end, not from what somebody did with the row since."""
    f = flytting()
    f.m.rules(nyttelast_dager=7)
    own = received(f)
    f.accept(own)
    finished(f, own)
    f.klokke.turn(days=6)
    f.rounds(1)
    assert payloads(f.m, own, Side.MOTTAKER)
    varslet.written(f.m.verk, f.m.row(own, Side.MOTTAKER), LEDEREN)  # touches the row
    f.klokke.turn(days=1, minutes=10)
    f.rounds(1)
    assert payloads(f.m, own, Side.MOTTAKER) == []


def test_a_package_that_comes_again_after_the_end_hides_nothing(flytting):
    """Said again under another id between the no and the round: what is here is still destroyed."""
    from gateway.effects.transferring import motta
    from gateway.effects.transferring.innboks import receive
    from tests.story.paa_ledningen import say

    f = flytting()
    own = received(f)
    row = f.m.row(own, Side.MOTTAKER)
    kept = row.verdi["nyttelast"]
    motta.reject(f.m.verk, row, Avvisningsgrunn.ANNET, LEDEREN)
    told = {"innholdSha256": row.verdi["nyttelast_sha"], "innholdStoerrelse": 3}
    say(f, "pakke", told, own=own, nr=9, laast=b"abc")
    receive(f.m.verk, f.m.kanaler["ledning"])
    f.rounds(1)
    row = f.m.row(own, Side.MOTTAKER)
    assert (row.verdi["nyttelast"], row.verdi["noekkel"]) == ("", "")
    with pytest.raises(LocalFault):
        f.m.arkiv.store.get(kept)


# -- seen, and written --------------------------------------------------------------------------
def test_a_leader_has_seen_it(flytting):
    """It is taken away, with a line in the chain, and what comes later is told anew."""
    f = flytting()
    own = received(f)
    row = varslet.seen(f.m.verk, f.m.row(own, Side.MOTTAKER), LEDEREN)
    assert row.verdi["varsle"] == ""
    assert f.m.timeline(own)[-1]["hendelse"] == "sett"
    refused(lambda: varslet.seen(f.m.verk, f.m.row(own, Side.MOTTAKER), LEDEREN), "INGENTING_NYTT")
    from gateway.effects.transferring import avgi

    avgi.withdraw(f.a.verk, f.a.row(own), f.leder)
    f.rounds(2)
    assert f.m.row(own, Side.MOTTAKER).verdi["varsle"] == "leder"


def test_who_has_not_the_role_has_not_seen_it(flytting):
    """A holder, somebody unknown, a leader in name only, and a leader of another unit."""
    f = flytting()
    own = received(f)
    row = f.m.row(own, Side.MOTTAKER)
    others = replace(f.m.ansatte[0], ref="leder-2", virksomhet="899100115")
    f.m.ansatte.append(others)
    for who in (
        Aktoer(HOLDER, "stafettholder"), Aktoer("ingen", "leder"), Aktoer(HOLDER, "leder"),
        Aktoer("leder-2", "leder"),
    ):  # fmt: skip
        refused(lambda w=who: varslet.seen(f.m.verk, row, w), "IKKE_FULLMAKT")


def test_the_sender_s_leader_has_seen_it(flytting):
    """Of the unit it was started in, and of no other."""
    from gateway.effects.transferring import motta

    f = flytting()
    own = received(f)
    motta.reject(f.m.verk, f.m.row(own, Side.MOTTAKER), Avvisningsgrunn.ANNET, LEDEREN)
    f.rounds(2)
    assert f.a.row(own).verdi["varsle"] == "leder"
    others = replace(f.a.ansatte[0], ref="leder-2", virksomhet="899100115")
    f.a.ansatte.append(others)
    refused(
        lambda: varslet.seen(f.a.verk, f.a.row(own), Aktoer("leder-2", "leder")), "IKKE_FULLMAKT"
    )
    assert varslet.seen(f.a.verk, f.a.row(own), f.leder).verdi["varsle"] == ""


def test_what_moved_meanwhile_is_not_seen(flytting):
    """Somebody says that they have seen what stood there a moment ago."""
    f = flytting()
    own = received(f)
    old = f.m.row(own, Side.MOTTAKER)
    f.accept(own)
    with pytest.raises(Conflict):
        varslet.seen(f.m.verk, old, LEDEREN)


def test_the_letter_is_written_once(flytting):
    """Not before the end; then once, and again does no harm."""
    f = flytting()
    own = received(f)
    refused(lambda: varslet.written(f.m.verk, f.m.row(own, Side.MOTTAKER), LEDEREN), "INGEN_BREV")
    f.accept(own)
    finished(f, own)
    for _ in range(2):
        row = varslet.written(f.m.verk, f.m.row(own, Side.MOTTAKER), LEDEREN)
        assert row.verdi["brev"] == "skrevet"
    assert [one["hendelse"] for one in f.m.timeline(own)].count("brevSkrevet") == 1
    assert rader.load(f.m.verk, Side.MOTTAKER, own).verdi["brev"] == "skrevet"
