"""The tables and examples of the specification, made from the code so that neither can drift.

`python -m tests.contract.overfoering.tabeller` writes them anew between the marks of both
documents; the test beside this file fails when a document says anything else than the code does.
What a field means is said here once in each language; a field nobody has explained is a failure.
"""

import json
import re
from pathlib import Path
from typing import Any

from gateway.overfoering.avgiver import AVGIVER
from gateway.overfoering.mottaker import MOTTAKER
from gateway.overfoering.tabell import Tabell
from schemas.overfoering.ekko import Ekko
from schemas.overfoering.hode import Hode, Verdi
from schemas.overfoering.koder import Meldingstype
from schemas.overfoering.manifest import Manifest, Pakkefil, Utelatt
from schemas.overfoering.meldinger import INNHOLD, Grunnlag, Importlinje
from tests.contract.overfoering.ord import FELT

FOLDER = Path(__file__).parents[3] / "schemas" / "overfoering"
DOCUMENTS = {"nb": FOLDER / "SPESIFIKASJON.md", "en": FOLDER / "SPECIFICATION.md"}
EXAMPLES = FOLDER / "samsvar" / "eksempler.json"
_HEADS = {
    "nb": {
        "felt": ("Felt", "Type", "Må være der", "Betydning"),
        "tabell": ("Tilstand", "Hendelse", "Krever", "Når nei", "Ny tilstand", "Følger", "Kode"),
        "ja": "ja",
        "nei": "nei",
        "tom": "Ingen felt.",
    },
    "en": {
        "felt": ("Field", "Type", "Required", "Meaning"),
        "tabell": ("State", "Event", "Requires", "When no", "New state", "Effects", "Code"),
        "ja": "yes",
        "nei": "no",
        "tom": "No fields.",
    },
}
PARTS: dict[str, type[Verdi]] = {
    "hode": Hode,
    **{kind.value: INNHOLD[kind] for kind in Meldingstype},
    "grunnlag": Grunnlag,
    "linje": Importlinje,
    "manifest": Manifest,
    "pakkefil": Pakkefil,
    "utelatt": Utelatt,
    "ekko": Ekko,
}
_TABLES: dict[str, Tabell] = {"avgiver": AVGIVER, "mottaker": MOTTAKER}


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(one) + " |" for one in lines)


def _type(told: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in told:
        told = definitions[told["$ref"].rpartition("/")[2]] | {
            "title": told["$ref"].rpartition("/")[2]
        }
        if "enum" in told:
            return " / ".join(f"`{one}`" for one in told["enum"])
        return str(told["title"])
    if "anyOf" in told:
        return _type(next(o for o in told["anyOf"] if o.get("type") != "null"), definitions)
    if "const" in told:
        return f"`{told['const']}`"
    if "enum" in told:
        return " / ".join(f"`{one}`" for one in told["enum"])
    if told.get("type") == "array":
        return f"[{_type(told['items'], definitions)}]"
    if "pattern" in told:
        return f"`{told['pattern']}`".replace("|", "\\|")
    if told.get("type") == "integer":
        most = f"–{told['maximum']}" if "maximum" in told else "–"
        return f"{told.get('minimum', '')}{most}"
    if told.get("type") == "object" and "additionalProperties" in told:
        return "object"
    return str(told.get("type", ""))


def fields(name: str, language: str) -> str:
    """The fields of one part of the protocol."""
    heads = _HEADS[language]
    kind = PARTS[name]
    schema = kind.model_json_schema(by_alias=True)
    required = set(schema.get("required", ()))
    if kind is Hode:
        required.add("protokoll")
    rows = []
    for field, told in schema.get("properties", {}).items():
        said = FELT[name][field][0 if language == "nb" else 1]
        must = str(heads["ja"] if field in required else heads["nei"])
        rows.append((f"`{field}`", _type(told, schema.get("$defs", {})), must, said))
    return _table(tuple(heads["felt"]), rows) if rows else str(heads["tom"])


def transitions(name: str, language: str) -> str:
    """Every row of one state table."""
    rows = []
    for (state, event), rules in _TABLES[name].items():
        for rule in rules:
            rows.append(
                (
                    f"`{state.value}`",
                    f"`{event.value}`",
                    ", ".join(f"`{one.value}`" for one in rule.krever),
                    ", ".join(f"`{one.value}`" for one in rule.mangler),
                    f"`{rule.til.value}`",
                    ", ".join(f"`{one.value}`" for one in rule.effekter),
                    f"`{rule.kode}`" if rule.kode else "",
                )
            )
    return _table(tuple(_HEADS[language]["tabell"]), rows)


def examples() -> dict[str, Any]:
    """The examples of both documents: type of message, or `manifest`, to JSON."""
    told: dict[str, Any] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return told


def made(mark: str, language: str) -> str:
    """What stands between the marks of one name."""
    kind, _, name = mark.partition(":")
    if kind == "felt":
        return fields(name, language)
    if kind == "tabell":
        return transitions(name, language)
    body = json.dumps(examples()[name], ensure_ascii=False, indent=2)
    return f"```json\n{body}\n```"


_MARK = re.compile(r"<!-- (\w+:\w+) -->\n.*?<!-- /\1 -->", re.DOTALL)


def filled(text: str, language: str) -> str:
    """The document with every marked part made anew."""
    return _MARK.sub(
        lambda m: f"<!-- {m[1]} -->\n{made(m[1], language)}\n<!-- /{m[1]} -->",
        text,
    )


def main() -> None:
    """Write both documents."""
    for language, path in DOCUMENTS.items():
        path.write_text(filled(path.read_text(encoding="utf-8"), language), encoding="utf-8")


if __name__ == "__main__":
    main()
