"""A JPEG held against its own header: is every block of it there, and is there more than one.

A decoder fills what is missing with grey and says nothing, and nothing in the format counts the
blocks. So some bytes are laid in at the end of every scan: where all blocks were there they are
stepped over, and where some were not they become blocks, and the picture is another. Only the
Huffman forms everybody writes can be proved so; the rest is not whole here. It must only run in
the worker process.
"""

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

_MORE = bytes(nr * 73 % 251 for nr in range(7, 167))
"""What is laid in: no byte of it is 255, which would begin a marker."""
_SMALL = 4_000_000
"""Points of a picture that is opened in full to be compared; a larger one is in small."""
_TAIL, _LONG_TAIL = 16, 512
_ALONE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROVED = frozenset({0xC0, 0xC1, 0xC2})
_PROGRESSIVE = 0xC2
# Beside a picture and about it: how a screen makes it brighter, and itself in small.
_ABOUT = re.compile(rb"hdrgm|hdr-?gain-?map|iso:ts:21496", re.I)
_OTHERS = re.compile(rb"\xff\xd8\xff|ftyp[a-zA-Z0-9 ]{4}|%PDF-\d|\x89PNG\r\n|PK\x03\x04")
_FAULTS = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError)


@dataclass(frozen=True, slots=True)
class Jpeg:
    """Where the first picture ends, and the packed bytes of its scans, (start, end) by scan.
    `covered` when its scans have all its components to the last bit; `kind` is its frame's."""

    end: int
    scans: tuple[tuple[tuple[int, int], ...], ...]
    kind: int
    covered: bool
    small: bool


def read(body: bytes) -> Jpeg | None:
    """The first picture's parts; None when they cannot be followed to its end."""
    at, kind, every, all_there = 2, 0, 0, True
    frame = _Frame(0, 0, {})
    scans: list[tuple[tuple[int, int], ...]] = []
    left: dict[tuple[int, int], int] = {}
    while 0 <= (at := body.find(b"\xff", at)) < len(body) - 1:
        marker = body[at + 1]
        if marker in (0xFF, 0x00) or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == 0xD9:
            covered = all_there and bool(frame.parts) and all(
                left.get((one, k)) == 0
                for one in frame.parts
                for k in range(64 if kind == _PROGRESSIVE else 1)
            )  # fmt: skip
            small = frame.width * frame.height <= _SMALL
            return Jpeg(at + 2, tuple(scans), kind, covered, small)
        size = int.from_bytes(body[at + 2 : at + 4])
        told = body[at + 4 : at + 2 + size]
        at += 2 + size
        if size < 2 or len(told) != size - 2:
            return None
        if marker in _FRAMES and len(told) >= 6:
            kind, frame = marker, _frame(told)
        elif marker == 0xDD and len(told) == 2:
            every = int.from_bytes(told)
        elif marker == 0xDA and told and len(told) >= 4 + 2 * told[0]:
            first, last, exact = told[-3], told[-2], told[-1] & 15
            for nr in range(told[0]):
                for k in range(first, min(last, 63) + 1) if kind == _PROGRESSIVE else (0,):
                    left[told[1 + 2 * nr], k] = exact if kind == _PROGRESSIVE else 0
            scan = _packed(body, at)
            all_there = all_there and _intervals(scan, frame, told[1 : 1 + 2 * told[0] : 2], every)
            scans.append(scan)
            at = scan[-1][1]
    return None


@dataclass(frozen=True, slots=True)
class _Frame:
    """A picture's size in points, and how often each component is sampled, (across, down)."""

    width: int
    height: int
    parts: dict[int, tuple[int, int]]


def _frame(told: bytes) -> _Frame:
    rows = (told[at : at + 3] for at in range(6, 6 + 3 * told[5], 3))
    parts = {row[0]: (row[1] >> 4 or 1, row[1] & 15 or 1) for row in rows if len(row) == 3}
    return _Frame(int.from_bytes(told[3:5]), int.from_bytes(told[1:3]), parts)


def _intervals(scan: tuple[tuple[int, int], ...], frame: _Frame, parts: bytes, every: int) -> bool:
    """True when a scan has as many parts as its restarts make of the picture (ISO 10918-1, A.2)."""
    if not every or not all(one in frame.parts for one in parts):
        return not every and len(scan) == 1
    most = [max(side) for side in zip(*frame.parts.values(), strict=True)]
    across, down = frame.parts[parts[0]] if len(parts) == 1 else (1, 1)
    wide = 8 if len(parts) == 1 else 8 * most[0]
    high = 8 if len(parts) == 1 else 8 * most[1]
    width, height = frame.width, frame.height
    if len(parts) == 1:
        width, height = -(-width * across // most[0]), -(-height * down // most[1])
    blocks = -(-width // wide) * -(-height // high)
    return sum(end > start for start, end in scan) >= -(-blocks // every) > 0


def _packed(body: bytes, start: int) -> tuple[tuple[int, int], ...]:
    """The packed bytes of a scan, between its restarts."""
    found, at = [], start
    while (at := body.find(b"\xff", at)) >= 0:
        following = body[at + 1 : at + 2]
        if following and 0xD0 <= following[0] < 0xD8:
            found.append((start, at))
            start = at + 2
        elif following != b"\0":
            break
        at += 2
    return (*found, (start, at if at >= 0 else len(body)))


def whole(body: bytes) -> bool:
    """True when it is proved that every block of the first picture is there and was read."""
    jpeg = read(body)
    if jpeg is None or jpeg.kind not in _PROVED or not jpeg.covered:
        return False
    body = body[: jpeg.end]
    full = jpeg.small or jpeg.kind == _PROGRESSIVE
    own = _seen(body, full=full)
    filled = _laid_in(body, [one[1] for scan in jpeg.scans for one in scan])
    if own is None or _seen(filled, full=full) != own:
        return False
    # Bytes that nothing was read from are what a damaged part was passed over for.
    start, end = jpeg.scans[-1][-1]
    end = start + len(body[start:end].rstrip(b"\0"))
    start = max(start, end - (_TAIL if full else _LONG_TAIL))
    other = bytes((one ^ 0x55) & 0xFE for one in body[start:end])
    ends = len(jpeg.scans) > 1 or _seen(body[:start] + other + body[end:], full=full) != own
    return ends or start == end


def _laid_in(body: bytes, places: Sequence[int]) -> bytes:
    """The body with more bytes at each of the places."""
    made, at = [], 0
    for place in places:
        made += [body[at:place], _MORE]
        at = place
    return b"".join((*made, body[at:]))


def _seen(body: bytes, *, full: bool) -> bytes | None:
    """A sum of the picture's points; None when it does not open. The first bits of every block are
    in the smallest form of it, and take less to compare."""
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(body), formats=("JPEG",)) as picture:
            if not full:
                size = (max(picture.width // 8, 1), max(picture.height // 8, 1))
                picture.draft(picture.mode, size)
            picture.load()
            return hashlib.sha256(picture.tobytes()).digest()
    except _FAULTS:
        return None


def hides(body: bytes) -> bool:
    """True when something follows the picture that is one of its own and not about it: another
    picture, a film, a document."""
    jpeg = read(body)
    if jpeg is None:
        return False
    small, at = _in_small(body), jpeg.end
    while (found := _OTHERS.search(body, at)) is not None:
        other = read(body[found.start() :]) if found[0] == b"\xff\xd8\xff" else None
        if found[0] == b"\xff\xd8\xff" and other is None:
            at = found.end()
            continue
        length = other.end if other is not None else 0
        about = _ABOUT.search(body, found.start(), found.start() + length) is not None
        if not about and length not in small:
            return True
        at = found.start() + length
    return False


def follows(body: bytes) -> bool:
    """True when these bytes, behind the end of a file, have the beginning of another in them."""
    return _OTHERS.search(body) is not None


def _in_small(body: bytes) -> frozenset[int]:
    """Lengths of what the file says is itself in small (CIPA DC-007, large thumbnail)."""
    try:
        with Image.open(io.BytesIO(body), formats=("JPEG",)) as picture:
            told = picture._getmp()  # type: ignore[attr-defined]
            rows = told[0xB002] if told else []
            return frozenset(
                int(row["Size"]) for row in rows
                if str(row["Attribute"]["MPType"]).startswith("Large Thumbnail")
            )  # fmt: skip
    except (*_FAULTS, AttributeError):
        return frozenset()
