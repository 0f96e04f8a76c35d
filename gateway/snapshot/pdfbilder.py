"""The pictures inside a PDF: whether all of one is there, and whether it is one colour all over.

A renderer draws what it could decode of a picture and nothing, white or black, for the rest; so
each is opened here on its own, by its filter. It must only run in the worker process.
"""

import io
import zlib
from typing import Any

from PIL import Image

from gateway.snapshot import faksbilde, jpegfil, pakkebilde
from gateway.snapshot.pdfobjekt import Name, Pdf, Stream, filters, inflated, unpacked

_COUNTS = {
    "DeviceGray": 1, "G": 1, "CalGray": 1, "Indexed": 1, "I": 1, "Separation": 1,
    "DeviceRGB": 3, "RGB": 3, "CalRGB": 3, "Lab": 3, "DeviceCMYK": 4, "CMYK": 4,
}  # fmt: skip
_OPENED = {"DCTDecode": "JPEG", "DCT": "JPEG", "JPXDecode": "JPEG2000"}
UNSEEN = frozenset({"JBIG2Decode", "CCITTFaxDecode", "CCF", "LZWDecode", "LZW", "RunLengthDecode",
                    "RL"})  # fmt: skip
"""Filters that only the renderer undoes here; it must have made a picture of them."""


def whole(pdf: Pdf, stream: Stream) -> bool:
    """True when the picture's bytes are all there, as far as its filter can be undone here."""
    body, left, unbroken = unpacked(pdf, stream)
    if not unbroken:
        return False
    size = _size(pdf, stream)
    if not left:
        return (size is None or len(body) >= size) and _summed(pdf, stream, size is not None)
    if left in UNSEEN:
        return whole_packed(pdf, stream, size)
    if left in ("DCTDecode", "DCT"):
        return jpegfil.whole(body)
    return left in _OPENED and opened(body, _OPENED[left]) is not None


def whole_packed(pdf: Pdf, stream: Stream, size: int | None = None) -> bool:
    """True when bytes of a form that only the renderer undoes lead to their own end, and are at
    least `size` where that is known."""
    body, left, unbroken = unpacked(pdf, stream)
    names = filters(pdf, stream)
    if not unbroken or not names or names[-1] != left:
        return False
    told = _parameters(pdf, stream)
    if left in ("LZWDecode", "LZW"):
        made = pakkebilde.lzw(body, 0 if pdf.get(told.get("EarlyChange")) == 0 else 1)
    elif left in ("RunLengthDecode", "RL"):
        made = pakkebilde.run_length(body)
    elif left == "JBIG2Decode":
        return pakkebilde.jbig2(body)
    else:
        return _fax(pdf, stream, body, told)
    return made is not None and made >= (size or 0)


def _fax(pdf: Pdf, stream: Stream, body: bytes, told: dict[str, Any]) -> bool:
    k, columns = pdf.get(told.get("K", 0)), pdf.get(told.get("Columns", 1728))
    height = pdf.get(stream.told.get("Height", stream.told.get("H")))
    if not all(isinstance(one, int) for one in (k, columns, height)) or columns < 1:
        return False
    aligned = pdf.get(told.get("EncodedByteAlign")) is True
    return faksbilde.whole(body, faksbilde.Faks(k, columns, height, aligned))


def _parameters(pdf: Pdf, stream: Stream) -> dict[str, Any]:
    """What the last filter is told."""
    found = pdf.get(stream.told.get("DecodeParms", stream.told.get("DP")))
    found = pdf.get(found[-1]) if isinstance(found, list) and found else found
    return found if isinstance(found, dict) else {}


def _summed(pdf: Pdf, stream: Stream, measured: bool) -> bool:
    """True when no byte of a packed picture is another than it was: its sum is right, or is cut
    off and the picture has all its points."""
    body = stream.raw
    if not set(filters(pdf, stream)) & {"FlateDecode", "Fl"}:
        return True
    if filters(pdf, stream)[0] not in ("FlateDecode", "Fl"):
        return measured
    packed = body.strip(b"\r\n")
    if inflated(body)[2]:
        return True
    # What is behind the last block: a whole sum that is wrong is damage, a part of one is a cut.
    return measured and _behind(packed) < 4


def _behind(packed: bytes) -> int:
    worker = zlib.decompressobj(-15)
    worker.decompress(packed[2:])
    return len(worker.unused_data) if worker.eof else 0


def one_colour(pdf: Pdf, stream: Stream) -> bool:
    """True only when it is proved that every point of the picture is the same."""
    told = stream.told
    if pdf.get(told.get("SMask")) is not None or pdf.get(told.get("Mask")) is not None:
        return False
    body, left, unbroken = unpacked(pdf, stream)
    if not unbroken or not body:
        return False
    parameters = pdf.get(told.get("DecodeParms"))
    if not left:
        # A predicted row begins with how it was predicted, so equal bytes prove nothing there; nor
        # do bytes that were never packed, for a hole in a file is one value too.
        packed = len(body) > len(stream.raw) and parameters is None
        return packed and whole(pdf, stream) and body == body[:1] * len(body)
    if left in _OPENED:
        picture = opened(body, _OPENED[left], full=True)
        return picture is not None and single(picture)
    if left in ("CCITTFaxDecode", "CCF") and isinstance(parameters, dict):
        # Group 4 writes a row that is as the one above it, from a white one on, as a single 1.
        height = pdf.get(told.get("Height"))
        rows = height // 8 if isinstance(height, int) else 0
        group4 = isinstance(k := pdf.get(parameters.get("K")), int) and k < 0
        return group4 and rows > 0 and body[:rows] == b"\xff" * rows
    return False


def single(picture: Any) -> bool:
    """True when every point of a picture has the same value, its transparency too."""
    found = picture.getextrema()
    bands = found if isinstance(found[0], tuple) else (found,)
    return all(low == high for low, high in bands)


def opened(body: bytes, form: str, *, full: bool = False) -> Any:
    """The picture, read to its end; None when it is not there. Small unless `full`."""
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(body), formats=(form,)) as picture:
            if not full and form == "JPEG":
                # Every bit of it is read all the same; only fewer points are made of them.
                picture.draft(
                    picture.mode, (max(picture.width // 8, 1), max(picture.height // 8, 1))
                )
            picture.load()
            return picture
    except (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError):
        return None


def _size(pdf: Pdf, stream: Stream) -> int | None:
    """How many bytes the unpacked picture has at least; None when that cannot be told."""
    told = stream.told
    width, height = (pdf.get(told.get(key, told.get(key[0]))) for key in ("Width", "Height"))
    bits = pdf.get(told.get("BitsPerComponent", told.get("BPC", 1)))
    mask = pdf.get(told.get("ImageMask", told.get("IM")))
    count = 1 if mask is True else _components(pdf, told.get("ColorSpace", told.get("CS")))
    if mask is True:
        bits = 1
    if count is None or not all(isinstance(one, int) and one > 0 for one in (width, height, bits)):
        return None
    # The last row may lack its end: readers have always forgiven that, and it is seen by nobody.
    return int(max(height - 1, 1) * ((width * bits * count + 7) // 8))


def _components(pdf: Pdf, space: Any) -> int | None:
    found = pdf.get(space)
    if isinstance(found, Name):
        return _COUNTS.get(found)
    if not isinstance(found, list) or not found:
        return None
    kind = pdf.get(found[0])
    if kind == "ICCBased" and len(found) > 1:
        profile = pdf.get(found[1])
        count = pdf.get(profile.told.get("N")) if isinstance(profile, Stream) else None
        return count if isinstance(count, int) else None
    if kind == "DeviceN" and len(found) > 1:
        names = pdf.get(found[1])
        return len(names) if isinstance(names, list) else None
    return _COUNTS.get(str(kind))
