"""Takes the package out of the ASiC-E the integrasjonspunkt hands over.

The container was signed and checked by the two integrasjonspunkt; the package inside has its own
seal, and is all that counts. A container that is not one gives no package.
"""

import io
import zipfile

from connectors.packed import BROKEN_ZIP
from gateway.ports.kanal import PAKKENAVN


def package_in(container: bytes, cap: int) -> bytes:
    """The file `melding.p7m`; empty when there is none, or two that differ, or it cannot be read.

    A file that was uploaded again after a lost answer may be there twice, the same.
    """
    data: bytes | None = None
    try:
        with zipfile.ZipFile(io.BytesIO(container)) as archive:
            for entry in archive.infolist():
                if entry.filename != PAKKENAVN:
                    continue
                with archive.open(entry) as stream:
                    # A size in the directory is a claim: no more than the cap is unpacked.
                    found = stream.read(cap + 1)
                if len(found) > cap or data not in {None, found}:
                    return b""
                data = found
    except BROKEN_ZIP:
        return b""
    return data or b""
