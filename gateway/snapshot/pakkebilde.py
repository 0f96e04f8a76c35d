"""Pictures packed in ways that have no sum: LZW, run lengths and JBIG2, held against their length.

What is counted is whether the codes are codes, lead to their own end, and make as many bytes as the
picture has. A changed code that is another of the same length is not seen. Pure; it must only run
in the worker process.
"""

_CLEAR, _END = 256, 257
_WIDEST = 4096


def lzw(body: bytes, early: int) -> int | None:
    """How many bytes LZW unpacks to (ISO 32000-1, 7.4.4); None when it does not end as it must."""
    width, total, before, at = 9, 0, 0, 0
    lengths: list[int] = []
    bits = len(body) * 8
    while at + width <= bits:
        start = at >> 3
        word = int.from_bytes(body[start : start + 4].ljust(4, b"\0"))
        code = word >> (32 - (at & 7) - width) & ((1 << width) - 1)
        at += width
        if code == _END:
            return total if at + 64 > bits or not body[(at + 7) >> 3 :].strip(b"\0\r\n") else None
        if code == _CLEAR:
            width, before, lengths = 9, 0, []
            continue
        known = len(lengths)
        if code < _CLEAR:
            length = 1
        elif code - 258 < known:
            length = lengths[code - 258]
        elif code - 258 == known and before:
            length = before + 1
        else:
            return None
        if before and known + 258 < _WIDEST:
            lengths.append(before + 1)
        elif before:
            return None
        before = length
        total += length
        width = min(max((len(lengths) + 258 + early).bit_length(), 9), 12)
    return None


def run_length(body: bytes) -> int | None:
    """How many bytes run lengths unpack to (ISO 32000-1, 7.4.5); None when they stop in one."""
    at = total = 0
    while at < len(body):
        first = body[at]
        if first == 128:
            return total
        at += first + 2 if first < 128 else 2
        total += first + 1 if first < 128 else 257 - first
    return total if at == len(body) else None


def jbig2(body: bytes) -> bool:
    """True when its parts follow each other to the last byte (ISO 14492, 7.2)."""
    at = 0
    while at < len(body.rstrip(b"\r\n")):
        number, flags = int.from_bytes(body[at : at + 4]), int.from_bytes(body[at + 4 : at + 5])
        count, place = int.from_bytes(body[at + 5 : at + 6]) >> 5, at + 6
        if count == 7:
            count = int.from_bytes(body[at + 5 : at + 9]) & 0x1FFFFFFF
            place = at + 9 + (count + 8) // 8
        place += count * (1 if number <= 256 else 2 if number <= 65536 else 4)
        place += 4 if flags & 64 else 1
        length = int.from_bytes(body[place : place + 4])
        if place + 4 > len(body):
            return False
        if length == 0xFFFFFFFF:
            # A region of unknown length is the last; the renderer says whether it opens.
            return True
        at = place + 4 + length
    return at <= len(body)
