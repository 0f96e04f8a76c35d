"""The words of a snapshot: both written standards have them all, and every known code has one."""

import ast
import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from gateway.snapshot import deler, glyphs
from gateway.snapshot.grunner import Grunn
from gateway.snapshot.ordliste import ordliste
from gateway.snapshot.safetext import SafeText
from gateway.snapshot.skrifter import DEJAVU_SANS_MONO
from schemas.stafettlogg import kodeverk as k
from schemas.stafettlogg.entitet import Entitet

ROOM = Path(deler.__file__).parents[1]
_LABEL = re.compile(r'(?:words|ordliste\(\w+\))\["(\w+)"\]|flag\([\w, ".]+?"\w+", "(\w+)"\)')
# The (label, value) pairs given to `labelled`, and the pairs of `cards`.
_PAIR = re.compile(
    r'\("(\w+)",\s*(?:les\.|join|same|around|size|level|words|contact|moment_text|name|""|written|'
    r"derived|source)"
)
CLOSED: dict[str, type[StrEnum]] = {
    "kildesystem": k.Kildesystem, "plantype": k.Plantype, "loggstatus": k.Loggstatus,
    "hovedpersontype": k.Hovedpersontype, "identtype": k.Identtype,
    "foreldreansvar": k.Foreldreansvar, "rolle": k.Rolle, "deltakerstatus": k.Deltakerstatus,
    "tilgangsomfang": k.Tilgangsomfang, "samtykkeomfang": k.Samtykkeomfang,
    "samtykkestatus": k.Samtykkestatus, "signaturstatus": k.Signaturstatus,
    "samtykkeform": k.Samtykkeform, "rettsgrunnlag": k.Rettsgrunnlag,
    "oppmerksomhetsstatus": k.Oppmerksomhetsstatus, "maalarena": k.Maalarena,
    "tiltaksarena": k.Tiltaksarena, "tiltakstatus": k.Tiltakstatus, "virket": k.Virket,
    "utfall": k.Utfall, "moetetype": k.Moetetype, "moeteform": k.Moeteform,
    "maaltype": k.Overfoeringsmaaltype, "ip_forhold": k.IpForhold, "maalform": k.Maalform,
}  # fmt: skip
both = pytest.mark.parametrize("form", list(k.Maalform))


def asked() -> set[str]:
    """Labels that the parts ask for by name."""
    found: set[str] = set()
    for path in ROOM.rglob("*.py"):
        text = path.read_text("utf-8")
        found |= {one for pair in _LABEL.findall(text) for one in pair if one}
        found |= set(_PAIR.findall(text))
    return found


def lists() -> set[str]:
    """Code lists that the parts ask for by name."""
    found = set()
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                last = node.args[-1] if node.args else None
                if node.func.attr in ("code", "codes") and len(node.args) == 3:
                    assert isinstance(last, ast.Constant)
                    found.add(last.value)
    return found


@both
def test_every_label_exists(form: k.Maalform) -> None:
    """No part asks for a word that is not there; reasons, arenas and kinds have theirs too."""
    words = ordliste(form)
    wanted = asked() | {f"grunn_{one}" for one in Grunn}
    wanted |= {f"arena_{one}" for one in (*k.Tiltaksarena, "uten")}
    wanted |= {
        f"vedlegg_{one}" for one in ("passord", "oedelagt", "ukjent_type", "for_stort", "tid")
    }
    assert len(wanted) > 120
    assert sorted(wanted - words.labels.keys()) == []


@both
def test_every_known_code_has_a_word(form: k.Maalform) -> None:
    """Each value of each closed list; and each list that a part asks for is there."""
    words = ordliste(form)
    for name, values in CLOSED.items():
        assert set(map(str, values)) == words.codes[name].keys() & set(map(str, values)), name
    assert sorted(lists() - words.codes.keys()) == []


@both
def test_a_code_without_a_word_keeps_its_code(form: k.Maalform) -> None:
    """Never guessed and never dropped."""
    assert ordliste(form).code("farge", "x:LILLA").endswith(" x:LILLA")


def test_the_two_say_the_same_things_in_their_own_words() -> None:
    """The same labels and codes in both; at least a third of the sentences differ."""
    nb, nn = ordliste(k.Maalform.NB), ordliste(k.Maalform.NN)
    assert nb.labels.keys() == nn.labels.keys()
    assert {n: set(c) for n, c in nb.codes.items()} == {n: set(c) for n, c in nn.codes.items()}
    same = [name for name, text in nb.labels.items() if text == nn.labels[name]]
    assert [name for name in same if len(nb.labels[name].split()) > 5] == []
    assert len(same) < len(nb.labels) * 2 / 3
    assert all(text.strip() for words in (nb, nn) for text in words.labels.values())


def test_every_word_can_be_drawn() -> None:
    """Our own words need no replacement."""
    safe = SafeText(glyphs.drawable())
    for form in k.Maalform:
        words = ordliste(form)
        for text in (
            *words.labels.values(),
            *(w for c in words.codes.values() for w in c.values()),
        ):
            assert safe(text) == text
    assert safe.replaced == ()


def test_every_kind_that_can_hold_raw_fields_has_a_name(lab: Any) -> None:
    """An entity of any kind may come with fields of the vendor's own."""
    from gateway.snapshot.deler.opphav import entities

    for name, log, _files in lab.corpus():
        for one in entities(log):
            raw = one.model_copy(update={"raa": '{"x":1}'})
            assert isinstance(raw, Entitet)
        marked = _marked(log)
        assert lab.build(marked).regnskap.shown, name


def _marked(value: Any) -> Any:
    """The log with a raw field on every entity."""
    if isinstance(value, tuple):
        return tuple(_marked(one) for one in value)
    if not isinstance(value, Entitet):
        return value
    inner = {name: _marked(getattr(value, name)) for name in type(value).model_fields}
    return value.model_copy(update=inner | {"raa": '{"x":1}'})


def test_the_built_in_symbols_are_really_there(lab: Any, first: Any) -> None:
    """The font without a file has each symbol we say it has: the typesetter would refuse one."""
    symbols = [chr(c) for low, high in DEJAVU_SANS_MONO for c in range(low, high + 1)]
    _made, pdf = lab.draw(first[0].model_copy(update={"om_meg": " ".join(symbols)}))
    assert re.search(r"\[U\+[0-9A-F]{4}", lab.layer.body_text(pdf)) is None
