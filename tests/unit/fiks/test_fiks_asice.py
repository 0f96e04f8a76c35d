"""Packages: written for others, read strictly, and no byte changed unseen."""

import io
import os
import re
import subprocess
import zipfile
from random import Random

import pytest

from connectors.fiks.asice import MANIFEST, MIMETYPE, Fil, read_package, write_package
from connectors.fiks.manifest import KS_SHA256
from connectors.fiks.noekler import spki
from connectors.fiks.signatur import sign_detached
from gateway.errors import GatewayError, LocalFault, RemoteFault

CAP = 10_000_000
ROUNDS = 200 if os.environ.get("STAFETT_FULL") else 40
FILES = (
    Fil("arkivmelding.xml", "application/xml", b"<melding>innhold</melding>"),
    Fil("stafettlogg.pdf", "application/pdf", b"%PDF-1.7 " + bytes(range(256)) * 20),
)


@pytest.fixture(scope="session")
def package(ring):
    """A signed container of two files."""
    return write_package(FILES, ring.keys["gateway"], ring.certificates["gateway"])


def rebuilt(package, change=None, *, extra=(), mimetype=zipfile.ZIP_STORED):
    """The container written again with `change(name, data)` applied and `extra` entries added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            packed = mimetype if entry.filename == "mimetype" else zipfile.ZIP_DEFLATED
            new.writestr(entry.filename, change(entry.filename, data) if change else data, packed)
        for name, data in extra:
            new.writestr(name, data)
    return out.getvalue()


def code(package, **options):
    """The code a container is refused with."""
    with pytest.raises(RemoteFault) as caught:
        read_package(package, **{"cap": CAP, **options})
    assert caught.value.__context__ is None
    return caught.value.code


def test_what_is_written_is_read(ring, package):
    """Files, media types and signer come back as they went in, mimetype first and stored."""
    read = read_package(package, cap=CAP)
    assert read.filer == FILES
    assert [spki(c) for c in read.signatarer] == [spki(ring.certificates["gateway"])]
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read(first) == MIMETYPE.encode()


def test_another_implementation_accepts_our_signature(openssl, package, tmp_path):
    """openssl verifies the detached CMS over the manifest."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        (tmp_path / "manifest").write_bytes(archive.read(MANIFEST))
        signature = next(n for n in archive.namelist() if n.endswith(".p7s"))
        (tmp_path / "p7s").write_bytes(archive.read(signature))
    command = [openssl, "cms", "-verify", "-binary", "-inform", "DER", "-noverify"]
    command += ["-in", tmp_path / "p7s", "-content", tmp_path / "manifest", "-out", tmp_path / "o"]
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_we_accept_another_implementations_signatures(openssl, package, pem, tmp_path):
    """A manifest signed by openssl with two SignerInfos (as .NET writes) is accepted."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        (tmp_path / "manifest").write_bytes(archive.read(MANIFEST))
    command = [openssl, "cms", "-sign", "-binary", "-outform", "DER", "-md", "sha256"]
    for name in ("gateway", "mottaker"):
        command += ["-signer", pem / f"{name}.cer", "-inkey", pem / f"{name}.pem"]
    command += ["-in", tmp_path / "manifest", "-out", tmp_path / "p7s"]
    subprocess.run(command, check=True, capture_output=True)
    other = (tmp_path / "p7s").read_bytes()
    resigned = rebuilt(package, lambda n, d: other if n.endswith(".p7s") else d)
    assert len(read_package(resigned, cap=CAP).signatarer) == 2


def test_the_official_sample_is_read_and_its_weak_signature_seen(standards):
    """KS' own container opens; that its signature is SHA-1 is refused unless it is asked for."""
    sample = (standards / "fiks-asice-dotnet" / "cades-valid.asice").read_bytes()
    assert [f.navn for f in read_package(sample, cap=CAP, weak=True).filer] == [
        "bii-envelope.xml",
        "bii-message.xml",
    ]
    assert code(sample) == "UGYLDIG_SIGNATUR"


def test_harmless_differences_are_accepted(ring, package):
    """A deflated mimetype and the standard's own URI for SHA-256."""
    assert read_package(rebuilt(package, mimetype=zipfile.ZIP_DEFLATED), cap=CAP).filer == FILES
    standard = b"http://www.w3.org/2001/04/xmlenc#sha256"
    key, certificate = ring.keys["gateway"], ring.certificates["gateway"]
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        manifest = archive.read(MANIFEST).replace(KS_SHA256.encode(), standard)
    swapped = {MANIFEST: manifest}
    signature = sign_detached(manifest, key, certificate)
    other = rebuilt(package, lambda n, d: signature if n.endswith(".p7s") else swapped.get(n, d))
    assert read_package(other, cap=CAP).filer == FILES


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_changed_byte_is_never_content(package, seed):
    """Any byte changed: refused, or (in the zip's own bookkeeping) nothing of it differs."""
    random = Random(seed)
    spoilt = bytearray(package)
    spoilt[random.randrange(len(spoilt))] ^= random.randrange(1, 256)
    whole = read_package(package, cap=CAP)
    try:
        read = read_package(bytes(spoilt), cap=CAP)
    except GatewayError as exc:
        assert re.fullmatch(r"[A-Z_]+", exc.code)
    else:
        assert read.filer == whole.filer
        assert [spki(c) for c in read.signatarer] == [spki(c) for c in whole.signatarer]


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_changed_byte_in_a_file_is_refused(package, seed):
    """In a payload file, the manifest or the signature every byte counts, also with a good zip."""
    random = Random(seed)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        names = [f.navn for f in FILES] + [MANIFEST]
        chosen = random.choice(names)
        data = bytearray(archive.read(chosen))
    data[random.randrange(len(data))] ^= random.randrange(1, 256)
    spoilt = rebuilt(package, lambda n, d: bytes(data) if n == chosen else d)
    assert code(spoilt) in {"FEIL_SJEKKSUM", "UGYLDIG_SIGNATUR", "UGYLDIG_PAKKE", "UGYLDIG_XML"}


def test_dangerous_and_double_names_are_refused(package):
    """Paths that climb, absolute ones, drive letters, two entries with one name."""
    for name in ("../x", "a/../../x", "/etc/x", "c:x", "a\\b", "a//b"):
        assert code(rebuilt(package, extra=[(name, b"x")])) == "FARLIG_FILNAVN", name
    with pytest.warns(UserWarning, match="Duplicate name"):
        double = rebuilt(package, extra=[("stafettlogg.pdf", b"annet")])
    assert code(double) == "DOBBELT_FILNAVN"
    assert code(rebuilt(package, extra=[("STAFETTLOGG.PDF", b"annet")])) == "DOBBELT_FILNAVN"


def test_a_file_nobody_signed_for_is_refused(package):
    """Beside the signed ones there may be no others, and none may be gone."""
    assert code(rebuilt(package, extra=[("ekstra.xml", b"<x/>")])) == "USIGNERT_FIL"
    gone = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(gone, "w") as new:
        for entry in old.infolist():
            if entry.filename != "stafettlogg.pdf":
                new.writestr(entry, old.read(entry))
    assert code(gone.getvalue()) == "UGYLDIG_PAKKE"


def test_a_bomb_is_not_unpacked(package):
    """What unpacks to more than the cap is refused, also when the zip lies about the size."""
    bomb = rebuilt(package, extra=[("null.bin", b"\0" * 20_000_000)])
    assert code(bomb) == "FOR_STOR_PAKKE"
    assert code(package, cap=100) == "FOR_STOR_PAKKE"
    many = rebuilt(package, extra=[(f"f{i}", b"x") for i in range(600)])
    assert code(many) == "UGYLDIG_PAKKE"


@pytest.mark.parametrize("junk", [b"", b"PK", b"\0" * 100, b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_package_is_refused(junk):
    """Nothing but a RemoteFault comes out of junk."""
    assert code(junk) == "UGYLDIG_PAKKE"


def test_entities_are_not_expanded(ring, package):
    """A manifest with a DTD is refused, however well signed."""
    evil = b'<!DOCTYPE a [<!ENTITY b "c">]><ASiCManifest xmlns="x">&b;</ASiCManifest>'
    signature = sign_detached(evil, ring.keys["gateway"], ring.certificates["gateway"])
    swapped = rebuilt(
        package, lambda n, d: signature if n.endswith(".p7s") else evil if n == MANIFEST else d
    )
    assert code(swapped) == "UGYLDIG_XML"


def test_names_that_readers_could_refuse_are_not_written(ring):
    """Letters outside ASCII, paths and doubles stop here."""
    key, certificate = ring.keys["gateway"], ring.certificates["gateway"]
    for names in (["æ.pdf"], ["a/b"], ["a", "A"], ["mimetype"], []):
        with pytest.raises(LocalFault, match="UGYLDIG_FILNAVN"):
            write_package([Fil(n, "text/plain", b"") for n in names], key, certificate)
