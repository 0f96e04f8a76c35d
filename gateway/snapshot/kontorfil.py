"""What an office file is, told by what lies in it: a packed folder (ZIP) or an OLE file.

Only names of parts are read, and the version an OpenDocument says it is; nothing is opened, and
what cannot be followed is a packed folder or an OLE file of no known kind. Sources: PKWARE APPNOTE
4.3, ECMA-376, OASIS OpenDocument, MS-CFB; codes from PRONOM. Pure.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_VND = "application/vnd."
_XML = _VND + "openxmlformats-officedocument."
_MOST = 4000
"""Parts of a folder, and sectors of an OLE file, that are read."""
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Kontorfil:
    """The ending of its name, its media type and its PRONOM code."""

    ending: str
    media_type: str
    format: str


_ZIPPED = Kontorfil("zip", "application/zip", "x-fmt/263")
_OLE = Kontorfil("ole", "application/x-ole-storage", "fmt/111")
# The part that tells an Office Open XML file, without macros and with them.
_OOXML = (
    ("word/document.xml", Kontorfil("docx", _XML + "wordprocessingml.document", "fmt/412"),
     Kontorfil("docm", _VND + "ms-word.document.macroEnabled.12", "fmt/523")),
    ("xl/workbook.xml", Kontorfil("xlsx", _XML + "spreadsheetml.sheet", "fmt/214"),
     Kontorfil("xlsm", _VND + "ms-excel.sheet.macroEnabled.12", "fmt/445")),
    ("ppt/presentation.xml", Kontorfil("pptx", _XML + "presentationml.presentation", "fmt/215"),
     Kontorfil("pptm", _VND + "ms-powerpoint.presentation.macroEnabled.12", "fmt/487")),
)  # fmt: skip
_ODF = {
    "text": ("odt", {"1.0": "fmt/136", "1.1": "fmt/290", "1.2": "fmt/291", "1.3": "fmt/1756"}),
    "spreadsheet": ("ods", {"1.0": "fmt/137", "1.1": "fmt/294", "1.2": "fmt/295",
                            "1.3": "fmt/1755"}),
    "presentation": ("odp", {"1.0": "fmt/138", "1.1": "fmt/292", "1.2": "fmt/293",
                             "1.3": "fmt/1754"}),
}  # fmt: skip
_ODF_TYPE = re.compile(
    rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)(?!-)"
)
_ODF_VERSION = re.compile(rb"office:version=[\"'](1\.[0-3])[\"']")
_NEWEST = "1.2"
"""What an OpenDocument is told as when its own version cannot be read."""
_STREAMS = (
    ("EncryptedPackage", Kontorfil("ole", "application/x-ole-storage", "fmt/494")),
    ("WordDocument", Kontorfil("doc", "application/msword", "fmt/40")),
    ("Workbook", Kontorfil("xls", _VND + "ms-excel", "fmt/61")),
    ("Book", Kontorfil("xls", _VND + "ms-excel", "fmt/59")),
    ("PowerPoint Document", Kontorfil("ppt", _VND + "ms-powerpoint", "fmt/126")),
    ("__properties_version1.0", Kontorfil("msg", _VND + "ms-outlook", "x-fmt/430")),
)


def kontorfil(body: bytes) -> Kontorfil | None:
    """What it is; None when it is neither a packed folder nor an OLE file."""
    try:
        if body.startswith(ZIP):
            return _packed(body)
        if body.startswith(OLE):
            names = set(_ole(body))
            return next((kind for name, kind in _STREAMS if name in names), _OLE)
    except (struct.error, IndexError, ValueError, zlib.error):
        return _ZIPPED if body.startswith(ZIP) else _OLE
    return None


def _packed(body: bytes) -> Kontorfil:
    parts = dict(_parts(body))
    for part, plain, macros in _OOXML:
        if part in parts:
            with_macros = part.partition("/")[0] + "/vbaProject.bin" in parts
            return macros if with_macros else plain
    if "mimetype" in parts:
        told = _ODF_TYPE.match(_head(body, parts["mimetype"]))
        if told is not None:
            ending, codes = _ODF[told[1].decode()]
            found = "content.xml" in parts and _ODF_VERSION.search(
                _head(body, parts["content.xml"])
            )
            version = found[1].decode() if found else _NEWEST
            return Kontorfil(ending, told[0].decode(), codes[version])
    return _ZIPPED


def _parts(body: bytes) -> Iterator[tuple[str, int]]:
    """(name, where its own header is) of each part, from the folder's list at the end."""
    end = body.rfind(b"PK\x05\x06", max(len(body) - 65_557, 0))
    if end < 0:
        return
    size, at = struct.unpack_from("<II", body, end + 12)
    # A folder may have something before it; its list ends where its end begins.
    shift = end - size - at
    at += shift
    for _ in range(_MOST):
        if body[at : at + 4] != b"PK\x01\x02":
            return
        name, extra, note = struct.unpack_from("<HHH", body, at + 28)
        where = struct.unpack_from("<I", body, at + 42)[0]
        yield body[at + 46 : at + 46 + name].decode("utf-8", "replace"), where + shift
        at += 46 + name + extra + note


def _head(body: bytes, at: int) -> bytes:
    """The first bytes of a part."""
    packing = struct.unpack_from("<H", body, at + 8)[0]
    name, extra = struct.unpack_from("<HH", body, at + 26)
    raw = body[at + 30 + name + extra : at + 30 + name + extra + 4 * _HEAD]
    return zlib.decompressobj(-15).decompress(raw, _HEAD) if packing == 8 else raw[:_HEAD]


def _ole(body: bytes) -> Iterator[str]:
    """The names of its streams and storages."""
    shift, count, first = (
        struct.unpack_from("<H", body, 30)[0],
        struct.unpack_from("<I", body, 44)[0],
        struct.unpack_from("<I", body, 48)[0],
    )
    if shift not in (9, 12):
        return
    size = 1 << shift
    table = struct.unpack_from(f"<{min(count, 109)}I", body, 76)
    sector, met = first, 0
    while sector < 0xFFFFFFFA and met < _MOST:
        at = (sector + 1) * size
        for entry in range(at, min(at + size, len(body)), 128):
            length = struct.unpack_from("<H", body, entry + 64)[0]
            if 2 <= length <= 64:
                yield body[entry : entry + length - 2].decode("utf-16-le", "replace")
        each = size // 4
        fat = (table[sector // each] + 1) * size
        sector = struct.unpack_from("<I", body, fat + 4 * (sector % each))[0]
        met += 1
