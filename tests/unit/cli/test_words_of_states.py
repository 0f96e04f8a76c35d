"""Every state a person is shown has words in all three languages, and a code is shown as no state.

Programs get the codes; a person who reads Norwegian is not shown `drifted`.
"""

import ast
from pathlib import Path

import pytest

from gateway.cli.ran import word
from gateway.plan.step import StepKind
from gateway.run import sampling
from gateway.texts.catalogue import LANGUAGES, Catalogue

GATEWAY = Path(__file__).parents[3] / "gateway"
STATES = ("settled", "drifted", "missing", "partial", "superseded", "passive", "erased", "extra")
EFFECTS = ("intensjon", "ferdig", "parkert", "holdt", "flyttet")
CHANGES = ("changed", "missing", "extra")
PLANS = ("henter", "klar", "tom", "ufullstendig")
RUNS = ("kjoerer", "pauset", "avbrutt", "stoppet", "ferdig", "avvik", "ufullstendig")


def written(*files):
    """Every literal of some files of the gateway."""
    return {
        node.value
        for file in files
        for node in ast.walk(ast.parse((GATEWAY / file).read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words(language):
    """Of findings, steps, effects, plans, runs, samples and places."""
    labels = Catalogue(language).labels()
    wanted = {f"outcome_{one}" for one in STATES} | {f"change_{one}" for one in CHANGES}
    wanted |= {f"short_{one.value}" for one in StepKind} | {f"step_{one.value}" for one in StepKind}
    wanted |= {f"state_{one}" for one in (*PLANS, *RUNS)} | set(EFFECTS)
    wanted |= {f"says_{one}" for one in (sampling.RIGHT, sampling.WRONG, sampling.MENDED)}
    assert sorted(wanted - labels.keys()) == []


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_no_norwegian_word_is_the_code(language):
    """Nobody is shown our own English name for a state."""
    texts = Catalogue(language)
    shown = {one: texts.label(f"outcome_{one}") for one in STATES if one != "extra"}
    shown |= {one: texts.change(one) for one in CHANGES if one != "extra"}
    shown |= {one.value: word(texts, one.value) for one in StepKind}
    assert [one for one, said in shown.items() if one in said.lower().split()] == []


def test_the_states_are_those_there_are():
    """A state that reconciliation learns is a state that somebody must find words for."""
    there = written("effects/reconciling.py", "reconcile/compare.py")
    assert set(STATES) <= there
    answers = (GATEWAY / "effects/reconciling.py").read_text("utf-8")
    assert all(f"`{one}`" in answers for one in STATES)


def test_a_place_that_could_not_be_read_keeps_its_code():
    """It is a code with a text of its own, not a kind of change."""
    assert Catalogue("nb").change("UGYLDIG_SVAR") == "UGYLDIG_SVAR"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clash_is_not_said_to_be_a_change_in_the_target(language):
    """A log that is gone from the target stands under the same heading."""
    said = Catalogue(language).label("step_clash").lower()
    assert not any(one in said for one in ("endret", "endra", "changed"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "code",
    ["KORT_LESING", "KILDE_KRYMPET", "TOM_SIDE", "DOBBEL_SIDE", "GJENTATT_MARKOER",
     "ANTALL_ENDRET_UNDERVEIS", "TOM_KILDE"],
)  # fmt: skip
def test_a_short_listing_is_told_of_the_system_that_was_read(language, code):
    """The target is listed too: its fault is not said to be the source's."""
    text = Catalogue(language).code(code)
    words = (text.what + text.do).lower()
    assert not any(one in words for one in ("kilde", "kjeld", "source"))
