"""Envelopes: the same bytes both ways with another implementation; one answer to every fault."""

import os
import subprocess
from random import Random

import pytest
from asn1crypto import cms

from connectors.fiks import konvolutt
from gateway.errors import LocalFault, RemoteFault

ROUNDS = 200 if os.environ.get("STAFETT_FULL") else 40
OAEP = "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha256"
PLAIN = bytes(range(256)) * 30


@pytest.fixture
def sealed(ring):
    """An envelope to the account."""
    return konvolutt.encrypt(PLAIN, ring.certificates["konto"])


def test_what_is_sealed_is_opened(ring, sealed):
    """With the right key only, and with an older key beside the newer one."""
    keys = ring.keys
    assert konvolutt.decrypt(sealed, [keys["konto"]]) == PLAIN
    assert konvolutt.decrypt(sealed, [keys["fremmed"], keys["konto"]]) == PLAIN
    assert (
        konvolutt.decrypt(konvolutt.encrypt(b"", ring.certificates["konto"]), [keys["konto"]])
        == b""
    )
    with pytest.raises(RemoteFault, match="KAN_IKKE_DEKRYPTERES"):
        konvolutt.decrypt(sealed, [keys["fremmed"]])


def test_another_implementation_opens_ours(openssl, sealed, pem, tmp_path):
    """openssl decrypts what we encrypt."""
    (tmp_path / "cms").write_bytes(sealed)
    command = [openssl, "cms", "-decrypt", "-binary", "-inform", "DER", "-in", tmp_path / "cms"]
    done = subprocess.run([*command, "-inkey", pem / "konto.pem"], capture_output=True)
    assert done.stdout == PLAIN, done.stderr


@pytest.mark.parametrize("stream", [["-stream"], []], ids=["BER in pieces", "DER"])
def test_we_open_another_implementations(openssl, ring, pem, tmp_path, stream):
    """openssl's envelope to two recipients, DER or BER with indefinite lengths."""
    (tmp_path / "plain").write_bytes(PLAIN)
    command = [openssl, "cms", "-encrypt", "-binary", "-aes256", "-outform", "DER", *stream]
    for name in ("fremmed", "konto"):
        command += ["-recip", pem / f"{name}.cer", *OAEP.split()]
    done = subprocess.run([*command, "-in", tmp_path / "plain"], capture_output=True, check=True)
    # The outermost length: 0x80 is "indefinite". Looking for it further in meets ciphertext.
    assert (done.stdout[1] == 0x80) == bool(stream)
    for name in ("konto", "fremmed"):
        assert konvolutt.decrypt(done.stdout, [ring.keys[name]]) == PLAIN


def test_only_our_algorithms_are_opened(openssl, ring, pem, tmp_path):
    """PKCS#1 v1.5 key transport and AES-128 are left closed."""
    (tmp_path / "plain").write_bytes(PLAIN)
    base = [openssl, "cms", "-encrypt", "-binary", "-outform", "DER"]
    recipient = ["-recip", pem / "konto.cer"]
    for command in ([*base, "-aes256", *recipient], [*base, "-aes128", *recipient, *OAEP.split()]):
        done = subprocess.run(
            [*command, "-in", tmp_path / "plain"], capture_output=True, check=True
        )
        with pytest.raises(RemoteFault, match="KAN_IKKE_DEKRYPTERES"):
            konvolutt.decrypt(done.stdout, [ring.keys["konto"]])


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_fault_looks_the_same(ring, sealed, seed):
    """A changed byte gives other bytes or the one error; nothing tells padding from key."""
    random = Random(seed)
    spoilt = bytearray(sealed)
    spoilt[random.randrange(len(spoilt))] ^= random.randrange(1, 256)
    try:
        konvolutt.decrypt(bytes(spoilt), [ring.keys["konto"]])
    except RemoteFault as exc:
        assert str(exc) == "KAN_IKKE_DEKRYPTERES (konvolutt)"
        assert exc.__cause__ is None
        assert exc.__context__ is None


def test_bad_padding_is_no_oracle(ring, sealed):
    """Bad padding, a cut block and a wrong key are told with the very same words."""
    said = set()
    for cut in (-1, -16, -17, -40):
        info = cms.ContentInfo.load(sealed)
        content = info["content"]["encrypted_content_info"]
        content["encrypted_content"] = content["encrypted_content"].native[:cut]
        try:
            konvolutt.decrypt(info.dump(force=True), [ring.keys["konto"]])
        except RemoteFault as exc:
            said.add((str(exc), exc.action))
    with pytest.raises(RemoteFault) as caught:
        konvolutt.decrypt(sealed, [ring.keys["fremmed"]])
    said.add((str(caught.value), caught.value.action))
    assert len(said) == 1


@pytest.mark.parametrize("junk", [b"", b"\x30\x80", b"\x30\x03\x06\x01\x00", b"\xff" * 50])
def test_junk_is_refused(ring, junk):
    """Nothing but the one error comes out of junk."""
    with pytest.raises(RemoteFault, match="KAN_IKKE_DEKRYPTERES"):
        konvolutt.decrypt(junk, [ring.keys["konto"]])


def test_no_envelope_for_a_key_of_another_kind(ring):
    """A certificate that holds no RSA key stops the sending."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    model = ring.certificates["konto"]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(model.subject)
        .issuer_name(model.issuer)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(model.not_valid_before_utc)
        .not_valid_after(model.not_valid_after_utc)
        .sign(key, hashes.SHA256())
    )
    with pytest.raises(LocalFault, match="UGYLDIG_SERTIFIKAT"):
        konvolutt.encrypt(PLAIN, certificate)
