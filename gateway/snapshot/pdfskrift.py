"""Are a page's letters blanks because its fonts draw none, or only by the file's own word?

A table from codes to characters (/ToUnicode) is what the file says of itself: it can call any
letter a space. It is believed of a font that lies in the file, for then the drawing showed what
the letter looks like. Source: ISO 32000-1, 9.6.5, 9.8 and 9.10. Must only run in the worker
process.
"""

from typing import Any

from gateway.snapshot.pdfobjekt import Pdf

_PROGRAMS = frozenset({"FontFile", "FontFile2", "FontFile3"})


def believed(pdf: Pdf, resources: Any) -> bool:
    """True when what the page's fonts call blank is blank."""
    fonts = pdf.of(resources, "Font")
    return all(_believed(pdf, pdf.get(one)) for one in fonts.values())


def _believed(pdf: Pdf, font: Any) -> bool:
    if not isinstance(font, dict) or pdf.get(font.get("Subtype")) == "Type3":
        return False
    if "ToUnicode" not in font:
        return True
    below = [pdf.get(one) for one in pdf.of(font, "DescendantFonts", list)] or [font]
    return all(isinstance(one, dict) and _lies_here(pdf, one) for one in below)


def _lies_here(pdf: Pdf, font: dict[str, Any]) -> bool:
    return bool(_PROGRAMS & set(pdf.of(font, "FontDescriptor")))
