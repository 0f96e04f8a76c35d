"""C-4, C-6: the register's file answers, and everything that is wrong with it means no answer."""

import json
from datetime import UTC, date, datetime

import pytest

from gateway.adresseregister import FileRegister
from gateway.errors import LocalFault
from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from tests.unit.conftest import person

NUMBER = "41814061033"


class Clock:
    """Noon."""

    def now(self):
        """The instant."""
        return datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def register(tmp_path, text):
    """A register over a file with this text."""
    path = tmp_path / "r.json"
    path.write_text(text)
    return FileRegister(path, Clock())


def answers(until="2026-11-22T00:00:00Z", **line):
    """A file with one person."""
    line = {"grad": "fortrolig", "foedselsdato": "2018-05-04"} | line
    return json.dumps({"gyldigTil": until, "personer": {NUMBER: line}})


def test_it_answers_grade_and_birth_date(tmp_path):
    """What the file says of a person it knows; nothing of one it does not."""
    known = register(tmp_path, answers())
    assert known.check((person("a"),)) == {"a": Adressebeskyttelse.FORTROLIG}
    assert known.born((person("a"),)) == {"a": date(2018, 5, 4)}
    nobody = person("b").model_copy(update={"identifikatorer": ()})
    assert known.check((nobody,)) == {}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", answers(until="i morgen"),
     answers(until="2026-11-21T11:59:59Z"), answers(until="2026-11-22T00:00:00"),
     '{"personer": {}}'],
)  # fmt: skip
def test_a_broken_or_old_file_answers_nothing(tmp_path, text):
    """LocalFault, so that the caller knows nothing, and nothing of the file in the error."""
    with pytest.raises(LocalFault) as caught:
        register(tmp_path, text).check((person("a"),))
    assert NUMBER not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_what_is_wrong_of_one_person_is_that_persons(tmp_path):
    """A grade nobody knows is unknown, which closes; a day that is none is no birth date. Nobody
    else is unknown for it."""
    other = {"grad": "ingen", "foedselsdato": "2019-01-02"}
    told = json.loads(answers(grad="hemmelig", foedselsdato="2018-02-30"))
    told["personer"]["another"] = other
    known = register(tmp_path, json.dumps(told))
    assert known.check((person("a"),)) == {"a": Adressebeskyttelse.UKJENT}
    assert known.born((person("a"),)) == {}
    someone = person("b").model_copy(
        update={"identifikatorer": tuple(
            one.model_copy(update={"verdi": "another"}) for one in person("b").identifikatorer
        )}
    )  # fmt: skip
    assert known.check((someone,)) == {"b": Adressebeskyttelse.INGEN}
    assert known.born((someone,)) == {"b": date(2019, 1, 2)}


def test_no_file_answers_nothing():
    """Not configured is not "everybody is open"."""
    with pytest.raises(LocalFault):
        FileRegister(None, Clock()).check((person("a"),))


def test_a_fresh_file_is_read_again(tmp_path):
    """A protection that arrives in the file is seen at the next question."""
    import os

    known = register(tmp_path, answers(grad="ingen"))
    assert known.check((person("a"),)) == {"a": Adressebeskyttelse.INGEN}
    path = tmp_path / "r.json"
    path.write_text(answers())
    os.utime(path, (1, 1))
    assert known.check((person("a"),)) == {"a": Adressebeskyttelse.FORTROLIG}
