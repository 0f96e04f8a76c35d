"""An evaluation as a comment in fixed readable words.

One that a person wrote is read as an evaluation only when it is exactly that; one of ours also when
a person has written more in it, which is its text.
"""

from typing import Any

from mappings import blokk
from mappings.visma_samspill import koder
from mappings.visma_samspill.tiltaksblokk import is_day

_FIRST = "Evaluering"
_UNSAID = "ikke tatt stilling til virkning"
_AGREED = {True: "ja", False: "nei"}
_SAID = {"ja": True, "nei": False}
_LABELS: blokk.Labels = {
    _FIRST: (koder.ORD_VIRKET.keys() | {_UNSAID}).__contains__,
    "Farge": blokk.anything,
    "Dato": is_day,
    "Familien enig": _SAID.__contains__,
    "Veien videre": koder.ORD_UTFALL.__contains__,
}
# The lines themselves, made once.
_VIRKET: dict[Any, str] = {None: f"{_FIRST}: {_UNSAID}"}
_VIRKET |= {virket: f"{_FIRST}: {word}" for virket, word in koder.VIRKET_ORD.items()}
_FARGE = {farge: f"Farge: {word}" for farge, word in koder.FARGE_ORD.items()}
_ENIG = {enig: f"Familien enig: {word}" for enig, word in _AGREED.items()}
_UTFALL = {utfall: f"Veien videre: {word}" for utfall, word in koder.UTFALL_ORD.items()}


def write(entity: dict[str, Any]) -> str:
    """The comment's text for an evaluation's values."""
    virket, farge, utfall = entity["virket"], entity["farge"], entity["utfall"]
    dato, enig = entity["dato"], entity["familien_enig"]
    lines = [_VIRKET[virket]]
    if farge is not None:
        lines.append(_FARGE.get(farge) or f"Farge: {koder.word(koder.FARGE_ORD, farge)}")
    if dato is not None:
        lines.append(f"Dato: {dato}")
    if enig is not None:
        lines.append(_ENIG[enig])
    if utfall is not None:
        lines.append(_UTFALL[utfall])
    return blokk.write(lines, entity["tekst"], _LABELS) or ""


def read(text: str | None, *, ours: bool = False) -> dict[str, Any] | None:
    """The evaluation's values; None when the text is no evaluation, or, unless it is one of `ours`,
    not exactly what `write` gives."""
    if text is None or f"{_FIRST}: " not in text:
        return None
    pairs, rest = blokk.parse(text, _LABELS)
    said = dict(pairs)
    if _FIRST not in said:
        return None
    values = {
        "virket": koder.ORD_VIRKET.get(said.get(_FIRST, "")),
        "farge": koder.code(koder.ORD_FARGE, said["Farge"]) if "Farge" in said else None,
        "dato": said.get("Dato"),
        "familien_enig": _SAID.get(said.get("Familien enig", "")),
        "utfall": koder.ORD_UTFALL.get(said.get("Veien videre", "")),
        "tekst": rest,
    }
    return values if ours or write(values) == text else None
