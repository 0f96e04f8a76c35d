"""The ASiC-E container: written and read as chapter 6.1.2 says, with zipfile alone.

Written from the text for the conformance suite. It must not decide whose a signature is.
"""

import base64
import hashlib
import io
import urllib.parse
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from cryptography import x509

from schemas.overfoering import grenser
from tests.samsvar import cms
from tests.samsvar.feil import Feil

MIMETYPE = "application/vnd.etsi.asic-e+zip"
MANIFEST = "META-INF/asicmanifest.xml"
_NS = ("http://uri.etsi.org/2918/v1.2.1#", "http://uri.etsi.org/02918/v1.2.1#")
_DS = "http://www.w3.org/2000/09/xmldsig#"
_DIGESTS = {
    f"{_DS}sha256": hashlib.sha256,
    "http://www.w3.org/2001/04/xmlenc#sha256": hashlib.sha256,
    "http://www.w3.org/2001/04/xmlenc#sha512": hashlib.sha512,
}
_MEDIA = {"json": "application/json", "pdf": "application/pdf"}


@dataclass(frozen=True)
class Funnet:
    """What a container holds, and who has signed it."""

    filer: Mapping[str, bytes] = field(repr=False)
    signatarer: tuple[x509.Certificate, ...] = field(repr=False)


def write(files: Mapping[str, bytes], key: cms.Key, certificate: x509.Certificate) -> bytes:
    """A container with these files, signed."""
    signature = f"META-INF/signature-{uuid.uuid4()}.p7s"
    manifest = _manifest(files, signature)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr(MANIFEST, manifest)
        archive.writestr(signature, cms.sign(manifest, key, certificate))
    return out.getvalue()


def _manifest(files: Mapping[str, bytes], signature: str) -> bytes:
    lines = [
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>",
        f'<ASiCManifest xmlns="{_NS[0]}" xmlns:ds="{_DS}">',
        f'<SigReference URI={quoteattr(signature)} MimeType="application/x-pkcs7-signature"/>',
    ]
    for place, (name, data) in enumerate(files.items()):
        media = _MEDIA.get(name.rpartition(".")[2], "application/octet-stream")
        root = ' Rootfile="true"' if place == 0 else ""
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        lines += [
            f'<DataObjectReference URI={quoteattr(name)} MimeType="{media}"{root}>',
            f'<ds:DigestMethod Algorithm="{_DS}sha256"/>',
            f"<ds:DigestValue>{digest}</ds:DigestValue></DataObjectReference>",
        ]
    return ("\n".join([*lines, "</ASiCManifest>"]) + "\n").encode()


def read(data: bytes) -> Funnet:
    """The files of a container, once everything about it holds. Raises Feil."""
    parts = _parts(data)
    found = [n for n in parts if n.lower().startswith("meta-inf/asicmanifest")]
    found = [n for n in found if n.lower().endswith(".xml")]
    if len(found) != 1:
        raise Feil("manifest", hva="there is not exactly one")
    signature, told = _told(parts[found[0]])
    if signature not in parts:
        raise Feil("manifest", hva="it names a signature that is not there")
    signers = cms.signers(parts[found[0]], parts[signature])
    files = {n: d for n, d in parts.items() if n != "mimetype" and not _beside(n)}
    if set(files) != set(told):
        raise Feil("usignert")
    for name, (how, digest) in told.items():
        if _DIGESTS[how](files[name]).digest() != digest:
            raise Feil("sjekksum", fil=name)
    return Funnet(files, tuple(signers))


def _beside(name: str) -> bool:
    return name.upper().startswith("META-INF/")


def _parts(data: bytes) -> dict[str, bytes]:
    """Every entry but folders, by name."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check(data, entries)
            return {e.filename: archive.read(e) for e in entries if not e.is_dir()}
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, IndexError):
        pass
    raise Feil("zip", hva="it is no zip")


def _check(data: bytes, entries: list[zipfile.ZipInfo]) -> None:
    names = [e.filename for e in entries]
    if not names or names[0] != "mimetype" or entries[0].header_offset != 0:
        raise Feil("zip", hva="mimetype is not first")
    if MIMETYPE.encode() not in data[:200]:
        raise Feil("zip", hva="mimetype is another")
    if len({n.casefold() for n in names}) != len(names):
        raise Feil("zip", hva="a name stands twice")
    if len(names) > grenser.POSTER or sum(e.file_size for e in entries) > grenser.UTPAKKET:
        raise Feil("zip", hva="it is larger than the limits")
    for name in names:
        inner = name.removesuffix("/") if _beside(name) or name.endswith("/") else name
        inner = inner[9:] if _beside(inner) else inner
        if any(c in inner for c in "/\\:") or inner in ("..", ".") or not name.isprintable():
            raise Feil("zip", hva="a name has a path or control characters")


def _told(manifest: bytes) -> tuple[str, dict[str, tuple[str, bytes]]]:
    """The signature's name, and of each file how its digest is made and what it is."""
    if b"<!" in manifest.replace(b"<!--", b""):
        raise Feil("manifest", hva="it has a DTD")
    try:
        root = ElementTree.fromstring(manifest.decode("utf-8-sig").encode())
        space = next(ns for ns in _NS if root.tag == f"{{{ns}}}ASiCManifest")
        (signature,) = [one.attrib["URI"] for one in root.findall(f"{{{space}}}SigReference")]
        told = {}
        for one in root.findall(f"{{{space}}}DataObjectReference"):
            how = one.findall(f"{{{_DS}}}DigestMethod")[0].attrib["Algorithm"]
            value = one.findall(f"{{{_DS}}}DigestValue")[0].text or ""
            name = urllib.parse.unquote(one.attrib["URI"])
            if how not in _DIGESTS or name in told:
                raise ValueError
            told[name] = (how, base64.b64decode(value, validate=True))
    except (ElementTree.ParseError, ValueError, StopIteration, KeyError, IndexError):
        told, signature = {}, ""
    if not told:
        raise Feil("manifest", hva="it is not as 6.1.2 says")
    return signature, told
