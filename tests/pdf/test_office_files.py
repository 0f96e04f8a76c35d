"""Office files are told by what lies in them, so that an archive knows what it is given."""

import io
import struct
import zipfile

import pytest

from gateway.snapshot.filtyper import filetype
from gateway.snapshot.kontorfil import OLE


def packed(**parts: bytes) -> bytes:
    """A packed folder; `__` in a name is a slash."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, body in parts.items():
            folder.writestr(name.replace("__", "/").replace("_xml", ".xml"), body)
    return made.getvalue()


def odf(kind: bytes, version: bytes) -> bytes:
    """An OpenDocument file."""
    text = b"<x office:version='" + version + b"'/>" if version else b"<x/>"
    return packed(mimetype=b"application/vnd.oasis.opendocument." + kind, content_xml=text)


def ole(*names: str) -> bytes:
    """An OLE file with these parts, its directory in two sectors that do not follow each other."""
    entries = [
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<H", 2 * len(name) + 2) + bytes(62)
        for name in ("Root Entry", *names, *[""] * 7)
    ]  # fmt: skip
    head = bytearray(512)
    head[:8] = OLE
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<II", head, 44, 1, 1)
    head[76:512] = b"\xff" * 436
    struct.pack_into("<I", head, 76, 0)
    table = bytearray(b"\xff" * 512)
    struct.pack_into("<4I", table, 0, 0xFFFFFFFD, 3, 0xFFFFFFFF, 0xFFFFFFFE)
    first, second = b"".join(entries[:4]), b"".join(entries[4:8])
    return bytes(head + table) + first + bytes(512) + second


KNOWN = {
    "docx": (packed(word__document_xml=b"<w/>"), "docx", "fmt/412"),
    "docm": (packed(word__document_xml=b"<w/>", **{"word__vbaProject.bin": b"x"}), "docm",
             "fmt/523"),
    "xlsx": (packed(xl__workbook_xml=b"<w/>"), "xlsx", "fmt/214"),
    "pptx": (packed(ppt__presentation_xml=b"<w/>"), "pptx", "fmt/215"),
    "odt 1.1": (odf(b"text", b"1.1"), "odt", "fmt/290"),
    "odt 1.3": (odf(b"text", b"1.3"), "odt", "fmt/1756"),
    "odt without a version": (odf(b"text", b""), "odt", "fmt/291"),
    "ods": (odf(b"spreadsheet", b"1.2"), "ods", "fmt/295"),
    "odp": (odf(b"presentation", b"1.2"), "odp", "fmt/293"),
    "a folder with a docx in it": (packed(brev__docx=packed(word__document_xml=b"<w/>")), "zip",
                                   "x-fmt/263"),
    "a template": (odf(b"text-template", b"1.2"), "zip", "x-fmt/263"),
    "half a folder": (packed(word__document_xml=b"<w/>")[:40], "zip", "x-fmt/263"),
    "doc": (ole("a", "b", "c", "d", "WordDocument"), "doc", "fmt/40"),
    "xls": (ole("Workbook"), "xls", "fmt/61"),
    "ppt": (ole("PowerPoint Document"), "ppt", "fmt/126"),
    "msg": (ole("__properties_version1.0"), "msg", "x-fmt/430"),
    "locked": (ole("EncryptedPackage"), "ole", "fmt/494"),
    "another ole": (ole("Contents"), "ole", "fmt/111"),
    "half an ole": (ole("WordDocument")[:60], "ole", "fmt/111"),
    "words": (b"hei", "bin", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN)
def test_it_has_its_own_ending_and_code(case: str) -> None:
    """Whatever it is called; none of them has an archive form here, so none is opened further."""
    body, ending, code = KNOWN[case]
    found = filetype(body)
    assert (found.kind, found.ending, found.format) == ("ukjent", ending, code)
    assert found.media_type.count("/") == 1
