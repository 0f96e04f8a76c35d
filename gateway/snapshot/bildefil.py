"""An uploaded picture made flat: on white, in three colours of eight bits, nothing lost on the way.

What is not proved to be all there, or is more than one picture, is a person's.

Must only run in the worker process.
"""

import io
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from gateway.snapshot import jpegfil, pngfil
from gateway.snapshot.pdfbilder import single
from gateway.snapshot.refusert import Refused

MOST_POINTS = 64_000_000
_DEEP = frozenset({"I;16", "I;16B"})
_LONGEST = 4000


def flattened(body: bytes) -> Any:
    """The picture as RGB. Raises Refused: VEDLEGG_OEDELAGT; VEDLEGG_FLERE_BILDER;
    VEDLEGG_EN_FARGE when the file has more than one value and the flat picture has not. Raises
    DecompressionBombError for a huge one."""
    Image.MAX_IMAGE_PIXELS = MOST_POINTS
    try:
        with Image.open(io.BytesIO(body), formats=("PNG", "JPEG")) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Refused("VEDLEGG_OEDELAGT") from None
    _all_there(body)
    plain = single(picture)
    if picture.mode in _DEEP:
        picture = _shallow(picture)
    picture.thumbnail((_LONGEST, _LONGEST))
    flat = Image.new("RGB", picture.size, "white")
    seen = picture.convert("RGBA")
    flat.paste(seen, mask=seen.getchannel("A"))
    if single(flat) and (not plain or _says_more(body, flat)):
        raise Refused("VEDLEGG_EN_FARGE")
    return flat


def _all_there(body: bytes) -> None:
    """Raises Refused unless every row is there and it is one picture alone."""
    if body.startswith(b"\xff\xd8"):
        whole, more = jpegfil.whole(body), jpegfil.hides(body)
    else:
        whole, frames, end = pngfil.read(body)
        more = frames > 1 or jpegfil.follows(body[end:])
    if not whole:
        raise Refused("VEDLEGG_OEDELAGT")
    if more:
        raise Refused("VEDLEGG_FLERE_BILDER")


def _shallow(picture: Any) -> Any:
    """Sixteen bits of grey as eight: the upper ones, as a screen shows them."""
    hidden = picture.info.get("transparency")
    wide = picture.convert("I")
    made = wide.point([value >> 8 for value in range(65536)], "L")
    if isinstance(hidden, int):
        made.putalpha(wide.point([0 if value == hidden else 255 for value in range(65536)], "L"))
    return made


def _says_more(body: bytes, flat: Any) -> bool:
    """True when a JPEG has far more bytes than one colour of that size needs: it was not read."""
    if not body.startswith(b"\xff\xd8"):
        return False
    made = io.BytesIO()
    flat.save(made, "JPEG", quality=95)
    return _scan(body) > 2 * _scan(made.getvalue()) + 256


def _scan(jpeg: bytes) -> int:
    """Bytes after the first start of scan."""
    at = jpeg.find(b"\xff\xda")
    return len(jpeg) - at if at >= 0 else 0
