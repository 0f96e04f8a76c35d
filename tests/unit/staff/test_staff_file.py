"""The staff file: what a line must be, who may act, and that a wrong line stops nobody else's."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sandbox import synthetic
from gateway.errors import LocalFault, Rejected
from gateway.staff.reading import Broken, Unreadable, parse
from gateway.staff.roles import MAY, Act, StaffRole, roles_for
from gateway.staff.staff import Staff
from schemas.stafettlogg.kodeverk import Identtype, Kildesystem
from schemas.stafettlogg.person import Identifikator, Person
from tests.people import UNIT, line, staff_file

NUMBER = synthetic.national_id(date(1980, 1, 1), synthetic.seeded("ansatt"))
OTHER = synthetic.national_id(date(1981, 1, 1), synthetic.seeded("annen"))


class Noon:
    """A clock that stands at noon in Oslo on one day."""

    def __init__(self, day="2026-11-30T12:00:00+01:00"):
        self.at = datetime.fromisoformat(day)

    def now(self):
        """The instant."""
        return self.at.astimezone(UTC)

    def monotonic(self):
        """Seconds."""
        return 0.0

    def new_id(self):
        """Nobody's."""
        return "0" * 32


def staff(tmp_path: Path, *lines, clock=None) -> Staff:
    """A staff of these lines."""
    return Staff(staff_file(tmp_path / "ansatte.json", lines), clock or Noon())


def told(*lines) -> str:
    """The text of a file."""
    return json.dumps({"ansatte": list(lines)})


GOOD = line("leder-1", ["leder", "stafettholder"], numre=[NUMBER], epost="l@kommune.example")


def test_a_whole_line_is_a_member():
    """Everything it says, and nothing of it in its repr but the roles and the days."""
    (one,), broken = parse(told(GOOD | {"gyldigFra": "2026-01-01", "gyldigTil": "2026-12-31"}))
    assert broken == ()
    assert (one.ref, one.virksomhet, one.roller) == (
        "leder-1", UNIT, frozenset({"leder", "stafettholder"})
    )  # fmt: skip
    assert (one.fra, one.til) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (one.navn, one.epost, one.numre) == (
        "leder-1 Oppdiktet", "l@kommune.example", (NUMBER,)
    )  # fmt: skip
    for hidden in ("leder-1", NUMBER, "Oppdiktet", "l@kommune", UNIT):
        assert hidden not in repr(one)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"roller": []}, "ANSATT_ROLLE"),
        ({"roller": ["rektor"]}, "ANSATT_ROLLE"),
        ({"roller": ["leder", "superbruker"]}, "ANSATT_ROLLE"),
        ({"roller": "leder"}, "ANSATT_UGYLDIG"),
        ({"roller": [1]}, "ANSATT_UGYLDIG"),
        ({"ref": ""}, "ANSATT_REF"),
        ({"ref": NUMBER}, "ANSATT_REF"),
        ({"ref": f"x-{NUMBER[:6]} {NUMBER[6:]}"}, "ANSATT_REF"),
        ({"ref": f"{NUMBER[:6]}-{NUMBER[6:]}"}, "ANSATT_REF"),
        ({"ref": "per@kommune.no"}, "ANSATT_REF"),
        ({"ref": "Per Hansen"}, "ANSATT_REF"),
        ({"ref": 7}, "ANSATT_UGYLDIG"),
        ({"virksomhet": "899101104"}, "ORGNR_KONTROLLSIFFER"),
        ({"virksomhet": "8991011"}, "ANSATT_ENHET"),
        ({"virksomhetNavn": " "}, "ANSATT_UGYLDIG"),
        ({"navn": ""}, "ANSATT_UGYLDIG"),
        ({"numre": ["12345678901"]}, "ANSATT_NUMMER"),
        ({"numre": NUMBER}, "ANSATT_UGYLDIG"),
        ({"gyldigFra": "31.12.2026"}, "ANSATT_DATO"),
        ({"gyldigTil": "2026-02-30"}, "ANSATT_DATO"),
        ({"rolle": "leder"}, "ANSATT_UGYLDIG"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_nobodys_and_told_by_its_number(wrong, code):
    """The lines beside it are as they were."""
    members, broken = parse(told(GOOD, line("x", ["arkivar"]) | wrong, line("y", ["leder"])))
    assert [one.ref for one in members] == ["leder-1", "y"]
    assert broken == (Broken(2, code),)
    assert NUMBER not in repr(broken)


@pytest.mark.parametrize("entry", [None, 3, "leder", [], {}])
def test_what_is_no_line_at_all(entry):
    """Told by its number too."""
    members, broken = parse(told(entry, GOOD))
    assert (len(members), [one.nr for one in broken]) == (1, [1])


def test_two_lines_under_one_reference_are_both_nobodys():
    """Nobody can say which of them acts."""
    members, broken = parse(told(GOOD, line("y", ["leder"]), GOOD))
    assert [one.ref for one in members] == ["y"]
    assert broken == (Broken(1, "ANSATT_DOBBEL"), Broken(3, "ANSATT_DOBBEL"))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"ansatte": {}}', "[" * 100_000])
def test_what_is_no_staff_file(text):
    """Unreadable, and nothing of it in the error."""
    with pytest.raises(Unreadable) as caught:
        parse(text)
    assert caught.value.args == ()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=12),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from([*GOOD, "numre", "gyldigFra", "gyldigTil", "annet"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_stands_in_a_line_it_is_a_member_or_told(entry):
    """Never an exception, and never both."""
    members, broken = parse(told(entry, GOOD))
    assert len(members) + len(broken) == 2 or (len(members), len(broken)) == (0, 2)


def test_who_may_act_and_in_which_role(tmp_path):
    """The first of the roles that is enough; the place of a no names those that are."""
    people = staff(tmp_path, GOOD, line("arkiv-1", ["arkivar"]))
    assert people.acting("leder-1", Act.SIGN).rolle == "leder"
    assert people.acting("arkiv-1", Act.ARCHIVE).ref == "arkiv-1"
    with pytest.raises(Rejected, match="FEIL_ROLLE") as caught:
        people.acting("arkiv-1", Act.SIGN)
    assert caught.value.place == "sign: fagansvarlig, it_leder, leder"
    with pytest.raises(Rejected, match="FEIL_ROLLE"):
        people.acting("leder-1", Act.TRANSFER, only={"it_leder"})
    assert people.acting("leder-1", Act.TRANSFER, only={"stafettholder"}).rolle == "stafettholder"


@pytest.mark.parametrize(
    ("ref", "code"),
    [("", "MANGLER_HVEM"), ("  ", "MANGLER_HVEM"), ("ukjent", "UKJENT_ANSATT"),
     (NUMBER, "UKJENT_ANSATT"), ("x", "UKJENT_ANSATT")],
)  # fmt: skip
def test_nobody_signs_as_somebody(tmp_path, ref, code):
    """Neither an empty name, nor one nobody has, nor a line that is wrong; nothing is repeated."""
    people = staff(tmp_path, GOOD, line("x", ["rektor"]))
    with pytest.raises(Rejected, match=code) as caught:
        people.acting(ref, Act.SIGN)
    assert not ref.strip() or ref not in str(caught.value)


@pytest.mark.parametrize(
    ("day", "works"),
    [("2026-11-29T23:59:00+01:00", False), ("2026-11-30T00:01:00+01:00", True),
     ("2026-12-01T23:59:00+01:00", True), ("2026-12-02T00:01:00+01:00", False)],
)  # fmt: skip
def test_the_days_are_both_included_and_are_oslos(tmp_path, day, works):
    """Before the first and after the last somebody is nobody."""
    entry = GOOD | {"gyldigFra": "2026-11-30", "gyldigTil": "2026-12-01"}
    people = staff(tmp_path, entry, clock=Noon(day))
    assert [one.ref for one in people()] == (["leder-1"] if works else [])
    assert [one.ref for one in people.all()] == ["leder-1"]
    if works:
        assert people.acting("leder-1", Act.SIGN)
    else:
        with pytest.raises(Rejected, match="ANSATT_SLUTTET"):
            people.acting("leder-1", Act.SIGN)


def test_no_file_and_a_broken_file_are_nobody(tmp_path):
    """Every act that needs a person is refused, and the code says how to make one."""
    for path in (None, tmp_path / "finnes-ikke.json"):
        with pytest.raises(LocalFault, match="ANSATTFIL_MANGLER"):
            Staff(path, Noon()).acting("leder-1", Act.SIGN)
    people = staff(tmp_path, GOOD)
    assert people.acting("leder-1", Act.SIGN)
    (tmp_path / "ansatte.json").write_text("{", "utf-8")
    with pytest.raises(LocalFault, match="ANSATTFIL_MANGLER"):
        people.acting("leder-1", Act.SIGN)
    staff_file(tmp_path / "ansatte.json", [GOOD])
    assert people.acting("leder-1", Act.SIGN)


def test_the_file_is_read_again_when_it_changes(tmp_path):
    """Who is taken out of it cannot act a moment later, also within one second."""
    people = staff(tmp_path, GOOD, line("y", ["leder"]))
    assert len(people()) == 2
    staff_file(tmp_path / "ansatte.json", [line("y", ["leder"])])
    with pytest.raises(Rejected, match="UKJENT_ANSATT"):
        people.acting("leder-1", Act.SIGN)
    assert people.broken() == ()


def person(own, navn=None, number=None, mail=None):
    """Somebody in a log."""
    idents = (Identifikator(type=Identtype.SYNTETISK, verdi=number),) if number else ()
    return Person(
        id=own, kildesystem=Kildesystem.GATEWAY, navn=navn, epost=mail, identifikatorer=idents
    )


def test_who_of_a_log_is_in_the_file(tmp_path):
    """By number first: somebody with another number is not them, whatever they are called."""
    people = staff(tmp_path, GOOD, line("y", ["stafettholder"]))
    persons = [
        person("number", "En Annen", NUMBER),
        person("namesake", "leder-1 Oppdiktet", OTHER),
        person("mail", "En Annen", None, "L@Kommune.example"),
        person("name", "Y  oppdiktet"),
        person("stranger", "Ingen Her", OTHER),
        person("nobody"),
    ]
    assert people.knows(persons) == {"number", "mail", "name"}


def test_every_act_has_its_roles_and_no_other_has_any():
    """A new act without a line in the table is nobody's."""
    assert set(MAY) == set(Act)
    assert all(roles_for(act) for act in Act)
    assert all(roles <= set(StaffRole) for roles in MAY.values())
    assert StaffRole.LESETILGANG not in roles_for(Act.SIGN) | roles_for(Act.TRANSFER)
    assert roles_for(Act.SIGN) == {StaffRole.IT_LEDER, StaffRole.LEDER, StaffRole.FAGANSVARLIG}
    assert roles_for(Act.ARCHIVE) == {StaffRole.ARKIVAR}


ELSEWHERE = "899101111"


def belongs(one: Staff, ref: str, act: Act, orgnr: str, name: str = "") -> bool:
    """Whether the log of this unit is theirs."""
    who = one.acting(ref, act)
    try:
        one.belongs(who, orgnr, name)
    except Rejected as error:
        assert error.code == "FEIL_ENHET"
        return False
    return True


def test_a_role_of_a_unit_is_that_unit_s(tmp_path):
    """A leader of another unit is not the leader of this one; a role for the whole municipality
    is, also of somebody who has both. A unit is known by its number, else its name; one that
    nobody of ours is in has anybody with the role, but for a deletion (R-012)."""
    other = {"virksomhet": ELSEWHERE, "virksomhetNavn": "Fjellheim barnehage"}
    one = staff(
        tmp_path,
        line("her", ["leder"]),
        line("der", ["leder"]) | other,
        line("alle", ["leder", "fagansvarlig"]) | other,
    )
    delete = Act.DELETE
    assert [belongs(one, ref, delete, UNIT) for ref in ("her", "der", "alle")] == [1, 0, 1]
    named = "solbakken  SKOLE"
    assert [belongs(one, ref, delete, "", named) for ref in ("her", "der", "alle")] == [1, 0, 1]
    for unit in (("899101129", ""), ("", "Ingen skole"), ("", "")):
        # Nobody of ours is there: anybody with the role, but never for what cannot be undone.
        assert belongs(one, "der", Act.IP_PACKAGE, *unit)
        assert not belongs(one, "der", delete, *unit)
        assert belongs(one, "alle", delete, *unit)
    # The number is asked first: a unit with another number is another, whatever it is called.
    assert not belongs(one, "her", delete, ELSEWHERE, "Solbakken skole")
