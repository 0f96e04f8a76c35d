"""Attachments as people have them: what looks whole and is not, what looks broken and is whole."""

import io
import random
import zlib
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from gateway.snapshot import omgjoering
from gateway.snapshot.opplasting import treat
from gateway.snapshot.pdfinnhold import Innhold
from tests.pdf.byggepdf import HELLO, flate, one_page, stream
from tests.pdf.skadde import encoded, grey, with_image

WAIT = stream(b"BT /F1 20 Tf 20 100 Td (Please wait...) Tj ET")
FORM = stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
FILES = b"/Names<</EmbeddedFiles<</Names[(a)<</Type/Filespec/F(a)/EF<</F 6 0 R>>>>]>>>>"
LAYER = b"<</Type/OCG/Name(Lag)>>"
IN_LAYER = stream(b"/OC /L BDC " + HELLO + b" EMC")
NOISE = grey(random.Random(7))


def layered(state: bytes, content: bytes = IN_LAYER) -> bytes:
    """A page with a layer, and what the file says of it."""
    return one_page(
        content, LAYER, resources=b"/Properties<</L 6 0 R>>",
        catalog=b"/OCProperties<</OCGs[6 0 R]/D<<%s>>>>" % state,
    )  # fmt: skip


def annotated(kind: bytes, more: bytes = b"") -> bytes:
    """A page with an annotation of which nothing is drawn."""
    note = b"<</Type/Annot/Subtype/%s/Rect[20 20 70 70]%s>>" % (kind, more)
    return one_page(stream(b""), note, page=b"/Annots[6 0 R]")


def deep_png(low: int, high: int) -> bytes:
    """A grey PNG of sixteen bits with values from `low` to `high`."""
    points = (low + (high - low) * at // 2999 for at in range(3000))
    return encoded(
        Image.frombytes("I;16", (60, 50), b"".join(p.to_bytes(2, "little") for p in points)), "PNG"
    )


def stamped(flags: int, content: bytes = stream(b"q Q"), kind: bytes = b"Stamp") -> bytes:
    """A page with a note that has a look, and is flagged."""
    look = stream(b"1 0 0 rg 0 0 50 50 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 50 50]")
    note = b"<</Type/Annot/Subtype/%s/Rect[20 20 70 70]/F %d/AP<</N 7 0 R>>>>" % (kind, flags)
    return one_page(content, note, look, page=b"/Annots[6 0 R]")


def field(flags: int, value: bytes, above: bytes = b"") -> bytes:
    """A page with a field of a form, and the field it is a part of."""
    note = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/Rect[20 20 70 70]/F %d%s/Parent 7 0 R>>"
    return one_page(
        stream(b"q Q"), note % (flags, value), b"<</T(b)/Kids[6 0 R]%s>>" % above,
        page=b"/Annots[6 0 R]", catalog=b"/AcroForm<</Fields[7 0 R]>>",
    )  # fmt: skip


TOLD = {
    "a stamp for the printer": (stamped(32 | 4), "VEDLEGG_LAG_AV"),
    "a stamp for the printer, beside words": (stamped(32 | 4, stream(HELLO)), "VEDLEGG_LAG_AV"),
    "a stamp that comes and goes": (stamped(32 | 256), "VEDLEGG_EN_FARGE"),
    "a hidden stamp with a print flag": (stamped(2 | 4), "VEDLEGG_EN_FARGE"),
    "a hidden field that says something": (field(2, b"/V(Hei)"), "VEDLEGG_EN_FARGE"),
    "a hidden field, said above": (field(2, b"", b"/V(Hei)"), "VEDLEGG_EN_FARGE"),
    "an unseen field with a choice": (field(32, b"/V[(a)(b)]"), "VEDLEGG_EN_FARGE"),
    "a dynamic form": (
        one_page(WAIT, FORM, catalog=b"/NeedsRendering true/AcroForm<</Fields[]/XFA 6 0 R>>"),
        "VEDLEGG_XFA",
    ),
    "a form in parts": (
        one_page(WAIT, FORM, catalog=b"/AcroForm<</Fields[]/XFA[(xdp) 6 0 R]>>"),
        "VEDLEGG_XFA",
    ),
    "a portfolio": (
        one_page(stream(HELLO), stream(b"hei"), catalog=b"/Collection<</View/T>>" + FILES),
        "VEDLEGG_FILER_INNI",
    ),
    "a file inside": (one_page(stream(HELLO), stream(b"hei"), catalog=FILES), "VEDLEGG_FILER_INNI"),
    "a layer that is off": (layered(b"/OFF[6 0 R]"), "VEDLEGG_LAG_AV"),
    "layers off from the start": (layered(b"/BaseState/OFF"), "VEDLEGG_LAG_AV"),
    "a layer off beside words": (
        layered(b"/OFF[6 0 R]", stream(HELLO + b" /OC /L BDC " + HELLO + b" EMC")),
        "VEDLEGG_LAG_AV",
    ),
    "content that is not packed": (
        one_page(stream(b"garbage!!", b"/Filter/FlateDecode")),
        "VEDLEGG_OEDELAGT",
    ),
    "content that ends too soon": (
        one_page(stream(zlib.compress(HELLO)[:30], b"/Filter/FlateDecode")),
        "VEDLEGG_OEDELAGT",
    ),
    "content that is not there": (
        one_page().replace(b"/Contents 4 0 R", b"/Contents 9 0 R"),
        "VEDLEGG_OEDELAGT",
    ),
    "content in an unknown filter": (
        one_page(stream(HELLO, b"/Filter/Ukjent")),
        "VEDLEGG_OEDELAGT",
    ),
    "content of nothing": (one_page(stream(bytes(60))), "VEDLEGG_EN_FARGE"),
    "content of blanks": (one_page(stream(b" " * 60)), "VEDLEGG_EN_FARGE"),
    "content nobody knows": (one_page(stream(b"dette er ingen side")), "VEDLEGG_EN_FARGE"),
    "content that stops in a word": (one_page(stream(b"q BT /F1 24 Tf")), "VEDLEGG_EN_FARGE"),
    "a picture that is not there": (one_page(stream(b"/I Do")), "VEDLEGG_OEDELAGT"),
    "white words": (one_page(stream(b"1 g " + HELLO)), "VEDLEGG_EN_FARGE"),
    "words beside the page": (
        one_page(stream(b"BT /F1 9 Tf 900 900 Td (Hei) Tj ET")),
        "VEDLEGG_EN_FARGE",
    ),
    "words under a picture that is gone": (
        one_page(stream(b"BT 3 Tr /F1 9 Tf 9 9 Td (Hei) Tj ET")),
        "VEDLEGG_EN_FARGE",
    ),
    "a note without a look": (annotated(b"Stamp"), "VEDLEGG_EN_FARGE"),
    "a JPX that does not open": (
        with_image(b"jP garbage" * 9, b"/Filter/JPXDecode"),
        "VEDLEGG_OEDELAGT",
    ),
    "a JPX beside words": (
        with_image(b"jP garbage" * 9, b"/Filter/JPXDecode", HELLO + b" "),
        "VEDLEGG_OEDELAGT",
    ),
    "half a JPX": (
        with_image(encoded(NOISE, "JPEG2000")[:500], b"/Filter/JPXDecode", HELLO + b" "),
        "VEDLEGG_OEDELAGT",
    ),
    "a JBIG2 that does not open": (
        with_image(b"garbage" * 9, b"/Filter/JBIG2Decode", HELLO + b" ").replace(
            b"PerComponent 8", b"PerComponent 1"
        ),
        "VEDLEGG_OEDELAGT",
    ),
    "a picture that is not packed": (
        with_image(b"not zlib", b"/Filter/FlateDecode", HELLO + b" "),
        "VEDLEGG_OEDELAGT",
    ),
    "a packed picture that ends": (
        with_image(zlib.compress(NOISE.tobytes()[:900]), b"/Filter/FlateDecode", HELLO + b" "),
        "VEDLEGG_OEDELAGT",
    ),
    "half a JPEG": (
        with_image(encoded(NOISE, "JPEG")[:700], b"/Filter/DCTDecode", HELLO + b" "),
        "VEDLEGG_OEDELAGT",
    ),
    "bytes gone in the middle": (one_page().replace(b"/MediaBox", b"/Medi"), "VEDLEGG_OEDELAGT"),
    "sixteen bits of almost nothing": (deep_png(0, 200), "VEDLEGG_EN_FARGE"),
    "a picture nobody sees through": (
        encoded(Image.merge("LA", (NOISE, Image.new("L", NOISE.size, 0))), "PNG"),
        "VEDLEGG_EN_FARGE",
    ),
    "white ink on glass": (
        encoded(Image.merge("LA", (Image.new("L", NOISE.size, 255), NOISE)), "PNG"),
        "VEDLEGG_EN_FARGE",
    ),
    "a shade nobody sees": (
        encoded(NOISE.point(lambda one: 255 - one // 200), "PNG"),
        "VEDLEGG_EN_FARGE",
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_what_is_not_shown_is_told(case: str) -> None:
    """A code for a person, and never a page that looks whole."""
    body, code = TOLD[case]
    (outcome,) = treat([body], "nb")
    assert (outcome.code, outcome.body, outcome.format) == (code, b"", "")


def with_xref_stream(off: int = 0) -> bytes:
    """A page in a file whose table is a packed stream, its rows predicted from those above."""
    body = one_page()
    body = body[: body.rfind(b"xref\n0")]
    places = [0, *(body.find(b"\n%d 0 obj" % nr) + 1 for nr in range(1, 6)), len(body)]
    rows, above = b"", bytes(4)
    for nr, at in enumerate(places):
        row = bytes([nr > 0]) + at.to_bytes(2) + b"\0"
        rows += b"\2" + bytes((a - b) & 255 for a, b in zip(row, above, strict=True))
        above = row
    told = b"/Type/XRef/Root 1 0 R/Size 7/W[1 2 1]/DecodeParms<</Predictor 12/Columns 4>>"
    table = b"6 0 obj\n" + flate(rows, told) + b"\nendobj\n"
    return body + table + b"startxref\n%d\n%%%%EOF\n" % (len(body) + off)


def unsummed() -> bytes:
    """Packed content that ends at a flush, as Acrobat writes its own."""
    packer = zlib.compressobj()
    body = packer.compress(HELLO) + packer.flush(zlib.Z_SYNC_FLUSH)
    return one_page(stream(body, b"/Filter/FlateDecode"))


GREY = b"/Filter/FlateDecode"
WHITE = Image.new("L", (50, 50), 255)
TAKEN = {
    "padded with nothing": one_page(end=b"\0" * 3000),
    "padded with lines": one_page(end=b"\r\n \n" * 900),
    "a pointer one too far": one_page(off=1),
    "a pointer one too short": one_page(off=-1),
    "a packed table": with_xref_stream(),
    "a packed table, pointer off": with_xref_stream(2),
    "a sum that is gone": unsummed(),
    "a long strip": one_page(box=b"0 0 390 7000"),
    "a wide strip": one_page(box=b"0 0 14000 160"),
    "a page larger than PDF/A": one_page(box=b"0 0 20000 16000"),
    "a strip longer than PDF/A": one_page(box=b"0 0 90 20000"),
    "a page smaller than PDF/A": one_page(stream(b"0 0 1 1 re f"), box=b"0 0 2 2"),
    "a layer that is on": layered(b"/ON[6 0 R]"),
    "sixteen bits of grey": deep_png(20000, 40000),
    "sixteen bits, one of them glass": deep_png(0, 65535),
    "a picture": with_image(zlib.compress(NOISE.tobytes()), GREY),
    "a JPX": with_image(encoded(NOISE, "JPEG2000"), b"/Filter/JPXDecode"),
}
BLANK = {
    "nothing": one_page(stream(b"")),
    "a state and back": one_page(stream(b"q 1 0 0 1 0 0 cm Q\n")),
    "an artefact": one_page(flate(b"/Artifact BMC q 0 0 9 9 re W n EMC Q")),
    "blanks in a word processor": one_page(stream(b"BT /F1 12 Tf 9 9 Td (   ) Tj ET")),
    "a link": annotated(b"Link", b"/Border[0 0 0]"),
    "a hidden note": annotated(b"Text", b"/F 2"),
    "a hidden field that says nothing": field(2, b"/V()"),
    "a hidden field without a value": field(2, b""),
    "the back of a scan, packed": with_image(zlib.compress(WHITE.tobytes()), GREY),
    "the back of a scan, JPEG": with_image(encoded(WHITE, "JPEG"), b"/Filter/DCTDecode"),
    "the back of a fax": with_image(
        b"\xff" * 7 + b"\x00\x10\x01",
        b"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 50/Rows 50>>",
    ).replace(b"PerComponent 8", b"PerComponent 1"),
}


@pytest.mark.parametrize("case", [*TAKEN, *BLANK])
def test_what_is_whole_is_taken(vera: Any, case: str) -> None:
    """It becomes PDF/A that keeps the standard, and shows something where there is something."""
    (outcome,) = treat([{**TAKEN, **BLANK}[case]], "nb")
    assert outcome.code == ""
    (verdict,) = vera.validate(outcome.body, "2b")
    assert verdict.broken == ()
    document = pypdfium2.PdfDocument(outcome.body)
    scale = 300 / max(document.get_page_size(0))
    (low, high) = document[0].render(scale=scale).to_pil().convert("L").getextrema()
    document.close()
    assert (low < high) is (case in TAKEN)


def test_a_large_page_keeps_its_shape() -> None:
    """Made smaller, not cut and not stretched."""
    (outcome,) = treat([TAKEN["a page larger than PDF/A"]], "nb")
    document = pypdfium2.PdfDocument(outcome.body)
    assert document.get_page_size(0) == pytest.approx((14400, 11520), abs=0.1)
    document.close()


def test_a_kept_pdfa_is_looked_through_too(monkeypatch: Any, lab: Any, first: Any) -> None:
    """Planted: a valid PDF/A whose words are white, or whose bytes do not all open."""
    good = lab.draw(first[0])[1]
    assert omgjoering.convert(good, "nb").format
    with monkeypatch.context() as patched:
        patched.setattr(omgjoering.pdfside, "single", lambda _picture: True)
        assert omgjoering.convert(good, "nb").code == "VEDLEGG_EN_FARGE"
    monkeypatch.setattr(omgjoering, "_pdfa", lambda _body: "fmt/477")
    for case in ("a JPX beside words", "content that ends too soon", "white words"):
        assert omgjoering.convert(TOLD[case][0], "nb").code == TOLD[case][1]
    large = omgjoering.convert(TAKEN["a page larger than PDF/A"], "nb")
    assert large.body and not large.format


@pytest.mark.parametrize(
    "body",
    [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"[" * 9000, b"%PDF-1.7\n1 0 obj\n" + b"<<" * 900,
     b"trailer<</Root 1 0 R>>1 0 obj<</Pages 1 0 R/Kids[1 0 R]>>",
     b"trailer<</Root 1 0 R>>1 0 obj 1 0 R endobj",
     b"trailer<</Root 1 0 R>>1 0 obj<</Pages 2 0 R>>2 0 obj<</Kids[2 0 R 2 0 R]>>",
     b"1 0 obj<</Type/ObjStm/N 9/First 1/Length 2>>stream\n12\nendstream trailer<</Root[]>>"],
)  # fmt: skip
def test_a_file_that_cannot_be_followed_is_said_to_have_content(body: bytes) -> None:
    """Deep, round in a ring, or of odd kinds: no answer is a guess, and none takes long."""
    held = Innhold(body)
    assert held.unclear or held.broken
    assert held.has_content(0, None)


def test_words_of_a_picture_file_are_not_needed() -> None:
    """A JPEG whose scan is far more than one colour needs, and shows one colour, was not read."""
    body = io.BytesIO()
    Image.new("L", (64, 64), 200).save(body, "JPEG")
    plain = body.getvalue()
    assert treat([plain], "nb")[0].code == ""
    stuffed = plain[:-2] + bytes(9000) + plain[-2:]
    assert treat([stuffed], "nb")[0].code == "VEDLEGG_EN_FARGE"
