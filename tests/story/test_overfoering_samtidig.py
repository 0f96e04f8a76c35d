"""Several workers at each side at once, on both databases: one switch, one log, no deadlock.

Two rounds of one side see the same rows and messages; whoever changes a row first wins, and the
other looks again (R-010, design: compare and set).
"""

import os
import threading
from dataclasses import replace

import pytest

from gateway.effects.transferring import avgi, motta, oversikt, runde
from gateway.errors import GatewayError
from gateway.ledger import chain
from gateway.overfoering.bevis import compare
from gateway.overfoering.tilstand import Side, Tilstand
from schemas.overfoering.koder import Innlogging
from tests.story.conftest import CONEXUS
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import HOLDER, Flytting, Ledning

FULL = os.environ.get("STAFETT_FULL") == "1"
NAMES = ("leksene", "skolefravaer", "dinosaurene", "forestillingen", "skolemiljoe", "vedlegg")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"] if FULL else ["postgresql"])
def test_two_workers_at_each_side(tmp_path, request, database):
    """Six hand-overs, four workers, and people who press twice."""
    urls = ("", "")
    if database == "postgresql":
        server = request.getfixturevalue("postgres_server")
        urls = tuple(new_database(server, name) for name in ("overf_a", "overf_m"))
    stock = [case(CONEXUS, name) for name in NAMES]
    f = Flytting(tmp_path, stock, wire=Ledning(), databases=urls)
    try:
        owns = started(f)
        surprises = []
        stop = threading.Event()
        workers = [
            threading.Thread(target=work, args=(house, stop, surprises, person))
            for house, person in ((f.a, False), (f.a, False), (f.m, True), (f.m, True))
        ]
        for one in workers:
            one.start()
        done = threading.Event()
        for _ in range(600):
            f.klokke.turn(minutes=1)
            if all(f.states(own) == ("FULLFOERT", "FULLFOERT") for own in owns):
                break
            done.wait(0.1)
        f.klokke.turn(minutes=5)
        done.wait(1.0)
        stop.set()
        for one in workers:
            one.join(30)
        assert surprises == []
        judge(f, owns)
    finally:
        f.close()


def new_database(server, name):
    """An empty database at the server."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}"')
        connection.execute(f'create database "{name}"')
    return server.replace("/postgres?", f"/{name}?")


def started(f):
    """Every log on its way."""
    owns = []
    for logg in f.a.look_over():
        unit = next(v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet)
        f.a.ansatte = [replace(o, virksomhet=unit.orgnr or o.virksomhet) for o in f.a.ansatte]
        rad = avgi.start(f.a.verk, logg.id, f.grunnlag(logg), f.leder)
        f.a.archive()
        avgi.send(f.a.verk, rad, f.leder)
        owns.append(rad.id)
    return owns


def work(house, stop, surprises, accepts):
    """A process of one side."""
    while not stop.is_set():
        try:
            done = runde.run(house.verk)
            if done.koder.keys() & {"UVENTET_FEIL", "FEIL_I_LOGG"}:
                surprises.append(dict(done.koder))
            if accepts:
                press(house)
        except GatewayError as error:
            surprises.append(str(error))
        except Exception as error:
            surprises.append(repr(error))


def press(house):
    """Somebody accepts, and presses again; the second is told that it was done."""
    for rad in oversikt.rows(house.verk, Side.MOTTAKER):
        if rad.tilstand is Tilstand.MOTTATT:
            for _ in range(2):
                try:
                    motta.accept(house.verk, rad, HOLDER, Innlogging.HOEY, uten_register=True)
                except GatewayError as error:
                    if error.code not in {"OVERFOERING_ENDRET", "HENDELSE_PASSER_IKKE"}:
                        raise


def judge(f, owns):
    """One log each, both books the same, both chains whole."""
    at_m = [one.id for one in f.m.logs()]
    assert len(at_m) == len(set(at_m)) == len(owns)
    for own in owns:
        assert f.states(own) == ("FULLFOERT", "FULLFOERT")
        ours = oversikt.proof(f.a.verk, f.a.row(own))
        theirs = oversikt.proof(f.m.verk, f.m.row(own, Side.MOTTAKER))
        assert compare(ours, theirs).kode == ""
        assert f.a.log(f.a.row(own).verdi["logg"]).status.value == "PASSIV"
    for house in (f.a, f.m):
        with house.database.begin() as connection:
            assert chain.verify(connection).broken_at is None
