"""The work of the worker process: one attachment in, an archive form or a code out.

A valid PDF/A is left as it is. Another PDF, and an image, becomes page images in a PDF/A-2b; the
original is kept beside it by the caller. What is protected, broken or of another type is never
guessed at: a blank page that looks whole is worse than none. Runs in a process of its own only,
because what it parses comes from outside.
"""

import io
import re
from dataclasses import dataclass
from typing import Any

import page
import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageOps, UnidentifiedImageError

from gateway.errors import LocalFault
from gateway.snapshot import filtyper
from gateway.snapshot.render import Undrawable, draw_pages

DPI = 200
MOST_PAGES = 500
MOST_PIXELS = 16_000_000
QUALITY = 85
A4 = (595.28, 841.89)
_MARGIN = 28.0
_TITLES = {"nb": ("Vedlegg, sidebilder", "Side"), "nn": ("Vedlegg, sidebilete", "Side")}
# A reader of CR before `endstream` that is not one; veraPDF passes the files it doubts.
_TOLERATED = "-STREAM-LENGTH-001"
_PASSWORD = 4
# The claim in the metadata, as an element or as an attribute; PDF/A keeps metadata readable.
_PART = re.compile(rb"pdfaid:part(?:>|\s*=\s*[\"'])\s*([1-3])")
_CONFORMANCE = re.compile(rb"pdfaid:conformance(?:>|\s*=\s*[\"'])\s*([ABU])")


@dataclass(frozen=True, slots=True)
class Utfall:
    """`format` when the file may stay as it is, `body` when it was made anew, else `code`."""

    code: str = ""
    format: str = ""
    body: bytes = b""


class _Refused(Exception):
    """The file cannot be made into an archive form; the message is the public code."""


def convert(body: bytes, language: str) -> Utfall:
    """What becomes of one attachment. Raises nothing that quotes the file."""
    kind = filtyper.filetype(body).kind
    try:
        if kind == "pdf":
            kept = _pdfa(body)
            return Utfall(format=kept) if kept else Utfall(body=_from_pdf(body, language))
        if kind in ("png", "jpeg"):
            return Utfall(body=_from_image(body, language))
    except _Refused as refused:
        return Utfall(code=str(refused))
    except (MemoryError, Image.DecompressionBombError):
        return Utfall(code="VEDLEGG_FOR_STORT")
    return Utfall(code="VEDLEGG_UKJENT_TYPE")


def _pdfa(body: bytes) -> str:
    """The PRONOM code of the PDF/A the file declares and is, or an empty text."""
    part, conformance = _PART.search(body), _CONFORMANCE.search(body)
    if part is None or conformance is None or not _whole(body):
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


def _whole(body: bytes) -> bool:
    """True when the file ends as a PDF must and its last pointer leads to a cross-reference.

    A reader that repairs a cut file shows blank pages without a word; so a cut file is refused.
    """
    tail = body[-2048:]
    at = tail.rfind(b"startxref")
    if at < 0 or b"%%EOF" not in tail[at:]:
        return False
    pointer = tail[at + 9 :].split()[0]
    if not pointer.isdigit():
        return False
    header = max(body.find(b"%PDF-", 0, 1024), 0)
    for start in {int(pointer), int(pointer) + header}:
        there = body[start : start + 32].lstrip()
        if there.startswith(b"xref") or (there[:1].isdigit() and b" obj" in there):
            return True
    return False


def _from_pdf(body: bytes, language: str) -> bytes:
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        protected = getattr(error, "err_code", 0) == _PASSWORD or b"/Encrypt" in body
        raise _Refused("VEDLEGG_PASSORD" if protected else "VEDLEGG_OEDELAGT") from None
    try:
        if not _whole(body):
            raise _Refused("VEDLEGG_OEDELAGT")
        if len(document) == 0:
            raise _Refused("VEDLEGG_OEDELAGT")
        if len(document) > MOST_PAGES:
            raise _Refused("VEDLEGG_FOR_STORT")
        document.init_forms()
        return _finished([_drawn(document, nr, language) for nr in range(len(document))], language)
    except pypdfium2.PdfiumError:
        raise _Refused("VEDLEGG_OEDELAGT") from None
    finally:
        document.close()


def _drawn(document: Any, nr: int, language: str) -> dict[str, Any]:
    sheet = document[nr]
    width, height = sheet.get_size()
    scale = min(DPI / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    # Four bytes a pixel in the order JPEG is written from: the picture is not copied on its way.
    drawn = sheet.render(scale=scale, may_draw_forms=True, rev_byteorder=True, prefer_bgrx=True)
    picture = drawn.to_pil()
    sheet.close()
    return _saved(picture, width, height, nr, language)


def _saved(picture: Any, width: float, height: float, nr: int, language: str) -> dict[str, Any]:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=QUALITY)
    return {
        "bilde": made.getvalue(), "bredde": round(width, 2), "hoeyde": round(height, 2),
        "navn": f"{_TITLES[language][1]} {nr + 1}",
    }  # fmt: skip


def _finished(pages: list[dict[str, Any]], language: str) -> bytes:
    try:
        return draw_pages(pages, {"tittel": _TITLES[language][0], "spraak": language})
    except (LocalFault, Undrawable):
        raise _Refused("VEDLEGG_OEDELAGT") from None


def _from_image(body: bytes, language: str) -> bytes:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS * 4
    try:
        with Image.open(io.BytesIO(body), formats=("PNG", "JPEG")) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise _Refused("VEDLEGG_OEDELAGT") from None
    picture.thumbnail((4000, 4000))
    flat = Image.new("RGB", picture.size, "white")
    seen = picture.convert("RGBA")
    flat.paste(seen, mask=seen.getchannel("A"))
    width, height = _on_paper(*flat.size)
    return _finished([_saved(flat, width, height, 0, language)], language)


def _on_paper(width: int, height: int) -> tuple[float, float]:
    """Points for a picture: as at 150 dpi, and never larger than A4 within its margins."""
    across, down = (A4[1], A4[0]) if width > height else A4
    points = 72 / 150
    fit = min(1.0, (across - _MARGIN) / (width * points), (down - _MARGIN) / (height * points))
    return max(width * points * fit, 3.0), max(height * points * fit, 3.0)
