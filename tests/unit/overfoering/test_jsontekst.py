"""JSON that two readers could read differently is refused (the protocol's chapter 3)."""

import json

import pytest

from schemas.overfoering import meldinger
from schemas.overfoering.jsontekst import LARGEST, parsed
from schemas.overfoering.manifest import Manifest
from schemas.overfoering.meldinger import Ulest, read
from schemas.overfoering.newer import without_nulls
from tests.contract.overfoering import tabeller

TILBUD = tabeller.examples()["tilbud"]


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', '{"b":[{"a":1,"\\u0061":2}]}', '{"a":NaN}', '{"a":-Infinity}', "{", "\xff"],
)
def test_what_is_no_one_thing_is_a_fault(text):
    """A name twice, also written in two ways; what is no number; what does not end."""
    with pytest.raises(ValueError):
        parsed(text.encode("latin-1"))


def test_a_number_beyond_every_reader_is_no_whole_number():
    """So no field takes it, and a newer minor's own may have it."""
    assert parsed(str(LARGEST).encode()) == LARGEST
    for text in (str(LARGEST + 1), "-" + "1" * 30, "1" * 6000, "-0"):
        assert isinstance(parsed(text.encode()), float)


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("hode", "nr", "1"), ("hode", "nr", True), ("hode", "forsoek", 1.0),
        ("innhold", "innholdStoerrelse", LARGEST + 1), ("innhold", "antallOppmerksomheter", "2"),
        ("innhold", "virksomhet", "٨٩٩٢٠١٢٠٩"), ("hode", "sendt", "٢٠٢٦-11-27T09:01:00Z"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_a_fault(part, name, value):
    """A number in quotes is one to some readers and none to others."""
    changed = TILBUD | {part: TILBUD[part] | {name: value}}
    for version in ("1.1", "1.99"):
        changed["hode"] = changed["hode"] | {"versjon": version}
        with pytest.raises(Ulest, match="UGYLDIG_MELDING"):
            read(json.dumps(changed).encode())


def test_every_example_is_still_read_and_written():
    """To the same bytes."""
    for name, example in tabeller.examples().items():
        if "hode" in example:
            hode, innhold = read(json.dumps(example).encode())
            assert json.loads(meldinger.write(hode, innhold)) == example, name


def test_null_is_left_out_wherever_the_member_may_be():
    """Lists, nested objects and the manifest too; a member nobody knows is not made known by it."""
    done = tabeller.examples()["fullfoert"]
    content = done["innhold"] | {"linjer": None, "avvik": None, "utfall": None}
    _, found = read(json.dumps(done | {"innhold": content}).encode())
    assert found.linjer == ()
    basis = TILBUD["innhold"]["grunnlag"] | {"bevisSha256": None}
    read(json.dumps(TILBUD | {"innhold": TILBUD["innhold"] | {"grunnlag": basis}}).encode())
    manifest = tabeller.examples()["manifest"] | {"utelatt": None, "versjon": None}
    manifest["filer"] = [one | {"gjelder": None} for one in manifest["filer"]]
    Manifest.model_validate_json(json.dumps(without_nulls(Manifest, manifest)), strict=True)
    for wrong in ({"nytt": None}, {"frist": None}):
        with pytest.raises(Ulest):
            read(json.dumps(TILBUD | {"innhold": TILBUD["innhold"] | wrong}).encode())
