"""C-5, E-3: which hints become a proposal, which are thrown away, and which are for a person."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.flytting.dom import (
    MANUELL,
    SANNSYNLIG,
    USIKKER,
    Aapen,
    Forslag,
    Kast,
    Kastgrunn,
    Sperret,
    Trekk,
    Trekkgrunn,
    secured,
)
from gateway.flytting.sist import Sist, Tegn, one_person
from gateway.flytting.vurdering import verdict
from gateway.ports.folkeregister import Bosted, Endring, Gradering, Hendelseslag, Personstand
from tests.unit.flytting.kommuner import (
    BEFORE,
    BORDER,
    BOSTED,
    EVERYBODY,
    LISTE,
    LIVED,
    NEW,
    NUMBER,
    REFORM,
    SILENT,
    STILL,
    TODAY,
    judged,
    ramme,
    stand,
    tegn,
)

K = Kastgrunn


def dropped(dom):
    """Why it was thrown away; fails for any other verdict."""
    assert isinstance(dom, Kast), dom
    return dom.grunn


def proposed(dom):
    """The code of a proposal; fails for any other verdict."""
    assert isinstance(dom, Forslag), dom
    return dom.kode


def test_a_move_is_a_proposal_and_nothing_else():
    """E-3: from, to and date; what we knew stands until a person has decided."""
    dom = judged("9901", "9902")
    assert dom == Forslag(SANNSYNLIG, "9901", "9902", NEW)
    assert not hasattr(dom, "sist")


@pytest.mark.parametrize("when", [date(2027, 2, 1), date(2026, 2, 3), date(2026, 10, 1)])
def test_the_date_of_moving_may_be_ahead_or_long_ago(when):
    """C-5: it is told within eight days, and may be future or past."""
    assert proposed(judged("9901", "9902", when)) == SANNSYNLIG


def test_a_move_without_dates_is_still_a_move():
    """Nobody says when; the municipality is another all the same."""
    assert proposed(judged("9901", "9902", None, lived=None)) == SANNSYNLIG


@pytest.mark.parametrize("hint", [BOSTED, SILENT, EVERYBODY, tegn(Hendelseslag.UKJENT)])
def test_the_place_decides_and_not_what_the_event_is_called(hint):
    """C-5: there is no event called a move; personErOppdatert has no data, a new type is new."""
    assert proposed(judged("9901", "9902", hint=hint)) == SANNSYNLIG
    assert dropped(judged("9901", "9901", hint=hint)) is K.SAMME_KOMMUNE


def test_protection_that_carries_a_residence_is_a_task_without_details():
    """C-4: since 2023 one event may do both."""
    hint = tegn(Hendelseslag.BESKYTTELSE)
    dom = judged("9901", "9902", hint=hint, gradering=Gradering.GRADERT)
    assert isinstance(dom, Sperret)
    assert dom.sist == Sist(TODAY, manuell=True)


def test_protection_that_is_lifted_is_not_a_move():
    """The child lives at home, and we know it again."""
    dom = verdict(Sist(BEFORE, manuell=True), tegn(Hendelseslag.BESKYTTELSE),
                  stand("9901", LIVED), None, ramme())  # fmt: skip
    assert dom == Kast(K.HJEMME, Sist(TODAY, "9901", LIVED))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        Personstand((NUMBER,), Gradering.INGEN, None),
        Personstand((NUMBER,), Gradering.INGEN, Bosted("")),
        Personstand((NUMBER,), Gradering.GRADERT, Bosted("9901", LIVED)),
        Personstand((NUMBER,), Gradering.GRADERT, None),
    ],
    ids=["unknown to the register", "no residence", "ukjentBosted", "graded at home", "graded"],
)
@pytest.mark.parametrize("hint", [BOSTED, EVERYBODY, STILL])
def test_not_knowing_is_a_task_and_never_a_guess(answer, hint):
    """C-4: ukjentBosted without a municipality and strengt fortrolig look the same from outside."""
    dom = verdict(Sist(BEFORE, "9901", LIVED), hint, answer, None, ramme())
    assert isinstance(dom, Sperret)
    assert "9901" not in repr(dom)


def test_a_person_is_told_once_unless_it_may_be_about_the_residence():
    """A protected child's every update is no new task; a residence, and a gap, are."""
    told = Sist(BEFORE, manuell=True)
    answer = stand(gradering=Gradering.GRADERT)
    assert dropped(verdict(told, SILENT, answer, None, ramme())) is K.HOS_MENNESKE
    for hint in (BOSTED, EVERYBODY, tegn(Hendelseslag.BESKYTTELSE), tegn(Hendelseslag.UKJENT)):
        assert isinstance(verdict(told, hint, answer, None, ramme()), Sperret)
    assert isinstance(verdict(Sist(BEFORE), SILENT, answer, None, ramme()), Sperret)


@pytest.mark.parametrize("slag", [Hendelseslag.DELT_BOSTED, Hendelseslag.UVEDKOMMENDE])
def test_shared_residence_alone_and_other_events_are_thrown_away_without_a_look(slag):
    """E-3: endringIDeltBosted alone never makes a proposal, whatever the register would say."""
    grunn = {Hendelseslag.DELT_BOSTED: K.DELT_BOSTED, Hendelseslag.UVEDKOMMENDE: K.UVEDKOMMENDE}
    assert not tegn(slag).looked_into
    assert dropped(judged("9901", "9902", hint=tegn(slag))) is grunn[slag]


def test_shared_residence_beside_a_move_is_a_move():
    """Alone means alone."""
    hint = tegn(Hendelseslag.DELT_BOSTED, Hendelseslag.BOSTED)
    assert proposed(judged("9901", "9902", hint=hint)) == SANNSYNLIG


@pytest.mark.parametrize("hint", [BOSTED, STILL, SILENT, EVERYBODY])
@pytest.mark.parametrize(("fra", "til"), [("9906", "9907"), ("9908", "9910"), ("9909", "9910")])
def test_a_renumbering_and_a_merger_are_never_a_move(hint, fra, til):
    """C-5: 2,037,375 residences on one night, and not one of them moved."""
    dom = judged(fra, til, LIVED, hint=hint, hjem=til)
    assert dom == Kast(K.REFORM, Sist(TODAY, til, LIVED))
    assert dropped(judged(fra, til, LIVED, hint=hint)) is K.REFORM


def test_a_thousand_children_renumbered_are_no_proposal():
    """The whole town, with and without dates."""
    for moved in (LIVED, None):
        assert {dropped(judged("9906", "9907", moved, hjem="9907")) for _ in range(1000)} == {
            K.REFORM
        }


def test_a_move_within_what_was_renumbered_is_the_same_municipality():
    """A new address and a new number of the place at once: nothing to hand over."""
    assert dropped(judged("9906", "9907", REFORM, hjem="9907")) is K.REFORM
    assert dropped(judged("9908", "9910", REFORM, hjem="9910")) is K.REFORM


def test_a_split_is_no_move_when_the_date_of_moving_stands():
    """C-5: one municipality became two (Ålesund and Haram); nobody packed a thing."""
    for til in ("9904", "9905"):
        assert dropped(judged("9903", til, LIVED, hjem="9904")) is K.REFORM
        assert dropped(judged("9903", til, None, hint=STILL, hjem="9904")) is K.REFORM


def test_move_and_reform_on_the_first_of_january():
    """F: to the other half on the day it became another municipality. Doubtful, never dropped."""
    assert proposed(judged("9903", "9905", REFORM, hjem="9904")) == USIKKER
    assert proposed(judged("9903", "9905", None, hjem="9904")) == USIKKER
    assert dropped(judged("9903", "9904", REFORM, hjem="9904")) is K.HJEMME
    # Away from what was reformed, on the same day: the date says reform, the place says move.
    assert proposed(judged("9903", "9902", REFORM, hjem="9904")) == USIKKER
    assert proposed(judged("9902", "9907", REFORM, hjem="9902")) == USIKKER
    assert proposed(judged("9902", "9907", NEW, hjem="9902")) == SANNSYNLIG


def test_a_part_carved_out_of_a_municipality_that_lives_on():
    """The old number stays in use for the rest, so no number ended."""
    assert dropped(judged("9911", "9912", LIVED, hjem="9911")) is K.REFORM
    assert proposed(judged("9911", "9912", NEW, hjem="9911")) == USIKKER
    assert proposed(judged("9911", "9912", None, hjem="9911")) == USIKKER
    assert dropped(judged("9911", "9912", NEW, hjem="9912")) is K.HJEMME


def test_a_border_that_moved_over_the_house_is_no_move():
    """C-5: both numbers live on; the date of moving stands."""
    assert dropped(judged("9901", "9913", LIVED)) is K.GRENSEJUSTERING
    assert dropped(judged("9901", "9913", None, hint=STILL)) is K.GRENSEJUSTERING


def test_a_move_over_a_border_that_moved_is_seen():
    """The same day is doubtful, no date is doubtful, another day is a move."""
    assert proposed(judged("9901", "9913", BORDER)) == USIKKER
    assert proposed(judged("9901", "9913", None)) == USIKKER
    assert proposed(judged("9901", "9913", NEW)) == SANNSYNLIG
    assert proposed(judged("9913", "9901", LIVED, hjem="9913")) == USIKKER


def test_without_moving_is_believed_when_the_date_says_so_too():
    """A border nobody has told the list of: endringIBostedsadresseUtenFlytting."""
    dom = judged("9901", "9902", LIVED, hint=STILL)
    assert dom == Kast(K.UTENFLYTTING, Sist(TODAY, "9902", LIVED))


def test_without_moving_never_hides_a_move_that_is_not_read_yet():
    """The answer is of now: behind an event without moving there may be a move. With no dates what
    we knew is kept, so the move's own event is still a move; with another date it is doubtful."""
    dom = judged("9901", "9902", None, hint=STILL)
    assert dom == Kast(K.UTENFLYTTING, None)
    assert proposed(judged("9901", "9902", None)) == SANNSYNLIG
    assert proposed(judged("9901", "9902", NEW, hint=STILL)) == USIKKER
    for fra, til in (("9903", "9905"), ("9911", "9912"), ("9901", "9913")):
        unsure = judged(fra, til, None, hint=STILL, hjem="9904")
        assert isinstance(unsure, Kast) and unsure.sist is None
        sure = judged(fra, til, LIVED, hint=STILL, hjem="9904")
        assert sure.sist == Sist(TODAY, til, LIVED)


def test_without_moving_beside_a_move_is_a_move():
    """Both events in one page."""
    hint = tegn(Hendelseslag.UTENFLYTTING, Hendelseslag.BOSTED)
    assert proposed(judged("9901", "9902", hint=hint)) == SANNSYNLIG


def test_another_place_since_the_same_date_is_doubtful():
    """Nothing in the list explains it: a border nobody told of, or a correction."""
    assert proposed(judged("9901", "9902", LIVED)) == USIKKER


def test_a_number_that_leaked_early_is_the_same_place():
    """C-5: it happened to 1,750 persons. What we know stays today's number."""
    assert judged("9901", "9914", LIVED) == Kast(K.FRAMTIDIG_KODE, None)
    assert judged("9901", "9914", NEW) == Kast(K.FRAMTIDIG_KODE, None)
    assert judged("9911", "9915", LIVED, hjem="9911") == Kast(K.FRAMTIDIG_KODE, None)


def test_a_move_seen_through_a_number_that_leaked_is_doubtful():
    """It is not dropped because the number is wrong."""
    assert proposed(judged("9902", "9914", NEW, hjem="9902")) == USIKKER
    assert proposed(judged("9911", "9915", NEW, hjem="9911")) == USIKKER
    assert dropped(judged("9902", "9914", NEW)) is K.HJEMME


def test_a_number_in_no_list_is_a_list_that_is_old():
    """With the same date of moving nothing happened; else it is doubtful."""
    assert judged("9901", "9999", LIVED) == Kast(K.SAMME_FLYTTEDATO, None)
    assert judged("9901", "9999", None, hint=STILL) == Kast(K.SAMME_FLYTTEDATO, None)
    assert proposed(judged("9901", "9999", NEW)) == USIKKER
    assert proposed(judged("9999", "9902", NEW)) == USIKKER


def test_a_number_that_is_not_in_use_any_more_is_the_same_place():
    """The register is behind; what we know stays today's number."""
    assert judged("9907", "9906", NEW, hjem="9907") == Kast(K.REFORM, None)
    assert proposed(judged("9904", "9903", NEW, hjem="9904")) == USIKKER
    assert dropped(judged("9904", "9903", LIVED, hjem="9904")) is K.REFORM


def test_moving_to_us_is_nothing_to_hand_over():
    """A log here, and the child is here now."""
    assert judged("9902", "9901") == Kast(K.HJEMME, Sist(TODAY, "9901", NEW))


def test_the_first_look_at_a_child_who_lives_elsewhere_is_doubtful():
    """It may be an old story, and it may be yesterday's move; a person knows."""
    assert proposed(judged("", "9902", LIVED, lived=None, hint=EVERYBODY)) == USIKKER
    assert judged("", "9901", LIVED, lived=None, hint=EVERYBODY) == Kast(
        K.HJEMME, Sist(TODAY, "9901", LIVED)
    )
    assert proposed(judged("", "9999", LIVED, lived=None, hint=EVERYBODY)) == USIKKER
    assert proposed(judged("", "9902", LIVED, lived=None, hint=STILL)) == USIKKER


OPEN = Aapen(SANNSYNLIG, "9902")


@pytest.mark.parametrize(
    ("endring", "grunn"),
    [(Endring.ANNULLERT, Trekkgrunn.ANNULLERT), (Endring.KORRIGERT, Trekkgrunn.KORRIGERT)],
)
def test_a_correction_withdraws_the_proposal(endring, grunn):
    """E-3: annullere and korrigere on the same entity."""
    hint = tegn(Hendelseslag.BOSTED, endringer=[endring])
    dom = judged("9901", "9901", LIVED, hint=hint, aapen=OPEN)
    assert dom == Trekk(grunn, Kast(K.SAMME_KOMMUNE, Sist(TODAY, "9901", LIVED)))


def test_a_correction_to_another_place_is_a_new_proposal():
    """The old one is withdrawn, and what is true now is put before the person."""
    hint = tegn(Hendelseslag.BOSTED, endringer=[Endring.KORRIGERT])
    dom = judged("9901", "9907", hint=hint, aapen=OPEN)
    assert dom == Trekk(Trekkgrunn.KORRIGERT, Forslag(SANNSYNLIG, "9901", "9907", NEW))


@pytest.mark.parametrize("endring", [Endring.ANNULLERT, Endring.UKJENT])
def test_what_is_undone_and_still_stands_is_doubtful(endring):
    """Annulled, or done in a way nobody knows, and the child is registered elsewhere."""
    hint = tegn(Hendelseslag.BOSTED, endringer=[endring])
    assert proposed(judged("9901", "9902", hint=hint)) == USIKKER


def test_back_home_withdraws_the_proposal():
    """By a move home, or by a look at everybody."""
    for hint in (BOSTED, EVERYBODY, SILENT):
        dom = judged("9901", "9901", LIVED, hint=hint, aapen=OPEN)
        assert isinstance(dom, Trekk) and dom.grunn is Trekkgrunn.TILBAKE
    dom = judged("9906", "9907", LIVED, aapen=OPEN)
    assert isinstance(dom, Trekk) and dom.grunn is Trekkgrunn.TILBAKE


def test_an_event_that_says_nothing_leaves_the_proposal():
    """A name, a shared residence, a street renamed where the child has moved to."""
    for slag in (Hendelseslag.DELT_BOSTED, Hendelseslag.UVEDKOMMENDE):
        assert isinstance(judged("9901", "9901", LIVED, hint=tegn(slag), aapen=OPEN), Kast)
    assert dropped(judged("9901", "9902", hint=STILL, aapen=OPEN)) is K.ALLEREDE_FORESLAATT


def test_the_same_proposal_is_not_made_twice():
    """The same page again; another address in the new municipality; its number changed."""
    assert dropped(judged("9901", "9902", aapen=OPEN)) is K.ALLEREDE_FORESLAATT
    assert dropped(judged("9901", "9902", TODAY, aapen=OPEN)) is K.ALLEREDE_FORESLAATT
    renamed = Aapen(SANNSYNLIG, "9906")
    assert dropped(judged("9901", "9907", aapen=renamed)) is K.ALLEREDE_FORESLAATT


def test_a_doubt_that_is_cleared_and_a_second_move_replace_the_proposal():
    """The person sees one proposal, and it is the newest."""
    dom = judged("9901", "9902", aapen=Aapen(USIKKER, "9902"))
    assert dom == Trekk(Trekkgrunn.ERSTATTET, Forslag(SANNSYNLIG, "9901", "9902", NEW))
    dom = judged("9901", "9907", aapen=OPEN)
    assert dom == Trekk(Trekkgrunn.ERSTATTET, Forslag(SANNSYNLIG, "9901", "9907", NEW))


def test_protection_freezes_an_open_proposal():
    """C-4: the counterpart is hidden, and a task without details takes its place."""
    dom = judged("9901", "9902", gradering=Gradering.GRADERT, aapen=OPEN)
    assert dom == Trekk(Trekkgrunn.MANUELL, Sperret(Sist(TODAY, manuell=True)))


def test_a_task_for_a_person_is_never_replaced_by_a_machine():
    """Whatever comes, somebody is on it; nothing is known and nothing is told."""
    for hint in (BOSTED, EVERYBODY, tegn(Hendelseslag.BOSTED, endringer=[Endring.ANNULLERT])):
        assert dropped(judged("", "9902", hint=hint, aapen=Aapen(MANUELL))) is K.HOS_MENNESKE
    dom = judged("", "9902", gradering=Gradering.GRADERT, aapen=Aapen(MANUELL))
    assert dropped(dom) is K.HOS_MENNESKE


def test_a_proposal_stands_only_for_a_family_that_is_open():
    """C-4: a guardian or a sibling is enough; the register must have said so just now."""
    dom = judged("9901", "9902")
    assert secured(dom, family_open=True, today=TODAY) == dom
    assert secured(dom, family_open=False, today=TODAY) == Sperret(Sist(TODAY, manuell=True))
    replaced = judged("9901", "9907", aapen=OPEN)
    after = secured(replaced, family_open=False, today=TODAY)
    assert after == Trekk(Trekkgrunn.MANUELL, Sperret(Sist(TODAY, manuell=True)))
    kept = judged("9901", "9901", LIVED)
    assert secured(kept, family_open=False, today=TODAY) == kept


def test_nothing_of_a_place_is_shown_by_a_value():
    """`repr` ends up in logs."""
    told = repr([judged("9901", "9902"), judged("9901", "9907", aapen=OPEN), OPEN,
                 Sist(BEFORE, "9901", LIVED)])  # fmt: skip
    for secret in ("9901", "9902", "9907", "2026, 11, 20", "2020, 8, 1"):
        assert secret not in told


def test_a_child_under_two_numbers_is_one_child():
    """D-number and fødselsnummer: the strictest grade, the one residence, both numbers."""
    old = Personstand(("1",), Gradering.INGEN, None)
    new = Personstand(("1", "2"), Gradering.INGEN, Bosted("9901", LIVED))
    assert one_person([]) is None
    assert one_person([old, new]) == Personstand(("1", "2"), Gradering.INGEN, Bosted("9901", LIVED))
    graded = replace(old, gradering=Gradering.GRADERT)
    both = one_person([graded, new])
    assert both is not None and both.gradering is Gradering.GRADERT
    other = replace(new, bosted=Bosted("9902", NEW))
    torn = one_person([new, other])
    assert torn is not None and torn.bosted is None


def test_hints_of_one_page_are_one_hint():
    """Events joined in any order are the same."""
    one = Tegn(frozenset({Hendelseslag.BOSTED}), frozenset({Endring.NY}))
    two = Tegn(frozenset({Hendelseslag.UTENFLYTTING}), frozenset({Endring.ANNULLERT}))
    assert one.joined(two) == two.joined(one)
    assert one.joined(two).corrected and not one.joined(two).without_moving
    assert STILL.without_moving and not STILL.joined(EVERYBODY).without_moving


CODES = [one.code for one in LISTE.codes] + ["9999", ""]
HINTS = st.builds(
    Tegn,
    st.frozensets(st.sampled_from(Hendelseslag)),
    st.frozensets(st.sampled_from(Endring)),
    st.booleans(),
)
DAYS = st.sampled_from([None, LIVED, REFORM, BORDER, NEW, date(2027, 2, 1)])


@given(
    fra=st.sampled_from(CODES), til=st.sampled_from(CODES), lived=DAYS, moved=DAYS, hint=HINTS,
    graded=st.sampled_from(Gradering), hjem=st.sampled_from(["9901", "9904", "9911"]),
    aapen=st.sampled_from([None, OPEN, Aapen(USIKKER, "9913"), Aapen(MANUELL)]),
)  # fmt: skip
def test_whatever_comes_the_laws_hold(fra, til, lived, moved, hint, graded, hjem, aapen):
    """No place of a protected child is ever proposed; nobody moves without a look; a place that is
    ours, and one that only changed its number, are never a move; a move is never silence."""
    dom = judged(fra, til, moved, hint=hint, lived=lived, hjem=hjem, aapen=aapen, gradering=graded)
    last = dom.etterpaa if isinstance(dom, Trekk) else dom
    proposal = isinstance(last, Forslag)
    if not hint.looked_into:
        assert isinstance(dom, Kast)
        return
    if graded is not Gradering.INGEN or not til:
        assert not proposal and last.sist is not None and not last.sist.kommune
        return
    if aapen is not None and aapen.kode == MANUELL:
        assert dom == Kast(K.HOS_MENNESKE)
        return
    now, then = LISTE.reformed(til, TODAY), LISTE.reformed(fra, TODAY)
    if fra and now and now <= {hjem}:
        assert not proposal
    if len(now) == 1 and now == then:
        assert not proposal
    elsewhere = now and not now & then and not now <= {hjem}
    if elsewhere and moved != lived and moved and lived and fra:
        known = isinstance(last, Kast) and last.grunn is K.ALLEREDE_FORESLAATT
        assert proposal or known
