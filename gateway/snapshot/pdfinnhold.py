"""What a PDF has, told apart from what a renderer shows of it: its pages, and what lies beside.

Three questions: is there something its pages cannot show (a form of another kind, files, hidden
layers); can every stream its pages are drawn from be opened; and does a page that came out as one
colour have content. What cannot be followed is taken to have content. It must never draw, and must
only run in the worker process.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from gateway.snapshot import pdfbilder, pdflag, pdfskrift
from gateway.snapshot.pdfobjekt import (
    EMPTY,
    ODD,
    Name,
    Pdf,
    Ref,
    Stream,
    Tokens,
    Unreadable,
    Word,
    unpacked,
)

_WRITES = frozenset({"Tj", "TJ", "'", '"'})
# Operators that draw nothing, by how many operands they have; None where that differs.
_COUNTED: tuple[tuple[int | None, str], ...] = (
    (0, "q Q BT ET EMC W W* n h T* BX EX"),
    (1, "w J j M ri i gs Tc Tw Tz TL Tr Ts g G cs CS BMC MP"),
    (2, "d Tf Td TD m l BDC DP d0"),
    (3, "rg RG"),
    (4, "re v y k K"),
    (6, "cm Tm c d1"),
    (None, "sc SC scn SCN"),
)
_SILENT = {word: count for count, words in _COUNTED for word in words.split()}
_PATHS = frozenset({"m", "l", "c", "v", "y", "re"})
# What a page or a note on it refers to and is not drawn from; and what no other thing is.
_BESIDE = frozenset(["P", "Popup", "IRT", "Dest", "A", "AA", "B", "Thumb", "Lock", "AF", "Pg"])
_NEVER = frozenset({"Parent", "Metadata", "PieceInfo"})
_BLANKS = "\0 \r\n\t\xa0\u200b"
# What is drawn by a name, and where the name is to be found.
_DRAWN = (
    ("XObject", "Do", re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]+)[\0\t\n\f\r ]+Do(?![A-Za-z])")),
    ("Shading", "sh", re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]+)[\0\t\n\f\r ]+sh(?![A-Za-z])")),
)  # fmt: skip
_NAMED = frozenset({"XObject", "Font"})
_MOST = 50_000
_DEEP = 60
_HIDDEN, _NO_VIEW, _PRINTED, _TOGGLED = 2, 32, 4, 256
"""Flags of an annotation (ISO 32000-1, table 165): never seen, not seen on a screen, seen on paper,
seen when it is pointed at."""


class Innhold:
    """What is in a file. Raises nothing for a bad one; MemoryError for one that unpacks too far.

    `unclear` when it cannot be followed on its own (encrypted, or written in a way this reader does
    not know). `code` when the pages do not show what the file is; `broken` when a stream that its
    pages are drawn from cannot be opened, or is not there; `uneven` when a stream is not as long as
    it says.
    """

    def __init__(self, body: bytes) -> None:
        self.code = ""
        self.unclear = self.broken = self.uneven = self.unseen = False
        self._pages: list[tuple[dict[str, Any], Any]] = []
        self._met = 0
        try:
            self._pdf = Pdf(body)
            self.code = self._beside()
            self.unclear = self._pdf.locked
            if not self.unclear:
                self._pages = list(self._leaves(self._pdf.catalog.get("Pages"), None, ()))
                self.broken = self.broken or self._pdf.closed
                self._look()
                if not self.code and any(self._on_paper(page) for page, _own in self._pages):
                    self.code = "VEDLEGG_LAG_AV"
        except ODD:
            self.unclear = True

    @property
    def summed(self) -> bool:
        """True when every packed stream has its sum: bytes that were changed have another."""
        return not self.unclear and self._pdf.summed

    @property
    def count(self) -> int:
        """How many pages the file's own tree has."""
        return len(self._pages)

    def has_content(self, nr: int, text: str | None) -> bool:
        """True unless page `nr` is shown to have nothing to draw.

        `text` is what the renderer reads on it; None when it cannot say.
        """
        if self.unclear or nr >= len(self._pages):
            return True
        try:
            return self._paints(*self._pages[nr], text)
        except ODD:
            return True

    def _beside(self) -> str:
        pdf, root = self._pdf, self._pdf.catalog
        form = pdf.of(root, "AcroForm").get("XFA")
        if pdf.get(form) or pdf.get(root.get("NeedsRendering")) is True:
            return "VEDLEGG_XFA"
        files = pdf.of(pdf.of(root, "Names"), "EmbeddedFiles")
        if "Collection" in root or files.get("Names") or files.get("Kids") or pdf.files > 1:
            return "VEDLEGG_FILER_INNI"
        return "VEDLEGG_LAG_AV" if pdflag.off(pdf, root) else ""

    def _leaves(
        self, node: Any, resources: Any, above: tuple[int, ...]
    ) -> Iterator[tuple[dict[str, Any], Any]]:
        """(page, resources) in order; a page that is not there breaks the file."""
        if isinstance(node, Ref):
            self._met += 1
            if node.nr in above or len(above) > _DEEP or self._met > _MOST:
                raise Unreadable
            above = (*above, node.nr)
        found = self._pdf.get(node)
        if not isinstance(found, dict):
            self.broken = True
            return
        resources = found.get("Resources", resources)
        kids = self._pdf.get(found.get("Kids"))
        if not isinstance(kids, list):
            yield found, resources
            return
        for kid in kids:
            yield from self._leaves(kid, resources, above)

    def _look(self) -> None:
        """Open every stream that the pages are drawn from, once."""
        seen: set[int] = set()
        waiting: list[tuple[Any, str]] = []
        for page, resources in self._pages:
            waiting += [(resources, "Resources"), (page, "Page")]
            if "Contents" in page and self._pdf.get(page["Contents"]) is None:
                self.broken = True
            self._names_are_there(self._contents(page), resources)
        while waiting and not self.broken:
            value, where = waiting.pop()
            if isinstance(value, Ref):
                if value.nr in seen:
                    continue
                seen.add(value.nr)
                value = self._pdf.get(value)
            if isinstance(value, Stream):
                self.uneven = self.uneven or not value.measured
                self.broken = not self._opens(value)
                self._form(value)
                value = value.told
            if isinstance(value, dict):
                if not self.code and pdflag.of_others(self._pdf, value):
                    self.code = "VEDLEGG_LAG_AV"
                if where in _NAMED and any(self._pdf.get(one) is None for one in value.values()):
                    self.broken = True
                beside = _BESIDE if where in ("Page", "Annots") else _NEVER
                waiting += [
                    (one, key)
                    for key, one in value.items()
                    if key not in beside and key not in _NEVER
                ]
            elif isinstance(value, list):
                waiting += [(one, where) for one in value]

    def _opens(self, stream: Stream) -> bool:
        if self._pdf.get(stream.told.get("Subtype")) == "Image":
            left = unpacked(self._pdf, stream)[1]
            self.unseen = self.unseen or left in pdfbilder.UNSEEN
            return pdfbilder.whole(self._pdf, stream)
        _, left, whole = unpacked(self._pdf, stream)
        packed = left in pdfbilder.UNSEEN and pdfbilder.whole_packed(self._pdf, stream)
        return whole and (not left or packed)

    def _contents(self, page: dict[str, Any]) -> bytes:
        """What a page's streams say, as far as it can be unpacked here."""
        found = self._pdf.get(page.get("Contents"))
        streams = (self._pdf.get(one) for one in (found if isinstance(found, list) else [found]))
        return b"\n".join(unpacked(self._pdf, s)[0] for s in streams if isinstance(s, Stream))

    def _form(self, stream: Stream) -> None:
        """A form that has what it draws with of its own; one without draws with its page's."""
        own = self._pdf.get(stream.told.get("Resources"))
        if self._pdf.get(stream.told.get("Subtype")) == "Form" and isinstance(own, dict):
            self._names_are_there(unpacked(self._pdf, stream)[0], own)

    def _names_are_there(self, body: bytes, resources: Any) -> None:
        """A thing that is drawn by a name, and that no page knows either, is lost."""
        pdf = self._pdf
        for kind, word, pattern in _DRAWN:
            if not any(True for _ in pattern.finditer(body)):
                continue
            known = set(pdf.of(pdf.get(resources), kind))
            for _page, own in self._pages:
                known |= set(pdf.of(pdf.get(own), kind))
            named = {Tokens(b"/" + one[1]).value() for one in pattern.finditer(body)}
            # Words on the page may look like it, so what is really drawn is read before it is said.
            if named - known and _drawn(body, word) - known:
                self.broken = True

    def _paints(self, page: dict[str, Any], resources: Any, text: str | None) -> bool:
        pdf = self._pdf
        for one in pdf.of(page, "Annots", list):
            note = pdf.get(one)
            if not isinstance(note, dict):
                return True
            if pdf.get(note.get("Subtype")) not in ("Link", "Popup") and not self._unseen(note):
                return True
        contents = pdf.get(page.get("Contents"))
        streams = [pdf.get(one) for one in (contents if isinstance(contents, list) else [contents])]
        if contents is None:
            return False
        bodies = []
        for stream in streams:
            if not isinstance(stream, Stream):
                return True
            body, left, whole = unpacked(pdf, stream)
            if left or not whole:
                return True
            bodies.append(body)
        return self._says(b"\n".join(bodies), pdf.get(resources), text)

    def _unseen(self, note: dict[str, Any]) -> bool:
        """True for a note that nobody sees in any way, and that says nothing."""
        flags = self._pdf.get(note.get("F"))
        if not isinstance(flags, int) or not flags & (_HIDDEN | _NO_VIEW):
            return False
        return not flags & (_PRINTED | _TOGGLED) and not self._has_value(note)

    def _has_value(self, note: dict[str, Any]) -> bool:
        """True for a field of a form with something in it, said of it or of one it is a part of."""
        held: Any = note
        for _ in range(_DEEP):
            if not isinstance(held, dict):
                return False
            value = self._pdf.get(held.get("V"))
            if value and value != "Off":
                return True
            held = self._pdf.get(held.get("Parent"))
        return True

    def _on_paper(self, page: dict[str, Any]) -> bool:
        """True when a page on paper has a note with a look that the page on a screen has not."""
        for one in self._pdf.of(page, "Annots", list):
            note = self._pdf.get(one)
            flags = self._pdf.get(note.get("F")) if isinstance(note, dict) else None
            if not isinstance(flags, int) or flags & _HIDDEN or not self._pdf.of(note, "AP"):
                continue
            if flags & _NO_VIEW and flags & _PRINTED:
                return True
        return False

    def _says(self, body: bytes, resources: Any, text: str | None) -> bool:
        """True when the operators draw something, or are none that a page has."""
        if b"\0" in body or (len(body) > EMPTY and not body.strip()):
            # Nobody writes a page of nothing at length: this is what was left of one.
            return True
        tokens, held, seen, pending = Tokens(body), [], Counter[str](), False
        while not tokens.done():
            value = tokens.value()
            if not isinstance(value, Word):
                held.append(value)
                continue
            seen[value] += 1
            if value == "Do":
                if not held or not self._plain_picture(held[-1], resources):
                    return True
            elif value in _WRITES:
                said = text is None or bool(text.strip(_BLANKS))
                said = said or not pdfskrift.believed(self._pdf, resources)
                if said and any(_letters(one) for one in held):
                    return True
            elif value not in _SILENT or _SILENT[value] not in (None, len(held)):
                return True
            pending = value in _PATHS or (pending and value != "n")
            held.clear()
        # A page that ends in the middle of something had more to say.
        return (
            bool(held)
            or pending
            or seen["q"] != seen["Q"]
            or seen["BT"] != seen["ET"]
            or (seen["BMC"] + seen["BDC"] != seen["EMC"])
        )

    def _plain_picture(self, name: Any, resources: Any) -> bool:
        """True when what is placed is a picture of one colour: then one colour is right."""
        found = self._pdf.get(self._pdf.of(resources, "XObject").get(str(name)))
        if not isinstance(name, Name) or not isinstance(found, Stream):
            return False
        is_image = self._pdf.get(found.told.get("Subtype")) == "Image"
        return is_image and pdfbilder.one_colour(self._pdf, found)


def _drawn(body: bytes, word: str) -> set[str]:
    """The names that an operator is given in a page's bytes."""
    tokens, last = Tokens(body), None
    names: set[str] = set()
    while not tokens.done():
        value = tokens.value()
        if isinstance(value, Word) and value == word and isinstance(last, Name):
            names.add(str(last))
        last = value
    return names


def _letters(value: Any) -> bool:
    """True when an operand of text has any byte."""
    if isinstance(value, list):
        return any(_letters(one) for one in value)
    return isinstance(value, bytes) and bool(value)
