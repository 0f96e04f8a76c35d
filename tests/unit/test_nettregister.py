"""The register online beside the file: who is asked about, and which of two answers holds."""

from datetime import UTC, date, datetime

import pytest

from gateway.adresseregister import FileRegister
from gateway.errors import LocalFault, Transient
from gateway.nettregister import Nettregister, Registre, numbers
from gateway.ports.folkeregister import MOST_PERSONS, Gradering, Personstand
from schemas.stafettlogg.kodeverk import Adressebeskyttelse, Identtype, Kildesystem
from schemas.stafettlogg.person import Identifikator, Person

G, B = Gradering, Adressebeskyttelse
A, C, D = "01810112345", "02810112345", "03810112345"


def person(ident, *numre, kind=Identtype.FNR):
    """Somebody with these numbers."""
    return Person(
        id=ident, kildesystem=Kildesystem.GATEWAY, navn="Oppdiktet",
        identifikatorer=tuple(Identifikator(type=kind, verdi=one) for one in numre),
    )  # fmt: skip


class Online:
    """A population register that keeps what it was asked."""

    def __init__(self, told, others=()):
        self.told, self.others, self.asked, self.away, self.closed = told, others, [], False, False

    def persons(self, numre, *, bosted):
        """Those it knows; never where they live."""
        assert not bosted
        if self.away:
            raise Transient("FREG_BORTE")
        self.asked.append(list(numre))
        return {n: Personstand((n, *self.others), self.told[n]) for n in numre if n in self.told}

    def close(self):
        """Closed."""
        self.closed = True


class File:
    """The file's answers, by person."""

    def __init__(self, told, born=None):
        self.told, self.dates, self.stale = told, born or {}, False

    def check(self, persons):
        """Those it knows."""
        if self.stale:
            raise LocalFault("ADRESSEREGISTER_FORELDET")
        return {p.id: self.told[p.id] for p in persons if p.id in self.told}

    def born(self, persons):
        """Their dates."""
        if self.stale:
            raise LocalFault("ADRESSEREGISTER_FORELDET")
        return self.dates


def test_grades_as_the_house_says_them():
    """Graded is protected, none is none, and whom it does not know is not in the answer."""
    online = Nettregister(Online({A: G.INGEN, C: G.GRADERT}))
    told = online.check((person("a", A), person("c", C), person("d", D), person("e")))
    assert told == {"a": B.INGEN, "c": B.FORTROLIG}
    assert online.born((person("a", A),)) == {}


def test_of_two_numbers_the_stricter_holds():
    """One person, two lines in the register."""
    online = Nettregister(Online({A: G.INGEN, C: G.GRADERT}))
    assert online.check((person("a", A, C),)) == {"a": B.FORTROLIG}


def test_what_is_no_number_of_a_person_is_not_asked_about():
    """A vendor's own id of somebody, and something of another length."""
    register = Online({A: G.INGEN})
    odd = person("x", A, kind=Identtype.ANNEN) if hasattr(Identtype, "ANNEN") else person("x", "12")
    assert Nettregister(register).check((odd, person("y", "123"))) == {}
    assert register.asked in ([], [[]])
    assert numbers(person("z", A, A, "12")) == (A,)


def test_no_more_at_once_than_the_register_takes():
    """In pieces, each number once, and every piece counts."""
    many = [f"{n:011d}" for n in range(MOST_PERSONS + 3)]
    register = Online(dict.fromkeys(many, G.INGEN))
    people = (*(person(f"p{n}", one) for n, one in enumerate(many)), person("q", many[0]))
    told = Nettregister(register).check(people)
    assert [len(one) for one in register.asked] == [MOST_PERSONS, 3]
    assert len(told) == MOST_PERSONS + 4


def test_the_file_first_and_the_register_for_the_others():
    """Whom the file knows is not asked about, whatever it says of them."""
    register = Online({A: G.GRADERT, C: G.INGEN})
    both = Registre(File({"a": B.UKJENT}), Nettregister(register))
    told = both.check((person("a", A), person("c", C), person("d", D)))
    assert told == {"a": B.UKJENT, "c": B.INGEN}
    assert register.asked == [[C, D]]
    both.check((person("a", A),))
    assert len(register.asked) == 1


@pytest.mark.parametrize(
    ("file", "online", "holds"),
    [
        (B.INGEN, G.GRADERT, B.FORTROLIG),
        (B.STRENGT_FORTROLIG, G.INGEN, B.STRENGT_FORTROLIG),
        (B.INGEN, G.INGEN, B.INGEN),
        (B.UKJENT, G.INGEN, B.UKJENT),
        (None, G.INGEN, B.INGEN),
        (B.INGEN, None, B.INGEN),
        (None, None, None),
    ],
)
def test_as_a_package_opens_both_are_asked(file, online, holds):
    """The stricter of two answers holds; an answer that is missing is none."""
    register = Online({} if online is None else {A: online})
    both = Registre(File({} if file is None else {"a": file}), Nettregister(register))
    assert both.now((person("a", A),)) == ({} if holds is None else {"a": holds})
    assert register.asked == [[A]]


def test_a_register_that_is_away():
    """Nobody more is known by it; as a package opens that is said, and not passed over."""
    register = Online({C: G.INGEN})
    both = Registre(File({"a": B.INGEN}), Nettregister(register))
    register.away = True
    assert both.check((person("a", A), person("c", C))) == {"a": B.INGEN}
    with pytest.raises(Transient, match="FREG_BORTE"):
        both.now((person("a", A),))


def test_a_file_that_is_old_knows_nobody():
    """Then everybody is asked about online, and there are no birth dates."""
    register, file = Online({A: G.INGEN}), File({"a": B.FORTROLIG}, {"a": date(2020, 1, 1)})
    both = Registre(file, Nettregister(register))
    assert both.born(()) == {"a": date(2020, 1, 1)}
    file.stale = True
    assert both.check((person("a", A),)) == {"a": B.INGEN}
    assert both.now((person("a", A),)) == {"a": B.INGEN}
    assert both.born(()) == {}


def test_no_file_at_all(tmp_path):
    """The register alone is enough for protection."""

    class Clock:
        def now(self):
            return datetime(2026, 11, 30, tzinfo=UTC)

    both = Registre(FileRegister(None, Clock()), Nettregister(Online({A: G.INGEN})))
    assert both.check((person("a", A),)) == {"a": B.INGEN}


def test_every_number_of_one_person():
    """What the register knows one person by; and it is closed with its works."""
    register = Online({A: G.INGEN}, others=(C,))
    online = Nettregister(register)
    assert online.others((A, D)) == {A, C}
    online.close()
    assert register.closed
