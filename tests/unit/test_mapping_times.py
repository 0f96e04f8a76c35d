"""Odd times and whole numbers in a mapping: read, kept for home, by the contract elsewhere."""

import json
import re

import pytest

from gateway import app
from gateway.errors import Rejected
from mappings.restore import restore
from schemas.stafettlogg.flat import compare
from schemas.stafettlogg.tider import by_contract
from tests.laws import hostile
from tests.laws.conftest import SYSTEMS, TENANT, documents
from tests.laws.test_hostile_leaves import stray

PAIRS = [(a, b) for a in SYSTEMS for b in SYSTEMS if a != b]


def oddly(system, form):
    """A generated document whose every instant is written as `form` says."""
    document = next(iter(documents(system, 7, 1)))
    for path in hostile.leaves(document):
        value = hostile.at(document, path)
        if isinstance(value, str) and len(value) == 20 and value.endswith("Z") and value[10] == "T":
            hostile.at(document, path[:-1])[path[-1]] = form(value)
    return document


FORMS = {
    "liten z": lambda text: text[:-1] + "z",
    "uten kolon": lambda text: text[:-1] + "+0000",
    "sju desimaler": lambda text: text[:-1] + ".1234567Z",
    "uten sekunder": lambda text: text[:-4] + "Z",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_there_by_the_contract_and_home_as_it_was_written(one, other, form):
    """The same moments there, told of as rewritten, and every byte again at home."""
    source, target = app.mapping(one), app.mapping(other)
    body = json.dumps(oddly(one, FORMS[form])).encode()
    wire = source.parse(body)
    ours = source.decode(wire, TENANT).logg
    made = target.encode(ours, TENANT)
    assert stray(other, made.wire) == []
    assert "TID_OMSKREVET" in {remark.code for remark in made.remarks}
    there = target.decode(target.parse(target.dump(made.wire)), TENANT).logg
    told = target.decode(target.encode(by_contract(ours), TENANT).wire, TENANT).logg
    assert compare(told, there, moments=True) == ()
    home = source.encode(restore(there, there, ours), TENANT).wire
    assert source.dump(home) == source.dump(wire)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_what_was_written_oddly_there_comes_home_by_the_contract(one, other):
    """An edit in the other system, in its own way of writing times."""
    source, target = app.mapping(one), app.mapping(other)
    ours = source.decode(next(iter(documents(one, 7, 1))), TENANT).logg
    base = target.decode(target.encode(ours, TENANT).wire, TENANT).logg
    edited = base.model_copy(update={"sist_oppdatert": "2026-03-01T10:00+0100"})
    home = restore(base, edited, ours)
    assert home.sist_oppdatert == "2026-03-01T10:00:00+01:00"
    assert stray(one, dict(source.encode(home, TENANT).wire)) == []


def test_a_whole_number_may_be_written_otherwise():
    """`2.0` is 2 in a level and in every version; `2.5`, a text and a truth are no numbers."""
    plans = app.mapping("visma_samspill")
    document = next(iter(documents("visma_samspill", 7, 1)))
    body = json.dumps(document)
    found = plans.parse(re.sub(r'"version": (\d+)', r'"version": \1.0', body).encode())
    assert plans.dump(found) == plans.dump(plans.parse(body.encode()))
    assert found.leaves == plans.parse(body.encode()).leaves
    for wrong in ("1.5", '"1"', "true", "1e400"):
        spoilt = re.sub(r'"version": \d+', f'"version": {wrong}', body, count=1)
        with pytest.raises(Rejected, match="WIRE_UGYLDIG"):
            plans.parse(spoilt.encode())
