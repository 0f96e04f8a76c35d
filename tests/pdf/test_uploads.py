"""Uploaded files: kept, made lasting, or flagged for a human; never guessed at, never our crash."""

import io
import zlib
from typing import Any

import page
import pypdfium2
import pytest
from PIL import Image

from gateway.snapshot.opplasting import Grenser, treat


def pdf(content: bytes = b"BT /F1 24 Tf 72 700 Td (Hei) Tj ET", extra: bytes = b"") -> bytes:
    """A small ordinary PDF with one page and a font that is not embedded."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    out, places = b"%PDF-1.7\n", []
    for nr, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (nr, body)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % at for at in places)
    return out + b"trailer<</Root 1 0 R/Size 5%s>>\nstartxref\n%d\n%%%%EOF\n" % (extra, start)


def locked() -> bytes:
    """A PDF that asks for a password: a security handler with a user password nobody here has."""
    key = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/Length 40/O<%s>/U<%s>>>/ID[<%s><%s>]" % (
        b"11" * 32, b"22" * 32, b"33" * 16, b"33" * 16,
    )  # fmt: skip
    return pdf(extra=key)


def picture(form: str, mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> bytes:
    """An image file."""
    out = io.BytesIO()
    Image.new(mode, size, 0 if mode in ("L", "1") else None).save(out, form)
    return out.getvalue()


def pages(body: bytes) -> list[Any]:
    """The pages of a PDF as small pictures."""
    document = pypdfium2.PdfDocument(body)
    try:
        return [sheet.render(scale=0.3).to_pil().convert("L") for sheet in document]
    finally:
        document.close()


def test_a_valid_pdfa_is_left_as_it_is(lab: Any, first: Any) -> None:
    """No byte is touched, and the archive is told which PDF/A it is."""
    good = lab.draw(first[0])[1]
    (outcome,) = treat([good], "nb")
    assert (outcome.code, outcome.format, outcome.body) == ("", "fmt/476", b"")


def test_a_false_alarm_does_not_make_a_good_file_anew(lab: Any, vera: Any) -> None:
    """The one rule that the fast validator misreads is not held against an upload."""
    drawn = (lab.draw(log)[1] for _n, log, _f in (*lab.generated(29, 8), *lab.corpus()))
    doubted = next(
        body for body in drawn
        if [f.rule_id for f in page.validate_pdf_bytes(body, profile="2a").failures]
    )  # fmt: skip
    assert vera.validate(doubted, "2a")[0].broken == ()
    (outcome,) = treat([doubted], "nb")
    assert (outcome.format, outcome.body) == ("fmt/476", b"")


def test_a_pdf_that_only_claims_is_not_believed(lab: Any, first: Any) -> None:
    """Planted: a PDF/A whose tags are gone still claims, and is made anew."""
    good = lab.draw(first[0])[1]
    (outcome,) = treat([good.replace(b"/FontFile2 ", b"/FontFilX2 ")], "nb")
    assert outcome.format == "" and outcome.body


@pytest.mark.parametrize(
    "body",
    [pdf(), pdf(b""), picture("PNG"), picture("JPEG"), picture("PNG", "RGBA"),
     picture("PNG", "1"), picture("PNG", "P"), picture("JPEG", "CMYK"),
     picture("PNG", size=(3000, 10))],
    ids=["pdf", "blank page", "png", "jpeg", "alpha", "bilevel", "palette", "cmyk", "wide"],
)  # fmt: skip
def test_what_can_be_shown_becomes_pdfa(vera: Any, body: bytes) -> None:
    """Page images in a PDF/A-2b with as many pages, the same bytes each time."""
    one, two = treat([body, body], "nb")
    assert one.code == "" and one.format == ""
    assert one == two
    assert len(pages(one.body)) == 1
    (verdict,) = vera.validate(one.body, "2b")
    assert verdict.broken == ()
    assert page.validate_pdf_bytes(one.body).is_compliant


def test_what_is_drawn_is_what_stood_there() -> None:
    """The picture of the page has the same ink, within what a JPEG changes."""
    body = pdf()
    (outcome,) = treat([body], "nn")
    before, after = pages(body)[0], pages(outcome.body)[0]
    difference = [abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True)]
    assert before.size == after.size
    assert min(before.tobytes()) < 200
    assert sum(difference) / len(difference) < 2


REFUSED = {
    "password": (locked(), "VEDLEGG_PASSORD"),
    "truncated": (pdf()[:-60], "VEDLEGG_OEDELAGT"),
    "half": (pdf()[:250], "VEDLEGG_OEDELAGT"),
    "only a header": (b"%PDF-1.7\n", "VEDLEGG_OEDELAGT"),
    "empty": (b"", "VEDLEGG_OEDELAGT"),
    "no pages": (pdf().replace(b"/Count 1", b"/Count 0").replace(b"[3 0 R]", b"[     ]"),
                 "VEDLEGG_OEDELAGT"),
    "broken png": (picture("PNG")[:-30], "VEDLEGG_OEDELAGT"),
    "broken jpeg": (picture("JPEG")[:200], "VEDLEGG_OEDELAGT"),
    "text": (b"hei\n" * 10, "VEDLEGG_UKJENT_TYPE"),
    "zip": (b"PK\x03\x04" + bytes(100), "VEDLEGG_UKJENT_TYPE"),
    "html": (b"<html><script>x</script></html>", "VEDLEGG_UKJENT_TYPE"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_shown_is_flagged(kind: str) -> None:
    """A public code for a human, and never a blank page that looks whole."""
    body, code = REFUSED[kind]
    (outcome,) = treat([body], "nb")
    assert (outcome.code, outcome.body, outcome.format) == (code, b"", "")


def test_a_flagged_file_is_in_the_snapshot_and_on_the_page(lab: Any, first: Any) -> None:
    """The original is kept, its number is reported with the code, and the page says why."""
    from gateway.snapshot.freeze import freeze

    log, _files = first
    plain = log.dokumenter[0].model_copy(update={"sha256": None, "stoerrelse": None})
    odd = log.model_copy(update={"dokumenter": (plain,)})
    made = freeze(odd, lab.ramme, lambda _key: b"hei")
    assert made.flagged == ((4, "VEDLEGG_UKJENT_TYPE"),)
    assert made.files[3].body == b"hei"
    assert made.files[3].uttaksfil.filnavn == "vedlegg-01.bin"
    text = lab.layer.body_text(made.files[0].body)
    assert lab.layer.folded("Filtypen har ingen arkivform her.") in text


def test_limits_end_one_file_and_not_the_others() -> None:
    """Too large, too slow and too hungry are flagged; what stands beside them is done."""
    bomb = picture_bomb()
    hungry = Grenser(size=100_000, memory=700_000_000, seconds=20)
    got = treat([pdf(), bytes(100_001), bomb, pdf()], "nb", hungry)
    assert [one.code for one in got] == ["", "VEDLEGG_FOR_STORT", "VEDLEGG_FOR_STORT", ""]
    assert got[0] == got[3]


def picture_bomb() -> bytes:
    """A tiny PNG that says it is 30,000 x 30,000 and would fill the memory."""
    out = io.BytesIO()
    Image.new("1", (30000, 1000)).save(out, "PNG")
    body = bytearray(out.getvalue())
    body[20:24] = (30000).to_bytes(4, "big")
    body[29:33] = zlib.crc32(bytes(body[12:29])).to_bytes(4, "big")
    return bytes(body)
