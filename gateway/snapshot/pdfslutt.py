"""The end of a PDF: whether it has one, and whether what its end says of the rest is so.

A reader that repairs a cut file shows blank pages without a word. So a file without an end is
refused, and one whose last pointer is off is taken only when the table it meant is right in every
line: then one number was written wrong, and no byte was lost on the way. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.snapshot.pdfobjekt import ODD, Pdf, Stream, Unreadable, unpacked

_PAD = b"\0 \r\n\t"
_TABLE = re.compile(rb"(?<!start)xref(?=[\r\n\t ])")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])")
_SECTION = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10}) (\d{1,7})[\t\f ]*[\r\n]+")
_OBJECT = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10})[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+obj")
_NEAR = 1024


@dataclass(frozen=True, slots=True)
class Slutt:
    """`there` when the file ends as it must; `exact` when its last pointer leads to a table;
    `alone` when nothing follows; `whole` when the table is right though the pointer may be off."""

    there: bool = False
    exact: bool = False
    alone: bool = False
    whole: bool = False


def ending(body: bytes) -> Slutt:
    """The end of a file; what some systems pad a file with is no part of it."""
    last = _unpadded(body)
    tail = body[max(last - 2048, 0) : last]
    at = tail.rfind(b"startxref")
    words = tail[at + 9 :].split() if at >= 0 else []
    if not words or not words[0].isdigit() or b"%%EOF" not in tail[at:]:
        return Slutt()
    alone = tail.endswith(b"%%EOF") and b"\0" not in body[last:]
    pointer, header = int(words[0]), max(body.find(b"%PDF-", 0, 1024), 0)
    for start in {pointer, pointer + header}:
        there = body[start : start + 32].lstrip()
        if there.startswith(b"xref") or (there[:1].isdigit() and b" obj" in there):
            return Slutt(there=True, exact=True, alone=alone, whole=True)
    return Slutt(there=True, alone=alone, whole=_right(body, last - len(tail) + at, pointer))


def _unpadded(body: bytes) -> int:
    """Where the last byte that is no padding ends."""
    last = len(body)
    while last > 0 and body[last - 1] in _PAD:
        start = max(last - 65536, 0)
        last = start + len(body[start:last].rstrip(_PAD))
    return last


def _right(body: bytes, end: int, pointer: int) -> bool:
    """True when the table near where the pointer leads is right in every line."""
    low, high = max(pointer - _NEAR, 0), min(pointer + _NEAR, end)
    found = list(_TABLE.finditer(body[low:high]))
    try:
        if found:
            at = min(found, key=lambda one: abs(low + one.start() - pointer))
            lines = list(_table(body, low + at.end(), end))
        else:
            near = list(_OBJECT.finditer(body[low:high]))
            lines = [line for one in near for line in _packed(body, int(one[1]))]
    except (*ODD, MemoryError):
        return False
    if not lines:
        return False
    apart = {_distance(body, nr, place) for nr, place in lines}
    return len(apart) == 1 and None not in apart


def _table(body: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    """(number, place) of the lines in use."""
    while (section := _SECTION.match(body, at, end)) is not None:
        at = section.end()
        for nr in range(int(section[1]), int(section[1]) + int(section[2])):
            line = _ENTRY.match(body, at)
            if line is None:
                raise Unreadable
            at += 20
            if line[3] == b"n":
                yield nr, int(line[1])


def _distance(body: bytes, nr: int, place: int) -> int | None:
    """How far from where it is said to be an object is; None when it is not near at all."""
    for found in _OBJECT.finditer(body[max(place - 32, 0) : place + 64]):
        if int(found[1]) == nr:
            digits = found.start(1)
            return max(place - 32, 0) + digits - place
    return None


def _packed(body: bytes, nr: int) -> Iterator[tuple[int, int]]:
    """The same of a table that is a stream, when object `nr` is one."""
    pdf = Pdf(body)
    found = pdf.stream(nr)
    if found is None or found.told.get("Type") != "XRef":
        return
    data, left, whole = unpacked(pdf, found)
    widths = found.told.get("W")
    if left or not whole or not isinstance(widths, list) or len(widths) != 3:
        raise Unreadable
    width = sum(widths)
    rows = _plain(data, width, pdf, found)
    size = pdf.get(found.told.get("Size"))
    index = pdf.get(found.told.get("Index")) or [0, size]
    numbers = (n for first, count in zip(index[::2], index[1::2], strict=True)
               for n in range(first, first + count))  # fmt: skip
    for number, row in zip(numbers, rows, strict=False):
        kind = int.from_bytes(row[: widths[0]]) if widths[0] else 1
        if kind == 1:
            yield number, int.from_bytes(row[widths[0] : widths[0] + widths[1]])


def _plain(data: bytes, width: int, pdf: Pdf, found: Stream) -> Iterator[bytes]:
    """The rows of a table, with what they were predicted from put back (PNG: none and up)."""
    predictor = pdf.of(found.told, "DecodeParms").get("Predictor", 1)
    if predictor < 10:
        yield from (data[at : at + width] for at in range(0, len(data), width))
        return
    above = bytes(width)
    for at in range(0, len(data) - width, width + 1):
        row = data[at + 1 : at + 1 + width]
        if data[at] == 2:
            row = bytes((a + b) & 255 for a, b in zip(row, above, strict=True))
        elif data[at] != 0:
            raise Unreadable
        above = row
        yield row
