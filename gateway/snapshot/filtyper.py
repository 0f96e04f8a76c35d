"""What a file is, read from its content; never from its name. PRONOM codes for the archive."""

from dataclasses import dataclass

from gateway.snapshot.kontorfil import kontorfil

PDFA = {
    "1a": "fmt/95", "1b": "fmt/354", "2a": "fmt/476", "2b": "fmt/477", "2u": "fmt/478",
    "3a": "fmt/479", "3b": "fmt/480", "3u": "fmt/481",
}  # fmt: skip
JSON = "fmt/817"
_PDF = {
    b"1.0": "fmt/14", b"1.1": "fmt/15", b"1.2": "fmt/16", b"1.3": "fmt/17", b"1.4": "fmt/18",
    b"1.5": "fmt/19", b"1.6": "fmt/20", b"1.7": "fmt/276", b"2.0": "fmt/1129",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filtype:
    """`kind` is `pdf`, `png`, `jpeg`, or `ukjent` for what has no archive form here; `format` a
    PRONOM code or empty."""

    kind: str
    ending: str
    media_type: str
    format: str


UNKNOWN = Filtype("ukjent", "bin", "application/octet-stream", "")


def filetype(body: bytes) -> Filtype:
    """The type of a file. A PDF may have up to a kilobyte before its header (ISO 32000, H.3)."""
    at = body.find(b"%PDF-", 0, 1024)
    if at >= 0:
        return Filtype("pdf", "pdf", "application/pdf", _PDF.get(body[at + 5 : at + 8], ""))
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return Filtype("png", "png", "image/png", "fmt/13")
    if body.startswith(b"\xff\xd8\xff"):
        return Filtype("jpeg", "jpg", "image/jpeg", "fmt/43")
    office = kontorfil(body)
    if office is not None:
        return Filtype("ukjent", office.ending, office.media_type, office.format)
    return UNKNOWN
