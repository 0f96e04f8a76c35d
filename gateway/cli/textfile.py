"""A text file that a person names on the command line: read, or refused with a sentence.

People save files from spreadsheets and editors, in more encodings than one. What is not UTF-8, and
does not say by its first bytes that it is UTF-16, is refused rather than guessed at. An error names
the option, never the file or anything in it: either may hold a name.
"""

import codecs
from pathlib import Path

from gateway.errors import Rejected

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(path: Path, option: str) -> str:
    """The text of the file given with `option`. Raises Rejected: FIL_FINNES_IKKE,
    FIL_KAN_IKKE_LESES, or FIL_UKJENT_TEGNSETT."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Rejected("FIL_FINNES_IKKE", place=option) from None
    except (OSError, ValueError):
        raise Rejected("FIL_KAN_IKKE_LESES", place=option) from None
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Rejected("FIL_UKJENT_TEGNSETT", place=option) from None
    if "\0" in text:
        # UTF-16 without its mark is also valid UTF-8, full of these.
        raise Rejected("FIL_UKJENT_TEGNSETT", place=option)
    return text


def write(path: Path, data: bytes, option: str) -> None:
    """Write the file given with `option`. Raises Rejected("FIL_KAN_IKKE_SKRIVES")."""
    try:
        path.write_bytes(data)
    except (OSError, ValueError):
        raise Rejected("FIL_KAN_IKKE_SKRIVES", place=option) from None
