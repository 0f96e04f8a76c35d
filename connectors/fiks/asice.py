"""ASiC-E containers with a CAdES signature: a zip whose files, manifest and signature agree.

Written as KS' clients write them and read strictly: every payload file is named once, in the
manifest, with its digest; the manifest is signed; nothing points outside. What other clients do
differently and is harmless is accepted (deflated `mimetype`, either URI for SHA-256, several
SignerInfos). Sources: ETSI TS 102 918, ks-no/fiks-io-asice-handler (d2b9dcb9),
ks-no/fiks-asice-dotnet (61fdf583).
"""

import hashlib
import io
import re
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from cryptography import x509

from connectors.fiks.manifest import DIGESTS, Manifest, read_manifest, write_manifest
from connectors.fiks.noekler import Signaturnoekkel
from connectors.fiks.signatur import sign_detached, verify_detached
from connectors.packed import BROKEN_ZIP
from gateway.errors import GatewayError, LocalFault, RemoteFault

MIMETYPE = "application/vnd.etsi.asic-e+zip"
MANIFEST = "META-INF/asicmanifest.xml"
MOST_FILES = 500
_TEXT = frozenset({"application/xml", "application/json", "text/plain"})
PLACE = "asice"

_OWN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,119}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\:]")
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Fil:
    """A payload file of a container."""

    navn: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pakke:
    """A verified container: its payload files, and the certificates that signed them."""

    filer: tuple[Fil, ...]
    signatarer: tuple[x509.Certificate, ...] = field(repr=False)


def write_package(
    files: Sequence[Fil], key: Signaturnoekkel, certificate: x509.Certificate
) -> bytes:
    """A signed container. Raises LocalFault("UGYLDIG_FILNAVN") for a name readers could refuse."""
    names = [fil.navn.casefold() for fil in files]
    if len(set(names)) != len(names) or not files:
        raise LocalFault("UGYLDIG_FILNAVN", place=PLACE)
    for fil in files:
        if not _OWN_NAME.fullmatch(fil.navn) or fil.navn == "mimetype":
            raise LocalFault("UGYLDIG_FILNAVN", place=PLACE)
    signature_name = f"META-INF/signature-{uuid.uuid4()}.p7s"
    manifest = write_manifest(
        signature_name, [(f.navn, f.media_type, hashlib.sha256(f.data).digest()) for f in files]
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        _put(archive, "mimetype", MIMETYPE.encode(), zipfile.ZIP_STORED)
        for fil in files:
            # PDFs and pictures are compressed already; packing them again costs time for nothing.
            packed = zipfile.ZIP_DEFLATED if fil.media_type in _TEXT else zipfile.ZIP_STORED
            _put(archive, fil.navn, fil.data, packed)
        _put(archive, MANIFEST, manifest, zipfile.ZIP_DEFLATED)
        signature = sign_detached(manifest, key, certificate)
        _put(archive, signature_name, signature, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes, packed: int) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o600 << 16
    entry.compress_type = packed
    archive.writestr(entry, data)


def read_package(data: bytes, *, cap: int, weak: bool = False) -> Pakke:
    """The verified files of a container of at most `cap` bytes unpacked.

    `weak` lets a SHA-1 signature count. Raises RemoteFault: UGYLDIG_PAKKE, FARLIG_FILNAVN,
    DOBBELT_FILNAVN, FOR_STOR_PAKKE, FEIL_SJEKKSUM, UGYLDIG_SIGNATUR.
    """
    fault: GatewayError
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _entries(archive, cap)
            content = _contents(archive, entries, cap)
    except BROKEN_ZIP:
        fault = RemoteFault("UGYLDIG_PAKKE", place=PLACE)
    else:
        return _verified(content, weak=weak)
    raise fault


def _entries(archive: zipfile.ZipFile, cap: int) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    if not entries or entries[0].filename != "mimetype" or len(entries) > MOST_FILES:
        raise RemoteFault("UGYLDIG_PAKKE", place=PLACE)
    if min(entry.header_offset for entry in entries) != 0:
        raise RemoteFault("UGYLDIG_PAKKE", place=PLACE)
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        # zipfile cuts a name at a zero byte, so the name as it was written is looked at too.
        if _dangerous(name) or _dangerous(entry.orig_filename):
            raise RemoteFault("FARLIG_FILNAVN", place=PLACE)
        if name.casefold() in seen:
            raise RemoteFault("DOBBELT_FILNAVN", place=PLACE)
        seen.add(name.casefold())
        if entry.flag_bits & 0x1:
            raise RemoteFault("UGYLDIG_PAKKE", place=PLACE)
    if sum(entry.file_size for entry in entries) > cap:
        raise RemoteFault("FOR_STOR_PAKKE", place=PLACE)
    return entries


def _dangerous(name: str) -> bool:
    return (
        not name
        or name.startswith("/")
        or _CONTROL.search(name) is not None
        or any(part in {"", ".", ".."} for part in name.split("/"))
    )


def _contents(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], cap: int
) -> dict[str, bytes]:
    content: dict[str, bytes] = {}
    room = cap
    for entry in entries:
        with archive.open(entry) as stream:
            # What an entry says of its size is a claim; one byte more than allowed is enough.
            data = stream.read(room + 1)
        room -= len(data)
        if room < 0:
            raise RemoteFault("FOR_STOR_PAKKE", place=PLACE)
        if len(data) != entry.file_size:
            raise RemoteFault("UGYLDIG_PAKKE", place=PLACE)
        content[entry.filename] = data
    return content


def _verified(content: dict[str, bytes], *, weak: bool) -> Pakke:
    if content.pop("mimetype").strip() != MIMETYPE.encode():
        raise RemoteFault("UGYLDIG_PAKKE", place=PLACE)
    manifest_bytes, manifest = _manifest(content)
    signature = content.get(_inside(manifest.signature))
    if signature is None:
        raise RemoteFault("UGYLDIG_SIGNATUR", place=PLACE)
    signers = verify_detached(manifest_bytes, signature, PLACE, weak=weak)
    payload = {name for name in content if not name.upper().startswith("META-INF/")}
    files: list[Fil] = []
    for entry in manifest.entries:
        name = _inside(entry.uri)
        if name not in payload:
            raise RemoteFault("UGYLDIG_PAKKE", place=PLACE)
        payload.discard(name)
        if hashlib.new(DIGESTS[entry.method], content[name]).digest() != entry.digest:
            raise RemoteFault("FEIL_SJEKKSUM", place=PLACE)
        files.append(Fil(name, entry.media_type, content[name]))
    if payload:
        # A file nobody signed for could be anything.
        raise RemoteFault("USIGNERT_FIL", place=PLACE)
    return Pakke(tuple(files), signers)


def _inside(uri: str) -> str:
    return unquote(uri, errors="replace")


def _manifest(content: dict[str, bytes]) -> tuple[bytes, Manifest]:
    found = [
        name
        for name in content
        if name.upper().startswith("META-INF/ASICMANIFEST") and name.lower().endswith(".xml")
    ]
    if len(found) != 1:
        raise RemoteFault("UGYLDIG_PAKKE", place=PLACE)
    data = content[found[0]]
    return data, read_manifest(data, PLACE)
