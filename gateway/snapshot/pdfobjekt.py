"""The objects of a PDF as plain values: what lies in the file, beside what a renderer shows of it.

A renderer leaves out what it cannot read and says nothing, so this reads the same file on its own,
by what is written there and not by the table at its end (which may be off, or lie). It draws
nothing and trusts nothing: depth, numbers and sizes are bounded, and what it cannot follow is
`Unreadable`, never a guess. Pure; it must only run in the worker process.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_SPACE = re.compile(rb"(?:[\0\t\n\f\r ]+|%[^\r\n]*)*")
_REF = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![A-Za-z0-9])")
_NUMBER = re.compile(rb"[+-]*\d*\.?\d*")
_WORD = re.compile(rb"[^\0\t\n\f\r ()<>\[\]{}/%]+")
_HEX = re.compile(rb"<([0-9A-Fa-f\0\t\n\f\r ]*)>")
_HEAD = re.compile(
    rb"(?<!\d)(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj(?![a-z])|\btrailer\b"
    rb"|%PDF-\d"
    rb"|(?<=>)[\0\t\n\f\r ]*stream\r?\n"
)
_LENGTH = re.compile(rb"/Length[\0\t\n\f\r ]+(\d{1,10})(?![\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+R)")
_END = re.compile(rb"[\0\t\n\f\r ]*endstream")
_DEEP = 64
_MOST = 400_000
"""Objects of a file; a file with more is left to a person."""
EMPTY = 16
"""Bytes that something of nothing may be written with; more was something once."""
INFLATED = 400_000_000
"""Bytes one stream may unpack to."""


class Unreadable(Exception):
    """The file cannot be followed; nothing of it is in the message."""


ODD = (
    Unreadable, RecursionError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError,
)  # fmt: skip
"""What a reader meets in a file that says one kind of thing where another belongs."""


class Ref(NamedTuple):
    """A reference to object `nr`."""

    nr: int


class Name(str):
    """A name, without its slash."""

    __slots__ = ()


class Word(str):
    """A keyword or an operator."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """A dictionary and its raw bytes; `measured` when they are as many as it says."""

    told: dict[str, Any]
    raw: bytes = field(repr=False)
    measured: bool = True


class Tokens:
    """Values read one after another from some bytes."""

    def __init__(self, body: bytes, at: int = 0) -> None:
        self.body = body
        self.at = at

    def value(self, depth: int = 0) -> Any:
        """The next value; None for `null`, a Word for what is none. Raises Unreadable."""
        body = self.body
        self._skip()
        if depth > _DEEP or self.at >= len(body):
            raise Unreadable
        first = body[self.at : self.at + 1]
        if first == b"/":
            return self._name()
        if first == b"(":
            return self._text()
        if first == b"<":
            return self._dict(depth) if body[self.at + 1 : self.at + 2] == b"<" else self._hex()
        if first == b"[":
            return self._array(depth)
        if first in b"+-.0123456789":
            return self._number()
        found = _WORD.match(body, self.at)
        if found is None:
            self.at += 1
            return Word(first.decode("latin-1"))
        self.at = found.end()
        return {b"true": True, b"false": False, b"null": None}.get(
            found[0], Word(found[0].decode("latin-1"))
        )

    def done(self) -> bool:
        """True when there is nothing more."""
        self._skip()
        return self.at >= len(self.body)

    def _skip(self) -> None:
        found = _SPACE.match(self.body, self.at)
        if found is not None:
            self.at = found.end()

    def _name(self) -> Name:
        found = _WORD.match(self.body, self.at + 1)
        self.at = found.end() if found else self.at + 1
        text = found[0] if found else b""
        if b"#" in text:
            text = re.sub(rb"#([0-9A-Fa-f]{2})", lambda k: bytes([int(k[1], 16)]), text)
        return Name(text.decode("latin-1"))

    def _text(self) -> bytes:
        start, depth, body = self.at + 1, 1, self.body
        at = start
        for found in re.compile(rb"\\.|[()]", re.S).finditer(body, start):
            if found[0] == b"(":
                depth += 1
            elif found[0] == b")":
                depth -= 1
            if depth == 0:
                at = found.start()
                break
        else:
            raise Unreadable
        self.at = at + 1
        return body[start:at]

    def _hex(self) -> bytes:
        found = _HEX.match(self.body, self.at)
        if found is None:
            raise Unreadable
        self.at = found.end()
        digits = re.sub(rb"[\0\t\n\f\r ]", b"", found[1])
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))

    def _number(self) -> Any:
        reference = _REF.match(self.body, self.at)
        if reference is not None:
            self.at = reference.end()
            return Ref(int(reference[1]))
        found = _NUMBER.match(self.body, self.at)
        if found is None or found.end() == self.at:
            raise Unreadable
        self.at = found.end()
        try:
            return float(found[0]) if b"." in found[0] else int(found[0])
        except ValueError:
            return 0

    def _array(self, depth: int) -> list[Any]:
        self.at += 1
        made: list[Any] = []
        while True:
            self._skip()
            if self.body[self.at : self.at + 1] == b"]":
                self.at += 1
                return made
            made.append(self.value(depth + 1))

    def _dict(self, depth: int) -> dict[str, Any]:
        self.at += 2
        made: dict[str, Any] = {}
        while True:
            self._skip()
            if self.body[self.at : self.at + 2] == b">>":
                self.at += 2
                return made
            key = self.value(depth + 1)
            if not isinstance(key, Name):
                raise Unreadable
            made[str(key)] = self.value(depth + 1)


class Pdf:
    """The objects of a file by number, the last written of each. Raises Unreadable."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.trailer: dict[str, Any] = {}
        self.locked = False
        self._plain: dict[int, int] = {}
        self._packed: dict[int, Any] = {}
        self._made: dict[int, Any] = {}
        self.closed = False
        """True when some objects lie in a stream that does not open."""
        self.files = 0
        """How many files begin in it, one after another."""
        self.summed = True
        """False when some stream unpacked so far lacks its sum, or has another."""
        self._survey()

    def get(self, value: Any) -> Any:
        """The value, followed when it is a reference; None when there is no such object."""
        for _ in range(_DEEP):
            if not isinstance(value, Ref):
                return value
            value = self._object(value.nr)
        raise Unreadable

    def of(self, holder: Any, key: str, kind: type | tuple[type, ...] = dict) -> Any:
        """A member of a dictionary when it is of the kind, else an empty one of it or None."""
        found = self.get(holder.get(key)) if isinstance(holder, dict) else None
        if isinstance(found, kind):
            return found
        return kind() if kind in (dict, list) else None

    def stream(self, nr: int) -> Stream | None:
        """Object `nr` when it is a stream."""
        found = self.get(Ref(nr))
        return found if isinstance(found, Stream) else None

    @property
    def catalog(self) -> dict[str, Any]:
        """The file's root. Raises Unreadable."""
        found = self.get(self.trailer.get("Root"))
        if not isinstance(found, dict):
            raise Unreadable
        return found

    def _survey(self) -> None:
        """Where each object is. Streams are stepped over, so what lies inside one is no object."""
        at, last, opened = 0, -1, 0
        while (found := _HEAD.search(self.body, at)) is not None:
            at = found.end()
            if found[1] is not None:
                last, opened = int(found[1]), at
                self._plain[last] = at
                self._packed.pop(last, None)
                if len(self._plain) > _MOST:
                    raise Unreadable
            elif found[0].startswith(b"%PDF"):
                self.files += 1
            elif found[0] == b"trailer":
                self._take_trailer(Tokens(self.body, at).value())
            elif last >= 0:
                head = self.body[opened : found.start()]
                at = _after(self.body, found.end(), head)
                if b"/ObjStm" in head:
                    self._unpack(last)
                elif b"/XRef" in head:
                    self._take_trailer(self._object(last))

    def _take_trailer(self, found: Any) -> None:
        told = found.told if isinstance(found, Stream) else found
        if isinstance(told, dict) and "Root" in told:
            self.trailer = told
            self.locked = self.locked or "Encrypt" in told

    def _unpack(self, nr: int) -> None:
        self._made.pop(nr, None)
        holder = self._object(nr)
        if not isinstance(holder, Stream):
            return
        body, left, whole = unpacked(self, holder)
        if left or not whole:
            self.closed = True
            return
        count, first = self.get(holder.told.get("N")), self.get(holder.told.get("First"))
        if not isinstance(count, int) or not isinstance(first, int) or count > _MOST:
            raise Unreadable
        tokens = Tokens(body)
        pairs = [(tokens.value(), tokens.value()) for _ in range(count)]
        for own, place in pairs:
            if isinstance(own, int) and isinstance(place, int):
                self._packed[own] = (body, first + place)
                self._plain.pop(own, None)
                self._made.pop(own, None)

    def _object(self, nr: int) -> Any:
        if nr not in self._made:
            self._made[nr] = None
            self._made[nr] = self._read(nr)
        return self._made[nr]

    def _read(self, nr: int) -> Any:
        if nr in self._packed:
            body, at = self._packed[nr]
            return Tokens(body, at).value()
        if nr not in self._plain:
            return None
        tokens = Tokens(self.body, self._plain[nr])
        value = tokens.value()
        if not isinstance(value, dict):
            return value
        found = re.compile(rb"[\0\t\n\f\r ]*stream(\r?\n|\r)").match(self.body, tokens.at)
        if found is None:
            return value
        return self._stream(value, found.end())

    def _stream(self, told: dict[str, Any], start: int) -> Stream:
        length = self.get(told.get("Length"))
        if isinstance(length, int) and _END.match(self.body, start + max(length, 0)):
            return Stream(told, self.body[start : start + max(length, 0)])
        end = self.body.find(b"endstream", start)
        if end < 0:
            raise Unreadable
        return Stream(told, self.body[start:end], measured=False)


def _after(body: bytes, start: int, head: bytes) -> int:
    """Behind the stream that begins at `start`."""
    length = _LENGTH.search(head)
    if length is not None and _END.match(body, start + int(length[1])):
        return start + int(length[1])
    end = body.find(b"endstream", start)
    return end if end >= 0 else len(body)


def filters(pdf: Pdf, stream: Stream) -> list[str]:
    """The names of a stream's filters, in the order they are undone."""
    found = pdf.get(stream.told.get("Filter", stream.told.get("F")))
    names = found if isinstance(found, list) else [found]
    return [str(pdf.get(one)) for one in names if isinstance(pdf.get(one), Name)]


def unpacked(pdf: Pdf, stream: Stream) -> tuple[bytes, str, bool]:
    """(bytes, filter left, whole) after the filters that can be undone here.

    `whole` is False when the packed bytes end too soon or cannot be unpacked. A missing or wrong
    sum at the very end is no loss of content. Raises MemoryError beyond what may be unpacked.
    """
    body = stream.raw
    for name in filters(pdf, stream):
        if name in ("FlateDecode", "Fl"):
            body, whole, summed = inflated(body)
            pdf.summed = pdf.summed and summed
            if not whole or (not body and len(stream.raw) > EMPTY):
                return body, "", False
        elif name in ("ASCIIHexDecode", "AHx"):
            digits = re.sub(rb"[^0-9A-Fa-f]", b"", body.split(b">")[0])
            body = binascii.unhexlify(digits + b"0" * (len(digits) % 2))
        elif name in ("ASCII85Decode", "A85"):
            try:
                body = base64.a85decode(body.strip().removeprefix(b"<~").split(b"~")[0])
            except ValueError:
                return b"", "", False
        else:
            return body, name, True
    return body, "", True


def inflated(body: bytes) -> tuple[bytes, bool, bool]:
    """(bytes, whole, summed) of packed bytes; some writers leave a line break before them.

    `summed` when the sum at their end is there and right.
    """
    packed = body.lstrip(b"\r\n")
    if not packed:
        return b"", True, True
    if len(packed) < 2 or packed[0] & 15 != 8 or (packed[0] * 256 + packed[1]) % 31:
        return b"", False, False
    worker = zlib.decompressobj(-15)
    try:
        made = worker.decompress(packed[2:], INFLATED)
    except zlib.error:
        return b"", False, False
    if worker.unconsumed_tail:
        raise MemoryError
    if worker.eof:
        # Four bytes of sum may be missing or wrong, as some writers have them; more bytes after the
        # end with a wrong sum are no end, but damage that looked like one.
        after = worker.unused_data
        right = after[:4] == zlib.adler32(made).to_bytes(4)
        return made, right or len(after.rstrip(b"\r\n")) <= 4, right
    # Acrobat's own forms stop at a flush, with no last block: what was written is all there.
    return made, packed.endswith(b"\0\0\xff\xff"), False
