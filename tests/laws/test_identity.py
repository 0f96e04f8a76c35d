"""Everything has new ids, as in a system that was emptied: who is who is found again."""

import json
import random
import re
from typing import Any

import pytest

from gateway.reconcile.compare import compare
from gateway.reconcile.identity import aligned, renamed
from schemas.stafettlogg.dialog import Moete
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import parts
from schemas.stafettlogg.logg import Stafettlogg

SYSTEMS = ("conexus_companion", "visma_samspill")
_IDS = frozenset(
    {
        "planId", "personId", "participantId", "consentId", "goalId", "activityId", "commentId",
        "messageId", "eventId", "documentId", "subjectPlanId",
        "loggId", "virksomhetId", "lesetilgangId", "samtykkeId", "oppmerksomhetId", "tiltakId",
        "evalueringId", "moteId", "lysglimtId", "notatId", "filId", "overforingId",
    }
)  # fmt: skip
"""The keys under which the vendors give things an id."""


def renumbered(wire: dict[str, Any], system: str, logg_id: str) -> dict[str, Any]:
    """The document as a system would hold it that gives each thing an id of its own, and was told
    our key of the log."""
    names: dict[str, str] = {}

    def learn(node: Any) -> None:
        for value in node.values() if isinstance(node, dict) else node:
            if isinstance(value, (dict, list)):
                learn(value)
        for key in sorted(node.keys() & _IDS) if isinstance(node, dict) else ():
            if node[key] is not None:
                names.setdefault(node[key], f"ny-{len(names)}")

    def told(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: told(value) for key, value in node.items()}
        if isinstance(node, list):
            return [told(value) for value in node]
        return names.get(node, node) if isinstance(node, str) else node

    learn(wire)
    new: dict[str, Any] = told(wire)
    head = new["plan"] if system == "visma_samspill" else new
    head["externalReference" if system == "visma_samspill" else "eksternNokkel"] = logg_id
    return new


def entities(logg: Entitet) -> list[Entitet]:
    """Every entity of a log, itself first."""
    many, single = parts(type(logg))
    below = [c for n in type(logg).model_fields if n in many for c in getattr(logg, n)]
    below += [c for n in sorted(single) if (c := getattr(logg, n)) is not None]
    return [logg, *(found for child in below for found in entities(child))]


@pytest.fixture(params=SYSTEMS)
def readings(request: pytest.FixtureRequest, lab: Any) -> list[tuple[Stafettlogg, Stafettlogg]]:
    """Logs as they were, beside what a system with new ids gives back of them."""
    mapping, found = lab.mapping(request.param), []
    for wire in lab.documents(request.param, 61, 60):
        expected = mapping.decode(wire, lab.tenant).logg
        again = renumbered(wire, request.param, expected.id)
        found.append((expected, mapping.decode(again, lab.tenant).logg))
    return found


def test_with_new_ids_all_is_the_same(readings: Any) -> None:
    """Under our ids nothing is changed, missing or extra."""
    for expected, actual in readings:
        ids = aligned(expected, actual)
        assert len(set(ids.values())) == len(ids) > 3
        assert compare(expected, renamed(actual, ids)).places == ()


def test_times_in_another_form_hide_nobody(readings: Any) -> None:
    """A system that writes every time in its own form is known as well."""
    for expected, actual in readings[:20]:
        body = re.sub(
            r'(T\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)"', r'\1.000\2"', actual.model_dump_json()
        )
        other = type(actual).model_validate_json(body)
        assert other != actual
        assert aligned(expected, other) == aligned(expected, actual)


def test_the_same_ids_need_no_names(readings: Any) -> None:
    """Nothing is renamed, and the log is the same object."""
    for expected, _ in readings:
        assert aligned(expected, expected) == {}
        assert renamed(expected, {}) is expected


def _changed(logg: Any, rng: random.Random, change: str) -> tuple[Any, str]:
    """The log after one removal, edit or addition of an entity, and the id of that one."""
    many, _ = parts(type(logg))
    places = [(n, i) for n in sorted(many) for i in range(len(getattr(logg, n)))]
    name, place = rng.choice(places)
    here = list(getattr(logg, name))
    one = here[place]
    if (
        parts(type(one))[0]
        and rng.random() < 0.7
        and any(getattr(one, n) for n in parts(type(one))[0])
    ):
        here[place], touched = _changed(one, rng, change)
    else:
        touched = one.id
        if change == "removed":
            del here[place]
        elif change == "edited":
            here[place] = one.model_copy(update=_edit(one, rng))
        else:
            new = one.model_copy(update={"id": "lagt-til", **_edit(one, rng)})
            here.insert(rng.randint(0, len(here)), new)
            touched = "lagt-til"
    return logg.model_copy(update={name: tuple(here)}), touched


def _edit(entity: Entitet, rng: random.Random) -> dict[str, Any]:
    """Another text in one of an entity's texts."""
    apart = {"id", "kilde_id", "raa", "opprettet_av", "endret", "kildesystem"}
    texts = [
        name
        for name, info in type(entity).model_fields.items()
        if name not in apart and info.annotation in (str, str | None)
    ]
    name = rng.choice(texts or ["opprettet"])
    return {name: f"{getattr(entity, name) or ''} endret"}


@pytest.mark.parametrize("change", ["removed", "edited", "added"])
def test_one_change_disturbs_nobody_else(readings: Any, change: str) -> None:
    """One entity removed, edited or added: all others are known again, none of them twice."""
    rng = random.Random(change)
    for expected, actual in readings * 4:
        truth = aligned(expected, actual)
        other, touched = _changed(actual, rng, change)
        ids = aligned(expected, other)
        assert len(set(ids.values())) == len(ids)
        left = {e.id for e in entities(other)} - {touched}
        wrong = {e for e in left if ids.get(e, e) != truth.get(e, e)}
        assert {type(e).__name__ for e in entities(other) if e.id in wrong} == set()
        if change == "edited":
            assert ids.get(touched, touched) == truth.get(touched, touched)


def test_free_text_and_the_systems_own_words_are_left_alone(lab: Any) -> None:
    """An id that stands in a text, in `kilde_id` or in `raa` is no reference."""
    mapping = lab.mapping("conexus_companion")
    logg = mapping.decode(next(lab.documents("conexus_companion", 61, 1)), lab.tenant).logg
    person = logg.personer[0].model_copy(
        update={"navn": logg.personer[0].id, "raa": json.dumps(logg.personer[0].id)}
    )
    logg = logg.model_copy(update={"personer": (person, *logg.personer[1:])})
    new = renamed(logg, {person.id: "en-annen"})
    assert new.personer[0].id == new.hovedperson.person == "en-annen"
    assert (new.personer[0].navn, new.personer[0].raa) == (person.navn, person.raa)
    assert new.personer[0].kilde_id == person.kilde_id


def test_persons_who_share_neither_number_nor_name_are_two(lab: Any) -> None:
    """The same place in a list makes nobody somebody else."""
    mapping = lab.mapping("visma_samspill")
    logg = mapping.decode(next(lab.documents("visma_samspill", 61, 1)), lab.tenant).logg
    stranger = logg.personer[-1].model_copy(
        update={
            "id": "en-fremmed",
            "navn": "Kari Fremmed",
            "identifikatorer": (
                logg.personer[-1].identifikatorer[0].model_copy(update={"verdi": "0"}),
            ),
        }
    )
    other = logg.model_copy(update={"personer": (*logg.personer[:-1], stranger)})
    assert "en-fremmed" not in aligned(logg, other)


@pytest.mark.parametrize("change", ["removed", "edited"])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_of_equal_entries_the_others_are_told_by_their_place(
    lab: Any, change: str, place: int
) -> None:
    """Every second meeting says the same; with one of them gone or edited, each of the others is
    the one it was."""
    mapping = lab.mapping("visma_samspill")
    wires = (w for w in lab.documents("visma_samspill", 61, 40) if w["calendar"])
    logg = mapping.decode(next(wires), lab.tenant).logg
    one = (*logg.moeter, *logg.kalender)[0]
    titles = ("Likt", "Først", "Likt", "Sist", "Likt")
    meetings = tuple(
        Moete(id=f"m-{i}", kildesystem=one.kildesystem, tittel=t) for i, t in enumerate(titles)
    )
    expected = logg.model_copy(update={"moeter": meetings})
    new = [m.model_copy(update={"id": f"ny-{i}"}) for i, m in enumerate(meetings)]
    if change == "removed":
        del new[place]
    else:
        new[place] = new[place].model_copy(update={"tittel": "Noe annet"})
    ids = aligned(expected, logg.model_copy(update={"moeter": tuple(new)}))
    assert ids == {m.id: f"m-{m.id.removeprefix('ny-')}" for m in new}
