"""A container whose directory somebody changed is refused with a code, whoever opens it."""

import io
import zipfile
from random import Random

import pytest

from connectors.eformidling.asic import package_in
from connectors.fiks.asice import MIMETYPE, read_package
from gateway.errors import RemoteFault
from gateway.ports.kanal import PAKKENAVN

CAP = 1 << 20


def container():
    """mimetype first and stored, then a package and a manifest, packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", MIMETYPE)
        for name in (PAKKENAVN, "META-INF/asicmanifest.xml"):
            archive.writestr(name, b"innhold" * 20, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def nameless():
    """The name of the second entry begins with a zero byte: zipfile makes it an empty name."""
    whole = bytearray(container())
    at = whole.rindex(PAKKENAVN.encode())
    whole[at] = 0
    return bytes(whole)


def packed_otherwise(method):
    """The package says it is packed by another method than it is."""
    whole = bytearray(container())
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = whole.index(mark, whole.index(mark) + 1) + place
        whole[at : at + 2] = method.to_bytes(2, "little")
    return bytes(whole)


BROKEN = {"nameless": nameless(), "bzip2": packed_otherwise(12), "lzma": packed_otherwise(14)}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_directory_is_a_code(broken):
    """Neither reader throws what the library throws."""
    with pytest.raises(RemoteFault) as caught:
        read_package(broken, cap=CAP)
    assert caught.value.code in {"UGYLDIG_PAKKE", "FARLIG_FILNAVN"}
    assert package_in(broken, CAP) == b""


def test_any_bytes_of_a_directory_are_a_code():
    """Up to four bytes of the container changed at random, 3,000 times: a code or no package."""
    whole, rng = container(), Random(20261201)
    for _ in range(3000):
        broken = bytearray(whole)
        for _ in range(rng.choice([1, 2, 4])):
            broken[rng.randrange(len(broken))] = rng.choice([0, 255, rng.randrange(256)])
        with pytest.raises(RemoteFault):
            read_package(bytes(broken), cap=CAP)
        package_in(bytes(broken), CAP)
