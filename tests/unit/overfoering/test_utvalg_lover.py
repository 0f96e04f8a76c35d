"""The selection over generated logs: nothing outside goes, nothing inside stays (R-132, R-093).

Every free text and every id of a log is marked with the place it stands in, so that a word that
comes along from the wrong place is seen whatever it says.
"""

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.overfoering.utvalg import Tillegg, select
from gateway.policy.adressebeskyttelse import family
from schemas.stafettlogg.logg import Stafettlogg

COUNTED = (
    "oppmerksomheter", "notater", "kommentarer", "lysglimt", "referater", "meldinger", "moeter",
    "samtykker", "dokumenter", "personer", "deltakelser", "virksomheter", "lesetilganger",
    "innkallinger", "kalender", "fagplaner", "livsomraader", "arkivuttak",
)  # fmt: skip
NEVER = ("lesetilganger", "innkallinger", "kalender", "fagplaner", "livsomraader", "arkivuttak")
SINGLE = ("initiativtaker", "om_meg", "utfordring", "hovedmaal")
_MARK = re.compile(r"«([^»]+)»")


def marked(logg: Stafettlogg) -> Stafettlogg:
    """The log with each free text marked `«list:id»`."""
    told: dict[str, Any] = logg.model_dump(mode="python", exclude_none=True)

    def walk(value: Any, mark: str) -> Any:
        if isinstance(value, dict):
            return {k: walk(v, mark) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return tuple(walk(v, mark) for v in value)
        if type(value) is str and " " in value:
            return f"{value} «{mark}»"
        return value

    for name, value in told.items():
        if isinstance(value, list | tuple) and name != "personer":
            told[name] = tuple(
                walk(one, f"{name}:{one.get('id', n)}") for n, one in enumerate(value)
            )
        elif name in SINGLE and value is not None:
            told[name] = f"{value} «{name}:»"
    return Stafettlogg.model_validate(told)


def marks(value: Any) -> Counter[str]:
    """Every mark that can be reached, and how often."""
    found: Counter[str] = Counter()
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            stack.extend(one.values())
        elif isinstance(one, list | tuple):
            stack.extend(one)
        elif isinstance(one, str):
            found.update(_MARK.findall(one))
    return found


def strings(value: Any) -> set[str]:
    """Every string that can be reached."""
    found: set[str] = set()
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            stack.extend(one.values())
        elif isinstance(one, list | tuple):
            stack.extend(one)
        elif isinstance(one, str):
            found.add(str(one))
    return found


def tree(logg: Stafettlogg, wanted: set[str]) -> set[str]:
    """Ids of concerns and of everything inside them."""
    found = set()
    for concern in logg.oppmerksomheter:
        if concern.id in wanted:
            found.add(concern.id)
            for goal in concern.maal:
                found.add(goal.id)
                found.update(t.id for t in goal.tiltak)
    return found


def dump(logg: Stafettlogg) -> Any:
    """As it would be written."""
    return logg.model_dump(mode="json", by_alias=True, exclude_none=True)


_LAWS = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CHOICE = st.tuples(st.integers(0, 10_000), st.integers(0, 2**16), st.sets(st.sampled_from(Tillegg)))


def drawn(logs: list[Stafettlogg], choice: Any) -> tuple[Stafettlogg, set[str], set[Tillegg]]:
    """A log, some of its concerns, some extras."""
    number, bits, extra = choice
    logg = marked(logs[number % len(logs)])
    chosen = {c.id for n, c in enumerate(logg.oppmerksomheter) if bits >> n & 1}
    return logg, chosen, extra


@_LAWS
@given(choice=CHOICE)
def test_nothing_outside_the_selection_can_be_reached(logs, choice):
    """No text of what was not chosen stands in any string of what goes."""
    logg, chosen, extra = drawn(logs, choice)
    made = select(logg, chosen, extra).logg
    inside = tree(logg, chosen)
    allowed = {f"oppmerksomheter:{one}" for one in chosen}
    allowed |= {f"kommentarer:{k.id}" for k in logg.kommentarer if k.paa in inside}
    allowed |= {
        f"notater:{n.id}"
        for n in logg.notater
        if n.oppmerksomhet in chosen or Tillegg.NOTATER in extra
    }
    whole = {"lysglimt": Tillegg.LYSGLIMT, "referater": Tillegg.MOETER,
             "meldinger": Tillegg.MELDINGER}  # fmt: skip
    for mark in marks(dump(made)):
        name = mark.partition(":")[0]
        assert name not in NEVER, name
        if name in {"oppmerksomheter", "kommentarer", "notater"}:
            assert mark in allowed, name
        elif name in whole:
            assert whole[name] in extra, name
        elif name in SINGLE:
            assert Tillegg.PRESENTASJON in extra, name


@_LAWS
@given(choice=CHOICE)
def test_an_unchosen_concern_leaves_no_id_behind(logs, choice):
    """Without extras not even an id tells that there were more concerns, goals or measures."""
    logg, chosen, _ = drawn(logs, choice)
    told = strings(dump(select(logg, chosen).logg))
    outside = tree(logg, {c.id for c in logg.oppmerksomheter} - chosen)
    assert sorted(outside & told) == []


@_LAWS
@given(choice=CHOICE)
def test_a_chosen_concern_goes_whole(logs, choice):
    """Every goal, measure and evaluation of it, word for word, also what did not work (R-093)."""
    logg, chosen, extra = drawn(logs, choice)
    made = select(logg, chosen, extra).logg
    assert [c.id for c in made.oppmerksomheter] == [
        c.id for c in logg.oppmerksomheter if c.id in chosen
    ]

    def told(one: Stafettlogg) -> Any:
        return [_bare(dump_one) for dump_one in dump(one).get("oppmerksomheter", ())]

    kept = [_bare(c) for c in dump(logg).get("oppmerksomheter", ()) if c["id"] in chosen]
    assert told(made) == kept


def _bare(value: Any) -> Any:
    """Without what only the sender's vendor understands."""
    if isinstance(value, dict):
        return {k: _bare(v) for k, v in value.items() if k != "raa"}
    if isinstance(value, list):
        return [_bare(one) for one in value]
    return value


@_LAWS
@given(choice=CHOICE)
def test_what_stays_is_counted(logs, choice):
    """For each kind: what there was is what goes and what was counted."""
    logg, chosen, extra = drawn(logs, choice)
    made = select(logg, chosen, extra)
    left: Counter[str] = Counter()
    for kind, count, code in made.utelatt:
        assert count > 0 and code in {"IKKE_VALGT", "MINIMERT"}
        left[kind] += count
    for name in COUNTED:
        assert len(getattr(logg, name)) == len(getattr(made.logg, name)) + left[name], name
    for name in (*SINGLE, "neste_moete", "bilde"):
        gone = getattr(logg, name) is not None and getattr(made.logg, name) is None
        assert left[name] == int(gone), name


@_LAWS
@given(choice=CHOICE)
def test_staff_go_by_name_only_and_the_family_whole(logs, choice):
    """Numbers, e-mail and telephone of staff stay; guardians and child are as they were."""
    logg, chosen, extra = drawn(logs, choice)
    made = select(logg, chosen, extra).logg
    inner, before = family(logg), {p.id: p for p in logg.personer}
    for person in made.personer:
        if person.id in inner:
            assert _bare(dump_person(person)) == _bare(dump_person(before[person.id]))
        else:
            assert (person.identifikatorer, person.epost, person.mobil) == ((), None, None)
            assert person.foedselsdato is None
    assert inner <= {p.id for p in made.personer}


def dump_person(person: Any) -> Any:
    """As it would be written."""
    return person.model_dump(mode="json", by_alias=True, exclude_none=True)


@_LAWS
@given(choice=CHOICE)
def test_nothing_points_outside(logs, choice):
    """Every participation's person, and every file something names, goes along."""
    logg, chosen, extra = drawn(logs, choice)
    made = select(logg, chosen, extra).logg
    people, files = {p.id for p in made.personer}, {d.id for d in made.dokumenter}
    assert {d.person for d in made.deltakelser} <= people
    assert {s.fil for s in made.samtykker if s.fil} & {d.id for d in logg.dokumenter} <= files
    named = {ref for n in made.notater for ref in n.vedlegg} & {d.id for d in logg.dokumenter}
    assert named <= files


def test_nothing_chosen_is_nothing_told(logs):
    """The default is nothing: ids that are no concerns choose nothing either."""
    for logg in logs:
        made = select(marked(logg), ["finnes-ikke"]).logg
        assert made.oppmerksomheter == ()
        names = {mark.partition(":")[0] for mark in marks(dump(made))}
        assert not names & {"oppmerksomheter", "notater", "kommentarer", *NEVER, *SINGLE}


def test_selecting_again_changes_nothing(logs):
    """The selection of a selection is itself."""
    for logg in logs:
        ids = [c.id for c in logg.oppmerksomheter[:1]]
        once = select(logg, ids).logg
        assert select(once, ids).logg == once


def test_a_breach_is_seen(logs):
    """A text moved from an unchosen concern into a chosen one is found by its mark."""
    logg = marked(next(one for one in logs if len(one.oppmerksomheter) > 1))
    first, second = logg.oppmerksomheter[:2]
    leak = first.model_copy(update={"tekst": f"x «oppmerksomheter:{second.id}»"})
    broken = select(logg, [first.id]).logg.model_copy(update={"oppmerksomheter": (leak,)})
    assert f"oppmerksomheter:{second.id}" in marks(dump(broken))
    with pytest.raises(AssertionError):
        assert set(marks(dump(broken))) <= {f"oppmerksomheter:{first.id}"}
