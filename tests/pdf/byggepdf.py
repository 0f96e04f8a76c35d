"""Small PDFs written by hand, object by object, so that a test can say exactly what one has."""

import zlib
from collections.abc import Sequence

HELLO = b"BT /F1 40 Tf 40 100 Td (Hei verden) Tj ET"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def stream(body: bytes, more: bytes = b"") -> bytes:
    """A stream object as its bytes are given."""
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(body), more, body)


def flate(body: bytes, more: bytes = b"") -> bytes:
    """A stream object, packed."""
    return stream(zlib.compress(body), b"/Filter/FlateDecode" + more)


def written(
    objects: Sequence[bytes], *, trailer: bytes = b"", off: int = 0, end: bytes = b""
) -> bytes:
    """Objects 1, 2, 3 … as a file whose catalog is the first; `off` is added to `startxref`."""
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for nr, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (nr, body)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % size
    table += b"".join(b"%010d 00000 n \n" % at for at in places)
    last = b"trailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF\n"
    return out + table + last % (size, trailer, len(out) + off) + end


def one_page(
    content: bytes = stream(HELLO),
    *more: bytes,
    resources: bytes = b"",
    catalog: bytes = b"",
    page: bytes = b"",
    box: bytes = b"0 0 300 200",
    pages: int = 1,
    **as_written: object,
) -> bytes:
    """A page with a content stream (object 4), a font (5) and what else there is (6, 7 …).

    `pages` times the same page; `resources`, `catalog` and `page` are added to those dictionaries.
    """
    kids = b" ".join([b"3 0 R"] * pages)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>%s>>%s>>" % (box, resources, page),
        content,
        FONT,
        *more,
    ]
    return written(objects, **as_written)  # type: ignore[arg-type]
