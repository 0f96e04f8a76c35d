"""A PNG held against its own header: all its rows, the sums of its parts, and its one picture.

A decoder makes the rows that are missing black and says nothing. Source: PNG (W3C, third edition),
chapters 5, 7.2, 8.1 and 11. Pure; it must only run in the worker process.
"""

import zlib

_MUST = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL"})
"""Parts the picture is made of; words beside it may be as they are."""
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
           (0, 1, 1, 2))  # fmt: skip
_PIECE = 1 << 22


def read(body: bytes) -> tuple[bool, int, int]:
    """(whole, frames, where it ends): whole when every row is there and every sum is right.

    `frames` is how many different pictures there may be to see, the one that stands still too.
    """
    at, frames, packed, size, whole = 8, 1, [], 0, False
    while at + 12 <= len(body):
        length, name = int.from_bytes(body[at : at + 4]), body[at + 4 : at + 8]
        data, end = body[at + 8 : at + 8 + length], at + 12 + length
        right = zlib.crc32(body[at + 4 : end - 4]).to_bytes(4) == body[end - 4 : end]
        if end > len(body) or (name in _MUST and not right):
            break
        at = end
        if name == b"IHDR" and length == 13:
            size = _rows(data)
        elif name == b"IDAT":
            packed.append(data)
        elif name == b"acTL":
            frames = max(frames, int.from_bytes(data[:4]))
        elif name == b"fdAT":
            frames = max(frames, 2)  # a picture of the film's own, whatever the film counts
        elif name == b"IEND":
            whole = size > 0 and _unpacks(b"".join(packed), size)
            break
    return whole, frames, at


def _rows(head: bytes) -> int:
    """How many bytes the unpacked rows are, each with the one that says how it was predicted."""
    width, height = int.from_bytes(head[:4]), int.from_bytes(head[4:8])
    bits = head[8] * _SAMPLES.get(head[9], 0)
    passes = _PASSES if head[12] else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns = max(width - left + across - 1, 0) // across
        rows = max(height - top + down - 1, 0) // down
        if columns:
            total += rows * ((columns * bits + 7) // 8 + 1)
    return total if bits else 0


def _unpacks(packed: bytes, size: int) -> bool:
    """True when the packed bytes have their end and their sum and are at least `size`."""
    worker, made = zlib.decompressobj(), 0
    try:
        while packed and not worker.eof:
            made += len(worker.decompress(packed, _PIECE))
            packed = worker.unconsumed_tail
            if made > 2 * size + _PIECE:
                return True
    except zlib.error:
        return False
    return worker.eof and made >= size
