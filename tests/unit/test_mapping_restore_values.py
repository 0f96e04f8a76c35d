"""Values in a list on the way home: what was changed there, laid on what only we hold."""

from typing import Any

import pytest

from mappings.restore_values import merged
from schemas.stafettlogg.kodeverk import Identtype, Signaturstatus
from schemas.stafettlogg.person import Identifikator
from schemas.stafettlogg.samtykke import Mottaker, Signatar

SIGNED, SENT = Signaturstatus.SIGNERT, Signaturstatus.SENDT


def theirs(person: str) -> Signatar:
    """A signer as a system knows one that has neither time nor method."""
    return Signatar(person=person, status=SIGNED)


def ours(person: str, status: Signaturstatus = SIGNED) -> Signatar:
    """The same signer with what only we hold."""
    return Signatar(person=person, status=status, tid="2026-03-02T10:00:00Z", metode="BankID")


A, B, C = (theirs(p) for p in "abc")


@pytest.mark.parametrize(
    ("was", "now", "mine", "home"),
    [
        ((A, B), (A, B, C), (ours("a"), ours("b")), (ours("a"), ours("b"), C)),
        ((A, B), (B,), (ours("a"), ours("b")), (ours("b"),)),
        ((A, B), (), (ours("a"), ours("b")), ()),
        ((A, B), (B, A), (ours("a"), ours("b")), (ours("b"), ours("a"))),
        ((B,), (B, C), (ours("a", SENT), ours("b")), (ours("a", SENT), ours("b"), C)),
        ((B,), (), (ours("a", SENT), ours("b")), (ours("a", SENT),)),
        ((), (A,), (ours("a", SENT),), (ours("a"),)),
        ((A,), (theirs("c"),), (ours("a"),), (C,)),
    ],
    ids=[
        "added", "taken away", "all taken away", "turned around", "added beside who is not there",
        "taken away beside who is not there", "signed there", "another in the place",
    ],
)  # fmt: skip
def test_signers(was: Any, now: Any, mine: Any, home: Any) -> None:
    """A signer keeps time and method; only what was changed there is changed here."""
    assert merged(was, now, mine) == home


def test_a_change_there_is_that_field_and_no_other() -> None:
    """The same person with another status keeps time and method."""
    now = (A.model_copy(update={"status": Signaturstatus.AVSLAATT}),)
    (home,) = merged((A,), now, (ours("a"),))
    assert (home.status, home.metode) == (Signaturstatus.AVSLAATT, "BankID")


def test_receivers_are_known_by_service_or_by_name() -> None:
    """A receiver written by name there, because it had no service, is ours again."""
    mine = (
        Mottaker(person="Kari", virksomhet="PPT", rolle="aktoer"),
        Mottaker(person="Ola", rolle="foresatt"),
        Mottaker(virksomhet="Skolen"),
    )
    was = tuple(Mottaker(virksomhet=name) for name in ("PPT", "Ola", "Skolen"))
    assert merged(was, was[1:], mine) == mine[1:]
    assert merged(was, (was[0], was[2]), mine) == (mine[0], mine[2])
    new = Mottaker(virksomhet="BUP")
    assert merged(was, (*was, new), mine) == (*mine, new)


def test_of_two_who_look_the_same_there_none_is_guessed_away() -> None:
    """Two from one service are written alike; with one of them gone, who it was is not known."""
    mine = tuple(Mottaker(person=name, virksomhet="PPT") for name in ("Kari", "Ola"))
    was = (Mottaker(virksomhet="PPT"), Mottaker(virksomhet="PPT"))
    assert merged(was, was[:1], mine) == mine


def test_a_corrected_number_keeps_its_status() -> None:
    """An identifier is the same one when its kind is."""
    old = Identifikator(type=Identtype.SYNTETISK, verdi="1")
    new = Identifikator(type=Identtype.SYNTETISK, verdi="2")
    (home,) = merged((old,), (new,), (old.model_copy(update={"status": "iBruk"}),))
    assert (home.verdi, home.status) == ("2", "iBruk")


@pytest.mark.parametrize(
    ("was", "now", "mine", "home"),
    [
        (("a", "b"), ("b",), ("a", "b"), ("b",)),
        (("a", "b"), ("b",), ("a", "x", "b"), ("x", "b")),
        (("a", "b"), ("a", "b", "c"), ("a", "x", "b"), ("a", "x", "b", "c")),
        (("a", "b"), ("b", "a"), ("a", "x", "b"), ("b", "x", "a")),
        (("a",), ("a", "x"), ("x", "a"), ("x", "a")),
    ],
)
def test_texts_and_references(was: Any, now: Any, mine: Any, home: Any) -> None:
    """Plain values: gone there is gone here, new there is new here, what only we have stays."""
    assert merged(was, now, mine) == home
