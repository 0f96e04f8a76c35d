"""From plain data to PDF/A. The one file that knows the typesetter.

The document travels as one JSON value; no text of a log is ever part of template source, so it can
never be markup or code. Fonts are the pinned ones and no other. Bytes depend on the data, the
template, the fonts and the typesetter's version, and on nothing of the machine.
"""

import base64
import json
import os
import re
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

# Before the typesetter starts its threads: a night scales by processes, not within a document.
os.environ.setdefault("RAYON_NUM_THREADS", "1")

import typst

from gateway.errors import LocalFault
from gateway.snapshot import glyphs
from gateway.snapshot.ramme import Standard
from gateway.snapshot.sjekksum import sha
from gateway.snapshot.skrifter import FAMILIES

TEMPLATES = Path(__file__).with_name("maler")
LOG = TEMPLATES / "uttak.typ"
PAGES = TEMPLATES / "sider.typ"
_STANDARDS: Mapping[Standard, tuple[str, ...]] = {
    # PDF/UA-1 is in the same file, but PDF 1.4 has no accessible page headers.
    Standard.A1A: ("a-1a",),
    Standard.A2A: ("a-2a", "ua-1"),
    Standard.A3A: ("a-3a", "ua-1"),
}
_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><image width="100" '
    b'height="100" preserveAspectRatio="none" href="data:image/jpeg;base64,',
    b'"/></svg>',
)
_local = threading.local()
_REFUSED = re.compile(r'the text(?: contains the disallowed codepoint)? `"(.+?)"`', re.S)
_ESCAPED = re.compile(r"\\u\{([0-9a-fA-F]+)\}")


class Undrawable(Exception):
    """The typesetter refused a cluster of characters; it is in `cluster`, never in the message."""

    def __init__(self, cluster: str) -> None:
        super().__init__("UNDRAWABLE")
        self.cluster = cluster


@lru_cache(maxsize=4)
def template_sha(template: Path = LOG) -> str:
    """The checksum of a template."""
    return sha(template.read_bytes())


def draw(
    data: Mapping[str, Any], frozen: datetime, standard: Standard, attachment: bytes | None = None
) -> bytes:
    """The document as PDF/A. `attachment` is the JSON to embed, for A-3a alone.

    Raises Undrawable for a cluster to write out, LocalFault("PDF_FEIL") when the document breaks
    a rule of the standard.
    """
    whole = {**data, "skrifter": FAMILIES, "innebygd": attachment.decode() if attachment else None}
    body = json.dumps(whole, ensure_ascii=False)
    return _compiled(_compiler(LOG), {"data": body}, _STANDARDS[standard], frozen)


def draw_pages(pages: Sequence[Mapping[str, Any]], data: Mapping[str, Any]) -> bytes:
    """Page images as PDF/A-2b: no text, so that is all it may claim.

    `pages` are {"bilde", "bredde", "hoeyde", "navn"}: a JPEG and its size in points. Nothing of
    them is ever a file: the typesetter takes text from memory alone, so each picture travels in
    base64 inside an SVG, and stands in the PDF as the very JPEG it was. Raises
    LocalFault("PDF_FEIL").
    """
    files = {f"{nr}.svg": _wrapped(one["bilde"]) for nr, one in enumerate(pages)}
    told = [
        {"fil": f"{nr}.svg", **{key: one[key] for key in ("bredde", "hoeyde", "navn")}}
        for nr, one in enumerate(pages)
    ]
    compiler = typst.Compiler(
        input={"main.typ": PAGES.read_bytes(), **files},  # type: ignore[type-var]
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False),
        ignore_system_fonts=True,
    )
    body = json.dumps({**data, "sider": told}, ensure_ascii=False)
    return _compiled(compiler, {"data": body}, ("a-2b",), None)


def _wrapped(jpeg: bytes) -> bytes:
    return _SVG[0] + base64.b64encode(jpeg) + _SVG[1]


def _compiler(template: Path) -> typst.Compiler:
    found: dict[Path, typst.Compiler] = _local.__dict__.setdefault("compilers", {})
    if template not in found:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=True,
            font_paths=[str(glyphs.folder())],
        )
        found[template] = typst.Compiler(
            input=str(template),
            root=str(template.parent),
            font_paths=fonts,
            ignore_system_fonts=True,
        )
    return found[template]


def _compiled(
    compiler: typst.Compiler,
    inputs: dict[str, str],
    standards: Sequence[str],
    frozen: datetime | None,
) -> bytes:
    try:
        # The inputs are given every time: a compiler remembers those of the document before.
        made = compiler.compile(
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=list(standards),  # type: ignore[arg-type]
            timestamp=frozen if frozen is not None else 0,
        )
    except typst.TypstError as error:
        refused = _REFUSED.search(error.message)
        if refused is None:
            raise LocalFault("PDF_FEIL", place=_first_words(error.message)) from None
        cluster = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), refused[1])
        raise Undrawable(cluster) from None
    if not isinstance(made, bytes):
        raise LocalFault("PDF_FEIL", place="ingen_fil")
    return made


def _first_words(message: str) -> str:
    """What the typesetter complained of, up to the first thing it quotes."""
    return re.split(r"[`\"(]", message, maxsplit=1)[0].strip()[:80]
