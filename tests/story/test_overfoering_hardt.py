"""One message, one row or one import that is broken never stops the others."""

import uuid

import pytest
import sqlalchemy as sa

from gateway.effects.transferring import rader
from gateway.ledger import transfer_tables as x
from gateway.overfoering.tilstand import Side, Tilstand
from tests.story.paa_ledningen import offer, received, say


@pytest.mark.parametrize(
    "when",
    ["2031-02-31T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
     "2031-01-01T99:00:00Z"],
)  # fmt: skip
def test_a_date_that_is_none_stops_nobody(flytting, when):
    """A moment that cannot be is refused as a message, and what came after it is taken."""
    f = flytting()
    say(f, "tilbud", offer(f, frist=when))
    own = f.start(f.logg)
    f.send(own)
    done = [f.m.round(), f.a.round(), f.m.round()]
    assert f.states(own)[1] == "MOTTATT"
    assert sum(one.avvist for one in done) == 1
    assert f.wire.boxes[f.m.orgnr] == {}


def test_a_surprise_in_one_message_stops_no_round(flytting, monkeypatch):
    """A fault nobody foresaw is that message's; it stays where it is, and the round goes on."""
    from gateway.effects.transferring import innboks

    f = flytting()
    bad = say(f, "tilbud", offer(f))
    real = innboks._step

    def broken(verk, read):
        if read.hode.overfoering_id == bad:
            raise ZeroDivisionError
        return real(verk, read)

    monkeypatch.setattr(innboks, "_step", broken)
    own = f.start(f.logg)
    f.send(own)
    f.a.round()
    f.m.round()
    assert f.states(own)[1] == "MOTTATT"
    assert len(f.wire.boxes[f.m.orgnr]) == 1


def test_a_row_that_cannot_be_opened_stops_no_other(flytting):
    """One row's guarded part is spoilt: the round goes on with the others."""
    f = flytting()
    own = received(f)
    bad = say(f, "tilbud", offer(f))
    f.m.round()
    with f.m.database.begin() as connection:
        connection.execute(
            x.overfoering.update().where(x.overfoering.c.overfoering_id == bad).values(lukket=b"x")
        )
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))


def test_offers_that_were_taken_back_unsent_do_not_fill_the_outbox(flytting):
    """What may not go any more is done with; it never stands in the way of what may."""
    from gateway.effects.transferring import utboks

    f = flytting()
    own = received(f)
    f.wire.hold = {"*"}
    for _ in range(utboks._TAKE + 5):
        _pending_offer(f, own)
    f.wire.hold = set()
    f.klokke.turn(hours=2)
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"), most=8)
    with f.a.database.look() as connection:
        waits = connection.execute(
            sa.select(sa.func.count()).where(
                x.melding.c.tilstand == "venter", x.melding.c.type == "tilbud"
            ).select_from(x.melding)
        ).scalar()  # fmt: skip
    assert waits == 0


def _pending_offer(f, own):
    """An offer of a hand-over that was taken back before the channel came up."""
    other = str(uuid.uuid4())
    (kept,) = f.a.arkiv.store.put([("transfer:1", b"sealed")])
    with f.a.database.begin() as connection:
        row = dict(connection.execute(
            sa.select(x.overfoering).where(x.overfoering.c.overfoering_id == own)
        ).first()._mapping)  # fmt: skip
        lukket = f.a.row(own).lukket
        row |= {"overfoering_id": other, "tilstand": "TRUKKET", "noekkel": "", "nyttelast": "",
                "lukket": rader.seal(f.a.arkiv.ring, lukket, other, 1, "avgiver")}  # fmt: skip
        connection.execute(x.overfoering.insert(), row)
        connection.execute(x.melding.insert(), {
            "tenant": f.a.orgnr, "side": "avgiver", "retning": "ut",
            "melding_id": str(uuid.uuid4()), "overfoering_id": other, "forsoek": 1,
            "type": "tilbud", "nr": 1, "sha": "0" * 64, "forrige": "0" * 64, "pakke": kept,
            "tilstand": "venter", "forsoekt": 0, "neste": f.a.verk.stamp(), "transport_id": "",
            "sist": "", "kode": "", "tid": f.a.verk.stamp(),
        })  # fmt: skip


def test_a_fault_with_one_message_sends_the_others(flytting, monkeypatch):
    """The outbox goes on when one message meets a fault nobody foresaw."""
    f = flytting()
    own = f.start(f.logg)
    f.send(own)
    real = f.a.kanaler["ledning"].send
    seen = []

    def send(one):
        seen.append(one.meldingstype)
        if one.meldingstype == "tilbud":
            raise ZeroDivisionError
        return real(one)

    monkeypatch.setattr(f.a.kanaler["ledning"], "send", send)
    f.a.round()
    assert seen == ["tilbud", "pakke"]


def test_an_import_that_meets_a_surprise_says_so(flytting, monkeypatch):
    """After the switch nothing hangs without a code that a person can act on."""
    from gateway.effects.transferring import importering

    f = flytting()
    own = received(f)
    f.accept(own)
    with monkeypatch.context() as broken:
        broken.setattr(importering, "take_over", lambda *_: 1 / 0)
        f.rounds(3)
        row = f.m.row(own, Side.MOTTAKER)
        assert (row.tilstand, row.verdi["kode"]) == (Tilstand.AKSEPTERT, "FEIL_I_LOGG")
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
