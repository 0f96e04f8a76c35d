"""Who is protected stays hidden, and nothing is left behind of what came to nothing (C-4)."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from gateway.effects.transferring import avgi, oversikt, soesken
from gateway.errors import Conflict, GatewayError
from gateway.ledger import tables as t
from gateway.ledger import transfer_tables as x
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Tilstand
from tests.story.conftest import CONEXUS
from tests.story.paa_ledningen import received, refused
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import ANNEN, LEDER, Flytting, Ledning


def test_a_held_counterpart_stays_hidden_when_it_is_taken_back(flytting):
    """C-4: the name does not come back because somebody closes what was held."""
    f = flytting()
    own = received(f)
    avgi.hold(f.a.verk, f.a.row(own), f.leder)
    assert oversikt.counterpart(f.a.verk, f.a.row(own)) == ""
    avgi.withdraw(f.a.verk, f.a.row(own), f.leder)
    assert f.a.row(own).tilstand is Tilstand.TRUKKET
    assert oversikt.counterpart(f.a.verk, f.a.row(own)) == ""


def test_siblings_are_frozen_whoever_died_or_moved_meanwhile(tmp_path, monkeypatch):
    """E-2: a row that moved, or a process that died, leaves no sibling behind."""
    stock = [case(CONEXUS, "leksene"), case(CONEXUS, "skolefravaer"), case(CONEXUS, "dinosaurene")]
    f = Flytting(tmp_path, stock, wire=Ledning())
    try:
        group = "3f1f3b52-1111-4222-8333-944445555666"
        owns = []
        for logg in f.a.look_over():
            unit = next(v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet)
            f.a.ansatte = [replace(o, virksomhet=unit.orgnr or o.virksomhet) for o in f.a.ansatte]
            rad = avgi.start(f.a.verk, logg.id, f.grunnlag(logg), f.leder, gruppe=group)
            f.a.archive()
            avgi.send(f.a.verk, rad, f.leder)
            owns.append(rad.id)
        f.rounds(2)
        real = soesken.take
        moved = []

        def slow(verk, rad, step, lag):
            if rad.id != owns[0] and not moved:
                moved.append(rad.id)
                raise Conflict("OVERFOERING_ENDRET", place=rad.id)
            return real(verk, rad, step, lag)

        with monkeypatch.context() as busy:
            busy.setattr(soesken, "take", slow)
            avgi.hold(f.a.verk, f.a.row(owns[0]), f.leder)
        assert moved
        assert [f.states(one)[0] for one in owns] == ["SPERRET"] * 3
    finally:
        f.close()


def test_a_process_that_dies_before_the_siblings_leaves_them_to_the_next_round(
    tmp_path, monkeypatch
):
    """E-2: what was not frozen because somebody died, is frozen by the next round."""
    stock = [case(CONEXUS, "leksene"), case(CONEXUS, "skolefravaer")]
    f = Flytting(tmp_path, stock, wire=Ledning())
    try:
        group = "3f1f3b52-1111-4222-8333-944445555666"
        owns = []
        for logg in f.a.look_over():
            unit = next(v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet)
            f.a.ansatte = [replace(o, virksomhet=unit.orgnr or o.virksomhet) for o in f.a.ansatte]
            rad = avgi.start(f.a.verk, logg.id, f.grunnlag(logg), f.leder, gruppe=group)
            owns.append(rad.id)
        with monkeypatch.context() as dead:
            dead.setattr(avgi, "freeze_group", lambda *_: 0)
            avgi.hold(f.a.verk, f.a.row(owns[0]), f.leder)
        assert f.states(owns[1])[0] == "UTKAST"
        f.a.round()
        assert f.states(owns[1])[0] == "SPERRET"
        avgi.again(f.a.verk, f.a.row(owns[1]), f.leder, loest=True)
        f.klokke.turn(hours=1)
        f.a.round()
        assert f.states(owns[1])[0] == "UTKAST"
    finally:
        f.close()


def test_who_lifts_what_is_held_has_the_role(flytting):
    """C-4: a role that is only claimed lifts nothing, and is never text in the chain."""
    f = flytting()
    own = received(f)
    avgi.hold(f.a.verk, f.a.row(own), Aktoer(LEDER, "Oppdiktet Navnesen"))
    refused(
        lambda: avgi.again(f.a.verk, f.a.row(own), Aktoer(ANNEN, "leder"), loest=True),
        "IKKE_FULLMAKT",
    )
    refused(
        lambda: avgi.again(f.a.verk, f.a.row(own), Aktoer("ingen", "leder"), loest=True),
        "IKKE_FULLMAKT",
    )
    avgi.again(f.a.verk, f.a.row(own), f.leder, loest=True)
    with f.a.database.look() as connection:
        bodies = connection.execute(sa.select(t.entry.c.body)).scalars().all()
    assert "Navnesen" not in "".join(bodies)


# -- what stays behind ----
def test_no_key_is_left_when_the_last_step_fails(flytting, monkeypatch):
    """A key that was made for a sending that did not happen is destroyed."""
    f = flytting()
    own = f.start(f.logg)
    f.a.round()
    avgi.ready(f.a.verk, f.a.row(own), f.leder)
    before = _payloads(f.a)

    def late(*_args):
        raise Conflict("OVERFOERING_ENDRET", place=own)

    with monkeypatch.context() as race:
        race.setattr(avgi, "take", late)
        with pytest.raises(Conflict):
            avgi.send(f.a.verk, f.a.row(own), f.leder)
    assert _payloads(f.a) == before


def test_nothing_of_a_message_is_kept_for_a_step_that_failed(flytting, monkeypatch):
    """A package that could not be taken in leaves no bytes at each try."""
    from gateway.effects.transferring import innboks

    f = flytting()
    own = f.start(f.logg)
    f.send(own)
    f.a.round()
    before = _payloads(f.m)

    def down(*_args):
        raise GatewayError("DATABASE_OPPTATT")

    monkeypatch.setattr(innboks, "_apply", down)
    f.m.round()
    assert _payloads(f.m) == before


def test_the_confirmation_goes_with_the_key(flytting):
    """When it is over, no message with the key in it is kept."""
    f = flytting()
    own = received(f)
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    f.rounds(2)
    with f.a.database.look() as connection:
        kept = connection.execute(
            sa.select(x.melding.c.type).where(
                x.melding.c.overfoering_id == own,
                x.melding.c.pakke != "",
                x.melding.c.type.in_(("pakke", "akseptbekreftelse")),
            )
        ).all()
    assert kept == []


def _payloads(house):
    with house.database.look_bulk() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(t.payload)).scalar()
