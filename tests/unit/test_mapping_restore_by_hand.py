"""The way home, by the smallest logs that show each rule of it."""

import pytest

from mappings.avskrift import OM_MEG, note_id
from mappings.restore import restore
from mappings.restore_values import changed, merged, order
from schemas.stafettlogg.kodeverk import Identtype, Loggstatus, Rolle, Signaturstatus
from schemas.stafettlogg.person import Hovedperson, Identifikator, Rolleskifte
from schemas.stafettlogg.samtykke import Mottaker, Signatar
from tests.unit.reconcile.made import (
    concern,
    evaluering,
    logg,
    maal,
    note,
    one_measure,
    part,
    tiltak,
)


def notes(*rows):
    """A log with notes of (id, text)."""
    return logg(notater=tuple(note(own, text) for own, text in rows))


def told(one):
    """(id, text) of the notes."""
    return [(n.id, n.tekst) for n in one.notater]


def measure(one):
    """The one measure of a log."""
    return one.oppmerksomheter[0].maal[0].tiltak[0]


# -- fields ---------------------------------------------------------------------------------------
def test_nothing_changed_there_is_ours_itself():
    """Whatever ours is."""
    base, ours = logg(om_meg="a"), logg(om_meg="b")
    assert restore(base, base.model_copy(deep=True), ours) is ours


def test_a_field_that_was_changed_is_theirs_and_every_other_is_ours():
    """Also one the other system has no place for, and one they wrote in another form."""
    base = logg(om_meg="a", opprettet="2026-01-01T10:00:00Z")
    theirs = base.model_copy(update={"om_meg": "x", "opprettet": "2026-01-01T10:00Z"})
    ours = logg(om_meg="b", utfordring="vår", opprettet="2026-01-01T11:00:00+01:00")
    found = restore(base, theirs, ours)
    assert (found.om_meg, found.utfordring, found.opprettet) == ("x", "vår", ours.opprettet)


def test_where_and_when_is_ours_but_the_time_of_change_is_theirs():
    """Provenance tells of the system it stands in."""
    base, ours = (
        logg(om_meg="a", kilde_id="K", raa="{}"),
        logg(om_meg="a", kilde_id="V", raa='{"v":1}'),
    )
    theirs = base.model_copy(
        update={"om_meg": "x", "kilde_id": "L", "raa": '{"t":1}', "avledet_regel": "R",
                "endret": "2026-02-01T00:00:00Z", "sist_oppdatert": "2026-02-02T00:00:00Z"}
    )  # fmt: skip
    found = restore(base, theirs, ours)
    assert (found.kilde_id, found.raa, found.avledet_regel) == ("V", '{"v":1}', None)
    assert (found.endret, found.sist_oppdatert) == (theirs.endret, theirs.sist_oppdatert)


def test_what_was_guessed_there_is_not_taken_but_what_was_written_is():
    """An entity that became derived says nothing of its own; one that was so may be edited."""

    def goal(text, avledet):
        return logg(oppmerksomheter=(concern("o", maal("m", tittel=text, avledet=avledet)),))

    ours = goal("vår", False)

    def home(base, theirs):
        return restore(base, theirs, ours).oppmerksomheter[0].maal[0].tittel

    assert home(goal("a", False), goal("b", True)) == "vår"
    assert home(goal("a", True), goal("b", True)) == "b"
    assert home(goal("a", False), goal("b", False)) == "b"
    assert home(goal("a", True), goal("b", False)) == "b"


def test_a_value_is_changed_field_by_field():
    """Whom the log is about: what they changed, and what only we know of it."""

    def about(**more):
        return logg().hovedperson.model_copy(update=more)

    def with_(one):
        return logg().model_copy(update={"hovedperson": one})

    found = restore(with_(about()), with_(about(person="x")), with_(about(logger_inn=True)))
    assert found.hovedperson == Hovedperson(
        person="x", type=logg().hovedperson.type, logger_inn=True
    )
    gone = restore(
        logg(hovedmaal="a"), logg(hovedmaal=None), logg(hovedmaal="b", status=Loggstatus.PASSIV)
    )
    assert (gone.hovedmaal, gone.status) == (None, Loggstatus.PASSIV)


def test_a_value_that_came_or_went_is_theirs_whole():
    """There is nothing of ours, or of theirs before, to lay it on."""
    none = logg().model_copy(update={"hovedperson": None})
    one = logg(hovedperson=Hovedperson(person="x", type=logg().hovedperson.type))
    assert restore(none, one, none).hovedperson == one.hovedperson
    assert restore(none, one, logg()).hovedperson == one.hovedperson
    assert restore(one, none, logg()).hovedperson is None


def test_texts_in_a_list_are_laid_on_ours():
    """What they added is added to what only we have."""

    def parts_of(*texts):
        return logg(oppmerksomheter=(concern("o", maal("m", delmaal=texts)),))

    found = restore(parts_of("a"), parts_of("a", "ny"), parts_of("vår", "a"))
    assert found.oppmerksomheter[0].maal[0].delmaal == ("vår", "a", "ny")


@pytest.mark.parametrize(
    ("now", "mine", "home"),
    [
        (Rolle.UKJENT, Rolle.AKTOER, Rolle.AKTOER),
        (Rolle.UKJENT, Rolle.FORESATT, Rolle.FORESATT),
        (Rolle.UKJENT, Rolle.STAFETTHOLDER, Rolle.AKTOER),
        (Rolle.LESETILGANG, Rolle.STAFETTHOLDER, Rolle.AKTOER),
        (Rolle.AKTOER, Rolle.STAFETTHOLDER, Rolle.AKTOER),
        (Rolle.STAFETTHOLDER, Rolle.AKTOER, Rolle.STAFETTHOLDER),
        (Rolle.FORESATT, Rolle.AKTOER, Rolle.FORESATT),
    ],
)
def test_a_role_that_follows_from_tasks(now, mine, home):
    """Losing them says nothing of the role at home, but of the baton (R-010)."""

    def taking(role):
        return logg(deltakelser=(part("d", "p", role),))

    base = taking(Rolle.SEKRETAER)
    (found,) = restore(base, taking(now), taking(mine)).deltakelser
    assert found.rolle == home.value


def test_a_transcript_edited_there_is_read_as_what_it_is_of():
    """The presentation stood there as a note: the words come home as the presentation, and no note
    of it stands here."""
    own = note_id("logg", OM_MEG, ())

    def as_note(text, **more):
        return logg(notater=(note(own, f"{OM_MEG}\n{text}"),), **more)

    found = restore(as_note("a"), as_note("b", hovedmaal="x"), logg(om_meg="a", utfordring="vår"))
    assert (found.om_meg, found.utfordring, found.hovedmaal) == ("b", "vår", "x")
    assert found.notater == ()


# -- single ---------------------------------------------------------------------------------------
def with_evaluation(own=None, text=None, **more):
    """A log whose measure has an evaluation, or none."""
    return one_measure(evaluering=evaluering(own, tekst=text, **more) if own else None)


def test_an_evaluation_made_there_comes_home():
    """Where we have none, and in the place of another."""
    found = restore(with_evaluation(), with_evaluation("e", "ny"), with_evaluation())
    assert measure(found).evaluering.tekst == "ny"
    found = restore(with_evaluation("f"), with_evaluation("e", "ny"), with_evaluation("f", "vår"))
    assert (measure(found).evaluering.id, measure(found).evaluering.tekst) == ("e", "ny")


def test_an_evaluation_taken_away_there_is_taken_away():
    """Only where it was there: what never came there is ours."""
    ours = with_evaluation("e", "vår")
    assert measure(restore(with_evaluation("e"), with_evaluation(), ours)).evaluering is None
    found = restore(one_measure("a"), one_measure("b"), ours)
    assert measure(found).evaluering.tekst == "vår"


def test_an_evaluation_edited_there_is_merged():
    """Theirs in what they changed, ours in the rest."""
    found = restore(
        with_evaluation("e", "a"), with_evaluation("e", "b"),
        with_evaluation("e", "a", dato="2026-01-01"),
    )  # fmt: skip
    assert (measure(found).evaluering.tekst, measure(found).evaluering.dato) == ("b", "2026-01-01")


def test_an_evaluation_that_stands_at_home_elsewhere_is_merged_where_it_came():
    """It moved there to another measure."""

    def two(first, second):
        return logg(
            oppmerksomheter=(
                concern(
                    "o", maal("m", tiltak("t", evaluering=first), tiltak("u", evaluering=second))
                ),
            )
        )

    before, after = evaluering("e", tekst="a"), evaluering("e", tekst="b")
    ours = evaluering("e", tekst="a", dato="2026-01-01")
    found = restore(two(before, None), two(None, after), two(ours, None))
    first, second = found.oppmerksomheter[0].maal[0].tiltak
    assert first.evaluering is None
    assert (second.evaluering.tekst, second.evaluering.dato) == ("b", "2026-01-01")


# -- lists of entities ----------------------------------------------------------------------------
def test_edits_additions_and_deletions_of_theirs():
    """Each, and what only we have stays."""
    base = notes(("a", "1"), ("b", "2"), ("c", "3"))
    theirs = notes(("a", "x"), ("c", "3"), ("ny", "4"))
    ours = notes(("a", "1"), ("vår", "v"), ("b", "2"), ("c", "endret hos oss"))
    assert told(restore(base, theirs, ours)) == [
        ("a", "x"), ("vår", "v"), ("c", "endret hos oss"), ("ny", "4"),
    ]  # fmt: skip


def test_what_we_deleted_comes_back_only_where_they_wrote_in_it():
    """Else it is gone as we said."""
    base = notes(("a", "1"), ("b", "2"), ("c", "3"))
    theirs = notes(("a", "1"), ("b", "skrevet i"), ("c", "x"))
    assert told(restore(base, theirs, notes(("c", "3")))) == [("c", "x"), ("b", "skrevet i")]


def test_their_order_where_they_moved_something():
    """Of what both have; what only we have keeps its place."""
    base, theirs = notes(("a", "1"), ("b", "2")), notes(("b", "2"), ("a", "1"))
    ours = notes(("a", "1"), ("vår", "v"), ("b", "2"))
    assert [own for own, _ in told(restore(base, theirs, ours))] == ["b", "vår", "a"]


def test_what_moved_to_another_parent_there_is_merged_with_ours():
    """A measure that was moved to another goal, and edited: our own fields come along."""

    def goals(first, second):
        return logg(oppmerksomheter=(concern("o", maal("m", *first), maal("n", *second)),))

    base, theirs = goals([tiltak("t", "a")], []), goals([], [tiltak("t", "b")])
    found = restore(base, theirs, goals([tiltak("t", "a", naar="onsdag")], []))
    first, second = found.oppmerksomheter[0].maal
    assert first.tiltak == ()
    assert [(t.beskrivelse, t.naar) for t in second.tiltak] == [("b", "onsdag")]


def test_what_came_there_without_having_been_is_ours_where_we_have_it():
    """They made one of the same id: nothing of theirs is an edit of ours."""
    base, theirs = notes(("a", "1")), notes(("a", "x"), ("b", "deres"))
    ours = notes(("a", "1"), ("b", "vår"))
    assert told(restore(base, theirs, ours)) == [("a", "x"), ("b", "vår")]


# -- values ---------------------------------------------------------------------------------------
SIGNED, SENT = Signaturstatus.SIGNERT, Signaturstatus.SENDT
AT = "2026-03-02T10:00:00Z"


def sign(person, status=SIGNED, **more):
    """A signer."""
    return Signatar(person=person, status=status, **more)


def test_order():
    """Ours, unless theirs moved what all have."""
    assert order("ab", "ba", ["a", "b"]) == ["b", "a"]
    assert order("ab", "ab", ["b", "a"]) == ["b", "a"]
    assert order("abc", "cab", ["a", "x", "c"]) == ["c", "x", "a"]
    assert order("ab", "b", ["a", "b"]) == ["a", "b"]
    assert order("a", "ab", ["b", "a"]) == ["b", "a"]


def test_changed():
    """Ours with what they changed; ours itself where they changed nothing."""
    mine, was = sign("a", tid=AT), sign("a")
    assert changed(mine, was, sign("a")) is mine
    assert changed(mine, was, sign("a", SENT)) == sign("a", SENT, tid=AT)


@pytest.mark.parametrize(
    ("was", "now", "mine", "home"),
    [
        ("ab", "bc", "ab", "bc"),
        ("ab", "b", "abx", "bx"),
        ("ab", "abc", "axb", "axbc"),
        ("ab", "abx", "axb", "axb"),
        ("aab", "aab", "aab", "aab"),
        ("ab", "ba", "aab", "aab"),
        ("ab", "b", "aab", "b"),
        ("", "a", "b", "ba"),
    ],
)
def test_plain_values(was, now, mine, home):
    """Order is laid only where no value stands twice."""
    assert merged(tuple(was), tuple(now), tuple(mine)) == tuple(home)


def test_theirs_as_it_is_where_ours_was_the_same():
    """Also its order and what stands twice."""
    one, two = sign("a"), sign("b")
    assert merged((one, two), (two, two, one), (one, two)) == (two, two, one)


def test_values_are_asked_for_on_every_side():
    """One value anywhere makes them values: none of ours, or none of theirs."""
    a, b = sign("a"), sign("b")
    assert merged((), (a,), (b,)) == (b, a)
    assert merged((a,), (), (sign("a", tid=AT), b)) == (b,)
    assert merged((a,), (a, b), ()) == (b,)
    assert merged((a,), (), ()) == ()


def test_of_equal_signers_each_is_taken_once():
    """Two alike there are two of ours, in their order."""
    a = sign("a")
    mine = (sign("a", tid=AT), sign("a", metode="BankID"))
    assert merged((a, a), (a, a, sign("b")), mine) == (*mine, sign("b"))
    assert merged((a, a), (), mine) == ()


def test_equal_to_the_letter_before_saying_no_other():
    """Ours that is the very same is theirs, before one that says more."""
    bare, full = sign("a"), sign("a", tid=AT)
    assert merged((bare,), (), (full, bare)) == (full,)
    assert merged((bare,), (sign("a", SENT),), (full, bare)) == (full, sign("a", SENT))


def test_saying_nothing_is_saying_no_other_of_nobody():
    """A receiver without a word in it is nobody's."""
    empty = Mottaker()
    assert merged((empty,), (), (Mottaker(person="Kari"), Mottaker(person="Ola"))) == (
        Mottaker(person="Kari"), Mottaker(person="Ola"),
    )  # fmt: skip


def test_as_many_are_the_same_in_their_order_whatever_they_say():
    """Nothing of them is alike, and there are as many: the second is the second."""
    was = (Mottaker(virksomhet="A"), Mottaker(virksomhet="B"))
    mine = (Mottaker(person="Kari"), Mottaker(person="Ola"))
    assert merged(was, was[1:], mine) == mine[1:]
    assert merged(was, was[:1], mine) == mine[:1]
    assert merged(was, was[1:], (*mine, Mottaker(person="Nils"))) == (
        *mine, Mottaker(person="Nils"),
    )  # fmt: skip


def test_a_signer_is_found_by_name_alone_when_there_is_one_of_that_name():
    """Not when there are two."""
    was = (sign("a", SENT), sign("b", SENT))
    mine = (sign("a", SENT, tid=AT), sign("b", SENT, tid=AT))
    assert merged(was, (sign("a"), sign("b", SENT)), mine) == (sign("a", tid=AT), mine[1])
    twice = (sign("a", SENT, metode="x"), sign("a", SENT, metode="y"))
    more = tuple(one.model_copy(update={"tid": AT}) for one in twice)
    assert merged(twice, (sign("a"),), more) == (sign("a"),)


def test_a_signing_there_of_one_we_alone_have():
    """It is the one of that name, and says what theirs says; the other fields are ours."""
    mine = (sign("a", SENT, metode="BankID"), sign("b"))
    assert merged((sign("b"),), (sign("b"), sign("a", tid=AT)), mine) == (
        sign("a", tid=AT, metode="BankID"), sign("b"),
    )  # fmt: skip


def test_a_signing_there_wherever_we_have_the_signer():
    """Second and third of ours too, and each says what theirs says."""
    mine = (sign("b"), sign("a", SENT, metode="BankID"), sign("c", SENT))
    now = (sign("b"), sign("c", tid=AT), sign("a", tid=AT))
    assert merged((sign("b"),), now, mine) == (
        sign("b"), sign("a", tid=AT, metode="BankID"), sign("c", tid=AT),
    )  # fmt: skip


def test_one_that_was_added_there_and_here_stands_once():
    """The same value in both."""
    a, b = Mottaker(virksomhet="A"), Mottaker(virksomhet="B")
    assert merged((a,), (a, b), (b, a)) == (b, a)


def test_a_role_before_is_known_by_role_and_time():
    """Both: the same role at another time is another."""

    def shift(fra, til=None):
        return Rolleskifte(rolle="aktoer", fra=fra, til=til)

    other = "2026-04-02T10:00:00Z"
    was, mine = (shift(AT), shift(other)), (shift(AT), shift(other), shift("2026-05-02T10:00:00Z"))
    found = merged(was, (shift(AT, til=other), shift(other)), mine)
    assert found == (shift(AT, til=other), *mine[1:])


def test_an_identifier_is_known_by_its_kind():
    """And a number that was taken away is taken away."""
    one = Identifikator(type=Identtype.DNR, verdi="1")
    two = Identifikator(type=Identtype.DUF, verdi="2")
    mine = (one.model_copy(update={"status": "iBruk"}), two)
    new = one.model_copy(update={"verdi": "3"})
    assert merged((one, two), (new,), mine) == (new.model_copy(update={"status": "iBruk"}),)


def test_theirs_moved_values():
    """What they moved is moved, what they added comes last, what only we have stays."""
    a, b, c = (sign(p) for p in "abc")
    mine = (sign("a", tid=AT), sign("vår", SENT), sign("b", tid=AT))
    assert merged((a, b), (b, c, a), mine) == (mine[2], mine[1], mine[0], c)
