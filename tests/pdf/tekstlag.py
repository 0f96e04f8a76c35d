"""What a PDF says in its text layer, held against what the document was to say, in order.

The whole body of the pages is compared: every string of the document must stand there in its turn,
and nothing else may stand between them than a table's header that is repeated on the next page.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pypdfium2

_MM = 72 / 25.4
_TOP, _BOTTOM = 24 * _MM, 22 * _MM
# Spaces and line breaks, hyphens that end a line, joiners, and the template's own separators; and
# what is beyond the first plane, because the reader of the text layer loses one where a line ends.
_LOOSE = re.compile(
    r"[\s\u00ad\u200b\u2060\ufe0e\ufe0f\x02\ufffe\ufffd\-\u2010\u2011:·•\U00010000-\U0010ffff]+"
)
_NOT_TEXT = frozenset({"k", "tone", "merketone", "bredder", "nivaa"})
_RTL = frozenset({"R", "AL", "AN"})


def folded(text: str) -> str:
    """The text without what layout may change."""
    return _LOOSE.sub("", unicodedata.normalize("NFKC", text))


def body_text(pdf: bytes) -> str:
    """The folded text of all pages, without running heads and feet."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        found = []
        for page in document:
            width, height = page.get_size()
            layer = page.get_textpage()
            found.append(layer.get_text_bounded(0, _BOTTOM, width, height - _TOP))
            layer.close()
            page.close()
    finally:
        document.close()
    return folded("".join(found))


def whole_text(pdf: bytes) -> str:
    """The text of all pages with their heads and feet, a line break being a space."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        layers = [page.get_textpage() for page in document]
        return " ".join(" ".join(layer.get_text_range().split()) for layer in layers)
    finally:
        document.close()


def drawn(document: Any) -> Iterator[str]:
    """Every string of a document that the template shall draw, in reading order."""
    yield from _strings(document["baand"])
    yield from _strings(document["blokker"])


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            if key not in _NOT_TEXT:
                yield from _strings(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _strings(value)


def headers(document: Any) -> set[str]:
    """The folded header rows of the document's tables."""
    found: set[str] = set()
    waiting: list[Any] = [document["blokker"]]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if node.get("k") == "tabell":
                found.add(folded("".join(node["hode"])))
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def missing(document: Any, pdf: bytes) -> list[str]:
    """The strings that do not stand in their turn, and what stands there that should not."""
    text, at, wrong = body_text(pdf), 0, []
    repeated = headers(document)
    for string in drawn(document):
        wanted = folded(string)
        if not wanted:
            continue
        for head in repeated:
            if text.startswith(head, at) and not text.startswith(wanted, at):
                at += len(head)
        end = _match(text, wanted, at, repeated)
        if end is None:
            wrong.append(string)
        else:
            at = end
    return wrong if at == len(text) or wrong else [f"extra: {text[at : at + 40]}"]


def _match(text: str, wanted: str, at: int, repeated: set[str]) -> int | None:
    """Where `wanted` ends when it stands at `at`; a repeated header may stand inside it."""
    if text.startswith(wanted, at):
        return at + len(wanted)
    there = text[at : at + len(wanted)]
    backwards = any(unicodedata.bidirectional(c) in _RTL for c in wanted)
    # Right-to-left script is read back in the order it is seen, with its brackets mirrored.
    if backwards and sorted(there.replace("]", "[")) == sorted(wanted.replace("]", "[")):
        return at + len(wanted)
    for head in repeated:
        cut = text.find(head, at, at + len(wanted) + len(head))
        if cut >= 0 and (text[at:cut] + text[cut + len(head) :]).startswith(wanted):
            return at + len(wanted) + len(head)
    return None
