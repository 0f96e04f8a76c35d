"""Look a text up by code. A code without a text is a defect that a test finds, not a crash."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
LANGUAGES = ("nb", "nn", "en")
_CODE = re.compile(r"[A-Z][A-Z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Text:
    """What a code means, and what the reader does next."""

    what: str
    do: str


@lru_cache(maxsize=8)
def _load(language: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / f"{language}.toml").read_text(encoding="utf-8"))


class Catalogue:
    """Texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "nb"
        self._texts = _load(self.language)

    def code(self, code: str) -> Text:
        """The text of an error, finding, remark or account code.

        A line of the mapped account has no code but the name of the rule that translated it.
        """
        found = self._texts["code"].get(code)
        labels = self._texts["label"]
        if found is None and not _CODE.fullmatch(code):
            return Text(labels["by_rule"], labels["nothing_to_do"])
        if found is None:
            return Text(labels["unknown_code"], labels["ask_support"])
        return Text(found["what"], found["do"])

    def reason(self, code: str) -> str:
        """Why a leaf is in its account: the code's text, or the mapping row's own words."""
        return self.code(code).what if code in self._texts["code"] else code

    def label(self, name: str) -> str:
        """A label of reports and tables."""
        return str(self._texts["label"].get(name, name))

    def change(self, name: str) -> str:
        """How a place differs, in words; a code (the place could not be read) stands as it is."""
        return self.labels().get(f"change_{name}", name)

    def labels(self) -> dict[str, str]:
        """Every label, for a template."""
        return {str(k): str(v) for k, v in self._texts["label"].items()}

    def known(self) -> frozenset[str]:
        """Every code that has a text."""
        return frozenset(self._texts["code"])
