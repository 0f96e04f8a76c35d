"""Whose a fault is: one log's, with a code and a place, or nobody's log at all."""

import pytest

from gateway.effects import listing
from gateway.effects.one_log import OF_ONE_LOG, SURPRISE, of_one_log, shown
from gateway.errors import Conflict, LocalFault, Rejected, RemoteFault, Transient, UnknownOutcome
from gateway.ports.connector import Entry, Page

SAID = "zqxj 41814061033"


@pytest.mark.parametrize("error", [Rejected("A", place="b"), Conflict("BORTE", place="c")])
def test_a_refusal_is_the_log_s(error):
    """As it is."""
    assert of_one_log(error) is error


@pytest.mark.parametrize("code", sorted(OF_ONE_LOG))
def test_a_wrong_answer_about_one_log(code):
    """The log is parked; a municipality that is another's is told of as the document's."""
    own = of_one_log(RemoteFault(code, place="ref"))
    assert isinstance(own, Rejected)
    assert own.code == {"FEIL_KOMMUNE": "LOGG_I_ANNEN_KOMMUNE"}.get(code, code)
    assert own.place == "ref"


@pytest.mark.parametrize(
    "error",
    [RemoteFault("OMDIRIGERING"), Transient("OPPTATT"), UnknownOutcome("UVISST_UTFALL"),
     LocalFault("DATABASE_FEIL"), OSError(5, SAID), MemoryError()],
)  # fmt: skip
def test_a_fault_of_a_system_is_nobody_s_log(error):
    """It keeps its meaning."""
    assert of_one_log(error) is None


def test_books_that_do_not_balance_are_one_document_s():
    """A field that stands twice in it balances with nothing."""
    own = of_one_log(LocalFault("BOKEN_BALANSERER_IKKE", place="id"))
    assert (own.code, own.place) == ("BOKEN_BALANSERER_IKKE", "id")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError(SAID), SURPRISE),
        (KeyError(SAID), SURPRISE),
        (RecursionError(), "UGYLDIG_DOKUMENT"),
        (UnicodeEncodeError("utf-8", SAID, 0, 1, "surrogates"), "UGYLDIG_TEKST"),
    ],
)
def test_a_surprise_has_a_code_of_its_own_and_none_of_its_words(error, code):
    """The type and, where it came from us, a line."""
    own = of_one_log(error)
    assert own.code == code
    assert type(error).__name__ in own.place
    assert SAID not in f"{own} {own.args}"


@pytest.mark.parametrize(
    "place",
    ["", "fil 41814061033", "fil 418140-61033", "notat 41.81.40.61033", "a\x00b", "a\ud800"],
)
def test_a_place_that_may_be_somebody_s_is_not_kept(place):
    """The log's own ref stands for it."""
    assert shown(place, "ref") == "ref"
    assert shown("notater.dato", "ref") == "notater.dato"


class Listed:
    """A source with two odd ids."""

    def page(self, _cursor):
        """One page."""
        entries = (Entry("god", "1"), Entry("a\x00b", "1"), Entry("\ud800", "\x07"))
        return Page(entries, None, 3)


def test_an_id_nobody_can_write_down_is_told_of_by_a_name_of_ours():
    """It is not left out, it is asked for by nobody, and the others go on."""
    versions = listing.manifest(Listed()).versions
    assert versions["god"] == "1"
    odd = [ref for ref in versions if ref.startswith(listing.UNUSABLE)]
    assert len(odd) == 2 and len(versions) == 3
    assert all(ref.isascii() and ref.isprintable() for ref in odd)


class Grouped:
    """A source whose ids are persons' numbers in groups, and one that is not."""

    def page(self, _cursor):
        """One page."""
        refs = ("118416-60651", "logg-11.84.16.62239", "118416-60652")
        return Page(tuple(Entry(ref, "1") for ref in refs), None, 3)


def test_an_id_that_is_a_number_in_groups_is_told_of_by_a_name_of_ours():
    """As one together is; each by a name of its own."""
    one, other, kept = listing.manifest(Grouped()).versions
    assert one.startswith(listing.UNUSABLE) and other.startswith(listing.UNUSABLE)
    assert one != other
    assert kept == "118416-60652"
