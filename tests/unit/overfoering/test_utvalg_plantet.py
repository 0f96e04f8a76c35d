"""The laws of the selection see a selection that leaks or loses: each breach is planted."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gateway.overfoering import utvalg
from gateway.overfoering.utvalg import Utvalg
from schemas.stafettlogg.logg import Stafettlogg
from tests.unit.overfoering import test_utvalg_lover as laws

Change = Callable[[Stafettlogg, Stafettlogg], dict[str, Any]]


def keeps(name: str) -> Change:
    """The whole list goes along, chosen or not."""
    return lambda before, _: {name: getattr(before, name)}


def _one_too_many(before: Stafettlogg, made: Stafettlogg) -> dict[str, Any]:
    there = {c.id for c in made.oppmerksomheter}
    extra = [c for c in before.oppmerksomheter if c.id not in there][:1]
    return {"oppmerksomheter": (*made.oppmerksomheter, *extra)}


def _one_measure_less(_: Stafettlogg, made: Stafettlogg) -> dict[str, Any]:
    concerns = []
    for concern in made.oppmerksomheter:
        goals = tuple(m.model_copy(update={"tiltak": m.tiltak[1:]}) for m in concern.maal)
        concerns.append(concern.model_copy(update={"maal": goals}))
    return {"oppmerksomheter": tuple(concerns)}


def _staff_with_numbers(before: Stafettlogg, made: Stafettlogg) -> dict[str, Any]:
    whole = {p.id: p for p in before.personer}
    return {"personer": tuple(whole[p.id] for p in made.personer)}


def _a_guardian_less(_: Stafettlogg, made: Stafettlogg) -> dict[str, Any]:
    return {"personer": tuple(p for p in made.personer if p.id != made.hovedperson.person)}


PLANTS: dict[str, tuple[str, Change]] = {
    "et-for-mye": ("test_nothing_outside_the_selection_can_be_reached", _one_too_many),
    "id-igjen": ("test_an_unchosen_concern_leaves_no_id_behind", _one_too_many),
    "kommentarer": ("test_nothing_outside_the_selection_can_be_reached", keeps("kommentarer")),
    "notater": ("test_nothing_outside_the_selection_can_be_reached", keeps("notater")),
    "lysglimt": ("test_nothing_outside_the_selection_can_be_reached", keeps("lysglimt")),
    "meldinger": ("test_nothing_outside_the_selection_can_be_reached", keeps("meldinger")),
    "om-meg": ("test_nothing_outside_the_selection_can_be_reached", keeps("om_meg")),
    "samtykker": ("test_what_stays_is_counted", keeps("samtykker")),
    "tiltak-uten-effekt": ("test_a_chosen_concern_goes_whole", _one_measure_less),
    "ansattnumre": ("test_staff_go_by_name_only_and_the_family_whole", _staff_with_numbers),
    "barnet-borte": ("test_staff_go_by_name_only_and_the_family_whole", _a_guardian_less),
}


@pytest.mark.parametrize("name", PLANTS)
def test_the_breach_is_seen(
    logs: list[Stafettlogg], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Somewhere among the generated logs the law says no; without the plant it says yes."""
    law_name, change = PLANTS[name]
    law = getattr(laws, law_name).hypothesis.inner_test
    choices = [(n, bits, set()) for n in range(len(logs)) for bits in (0, 1)]
    for choice in choices:
        law(logs, choice)

    def broken(logg: Stafettlogg, chosen: Any, extra: Any = ()) -> Utvalg:
        made = utvalg.select(logg, chosen, extra)
        return replace(made, logg=made.logg.model_copy(update=change(logg, made.logg)))

    monkeypatch.setattr(laws, "select", broken)
    found = 0
    for choice in choices:
        try:
            law(logs, choice)
        except AssertionError:
            found += 1
    assert found
