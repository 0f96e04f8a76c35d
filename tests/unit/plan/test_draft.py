"""From a source document to what would be written, with two systems that hold all there is.

The systems are the model itself as JSON; one may give ids of its own, and each remarks on what it
writes, so that it is seen under whose ids things are told.
"""

import hashlib
import json
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from gateway.errors import LocalFault
from gateway.plan.draft import Draft, Pair, Reading, Standing, declared, draft, held, read
from gateway.policy.context import Policyramme
from gateway.policy.regelbrudd import Regelbrudd
from gateway.policy.verdict import Finding, Verdict
from gateway.ports.mapping import Account, BookLine, Books, Decoded, Encoded, Note, Remark, Sheet
from mappings.restore import restore
from schemas.stafettlogg.innhold import Dokument
from schemas.stafettlogg.logg import Stafettlogg
from tests.unit.reconcile.made import OWN, concern, logg, maal, note, one_measure, tiltak

FRAME = Policyramme(now=datetime(2026, 1, 1, tzinfo=UTC), kommunenummer="9901", production=False)
ANEW = {"ny-o": "o", "ny-m": "m"}
"""A system's ids to ours."""


class System:
    """A system whose documents are the model; it remarks on every concern it reads and writes."""

    def parse(self, body):
        return json.loads(body)

    def decode(self, wire, tenant):
        assert tenant == "t"
        made = Stafettlogg.model_validate(wire)
        return Decoded(made, tuple(Remark(Note.MANUAL, "LEST", c.id) for c in made.oppmerksomheter))

    def encode(self, one, tenant):
        assert tenant == "t"
        remarks = (Remark(Note.MANUAL, "SKREVET", c.id) for c in one.oppmerksomheter)
        return Encoded(one.model_dump(mode="json"), tuple(remarks))

    def dump(self, wire):
        return json.dumps(wire, sort_keys=True).encode()


class Accounts:
    """Books of one leaf, and what they were made from."""

    def __init__(self, leaves=1):
        self.leaves, self.calls = leaves, []

    def __call__(self, *told):
        self.calls.append(told)
        return Books(self.leaves, (Sheet([BookLine("a", Account.MAPPED, "", 1)]),))


def pair(**changes):
    """Both systems, and the real law of the way home."""
    return replace(Pair(System(), System(), Accounts(), restore, "t"), **changes)


def body(one):
    """A log as its system has it."""
    return System().dump(one.model_dump(mode="json"))


def under(ids, one):
    """The log as a system that gave these ids shows it."""
    from gateway.reconcile.identity import renamed

    return renamed(one, {ours: theirs for theirs, ours in ids.items()})


# -- read -----------------------------------------------------------------------------------------
def test_a_first_reading_lies_on_nothing():
    """The document, what it says, and no other side."""
    one = one_measure("først")
    found = read(pair(), body(one))
    assert found.wire == json.loads(body(one))
    assert found.logg == found.decoded.logg == one
    assert (found.was, found.there, found.ids, found.target_ids) == (None, None, {}, {})
    assert found.mending is False


def test_on_from_its_origin_it_comes_with_what_it_is_laid_upon():
    """Unless it is said to go home."""
    was, now, there = (one_measure(text) for text in ("var", "er", "der"))
    found = read(pair(), body(now), Standing(body(was), body(there)))
    assert (found.logg, found.was, found.there) == (now, was, there)


def test_home_it_is_the_original_and_what_was_edited_since():
    """The text that was edited comes, and what the other system could not hold stays."""
    was, now = one_measure("var"), one_measure("er")
    there = one_measure("var", naar="onsdager")
    found = read(pair(), body(now), Standing(body(was), body(there)), home=True)
    (measure,) = found.logg.oppmerksomheter[0].maal[0].tiltak
    assert (measure.beskrivelse, measure.naar) == ("er", "onsdager")
    assert (found.was, found.there) == (None, None)


@pytest.mark.parametrize("home", [True, False])
def test_ids_a_system_gave_anew_are_read_as_ours(home):
    """On both sides, both ways."""
    one = one_measure()
    agreed = Standing(body(under(ANEW, one)), body(under({"x": "o"}, one)), ANEW, {"x": "o"})
    found = read(pair(), body(under(ANEW, one)), agreed, home=home)
    assert found.logg == one
    assert (found.ids, found.target_ids) == (ANEW, {"x": "o"})
    if not home:
        assert found.was == found.there == one


def test_a_document_that_is_held():
    """Under our ids, and as it is where there are none."""
    one = one_measure()
    assert held(System(), body(one), "t") == one
    assert held(System(), body(under(ANEW, one)), "t", ANEW) == one


# -- draft ----------------------------------------------------------------------------------------
def made(two, reading, *rules):
    """A draft by these rules alone."""
    return draft(two, reading, FRAME, rules)


def test_a_first_draft():
    """All that a plan needs to know of it."""
    paper = Dokument(id="d", filnavn="a.pdf", **OWN)
    one = one_measure("tekst").model_copy(update={"dokumenter": (paper,)})
    two = pair()
    found = made(two, read(two, body(one)))
    assert found.logg == found.sent == one
    assert found.body == body(one)
    assert found.content_sha == hashlib.sha256(found.body).hexdigest()
    assert [(r.code, r.entity) for r in found.remarks] == [("LEST", "o"), ("SKREVET", "o")]
    assert found.documents == (paper,)
    assert not found.verdict.held
    assert found.books.balanced
    (told,) = two.settle.calls
    assert told[:2] == (two.source, two.target)
    assert told[5] == {}


def test_what_the_policy_withholds_is_not_sent_and_is_booked():
    """By its code; what is judged is the log as it was read."""
    one = logg(om_meg="hemmelig")
    two = pair()
    rule = lambda _logg, _frame: (Finding("P-42", (), hold=False, entity="logg", field="om_meg"),)  # noqa: E731
    found = made(two, read(two, body(one)), rule)
    assert (found.logg.om_meg, found.sent.om_meg) == ("hemmelig", None)
    assert b"hemmelig" not in found.body
    assert two.settle.calls[0][5] == {("logg", "om_meg"): "P-42"}


def test_books_that_do_not_balance_stop():
    """Whatever else is right."""
    two = pair(settle=Accounts(leaves=2))
    with pytest.raises(LocalFault, match="BOKEN_BALANSERER_IKKE"):
        made(two, read(two, body(one_measure())))


def test_a_change_is_laid_upon_what_the_target_has_of_its_own():
    """What only the target has stays; the body is what is sent."""
    was, now = one_measure("var"), one_measure("er")
    there = one_measure("var", naar="onsdager")
    found = made(pair(), read(pair(), body(now), Standing(body(was), body(there))))
    (measure,) = found.sent.oppmerksomheter[0].maal[0].tiltak
    assert (measure.beskrivelse, measure.naar) == ("er", "onsdager")
    assert found.body == body(found.sent)


def test_only_a_repair_writes_anew_what_came_in_there():
    """The target has another text, the source has not changed."""
    was, there = one_measure("kildens"), one_measure("målets")
    found = read(pair(), body(was), Standing(body(was), body(there)))
    assert made(pair(), found).sent == there
    assert made(pair(), replace(found, mending=True)).sent == was


def test_it_is_laid_only_upon_both():
    """A side alone says nothing of what changed."""
    one, other = one_measure("er"), one_measure("der")
    bare = read(pair(), body(one))
    for half in (replace(bare, there=other), replace(bare, was=other)):
        assert made(pair(), half).sent == one


def test_the_target_gets_its_own_ids_and_we_tell_of_ours():
    """What is written is under the ids the target gave; what is remarked is under ours."""
    one = one_measure()
    theirs = {"x": "o"}
    agreed = Standing(body(one), body(under(theirs, one)), {}, theirs)
    found = made(pair(), read(pair(), body(one), agreed))
    assert found.sent == one
    assert json.loads(found.body)["oppmerksomheter"][0]["id"] == "x"
    assert [(r.code, r.entity) for r in found.remarks] == [("LEST", "o"), ("SKREVET", "o")]


def test_the_books_are_kept_under_the_sources_own_ids():
    """What is withheld and remarked is named as the source names it; else as it is."""
    one = logg(oppmerksomheter=(concern("o"), concern("urørt")))
    two = pair()
    agreed = Standing(body(under(ANEW, one)), body(one), ANEW)
    rules = [
        lambda _logg, _frame, own=own: (Finding("P-42", (), hold=False, entity=own, field="tekst"),)
        for own in ("o", "urørt")
    ]
    made(two, read(two, body(under(ANEW, one)), agreed), *rules)
    (told,) = two.settle.calls
    assert told[5] == {("ny-o", "tekst"): "P-42", ("urørt", "tekst"): "P-42"}
    assert [r.entity for r in told[4].remarks] == ["ny-o", "urørt"]
    assert told[4].wire == one.model_dump(mode="json")


# -- declared -------------------------------------------------------------------------------------
def test_breaches_are_declared_by_our_id_and_by_the_native_one():
    """Concerns, goals, measures and notes; one without a native id is told by ours, each once."""
    measure = tiltak("t", kilde_id="T")
    sent = logg(
        oppmerksomheter=(concern("o", maal("m", measure, kilde_id="M"), kilde_id="O"),),
        notater=(note("n", "x", kilde_id="N"), note("b", "y")),
    )
    breaches = tuple(Regelbrudd("R-072", own) for own in ("o", "m", "t", "n", "b", "ukjent", "o"))
    empty = Books(0, ())
    one = Draft(sent, sent, Verdict(), b"", "", empty, (), breaches, ())
    ours = [("R-072", own) for own in ("o", "m", "t", "n", "b", "ukjent")]
    theirs = [("R-072", own) for own in ("O", "M", "T", "N")]
    assert declared(one) == (*ours, *theirs)


@pytest.mark.parametrize(
    ("cls", "shown"),
    [
        (Standing, set()),
        (Reading, {"mending"}),
        (Draft, {"verdict", "content_sha", "books", "remarks", "breaches"}),
    ],
)
def test_what_holds_a_log_is_not_shown(cls, shown):
    """Only codes, places and counts stand in a `repr`."""
    assert {one.name for one in fields(cls) if one.repr} == shown
