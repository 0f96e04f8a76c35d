"""Attachments made and damaged by a seed: what each is, and whether it is whole.

A drawing is a page (or a picture) with content; a way of damage is done to one of them. What a way
does not hurt is said to be whole, and must be taken; of the rest nothing is said but the law: a
page with content never comes out as one colour without a code.
"""

import io
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PIL import Image

from tests.pdf.byggepdf import HELLO, flate, one_page, stream

WORDS = b"BT /F1 24 Tf 20 %d Td (Notat nr %d) Tj ET"
PLACED = b"q 200 0 0 150 20 20 cm /I Do Q"


@dataclass(frozen=True)
class Vedlegg:
    """`whole` when it must be taken; `content` when it has something to show."""

    name: str
    body: bytes = field(repr=False)
    whole: bool = False
    content: bool = True


def grey(rng: random.Random, size: tuple[int, int] = (50, 50)) -> Image.Image:
    """A picture with all shades."""
    return Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))


def encoded(picture: Image.Image, form: str, **how: object) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def with_image(raw: bytes, more: bytes, words: bytes = b"") -> bytes:
    """A page with a picture whose bytes are given, and words beside it."""
    head = (
        b"/Type/XObject/Subtype/Image/Width 50/Height 50/BitsPerComponent 8/ColorSpace/DeviceGray"
    )
    return one_page(
        stream(words + PLACED), stream(raw, head + more), resources=b"/XObject<</I 6 0 R>>"
    )


def _text(rng: random.Random) -> bytes:
    content = WORDS % (rng.randrange(20, 150), rng.randrange(1000))
    return one_page(rng.choice((stream, flate))(content), pages=rng.choice((1, 1, 3)))


def _pictured(rng: random.Random) -> bytes:
    form = rng.choice(("flate", "dct", "jpx"))
    words = rng.choice((b"", HELLO + b" "))
    if form == "flate":
        return with_image(zlib.compress(grey(rng).tobytes()), b"/Filter/FlateDecode", words)
    kind, name = {"dct": ("JPEG", b"DCTDecode"), "jpx": ("JPEG2000", b"JPXDecode")}[form]
    return with_image(encoded(grey(rng), kind), b"/Filter/" + name, words)


def _nested(rng: random.Random) -> bytes:
    form = flate(
        HELLO, b"/Type/XObject/Subtype/Form/BBox[0 0 300 200]/Resources<</Font<</F1 5 0 R>>>>"
    )
    return one_page(flate(b"/X Do"), form, resources=b"/XObject<</X 6 0 R>>")


def _drawn(rng: random.Random) -> bytes:
    return one_page(flate(b"0 0 1 rg %d 20 90 90 re f" % rng.randrange(150)))


def _noted(rng: random.Random) -> bytes:
    look = stream(b"1 0 0 rg 0 0 50 50 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 50 50]")
    note = b"<</Type/Annot/Subtype/Stamp/Rect[20 20 70 70]/F 4/AP<</N 7 0 R>>>>"
    return one_page(stream(b"q Q"), note, look, page=b"/Annots[6 0 R]")


PAGES: tuple[Callable[[random.Random], bytes], ...] = (_text, _pictured, _nested, _drawn, _noted)


def _packed_spot(rng: random.Random, body: bytes) -> tuple[int, int]:
    """Where the bytes of one of the file's streams are."""
    spots, at = [], 0
    while (start := body.find(b"stream\n", at)) >= 0:
        end = body.find(b"endstream", start) - 1
        if end < start:
            break
        spots.append((start + 7, end))
        at = end + 10
    return rng.choice(spots)


def _flip(rng: random.Random, body: bytes) -> bytes:
    start, end = _packed_spot(rng, body)
    changed = bytearray(body)
    for _ in range(rng.randrange(1, 9)):
        changed[rng.randrange(start, max(end, start + 1))] ^= rng.randrange(1, 256)
    return bytes(changed)


def _emptied(rng: random.Random, body: bytes) -> bytes:
    start, end = _packed_spot(rng, body)
    return body[:start] + bytes(end - start) + body[end:]


def _noise(rng: random.Random, body: bytes) -> bytes:
    start, end = _packed_spot(rng, body)
    return body[:start] + rng.randbytes(end - start) + body[end:]


def _shortened(rng: random.Random, body: bytes) -> bytes:
    start, end = _packed_spot(rng, body)
    cut = rng.randrange(start, max(end, start + 1))
    return body[:cut] + b" " * (end - cut) + body[end:]


def _cut_out(rng: random.Random, body: bytes) -> bytes:
    start = rng.randrange(15, len(body) - 200)
    return body[:start] + body[start + rng.randrange(1, 180) :]


def _ended(rng: random.Random, body: bytes) -> bytes:
    return body[: rng.randrange(20, len(body) - 8)]


def _renamed(rng: random.Random, body: bytes) -> bytes:
    old, new = rng.choice((
        (b"/Contents 4 0 R", b"/Contents 9 0 R"), (b"/FlateDecode", b"/FlateDecodx"),
        (b"/XObject<</", b"/XObjecx<</"), (b"6 0 R", b"9 0 R"), (b"/Filter", b"/Filtex"),
    ))  # fmt: skip
    return body.replace(old, new)


DAMAGES: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _flip, _emptied, _noise, _shortened, _cut_out, _ended, _renamed,
)  # fmt: skip


def _padded(rng: random.Random, body: bytes) -> bytes:
    return body + rng.choice((b"\0", b"\n", b"\r\n ", b"\0\n")) * rng.randrange(1, 4000)


def _pointer_off(rng: random.Random, body: bytes) -> bytes:
    at = body.rfind(b"startxref\n") + 10
    end = body.find(b"\n", at)
    return body[:at] + b"%d" % (int(body[at:end]) + rng.choice((-2, -1, 1, 2))) + body[end:]


def _sum_lost(_rng: random.Random, body: bytes) -> bytes:
    """The check sum after packed content is another: the content is all there."""
    at = body.find(b"/FlateDecode")
    if at < 0 or b"/Image" in body:
        return body
    end = body.find(b"\nendstream", at)
    return body[: end - 4] + b"\1\2\3\4" + body[end:]


HARMLESS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    lambda _rng, body: body, _padded, _pointer_off, _sum_lost,
)  # fmt: skip


def _image_file(rng: random.Random) -> Vedlegg:
    picture = grey(rng, (rng.randrange(8, 90), rng.randrange(8, 90)))
    kind = rng.randrange(5)
    if kind == 0:
        deep = Image.frombytes(
            "I;16", picture.size, rng.randbytes(2 * picture.width * picture.height)
        )
        return Vedlegg("png 16", encoded(deep, "PNG"), whole=True)
    if kind == 1:
        faint = picture.point(lambda one: 255 - one // 128)
        return Vedlegg("png nesten hvit", encoded(faint, "PNG"))
    if kind == 2:
        clear = Image.merge("LA", (picture, Image.new("L", picture.size, 0)))
        return Vedlegg("png gjennomsiktig", encoded(clear, "PNG"))
    form = rng.choice(("PNG", "JPEG"))
    body = bytearray(encoded(picture, form))
    for _ in range(rng.randrange(1, 6)):
        body[rng.randrange(30, len(body))] ^= rng.randrange(1, 256)
    return Vedlegg(f"{form} skadet", bytes(body))


def made(seed: int, count: int) -> Iterator[Vedlegg]:
    """`count` attachments: half of them damaged pages, a quarter whole ones, the rest pictures."""
    for nr in range(count):
        rng = random.Random(f"{seed}-{nr}")
        if nr % 4 == 3:
            yield _image_file(rng)
            continue
        page = PAGES[nr // 4 % len(PAGES)]
        body = page(rng)
        if nr % 4 == 2:
            harmless = HARMLESS[nr // 20 % len(HARMLESS)]
            yield Vedlegg(f"{page.__name__} hel", harmless(rng, body), whole=True)
        else:
            damage = rng.choice(DAMAGES)
            yield Vedlegg(f"{page.__name__}{damage.__name__}", damage(rng, body))
