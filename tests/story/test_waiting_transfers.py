"""What a hand-over has that waits: each code written, listed, settled by its act, and gone.

Both municipalities' lists are looked at, at every stop of the way: what waits at one is not at the
other. Every code the room can state is walked, and counted.
"""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.effects.archiving.verk import stamp
from gateway.effects.transferring import avgi, etterspoersler, holdt, motta, rader, varslet
from gateway.effects.transferring.waits import SETT
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Side, Tilstand
from gateway.staff.roles import Act
from gateway.tasks import book
from gateway.tasks.kinds import KONTAKTPUNKT, Kind
from gateway.texts.catalogue import Catalogue
from schemas.overfoering.koder import Avvisningsgrunn, Rettet
from tests.people import acting
from tests.story.to_kommuner import HOLDER, LEDER, unit_of

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "gateway" / "effects" / "transferring" / "waits.py"


def listed(house):
    """(code, role, command) of what waits at a house."""
    with house.database.look() as connection:
        found = book.listed(connection, house.orgnr, stamp(house.klokke.now()))
    texts = Catalogue("nb")
    for one in found:
        assert one.kind in {Kind.TRANSFER, Kind.REQUEST, Kind.ARCHIVE}
        assert texts.code(one.code).do and one.command.startswith("stafett ")
        if one.place.startswith("avgiver "):
            assert one.unit == next(a.virksomhet for a in house.ansatte if a.ref == LEDER)
        else:
            assert not one.unit or one.unit == unit_of(house.orgnr)
    return {(one.code, one.role) for one in found if one.kind is not Kind.ARCHIVE}


def offered(f):
    """A hand-over that has come to the receiver."""
    own = f.start(f.logg)
    f.send(own)
    f.until(lambda: f.states(own)[1] == "MOTTATT")
    return own


def leder(house):
    """The leader of the unit that receives at a house."""
    return Aktoer(LEDER, "leder")


def changed(house, own, side, **values):
    """The row as a step of its own would leave it."""
    row = house.row(own, side)
    with house.database.begin() as connection:
        return rader.change(connection, house.verk, row, values)


def test_from_a_draft_to_the_letter(flytting):
    """Begun, sent, offered, accepted, complete: at each stop it is one person's, then another's.

    R-011, R-131, R-102."""
    f = flytting()
    own = f.start(f.logg, person="", rettet=Rettet.LEDER)
    assert listed(f.a) == {("OVERFOERING_SEND", "leder")}
    f.send(own)
    assert listed(f.a) == set()
    f.until(lambda: f.states(own)[1] == "MOTTATT")
    assert listed(f.m) == {("OVERFOERING_TILDELES", "leder")}
    motta.assign(f.m.verk, f.m.row(own, Side.MOTTAKER), HOLDER, leder(f.m))
    assert listed(f.m) == {("OVERFOERING_TIL_OSS", "stafettholder")}
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    f.rounds(2)
    assert listed(f.m) == {("BREV_VENTER", "leder")}
    # Conexus has no place for an access that has ended: a person ends it, and says so.
    assert listed(f.a) == {("BREV_VENTER", "leder"), ("TILGANG_GJENSTAAR", "leder")}
    varslet.seen(f.a.verk, f.a.row(own), f.leder)
    for house, side in ((f.a, Side.AVGIVER), (f.m, Side.MOTTAKER)):
        varslet.written(house.verk, house.row(own, side), leder(house))
        assert listed(house) == set()


def test_a_no_is_seen_by_the_leader_who_sent(flytting):
    """Over, and told: it leaves the list when somebody says that they have seen it."""
    f = flytting()
    own = offered(f)
    assert listed(f.m) == {("OVERFOERING_TIL_OSS", "stafettholder")}
    motta.reject(f.m.verk, f.m.row(own, Side.MOTTAKER), Avvisningsgrunn.ANNET, leder(f.m))
    f.until(lambda: f.states(own)[0] == "AVVIST")
    assert listed(f.a) == {("OVERFOERING_SE", "leder")}
    varslet.seen(f.a.verk, f.a.row(own), f.leder)
    assert listed(f.a) == set()
    assert listed(f.m) <= {("OVERFOERING_SE", "leder")}


def test_what_is_held_is_the_named_roles_on_either_side(flytting):
    """C-4: the sender's is begun again or closed by the role; the receiver's is seen by it."""
    f = flytting()
    own = offered(f)
    motta.protect(f.m.verk, f.m.row(own, Side.MOTTAKER), leder(f.m))
    assert ("MANUELL", KONTAKTPUNKT) in listed(f.m)
    varslet.seen(f.m.verk, f.m.row(own, Side.MOTTAKER), leder(f.m))
    assert ("MANUELL", KONTAKTPUNKT) not in listed(f.m)
    assert f.m.row(own, Side.MOTTAKER).verdi["varsle"] == SETT
    f.until(lambda: f.states(own)[0] == "AVVIST")
    f = flytting()
    own = offered(f)
    avgi.hold(f.a.verk, f.a.row(own), f.leder)
    assert ("MANUELL", KONTAKTPUNKT) in listed(f.a)
    avgi.again(f.a.verk, f.a.row(own), f.leder, loest=True)
    assert listed(f.a) == {("OVERFOERING_SEND", "leder")}
    avgi.withdraw(f.a.verk, f.a.row(own), f.leder)
    assert listed(f.a) == set()


@pytest.mark.parametrize(
    ("code", "role"),
    [("MANUELL", KONTAKTPUNKT), ("REGISTER_VET_IKKE", KONTAKTPUNKT), ("HABILITET", "leder"),
     ("LOGG_FINNES", "it_leder")],
)  # fmt: skip
def test_what_hangs_after_the_switch_is_somebodys(flytting, code, role):
    """R-010: we are responsible, the log is not here, and it says who sees to it."""
    f = flytting()
    own = offered(f)
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    side = Side.MOTTAKER
    changed(f.m, own, side, tilstand="AKSEPTERT", etterarbeid="importer", kode=code, brev="")
    assert listed(f.m) == {(code, role)}
    if code == "MANUELL":
        holdt.resume(f.m.verk, f.m.row(own, side), leder(f.m))
    else:
        changed(f.m, own, side, kode="")
    assert listed(f.m) == set()


def test_a_code_of_a_row_is_seen_once_and_another_is_told_again(flytting):
    """What a leader has seen stands, and is not told every night; what is new is."""
    f = flytting()
    own = offered(f)
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    changed(f.a, own, Side.AVGIVER, kode="TILGANG_GJENSTAAR", brev="")
    assert listed(f.a) == {("TILGANG_GJENSTAAR", "leder")}
    varslet.seen(f.a.verk, f.a.row(own), f.leder)
    assert listed(f.a) == set()
    changed(f.a, own, Side.AVGIVER, kode="TILGANG_GJENSTAAR")
    assert listed(f.a) == set()
    changed(f.a, own, Side.AVGIVER, kode="BEVIS_BRUTT")
    assert listed(f.a) == {("BEVIS_BRUTT", "leder")}


def test_papers_wait_for_the_signed_receipt(flytting):
    """R-134: while a person carries them the sender is responsible, and the list says so."""
    f = flytting()
    own = f.start(f.logg)
    changed(f.a, own, Side.AVGIVER, tilstand="SENDT", kanal="manuell")
    assert listed(f.a) == {("OVERFOERING_PAPIRER", "leder")}
    changed(f.a, own, Side.AVGIVER, tilstand="FULLFOERT")
    assert listed(f.a) == set()


def test_an_older_attempt_says_nothing(flytting):
    """What is destroyed of it later does not bring back what waited then."""
    f = flytting()
    own = offered(f)
    avgi.hold(f.a.verk, f.a.row(own), f.leder)
    old = f.a.row(own)
    avgi.again(f.a.verk, f.a.row(own), f.leder, loest=True)
    with f.a.database.begin() as connection:
        rader.change(connection, f.a.verk, old, {"nyttelast": ""})
    assert listed(f.a) == {("OVERFOERING_SEND", "leder")}


def test_a_request_waits_until_somebody_closes_it(flytting):
    """R-018: it names no child; closed twice is told."""
    f = flytting()
    asked = etterspoersler.ask(f.m.verk, f.a.orgnr, unit_of(f.m.orgnr), "sak-7")
    f.rounds(1)
    assert listed(f.a) == {("ETTERSPOERSEL_VENTER", "leder")}
    assert listed(f.m) == set()
    who = acting(LEDER, Act.ASK, "leder")
    etterspoersler.close(f.a.verk, asked, who)
    assert listed(f.a) == set()
    with pytest.raises(Exception, match="UKJENT_ETTERSPOERSEL"):
        etterspoersler.close(f.a.verk, asked, who)


def test_a_deadline_is_the_rows_and_is_late_when_it_has_passed(flytting):
    """The list says until when, and what is over it."""
    f = flytting()
    own = offered(f)
    row = f.m.row(own, Side.MOTTAKER)
    with f.m.database.look() as connection:
        (one,) = book.listed(connection, f.m.orgnr, stamp(f.klokke.now()))
        assert (one.deadline, one.overdue) == (row.verdi["frist"], False)
        later = stamp(f.klokke.now() + timedelta(days=400))
        (late,) = book.listed(connection, f.m.orgnr, later, overdue=True)
    assert late.overdue and row.tilstand is Tilstand.MOTTATT


WALKED = {
    "OVERFOERING_SEND", "OVERFOERING_TILDELES", "OVERFOERING_TIL_OSS", "OVERFOERING_SE",
    "OVERFOERING_PAPIRER", "BREV_VENTER", "MANUELL",
}  # fmt: skip


def test_every_code_the_room_can_state_is_walked():
    """A new code without a test of its own is found here: those written out in the room."""
    tree = ast.parse(ROOM.read_text("utf-8"))
    stated = {
        part.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "_one"
        for part in ast.walk(node.args[1])
        if isinstance(part, ast.Constant)
    }
    assert stated == WALKED
