"""What the standard library throws at bytes that are no zip archive, or a broken one.

It says so in its documentation of `BadZipFile` alone; a directory with a byte changed gives all of
these (an entry without a name, a method of compression that is another, an extra field cut short).
Read by those who open another's container. Decides nothing: who catches it says the code.
"""

import lzma
import struct
import zipfile
import zlib

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    LookupError,
    OverflowError,
)
