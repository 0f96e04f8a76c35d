"""ASN.1 as CMS needs it: written as DER, read as BER too (chapters 6.1.3 and 6.1.4).

Written from the text for the conformance suite, and shares nothing with any gateway. It must not
know what anything means.
"""

from dataclasses import dataclass

INTEGER, OCTETS, NULL, OID, UTCTIME, SEQUENCE, SET = 0x02, 0x04, 0x05, 0x06, 0x17, 0x30, 0x31
DEEPEST = 32


def tlv(tag: int, *parts: bytes) -> bytes:
    """One value in DER."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def integer(value: int) -> bytes:
    """A number that is not negative."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An object identifier."""
    first, second, *rest = (int(one) for one in dotted.split("."))
    body = bytes([first * 40 + second])
    for one in rest:
        digits = [one & 0x7F]
        while one := one >> 7:
            digits.append(0x80 | (one & 0x7F))
        body += bytes(reversed(digits))
    return tlv(OID, body)


def algorithm(dotted: str, parameters: bytes = b"\x05\x00") -> bytes:
    """An AlgorithmIdentifier; without other word its parameters are NULL."""
    return tlv(SEQUENCE, oid(dotted), parameters)


@dataclass(frozen=True)
class Node:
    """One value as it was read: `der` is all of it, `body` what is in a plain one, `parts` what is
    in one that holds others."""

    tag: int
    der: bytes
    body: bytes
    parts: tuple["Node", ...]

    def octets(self) -> bytes:
        """An octet string's bytes, also when it comes in pieces."""
        return b"".join(one.octets() for one in self.parts) if self.tag & 0x20 else self.body


def read(data: bytes) -> Node:
    """The one value these bytes are. Raises ValueError."""
    found, end = _read(data, 0, 0)
    if end != len(data):
        raise ValueError("bytes after the value")
    return found


def _read(data: bytes, at: int, depth: int) -> tuple[Node, int]:
    if depth > DEEPEST or at + 2 > len(data):
        raise ValueError("cut short, or too deep")
    tag, size, begin = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise ValueError("a tag of several bytes")
    if size == 0x80:
        return _until_end(data, at, depth)
    if size > 0x80:
        count = size & 0x7F
        size = int.from_bytes(data[begin : begin + count], "big")
        begin += count
    end = begin + size
    if end > len(data):
        raise ValueError("cut short")
    if not tag & 0x20:
        return Node(tag, data[at:end], data[begin:end], ()), end
    parts = []
    while begin < end:
        one, begin = _read(data, begin, depth + 1)
        parts.append(one)
    if begin != end:
        raise ValueError("a value longer than what holds it")
    return Node(tag, data[at:end], b"", tuple(parts)), end


def _until_end(data: bytes, at: int, depth: int) -> tuple[Node, int]:
    """A value of indefinite length (BER)."""
    parts, place = [], at + 2
    while data[place : place + 2] != b"\x00\x00":
        one, place = _read(data, place, depth + 1)
        parts.append(one)
    return Node(data[at], data[at : place + 2], b"", tuple(parts)), place + 2
