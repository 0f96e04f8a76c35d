"""The work of the worker process: one attachment in, an archive form or a code out.

A valid PDF/A is left as it is. Another PDF, and an image, becomes page images in a PDF/A-2b; the
original is kept beside it by the caller. What is protected, broken or of another type is never
guessed at: a blank page that looks whole is worse than none. So what a file has is read on its own
(`pdfinnhold.py`) and held against what was drawn: a page that has content and came out as one
colour is a code, and a person's. Runs in a process of its own only, because what it parses comes
from outside.
"""

import re
from dataclasses import dataclass
from typing import Any

import page
import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

from gateway.errors import LocalFault
from gateway.snapshot import filtyper, pdfside
from gateway.snapshot.bildefil import flattened
from gateway.snapshot.pdfinnhold import Innhold
from gateway.snapshot.pdfslutt import Slutt, ending
from gateway.snapshot.refusert import Refused
from gateway.snapshot.render import Undrawable, draw_pages

MOST_PAGES = 500
_TITLES = {"nb": ("Vedlegg, sidebilder", "Side"), "nn": ("Vedlegg, sidebilete", "Side")}
# A reader of CR before `endstream` that is not one; veraPDF passes the files it doubts.
_TOLERATED = "-STREAM-LENGTH-001"
_PASSWORD = 4
_XFA = (2, 3)
# The claim in the metadata, as an element or as an attribute; PDF/A keeps metadata readable.
_PART = re.compile(rb"pdfaid:part(?:>|\s*=\s*[\"'])\s*([1-3])")
_CONFORMANCE = re.compile(rb"pdfaid:conformance(?:>|\s*=\s*[\"'])\s*([ABU])")


@dataclass(frozen=True, slots=True)
class Utfall:
    """`format` when the file may stay as it is, `body` when it was made anew, else `code`."""

    code: str = ""
    format: str = ""
    body: bytes = b""


def convert(body: bytes, language: str) -> Utfall:
    """What becomes of one attachment. Raises nothing that quotes the file."""
    kind = filtyper.filetype(body).kind
    try:
        if kind == "pdf":
            return _pdf(body, language)
        if kind in ("png", "jpeg"):
            return Utfall(body=_finished([pdfside.from_picture(flattened(body))], language))
    except Refused as refused:
        return Utfall(code=refused.code)
    except (MemoryError, Image.DecompressionBombError):
        return Utfall(code="VEDLEGG_FOR_STORT")
    return Utfall(code="VEDLEGG_UKJENT_TYPE")


def _pdf(body: bytes, language: str) -> Utfall:
    end = ending(body)
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        protected = getattr(error, "err_code", 0) == _PASSWORD or b"/Encrypt" in body
        raise Refused("VEDLEGG_PASSORD" if protected else "VEDLEGG_OEDELAGT") from None
    try:
        return _opened(document, body, end, language)
    except pypdfium2.PdfiumError:
        raise Refused("VEDLEGG_OEDELAGT") from None
    finally:
        document.close()


def _opened(document: Any, body: bytes, end: Slutt, language: str) -> Utfall:
    if not end.there or len(document) == 0:
        raise Refused("VEDLEGG_OEDELAGT")
    kept = _pdfa(body) if end.exact and end.alone else ""
    if len(document) > MOST_PAGES and not kept:
        raise Refused("VEDLEGG_FOR_STORT")
    held = Innhold(body)
    code = held.code or _beside(document)
    # A valid PDF/A that is kept has its files and layers in it still.
    if code and not (kept and code != "VEDLEGG_XFA"):
        raise Refused(code)
    if held.broken or len(document) < held.count:
        raise Refused("VEDLEGG_OEDELAGT")
    if not end.whole or (not end.exact and (held.unclear or held.uneven)):
        # More than the pointer is off: bytes were lost on the way, not only counted wrong.
        raise Refused("VEDLEGG_OEDELAGT")
    # A changed byte may break a rule that the check here does not know; then it is made anew.
    if kept and held.summed and pdfside.fits(document):
        pdfside.look(document, held)
        return Utfall(format=kept)
    document.init_forms()
    pages = [pdfside.drawn(document, nr, held) for nr in range(len(document))]
    return Utfall(body=_finished(pages, language))


def _beside(document: Any) -> str:
    """The code of what the pages cannot show, as the renderer knows it: it can open what is
    encrypted, and only it."""
    if document.get_formtype() in _XFA:
        return "VEDLEGG_XFA"
    return "VEDLEGG_FILER_INNI" if document.count_attachments() else ""


def _pdfa(body: bytes) -> str:
    """The PRONOM code of the PDF/A the file declares and is, or an empty text."""
    part, conformance = _PART.search(body), _CONFORMANCE.search(body)
    if part is None or conformance is None:
        return ""
    # Named, because a file that is PDF/UA too declares two profiles and the validator asks which.
    flavour = (part[1] + conformance[1]).decode("ascii").lower()
    if flavour not in filtyper.PDFA:
        return ""
    try:
        report = page.validate_pdf_bytes(body, profile=flavour)
    except page.PageError:
        return ""
    wrong = [one for one in report.failures if not one.rule_id.endswith(_TOLERATED)]
    return "" if wrong else filtyper.PDFA[flavour]


def _finished(pages: list[pdfside.Side], language: str) -> bytes:
    title, word = _TITLES[language]
    told = [
        {"bilde": one.jpeg, "bredde": one.width, "hoeyde": one.height, "navn": f"{word} {nr}"}
        for nr, one in enumerate(pages, 1)
    ]
    try:
        return draw_pages(told, {"tittel": title, "spraak": language})
    except (LocalFault, Undrawable):
        raise Refused("VEDLEGG_OEDELAGT") from None
