"""Envelopes as other vendors' tools write them: what the specification says is read, is read, and
what it says is not, is refused (chapter 6.1.2 to 6.1.4).

openssl is the other vendor. What it writes by default is not what the protocol says: the text must
be followed, and each way to overlook it is tried here.
"""

import io
import subprocess
import zipfile

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from connectors.fiks import konvolutt
from connectors.fiks.asice import MANIFEST, Fil, read_package, write_package
from connectors.fiks.manifest import read_manifest, write_manifest
from connectors.fiks.noekler import read_private
from connectors.fiks.signatur import sign_detached, verify_detached
from gateway.errors import LocalFault, RemoteFault
from tests.contract.channels.pki import certificate, key, put

A = "899100107"
OAEP = ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256",
        "-keyopt", "rsa_mgf1_md:sha256"]  # fmt: skip
FILES = (Fil("melding.json", "application/json", b'{"hode": {}}'),)
OLD, STANDARD = b"http://uri.etsi.org/2918/v1.2.1#", b"http://uri.etsi.org/02918/v1.2.1#"


def run(openssl, *words):
    """What openssl says, which must succeed."""
    done = subprocess.run([openssl, *(str(one) for one in words)], capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def signer(tmp_path):
    """Key and certificate of A as files, of any kind."""

    def made(kind="rsa2048"):
        return (put(tmp_path, f"k-{kind}", key("a", kind)),
                put(tmp_path, f"c-{kind}", certificate(key("a", kind), A)))  # fmt: skip

    return made


# -- the manifest ----------------------------------------------------------------------------------
def with_manifest(change):
    """A container whose manifest was changed before it was signed."""
    signature = "META-INF/signature-x.p7s"
    package = write_package(FILES, key("a"), certificate(key("a"), A))
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts = {n: b for n, b in parts.items() if not n.endswith(".p7s")}
    old = next(n for n in zipfile.ZipFile(io.BytesIO(package)).namelist() if n.endswith(".p7s"))
    parts[MANIFEST] = change(parts[MANIFEST].replace(old.encode(), signature.encode()))
    parts[signature] = sign_detached(parts[MANIFEST], key("a"), certificate(key("a"), A))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m,
        lambda m: m.replace(OLD, STANDARD),
        lambda m: m.replace(b"xmldsig#sha256", b"xmlenc#sha256").replace(
            b"2000/09/xmlenc", b"2001/04/xmlenc"
        ),
        lambda m: m.replace(b' Rootfile="true"', b""),
        lambda m: m.replace(b' MimeType="application/json"', b""),
        lambda m: m.replace(b"x-pkcs7-signature", b"pkcs7-signature"),
        lambda m: m.replace(b'URI="melding.json"', b'URI="melding%2Ejson"'),
        lambda m: b"\xef\xbb\xbf" + m,
    ],
    ids=["ours", "namespace of the standard", "digest of the standard", "no root file",
         "no media type", "another word for the signature", "percent", "byte order mark"],
)  # fmt: skip
def test_a_manifest_as_others_write_it_is_read(change):
    """What differs between the clients there are, and is harmless."""
    assert [f.data for f in read_package(with_manifest(change), cap=1 << 20).filer] == [
        FILES[0].data
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.replace(OLD, b"http://uri.etsi.org/2918/v9#"),
        lambda m: m.replace(b'xmlns="' + OLD, b'xmlns="' + STANDARD, 1).replace(
            b"<DataObjectReference", b'<DataObjectReference xmlns="' + OLD + b'"'
        ),
        lambda m: m.replace(b"xmldsig#sha256", b"xmldsig#sha1"),
        lambda m: m.replace(b"</ASiCManifest>", m[m.index(b"<DataO") :]),
        lambda m: m.replace(b"</ASiCManifest>", m[m.index(b"<SigR") : m.index(b"<DataO")] +
                            b"</ASiCManifest>"),
    ],
    ids=["another namespace", "two namespaces", "sha-1", "a file twice", "two signatures"],
)  # fmt: skip
def test_another_manifest_is_refused(change):
    """With one code: nothing of it is told."""
    with pytest.raises(RemoteFault, match="UGYLDIG_PAKKE"):
        read_package(with_manifest(change), cap=1 << 20)


def test_one_namespace_is_written():
    """The one KS' clients read; the digest's URI is theirs too."""
    made = write_manifest("META-INF/signature-x.p7s", [("a", "text/plain", bytes(32))])
    assert OLD in made and STANDARD not in made
    assert read_manifest(made.replace(OLD, STANDARD), "x") == read_manifest(made, "x")


# -- the signature ---------------------------------------------------------------------------------
def signed(openssl, folder, kind, *options):
    """A detached signature over b"manifest" by openssl."""
    (folder / "m").write_bytes(b"manifest")
    own, cert = kind
    return run(openssl, "cms", "-sign", "-binary", "-outform", "DER", "-signer", cert, "-inkey",
               own, "-in", folder / "m", *options)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("rsa2048", ["-md", "sha256"]),
        ("rsa2048", ["-md", "sha384"]),
        ("rsa2048", ["-md", "sha512"]),
        ("rsa2048", ["-md", "sha256", "-keyid"]),
        ("rsa2048", ["-md", "sha256", "-cades"]),
        ("rsa2048", ["-md", "sha256", "-nosmimecap"]),
        ("rsa2048", ["-md", "sha256", "-nodetach"]),
        ("p256", ["-md", "sha256"]),
        ("p384", ["-md", "sha384"]),
    ],
    ids=lambda one: one if isinstance(one, str) else " ".join(one),
)
def test_a_signature_as_others_write_it_is_read(openssl, tmp_path, signer, kind, options):
    """RSA and ECDSA, with more attributes than are asked for, named by key id, with the content."""
    own, cert = signer(kind)
    if "-keyid" in options:
        cert = put(tmp_path, "ski", certificate(key("a"), A, ski=True))
    made = signed(openssl, tmp_path, (own, cert), *options)
    assert len(verify_detached(b"manifest", made, "x")) == 1
    with pytest.raises(RemoteFault, match="UGYLDIG_SIGNATUR"):
        verify_detached(b"manifesT", made, "x")


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("rsa2048", ["-md", "sha256", "-noattr"]),
        ("rsa2048", ["-md", "sha1"]),
        ("rsa2048", ["-md", "sha256", "-keyopt", "rsa_padding_mode:pss"]),
        ("rsa2048", ["-md", "sha256", "-nocerts"]),
        ("rsa1024", ["-md", "sha256"]),
        ("p521", ["-md", "sha512"]),
    ],
    ids=lambda one: one if isinstance(one, str) else " ".join(one),
)
def test_another_signature_is_refused(openssl, tmp_path, signer, kind, options):
    """No signed attributes, SHA-1, PSS, no certificate, a short key, another curve."""
    made = signed(openssl, tmp_path, signer(kind), *options)
    with pytest.raises(RemoteFault, match="UGYLDIG_SIGNATUR"):
        verify_detached(b"manifest", made, "x")


def resigned(change, algorithm="sha256_rsa"):
    """Our signature with its attributes changed and signed anew with A's key."""
    info = cms.ContentInfo.load(sign_detached(b"manifest", key("a"), certificate(key("a"), A)))
    one = info["content"]["signer_infos"][0]
    kept = change([a.copy() for a in one["signed_attrs"]])
    one["signed_attrs"] = cms.CMSAttributes(kept)
    one["signature_algorithm"] = {"algorithm": algorithm}
    told = b"\x31" + one["signed_attrs"].dump(force=True)[1:]
    one["signature"] = key("a").sign(told, padding.PKCS1v15(), hashes.SHA256())
    return info.dump(force=True)


def named(attributes, *names):
    """Those of these types."""
    return [one for one in attributes if one["type"].native in names]


def test_which_signed_attributes_are_asked_for():
    """contentType and messageDigest; when it was signed may be left out, and proves nothing."""
    both = ("content_type", "message_digest")
    assert verify_detached(b"manifest", resigned(lambda a: named(a, *both)), "x")
    for change in (
        lambda a: named(a, "content_type", "signing_time"),
        lambda a: named(a, "message_digest", "signing_time"),
        lambda a: [*a, *named(a, "message_digest")],
    ):
        with pytest.raises(RemoteFault, match="UGYLDIG_SIGNATUR"):
            verify_detached(b"manifest", resigned(change), "x")


def test_the_digest_that_was_signed_with_is_the_one_that_was_declared():
    """An algorithm that names another digest than the signer's is refused."""
    assert verify_detached(b"manifest", resigned(lambda a: a), "x")
    with pytest.raises(RemoteFault, match="UGYLDIG_SIGNATUR"):
        verify_detached(b"manifest", resigned(lambda a: a, "sha384_rsa"), "x")


# -- the encryption --------------------------------------------------------------------------------
def test_the_encryption_of_the_text_is_read(openssl, tmp_path, signer):
    """AES-256-CBC and OAEP with SHA-256 in both places; the recipient by key id too."""
    own, cert = signer()
    for more in ([], ["-stream"], ["-keyid"]):
        to = put(tmp_path, "ski", certificate(key("a"), A, ski=True)) if "-keyid" in more else cert
        made = run(openssl, "cms", "-encrypt", "-binary", "-outform", "DER", "-aes256", *more,
                   "-in", put_plain(tmp_path), "-recip", to, *OAEP)  # fmt: skip
        assert konvolutt.decrypt(made, [read_private(own)]) == b"plain" * 50


def put_plain(folder):
    """The plain bytes as a file."""
    (folder / "p").write_bytes(b"plain" * 50)
    return folder / "p"


@pytest.mark.parametrize(
    ("content", "transport"),
    [
        ("-aes256", []),
        ("-aes256", ["-keyopt", "rsa_padding_mode:oaep"]),
        ("-aes256", [*OAEP[:4], "-keyopt", "rsa_mgf1_md:sha1"]),
        ("-aes256", ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha512"]),
        ("-aes128", OAEP),
        ("-aes192", OAEP),
        ("-des3", OAEP),
        ("-aes-256-gcm", OAEP),
    ],
    ids=["pkcs1 v1.5", "oaep sha-1", "mgf1 sha-1", "oaep sha-512", "aes-128", "aes-192", "3des",
         "gcm"],
)  # fmt: skip
def test_another_encryption_is_refused_with_the_same_words(
    openssl, tmp_path, signer, content, transport
):
    """Whatever it is, it looks like a wrong key: what is not read tells nothing."""
    own, cert = signer()
    made = run(openssl, "cms", "-encrypt", "-binary", "-outform", "DER", content,
               "-in", put_plain(tmp_path), "-recip", cert, *transport)  # fmt: skip
    with pytest.raises(RemoteFault) as caught:
        konvolutt.decrypt(made, [read_private(own)])
    assert str(caught.value) == "KAN_IKKE_DEKRYPTERES (konvolutt)"
    assert caught.value.__context__ is None and caught.value.__cause__ is None


def test_a_short_key_is_neither_encrypted_to_nor_opened_with(tmp_path):
    """2048 bits at least, at both ends."""
    with pytest.raises(LocalFault, match="UGYLDIG_SERTIFIKAT"):
        konvolutt.encrypt(b"x", certificate(key("a", "rsa1024"), A))
    with pytest.raises(LocalFault, match="UGYLDIG_NOEKKEL"):
        read_private(put(tmp_path, "short", key("a", "rsa1024")))
