"""The concern and what else of a goal has no field in Samspill, as a readable block (D-2).

Only goals that carry our reference have one: a native description is never read as a block.
"""

from typing import Any

from mappings import blokk
from mappings.visma_samspill import koder
from mappings.visma_samspill.tittel import cut, uncut

_CONCERN, _CATEGORY, _FACTORS = "Oppmerksomhet", "Kategori", "Opprettholdende faktorer"
_GROUND, _STATUS, _PART, _GOAL = "Hjemmel", "Oppmerksomhetens status", "Delmål", "Mål"
LABELS: blokk.Labels = dict.fromkeys(
    (_CONCERN, _CATEGORY, _FACTORS, _GROUND, _STATUS, _PART, _GOAL), blokk.anything
) | {_STATUS: koder.ORD_CONCERN.__contains__}
_MANY = frozenset({_PART})


def write(concern: dict[str, Any], goal: dict[str, Any]) -> tuple[str, str | None]:
    """Title and description of a goal of ours."""
    lines: list[str] = []
    if concern["tekst"] is not None:
        lines.append(f"{_CONCERN}: {concern['tekst']}")
    if concern["kategori"] is not None:
        lines.append(f"{_CATEGORY}: {koder.word(koder.KATEGORI_ORD, concern['kategori'])}")
    if concern["opprettholdende_faktorer"] is not None:
        lines.append(f"{_FACTORS}: {concern['opprettholdende_faktorer']}")
    if concern["hjemmel_ved_opprettelse"] is not None:
        lines.append(f"{_GROUND}: {concern['hjemmel_ved_opprettelse']}")
    if concern["status"] is not goal["status"]:
        lines.append(f"{_STATUS}: {koder.CONCERN_ORD[concern['status']]}")
    lines += [f"{_PART}: {part}" for part in goal["delmaal"]]
    title, whole = cut(goal["tittel"])
    if whole is not None:
        lines.append(f"{_GOAL}: {whole}")
    return title, blokk.write(lines, goal["beskrivelse"], LABELS)


def read(
    title: str, description: str | None, concern: dict[str, Any], goal: dict[str, Any]
) -> None:
    """Fill concern and goal from title and description; `goal["status"]` must be set."""
    pairs, goal["beskrivelse"] = blokk.parse(description, LABELS, _MANY)
    said = dict(pairs)
    concern["tekst"] = said.get(_CONCERN)
    if _CATEGORY in said:
        concern["kategori"] = koder.code(koder.ORD_KATEGORI, said[_CATEGORY])
    concern["opprettholdende_faktorer"] = said.get(_FACTORS)
    concern["hjemmel_ved_opprettelse"] = said.get(_GROUND)
    concern["status"] = koder.ORD_CONCERN.get(said.get(_STATUS, ""), goal["status"])
    goal["delmaal"] = tuple(value for label, value in pairs if label == _PART)
    goal["tittel"] = uncut(title, said.get(_GOAL))
