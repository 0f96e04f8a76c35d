"""What Conexus holds as a note because it has no other place for it, edited there by somebody: the
words come home, nothing gets an id twice, and there and home again changes nothing more."""

import copy
import re
from random import Random
from typing import Any

import pytest

from mappings.restore import restore
from schemas.stafettlogg.flat import compare

Wire = dict[str, Any]
_WORD = re.compile(r"ord-\d+-\d+-\d+-x")


def _append(note: Wire, word: str, _wire: Wire, _rng: Random) -> None:
    note["tekst"] = f"{note['tekst']} {word}"


def _retitle(note: Wire, word: str, _wire: Wire, _rng: Random) -> None:
    """The line below the label is another."""
    lines = (note["tekst"] or "").split("\n")
    lines[1:2] = [word]
    note["tekst"] = "\n".join(lines)


def _relabel(note: Wire, word: str, _wire: Wire, _rng: Random) -> None:
    """The label is another, so that the note can no longer be read as what it was."""
    rest = (note["tekst"] or "").partition("\n")[2]
    note["tekst"] = f"{word}\n{rest}"


def _replace(note: Wire, word: str, _wire: Wire, _rng: Random) -> None:
    note["tekst"] = word


def _view(note: Wire, word: str, _wire: Wire, _rng: Random) -> None:
    note["tekst"] = f"{note['tekst']}\nBarnets synspunkt: {word}"


def _attach(note: Wire, word: str, wire: Wire, rng: Random) -> None:
    """Another file, author, day and words."""
    files = [None, *(file["filId"] for file in wire["filer"])]
    note["filId"] = rng.choice(files)
    note["forfatter"] = rng.choice([a["personId"] for a in wire["ansatte"]] or [None])
    note["dato"] = "2026-11-02T08:00:00Z"
    note["tekst"] = f"{note['tekst']} {word}"


_EDITS = (_append, _retitle, _relabel, _replace, _view, _attach)


def _edited(base: Wire, rng: Random, name: str) -> tuple[Wire, set[str]]:
    """The document after somebody went through its notes, and the ids of those deleted."""
    wire, gone, kept = copy.deepcopy(dict(base)), set(), []
    for number, note in enumerate(wire["notater"]):
        if rng.random() < 0.15:
            gone.add(note["notatId"])
            continue
        if rng.random() < 0.6:
            rng.choice(_EDITS)(note, f"ord-{name}-{number}-x", wire, rng)
        kept.append(note)
    if rng.random() < 0.4:
        new = dict.fromkeys(("oppmerksomhetId", "filId", "forfatter", "dato"))
        kept.append(new | {"notatId": f"not-{name}", "tekst": f"ord-{name}-999-x"})
    if rng.random() < 0.1:
        wire["oppmerksomheter"] = []
    wire["notater"] = kept
    return wire, gone


def _through(mapping: Any, logg: Any, tenant: str) -> tuple[Wire, Any]:
    wire = mapping.parse(mapping.dump(mapping.encode(logg, tenant).wire))
    return wire, mapping.decode(wire, tenant).logg


@pytest.mark.parametrize("stays", [False, True], ids=["written back", "left as edited"])
def test_a_note_of_ours_edited_there_comes_home_once(lab: Any, stays: bool) -> None:
    """Four rounds: edit, home, there again. The next round starts from what we wrote, or from what
    the person left."""
    source, target = lab.mapping("visma_samspill"), lab.mapping("conexus_companion")
    seen = 0
    for number, wire in enumerate(lab.documents("visma_samspill", 127, 200)):
        ours = source.decode(wire, lab.tenant).logg
        base, _ = _through(target, ours, lab.tenant)
        rng = Random(f"notes-{number}")
        for turn in range(4):
            edited, gone = _edited(base, rng, f"{number}-{turn}")
            was, now = (target.decode(w, lab.tenant).logg for w in (base, edited))
            home = restore(was, now, ours)
            sent, ours = _through(source, home, lab.tenant)
            there, back = _through(target, ours, lab.tenant)
            words = _WORD.findall(target.dump(edited).decode())
            new = [word for word in words if word.startswith(f"ord-{number}-{turn}-")]
            seen += len(new)
            for document, mapping in ((sent, source), (there, target)):
                found = _WORD.findall(mapping.dump(document).decode())
                assert [found.count(word) for word in new] == [1] * len(new)
                # A thing that was deleted with its concern takes what was written of it along.
                assert set(words) <= set(found) or not edited["oppmerksomheter"]
            if not stays:
                assert not gone & {note["notatId"] for note in there["notater"]}
            assert restore(back, back, ours) == ours
            assert compare(ours, restore(was, now, ours)) == ()
            base = edited if stays else there
    assert seen > 500


def _with_minutes(lab: Any) -> Any:
    """Logs with minutes, each with the document Conexus holds and where its minutes stand."""
    source, target = lab.mapping("visma_samspill"), lab.mapping("conexus_companion")
    for wire in lab.documents("visma_samspill", 131, 60):
        ours = source.decode(wire, lab.tenant).logg
        if ours.referater:
            base, was = _through(target, ours, lab.tenant)
            texts = [(note["tekst"] or "").partition("\n")[0] for note in base["notater"]]
            yield ours, base, was, texts.index("Referat")


def test_minutes_that_still_read_as_such_are_edited(lab: Any) -> None:
    """Another title there is another title here, and nothing else; no note comes of it."""
    target = lab.mapping("conexus_companion")
    for ours, base, was, place in _with_minutes(lab):
        edited = copy.deepcopy(dict(base))
        text = edited["notater"][place]["tekst"].split("\n")
        edited["notater"][place]["tekst"] = "\n".join(["Referat", "Ny tittel", *text[2:]])
        home = restore(was, target.decode(edited, lab.tenant).logg, ours)
        assert home.referater[0].tittel == "Ny tittel"
        assert {(d.kind, d.field) for d in compare(ours, home)} == {("Moetereferat", "tittel")}


def test_minutes_that_do_not_are_a_note_and_that_is_told(lab: Any) -> None:
    """The minutes are as they were, the note says what was written, and the remark names it."""
    source, target = lab.mapping("visma_samspill"), lab.mapping("conexus_companion")
    for ours, base, was, place in _with_minutes(lab):
        edited = copy.deepcopy(dict(base))
        edited["notater"][place]["tekst"] = "Rettet"
        home = restore(was, target.decode(edited, lab.tenant).logg, ours)
        assert home.referater == ours.referater
        (note,) = home.notater
        assert note.tekst == "Rettet"
        remarks = source.encode(home, lab.tenant).remarks
        assert [r.entity for r in remarks if r.code == "SOM_NOTAT"] == [note.id]


def test_minutes_deleted_there_are_deleted_here(lab: Any) -> None:
    """That, and nothing else; emptying the note is the same."""
    target = lab.mapping("conexus_companion")
    for number, (ours, base, was, place) in enumerate(_with_minutes(lab)):
        edited = copy.deepcopy(dict(base))
        if number % 2:
            del edited["notater"][place]
        else:
            edited["notater"][place]["tekst"] = " "
        home = restore(was, target.decode(edited, lab.tenant).logg, ours)
        assert home == ours.model_copy(update={"referater": ours.referater[1:]})


def test_a_log_that_has_both_under_one_id_is_written_whole(lab: Any) -> None:
    """What came home before as a note with the id of the transcript no longer parks the log."""
    target = lab.mapping("conexus_companion")
    for ours, _base, was, place in _with_minutes(lab):
        note = was.notater[place].model_copy(update={"tekst": "Rettet"})
        both = ours.model_copy(update={"notater": (note,)})
        there, back = _through(target, both, lab.tenant)
        texts = [one["tekst"] for one in there["notater"]]
        assert texts.count("Rettet") == 1
        assert was.notater[place].tekst in texts
        assert restore(back, back, both) == both
