"""Builds one envelope as a test vector asks for it: right, or wrong in exactly one place.

What our own writer makes is made with our own writer's parts; what other tools make is made with
openssl. It must not decide what a vector is to show: that is `make_vectors.py`.
"""

import hashlib
import io
import subprocess
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from connectors.fiks.asice import MANIFEST, MIMETYPE, Fil
from connectors.fiks.manifest import write_manifest
from connectors.fiks.signatur import sign_detached
from tests.contract.overfoering.vektornoekler import pair, paths

SIGNATURE = f"META-INF/signature-{uuid.uuid5(uuid.NAMESPACE_URL, 'urn:stafettlogg:vektor')}.p7s"
OAEP = ("-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256",
        "-keyopt", "rsa_mgf1_md:sha256")  # fmt: skip
_EPOCH = (2026, 11, 27, 9, 0, 0)
Parts = list[tuple[str, bytes]]
Sign = Callable[[bytes, str], bytes]
"""Makes a signature over a manifest with the pair of a name."""


def ours(manifest: bytes, signer: str) -> bytes:
    """A signature as our writer makes it."""
    return sign_detached(manifest, *pair(signer))


def container(
    files: Sequence[Fil],
    signer: str = "avgiver.signerer",
    *,
    manifest: Callable[[bytes], bytes] = lambda m: m,
    sign: Sign = ours,
    after: Callable[[Parts], Parts] = lambda parts: parts,
) -> bytes:
    """A container. `manifest` changes what is signed, `after` what stands in the zip then."""
    digests = [(f.navn, f.media_type, hashlib.sha256(f.data).digest()) for f in files]
    signed = manifest(write_manifest(SIGNATURE, digests))
    parts = [("mimetype", MIMETYPE.encode()), *((f.navn, f.data) for f in files)]
    parts += [(MANIFEST, signed), (SIGNATURE, sign(signed, signer))]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in after(parts):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


def openssl(*words: object, data: bytes) -> bytes:
    """What openssl makes of these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "inn", Path(folder) / "ut"
        given.write_bytes(data)
        command = ["openssl", "cms", *(str(w) for w in words), "-binary", "-outform", "DER"]
        subprocess.run([*command, "-in", given, "-out", made], check=True, capture_output=True)
        return made.read_bytes()


def signed_by_openssl(*options: str) -> Sign:
    """A signature as openssl makes it."""

    def sign(manifest: bytes, signer: str) -> bytes:
        key, cert = paths(signer)
        return openssl("-sign", "-signer", cert, "-inkey", key, *options, data=manifest)

    return sign


def with_attributes(*kept: str) -> Sign:
    """A signature with these signed attributes and no others."""

    def sign(manifest: bytes, signer: str) -> bytes:
        info = cms.ContentInfo.load(ours(manifest, signer))
        one = info["content"]["signer_infos"][0]
        one["signed_attrs"] = cms.CMSAttributes(
            [a.copy() for a in one["signed_attrs"] if a["type"].native in kept]
        )
        key, _ = pair(signer)
        assert isinstance(key, rsa.RSAPrivateKey)
        told = b"\x31" + one["signed_attrs"].dump(force=True)[1:]
        one["signature"] = key.sign(told, padding.PKCS1v15(), hashes.SHA256())
        made: bytes = info.dump(force=True)
        return made

    return sign


def sealed_by_openssl(
    data: bytes, *options: str, to: Sequence[str] = ("mottaker.aapner",)
) -> bytes:
    """An envelope as openssl makes it; `options` that belong to the key come after each."""
    content = [o for o in options if o.startswith(("-aes", "-des")) or o == "-stream"]
    transport = [o for o in options if o not in content]
    words: list[object] = ["-encrypt", *content]
    for name in to:
        words += ["-recip", paths(name)[1], *transport]
    return openssl(*words, data=data)
