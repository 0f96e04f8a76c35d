"""One page as a picture: drawn, measured, and held against what the page has.

A size that PDF/A or the typesetter does not take is made smaller with its shape kept. It must never
let a page that has content pass as one colour, and must only run in the worker process.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as raw  # type: ignore[import-untyped]
from PIL import Image

from gateway.snapshot.pdfbilder import single
from gateway.snapshot.pdfinnhold import Innhold
from gateway.snapshot.refusert import Refused

DPI = 200
MOST_PIXELS = 16_000_000
MOST_SIDE = 16_000
"""Pixels of a side; the typesetter opens no picture above 16,384."""
QUALITY = 85
LARGEST, SMALLEST = 14_400.0, 3.0
"""Points of a page's side that PDF/A-2 takes (ISO 19005-2, 6.1.13)."""
A4 = (595.28, 841.89)
_LEAST, _LETTER, _MOST_LETTERS = 0.25, 4.0, 20_000
"""Pixels a point below which letters are asked for their size; pixels a letter is dots below."""
_MARGIN = 28.0
_LOOK = 36 / 72
_UNSEEN = 2
"""Steps of 255 between darkest and lightest that nobody sees."""
_FAINT = 24
"""A page with less between its darkest and lightest may lose it all in a JPEG."""


@dataclass(frozen=True, slots=True)
class Side:
    """A picture of a page, and its size in points."""

    jpeg: bytes = field(repr=False)
    width: float
    height: float


def drawn(document: Any, nr: int, held: Innhold) -> Side:
    """Page `nr` as a picture. Raises Refused: VEDLEGG_EN_FARGE, VEDLEGG_OEDELAGT,
    VEDLEGG_FOR_STORT."""
    sheet = document[nr]
    try:
        width, height = sheet.get_size()
        longest = max(width, height, 1)
        scale = min(
            DPI / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5, MOST_SIDE / longest
        )  # fmt: skip
        if scale < _LEAST and _smallest(sheet) * scale < _LETTER:
            raise Refused("VEDLEGG_FOR_STORT")
        picture = _rendered(sheet, scale)
        made = _saved(picture, *_sized(width, height))
        if held.unseen and not all(_seen(one) for one in _images(sheet)):
            raise Refused("VEDLEGG_OEDELAGT")
        if _plain(picture, made.jpeg) and held.has_content(nr, _text(sheet)):
            raise Refused("VEDLEGG_EN_FARGE")
    finally:
        sheet.close()
    return made


def look(document: Any, held: Innhold) -> None:
    """Look through a file that is kept as it is, in small. Raises Refused("VEDLEGG_EN_FARGE")."""
    for nr in range(len(document)):
        sheet = document[nr]
        try:
            longest = max(*sheet.get_size(), 1)
            if (
                single(_rendered(sheet, min(_LOOK, 2000 / longest)))
                and held.has_content(nr, _text(sheet))
                and single(_rendered(sheet, min(DPI / 72, 4000 / longest)))
            ):
                raise Refused("VEDLEGG_EN_FARGE")
        finally:
            sheet.close()


def fits(document: Any) -> bool:
    """True when every page is of a size that PDF/A takes."""
    sizes = (document.get_page_size(nr) for nr in range(len(document)))
    return all(SMALLEST <= side <= LARGEST for size in sizes for side in size)


def from_picture(picture: Any) -> Side:
    """A picture on a page: as at 150 dpi, and never larger than A4 within its margins.

    Raises Refused("VEDLEGG_EN_FARGE") when there is something in it that a JPEG loses.
    """
    width, height = picture.size
    across, down = (A4[1], A4[0]) if width > height else A4
    points = 72 / 150
    fit = min(1.0, (across - _MARGIN) / (width * points), (down - _MARGIN) / (height * points))
    size = (max(width * points * fit, SMALLEST), max(height * points * fit, SMALLEST))
    made = _saved(picture, *size)
    if not single(picture) and _plain(picture, made.jpeg):
        raise Refused("VEDLEGG_EN_FARGE")
    return made


def _sized(width: float, height: float) -> tuple[float, float]:
    """The page's size within what PDF/A takes, in the same shape as far as that goes."""
    factor = min(1.0, LARGEST / max(width, height, 1))
    if min(width, height) * factor < SMALLEST:
        factor = min(SMALLEST / max(min(width, height), 0.01), LARGEST / max(width, height, 1))
    return max(width * factor, SMALLEST), max(height * factor, SMALLEST)


def _rendered(sheet: Any, scale: float) -> Any:
    # Four bytes a pixel in the order JPEG is written from: the picture is not copied on its way.
    drawing = sheet.render(scale=scale, may_draw_forms=True, rev_byteorder=True, prefer_bgrx=True)
    return drawing.to_pil()


def _saved(picture: Any, width: float, height: float) -> Side:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=QUALITY)
    return Side(made.getvalue(), round(width, 2), round(height, 2))


def _plain(picture: Any, jpeg: bytes) -> bool:
    """True when the picture is one colour, or nothing but a shade that is lost in its JPEG."""
    # One colour after another, for the first is nearly always enough.
    apart = 0
    for band in range(3):
        low, high = picture.getchannel(band).getextrema()
        apart = max(apart, high - low)
        if apart >= _FAINT:
            return False
    if apart <= _UNSEEN:
        return True
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as made:
        return single(made) or single(made.reduce(4))


def _text(sheet: Any) -> str | None:
    """What the page says; None when it says nothing that can be read."""
    page = sheet.get_textpage()
    try:
        return page.get_text_range() if page.count_chars() > 0 else None
    finally:
        page.close()


def _smallest(sheet: Any) -> float:
    """The size in points of the smallest letter on a page; infinite when it has none."""
    page = sheet.get_textpage()
    try:
        letters = range(min(page.count_chars(), _MOST_LETTERS))
        sizes = [raw.FPDFText_GetFontSize(page.raw, nr) for nr in letters]
    finally:
        page.close()
    return min((size for size in sizes if size > 0), default=float("inf"))


def _images(sheet: Any) -> Iterator[Any]:
    yield from sheet.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=12)


def _seen(image: Any) -> bool:
    """True when the renderer made a picture of it."""
    bitmap = raw.FPDFImageObj_GetBitmap(image.raw)
    if not bitmap:
        return False
    raw.FPDFBitmap_Destroy(bitmap)
    return True
