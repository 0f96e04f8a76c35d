"""What a newer minor says more is passed over at every depth; one's own says nothing unknown (the
protocol's 4.5), and small truths of how a message is written."""

import json
from pathlib import Path

import pytest

from schemas.overfoering import meldinger, newer
from schemas.overfoering.koder import VERSJON
from schemas.overfoering.meldinger import Ulest, read
from schemas.stafettlogg.logg import Stafettlogg
from tests.contract.overfoering import tabeller

EXAMPLES = {k: v for k, v in tabeller.examples().items() if "hode" in v}


def planted(value, deep):
    """The same with a member nobody knows in every object from `deep` down."""
    if isinstance(value, dict):
        inner = {k: planted(v, deep - 1) for k, v in value.items()}
        return inner | ({"nytt": {"noe": 1}} if deep <= 0 else {})
    return [planted(one, deep) for one in value] if isinstance(value, list) else value


def told(message, version=VERSJON):
    """The message as bytes."""
    head = message["hode"] | {"versjon": version}
    return json.dumps(message | {"hode": head}).encode()


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
@pytest.mark.parametrize("deep", [0, 1, 2])
def test_a_newer_minor_is_read_as_what_we_know_of_it(kind, deep):
    """Beside head and content, in them, and in what they hold."""
    assert read(told(planted(EXAMPLES[kind], deep), "1.99")) == read(told(EXAMPLES[kind], "1.99"))


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
@pytest.mark.parametrize("version", ["1.0", VERSJON])
def test_an_unknown_member_of_a_known_version_is_a_fault(kind, version):
    """At whatever depth."""
    for deep in (0, 1):
        with pytest.raises(Ulest, match="UGYLDIG_MELDING"):
            read(told(planted(EXAMPLES[kind], deep), version))


def test_a_byte_order_mark_says_nothing_and_null_is_left_out():
    """Some writers' habits."""
    message = EXAMPLES["tilbud"]
    whole = read(told(message))
    assert read(b"\xef\xbb\xbf" + told(message)) == whole
    content = message["innhold"] | {"gruppe": None, "person": None}
    assert read(told(message | {"innhold": content})) == whole
    with pytest.raises(Ulest):
        read(told(message | {"innhold": message["innhold"] | {"frist": None}}))


def test_a_log_is_read_but_for_what_is_newer():
    """What was passed over is named by place, without the name of what nobody knows."""
    logg = {
        "id": "l", "nytt": "x", "personer": [{"id": "p", "navn": "N", "nytt": 1}, {"id": "q"}],
        "oppmerksomheter": [{"id": "o", "maal": [{"id": "m", "nytt": []}]}],
    }  # fmt: skip
    kept, places = newer.known(Stafettlogg, logg)
    assert sorted(places) == ["*", "oppmerksomheter.maal.*", "personer.*"]
    assert kept["personer"] == [{"id": "p", "navn": "N"}, {"id": "q"}]
    assert kept["oppmerksomheter"][0]["maal"] == [{"id": "m"}]
    assert newer.known(Stafettlogg, kept) == (kept, ())
    assert newer.known(Stafettlogg, ["noe annet"]) == (["noe annet"], ())


def test_the_schemas_say_what_the_text_says():
    """`protokoll` is always there; the log's own schema lies beside, under its own name."""
    folder = Path(meldinger.__file__).parent / "skjema"
    for path in folder.glob("*.schema.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        if "hode" in schema.get("properties", {}):
            assert "protokoll" in schema["properties"]["hode"]["required"], path.name
    beside = json.loads((folder / "stafettlogg.schema.json").read_text(encoding="utf-8"))
    assert beside["$id"] == "urn:stafettlogg:logg:1"
