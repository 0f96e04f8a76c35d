"""The words of a snapshot in bokmål and nynorsk: labels, and what each known code is called.

A code without a word is shown as it is, named as unknown: it is never guessed and never dropped.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from schemas.stafettlogg.kodeverk import Maalform

_FOLDER = Path(__file__).with_name("ord")


@dataclass(frozen=True, slots=True)
class Ordliste:
    """Labels by name, and words by code list and code."""

    maalform: Maalform
    labels: dict[str, str]
    codes: dict[str, dict[str, str]]

    def __getitem__(self, label: str) -> str:
        """A label. Raises KeyError for one that does not exist; a test asks for them all."""
        return self.labels[label]

    def code(self, codelist: str, code: str) -> str:
        """The word of a code; for one we do not know, the code itself beside the words for that."""
        word = self.codes[codelist].get(code)
        return word if word is not None else f"{self.labels['ukjent_kode']} {code}"


@lru_cache(maxsize=2)
def ordliste(maalform: Maalform) -> Ordliste:
    """The words of one written standard."""
    text = (_FOLDER / f"{maalform.value}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return Ordliste(maalform, data["label"], data["kode"])
