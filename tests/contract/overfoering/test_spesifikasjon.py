"""The specification says what the code does: tables, fields, words, codes, schemas and examples."""

import json
import re
from pathlib import Path

import pytest

from connectors.fiks import manifest
from connectors.fiks.manifest import read_manifest, write_manifest
from gateway.effects.transferring import oversikt
from gateway.overfoering.avgiver import AVGIVER
from gateway.overfoering.bevis import compare
from gateway.overfoering.mottaker import MOTTAKER
from gateway.overfoering.tilstand import Effekt, Hendelse, Tilstand, Vakt
from schemas.overfoering import json_schema, koder
from schemas.overfoering.manifest import Manifest
from schemas.overfoering.meldinger import AVSENDERE, Ulest, read
from tests.contract.overfoering import tabeller
from tests.contract.overfoering.tabeller import DOCUMENTS, PARTS

OTHERS = {"manifest", "bevis"}
ROOT = Path(__file__).parents[3]
TEXTS = {language: path.read_text(encoding="utf-8") for language, path in DOCUMENTS.items()}
LANGUAGES = sorted(TEXTS)
LISTS = (koder.Meldingstype, koder.Maaltype, koder.Begrunnelse, koder.Rettet,
         koder.Avvisningsgrunn, koder.Resultat, koder.Innlogging,
         koder.Uforstaatt, koder.Utfall,
         Tilstand, Hendelse, Vakt, Effekt)  # fmt: skip
REFUSALS = (
    "gateway/effects/transferring/innboks.py", "gateway/effects/transferring/kvitteringer.py",
    "gateway/effects/transferring/pakking.py", "connectors/forsegling/forsegler.py",
    "connectors/fiks/konvolutt.py", "connectors/fiks/asice.py", "connectors/fiks/manifest.py",
    "connectors/fiks/trygg_xml.py", "schemas/overfoering/meldinger.py",
)  # fmt: skip
_RAISED = re.compile(r"(?:Rejected|RemoteFault|Ulest)\(\s*\"([A-Z_]+)\"")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_is_what_the_code_makes(language):
    """Every table and example between marks is made anew and is the same."""
    assert tabeller.filled(TEXTS[language], language) == TEXTS[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_table_is_seen(language):
    """One state exchanged in a table, and the document is not what the code makes."""
    broken = TEXTS[language].replace("`TILDELT` | `send:tildeling`", "`KLAR` | `send:tildeling`")
    assert broken != TEXTS[language]
    assert tabeller.filled(broken, language) != broken


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mark_is_there_once(language):
    """Each part, both tables, and an example of each type and of the manifest."""
    wanted = {f"felt:{name}" for name in PARTS} | {"tabell:avgiver", "tabell:mottaker"}
    wanted |= {f"eksempel:{name}" for name in tabeller.examples()}
    found = re.findall(r"<!-- (\w+:\w+) -->", TEXTS[language])
    assert sorted(found) == sorted(wanted)
    assert {kind.value for kind in koder.Meldingstype} | OTHERS == set(tabeller.examples())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", LISTS, ids=lambda one: one.__name__)
def test_every_word_is_in_the_document(language, words):
    """Types, reasons, results, states, events, guards and effects."""
    assert [one.value for one in words if f"`{one.value}`" not in TEXTS[language]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_in_the_document(language):
    """Codes rows carry, codes of receipts, and every refusal on the way in."""
    codes = {rule.kode for table in (AVGIVER, MOTTAKER) for rules in table.values()
             for rule in rules if rule.kode}  # fmt: skip
    codes |= {"SEKVENS_BRUTT", "TILBAKEFOERT"}
    for name in REFUSALS:
        found = set(_RAISED.findall((ROOT / name).read_text(encoding="utf-8")))
        assert found, name
        codes |= found
    codes -= {"OVERFOERING_ENDRET"}
    assert sorted(code for code in codes if f"`{code}`" not in TEXTS[language]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_says_what_is_as_the_code_has_it(language):
    """The table of types names the side that can say each."""
    both = {"nb": "begge", "en": "either"}[language]
    for kind, sides in AVSENDERE.items():
        row = re.search(rf"^\| `{kind.value}` \| (\S+) \|", TEXTS[language], re.MULTILINE)
        assert row, kind
        assert row[1] == (both if len(sides) == 2 else next(iter(sides)))


def test_both_documents_have_the_same_chapters():
    """Chapter by chapter, and with the same drawings."""
    chapters = {
        language: re.findall(r"^#+ ([\d.]+) ", text, re.MULTILINE)
        for language, text in TEXTS.items()
    }
    assert chapters["nb"] == chapters["en"]
    assert len({text.count("```mermaid") for text in TEXTS.values()}) == 1


@pytest.mark.parametrize("name", sorted(tabeller.examples()))
def test_the_examples_hold(name):
    """Each example is read as the code reads a message; with a field too many it is not."""
    example = tabeller.examples()[name]
    if name == "manifest":
        assert Manifest.model_validate_json(json.dumps(example))
        return
    if name == "bevis":
        proof = oversikt.from_json(json.dumps(example))
        assert compare(proof, proof).kode == ""
        assert json.loads(oversikt.to_json(proof)) == example
        return
    hode, _ = read(json.dumps(example).encode())
    assert hode.type.value == name
    example["innhold"]["fremmed"] = 1
    with pytest.raises(Ulest, match="UGYLDIG_MELDING"):
        read(json.dumps(example).encode())


@pytest.mark.parametrize("name", sorted(set(tabeller.examples()) - OTHERS))
def test_a_side_cannot_say_what_the_other_says(name):
    """The wrong side, and a message outside the chain or a receipt inside it, are invalid."""
    example = tabeller.examples()[name]
    example["hode"]["nr"] = int(name == "kvittering")
    with pytest.raises(Ulest, match="UGYLDIG_MELDING"):
        read(json.dumps(example).encode())
    example = tabeller.examples()[name]
    other = {"avgiver": "mottaker", "mottaker": "avgiver"}[example["hode"]["side"]]
    example["hode"]["side"] = other
    if len(AVSENDERE[koder.Meldingstype(name)]) == 1:
        with pytest.raises(Ulest, match="UGYLDIG_MELDING"):
            read(json.dumps(example).encode())
    else:
        assert read(json.dumps(example).encode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manifest_of_a_container_is_what_is_written(language):
    """The whole example is, but for the spaces, what our writer makes of those files."""
    example = re.search(r"```xml\n(.*?)```", TEXTS[language], re.DOTALL)[1].encode()
    told = read_manifest(example, "x")
    made = write_manifest(
        told.signature, [(one.uri, one.media_type, one.digest) for one in told.entries]
    )
    assert re.sub(rb">\s+<", b"><", example).strip() == re.sub(rb">\s+<", b"><", made)
    assert [one.uri for one in told.entries] == ["melding.json", "innhold.laast"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", [manifest.ASIC, manifest.ASIC_STANDARD, *manifest.DIGESTS])
def test_every_uri_of_a_manifest_that_is_read_is_in_the_document(language, word):
    """Both namespaces, and every digest."""
    assert f"`{word}`" in TEXTS[language]


def test_the_schemas_are_what_is_made_from_the_code():
    """Every file, byte for byte, and no other file."""
    made = json_schema.generate()
    stored = {p.name: p.read_text(encoding="utf-8") for p in json_schema.FOLDER.glob("*.json")}
    assert stored == made


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_cases_is_explained(language):
    """Each step and each option the cases use stands in chapter 14; so does each field of one."""
    chapter = TEXTS[language].partition("## 14 ")[2]
    folder = Path(json_schema.FOLDER).parent / "samsvar"
    words = set()
    for path in sorted(folder.glob("*.json")):
        if path.name == "eksempler.json":
            continue
        for case in json.loads(path.read_text(encoding="utf-8"))["proever"]:
            words |= set(case)
            for steg in case["steg"]:
                words |= set(steg)
                words |= {steg[name] for name in ("skade", "signer", "gjoer") if name in steg}
    assert len(words) > 30
    assert sorted(w for w in words if f"`{w}`" not in chapter and f'"{w}"' not in chapter) == []


def test_every_answer_of_a_comparison_is_in_the_documents():
    """What two proofs side by side can give."""
    source = (ROOT / "gateway" / "overfoering" / "bevis.py").read_text(encoding="utf-8")
    codes = set(re.findall(r"\"(BEVIS_[A-Z_]+)\"", source)) | {"BEVIS_LIKT"}
    assert len(codes) == 5
    assert all(f"`{code}`" in text for code in codes for text in TEXTS.values())
