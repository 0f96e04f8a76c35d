"""A picture packed as a fax (CCITT groups 3 and 4), followed row by row to its end.

A decoder draws stripes for bytes it does not know and white for rows that are not there, and says
nothing. Here each row must be made of codes, be exactly as wide as the picture, and there must be
as many as it has. Source: ITU-T T.4 and T.6; ISO 32000-1, 7.4.6. Pure; it must only run in the
worker process.
"""

from dataclasses import dataclass

_WHITE = (
    "00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 "
    "110101 101010 101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 "
    "0100100 0011000 00000010 00000011 00011010 00011011 00010010 00010011 00010100 00010101 "
    "00010110 00010111 00101000 00101001 00101010 00101011 00101100 00101101 00000100 00000101 "
    "00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000 01011001 "
    "01011010 01011011 01001010 01001011 00110010 00110011 00110100 11011 10010 010111 0110111 "
    "00110110 00110111 01100100 01100101 01101000 01100111 011001100 011001101 011010010 011010011 "
    "011010100 011010101 011010110 011010111 011011000 011011001 011011010 011011011 010011000 "
    "010011001 010011010 011000 010011011"
)
_BLACK = (
    "0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 "
    "00000111 000011000 0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 "
    "00000110111 00000101000 00000010111 00000011000 000011001010 000011001011 000011001100 "
    "000011001101 000001101000 000001101001 000001101010 000001101011 000011010010 000011010011 "
    "000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 000011011010 "
    "000011011011 000001010100 000001010101 000001010110 000001010111 000001100100 000001100101 "
    "000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 000000101000 "
    "000001011000 000001011001 000000101011 000000101100 000001011010 000001100110 000001100111 "
    "0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 "
    "0000001101100 0000001101101 0000001001010 0000001001011 0000001001100 0000001001101 "
    "0000001110010 0000001110011 0000001110100 0000001110101 0000001110110 0000001110111 "
    "0000001010010 0000001010011 0000001010100 0000001010101 0000001011010 0000001011011 "
    "0000001100100 0000001100101"
)
_LONG = (
    "00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 000000010101 "
    "000000010110 000000010111 000000011100 000000011101 000000011110 000000011111"
)
# How far the change is from the one above; pass and horizontal are beyond what that can be.
_PASS, _ACROSS = 8, 9
_MODES = {"1": 0, "011": 1, "000011": 2, "0000011": 3, "010": -1, "000010": -2, "0000010": -3,
          "0001": _PASS, "001": _ACROSS}  # fmt: skip
_WIDE = 13
Table = list[tuple[int, int] | None]


class _Odd(Exception):
    """No code begins here, or a row is not as wide as it must be."""


@dataclass(frozen=True, slots=True)
class Faks:
    """How a picture is packed: `k` below zero is group 4, zero one dimension, above mixed."""

    k: int
    columns: int
    rows: int
    aligned: bool = False


def whole(body: bytes, told: Faks) -> bool:
    """True when every row is there and is made of nothing but codes, to the end of the bytes."""
    reader = _Reader(body)
    above: list[int] = []
    try:
        for _ in range(told.rows):
            if told.aligned:
                reader.at = (reader.at + 7) & ~7
            plain = told.k == 0
            if told.k >= 0:
                marked = reader.line_end()
                plain = told.k == 0 or not marked or reader.bit() == 1
            above = reader.plain(told.columns) if plain else reader.against(above, told.columns)
    except _Odd:
        return False
    return reader.ended()


class _Reader:
    """Bits read as codes; `at` is the next bit."""

    def __init__(self, body: bytes) -> None:
        self.body = body + bytes(4)
        self.bits = len(body) * 8
        self.at = 0

    def ahead(self, count: int) -> int:
        start = self.at >> 3
        word = int.from_bytes(self.body[start : start + 4])
        return (word >> (32 - (self.at & 7) - count)) & ((1 << count) - 1)

    def bit(self) -> int:
        found = self.ahead(1)
        self.at += 1
        return found

    def line_end(self) -> bool:
        """Past the mark of a line's end, with what it was filled with; False when there is none."""
        at = self.at
        if self.ahead(11):
            return False
        while self.at < self.bits and self.ahead(12) != 1:
            self.at += 1
        if self.at >= self.bits:
            self.at = at
            return False
        self.at += 12
        return True

    def run(self, black: int) -> int:
        """A length in one colour."""
        table, total = _RUNS[black], 0
        while True:
            found = table[self.ahead(_WIDE)]
            if found is None or self.at >= self.bits:
                raise _Odd
            self.at += found[1]
            total += found[0]
            if found[0] < 64:
                return total

    def plain(self, columns: int) -> list[int]:
        """Where the colour changes in a row that is written out."""
        at, black = 0, 0
        changes: list[int] = []
        while at < columns or (at == columns and not changes):
            at += self.run(black)
            changes.append(at)
            black ^= 1
        if at != columns:
            raise _Odd
        return changes

    def against(self, above: list[int], columns: int) -> list[int]:
        """Where the colour changes in a row that is told by the one above it."""
        at, black, nr = -1, 0, 0
        changes: list[int] = []
        count = len(above)
        while at < columns:
            found = _TURNS[self.ahead(7)]
            if found is None or self.at >= self.bits:
                raise _Odd
            mode = found[0]
            self.at += found[1]
            # The first change above that is to the right, and to the other colour.
            nr = max(nr - 2, 0) + ((max(nr - 2, 0) ^ black) & 1)
            while nr < count and above[nr] <= at:
                nr += 2
            over = above[nr] if nr < count else columns
            if mode == _PASS:
                at = above[nr + 1] if nr + 1 < count else columns
            elif mode == _ACROSS:
                first = max(at, 0) + self.run(black)
                at = first + self.run(black ^ 1)
                changes += (first, at)
            else:
                if over + mode < max(at, 0):
                    raise _Odd
                at = over + mode
                changes.append(at)
                black ^= 1
        if at != columns:
            raise _Odd
        return changes

    def ended(self) -> bool:
        """True when nothing but an end follows."""
        rest = self.body[(self.at + 7) >> 3 : -4]
        if self.bits - self.at <= 32 or not rest.strip(b"\0"):
            return True
        while self.at < self.bits and self.ahead(12) in (0, 1):
            if not self.line_end():
                return True
            if self.bits - self.at <= 32:
                return True
            if self.ahead(13) >> 12 == 1 and self.ahead(13) & 0xFFF in (0, 1):
                self.at += 1
        return not self.body[(self.at + 7) >> 3 : -4].strip(b"\0\r\n")


def _table(codes: dict[str, int], wide: int) -> Table:
    made: Table = [None] * (1 << wide)
    for code, value in codes.items():
        first = int(code, 2) << (wide - len(code))
        for nr in range(first, first + (1 << (wide - len(code)))):
            made[nr] = (value, len(code))
    return made


def _lengths(words: str) -> dict[str, int]:
    codes = words.split()
    made = {code: nr if nr < 64 else (nr - 63) * 64 for nr, code in enumerate(codes)}
    return made | {code: 1792 + 64 * nr for nr, code in enumerate(_LONG.split())}


_RUNS = (_table(_lengths(_WHITE), _WIDE), _table(_lengths(_BLACK), _WIDE))
_TURNS = _table(_MODES, 7)
