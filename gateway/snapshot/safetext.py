"""Text as the pinned fonts and PDF/A can carry it: what cannot be drawn is made visible, not lost.

A character without a glyph, a control, a bidi control, a private use or an unassigned code point
is written as `[U+XXXX]` and its code point is reported. The words around it are untouched: this is
not a filter of content. Nothing here may drop a character that a reader would miss.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_NEWLINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_MANY = re.compile(r"\n[ \t]*\n[ \t\n]*\n")
# Bullets and ticks of symbol fonts that Word leaves behind as private use characters.
_WORD = {
    0xF0B7: "•", 0xF0A7: "▪", 0xF0FC: "✓", 0xF0D8: "➢", 0xF0E0: "→", 0xF0A8: "☐", 0xF0FE: "☒",
}  # fmt: skip
# Longer than any word people write: it would run off the paper. A SHA-256 is left whole.
_TOKEN = re.compile(r"(?<!\S)(?![0-9a-f]{64}(?!\S))\S{31,}")
_PIECE = 20
_INVISIBLE = frozenset({0x09, 0x0A, 0xAD, 0x200C, 0x200D, 0x2060, 0xFE0E, 0xFE0F})
# Enclosing marks too: they are drawn over what stands before them.
_UNFIT = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Me", "Zl", "Zp"})


@lru_cache(maxsize=4)
def undrawable(drawable: frozenset[int]) -> re.Pattern[str]:
    """One character class of everything that is not among `drawable` or is not fit for a page."""
    fit = _INVISIBLE | {c for c in drawable if unicodedata.category(chr(c)) not in _UNFIT}
    runs: list[list[int]] = []
    for code in sorted(fit):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    inside = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in runs)
    return re.compile(f"[^{inside}]")


class SafeText:
    """Makes text safe and remembers which code points it had to write out.

    `denied` are clusters that the typesetter refused although each character has a glyph.
    """

    def __init__(self, drawable: frozenset[int], denied: frozenset[str] = frozenset()) -> None:
        self._unfit = undrawable(drawable)
        self._denied = sorted(denied, key=len, reverse=True)
        self._found: set[str] = set()

    @property
    def replaced(self) -> tuple[str, ...]:
        """Code points written out so far, as `U+XXXX`, sorted; never the text around them."""
        return tuple(sorted(self._found, key=lambda code: int(code[2:], 16)))

    def __call__(self, text: str) -> str:
        """The text in NFC with line breaks as `\\n`, at most one empty line, long tokens cut."""
        if text.isascii() and text.isprintable() and len(text) < 31 and not self._denied:
            return text
        text = unicodedata.normalize("NFC", _NEWLINES.sub("\n", text).translate(_WORD))
        text = _MANY.sub("\n\n", text).strip("\n")
        made, last = [], 0
        for token in _TOKEN.finditer(text):
            made.append(self._shown(text[last : token.start()]))
            made.append("\u200b".join(self._shown(piece) for piece in _pieces(token[0])))
            last = token.end()
        made.append(self._shown(text[last:]))
        return "".join(made)

    def _shown(self, text: str) -> str:
        text = self._unfit.sub(lambda found: self._written(found[0]), text)
        for cluster in self._denied:
            if cluster in text:
                text = text.replace(cluster, "".join(self._written(c) for c in cluster))
        return text

    def _written(self, character: str) -> str:
        code = f"U+{ord(character):04X}"
        self._found.add(code)
        return f"[{code}]"


def _pieces(token: str) -> Iterator[str]:
    """Cuts that never part a letter from its marks, joiners or variation selectors."""
    start = 0
    while start < len(token):
        end = min(start + _PIECE, len(token))
        while end < len(token) and _clings(token, end):
            end += 1
        yield token[start:end]
        start = end


def _clings(token: str, at: int) -> bool:
    clinging = unicodedata.combining(token[at]) or token[at] in "\u200c\u200d\ufe0e\ufe0f"
    return bool(clinging) or token[at - 1] == "\u200d"
