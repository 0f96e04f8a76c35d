"""The pinned fonts: where they are, that they are the right ones, and which characters they have.

The fonts come with a pinned package and are named by SHA-256, so that the bytes of a snapshot never
depend on what a machine has installed. This module reads font files; it draws nothing.
"""

import hashlib
import struct
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from gateway.errors import LocalFault
from gateway.snapshot.skrifter import DEJAVU_SANS_MONO, SHA256

VARIABLE = "[wght].ttf"


@lru_cache(maxsize=1)
def folder() -> Path:
    """The folder with exactly the pinned fonts. Raises LocalFault("SKRIFT_FEIL") otherwise."""
    found = find_spec("manimgx_fonts")
    if found is None or found.origin is None:
        raise LocalFault("SKRIFT_FEIL", place="manimgx_fonts")
    place = Path(found.origin).parent
    check(place)
    return place


def check(place: Path) -> None:
    """Raises LocalFault("SKRIFT_FEIL") unless `place` holds the pinned fonts and no other."""
    here = {file.name: file for file in place.iterdir() if file.suffix in (".ttf", ".otf", ".ttc")}
    wanted = {name + VARIABLE: sha for name, sha in SHA256.items()}
    for name in sorted(here.keys() ^ wanted.keys()):
        raise LocalFault("SKRIFT_FEIL", place=name)
    for name, file in here.items():
        if hashlib.sha256(file.read_bytes()).hexdigest() != wanted[name]:
            raise LocalFault("SKRIFT_FEIL", place=name)


@lru_cache(maxsize=1)
def drawable() -> frozenset[int]:
    """Every code point that one of the fonts has a glyph for."""
    found: set[int] = set()
    for name in SHA256:
        found |= code_points((folder() / (name + VARIABLE)).read_bytes())
    for first, last in DEJAVU_SANS_MONO:
        found.update(range(first, last + 1))
    return frozenset(found)


def code_points(font: bytes) -> set[int]:
    """The code points of a TrueType font's character map (formats 4 and 12 of OpenType `cmap`)."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0]
        for at in range(12, 12 + 16 * count, 16)
    }
    start = tables[b"cmap"]
    found: set[int] = set()
    for index in range(struct.unpack_from(">H", font, start + 2)[0]):
        table = start + struct.unpack_from(">I", font, start + 8 + 8 * index)[0]
        form = struct.unpack_from(">H", font, table)[0]
        if form == 12:
            found |= _groups(font, table)
        elif form == 4:
            found |= _segments(font, table)
    return found


def _groups(font: bytes, table: int) -> set[int]:
    found: set[int] = set()
    for group in range(struct.unpack_from(">I", font, table + 12)[0]):
        first, last, _glyph = struct.unpack_from(">III", font, table + 16 + 12 * group)
        found.update(range(first, last + 1))
    return found


def _segments(font: bytes, table: int) -> set[int]:
    count = struct.unpack_from(">H", font, table + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, table + 14)
    starts = struct.unpack_from(f">{count}H", font, table + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}h", font, table + 16 + 4 * count)
    ranges = table + 16 + 6 * count
    offsets = struct.unpack_from(f">{count}H", font, ranges)
    found: set[int] = set()
    for k in range(count):
        for code in range(starts[k], min(ends[k], 0xFFFE) + 1):
            glyph = (code + deltas[k]) & 0xFFFF
            if offsets[k]:
                at = ranges + 2 * k + offsets[k] + 2 * (code - starts[k])
                glyph = struct.unpack_from(">H", font, at)[0]
            if glyph:
                found.add(code)
    return found
