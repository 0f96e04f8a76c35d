"""Attachments of which some is gone, or is not shown, though a reader opens them without a word."""

import io
import random
import zlib
from typing import Any

import pytest
from PIL import Image

from gateway.snapshot import faksbilde, jpegfil, pakkebilde, pngfil
from gateway.snapshot.opplasting import treat
from tests.pdf.byggepdf import HELLO, one_page, stream, written
from tests.pdf.skadde import encoded, grey, with_image

RNG = random.Random(17)
NOISE = grey(RNG, (50, 50))
TWO = [NOISE, NOISE.rotate(90)]
TURNED = NOISE.rotate(180)
BLACK = NOISE.point(lambda one: 255 * (one > 127)).convert("1")
BESIDE = HELLO + b" "


def strip(form: str, picture: Image.Image) -> bytes:
    """The packed bytes of a TIFF's one strip."""
    body = encoded(picture, "TIFF", compression=form, tiffinfo={278: picture.height})
    told = Image.open(io.BytesIO(body)).tag_v2  # type: ignore[attr-defined]
    return body[told[273][0] :][: told[279][0]]


def cut_jpeg(**how: Any) -> bytes:
    """A third of a JPEG's scan, and an end."""
    body = encoded(NOISE, "JPEG", **how)
    at = body.find(b"\xff\xda") + 12
    return body[: at + (len(body) - at) // 3] + b"\xff\xd9"


def part(name: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


def png(rows: int, *, changed: bool = False) -> bytes:
    """A grey PNG of 30 rows with some of them; `changed` has a byte that its sum does not."""
    data = zlib.compress(b"".join(b"\0" + RNG.randbytes(30) for _ in range(rows)))
    packed = part(b"IDAT", data)
    if changed:
        packed = packed[:40] + bytes([packed[40] ^ 1]) + packed[41:]
    head = (30).to_bytes(4) * 2 + b"\x08\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + packed + part(b"IEND", b"")


def flipped(packed: bytes) -> bytes:
    """The same length of bytes out of another: a stored block with a changed byte."""
    return packed[:99] + bytes([packed[99] ^ 8]) + packed[100:]


def fax(raw: bytes, k: int = -1) -> bytes:
    """A page with a fax, and words beside it."""
    told = b"/Filter/CCITTFaxDecode/DecodeParms<</K %d/Columns 50/Rows 50>>" % k
    return with_image(raw, told, BESIDE).replace(b"PerComponent 8", b"PerComponent 1")


STORED = zlib.compress(NOISE.tobytes(), 0)
GROUP4, LZW = strip("group4", BLACK), strip("tiff_lzw", NOISE)
FLATE, CODED = b"/Filter/FlateDecode", b"/Filter/LZWDecode"
LENGTHS = b"".join(b"\x31" + NOISE.tobytes()[at : at + 50] for at in range(0, 2500, 50))
ONCE = one_page()
LATER = b"6 0 obj\nnull\nendobj\nxref\n6 1\n%010d 00000 n \ntrailer\n" % len(ONCE)
LATER += b"<</Root 1 0 R/Size 7/Prev %d>>\n" % ONCE.rfind(b"xref\n0")
LATER += b"startxref\n%d\n%%%%EOF\n" % (len(ONCE) + 20)
TOO_LITTLE = {
    "a third of a JPEG": cut_jpeg(),
    "a third of a JPEG with restarts": cut_jpeg(restart_marker_blocks=1),
    "a JPEG without its last scans": cut_jpeg(progressive=True),
    "a third of a JPEG in a PDF": with_image(cut_jpeg(), b"/Filter/DCTDecode", BESIDE),
    "a third of a PNG": png(10),
    "a PNG with a changed byte": png(30, changed=True),
    "a packed picture with a changed byte": with_image(flipped(STORED), FLATE, BESIDE),
    "a packed picture that stops": with_image(zlib.compress(NOISE.tobytes())[:-300], FLATE, BESIDE),
    "a packed picture of fewer rows": with_image(
        zlib.compress(NOISE.tobytes()[:900]), FLATE, BESIDE
    ),
    "junk for LZW": with_image(RNG.randbytes(900), CODED, BESIDE),
    "half of an LZW": with_image(LZW[: len(LZW) // 2], CODED, BESIDE),
    "half of run lengths": with_image(LENGTHS[:1000], b"/Filter/RunLengthDecode", BESIDE),
    "junk for a fax": fax(RNG.randbytes(200)),
    "two thirds of a fax": fax(GROUP4[: len(GROUP4) * 2 // 3]),
    "half of a one-way fax": fax(strip("group3", BLACK)[:300], 0),
    "a picture that is not there, beside words": one_page(stream(BESIDE + b"/I Do")),
    "a shading that is not there, beside words": one_page(stream(BESIDE + b"/S sh")),
    "a picture of a form that is not there": one_page(
        stream(BESIDE + b"/X Do"),
        stream(b"/I Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<>>"),
        resources=b"/XObject<</X 6 0 R>>",
    ),
}
GROUP = b"<</Type/OCG/Name(a)%s>>"
CODES = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
CODES += b"1 begincodespacerange %s endcodespacerange 1 beginbfchar %s endbfchar endcmap end end"
BLANK = stream(CODES % (b"<00><ff>", b"<41><0020>"))
WIDE_BLANK = stream(CODES % (b"<0000><ffff>", b"<0041><0020>"))
GLYPH = b"1000 0 d0 q 800 0 0 800 0 0 cm BI /W 2 /H 2 /CS /G /BPC 8 /F /JPX ID abcd EI Q"
DRAWN_FONT = (
    b"/Font<</F2<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]"
    b"/Encoding<</Differences[65/a]>>/FirstChar 65/LastChar 65/Widths[1000]"
    b"/CharProcs<</a %d 0 R>>/Resources<<>>/ToUnicode 6 0 R>>>>"
)
AWAY_FONT = (
    b"/Font<</F2<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H"
    b"/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)"
    b"/Ordering(Identity)/Supplement 0>>/FontDescriptor<</Type/FontDescriptor/FontName/X/Flags 4"
    b"/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>>>]"
    b"/ToUnicode 6 0 R>>>>"
)
SAYS = b"BT /F2 50 Tf 50 50 Td %s Tj ET"


def said_blank(font: bytes, *more: bytes) -> bytes:
    """Letters whose own table says that they are spaces, in a font that draws none of them."""
    wide = font is AWAY_FONT
    blank = WIDE_BLANK if wide else BLANK
    return written(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<<%s>>>>"
            % font,
            stream(SAYS % (b"<00410041>" if wide else b"<4141>")),
            b"null",
            blank,
            *more,
        ]
    )


def hidden(what: bytes, usage: bytes = b"", told: bytes = b"") -> bytes:
    """Words, and more of them on a layer that is shown or not by what `what` says."""
    return one_page(
        stream(BESIDE + b"/OC /P1 BDC BT /F1 20 Tf 40 50 Td (Og mer) Tj ET EMC"),
        GROUP % usage,
        resources=b"/Properties<</P1 %s>>" % what,
        catalog=b"/OCProperties<</OCGs[6 0 R]/D<<%s>>>>" % told,
    )


MORE = {
    "a PNG whose film is another picture": (
        encoded(TWO[0], "PNG", save_all=True, append_images=TWO[1:], default_image=True),
        "VEDLEGG_FLERE_BILDER"),
    "letters of a drawing that cannot be opened": (
        said_blank(DRAWN_FONT % 7, stream(GLYPH)), "VEDLEGG_EN_FARGE"),
    "letters of a drawing that is not there": (said_blank(DRAWN_FONT % 9), "VEDLEGG_EN_FARGE"),
    "letters of a font that is not there": (said_blank(AWAY_FONT), "VEDLEGG_EN_FARGE"),
    "a layer shown when another is not": (
        hidden(b"<</Type/OCMD/OCGs[6 0 R]/VE[/Not 6 0 R]>>"), "VEDLEGG_LAG_AV"),
    "a layer shown when all are off": (
        hidden(b"<</Type/OCMD/OCGs[6 0 R]/P/AllOff>>"), "VEDLEGG_LAG_AV"),
    "a layer off on a screen": (
        hidden(b"6 0 R", b"/Usage<</View<</ViewState/OFF>>>>",
               b"/AS[<</Event/View/Category[/View]/OCGs[6 0 R]>>]"), "VEDLEGG_LAG_AV"),
    "a layer off on paper": (
        hidden(b"6 0 R", b"/Usage<</Print<</PrintState/OFF>>>>",
               b"/AS[<</Event/Print/Category[/Print]/OCGs[6 0 R]>>]"), "VEDLEGG_LAG_AV"),
    "a page of seventy metres": (one_page(box=b"0 0 200000 200000"), "VEDLEGG_FOR_STORT"),
    "a PNG that moves": (encoded(TWO[0], "PNG", save_all=True, append_images=TWO[1:]),
                         "VEDLEGG_FLERE_BILDER"),
    "a JPEG of more pictures": (encoded(TWO[0], "MPO", save_all=True, append_images=TWO[1:]),
                                "VEDLEGG_FLERE_BILDER"),
    "two JPEGs end to end": (encoded(TWO[0], "JPEG") + encoded(TWO[1], "JPEG"),
                             "VEDLEGG_FLERE_BILDER"),
    "a picture with a film": (encoded(TWO[0], "JPEG") + b"\0\0\0\x18ftypmp42" + bytes(50),
                              "VEDLEGG_FLERE_BILDER"),
    "two PDFs end to end": (one_page() + one_page(stream(b"0 0 9 9 re f")), "VEDLEGG_FILER_INNI"),
}  # fmt: skip
TAKEN = {
    "a layer that is on": hidden(b"6 0 R", b"/Usage<</View<</ViewState/ON>>>>",
                                 b"/AS[<</Event/View/Category[/View]/OCGs[6 0 R]>>]"),
    "a layer shown with another": hidden(b"<</Type/OCMD/OCGs[6 0 R]/P/AllOn>>"),
    "a page of spaces": one_page(stream(b"BT /F1 50 Tf 50 50 Td (   ) Tj ET")),
    "a PNG of one picture that could move": encoded(TWO[0], "PNG", save_all=True),
    "a JPEG": encoded(NOISE, "JPEG"),
    "a JPEG with restarts": encoded(NOISE, "JPEG", restart_marker_blocks=3),
    "a JPEG in scans": encoded(NOISE.convert("RGB"), "JPEG", progressive=True),
    "a JPEG with bytes behind": encoded(NOISE, "JPEG") + b"\0" * 900 + b"ikkje meir",
    "a JPEG with a map of light": encoded(NOISE, "JPEG")
    + encoded(TURNED, "JPEG", xmp=b"<x hdrgm:Version='1.0'/>"),
    "a PNG": png(30),
    "a PNG in passes": encoded(NOISE, "PNG", interlace=1),
    "a stored picture": with_image(STORED, FLATE, BESIDE),
    "a picture whose sum is cut": with_image(STORED[:-4], FLATE, BESIDE),
    "an LZW": with_image(LZW, CODED, BESIDE),
    "run lengths": with_image(LENGTHS + b"\x80", b"/Filter/RunLengthDecode", BESIDE),
    "a fax": fax(GROUP4),
    "a one-way fax": fax(strip("group3", BLACK), 0),
    "words that look like a drawing": one_page(stream(b"BT /F1 9 Tf 9 9 Td (/I Do) Tj ET")),
    "a PDF changed later": one_page(end=LATER),
}  # fmt: skip


@pytest.mark.parametrize("case", TOO_LITTLE)
def test_what_is_not_all_there_is_a_persons(case: str) -> None:
    """A reader would fill it with grey, black, stripes or nothing."""
    (outcome,) = treat([TOO_LITTLE[case]], "nb")
    assert (outcome.code, outcome.body, outcome.format) == ("VEDLEGG_OEDELAGT", b"", "")


@pytest.mark.parametrize("case", MORE)
def test_what_the_copy_would_not_show_is_a_persons(case: str) -> None:
    """One page of a file that has more is no copy of it."""
    body, code = MORE[case]
    (outcome,) = treat([body], "nb")
    assert (outcome.code, outcome.body, outcome.format) == (code, b"", "")


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_whole_is_taken(case: str) -> None:
    """Each form, as its own writers make it."""
    (outcome,) = treat([TAKEN[case]], "nb")
    assert outcome.code == "" and outcome.body


def test_every_way_of_writing_is_followed() -> None:
    """Pictures of many kinds and sizes, by the library's encoders, are whole; a third is not."""
    for nr in range(40):
        rng = random.Random(f"whole-{nr}")
        size = rng.randrange(9, 300), rng.randrange(9, 60)
        picture = grey(rng, size)
        how = {"progressive": nr % 2 == 1, "quality": rng.choice((20, 75, 95))}
        how |= {"restart_marker_blocks": rng.choice((1, 7))} if nr % 3 == 0 else {}
        jpeg = encoded(rng.choice((picture, picture.convert("RGB"))), "JPEG", **how)
        at = jpeg.find(b"\xff\xda") + 12
        assert jpegfil.whole(jpeg)
        assert not jpegfil.whole(jpeg[: at + (len(jpeg) - at) * (nr + 1) // 42] + b"\xff\xd9")
        mode = ("1", "L", "RGB", "LA", "P")[nr % 5]
        body = encoded(picture.convert(mode), "PNG", optimize=nr % 2 == 1)
        assert pngfil.read(body) == (True, 1, len(body))
        lines = picture.point([255 * (one > 255 - nr * 6) for one in range(256)]).convert("1")
        for form, k in (("group4", -1), ("group3", 0)):
            packed = strip(form, lines)
            told = faksbilde.Faks(k, *size)
            assert faksbilde.whole(packed, told)
            assert len(packed) < 60 or not faksbilde.whole(packed[: len(packed) // 2], told)
            assert not faksbilde.whole(rng.randbytes(400), told)
        lzw = strip("tiff_lzw", picture)
        assert pakkebilde.lzw(lzw, 1) == size[0] * size[1]
        assert pakkebilde.lzw(lzw[: len(lzw) // 2], 1) is None


def test_the_parts_of_a_jbig2_lead_to_its_end() -> None:
    """A part that is longer than what is there was cut."""
    page_, region = b"\0\0\0\0\x30\0\1" + (19).to_bytes(4) + bytes(19), b"\0\0\0\1\x26\0\1"
    body = page_ + region + (30).to_bytes(4) + bytes(30)
    assert pakkebilde.jbig2(body)
    assert not pakkebilde.jbig2(body[:-9])
    assert not pakkebilde.jbig2(b"garbage" * 9)
