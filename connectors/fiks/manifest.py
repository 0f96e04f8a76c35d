"""The manifest of an ASiC-E container: which files, with which digests, signed by which signature.

Read with a parser that loads nothing from outside. It must not open the files themselves.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from connectors.fiks.trygg_xml import parse_xml
from gateway.errors import RemoteFault

# KS' clients write the first; the second is the standard's (ETSI EN 319 162-1, annex A). Both are
# read, and all elements of one manifest are in the same.
ASIC = "http://uri.etsi.org/2918/v1.2.1#"
ASIC_STANDARD = "http://uri.etsi.org/02918/v1.2.1#"
DS = "http://www.w3.org/2000/09/xmldsig#"
# KS' clients write the first, which no standard has; the second is the standard's.
KS_SHA256 = "http://www.w3.org/2000/09/xmldsig#sha256"
DIGESTS = {
    KS_SHA256: "sha256",
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
_PKCS7 = "application/x-pkcs7-signature"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file the manifest speaks for."""

    uri: str
    media_type: str
    method: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """The signature's path and the files, in the manifest's order."""

    signature: str
    entries: tuple[Entry, ...]


def write_manifest(signature: str, files: Sequence[tuple[str, str, bytes]]) -> bytes:
    """A manifest for (name, media type, SHA-256) of each file; the first is the root file."""
    root = etree.Element(f"{{{ASIC}}}ASiCManifest", nsmap={None: ASIC, "ds": DS})
    reference = etree.SubElement(root, f"{{{ASIC}}}SigReference")
    reference.set("URI", signature)
    reference.set("MimeType", _PKCS7)
    for place, (name, media_type, digest) in enumerate(files):
        entry = etree.SubElement(root, f"{{{ASIC}}}DataObjectReference")
        entry.set("URI", name)
        entry.set("MimeType", media_type)
        if place == 0:
            entry.set("Rootfile", "true")
        etree.SubElement(entry, f"{{{DS}}}DigestMethod").set("Algorithm", KS_SHA256)
        etree.SubElement(entry, f"{{{DS}}}DigestValue").text = base64.b64encode(digest).decode()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def read_manifest(data: bytes, place: str) -> Manifest:
    """The manifest. Raises RemoteFault("UGYLDIG_PAKKE")."""
    root = parse_xml(data, place)
    names = etree.QName(root)
    spoken = f"{{{names.namespace}}}"
    references = root.findall(f"{spoken}SigReference")
    entries = [_entry(e) for e in root.findall(f"{spoken}DataObjectReference")]
    known = names.localname == "ASiCManifest" and names.namespace in (ASIC, ASIC_STANDARD)
    if not known or len(references) != 1 or not entries:
        raise RemoteFault("UGYLDIG_PAKKE", place=place)
    found = [entry for entry in entries if entry is not None]
    if len(found) != len(entries):
        raise RemoteFault("UGYLDIG_PAKKE", place=place)
    return Manifest(references[0].get("URI", ""), tuple(found))


def _entry(element: etree._Element) -> Entry | None:
    method = element.find(f"{{{DS}}}DigestMethod")
    value = element.findtext(f"{{{DS}}}DigestValue")
    algorithm = "" if method is None else method.get("Algorithm", "")
    if algorithm not in DIGESTS or value is None:
        return None
    try:
        digest = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return Entry(element.get("URI", ""), element.get("MimeType", ""), algorithm, digest)
