"""The child has another log here already: two logs are a person's to join (peers 24).

Every log of these stories stands in the sandbox, and every row is written by the product.
"""

import copy

import pytest

from gateway.effects.transferring import barnet
from gateway.errors import Transient
from gateway.exit.creations import Creations, child_of, of_number
from gateway.ledger import transfer_tables as x
from gateway.nettregister import Nettregister, Registre
from gateway.overfoering.tilstand import Side, Tilstand
from gateway.ports.folkeregister import Gradering, Personstand
from tests.story.conftest import CONEXUS
from tests.story.paa_ledningen import finished, received
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import ANNEN

OTHER = "LEKS-ANNEN"


def another_log(f, number="", status="AKTIV", log_id=OTHER):
    """The child's other log, as the receiver's vendor has it: its own id, and no key of ours."""
    document, files = case(CONEXUS, "leksene")
    document = copy.deepcopy(document) | {"loggId": log_id, "status": status}
    if number:
        document["barn"]["fodselsnummer"] = number
    f.m.system.app.load(document, files)


def another_childs_number():
    """A synthetic number of somebody else."""
    document, _ = case(CONEXUS, "leser-en-oppmerksomhet")
    return document["barn"]["fodselsnummer"]


def waits(f, own):
    """The receiver is responsible, and has written nothing."""
    row = f.m.row(own, Side.MOTTAKER)
    assert row.tilstand is Tilstand.AKSEPTERT
    assert f.a.log(f.logg.id).status.value == "AKTIV"
    assert f.logg.id not in {one.id for one in f.m.logs()}
    return row.verdi["kode"]


def test_the_child_has_another_log(flytting):
    """The other one stands in our system, and nobody has told us anything of it before."""
    f = flytting(til=CONEXUS)
    another_log(f)
    own = received(f)
    f.accept(own)
    f.rounds(4)
    assert waits(f, own) == "LOGG_FINNES"
    assert len(f.m.logs()) == 1


def test_when_the_other_one_is_gone_it_goes_on(flytting):
    """A person has settled it in the vendor's system; nobody here needs to be told."""
    f = flytting(til=CONEXUS)
    another_log(f)
    own = received(f)
    f.accept(own)
    f.rounds(4)
    another_log(f, number=another_childs_number())
    f.klokke.turn(hours=2)
    finished(f, own)


def test_a_passive_log_is_history(flytting):
    """What was closed here is not in the way of what comes."""
    f = flytting(til=CONEXUS)
    another_log(f, status="PASSIV")
    own = received(f)
    f.accept(own)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))


def test_another_childs_log_is_not_in_the_way(flytting):
    """Without a number in common nothing is said of anybody."""
    f = flytting(til=CONEXUS)
    another_log(f, number=another_childs_number())
    own = received(f)
    f.accept(own)
    finished(f, own)


class Numbers:
    """A population register that knows one person by several numbers."""

    def __init__(self, *numbers):
        self.numbers, self.away = numbers, False

    def persons(self, numre, *, bosted):
        """Everybody is open, and the one person has all its numbers."""
        if self.away:
            raise Transient("FREG_BORTE")
        own = {one: (self.numbers if one in self.numbers else (one,)) for one in numre}
        return {one: Personstand(every, Gradering.INGEN) for one, every in own.items()}

    def close(self):
        """Nothing is open."""


def test_a_number_that_became_another(flytting):
    """A D-number in our log is another number in the one that comes: the register knows both."""
    f = flytting(til=CONEXUS)
    older = another_childs_number()
    another_log(f, number=older)
    child = next(p for p in f.logg.personer if p.id == f.logg.hovedperson.person)
    f.m.registre = Registre(
        f.m.register, Nettregister(Numbers(child.identifikatorer[0].verdi, older))
    )
    f.m.build()
    own = received(f)
    f.accept(own)
    f.rounds(4)
    assert waits(f, own) == "LOGG_FINNES"


def test_a_source_that_cannot_be_asked_is_no(flytting, monkeypatch):
    """Nothing is written while the question cannot be asked; it is asked again and goes on."""
    f = flytting(til=CONEXUS)
    own = received(f)
    f.accept(own)

    def away(_cursor):
        raise Transient("KILDE_BORTE")

    with monkeypatch.context() as gone:
        gone.setattr(f.m.arkiv.source, "page", away)
        f.rounds(4)
        assert waits(f, own) == "KILDE_BORTE"
        assert f.m.logs() == []
    f.klokke.turn(hours=2)
    finished(f, own)


def test_a_log_is_read_once_in_each_version(flytting, monkeypatch):
    """The second question decodes nothing, and a changed log is read again."""
    f = flytting(til=CONEXUS)
    another_log(f)
    (child,) = (p for p in f.logg.personer if p.id == f.logg.hovedperson.person)
    read = []
    real = type(f.m.arkiv).decode
    monkeypatch.setattr(
        type(f.m.arkiv), "decode", lambda self, body: read.append(1) or real(self, body)
    )
    assert [barnet.another(f.m.verk, f.logg) for _ in range(3)] == [True] * 3
    assert len(read) == 1
    another_log(f, number=another_childs_number())
    assert not barnet.another(f.m.verk, f.logg)
    assert len(read) == 2
    assert child.identifikatorer


def test_one_formula_names_a_child(flytting):
    """What the index holds is what a creation is remembered by, and no number is in it."""
    f = flytting(til=CONEXUS)
    another_log(f)
    barnet.look_over(f.m.verk)
    with f.m.database.look() as connection:
        rows = connection.execute(x.kjent.select()).all()
    (child,) = (p for p in f.logg.personer if p.id == f.logg.hovedperson.person)
    number = child.identifikatorer[0].verdi
    assert {r.person for r in rows} == {"", of_number(f.m.arkiv.ring, number)}
    assert child_of(f.m.arkiv.ring, f.logg) in {r.person for r in rows}
    assert number not in str(rows)


def test_what_was_made_and_no_listing_shows(flytting, monkeypatch):
    """A log that was made here a moment ago stands, whatever the listing says so far."""
    f = flytting(til=CONEXUS)
    another_log(f)
    arkiv = f.m.arkiv
    made = Creations(arkiv.database, arkiv.clock, arkiv.system, f.m.orgnr)
    made.begin(child_of(arkiv.ring, f.logg), "en-annen-logg", "run-1")
    made.seen("en-annen-logg", OTHER)
    monkeypatch.setattr(barnet, "look_over", lambda _verk: None)
    assert barnet.another(f.m.verk, f.logg)
    made_again = Creations(arkiv.database, arkiv.clock, arkiv.system, f.m.orgnr)
    assert made_again.seen_of([child_of(arkiv.ring, f.logg)], "en-annen-logg") == ()


@pytest.mark.parametrize("state", ["gone", "ours"])
def test_what_is_not_another_log(flytting, monkeypatch, state):
    """A creation whose log is gone, and the log that comes itself."""
    f = flytting(til=CONEXUS)
    arkiv = f.m.arkiv
    made = Creations(arkiv.database, arkiv.clock, arkiv.system, f.m.orgnr)
    logg = f.logg.id if state == "ours" else "en-annen-logg"
    made.begin(child_of(arkiv.ring, f.logg), logg, "run-1")
    made.seen(logg, OTHER)
    if state == "ours":
        another_log(f)
    monkeypatch.setattr(barnet, "look_over", lambda _verk: None)
    assert not barnet.another(f.m.verk, f.logg)


def test_another_holder_does_not_help(flytting):
    """The other log is in the way whoever takes over; a new holder asks anew."""
    from gateway.effects.transferring import motta
    from gateway.overfoering.grunnlag import Aktoer
    from tests.story.to_kommuner import LEDER

    f = flytting(til=CONEXUS)
    another_log(f)
    own = received(f)
    f.accept(own)
    f.rounds(4)
    motta.assign(f.m.verk, f.m.row(own, Side.MOTTAKER), ANNEN, Aktoer(LEDER, "leder"))
    f.rounds(2)
    assert waits(f, own) == "LOGG_FINNES"
